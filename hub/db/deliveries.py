"""Deliveries, as rows: what waits for whom, who has taken it up, and how it ended.

A receiver is told of one child in the order of the events: of what waits about a child, only the first can be claimed.
A claim ends by itself, by the database's clock, where whoever made it is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, and_, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.feed import Told
from hub.db.receivers import Receiver
from hub.law.deliveries import DeliveryStatus, ReceiverStatus, Telling

_DELIVERY, _RECEIVER = tables.event_delivery, tables.receiver
_CLOCK = text("clock_timestamp()")


@dataclass(frozen=True, slots=True)
class About:
    """The event that a delivery tells of, and what it is about."""

    event_id: UUID
    kind: str
    at: datetime
    recorded_in: int
    type: str
    id: UUID
    owner_id: UUID
    child_id: UUID | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One telling of one receiver. `about`: None where it tells of no event."""

    id: UUID
    receiver_id: UUID
    organisation_id: UUID
    telling: Telling
    topic: str
    about: About | None
    number: int | None
    status: DeliveryStatus
    created_at: datetime
    attempts: int
    first_tried_at: datetime | None
    due_at: datetime
    failed_with: str | None
    settled_at: datetime | None
    claim_id: UUID | None


def id_of(receiver_id: UUID, told: Told) -> UUID:
    """The id of the delivery that tells a receiver of an event: the same whoever works it out, and however often."""
    return uuid5(receiver_id, f"{told.place.event_id}:{told.place.about_id}")


async def add_events(
    connection: AsyncConnection, receiver: Receiver, found: Sequence[tuple[str, Told]], *, now: datetime
) -> None:
    """A delivery for each (topic, event), in this order. What is there already is left as it is."""
    rows = [
        {
            "id": id_of(receiver.id, told),
            "receiver_id": receiver.id,
            "organisation_id": receiver.organisation_id,
            "telling": Telling.EVENT,
            "subject_id": told.child_id or told.place.about_id,
            "topic": topic,
            "event_id": told.place.event_id,
            "event_kind": told.kind,
            "event_at": told.at,
            "recorded_in": told.place.recorded_in,
            "about_type": told.about_type,
            "about_id": told.place.about_id,
            "owner_id": told.owner_id,
            "child_id": told.child_id,
            "status": DeliveryStatus.WAITING,
            "created_at": now,
            "due_at": now,
        }
        for topic, told in found
    ]
    if rows:
        await connection.execute(upsert(_DELIVERY).on_conflict_do_nothing(), rows)


async def add_other(
    connection: AsyncConnection, receiver: Receiver, telling: Telling, *, delivery_id: UUID, topic: str, now: datetime
) -> None:
    """A delivery that tells of no event."""
    await connection.execute(
        insert(_DELIVERY).values(
            id=delivery_id,
            receiver_id=receiver.id,
            organisation_id=receiver.organisation_id,
            telling=telling,
            subject_id=delivery_id,
            topic=topic,
            status=DeliveryStatus.WAITING,
            created_at=now,
            due_at=now,
        )
    )


async def due_receivers(connection: AsyncConnection, *, now: datetime) -> list[UUID]:
    """Those that something can be sent to now."""
    waits = exists().where(_DELIVERY.c.receiver_id == _RECEIVER.c.id, _may_be_claimed(now))
    statement = select(_RECEIVER.c.id).where(
        _RECEIVER.c.status != ReceiverStatus.OFF,
        or_(_RECEIVER.c.paused_until.is_(None), _RECEIVER.c.paused_until <= now),
        waits,
    )
    return list((await connection.execute(statement.order_by(_RECEIVER.c.id))).scalars())


async def claim(
    connection: AsyncConnection,
    receiver: Receiver,
    *,
    now: datetime,
    most: int,
    lease_s: float,
    claim_id: UUID,
    only: UUID | None = None,
) -> list[Delivery]:
    """Take up what can be sent to a receiver now: nobody else does, for so many seconds. An attempt is counted.

    `only`: this delivery and no other. Before the handshake is answered nothing but the handshake is taken up.
    """
    earlier = _DELIVERY.alias()
    first = ~exists().where(
        earlier.c.receiver_id == receiver.id,
        earlier.c.subject_id == _DELIVERY.c.subject_id,
        earlier.c.status == DeliveryStatus.WAITING,
        earlier.c.position < _DELIVERY.c.position,
    )
    can_be = select(_DELIVERY.c.id).where(_DELIVERY.c.receiver_id == receiver.id, _may_be_claimed(now), first)
    if receiver.status is ReceiverStatus.REQUESTED and only is None:
        can_be = can_be.where(_DELIVERY.c.telling == Telling.HANDSHAKE)
    if only is not None:
        can_be = can_be.where(_DELIVERY.c.id == only)
    # A table of its own: as a condition it could be asked anew for each row, and so take up more than `most`.
    taken = can_be.order_by(_DELIVERY.c.position).limit(most).with_for_update(skip_locked=True).cte("taken")
    claimed = (
        update(_DELIVERY)
        .where(_DELIVERY.c.id == taken.c.id)
        .values(
            claimed_until=func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, lease_s),
            claim_id=claim_id,
            attempts=_DELIVERY.c.attempts + 1,
            first_tried_at=func.coalesce(_DELIVERY.c.first_tried_at, now),
        )
        .returning(_DELIVERY)
    )
    rows = (await connection.execute(claimed)).all()
    return [delivery_of(row) for row in sorted(rows, key=lambda row: row.position)]


def _may_be_claimed(now: datetime) -> Any:
    return and_(
        _DELIVERY.c.status == DeliveryStatus.WAITING,
        _DELIVERY.c.due_at <= now,
        or_(_DELIVERY.c.claimed_until.is_(None), _DELIVERY.c.claimed_until < _CLOCK),
    )


async def give_number(connection: AsyncConnection, delivery_id: UUID, number: int) -> None:
    await connection.execute(update(_DELIVERY).where(_DELIVERY.c.id == delivery_id).values(number=number))


async def settle(
    connection: AsyncConnection, delivery: Delivery, status: DeliveryStatus, *, now: datetime, failed_with: str | None
) -> bool:
    """Write how it ended; False where it has ended before, by whoever came first."""
    statement = (
        update(_DELIVERY)
        .where(_DELIVERY.c.id == delivery.id, _DELIVERY.c.status == DeliveryStatus.WAITING)
        .values(status=status, settled_at=now, failed_with=failed_with, claimed_until=None, claim_id=None)
    )
    return bool((await connection.execute(statement.execution_options(preserve_rowcount=True))).rowcount)


async def try_again(connection: AsyncConnection, delivery: Delivery, *, due_at: datetime, failed_with: str) -> None:
    """Let it wait until then; not where another has taken it up meanwhile."""
    await connection.execute(
        update(_DELIVERY)
        .where(
            _DELIVERY.c.id == delivery.id,
            _DELIVERY.c.status == DeliveryStatus.WAITING,
            _DELIVERY.c.claim_id == delivery.claim_id,
        )
        .values(due_at=due_at, failed_with=failed_with, claimed_until=None, claim_id=None)
    )


async def pull_forward(connection: AsyncConnection, receiver_id: UUID, *, now: datetime) -> None:
    """The receiver is there again: what waits for it is due."""
    which = (_DELIVERY.c.receiver_id == receiver_id, _DELIVERY.c.status == DeliveryStatus.WAITING)
    await connection.execute(update(_DELIVERY).where(*which, _DELIVERY.c.due_at > now).values(due_at=now))


async def begin_again(connection: AsyncConnection, receiver_id: UUID, *, now: datetime) -> None:
    """What waits for a receiver is due, and its schedule begins anew; a handshake that was under way is not."""
    which = (_DELIVERY.c.receiver_id == receiver_id, _DELIVERY.c.status == DeliveryStatus.WAITING)
    await connection.execute(delete(_DELIVERY).where(*which, _DELIVERY.c.telling == Telling.HANDSHAKE))
    again = {"due_at": now, "attempts": 0, "first_tried_at": None, "claimed_until": None, "claim_id": None}
    await connection.execute(update(_DELIVERY).where(*which).values(again))


async def withhold_waiting(connection: AsyncConnection, receiver_id: UUID, *, now: datetime) -> None:
    """What waits for a receiver is not told: whoever turned it on wants only what comes."""
    which = (_DELIVERY.c.receiver_id == receiver_id, _DELIVERY.c.status == DeliveryStatus.WAITING)
    values = {"status": DeliveryStatus.WITHHELD, "settled_at": now, "failed_with": "skipped"}
    await connection.execute(update(_DELIVERY).where(*which).values(values))


async def drop(connection: AsyncConnection, delivery_id: UUID) -> None:
    """What tells of no event, and need not be told later."""
    await connection.execute(delete(_DELIVERY).where(_DELIVERY.c.id == delivery_id))


async def numbered(
    connection: AsyncConnection, receiver_id: UUID, *, first: int, last: int, most: int
) -> list[Delivery]:
    """The events that a receiver was told, or was to be told, under these numbers, both counted."""
    which = (_DELIVERY.c.receiver_id == receiver_id, _DELIVERY.c.number.between(first, last))
    found = await connection.execute(select(_DELIVERY).where(*which).order_by(_DELIVERY.c.number).limit(most))
    return [delivery_of(row) for row in found]


def delivery_of(row: Row[Any]) -> Delivery:
    """The delivery that a row is."""
    about = (
        About(
            event_id=row.event_id,
            kind=row.event_kind,
            at=row.event_at,
            recorded_in=row.recorded_in,
            type=row.about_type,
            id=row.about_id,
            owner_id=row.owner_id,
            child_id=row.child_id,
        )
        if row.event_id is not None
        else None
    )
    return Delivery(
        id=row.id,
        receiver_id=row.receiver_id,
        organisation_id=row.organisation_id,
        telling=row.telling,
        topic=row.topic,
        about=about,
        number=row.number,
        status=row.status,
        created_at=row.created_at,
        attempts=row.attempts,
        first_tried_at=row.first_tried_at,
        due_at=row.due_at,
        failed_with=row.failed_with,
        settled_at=row.settled_at,
        claim_id=row.claim_id,
    )
