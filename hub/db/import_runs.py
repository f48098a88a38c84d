"""What was imported for an authority before: its files, the latest of them, and who still waits in quarantine."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, bindparam, false, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.imports import QuarantineResolution
from hub.law.vocabulary import Source


async def authority_of(connection: AsyncConnection, la_code: str) -> UUID | None:
    """The authority with this code."""
    organisation = tables.organisation
    return await connection.scalar(select(organisation.c.id).where(organisation.c.la_code == la_code))


async def transactions_done(connection: AsyncConnection) -> int:
    """How many transactions have ended in this database, as far as their sessions have told: within a second."""
    return (await connection.execute(_TRANSACTIONS)).one().done


_TRANSACTIONS = text(
    "SELECT pg_stat_clear_snapshot(), pg_stat_get_db_xact_commit(oid) AS done "
    "FROM pg_database WHERE datname = current_database()"
)


async def imported_before(connection: AsyncConnection, owner_id: UUID, sha256: str, source: Source) -> bool:
    """Whether this file has been imported for the owner, and so is kept."""
    run = tables.import_run
    found = await connection.scalar(
        select(run.c.id).where(run.c.owner_id == owner_id, run.c.sha256 == sha256, run.c.kind == source)
    )
    return found is not None


async def latest_reference_date(
    connection: AsyncConnection, owner_id: UUID, source: Source, system: str | None
) -> date | None:
    """The reference date of the latest return, or extract of the system, imported for the owner."""
    run = tables.import_run
    return await connection.scalar(
        select(func.max(run.c.reference_date)).where(
            run.c.owner_id == owner_id, run.c.kind == source, run.c.system.is_not_distinct_from(system)
        )
    )


async def quarantined(connection: AsyncConnection, owner_id: UUID, source: Source) -> set[str]:
    """SHA-256 of each of the owner's persons that waits in quarantine, or that somebody has decided on there."""
    item = tables.quarantined_item
    came_again = item.c.resolution == QuarantineResolution.CAME_AGAIN
    found = await connection.execute(
        select(item.c.sha256).where(
            item.c.owner_id == owner_id, item.c.kind == source, func.coalesce(came_again, false()).is_(False)
        )
    )
    return set(found.scalars())


async def resolve_quarantined(
    connection: AsyncConnection, owner_id: UUID, source: Source, contents: Collection[str], *, at: datetime
) -> None:
    """Mark the items with these contents (SHA-256) as resolved: the person has been imported since."""
    if not contents:
        return
    item = tables.quarantined_item
    await connection.execute(
        update(item)
        .where(
            item.c.owner_id == owner_id,
            item.c.kind == source,
            item.c.resolved_at.is_(None),
            item.c.sha256 == any_(bindparam("contents", list(contents), ARRAY(Text))),
        )
        .values(resolved_at=at, resolution=QuarantineResolution.CAME_AGAIN)
    )
