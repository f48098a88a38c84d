"""What is recorded about provision beside the plan: disputes about section G, and what was delivered."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.vocabulary import DisputeKind, DisputeStatus


async def open_dispute(
    connection: AsyncConnection,
    *,
    owner_id: UUID,
    child_id: UUID,
    provision_id: UUID,
    parties: Sequence[UUID],
    on: date,
    new_id: Callable[[], UUID],
) -> UUID:
    """Open a dispute between partners about provision, with the steps of their arrangement (s. 26(3)(g))."""
    dispute_id = new_id()
    key = {"owner_id": owner_id, "child_id": child_id}
    await connection.execute(
        insert(tables.dispute).values(
            **key,
            id=dispute_id,
            kind=DisputeKind.BETWEEN_PARTNERS,
            about_type="Provision",
            about_id=provision_id,
            parties=list(parties),
            status=DisputeStatus.OPEN,
            raised_on=on,
        )
    )
    arrangement, step = tables.arrangement, tables.arrangement_dispute_step
    newest = (
        select(arrangement.c.id)
        .where(
            arrangement.c.authority_id == owner_id,
            func.coalesce(arrangement.c.in_force_from, on) <= on,
            func.coalesce(arrangement.c.in_force_to, on) >= on,
        )
        .order_by(arrangement.c.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    agreed = select(step.c.ordinal, step.c.description).where(step.c.arrangement_id == newest)
    steps = [
        {**key, "id": new_id(), "dispute_id": dispute_id, "ordinal": row.ordinal, "description": row.description}
        for row in await connection.execute(agreed.order_by(step.c.ordinal))
    ]
    if steps:
        await connection.execute(insert(tables.dispute_step), steps)
    return dispute_id


async def put_delivery(connection: AsyncConnection, *, delivery_id: UUID, **row: Any) -> None:
    """What the body reports for the period, in the place of what it reported before."""
    said = {name: row[name] for name in ("planned_minutes", "delivered_minutes", "source", "shortfall_reason")}
    statement = upsert(tables.delivery).values(id=delivery_id, **row)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["owner_id", "provision_id", "period", "reported_by_id"], set_=said
        )
    )
