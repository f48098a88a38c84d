"""Deliveries as an operator finds them: what is dead, how all of them stand, and what is forgotten."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.deliveries import Delivery, delivery_of
from hub.law.deliveries import DeliveryStatus

_DELIVERY = tables.event_delivery


@dataclass(frozen=True, slots=True)
class Figures:
    """How the deliveries of all receivers stand. `oldest_at`: since when the one that waits longest waits."""

    waiting: int
    oldest_at: datetime | None
    dead: int
    failing: int
    turned_off: int


async def replay(
    connection: AsyncConnection, *, now: datetime, delivery_id: UUID | None = None, receiver_id: UUID | None = None
) -> int:
    """Let what is dead wait again, with its id and number: one, or all of a receiver. How many."""
    statement = update(_DELIVERY).where(_DELIVERY.c.status == DeliveryStatus.DEAD)
    if delivery_id is not None:
        statement = statement.where(_DELIVERY.c.id == delivery_id)
    if receiver_id is not None:
        statement = statement.where(_DELIVERY.c.receiver_id == receiver_id)
    values = {"status": DeliveryStatus.WAITING, "due_at": now, "attempts": 0, "first_tried_at": None}
    again = statement.values(**values, settled_at=None).execution_options(preserve_rowcount=True)
    return (await connection.execute(again)).rowcount


async def find(connection: AsyncConnection, delivery_id: UUID) -> Delivery | None:
    row = (await connection.execute(select(_DELIVERY).where(_DELIVERY.c.id == delivery_id))).first()
    return None if row is None else delivery_of(row)


async def some_of_them(
    connection: AsyncConnection, statuses: Collection[DeliveryStatus], *, receiver_id: UUID | None, most: int
) -> list[Delivery]:
    """Those that stand so, oldest first."""
    statement = select(_DELIVERY).where(_DELIVERY.c.status.in_(statuses))
    if receiver_id is not None:
        statement = statement.where(_DELIVERY.c.receiver_id == receiver_id)
    found = await connection.execute(statement.order_by(_DELIVERY.c.position).limit(most))
    return [delivery_of(row) for row in found]


async def figures(connection: AsyncConnection) -> Figures:
    row = (await connection.execute(text("SELECT * FROM delivery_figures()"))).one()
    return Figures(row.waiting, row.oldest, row.dead, row.failing, row.turned_off)


async def forget(connection: AsyncConnection, *, delivered_before: datetime, dead_before: datetime) -> int:
    """Forget what was delivered or withheld before one moment, and what was given up before another; how many."""
    ended = _DELIVERY.c.status.in_([DeliveryStatus.DELIVERED, DeliveryStatus.WITHHELD])
    dead = _DELIVERY.c.status == DeliveryStatus.DEAD
    old = or_(and_(ended, _DELIVERY.c.settled_at < delivered_before), and_(dead, _DELIVERY.c.settled_at < dead_before))
    statement = delete(_DELIVERY).where(old).execution_options(preserve_rowcount=True)
    return (await connection.execute(statement)).rowcount
