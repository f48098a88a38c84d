"""The ways in to a list: a search for each relationship, so that each starts where its rows are.

A body that is asked to co-operate starts from the requests, never from the whole table; one that answers for children
of several authorities takes the first rows of each authority. `hub.db.sharing` says which rows exist; this says where
to look for them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import FromClause, Table, false, not_, select, true

from hub.db import tables
from hub.db.conditions import Condition, every, is_never, is_one_of
from hub.db.guarded import Guarded, issue
from hub.db.sharing import Asking, Sight, child_of, guarded, rule_of
from hub.db.sharing_rules import Rows
from hub.law.reg17_disclosure import ALL_PARTS, Relationship, parts_open
from hub.law.s31_cooperation import OPEN_TO_ASKED_BODY
from hub.law.vocabulary import OrganisationKind


@dataclass(frozen=True, slots=True)
class Start:
    """Where a search starts, and how the rows are joined to it. `each`: row by row of the start, each in order."""

    source: FromClause
    joined: Condition
    each: bool


@dataclass(frozen=True, slots=True)
class Way:
    """One way to rows of a table: by one relationship, as far as no earlier way reaches them."""

    rows: Guarded
    sight: Sight
    start: Start | None = None


def ways(table: Table, asking: Asking) -> list[Way]:
    """Disjoint ways, at least one, that together reach every row of the table that exists for the body."""
    rule = rule_of(table)
    if not isinstance(rule, Rows):
        return [Way(*guarded(table, asking))]
    found = [way for each in Relationship if (way := _way(each, rule, table, asking)) is not None]
    return found or [Way(Guarded(issue(table), false()), Sight(asking, dict.fromkeys(Relationship, false())))]


def _way(relationship: Relationship, rule: Rows, table: Table, asking: Asking) -> Way | None:
    row = issue(table)
    whole = Sight.of(row, asking)
    if is_never(whole.way(relationship, rule, row)):
        return None
    start = None if relationship in rule.narrowed else _start(relationship, row, asking)
    joined = start is not None and not start.each
    alone = Sight(asking, {each: _beside(each, relationship, whole) for each in Relationship})
    reached = (alone if joined else whole).way(relationship, rule, row)
    earlier = (not_(whole.way(each, rule, row)) for each in _before(relationship))
    return Way(Guarded(row, every(reached, *earlier)), alone, start)


def _start(relationship: Relationship, row: FromClause, asking: Asking) -> Start | None:
    match relationship:
        case Relationship.RESPONSIBLE_AUTHORITY:
            return None  # its own rows are in one stretch of every index
        case Relationship.RESPONSIBLE_COMMISSIONER:
            body, held = tables.organisation.alias(), issue(tables.responsibility)
            some = Guarded(held, held.c.body_id == asking.organisation).exists(held.c.owner_id == body.c.id)
            is_authority = is_one_of(body.c.kind, [OrganisationKind.LOCAL_AUTHORITY])
            authority = select(body.c.id).where(is_authority, some).subquery("authority")
            return Start(authority, row.c.owner_id == authority.c.id, each=True)
        case Relationship.ASKED_TO_COOPERATE:
            request = issue(tables.cooperation_request)
            addressed = Guarded(request, request.c.addressed_to_id == asking.organisation)
            children = addressed.select(request.c.owner_id, request.c.child_id)
            # The offset keeps PostgreSQL from walking the table in order and asking about each row.
            asked = children.where(is_one_of(request.c.status, OPEN_TO_ASKED_BODY)).distinct().offset(0).subquery()
            joined = every(row.c.owner_id == asked.c.owner_id, child_of(row) == asked.c.child_id)
            return Start(asked, joined, each=False)


def _before(relationship: Relationship) -> Iterable[Relationship]:
    every_one = list(Relationship)
    return every_one[: every_one.index(relationship)]


def _beside(each: Relationship, held: Relationship, sight: Sight) -> Condition:
    """A relationship, for rows reached by another: what opens everything leaves nothing for the others to add."""
    if each is held:
        return true()
    if parts_open([held], sight.asking.purpose) == ALL_PARTS:
        return false()
    return sight.held[each]
