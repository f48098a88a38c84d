"""The SQL of files that were sent to be imported: each once, with its pieces, and what came of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.imports import ImportStatus
from hub.law.purposes import Purpose
from hub.law.vocabulary import Source

_FILE = tables.received_file


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that a body sent: whose, what, by whom, and what came of it."""

    owner_id: UUID
    id: UUID
    kind: Source
    key: str
    about: Mapping[str, str]
    name: str
    media_type: str
    sha256: str
    size: int
    source_ids: Sequence[UUID]
    client_id: str
    person: str | None
    token_id: str
    purpose: Purpose
    received_at: datetime
    status: ImportStatus = ImportStatus.WAITING
    finished_at: datetime | None = None
    outcome: Mapping[str, Any] | None = None


async def known(connection: AsyncConnection, owner_id: UUID, kind: Source, key: str) -> ReceivedFile | None:
    """The same file, if the body has sent it before."""
    return await _one(connection, _FILE.c.owner_id == owner_id, _FILE.c.kind == kind, _FILE.c.key == key)


async def of_id(connection: AsyncConnection, file_id: UUID) -> ReceivedFile | None:
    return await _one(connection, _FILE.c.id == file_id)


async def add(connection: AsyncConnection, file: ReceivedFile) -> bool:
    """Whether the file is new; one that another transaction adds at the same moment is waited for."""
    values = {column.name: getattr(file, column.name) for column in _FILE.columns}
    statement = insert(_FILE).values(values | {"about": dict(file.about), "source_ids": list(file.source_ids)})
    added = await connection.execute(statement.on_conflict_do_nothing().returning(_FILE.c.id))
    return added.first() is not None


async def settle(
    connection: AsyncConnection, file_id: UUID, status: ImportStatus, outcome: Mapping[str, Any], at: datetime
) -> bool:
    """Say what came of a file that waits; whether it still waited."""
    settled = await connection.execute(
        update(_FILE)
        .where(_FILE.c.id == file_id, _FILE.c.status == ImportStatus.WAITING)
        .values(status=status, outcome=dict(outcome), finished_at=at)
        .returning(_FILE.c.id)
    )
    return settled.first() is not None


async def waiting(connection: AsyncConnection, *, since: datetime) -> list[UUID]:
    """The files that have waited since then or longer, the oldest first."""
    found = await connection.execute(
        select(_FILE.c.id)
        .where(_FILE.c.status == ImportStatus.WAITING, _FILE.c.received_at <= since)
        .order_by(_FILE.c.received_at, _FILE.c.id)
    )
    return list(found.scalars())


async def pieces(connection: AsyncConnection, file: ReceivedFile) -> AsyncIterator[bytes]:
    """The file's bytes, a piece at a time."""
    source = tables.source
    for source_id in file.source_ids:
        statement = select(source.c.content).where(
            source.c.id == source_id, source.c.received_at == file.received_at, source.c.owner_id == file.owner_id
        )
        yield bytes((await connection.execute(statement)).scalar_one())


async def _one(connection: AsyncConnection, *conditions: Any) -> ReceivedFile | None:
    row = (await connection.execute(select(_FILE).where(*conditions))).mappings().one_or_none()
    return None if row is None else ReceivedFile(**row)
