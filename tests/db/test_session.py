"""A connection that the server has ended is not used again, though nothing was asked to find out."""

import asyncio

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

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
