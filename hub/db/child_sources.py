"""The SQL of what each source says of a child, and of which source an authority puts first."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.import_return import Row, facts_of
from hub.law.precedence import ChildField, Order
from hub.law.vocabulary import Source

SOURCES = (tables.child_source, tables.disagreement)
_CHILD, _PRECEDENCE, _ORGANISATION = tables.child, tables.precedence, tables.organisation


async def locked_children(connection: AsyncConnection, owner_id: UUID, child_ids: Sequence[UUID]) -> list[Row]:
    """The children's rows, which nobody else changes until the transaction ends."""
    which = (_CHILD.c.owner_id == owner_id, _CHILD.c.id.in_(child_ids))
    found = await connection.execute(select(_CHILD).where(*which).order_by(_CHILD.c.id).with_for_update())
    return [dict(row) for row in found.mappings()]


async def of_children(
    connection: AsyncConnection, owner_id: UUID, child_ids: Sequence[UUID]
) -> dict[UUID, tuple[list[Row], list[Row]]]:
    """What each source says of these children, and where they disagree or did."""
    found = await facts_of(connection, owner_id, child_ids, of=SOURCES)
    told, differ = (table.name for table in SOURCES)
    return {child_id: (facts[told], facts[differ]) for child_id, facts in found.items()}


async def order_of(connection: AsyncConnection, owner_id: UUID) -> Order:
    """Which sources the authority puts first, field by field."""
    statement = select(_PRECEDENCE.c.field, _PRECEDENCE.c.sources).where(_PRECEDENCE.c.owner_id == owner_id)
    return {row.field: tuple(row.sources) for row in await connection.execute(statement)}


async def codes_of(connection: AsyncConnection, bodies: Collection[UUID]) -> dict[UUID, str]:
    """The code of each of these bodies."""
    if not bodies:
        return {}
    code = func.coalesce(_ORGANISATION.c.ods_code, _ORGANISATION.c.la_code, _ORGANISATION.c.urn, "")
    statement = select(_ORGANISATION.c.id, code).where(_ORGANISATION.c.id.in_(bodies))
    return {row[0]: row[1] for row in await connection.execute(statement)}


async def put_first(connection: AsyncConnection, owner_id: UUID, row: Row) -> UUID:
    """Keep the order of a field; the id of its row."""
    values = {"owner_id": owner_id, **row}
    said = insert(_PRECEDENCE).values(values)
    changed = {"sources": said.excluded.sources, "set_at": said.excluded.set_at}
    statement = said.on_conflict_do_update(index_elements=["owner_id", "field"], set_=changed)
    found = await connection.scalar(statement.returning(_PRECEDENCE.c.id))
    assert found is not None  # noqa: S101  (one row is written or changed)
    return found


async def children_who_differ(connection: AsyncConnection, owner_id: UUID, field: ChildField) -> list[UUID]:
    """The children of whose field the sources say different things."""
    table = tables.disagreement
    which = (table.c.owner_id == owner_id, table.c.field == field, table.c.settled_on.is_(None))
    return list((await connection.execute(select(table.c.child_id).where(*which).order_by(table.c.child_id))).scalars())


async def told_before(
    connection: AsyncConnection, owner_id: UUID, source: Source, system: str | None, hashes: Collection[str]
) -> dict[str, UUID]:
    """The children of whom the source said the same the last time, by the hash of it."""
    said = {"owner": owner_id, "source": source.value, "system": system, "hashes": list(hashes)}
    return {row.content_hash: row.child_id for row in await connection.execute(_TOLD_BEFORE, said)}


_TOLD_BEFORE = text(
    "SELECT told.content_hash, told.child_id FROM unnest(CAST(:hashes AS text[])) AS said (hash) CROSS JOIN LATERAL ("
    "SELECT content_hash, child_id, source, system, withdrawn_on FROM child_source "
    "WHERE owner_id = :owner AND content_hash = said.hash OFFSET 0) AS told "
    "WHERE told.source = :source AND told.system IS NOT DISTINCT FROM CAST(:system AS text) "
    "AND told.withdrawn_on IS NULL"
)
"""One index look-up for each hash: a first file has just been written, and PostgreSQL knows nothing of it."""
