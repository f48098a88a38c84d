"""Single statements, each a transaction and one round trip of its own: the fast way for the reads of the schema.

`hub.db.session` is for what takes several statements.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection, AsyncRawCursor
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy.engine import make_url

from hub.errors import Kind, Problem

# Classes of SQLSTATE that say "not now": connection lost, no resources (disk, memory, connections), shutting down,
# a statement stopped by its time limit, two transactions in each other's way, and a standby that is not yet the leader.
NOT_NOW = ("08", "53", "57P", "57014", "40", "55P03", "25006")
_LOST = ("08", "57P")  # of these, a connection that was lost or ended by the server, as when another becomes the leader
_PREPARED = 64  # statements kept prepared on each connection, the last used


class Statements:
    """A pool of connections on which each statement commits by itself."""

    def __init__(self, url: str, *, pool_size: int, options: str) -> None:
        self._is_open = False
        address = make_url(url).set(drivername="postgresql").difference_update_query(["options"])
        self._pool = AsyncConnectionPool[AsyncConnection[Any]](
            address.render_as_string(hide_password=False),
            min_size=1,
            max_size=pool_size,
            timeout=5,
            open=False,
            configure=_configure,
            kwargs={
                "autocommit": True,
                "connect_timeout": 5,
                "application_name": "send-hub",
                "options": options,
                "cursor_factory": AsyncRawCursor,
            },
        )

    async def one(self, sql: bytes, values: Sequence[Any]) -> Sequence[bytes | None]:
        """The one row of a statement whose parameters are `$1` ..., its cells as PostgreSQL writes them. It only reads.

        Raises `Problem` BUSY when PostgreSQL is away, full, or does not answer in time.
        """
        try:
            return await self._one(sql, values)
        except psycopg.OperationalError as error:
            if error.sqlstate is not None and not error.sqlstate.startswith(_LOST):
                raise _problem(error) from error
            await (
                self._pool.check()
            )  # the connection had gone: those that are left are looked at, and one is asked again
        except (psycopg.Error, PoolTimeout) as error:
            raise _problem(error) from error
        try:
            return await self._one(sql, values)
        except (psycopg.Error, PoolTimeout) as error:
            raise _problem(error) from error

    async def do(self, sql: bytes, values: Sequence[Any]) -> None:
        """Run a statement that changes something. As `one`, but a lost connection leaves it unknown whether it did."""
        try:
            async with self._connection() as connection:
                await connection.execute(sql, values, prepare=True)
        except (psycopg.Error, PoolTimeout) as error:
            raise _problem(error) from error

    async def close(self) -> None:
        if self._is_open:
            await self._pool.close()

    async def _one(self, sql: bytes, values: Sequence[Any]) -> Sequence[bytes | None]:
        async with self._connection() as connection:
            result = (await connection.execute(sql, values)).pgresult
        if result is None or result.ntuples != 1:
            raise LookupError("the statement did not give one row")
        return [result.get_value(0, column) for column in range(result.nfields)]

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[AsyncConnection[Any]]:
        """One of the pool's. Each statement commits by itself, so there is nothing to end when it is given back."""
        pool = await self._opened()
        connection = await pool.getconn()
        try:
            yield connection
        finally:
            await pool.putconn(connection)

    async def _opened(self) -> AsyncConnectionPool[AsyncConnection[Any]]:
        if not self._is_open:
            self._is_open = True
            await self._pool.open()
        return self._pool


async def _configure(connection: AsyncConnection[Any]) -> None:
    connection.prepare_threshold = 1
    connection.prepared_max = _PREPARED


def _problem(error: Exception) -> Exception:
    """BUSY where the same statement may succeed later; otherwise the error itself, without what it was asked."""
    state = getattr(error, "sqlstate", None)
    if isinstance(error, PoolTimeout | psycopg.OperationalError) or str(state).startswith(NOT_NOW):
        return Problem(Kind.BUSY, "the database is busy or away; try again soon", rule="try-again")
    return RuntimeError(f"a statement failed with {type(error).__name__} ({state})")
