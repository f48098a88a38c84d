"""A connection that the server has ended is not used again, though nothing was asked to find out."""

import asyncio

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url

from hub.db.session import Database


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


async def _gone(owner: psycopg.AsyncConnection[tuple[int]], used: set[int | None]) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
    for _ in range(500):
        row = await (await owner.execute(asked, [list(used)])).fetchone()
        if row == (0,):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the backends do not end")
