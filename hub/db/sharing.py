"""The guard: the sharing rules as SQL, for whoever reads.

`hub.law.reg17_disclosure` says what each relationship with a child opens. Here the relationships become predicates on
rows, so that every door (GraphQL, FHIR, exports, pages) has the same lock. A table with a child's data that is not in
`_ROWS` cannot be read at all. `tests/db/test_sharing.py` holds this module to the law over random cases.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    Alias,
    ColumnElement,
    FromClause,
    Table,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from hub.db import tables
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Part, Purpose, Relationship, parts_open
from hub.law.s31_cooperation import OPEN_TO_ASKED_BODY
from hub.law.vocabulary import AdviceKind, BudgetKind, ResponsibilityKind, SectionCode

Condition: TypeAlias = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who reads, for what purpose, on which day: what the guard needs to know, and nothing a caller can forge."""

    organisation: UUID
    purpose: Purpose
    today: date

    @classmethod
    def of(cls, caller: Caller, today: date) -> "Asking":
        return cls(caller.organisation, caller.purpose, today)


SECTION_PARTS: Mapping[SectionCode, Part] = {code: Part[f"SECTION_{code.value}"] for code in SectionCode}
BUDGET_PARTS: Mapping[BudgetKind, Part] = {kind: Part[f"BUDGET_{kind.value}"] for kind in BudgetKind}


def relation(
    relationship: Relationship, owner: ColumnElement[Any], child: ColumnElement[Any], asking: Asking
) -> Condition:
    """Whether the asking body has this relationship with the child `(owner, child)` today."""
    match relationship:
        case Relationship.RESPONSIBLE_AUTHORITY:
            return owner == asking.organisation
        case Relationship.RESPONSIBLE_COMMISSIONER:
            held = tables.responsibility.alias()
            return exists().where(
                held.c.owner_id == owner,
                held.c.child_id == child,
                held.c.body_id == asking.organisation,
                held.c.kind.in_([ResponsibilityKind.COMMISSIONER, ResponsibilityKind.SPECIALISED_COMMISSIONER]),
                held.c.starts_on <= asking.today,
                or_(held.c.ends_on.is_(None), held.c.ends_on >= asking.today),
            )
        case Relationship.ASKED_TO_COOPERATE:
            request = tables.cooperation_request.alias()
            return exists().where(
                request.c.owner_id == owner,
                request.c.child_id == child,
                request.c.addressed_to_id == asking.organisation,
                request.c.status.in_(sorted(OPEN_TO_ASKED_BODY)),
            )


def may_see(row: FromClause, asking: Asking) -> Condition:
    """Which rows of a table (or an alias of it) exist for the asking body."""
    rule = _ROWS[_name_of(row)]
    ways = [
        and_(rule.reached(relationship, row, asking), rule.in_parts(row, parts_open([relationship], asking.purpose)))
        for relationship in Relationship
        if rule.any_of & parts_open([relationship], asking.purpose)
    ]
    return or_(*ways) if ways else false()


def relationships(row: FromClause, asking: Asking) -> ColumnElement[list[str]]:
    """The asking body's relationships with this row's child, as a text array: what the law decides each part by."""
    child = row.c.id if _name_of(row) == "child" else row.c.child_id
    none: ColumnElement[Any] = cast(array([]), ARRAY(Text))
    held = none
    for relationship in Relationship:
        condition = relation(relationship, row.c.owner_id, child, asking)
        held = func.array_cat(held, case((condition, cast(array([relationship.value]), ARRAY(Text))), else_=none))
    return held


@dataclass(frozen=True, slots=True)
class _Rows:
    """How the rows of one table are reached.

    `parts`: the parts a row may belong to; where there are several, `part_of` gives each row's own, and without it a
    row is seen by whoever has any of them. `narrowed`: what a relationship needs beside the part.
    """

    parts: Collection[Part]
    part_of: Callable[[FromClause], tuple[ColumnElement[Any], Mapping[Any, Part]]] | None = None
    narrowed: Mapping[Relationship, Callable[[FromClause, Asking], Condition]] | None = None

    @property
    def any_of(self) -> frozenset[Part]:
        return frozenset(self.parts)

    def reached(self, relationship: Relationship, row: FromClause, asking: Asking) -> Condition:
        child = row.c.id if _name_of(row) == "child" else row.c.child_id
        condition = relation(relationship, row.c.owner_id, child, asking)
        narrow = (self.narrowed or {}).get(relationship)
        return and_(condition, narrow(row, asking)) if narrow else condition

    def in_parts(self, row: FromClause, opened: Collection[Part]) -> Condition:
        if self.part_of is None or self.any_of <= frozenset(opened):
            return true()
        column, part_of = self.part_of(row)
        return column.in_([word for word, part in part_of.items() if part in opened])


def guarded_tables() -> frozenset[str]:
    """The names of the tables that can be read through the guard."""
    return frozenset(_ROWS)


def _name_of(row: FromClause) -> str:
    table = row.element if isinstance(row, Alias) else row
    return table.name if isinstance(table, Table) else ""


def _by_section(column: str) -> Callable[[FromClause], tuple[ColumnElement[Any], Mapping[Any, Part]]]:
    return lambda row: (row.c[column], SECTION_PARTS)


def _by_budget(row: FromClause) -> tuple[ColumnElement[Any], Mapping[Any, Part]]:
    return row.c.kind, BUDGET_PARTS


def _through(parent: str, column: str) -> Callable[[FromClause, Asking], Condition]:
    """Seen if and only if the row it belongs to is seen."""

    def condition(row: FromClause, asking: Asking) -> Condition:
        above = tables.metadata.tables[parent].alias()
        return exists(
            select(1).where(above.c.owner_id == row.c.owner_id, above.c.id == row.c[column], may_see(above, asking))
        )

    return condition


def _is_own(column: str) -> Callable[[FromClause, Asking], Condition]:
    return lambda row, asking: row.c[column] == asking.organisation


def _is_medical(row: FromClause, _: Asking) -> Condition:
    return row.c.kind == AdviceKind.MEDICAL


def _under(parent: str, column: str, parts: Collection[Part]) -> _Rows:
    """A table whose rows follow the row above them."""
    narrow = _through(parent, column)
    return _Rows(parts, narrowed=dict.fromkeys(Relationship, narrow))


def _document_of(row: FromClause, asking: Asking) -> Condition:
    with_advice = _through("advice", "advice_id")(row, asking)
    with_request = _through("cooperation_request", "cooperation_request_id")(row, asking)
    return or_(with_advice, and_(row.c.advice_id.is_(None), with_request))


_SECTIONS = frozenset(SECTION_PARTS.values())
_BUDGETS = frozenset(BUDGET_PARTS.values())
_ASKED, _COMMISSIONER = Relationship.ASKED_TO_COOPERATE, Relationship.RESPONSIBLE_COMMISSIONER

_ROWS: Mapping[str, _Rows] = {
    "child": _Rows({Part.EXISTENCE}),
    "child_identifier": _Rows({Part.IDENTITY}),
    "responsibility": _Rows({Part.EXISTENCE}),
    "consent": _Rows({Part.CONTACTS}),
    "contact": _Rows({Part.CONTACTS}),
    "assessment": _Rows({Part.ASSESSMENT}),
    "advice_request": _under("assessment", "assessment_id", {Part.ASSESSMENT}),
    "plan": _Rows(_SECTIONS),
    "plan_section": _Rows(_SECTIONS, _by_section("code")),
    "need": _Rows(_SECTIONS, _by_section("section")),
    "outcome": _Rows({Part.SECTION_E}),
    "provision": _Rows(_SECTIONS, _by_section("section")),
    "provision_agreement": _under("provision", "provision_id", _SECTIONS),
    "delivery": _under("provision", "provision_id", _SECTIONS),
    "placement": _Rows({Part.SECTION_I}),
    "review": _Rows({Part.REVIEW}),
    "personal_budget": _Rows(_BUDGETS | {Part.BUDGET_TOTAL}),
    "budget_item": _Rows(_BUDGETS, _by_budget),
    "direct_payment": _Rows(_BUDGETS, _by_budget),
    "payment": _under("direct_payment", "direct_payment_id", _BUDGETS),
    "cooperation_request": _Rows({Part.COOPERATION}, narrowed={_ASKED: _is_own("addressed_to_id")}),
    "time_exception": _under("cooperation_request", "cooperation_request_id", {Part.COOPERATION}),
    "advice": _Rows({Part.ADVICE}, narrowed={_ASKED: _is_own("given_by_id"), _COMMISSIONER: _is_medical}),
    "advised_need": _under("advice", "advice_id", {Part.ADVICE}),
    "advised_provision": _under("advice", "advice_id", {Part.ADVICE}),
    "advised_outcome": _under("advice", "advice_id", {Part.ADVICE}),
    "document": _Rows({Part.ADVICE, Part.COOPERATION}, narrowed=dict.fromkeys(Relationship, _document_of)),
    "event": _under("cooperation_request", "about_id", {Part.COOPERATION}),
    "notification": _Rows({Part.NOTIFICATION}),
    "dispute": _Rows({Part.REDRESS}),
    "dispute_step": _under("dispute", "dispute_id", {Part.REDRESS}),
    "duty": _Rows({Part.DUTIES}, narrowed={_ASKED: _is_own("holder_id"), _COMMISSIONER: _is_own("holder_id")}),
    "duty_exception": _under("duty", "duty_id", {Part.DUTIES}),
}
