"""What is recorded lies in a partition a month: made ahead by a job, detached or retired as a whole."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.actions import upkeep
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.db.session import Database
from tests.world import World

PARENTS = {"event", "disclosure", "denied_attempt", "source"}
PARTS = "SELECT inhparent::regclass::text, inhrelid::regclass::text FROM pg_inherits"


async def _parts(connection: AsyncConnection) -> set[tuple[str, str]]:
    rows = await connection.execute(text(PARTS))
    return {(row[0], row[1]) for row in rows if row[0] in PARENTS}


async def _event(connection: AsyncConnection, world: World, row_id: UUID, at: datetime) -> str:
    """The partition in which an event of that moment lies."""
    about = {"kind": "plan_amended", "owner_id": world.authority, "about_type": "Plan", "about_id": world.plan}
    await connection.execute(insert(tables.event).values(id=row_id, recorded_at=at, facts={}, **about))
    where = text("SELECT tableoid::regclass::text FROM event WHERE id = :id")
    return str(await connection.scalar(where, {"id": row_id}))


async def test_months_are_made_ahead_and_taken_away_whole(
    database: Database, owner_url: str, world: World, new_id: Callable[[], UUID]
) -> None:
    """A year that nobody prepared lies in the default partition until the job runs, which loses nothing of it."""
    late = datetime(2031, 12, 31, 23, 59, tzinfo=UTC)
    ahead = Transactions(database, clock=lambda: late, new_id=new_id)
    kept, in_time = new_id(), new_id()
    async with ahead.begin(None) as tx:
        assert await _event(tx.connection, world, kept, late) == "event_default"
    async with ahead.begin(None) as tx:
        before = await _parts(tx.connection)
        assert await upkeep.make_partitions(tx) == 3 * len(PARENTS)
        made = await _parts(tx.connection) - before
        assert made == {(each, f"{each}_{month}") for each in PARENTS for month in ("2031_12", "2032_01", "2032_02")}
        assert await upkeep.make_partitions(tx) == 0
        moved = text("SELECT tableoid::regclass::text FROM event WHERE id = :id")
        assert await tx.connection.scalar(moved, {"id": kept}) == "event_2031_12"
        assert await _event(tx.connection, world, in_time, datetime(2032, 2, 29, tzinfo=UTC)) == "event_2032_02"

    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE event DETACH PARTITION event_2031_12")
        kept_apart = owner.execute("SELECT id FROM event_2031_12").fetchall()
        assert kept_apart == [(kept,)]
        assert owner.execute("SELECT count(*) FROM event WHERE id = %s", [kept]).fetchone() == (0,)
        owner.execute(
            "ALTER TABLE event ATTACH PARTITION event_2031_12 FOR VALUES FROM ('2031-12-01') TO ('2032-01-01')"
        )
        assert owner.execute("SELECT count(*) FROM event WHERE id = %s", [kept]).fetchone() == (1,)
