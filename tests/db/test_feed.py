"""The feed tells every event once, in whatever order transactions commit."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit import Event, record_event
from hub.db.feed import Feed, Place, next_event
from hub.db.session import Database
from hub.db.sharing import Asking
from tests.conftest import NOW
from tests.world import World


@pytest.fixture
async def feed(database: Database) -> AsyncIterator[Feed]:
    opened = Feed(database)
    async with opened.running():
        yield opened


class Reading:
    """Somebody who follows what is done about plans."""

    def __init__(self, database: Database, feed: Feed, world: World, place: Place) -> None:
        self.database, self.feed, self.place = database, feed, place
        self.asking = Asking.of(world.caller(world.authority), NOW.date())

    async def next(self) -> UUID | None:
        """The next event that can be told now, if any."""
        async with self.database.begin(None) as connection:
            told = await next_event(
                connection,
                "Plan",
                self.asking,
                after=self.place,
                below=self.feed.horizon,
                conditions=lambda *_: [],
            )
        if told is None:
            return None
        self.place = told.place
        return told.place.event_id

    async def waited(self) -> UUID:
        """The next event, when it comes."""
        async with asyncio.timeout(60):
            while True:
                horizon = self.feed.horizon
                if (told := await self.next()) is not None:
                    return told
                await self.feed.beyond(horizon)


async def record(connection: AsyncConnection, world: World, event_id: UUID) -> None:
    event = Event("plan_finalised", world.authority, "Plan", world.plan, world.child)
    await record_event(connection, event, event_id=event_id, caller=None, at=NOW)


async def reached(feed: Feed, database: Database) -> None:
    """Wait until the feed knows of everything that is committed now."""
    now = await feed.now()
    async with asyncio.timeout(60):
        while feed.horizon < now.recorded_in:
            await feed.beyond(feed.horizon)


async def test_an_event_waits_for_older_transactions(
    database: Database, feed: Feed, world: World, new_id: Callable[[], UUID]
) -> None:
    """B begins after A and commits before it: told at once, B's cursor would leave A behind for ever."""
    reading = Reading(database, feed, world, await feed.now())
    first, second = new_id(), new_id()
    async with database.begin(None) as a:
        await record(a, world, first)
        async with database.begin(None) as b:
            await record(b, world, second)
        await reached(feed, database)
        assert await reading.next() is None
    assert [await reading.waited(), await reading.waited()] == [first, second]
    await reached(feed, database)
    assert await reading.next() is None


async def test_many_writers_and_nothing_missed_and_nothing_twice(
    database: Database, feed: Feed, world: World, new_id: Callable[[], UUID]
) -> None:
    reading = Reading(database, feed, world, await feed.now())
    committed: set[UUID] = set()
    numbers: list[int] = []
    last = new_id()
    chance = random.Random(31)

    async def write() -> None:
        for _ in range(12):
            ids = {new_id() for _ in range(chance.randint(1, 3))}
            async with database.begin(None) as connection:
                for each in ids:
                    await record(connection, world, each)
                    await asyncio.sleep(chance.random() / 50)
                number = await connection.scalar(text("SELECT pg_current_xact_id()::text::bigint"))
                if chance.random() < 0.2:
                    await connection.rollback()
                    continue
            committed.update(ids)
            numbers.append(number)

    async def write_all() -> None:
        await asyncio.gather(*(write() for _ in range(4)))
        async with database.begin(None) as connection:
            await record(connection, world, last)

    writing = asyncio.create_task(write_all())
    told: list[UUID] = []
    while last not in told:
        told.append(await reading.waited())
    await writing
    assert numbers != sorted(numbers), "nothing was committed out of order: this showed nothing"
    assert len(told) == len(set(told))
    assert set(told) == committed | {last}


async def test_from_a_cursor_on_the_rest_is_told(
    database: Database, feed: Feed, world: World, new_id: Callable[[], UUID]
) -> None:
    ids = sorted(new_id() for _ in range(5))
    reading = Reading(database, feed, world, await feed.now())
    async with database.begin(None) as connection:
        for each in ids:
            await record(connection, world, each)
    assert [await reading.waited() for _ in range(2)] == ids[:2]
    again = Reading(database, feed, world, reading.place)
    assert [await again.waited() for _ in range(3)] == ids[2:]


async def test_a_lost_connection_is_taken_up_again(
    database: Database, feed: Feed, world: World, new_id: Callable[[], UUID], owner_url: str
) -> None:
    reading = Reading(database, feed, world, await feed.now())
    await reached(feed, database)
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'send-hub-feed'"
    with psycopg.connect(owner_url, autocommit=True) as owner:
        assert owner.execute(f"{ended} AND datname = current_database()").fetchall() == [(True,)]
    event_id = new_id()
    async with database.begin(None) as connection:
        await record(connection, world, event_id)
    assert await reading.waited() == event_id


async def test_events_from_before_the_feed_come_first(
    database: Database, feed: Feed, world: World, new_id: Callable[[], UUID], owner_url: str
) -> None:
    """They have the number 0, as the migration gives them."""
    old, new = new_id(), new_id()
    async with database.begin(None) as connection:
        await record(connection, world, new)
    async with database.begin(None) as connection:
        await record(connection, world, old)
    with psycopg.connect(owner_url) as owner:
        owner.execute("UPDATE event SET recorded_in = 0 WHERE id = %s", [old])
    reading = Reading(database, feed, world, Place(0))
    assert [await reading.waited(), await reading.waited()] == [old, new]


async def test_who_waits_is_told_that_the_hub_stops(database: Database) -> None:
    feed = Feed(database)
    waiting = asyncio.create_task(feed.beyond(0))
    await asyncio.sleep(0)
    feed.stop()
    with pytest.raises(Exception, match="stopping"):
        await waiting


async def test_what_inserts_an_event_tells_of_it_once_it_commits(
    database: Database, world: World, new_id: Callable[[], UUID], database_url: str
) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as listening:
        await listening.execute("LISTEN hub_event")
        async with database.begin(None) as connection:
            await record(connection, world, new_id())
            await record(connection, world, new_id())
            number = await connection.scalar(text("SELECT pg_current_xact_id()::text"))
        told = [each.payload async for each in listening.notifies(timeout=20, stop_after=1)]
        assert told == [number]
