"""No filter and no order is an oracle: whatever it reads of a row takes the part of the record that showing it takes.

Made from the schema: every list, every field of its filter, each filter within it, and every order.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, ColumnElement, FromClause, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeEngine

from hub.db import sharing, tables
from hub.db.asking import Asking
from hub.db.duties import OpenDuties
from hub.db.sharing import Sight
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.vocabulary import OrganisationKind
from schema.narrowing import narrowings
from schema.orders import ORDERS
from schema.projection import ColumnField, projection_named, projections, table_named
from schema.query import Query
from schema.roots import ListRoot, of

ASKING = Asking(UUID(int=1), OrganisationKind.NHS_TRUST, Purpose.ANNUAL_REVIEW, date(2026, 11, 22))


class Anything:
    """A value of which only its place in the statement matters."""

    truth = True
    open_duties = OpenDuties(latest_days=7)

    @property
    def fields(self) -> dict[str, Any]:
        return {}

    def sql(self, kind: TypeEngine[Any], _: Any) -> ColumnElement[Any]:
        return Column("given", kind)


def columns_read(expression: ColumnElement[Any], row: FromClause) -> set[str]:
    """The columns of the row that an expression reads."""
    return {each.name for each in visitors.iterate(expression) if getattr(each, "table", None) is row}


def parts_of(type_name: str, column: str) -> list[frozenset[Part]]:
    """The parts of each field of the type that shows the column."""
    fields = projection_named(type_name).fields.values()
    return [each.parts for each in fields if isinstance(each, ColumnField) and each.column == column]


def filters() -> Iterator[tuple[str, type[Any]]]:
    """Each type that is listed with its filter, and those within the filters."""
    waiting = [
        (root.to, root.filter_type)
        for root in of(Query).values()
        if isinstance(root, ListRoot) and root.filter_type is not None
    ]
    seen: set[Any] = set()
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            yield each
            waiting += [
                (narrowing.scope, narrowing.inner)
                for narrowing in narrowings(each[1]).values()
                if narrowing.inner is not None and narrowing.scope is not None
            ]


def must_take(type_name: str, column: str, taken: frozenset[Part], where: str) -> bool:
    """Whether a part is at stake; that it is taken is asserted."""
    shown_by = parts_of(type_name, column)
    for parts in shown_by:
        assert not parts or taken & parts, f"{where} tells of {type_name}.{column} without {sorted(parts)}"
    return any(shown_by)


@pytest.mark.parametrize(
    ("type_name", "filter_type"), list(filters()), ids=lambda each: getattr(each, "__name__", each)
)
def test_a_filter_tells_nothing_that_is_withheld(type_name: str, filter_type: type[Any]) -> None:
    for name, narrowing in narrowings(filter_type).items():
        row = table_named(type_name).alias()
        condition = narrowing.condition(row, Anything(), Sight.of(row, ASKING))
        for column in columns_read(condition, row):
            must_take(type_name, column, narrowing.parts, f"{filter_type.__name__}.{name}")


def test_an_order_tells_nothing_that_is_withheld() -> None:
    roots = [root for root in of(Query).values() if isinstance(root, ListRoot)]
    orders = [(root.to, order) for root in roots for order in ([root.order] if root.order else ORDERS.values())]
    at_stake = 0
    for type_name, order in orders:
        for key in order.keys:
            taken = frozenset({key.part}) if key.part is not None else frozenset[Part]()
            at_stake += must_take(type_name, key.column, taken, order.name)
    assert at_stake >= 3, "children are ordered by who they are"


def test_the_filters_are_of_everything_that_can_be_told() -> None:
    """So that the tests above are of something: some filters do read what may be withheld."""
    taking = [name for _, each in filters() for name, narrowing in narrowings(each).items() if narrowing.parts]
    assert {"familyNameStartsWith", "bornFrom", "bornTo"} <= set(taking)
    assert len(list(filters())) >= 10
    assert any(parts_of("Child", "family_name"))


def test_what_is_looked_up_by_a_code_takes_the_part_of_the_code() -> None:
    """A number that is kept from a body finds nothing for it: the answer is as for an unknown number."""
    for name in ("nhsNumber", "upn"):
        assert projection_named("Child").fields[name].parts == {Part.IDENTITY}
    assert projections()


def test_no_unique_key_tells_of_anothers_record() -> None:
    """A key that two bodies' records shared would tell the one that the other's exists.

    Each has its owner in it, or an id that the hub makes.
    """
    keys = [
        (table.name, {column.name for column in key.columns})
        for table in tables.metadata.sorted_tables
        if sharing.is_childs(table)
        for key in (*table.constraints, *table.indexes)
        if isinstance(key, PrimaryKeyConstraint | UniqueConstraint) or (isinstance(key, Index) and key.unique)
    ]
    assert [each for each in keys if not each[1] & {"owner_id", "id"}] == []
    assert ("child", {"owner_id", "nhs_number"}) in keys
    assert ("glass_acknowledgement", {"owner_id", "broken_glass_id"}) in keys
    assert len(keys) > 40


def test_whatever_is_listed_about_children_is_walked_here() -> None:
    """Every list of the schema with a filter is among those above, those of redress and of alerts too."""
    listed = {root.to for root in of(Query).values() if isinstance(root, ListRoot) and root.filter_type is not None}
    assert listed <= {name for name, _ in filters()}
    assert {"Dispute", "BrokenGlass", "Duty", "Review"} <= listed
