"""The ways in to a list: a search for each relationship, so that each starts where its rows are.

A body that is asked to co-operate starts from the requests, never from the whole table; one that answers for children
of several authorities takes the first rows of each authority. `hub.db.sharing` says which rows exist; this says where
to look for them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import FromClause, Subquery, Table, false, not_, select, true

from hub.db import tables
from hub.db.conditions import Condition, every, is_never, is_one_of
from hub.db.guarded import Guarded, issue
from hub.db.sharing import Asking, Sight, child_of, guarded, rule_of
from hub.db.sharing_added import named
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
    return found or [Way(Guarded(issue(table), false()), Sight(asking, {}))]


def own(table: Table, asking: Asking) -> Way | None:
    """The way to the rows in the body's own records alone, where it is the authority and all of them is open to it.

    How it stands to such a child is certain beforehand, so that nothing below need ask. None for any other body.
    """
    rule = rule_of(table)
    if not isinstance(rule, Rows):
        return None
    row = issue(table)
    whole = Sight.of(row, asking)
    mine = whole.held.get(Relationship.RESPONSIBLE_AUTHORITY, false())
    if is_never(mine) or not _opens_all(Relationship.RESPONSIBLE_AUTHORITY, asking):
        return None
    alone = _sight_by(Relationship.RESPONSIBLE_AUTHORITY, whole)
    return Way(Guarded(row, every(mine, alone.sees(row))), alone)


def _way(relationship: Relationship, rule: Rows, table: Table, asking: Asking) -> Way | None:
    row = issue(table)
    whole = Sight.of(row, asking)
    if is_never(whole.way(relationship, rule, row)):
        return None
    told_by_narrowing = relationship in rule.narrowed and relationship not in rule.scattered
    starts_by_itself = told_by_narrowing and relationship is not Relationship.DISCLOSED_TO
    start = None if starts_by_itself else _start(relationship, row, asking)
    joined = start is not None and not start.each
    alone = _sight_by(relationship, whole)
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
            open_ = is_one_of(request.c.status, OPEN_TO_ASKED_BODY)
            return _of_children(_children(request, request.c.addressed_to_id == asking.organisation, open_), row)
        case Relationship.NOTIFYING_BODY:
            notification = issue(tables.notification)
            return _of_children(
                _children(notification, notification.c.notified_by_id == asking.organisation, true()), row
            )
        case Relationship.RECEIVING_AUTHORITY:
            plan = issue(tables.plan)
            return _of_children(_children(plan, plan.c.transferred_to_id == asking.organisation, true()), row)
        case Relationship.DISCLOSED_TO:
            children = named(asking)
            return None if children is None else _of_children(children, row)
        case Relationship.PROVIDER:
            return None  # it opens nothing by itself


def _children(rows: FromClause, mine: Condition, also: Condition) -> Subquery:
    """The children that rows are about. The offset keeps PostgreSQL from walking the table that is joined to them in
    order and asking about each row."""
    return Guarded(rows, mine).select(rows.c.owner_id, rows.c.child_id).where(also).distinct().offset(0).subquery()


def _of_children(children: Subquery, row: FromClause) -> Start:
    joined = every(row.c.owner_id == children.c.owner_id, child_of(row) == children.c.child_id)
    return Start(children, joined, each=False)


def _opens_all(relationship: Relationship, asking: Asking) -> bool:
    return parts_open([relationship], asking.purpose) == ALL_PARTS


def _before(relationship: Relationship) -> Iterable[Relationship]:
    every_one = list(Relationship)
    return every_one[: every_one.index(relationship)]


def _sight_by(relationship: Relationship, whole: Sight) -> Sight:
    """The sight of rows reached by a relationship: what opens everything leaves nothing for the others to add."""
    if relationship is Relationship.DISCLOSED_TO:
        return whole
    opens_all = _opens_all(relationship, whole.asking)
    others = {each: false() if opens_all else held for each, held in whole.held.items()}
    return Sight(whole.asking, others | {relationship: true()}, None if opens_all else whole.added)
