"""What is recorded about provision beside the plan: what was delivered of it."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables


async def put_delivery(connection: AsyncConnection, *, delivery_id: UUID, **row: Any) -> None:
    """What the body reports for the period, in the place of what it reported before."""
    said = {name: row[name] for name in ("planned_minutes", "delivered_minutes", "source", "shortfall_reason")}
    statement = upsert(tables.delivery).values(id=delivery_id, **row)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["owner_id", "provision_id", "period", "reported_by_id"], set_=said
        )
    )
