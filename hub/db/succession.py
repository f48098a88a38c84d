"""One body in the place of another, for all its children at once: a statement a table, whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.session import take_time
from hub.law.s31_cooperation import CooperationStatus
from hub.law.vocabulary import AgreementStatus

_ANSWERABLE = (CooperationStatus.SENT, CooperationStatus.RECEIVED, CooperationStatus.ACCEPTED)
_PENDING = (AgreementStatus.NOT_ASKED, AgreementStatus.ASKED)


@dataclass(frozen=True, slots=True)
class Succession:
    """`old` is abolished, and `new` takes its place from the day `on`."""

    old: UUID
    new: UUID
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Repointed:
    """How much went over."""

    children: int
    duties: int
    requests: int


async def succeed(connection: AsyncConnection, succession: Succession, *, now: datetime) -> Repointed:
    """Every child of the old body, with its open duties, requests and agreements, is the new one's from the day."""
    await take_time(connection)
    await _abolish(connection, succession)
    children = await _responsibilities(connection, succession, now)
    duties = await _duties(connection, succession)
    requests = await _requests(connection, succession, now)
    await _provision(connection, succession)
    return Repointed(children, duties, requests)


async def _abolish(connection: AsyncConnection, succession: Succession) -> None:
    body = tables.organisation
    gone = {"in_force_to": succession.on - timedelta(days=1), "successor_id": succession.new}
    await connection.execute(update(body).where(body.c.id == succession.old).values(**gone))


async def _responsibilities(connection: AsyncConnection, succession: Succession, now: datetime) -> int:
    """The old body answers to the day before, the new one from the day; an event for each child."""
    held, on = tables.responsibility, succession.on
    lasts = (held.c.body_id == succession.old, or_(held.c.ends_on.is_(None), held.c.ends_on >= on))
    begun = (*lasts, held.c.starts_on < on)
    columns = ("owner_id", "id", "child_id", "body_id", "kind", "for_provision", "reason", "starts_on", "ends_on")
    goes_on = select(
        held.c.owner_id,
        func.gen_random_uuid(),
        held.c.child_id,
        literal(succession.new),
        held.c.kind,
        held.c.for_provision,
        literal(succession.reason),
        literal(on),
        held.c.ends_on,
    ).where(*begun)
    children = await _record(connection, succession, now)
    await connection.execute(insert(held).from_select(columns, goes_on))
    await connection.execute(update(held).where(*begun).values(ends_on=on - timedelta(days=1)))
    later = update(held).where(*lasts, held.c.starts_on >= on).values(body_id=succession.new)
    await connection.execute(later)
    return children


async def _record(connection: AsyncConnection, succession: Succession, now: datetime) -> int:
    """An event for each child whose body changes; how many they are."""
    held, event = tables.responsibility, tables.event
    children = (
        select(held.c.owner_id, held.c.child_id)
        .where(held.c.body_id == succession.old, or_(held.c.ends_on.is_(None), held.c.ends_on >= succession.on))
        .distinct()
    )
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


async def _duties(connection: AsyncConnection, succession: Succession) -> int:
    """What the old body still owed its successor owes; where it owes the same already, the old one's ends."""
    duty, other = tables.duty, tables.duty.alias()
    open_ = (duty.c.holder_id == succession.old, duty.c.met_on.is_(None), duty.c.ended_on.is_(None))
    owed_already = (
        select(literal(1))
        .where(
            other.c.owner_id == duty.c.owner_id,
            other.c.about_id == duty.c.about_id,
            other.c.rule == duty.c.rule,
            other.c.holder_id == succession.new,
        )
        .exists()
    )
    moved = await connection.execute(update(duty).where(*open_, ~owed_already).values(holder_id=succession.new))
    await connection.execute(update(duty).where(*open_).values(ended_on=succession.on))
    return _count(moved)


async def _requests(connection: AsyncConnection, succession: Succession, now: datetime) -> int:
    request = tables.cooperation_request
    open_ = (request.c.addressed_to_id == succession.old, request.c.status.in_(_ANSWERABLE))
    over = {"addressed_to_id": succession.new, "version": request.c.version + 1, "updated_at": now}
    return _count(await connection.execute(update(request).where(*open_).values(**over)))


async def _provision(connection: AsyncConnection, succession: Succession) -> None:
    """Whom provision is commissioned by, and who is asked to agree: what is decided stays as it was decided."""
    provision, agreement = tables.provision, tables.provision_agreement
    commissioned = update(provision).where(provision.c.commissioner_id == succession.old)
    await connection.execute(commissioned.values(commissioner_id=succession.new))
    pending = update(agreement).where(agreement.c.commissioner_id == succession.old, agreement.c.status.in_(_PENDING))
    await connection.execute(pending.values(commissioner_id=succession.new))


def _count(result: CursorResult[Any]) -> int:
    return result.rowcount
