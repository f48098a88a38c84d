"""The one way into the database.

A connection belongs to one transaction, and each transaction says for whom it works: `hub.caller` is set for that
transaction alone (never for the session), so nothing about a caller survives on a pooled connection.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from hub.db.statements import NOT_NOW, Statements
from hub.errors import Kind, Problem
from hub.law.caller import Caller


def driver_url(url: str) -> str:
    """`postgresql://` as SQLAlchemy wants it, with psycopg as the driver."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


class Database:
    """Pools of connections to one PostgreSQL: `begin` for transactions, `statements` for single statements."""

    def __init__(self, url: str, *, pool_size: int = 10, statement_timeout_ms: int = 5_000) -> None:
        self.url = url
        options = _with_options(
            url, f"-c TimeZone=UTC -c DateStyle=ISO -c jit=off -c statement_timeout={statement_timeout_ms}"
        )
        # A plan of the hub is made for one kind of access: PostgreSQL need not plan it again for each body and child.
        planned_once = f"{options} -c plan_cache_mode=force_generic_plan"
        self.statements = Statements(url, pool_size=pool_size, options=planned_once)
        self._engine = create_async_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": 5,
                "application_name": "send-hub",
                "options": options,
            },
        )

    @asynccontextmanager
    async def begin(self, caller: Caller | None, *, snapshot: bool = False) -> AsyncGenerator[AsyncConnection]:
        """One transaction for `caller` (None: the hub itself); `snapshot` makes all its reads see one moment.

        Raises `Problem` BUSY when PostgreSQL is away, full, or does not answer in time.
        """
        try:
            async with self._engine.connect() as connection:
                if snapshot:
                    await connection.execution_options(isolation_level="REPEATABLE READ")
                async with connection.begin():
                    await connection.execute(_SET_CALLER, {"caller": str(caller.organisation) if caller else "hub"})
                    yield connection
        except (DBAPIError, PoolTimeout) as error:
            if is_busy(error):
                raise Problem(Kind.BUSY, "the database is busy or away; try again soon", rule="try-again") from error
            raise

    async def answers(self) -> bool:
        """Whether the database answers now."""
        try:
            async with self.begin(None) as connection:
                await connection.execute(text("SELECT 1"))
        except (Problem, OSError):
            return False
        return True

    async def close(self) -> None:
        await self.statements.close()
        await self._engine.dispose()


_SET_CALLER = text("SELECT set_config('hub.caller', :caller, true)")


def is_busy(error: Exception) -> bool:
    """Whether the same transaction may succeed if it is tried again later."""
    if isinstance(error, PoolTimeout):
        return True
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        if state is None:
            return isinstance(error, OperationalError) or error.connection_invalidated
        return str(state).startswith(NOT_NOW)
    return False


def _with_options(url: str, options: str) -> str:
    """The address's own `options` are kept: ours come after them."""
    given = make_url(url).query.get("options", "")
    return f"{given if isinstance(given, str) else ' '.join(given)} {options}".strip()
