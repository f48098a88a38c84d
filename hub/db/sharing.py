"""The guard: the sharing rules as SQL, for whoever reads.

`hub.law.reg17_disclosure` says what each relationship with a child opens. Here the relationships become predicates on
rows, so that every door (GraphQL, FHIR, exports, pages) has the same lock. A table with a child's data that is not in
`ROWS` cannot be read at all. `tests/db/test_sharing.py` holds this module to the law over random cases.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Alias,
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    Table,
    TableClause,
    Text,
    case,
    cast,
    false,
    func,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from hub.db import tables
from hub.db.conditions import Condition, every, is_always, is_never, is_one_of, number, some
from hub.db.guarded import Guarded, is_issued, issue
from hub.db.sharing_rules import CHILDS, COMMISSIONERS, ROWS, Below, Own, Rows
from hub.law.caller import Caller
from hub.law.reg17_disclosure import MAY_HOLD, Part, Purpose, Relationship, parts_open
from hub.law.s31_cooperation import OPEN_TO_ASKED_BODY
from hub.law.vocabulary import OrganisationKind


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


@dataclass(frozen=True, slots=True)
class Sight:
    """How the asking body stands to the child of a row at hand: each relationship as a condition."""

    asking: Asking
    held: Mapping[Relationship, Condition]

    @classmethod
    def of(cls, row: FromClause, asking: Asking) -> "Sight":
        """Worked out from the row's own child."""
        if _name_of(row) not in CHILDS:
            return cls(asking, {})
        return cls.about(row.c.owner_id, child_of(row), asking)

    @classmethod
    def about(cls, owner: ColumnElement[Any], child: ColumnElement[Any], asking: Asking) -> "Sight":
        """Worked out for the child `(owner, child)`."""
        return cls(asking, {each: relation(each, owner, child, asking) for each in Relationship})

    def opens(self, parts: Collection[Part]) -> Condition:
        """Whether some of the parts is open."""
        wanted = frozenset(parts)
        return some(*(held for each, held in self.held.items() if wanted & self._opened_by(each)))

    def sees(self, row: FromClause, *, below: Below | None = None) -> Condition:
        """Whether a row of the same child exists for the asking body.

        `below`: the row is joined, by this column of its own, to a row of this table that exists for the body.
        """
        return ROWS[_name_of(row)].seen(row, self, below)

    def rows(self, table: Table, *, below: Below | None = None) -> "Guarded":
        """The rows of a table, about the same child, that exist for the asking body. The caller joins them to it."""
        row = issue(table)
        return Guarded(row, self.sees(row, below=below))

    def way(self, relationship: Relationship, rule: "Rows", row: FromClause) -> Condition:
        """Whether this relationship alone makes the row exist for the body."""
        opened = self._opened_by(relationship)
        if not rule.parts & opened:
            return false()
        narrow = rule.narrowed.get(relationship)
        return every(self.held[relationship], narrow(row, self) if narrow else true(), rule.in_parts(row, opened))

    def bits(self) -> ColumnElement[int]:
        """The relationships that are held, as a number: what `from_bits` and `held_in` read."""
        certain = sum(_BIT[each] for each, held in self.held.items() if is_always(held))
        total = number(certain)
        for each, held in self.held.items():
            if not (is_always(held) or is_never(held)):
                total = total + case((held, number(_BIT[each])), else_=number(0))
        return total

    def _opened_by(self, relationship: Relationship) -> frozenset[Part]:
        return parts_open([relationship], self.asking.purpose)


def guarded(table: Table, asking: Asking) -> tuple[Guarded, Sight]:
    """The rows of a table that exist for the asking body, and how it stands to the child of each."""
    row = issue(table)
    sight = Sight.of(row, asking)
    return Guarded(row, sight.sees(row)), sight


def sight_in(column: ColumnElement[int], sights: Sequence[Sight], asking: Asking) -> Sight:
    """What the column of `bits` says of rows that were seen so; what all of them agree on is a constant."""
    held: dict[Relationship, Condition] = {}
    for each in Relationship:
        said = [sight.held[each] for sight in sights if each in sight.held]
        if said and all(is_always(one) for one in said):
            held[each] = true()
        elif all(is_never(one) for one in said):
            held[each] = false()
        else:
            held[each] = column.op("&")(number(_BIT[each])) != 0
    return Sight(asking, held)


def held_in(bits: int) -> frozenset[Relationship]:
    """The relationships in a number made by `Sight.bits`."""
    return frozenset(each for each, bit in _BIT.items() if bits & bit)


_BIT: Mapping[Relationship, int] = {each: 1 << place for place, each in enumerate(Relationship)}


def unguarded(statement: Select[Any]) -> frozenset[str]:
    """The guarded tables that a statement reads without having had them from the guard. It must be empty."""
    found: set[str] = set()
    seen: dict[int, Any] = {}
    waiting: list[Any] = [statement]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen[id(each)] = each
        table = _name_of(each)
        if table in CHILDS and not is_issued(each):
            found.add(table)
        if not table:  # an alias stands for its table
            waiting += each.get_children()
            if getattr(each, "table", None) is not None:  # what a column is of is read, too
                waiting.append(each.table)
    return frozenset(found)


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
                is_one_of(held.c.kind, COMMISSIONERS),
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


def rule_of(table: Table) -> Rows | Own:
    """The rule of a table; KeyError for one that cannot be read at all."""
    return ROWS[table.name]


def guarded_tables() -> frozenset[str]:
    """The names of the tables with a child's data, each of which has a rule here."""
    return CHILDS


def is_childs(table: Table) -> bool:
    """Whether the rows of a table are about a child."""
    return table.name in CHILDS


def child_in(rows: FromClause, table: Table) -> ColumnElement[Any]:
    """The id of the child that each of these rows is about, which have the columns of the table."""
    return rows.c.id if table.name == "child" else rows.c.child_id


def child_of(row: FromClause) -> ColumnElement[Any]:
    """The id of the child that a row is about."""
    return row.c.id if _name_of(row) == "child" else row.c.child_id


def _name_of(row: FromClause) -> str:
    table = row.element if isinstance(row, Alias) else row
    return table.name if isinstance(table, TableClause) else ""
