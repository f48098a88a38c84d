"""The guard: the sharing rules as SQL, for whoever reads.

`hub.law.reg17_disclosure` says what each relationship with a child opens. Here the relationships become predicates on
rows, so that every door (GraphQL, FHIR, exports, pages) has the same lock. A table with a child's data that is not in
`_ROWS` cannot be read at all. `tests/db/test_sharing.py` holds this module to the law over random cases.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID
from weakref import WeakSet

from sqlalchemy import (
    Alias,
    BindParameter,
    ColumnElement,
    Exists,
    False_,
    FromClause,
    Integer,
    Join,
    Select,
    Table,
    Text,
    True_,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql import visitors

from hub.db import tables
from hub.law.caller import Caller
from hub.law.reg17_disclosure import ALL_PARTS, MAY_HOLD, Part, Purpose, Relationship, parts_open
from hub.law.s31_cooperation import OPEN_TO_ASKED_BODY
from hub.law.vocabulary import AdviceKind, BudgetKind, OrganisationKind, ResponsibilityKind, SectionCode

Condition: TypeAlias = ColumnElement[bool]
Below: TypeAlias = tuple[str, str]
"""A table, and the column by which a row of another is joined to a row of it."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who reads, for what purpose, on which day: what the guard needs to know, and nothing a caller can forge.

    A statement that is compiled once for many callers has bind parameters in place of the body and the day.
    """

    organisation: UUID | BindParameter[UUID]
    kind: OrganisationKind
    purpose: Purpose
    today: date | BindParameter[date]

    @classmethod
    def of(cls, caller: Caller, today: date) -> "Asking":
        return cls(caller.organisation, caller.organisation_kind, caller.purpose, today)


SECTION_PARTS: Mapping[SectionCode, Part] = {code: Part[f"SECTION_{code.value}"] for code in SectionCode}
BUDGET_PARTS: Mapping[BudgetKind, Part] = {kind: Part[f"BUDGET_{kind.value}"] for kind in BudgetKind}


@dataclass(frozen=True, slots=True)
class Sight:
    """How the asking body stands to the child of a row at hand: each relationship as a condition."""

    asking: Asking
    held: Mapping[Relationship, Condition]

    @classmethod
    def of(cls, row: FromClause, asking: Asking) -> "Sight":
        """Worked out from the row's own child."""
        if _name_of(row) not in _CHILDS:
            return cls(asking, {})
        owner, child = row.c.owner_id, child_of(row)
        return cls(asking, {each: relation(each, owner, child, asking) for each in Relationship})

    def opens(self, parts: Collection[Part]) -> Condition:
        """Whether some of the parts is open."""
        wanted = frozenset(parts)
        return or_(false(), *(held for each, held in self.held.items() if wanted & self._opened_by(each)))

    def sees(self, row: FromClause, *, below: Below | None = None) -> Condition:
        """Whether a row of the same child exists for the asking body.

        `below`: the row is joined, by this column of its own, to a row of this table that exists for the body.
        """
        return _ROWS[_name_of(row)].seen(row, self, below)

    def rows(self, table: Table, *, below: Below | None = None) -> "Guarded":
        """The rows of a table, about the same child, that exist for the asking body. The caller joins them to it."""
        row = issue(table)
        return Guarded(row, self.sees(row, below=below))

    def way(self, relationship: Relationship, rule: "_Rows", row: FromClause) -> Condition:
        """Whether this relationship alone makes the row exist for the body."""
        opened = self._opened_by(relationship)
        if not rule.parts & opened:
            return false()
        narrow = rule.narrowed.get(relationship)
        return and_(self.held[relationship], narrow(row, self) if narrow else true(), rule.in_parts(row, opened))

    def bits(self) -> ColumnElement[int]:
        """The relationships that are held, as a number: what `from_bits` and `held_in` read."""
        certain = sum(_BIT[each] for each, held in self.held.items() if isinstance(held, True_))
        total = _number(certain)
        for each, held in self.held.items():
            if not isinstance(held, True_ | False_):
                total = total + case((held, _number(_BIT[each])), else_=_number(0))
        return total

    def _opened_by(self, relationship: Relationship) -> frozenset[Part]:
        return parts_open([relationship], self.asking.purpose)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A table in a statement, with the condition under which its rows exist for the asking body."""

    row: FromClause
    condition: Condition

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """A selection of these rows; whatever else it names belongs to a statement around it."""
        return select(*columns).select_from(self.row).where(self.condition).correlate_except(self.row)

    def exists(self, *conditions: Condition) -> Exists:
        return exists(self.select(literal_column("1")).where(*conditions))


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach the rows of a table: by one relationship, as far as no earlier way reaches them.

    `by_authority`: the rows are best sought authority by authority.
    """

    rows: Guarded
    sight: Sight
    by_authority: bool


def guarded(table: Table, asking: Asking) -> tuple[Guarded, Sight]:
    """The rows of a table that exist for the asking body, and how it stands to the child of each."""
    row = issue(table)
    sight = Sight.of(row, asking)
    return Guarded(row, sight.sees(row)), sight


def ways(table: Table, asking: Asking) -> list[Way]:
    """Disjoint ways that together reach every row of the table that exists for the body; none: nothing exists."""
    rule = _ROWS[table.name]
    if not isinstance(rule, _Rows):
        return [Way(*guarded(table, asking), by_authority=False)]
    found: list[Way] = []
    for relationship in Relationship:
        row = issue(table)
        sight = Sight.of(row, asking)
        reached = sight.way(relationship, rule, row)
        if isinstance(reached, False_):
            continue
        earlier = [sight.way(way, rule, row) for way in _before(relationship)]
        alone = Sight(asking, {each: _beside(each, relationship, sight) for each in sight.held})
        rows = Guarded(row, and_(reached, *(not_(way) for way in earlier)))
        by_authority = relationship is Relationship.RESPONSIBLE_COMMISSIONER and relationship not in rule.narrowed
        found.append(Way(rows, alone, by_authority))
    return found


def authorities_of(asking: Asking) -> ColumnElement[UUID]:
    """As a subquery: the authorities with children for whom the body is the responsible commissioning body."""
    body, held = tables.organisation.alias(), issue(tables.responsibility)
    some = Guarded(held, held.c.body_id == asking.organisation).exists(held.c.owner_id == body.c.id)
    authorities = select(body.c.id).where(is_one_of(body.c.kind, [OrganisationKind.LOCAL_AUTHORITY]), some)
    return authorities.subquery("authority").c.id


def sight_in(column: ColumnElement[int], sights: Sequence[Sight], asking: Asking) -> Sight:
    """What the column of `bits` says of rows that were seen so; what all of them agree on is a constant."""
    held: dict[Relationship, Condition] = {}
    for each in Relationship:
        said = [sight.held[each] for sight in sights if each in sight.held]
        if said and all(isinstance(one, True_) for one in said):
            held[each] = true()
        elif all(isinstance(one, False_) for one in said):
            held[each] = false()
        else:
            held[each] = column.op("&")(_number(_BIT[each])) != 0
    return Sight(asking, held)


def held_in(bits: int) -> frozenset[Relationship]:
    """The relationships in a number made by `Sight.bits`."""
    return frozenset(each for each, bit in _BIT.items() if bits & bit)


_BIT: Mapping[Relationship, int] = {each: 1 << place for place, each in enumerate(Relationship)}
_ISSUED: WeakSet[FromClause] = WeakSet()


def issue(table: Table) -> FromClause:
    """A fresh alias of the table, known to the guard. Only the guard and what it hands the alias to may use it."""
    row = table.alias()
    _ISSUED.add(row)
    return row


def unguarded(statement: Select[Any]) -> frozenset[str]:
    """The guarded tables that a statement reads without having had them from the guard. It must be empty."""
    froms: list[FromClause] = []
    for each in visitors.iterate(statement):
        if isinstance(each, Select):
            froms += each.get_final_froms()
    return frozenset(_name_of(each) for each in _flat(froms) if _name_of(each) in _CHILDS and each not in _ISSUED)


def _flat(froms: Iterable[FromClause]) -> Iterator[FromClause]:
    for each in froms:
        if isinstance(each, Join):
            yield from _flat((each.left, each.right))
        else:
            yield each


def relation(
    relationship: Relationship, owner: ColumnElement[Any], child: ColumnElement[Any], asking: Asking
) -> Condition:
    """Whether the asking body has this relationship with the child `(owner, child)` today."""
    if asking.kind not in MAY_HOLD[relationship]:
        return false()
    match relationship:
        case Relationship.RESPONSIBLE_AUTHORITY:
            return owner == asking.organisation
        case Relationship.RESPONSIBLE_COMMISSIONER:
            held = issue(tables.responsibility)
            return Guarded(held, held.c.body_id == asking.organisation).exists(
                held.c.owner_id == owner,
                held.c.child_id == child,
                is_one_of(held.c.kind, _COMMISSIONERS),
                held.c.starts_on <= asking.today,
                or_(held.c.ends_on.is_(None), held.c.ends_on >= asking.today),
            )
        case Relationship.ASKED_TO_COOPERATE:
            request = issue(tables.cooperation_request)
            return Guarded(request, request.c.addressed_to_id == asking.organisation).exists(
                request.c.owner_id == owner,
                request.c.child_id == child,
                is_one_of(request.c.status, OPEN_TO_ASKED_BODY),
            )


def may_see(row: FromClause, asking: Asking) -> Condition:
    """Which rows of a table (or an alias of it) exist for the asking body."""
    return Sight.of(row, asking).sees(row)


def relationships(row: FromClause, asking: Asking) -> ColumnElement[list[str]]:
    """The asking body's relationships with this row's child, as a text array: what the law decides each part by."""
    none: ColumnElement[Any] = cast(array([]), ARRAY(Text))
    held = none
    for relationship, condition in Sight.of(row, asking).held.items():
        held = func.array_cat(held, case((condition, cast(array([relationship.value]), ARRAY(Text))), else_=none))
    return held


def _before(relationship: Relationship) -> list[Relationship]:
    every = list(Relationship)
    return every[: every.index(relationship)]


def _beside(each: Relationship, held: Relationship, sight: Sight) -> Condition:
    """A relationship, for rows reached by another: what opens everything leaves nothing for the others to add."""
    if each is held:
        return true()
    if parts_open([held], sight.asking.purpose) == ALL_PARTS:
        return false()
    return sight.held[each]


Narrow: TypeAlias = Callable[[FromClause, Sight], Condition]


@dataclass(frozen=True, slots=True)
class _Rows:
    """How the rows of a table with a child's data are reached.

    `parts`: the parts a row may belong to; where there are several, `part_of` gives each row's own, and without it a
    row is seen by whoever has any of them. `narrowed`: what a relationship needs beside the part. `follows`: the
    row above, where being below one that is seen is all that the narrowing asks.
    """

    parts: frozenset[Part]
    part_of: Callable[[FromClause], tuple[ColumnElement[Any], Mapping[Any, Part]]] | None = None
    narrowed: Mapping[Relationship, Narrow] = field(default_factory=dict[Relationship, Narrow])
    follows: Below | None = None

    def seen(self, row: FromClause, sight: Sight, below: Below | None) -> Condition:
        if below is not None and below == self.follows:
            return true()
        return or_(false(), *(sight.way(each, self, row) for each in Relationship))

    def in_parts(self, row: FromClause, opened: Collection[Part]) -> Condition:
        if self.part_of is None or self.parts <= frozenset(opened):
            return true()
        column, part_of = self.part_of(row)
        return is_one_of(column, [word for word, part in part_of.items() if part in opened])


@dataclass(frozen=True, slots=True)
class _Own:
    """A table about no child, or about the keeping of a record: seen by whom `whose` says."""

    whose: Narrow

    def seen(self, row: FromClause, sight: Sight, _: Below | None) -> Condition:
        return self.whose(row, sight)


def guarded_tables() -> frozenset[str]:
    """The names of the tables with a child's data, each of which has a rule here."""
    return _CHILDS


def is_childs(table: Table) -> bool:
    """Whether the rows of a table are about a child."""
    return table.name in _CHILDS


def child_in(rows: FromClause, table: Table) -> ColumnElement[Any]:
    """The id of the child that each of these rows is about, which have the columns of the table."""
    return rows.c.id if table.name == "child" else rows.c.child_id


def child_of(row: FromClause) -> ColumnElement[Any]:
    """The id of the child that a row is about."""
    return row.c.id if _name_of(row) == "child" else row.c.child_id


def is_one_of(column: ColumnElement[Any], words: Iterable[StrEnum]) -> Condition:
    """Whether a column has one of these words of the law, which stand in the statement itself."""
    return column.in_([literal_column(f"'{word.value}'", Text) for word in sorted(words)])


def _number(number: int) -> ColumnElement[int]:
    return literal_column(str(number), Integer)


def _name_of(row: FromClause) -> str:
    table = row.element if isinstance(row, Alias) else row
    return table.name if isinstance(table, Table) else ""


def _by_section(column: str) -> Callable[[FromClause], tuple[ColumnElement[Any], Mapping[Any, Part]]]:
    return lambda row: (row.c[column], SECTION_PARTS)


def _by_budget(row: FromClause) -> tuple[ColumnElement[Any], Mapping[Any, Part]]:
    return row.c.kind, BUDGET_PARTS


def _through(parent: str, column: str) -> Narrow:
    """Seen if and only if the row it belongs to is seen."""

    def condition(row: FromClause, sight: Sight) -> Condition:
        above = sight.rows(tables.metadata.tables[parent])
        same_child = (above.row.c.owner_id == row.c.owner_id) & (above.row.c.child_id == row.c.child_id)
        return above.exists(same_child, above.row.c.id == row.c[column])

    return condition


def _is_own(column: str) -> Narrow:
    return lambda row, sight: row.c[column] == sight.asking.organisation


def _is_medical(row: FromClause, _: Sight) -> Condition:
    return is_one_of(row.c.kind, [AdviceKind.MEDICAL])


def _nobody(_: FromClause, __: Sight) -> Condition:
    return false()


def _everybody(_: FromClause, __: Sight) -> Condition:
    return true()


def _parties(row: FromClause, sight: Sight) -> Condition:
    """The authority of an arrangement and the bodies that are in it."""
    body = tables.arrangement_party.alias()
    is_in = Guarded(body, body.c.body_id == sight.asking.organisation).exists(body.c.arrangement_id == row.c.id)
    return or_(row.c.authority_id == sight.asking.organisation, is_in)


def _in_arrangement(row: FromClause, sight: Sight) -> Condition:
    above = tables.arrangement.alias()
    return Guarded(above, _parties(above, sight)).exists(above.c.id == row.c.arrangement_id)


def _under(parent: str, column: str, parts: frozenset[Part]) -> _Rows:
    """A table whose rows follow the row above them."""
    return _Rows(parts, narrowed=dict.fromkeys(Relationship, _through(parent, column)), follows=(parent, column))


def _parts(*parts: Part) -> _Rows:
    return _Rows(frozenset(parts))


def _document_of(row: FromClause, sight: Sight) -> Condition:
    with_advice = _through("advice", "advice_id")(row, sight)
    with_request = _through("cooperation_request", "cooperation_request_id")(row, sight)
    return or_(with_advice, and_(row.c.advice_id.is_(None), with_request))


_SECTIONS = frozenset(SECTION_PARTS.values())
_BUDGETS = frozenset(BUDGET_PARTS.values())
_ASKED, _COMMISSIONER = Relationship.ASKED_TO_COOPERATE, Relationship.RESPONSIBLE_COMMISSIONER
_COMMISSIONERS = (ResponsibilityKind.COMMISSIONER, ResponsibilityKind.SPECIALISED_COMMISSIONER)
_kept_by_authority = _Rows(frozenset({Part.EXISTENCE}), narrowed={_ASKED: _nobody, _COMMISSIONER: _nobody})

_ROWS: Mapping[str, _Rows | _Own] = {
    "child": _parts(Part.EXISTENCE),
    "child_identifier": _parts(Part.IDENTITY),
    "responsibility": _parts(Part.EXISTENCE),
    "consent": _parts(Part.CONTACTS),
    "contact": _parts(Part.CONTACTS),
    "assessment": _parts(Part.ASSESSMENT),
    "advice_request": _under("assessment", "assessment_id", frozenset({Part.ASSESSMENT})),
    "plan": _Rows(_SECTIONS),
    "plan_section": _Rows(_SECTIONS, _by_section("code")),
    "need": _Rows(_SECTIONS, _by_section("section")),
    "outcome": _parts(Part.SECTION_E),
    "provision": _Rows(_SECTIONS, _by_section("section")),
    "provision_agreement": _under("provision", "provision_id", _SECTIONS),
    "delivery": _under("provision", "provision_id", _SECTIONS),
    "placement": _parts(Part.SECTION_I),
    "review": _parts(Part.REVIEW),
    "personal_budget": _Rows(_BUDGETS | {Part.BUDGET_TOTAL}),
    "budget_item": _Rows(_BUDGETS, _by_budget),
    "direct_payment": _Rows(_BUDGETS, _by_budget),
    "payment": _under("direct_payment", "direct_payment_id", _BUDGETS),
    "cooperation_request": _Rows(frozenset({Part.COOPERATION}), narrowed={_ASKED: _is_own("addressed_to_id")}),
    "time_exception": _under("cooperation_request", "cooperation_request_id", frozenset({Part.COOPERATION})),
    "advice": _Rows(frozenset({Part.ADVICE}), narrowed={_ASKED: _is_own("given_by_id"), _COMMISSIONER: _is_medical}),
    "advised_need": _under("advice", "advice_id", frozenset({Part.ADVICE})),
    "advised_provision": _under("advice", "advice_id", frozenset({Part.ADVICE})),
    "advised_outcome": _under("advice", "advice_id", frozenset({Part.ADVICE})),
    "document": _Rows(frozenset({Part.ADVICE, Part.COOPERATION}), narrowed=dict.fromkeys(Relationship, _document_of)),
    "event": _under("cooperation_request", "about_id", frozenset({Part.COOPERATION})),
    "notification": _parts(Part.NOTIFICATION),
    "dispute": _parts(Part.REDRESS),
    "dispute_step": _under("dispute", "dispute_id", frozenset({Part.REDRESS})),
    "duty": _Rows(
        frozenset({Part.DUTIES}), narrowed={_ASKED: _is_own("holder_id"), _COMMISSIONER: _is_own("holder_id")}
    ),
    "duty_exception": _under("duty", "duty_id", frozenset({Part.DUTIES})),
    "disclosure": _kept_by_authority,
    "identity_candidate": _kept_by_authority,
    "quarantined_item": _Own(_is_own("owner_id")),
    "arrangement": _Own(_parties),
    "arrangement_party": _Own(_in_arrangement),
    "arrangement_clause": _Own(_in_arrangement),
    "arrangement_dispute_step": _Own(_in_arrangement),
    "sharing_rule": _Own(_in_arrangement),
    "organisation": _Own(_everybody),
}
_CHILDS = frozenset(name for name, rule in _ROWS.items() if isinstance(rule, _Rows))
