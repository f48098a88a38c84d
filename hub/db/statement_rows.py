"""What is kept of a statement: that it was imported."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.vocabulary import Source

_RUN = tables.import_run


async def imported_before(connection: AsyncConnection, owner_id: UUID, sha256: str) -> bool:
    """Whether this very statement was imported."""
    found = exists().where(_RUN.c.owner_id == owner_id, _RUN.c.sha256 == sha256, _RUN.c.kind == Source.EXTRACT)
    return bool(await connection.scalar(select(found)))


async def finish(
    connection: AsyncConnection, owner_id: UUID, run_id: UUID, *, sha256: str, counts: Mapping[str, int], at: datetime
) -> None:
    await connection.execute(
        insert(_RUN).values(
            owner_id=owner_id,
            id=run_id,
            kind=Source.EXTRACT,
            sha256=sha256,
            started_at=at,
            finished_at=at,
            counts=dict(counts),
        )
    )
