"""One body in the place of another, for all its children: a statement a table for each stretch of children.

A stretch is thousands of children, in the order of their records, and one transaction. How far it has come is kept
with it: whoever goes on after a crash begins where it stopped, and what went over is not found a second time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    FromClause,
    Text,
    and_,
    any_,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.session import take_time
from hub.law.s31_cooperation import CooperationStatus
from hub.law.s37_plan import CHANGEABLE
from hub.law.vocabulary import AgreementStatus, DisputeStatus

CHILDREN_AT_ONCE = 10_000
_SUCCESSION, _BODY, _HELD = tables.succession, tables.organisation, tables.responsibility
_ANSWERABLE = (CooperationStatus.SENT, CooperationStatus.RECEIVED, CooperationStatus.ACCEPTED)
_PENDING = (AgreementStatus.NOT_ASKED, AgreementStatus.ASKED)
_OVER = (DisputeStatus.AGREED, DisputeStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class Repointed:
    """How much went over."""

    children: int
    duties: int
    requests: int


@dataclass(frozen=True, slots=True)
class Succession:
    """`old` is abolished, and `new` takes its place from the day `on`. `total`: the children; None: not begun."""

    id: UUID
    old: UUID
    new: UUID
    on: date
    total: int | None
    over: Repointed
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Children from the one after `after` to `upto`, by (owner, id); all where both are None."""

    after: tuple[UUID, UUID] | None
    upto: tuple[UUID, UUID] | None

    def has(self, row: FromClause) -> ColumnElement[bool]:
        child = tuple_(row.c.owner_id, row.c.child_id)
        later = true() if self.after is None else child > tuple_(*(literal(each) for each in self.after))
        return later if self.upto is None else and_(later, child <= tuple_(*(literal(each) for each in self.upto)))


async def ask(
    connection: AsyncConnection,
    *,
    succession_id: UUID,
    old: UUID,
    new: UUID,
    on: date,
    requested_by: UUID | None,
    now: datetime,
) -> bool:
    """Keep that it was asked for; False where a succession of the old body is kept already."""
    kept = (
        upsert(_SUCCESSION)
        .values(id=succession_id, old_id=old, new_id=new, starts_on=on, requested_at=now, requested_by_id=requested_by)
        .on_conflict_do_nothing()
        .returning(_SUCCESSION.c.id)
    )
    return (await connection.execute(kept)).first() is not None


async def of_body(connection: AsyncConnection, old: UUID) -> Succession | None:
    """The succession of the body, as far as it has come."""
    row = (await connection.execute(select(_SUCCESSION).where(_SUCCESSION.c.old_id == old))).mappings().first()
    return None if row is None else _value(row)


async def unfinished(connection: AsyncConnection) -> list[UUID]:
    """The bodies whose succession was asked for, and is not finished."""
    waiting = select(_SUCCESSION.c.old_id).where(_SUCCESSION.c.finished_at.is_(None))
    return list((await connection.execute(waiting.order_by(_SUCCESSION.c.requested_at))).scalars())


async def newest_of(connection: AsyncConnection, body: UUID) -> UUID:
    """The body that stands in the place of this one now: itself, where it was not succeeded."""
    before: set[UUID] = set()
    while body not in before:
        before.add(body)
        body = await connection.scalar(select(_BODY.c.successor_id).where(_BODY.c.id == body)) or body
    return body


async def hold(connection: AsyncConnection, body: UUID) -> None:
    """Nobody abolishes the body until the transaction ends; where somebody is about to, that is waited for."""
    await connection.execute(select(_BODY.c.id).where(_BODY.c.id == body).with_for_update(read=True))


async def in_the_place_of(connection: AsyncConnection, body: UUID) -> frozenset[UUID]:
    """The body, and all whose place it took."""
    return frozenset((await connection.execute(select(func.in_the_place_of(body)))).scalars())


async def step(
    connection: AsyncConnection, old: UUID, *, reason: str, now: datetime, most: int = CHILDREN_AT_ONCE
) -> Succession | None:
    """The next step of a succession, which nobody else takes at the same time; how far it has come, or None where there
    was none left.

    The first abolishes the old body, so that no child is given to it any more; each other brings a stretch over.
    """
    await take_time(connection)
    row = (
        (await connection.execute(select(_SUCCESSION).where(_SUCCESSION.c.old_id == old).with_for_update()))
        .mappings()
        .one()
    )
    succession = _value(row)
    if succession.finished_at is not None:
        return None
    if succession.total is None:
        return await _abolish(connection, succession)
    after = None if row["after_child_id"] is None else (row["after_owner_id"], row["after_child_id"])
    upto = await _last_of(connection, succession, after, most)
    # The last stretch is all that is left anywhere: what is owed for a child whom the body answered for once, too.
    stretch = _Stretch(after if upto else None, upto)
    over = await _bring_over(connection, succession, stretch, reason=reason, now=now)
    changed = {
        "children": _SUCCESSION.c.children + over.children,
        "duties": _SUCCESSION.c.duties + over.duties,
        "requests": _SUCCESSION.c.requests + over.requests,
        "finished_at": None if upto else now,
    }
    if upto is not None:
        changed |= {"after_owner_id": upto[0], "after_child_id": upto[1]}
    return await _set(connection, succession, changed)


async def _abolish(connection: AsyncConnection, succession: Succession) -> Succession:
    gone = {"in_force_to": succession.on - timedelta(days=1), "successor_id": succession.new}
    await connection.execute(update(_BODY).where(_BODY.c.id == succession.old).values(**gone))
    children = select(_HELD.c.owner_id, _HELD.c.child_id).where(_lasts(succession)).distinct().subquery()
    total = await connection.scalar(select(func.count()).select_from(children))
    return await _set(connection, succession, {"children_total": total or 0})


async def _set(connection: AsyncConnection, succession: Succession, changed: dict[str, Any]) -> Succession:
    changing = update(_SUCCESSION).where(_SUCCESSION.c.id == succession.id).values(**changed).returning(_SUCCESSION)
    return _value((await connection.execute(changing)).mappings().one())


async def _last_of(
    connection: AsyncConnection, succession: Succession, after: tuple[UUID, UUID] | None, most: int
) -> tuple[UUID, UUID] | None:
    """The last child of the next stretch; None where the rest is no more than one."""
    children = (
        select(_HELD.c.owner_id, _HELD.c.child_id)
        .where(_lasts(succession), _Stretch(after, None).has(_HELD))
        .distinct()
        .order_by(_HELD.c.owner_id, _HELD.c.child_id)
        .offset(most - 1)
        .limit(2)
    )
    found = (await connection.execute(children)).all()
    return (found[0][0], found[0][1]) if len(found) > 1 else None


async def _bring_over(
    connection: AsyncConnection, succession: Succession, stretch: _Stretch, *, reason: str, now: datetime
) -> Repointed:
    children = await _record(connection, succession, stretch, now)
    await _responsibilities(connection, succession, stretch, reason)
    duties = await _duties(connection, succession, stretch)
    requests = await _requests(connection, succession, stretch, now)
    await _drafts(connection, succession, stretch)
    await _disputes(connection, succession, stretch)
    return Repointed(children, duties, requests)


def _lasts(succession: Succession) -> ColumnElement[bool]:
    """The old body would answer on the day, or later."""
    return and_(_HELD.c.body_id == succession.old, or_(_HELD.c.ends_on.is_(None), _HELD.c.ends_on >= succession.on))


async def _record(connection: AsyncConnection, succession: Succession, stretch: _Stretch, now: datetime) -> int:
    """An event for each child whose body changes; how many they are."""
    event = tables.event
    children = select(_HELD.c.owner_id, _HELD.c.child_id).where(_lasts(succession), stretch.has(_HELD)).distinct()
    each = children.subquery()
    columns: Sequence[str] = (
        "id", "recorded_at", "kind", "owner_id", "child_id", "about_type", "about_id", "organisation_id", "facts",
    )  # fmt: skip
    facts = {"from": str(succession.old), "to": str(succession.new), "on": str(succession.on)}
    told = select(
        func.gen_random_uuid(),
        literal(now),
        literal("body_succeeded"),
        each.c.owner_id,
        each.c.child_id,
        literal("Child"),
        each.c.child_id,
        literal(succession.new),
        literal(facts, JSONB),
    )
    return _count(
        await connection.execute(insert(event).from_select(columns, told).execution_options(preserve_rowcount=True))
    )


async def _responsibilities(
    connection: AsyncConnection, succession: Succession, stretch: _Stretch, reason: str
) -> None:
    """The old body answers to the day before, the new one from the day."""
    held, on = _HELD, succession.on
    lasts = (_lasts(succession), stretch.has(held))
    begun = (*lasts, held.c.starts_on < on)
    columns = ("owner_id", "id", "child_id", "body_id", "kind", "for_provision", "reason", "starts_on", "ends_on")
    goes_on = select(
        held.c.owner_id,
        func.gen_random_uuid(),
        held.c.child_id,
        literal(succession.new),
        held.c.kind,
        held.c.for_provision,
        literal(reason),
        literal(on),
        held.c.ends_on,
    ).where(*begun)
    await connection.execute(insert(held).from_select(columns, goes_on))
    await connection.execute(update(held).where(*begun).values(ends_on=on - timedelta(days=1)))
    await connection.execute(update(held).where(*lasts, held.c.starts_on >= on).values(body_id=succession.new))


async def _duties(connection: AsyncConnection, succession: Succession, stretch: _Stretch) -> int:
    """What the old body still owed its successor owes; where it owes the same already, the old one's ends."""
    duty, other = tables.duty, tables.duty.alias()
    open_ = (duty.c.holder_id == succession.old, duty.c.met_on.is_(None), duty.c.ended_on.is_(None), stretch.has(duty))
    # Looked up by what the duty is about: of a body that owed nothing until today, no statistics say how much it owes.
    owed_already = (
        select(literal(1))
        .where(
            other.c.owner_id == duty.c.owner_id,
            other.c.about_id == duty.c.about_id,
            other.c.rule == duty.c.rule,
            cast(other.c.holder_id, Text) == str(succession.new),
        )
        .offset(0)
        .exists()
    )
    moved = await connection.execute(update(duty).where(*open_, ~owed_already).values(holder_id=succession.new))
    await connection.execute(update(duty).where(*open_).values(ended_on=succession.on))
    return _count(moved)


async def _requests(connection: AsyncConnection, succession: Succession, stretch: _Stretch, now: datetime) -> int:
    """What the old body was asked and has not answered its successor is asked."""
    request, sought = tables.cooperation_request, tables.advice_request
    open_ = (request.c.addressed_to_id == succession.old, request.c.status.in_(_ANSWERABLE), stretch.has(request))
    over = {"addressed_to_id": succession.new, "version": request.c.version + 1, "updated_at": now}
    moved = await connection.execute(update(request).where(*open_).values(**over))
    waits = (sought.c.organisation_id == succession.old, sought.c.received_on.is_(None), stretch.has(sought))
    await connection.execute(update(sought).where(*waits).values(organisation_id=succession.new))
    return _count(moved)


async def _drafts(connection: AsyncConnection, succession: Succession, stretch: _Stretch) -> None:
    """Who is to commission what a draft says, and who is asked to agree. What was decided stays as it was decided; and
    what a version says that is final, or was, does not change."""
    plan, provision, agreement = tables.plan, tables.provision, tables.provision_agreement
    drafts = (
        select(plan.c.owner_id, plan.c.id)
        .where(plan.c.status.in_(CHANGEABLE), stretch.has(plan))
        .cte()
        .prefix_with("MATERIALIZED")
    )
    in_draft = (provision.c.owner_id == drafts.c.owner_id, provision.c.plan_id == drafts.c.id)
    pending = (
        agreement.c.owner_id == provision.c.owner_id,
        agreement.c.provision_id == provision.c.id,
        agreement.c.commissioner_id == succession.old,
        agreement.c.status.in_(_PENDING),
    )
    await connection.execute(update(agreement).where(*pending, *in_draft).values(commissioner_id=succession.new))
    commissioned = (provision.c.commissioner_id == succession.old, *in_draft)
    await connection.execute(update(provision).where(*commissioned).values(commissioner_id=succession.new))


async def _disputes(connection: AsyncConnection, succession: Succession, stretch: _Stretch) -> None:
    """The new body is in the disputes that the old one was in."""
    dispute = tables.dispute
    was_in = (any_(dispute.c.parties) == succession.old, dispute.c.status.not_in(_OVER), stretch.has(dispute))
    now_in = func.array_replace(dispute.c.parties, succession.old, succession.new)
    await connection.execute(update(dispute).where(*was_in).values(parties=now_in))


def _value(row: Any) -> Succession:
    over = Repointed(row["children"], row["duties"], row["requests"])
    return Succession(
        row["id"], row["old_id"], row["new_id"], row["starts_on"], row["children_total"], over, row["finished_at"]
    )


def _count(result: CursorResult[Any]) -> int:
    return result.rowcount
