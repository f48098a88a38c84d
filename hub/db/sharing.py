"""The guard: the sharing rules as SQL, for whoever reads.

`hub.law.reg17_disclosure` says what each relationship with a child opens. Here the relationships become predicates on
rows, so that every door (GraphQL, FHIR, exports, pages) has the same lock. A table with a child's data that is not in
`ROWS` cannot be read at all. `tests/db/test_sharing.py` holds this module to the law over random cases.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, case, false, true

from hub.db import tables
from hub.db.asking import Asking
from hub.db.conditions import Condition, every, is_always, is_never, is_one_of, number, some
from hub.db.guarded import Guarded, is_issued, issue, name_of
from hub.db.sharing_added import BITS, added, big, is_commissioner, mask, provides
from hub.db.sharing_rules import CHILDS, ROWS, Below, Own, Rows
from hub.law.reg17_disclosure import MAY_HOLD, Opener, Part, Purpose, Relationship, Standing, parts_open
from hub.law.s31_cooperation import OPEN_TO_ASKED_BODY

__all__ = ["Asking", "Guarded", "Sight"]


@dataclass(frozen=True, slots=True)
class Sight:
    """How the asking body stands to the child of a row at hand: each relationship as a condition.

    `added`: what is opened beside the statute, as a number (`hub.db.sharing_added`); None where nothing can be.
    """

    asking: Asking
    held: Mapping[Relationship, Condition]
    added: ColumnElement[int] | None = None

    @classmethod
    def of(cls, row: FromClause, asking: Asking) -> "Sight":
        """Worked out from the row's own child."""
        if name_of(row) not in CHILDS:
            return cls(asking, {})
        return cls.about(row.c.owner_id, child_of(row), asking)

    @classmethod
    def about(cls, owner: ColumnElement[Any], child: ColumnElement[Any], asking: Asking) -> "Sight":
        """Worked out for the child `(owner, child)`."""
        held = {each: relation(each, owner, child, asking) for each in Relationship if _matters(each, asking)}
        return cls(asking, held, added(owner, child, asking))

    def opens(self, parts: Collection[Part]) -> Condition:
        """Whether some of the parts is open."""
        wanted = frozenset(parts)
        by_statute = (held for each, held in self.held.items() if wanted & self._opened_by(each))
        return some(*by_statute, self._has_added(wanted))

    def sees(self, row: FromClause, *, below: Below | None = None) -> Condition:
        """Whether a row of the same child exists for the asking body.

        `below`: the row is joined, by this column of its own, to a row of this table that exists for the body.
        """
        return ROWS[name_of(row)].seen(row, self, below)

    def rows(self, table: Table, *, below: Below | None = None) -> "Guarded":
        """The rows of a table, about the same child, that exist for the asking body. The caller joins them to it."""
        row = issue(table)
        return Guarded(row, self.sees(row, below=below))

    def way(self, relationship: Relationship, rule: "Rows", row: FromClause) -> Condition:
        """Whether this relationship alone makes the row exist for the body."""
        narrow = rule.narrowed.get(relationship)
        if relationship is Relationship.DISCLOSED_TO:
            return every(self._has_added_part_of(rule, row), narrow(row, self) if narrow else true())
        opened = self._opened_by(relationship)
        if not rule.parts & opened:
            return false()
        held = self.held.get(relationship, false())
        return every(held, narrow(row, self) if narrow else true(), rule.in_parts(row, opened))

    def bits(self) -> ColumnElement[int]:
        """The relationships that are held and what is added, as a number: what `standing_in` reads."""
        certain = sum(BITS[each] for each, held in self.held.items() if is_always(held))
        total = number(certain)
        for each, held in self.held.items():
            if not (is_always(held) or is_never(held)):
                total = total + case((held, number(BITS[each])), else_=number(0))
        return total if self.added is None else self.added.op("&")(big(~mask(Relationship))) + total

    def _has_added(self, parts: Collection[Part]) -> Condition:
        """Whether some of the parts is added."""
        if self.added is None:
            return false()
        return self.added.op("&")(big(mask(parts))) != 0

    def _has_added_part_of(self, rule: "Rows", row: FromClause) -> Condition:
        """Whether the part of the row is added; of a row of no certain part, some part of its table."""
        if self.added is None or rule.part_of is None:
            return self._has_added(rule.parts)
        column, parts = rule.part_of(row)
        part = case(*((is_one_of(column, [word]), big(BITS[part])) for word, part in parts.items()), else_=big(0))
        return self.added.op("&")(part) != 0

    def _opened_by(self, relationship: Relationship) -> frozenset[Part]:
        return _opened_by(relationship, self.asking.purpose)


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
            held[each] = column.op("&")(number(BITS[each])) != 0
    return Sight(asking, held, column if any(each.added is not None for each in sights) else None)


@lru_cache(maxsize=10_000)
def standing_in(bits: int) -> Standing:
    """How the body stands, in a number made by `Sight.bits`."""
    held = {each for each in Relationship if bits & BITS[each]}
    openers = frozenset(each for each in Opener if bits & BITS[each])
    if openers:
        held.add(Relationship.DISCLOSED_TO)
    return Standing(frozenset(held), frozenset(each for each in Part if bits & BITS[each]), openers)


def _matters(relationship: Relationship, asking: Asking) -> bool:
    """Whether a relationship opens anything by statute for the purpose; another need not be looked for."""
    return bool(_opened_by(relationship, asking.purpose))


@cache
def _opened_by(relationship: Relationship, purpose: Purpose) -> frozenset[Part]:
    return parts_open([relationship], purpose)


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
        table = name_of(each)
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
            mine = Guarded(held, is_commissioner(held, asking))
            return mine.exists(held.c.owner_id == owner, held.c.child_id == child)
        case Relationship.ASKED_TO_COOPERATE:
            request = issue(tables.cooperation_request)
            return Guarded(request, request.c.addressed_to_id == asking.organisation).exists(
                request.c.owner_id == owner,
                request.c.child_id == child,
                is_one_of(request.c.status, OPEN_TO_ASKED_BODY),
            )
        case Relationship.NOTIFYING_BODY:
            notification = issue(tables.notification)
            return Guarded(notification, notification.c.notified_by_id == asking.organisation).exists(
                notification.c.owner_id == owner, notification.c.child_id == child
            )
        case Relationship.RECEIVING_AUTHORITY:
            plan = issue(tables.plan)
            return Guarded(plan, plan.c.transferred_to_id == asking.organisation).exists(
                plan.c.owner_id == owner, plan.c.child_id == child
            )
        case Relationship.PROVIDER:
            return provides(owner, child, asking)
        case Relationship.DISCLOSED_TO:
            bits = added(owner, child, asking)
            return false() if bits is None else bits != 0


def may_see(row: FromClause, asking: Asking) -> Condition:
    """Which rows of a table (or an alias of it) exist for the asking body."""
    return Sight.of(row, asking).sees(row)


def standing(row: FromClause, asking: Asking) -> ColumnElement[int]:
    """How the asking body stands to this row's child, as a number that `standing_in` reads."""
    return Sight.of(row, asking).bits()


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
    return row.c.id if name_of(row) == "child" else row.c.child_id
