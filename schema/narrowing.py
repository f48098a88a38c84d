"""How a field of a filter narrows a list: declared beside the field, read by the resolvers and by the compiler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

import strawberry
from sqlalchemy import ARRAY, ColumnElement, Date, FromClause, Text, any_, func, not_
from sqlalchemy.types import Uuid
from strawberry.schema.name_converter import NameConverter

from hub.db import tables
from hub.db.guarded import name_of
from hub.db.sharing import Sight
from hub.errors import invalid
from hub.law.reg17_disclosure import Part
from schema.ids import row_of_type
from schema.paging import LAST_DAY
from schema.projection import projection_named, table_named
from schema.values import Value, as_it_is

MOST_VALUES = 100
Narrow: TypeAlias = Callable[[FromClause, Value, Sight], ColumnElement[bool]]
_names = NameConverter()


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The condition that a given value makes; the parts of the record, and the scope, that it takes to ask it.

    Where the parts of a row are not open, the row is not found by them: a filter tells nothing that is withheld.
    """

    condition: Narrow
    parts: frozenset[Part]
    scope: str | None
    inner: type[Any] | None


def narrowed_by(
    condition: Narrow,
    describe: str,
    *,
    part: Part | None = None,
    scope: str | None = None,
    inner: type[Any] | None = None,
) -> Any:
    """A field of a filter."""
    narrowing = Narrowing(condition, frozenset() if part is None else frozenset({part}), scope, inner)
    return strawberry.field(default=strawberry.UNSET, description=describe, metadata={"narrowing": narrowing})


def among(column: str, describe: str) -> Any:
    """A list of words, one of which the column is."""
    return narrowed_by(lambda row, value, _: is_among(row.c[column], value), describe)


def is_among(expression: ColumnElement[Any], value: Value) -> ColumnElement[bool]:
    return expression == any_(words_of(value))


def words_of(value: Value) -> ColumnElement[Any]:
    """The words of a list, as an array."""
    return value.sql(ARRAY(Text), _words)


def _may_be_empty(row: FromClause, column: str) -> bool:
    return bool(tables.metadata.tables[name_of(row)].c[column].nullable)


def from_day(column: str, describe: str, *, part: Part | None = None) -> Any:
    """A day: that or a later one."""

    def narrow(row: FromClause, value: Value, _: Sight) -> ColumnElement[bool]:
        day = value.sql(Date(), as_it_is)
        later = row.c[column] >= day
        return later & (func.coalesce(row.c[column], LAST_DAY) >= day) if _may_be_empty(row, column) else later

    return narrowed_by(narrow, describe, part=part)


def to_day(column: str, describe: str, *, part: Part | None = None) -> Any:
    """A day: that or an earlier one."""

    def narrow(row: FromClause, value: Value, _: Sight) -> ColumnElement[bool]:
        day = value.sql(Date(), as_it_is)
        earlier = row.c[column] <= day
        return earlier & (func.coalesce(row.c[column], LAST_DAY) <= day) if _may_be_empty(row, column) else earlier

    return narrowed_by(narrow, describe, part=part)


def node(column: str, type_name: str, argument: str, describe: str) -> Any:
    """The global id of the object that the column points to."""
    return narrowed_by(_points_to(column, type_name, argument), describe)


def _points_to(column: str, type_name: str, argument: str) -> Narrow:
    def decode(text: Any) -> Any:
        return row_of_type(text, type_name, argument=argument)

    return lambda row, value, _: row.c[column] == value.sql(Uuid(), decode)


def some(to: str, by: str, filter_type: type[Any], describe: str, *, local: str = "id") -> Any:
    """Another filter, which some row of the type `to` passes that points here by its column `by`.

    Only rows that exist for the caller count, and it takes the scope that reading them takes.
    """

    def condition(row: FromClause, value: Value, sight: Sight) -> ColumnElement[bool]:
        other = sight.rows(table_named(to))
        here = (other.row.c.owner_id == row.c.owner_id) & (other.row.c[by] == row.c[local])
        same_child = other.row.c.child_id == (row.c.id if by == "child_id" else row.c.child_id)
        return other.exists(here, same_child, *conditions(filter_type, value.fields, other.row, sight))

    return narrowed_by(condition, describe, scope=to, inner=filter_type)


def either(condition: Callable[[FromClause, Sight], ColumnElement[bool]], describe: str, *, to: str) -> Any:
    """A Boolean: whether the condition holds; asking it takes the scope of the type `to`."""

    def narrow(row: FromClause, value: Value, sight: Sight) -> ColumnElement[bool]:
        holds = condition(row, sight)
        return holds if value.truth else not_(holds)

    return narrowed_by(narrow, describe, scope=to)


def narrowings(filter_type: type[Any]) -> Mapping[str, Narrowing]:
    """What each field of a filter does, by its name in the schema."""
    definition = filter_type.__strawberry_definition__
    return {_names.apply_naming_config(each.python_name): each.metadata["narrowing"] for each in definition.fields}


def conditions(
    filter_type: type[Any], values: Mapping[str, Value], row: FromClause, sight: Sight
) -> list[ColumnElement[bool]]:
    """What the given fields of a filter ask of a row."""
    asked: list[ColumnElement[bool]] = []
    for name, narrowing in narrowings(filter_type).items():
        if name in values:
            asked.append(narrowing.condition(row, values[name], sight))
            if narrowing.parts:
                asked.append(sight.opens(narrowing.parts))
    return asked


def scopes_needed(filter_type: type[Any], values: Mapping[str, Value]) -> frozenset[str]:
    """The scopes that it takes to ask the given fields of a filter."""
    needed: set[str] = set()
    for name, narrowing in narrowings(filter_type).items():
        if name in values:
            scope = projection_named(narrowing.scope).scope if narrowing.scope else None
            needed |= {scope} if scope else set()
            needed |= scopes_needed(narrowing.inner, values[name].fields) if narrowing.inner else set()
    return frozenset(needed)


def parts_told(filter_type: type[Any], values: Mapping[str, Value]) -> frozenset[Part]:
    """The parts of the record that whoever is found by the given fields of a filter is told of."""
    told: set[Part] = set()
    for name, narrowing in narrowings(filter_type).items():
        if name in values:
            told |= narrowing.parts
            told |= parts_told(narrowing.inner, values[name].fields) if narrowing.inner else set()
    return frozenset(told)


def _words(values: Any) -> list[str]:
    words = [each.value if isinstance(each, Enum) else str(each) for each in values]
    if len(words) > MOST_VALUES:
        raise invalid(f"at most {MOST_VALUES} values", rule="too-many-values", path=("filter",))
    return words
