"""Transactions on kept connections: none is used that was ended, and nothing is called saved that was undone."""

import asyncio

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from hub.db.fixed import Fixed
from hub.db.session import Database, is_busy
from hub.errors import Kind, Problem


async def test_a_connection_that_the_server_has_ended_is_replaced(database_url: str, owner_url: str) -> None:
    address = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    database, mine = Database(database_url, pool_size=2), text("SELECT pg_backend_pid()")
    try:
        async with database.begin(None) as one, database.begin(None) as other:
            used = {await one.scalar(mine), await other.scalar(mine)}
        async with database.begin(None) as again:
            assert await again.scalar(mine) in used, "a connection is kept"
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as owner:
            for each in used:
                await owner.execute("SELECT pg_terminate_backend(%s)", [each])
            await _gone(owner, used)
        for _ in range(3):
            async with database.begin(None) as new:
                assert await new.scalar(mine) not in used
    finally:
        await database.close()


async def test_who_goes_on_after_the_connection_broke_is_told_that_the_database_is_away(
    database_url: str, owner_url: str
) -> None:
    """As GraphQL does when a field fails. Neither the next statement nor the end is a fault of the hub's own, and
    nothing is committed.
    """
    address = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    database = Database(database_url, pool_size=1)
    failed: list[Exception] = []

    async def go_on() -> None:
        async with database.begin(None) as one:
            pid = await one.scalar(text("SELECT pg_backend_pid()"))
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as owner:
                await owner.execute("SELECT pg_terminate_backend(%s)", [pid])
                await _gone(owner, {pid})
            for _ in range(2):
                try:
                    await one.execute(text("SELECT 1"))
                except SQLAlchemyError as error:
                    failed.append(error)

    try:
        with pytest.raises(Problem) as raised:
            await go_on()
        assert raised.value.kind is Kind.BUSY
        assert len(failed) == 2
        assert all(is_busy(each) for each in failed)
        async with database.begin(None) as again:
            assert await again.scalar(text("SELECT 1")) == 1
    finally:
        await database.close()


async def _gone(owner: psycopg.AsyncConnection[tuple[int]], used: set[int | None]) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
    for _ in range(500):
        row = await (await owner.execute(asked, [list(used)])).fetchone()
        if row == (0,):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the backends do not end")


ONE_MORE = Fixed(text("SELECT CAST(:number AS integer) + 1 AS more"))


async def test_what_is_prepared_is_there_after_a_rollback_or_prepared_again(database_url: str) -> None:
    """psycopg forgets on each ROLLBACK all that it prepared, and has the server forget all that anybody did."""
    database, mine = Database(database_url, pool_size=1), text("SELECT 1")

    async def undone() -> None:
        async with database.begin(None) as one:
            for number in range(7):  # so often that psycopg prepares its own
                await one.execute(mine)
                assert await ONE_MORE.run(one, {"number": number}) == [{"more": number + 1}]
            nested = await one.begin_nested()
            await nested.rollback()
            assert await ONE_MORE.run(one, {"number": 1}) == [{"more": 2}]
            raise LookupError

    try:
        for _ in range(3):
            with pytest.raises(LookupError):
                await undone()
    finally:
        await database.close()


async def test_a_transaction_of_which_a_statement_failed_is_not_called_saved(database_url: str) -> None:
    database = Database(database_url, pool_size=1)

    async def go_on() -> None:
        async with database.begin(None) as one:
            with pytest.raises(SQLAlchemyError):
                await one.execute(text("SELECT 1 / 0"))

    try:
        with pytest.raises(RuntimeError, match="nothing of it was saved"):
            await go_on()
        async with database.begin(None) as again:
            assert await ONE_MORE.run(again, {"number": 1}) == [{"more": 2}]
    finally:
        await database.close()


async def test_a_statement_that_nobody_waits_for_is_ended(database_url: str, owner_url: str) -> None:
    """Else it would hold its locks until it has done all its work."""
    address = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    database, long = Database(database_url, pool_size=1), Fixed(text("SELECT pg_sleep(4) AS slept"))

    async def sleep() -> None:
        async with database.begin(None) as one:
            pids.append(await one.scalar(text("SELECT pg_backend_pid()")))
            await long.run(one, {})

    pids: list[int] = []
    try:
        asked = asyncio.create_task(sleep())
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as owner:
            await _runs(owner, pids, "pg_sleep")
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            async with asyncio.timeout(2):
                await _gone(owner, set(pids))
        async with database.begin(None) as again:
            assert await ONE_MORE.run(again, {"number": 1}) == [{"more": 2}]
    finally:
        await database.close()


async def _runs(owner: psycopg.AsyncConnection[object], pids: list[int], what: str) -> None:
    """Wait until one of the servers runs a statement with this in it."""
    running = "SELECT FROM pg_stat_activity WHERE pid = ANY(%s) AND state = 'active' AND query LIKE %s"
    async with asyncio.timeout(3):
        while not (await owner.execute(running, [pids, f"%{what}%"])).rowcount:  # noqa: ASYNC110  (only PostgreSQL knows)
            await asyncio.sleep(0.01)
