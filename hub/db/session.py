"""The one way into the database.

A connection belongs to one transaction, and each transaction says for whom it works, and on which day: `hub.caller` and
`hub.today` are set for that transaction alone (never for the session), so nothing about a caller survives on a pooled
connection. Row-level security reads them: without a caller the serving role sees no row about a child.
"""

import asyncio
import select
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from typing import Any, Self, TypeVar
from uuid import UUID

import psycopg
from psycopg import pq
from psycopg.abc import PQGen
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, InvalidatePoolError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from hub.db.fixed import line_of, run_together
from hub.db.line import Line
from hub.db.lines import PATIENCE_S
from hub.db.replicas import Replicas
from hub.db.statements import AGAIN_AFTER_S, NOT_NOW, Statements
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.tracing import span

T = TypeVar("T")


def driver_url(url: str) -> str:
    """`postgresql://` as SQLAlchemy wants it, with psycopg as the driver."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


class Database:
    """Pools of connections to one PostgreSQL: `begin` for transactions, `statements` for single statements."""

    def __init__(
        self,
        url: str,
        *,
        own_url: str | None = None,
        read_url: str = "",
        pool_size: int = 10,
        statement_timeout_ms: int = 5_000,
        waits_s: float = PATIENCE_S,
    ) -> None:
        """`own_url`: where the hub's own work is done, by a member of `hub_worker`; None: as what `url` says.

        `read_url`: replicas, which single statements that read may be put to first; empty: there are none.
        `waits_s`: how long is waited, seconds, where no server leads at the moment.
        `statement_timeout_ms` 0: PostgreSQL sets no limit; an answer is waited for as long as `take_time` allows.
        """
        self.url = url
        set_up = f"-c TimeZone=UTC -c DateStyle=ISO -c jit=off -c statement_timeout={statement_timeout_ms}"
        # A plan of the hub is made for one kind of access: PostgreSQL need not plan it again for each body and child.
        # The hub's own work asks of ten rows and of a hundred thousand by one statement, and has each planned.
        planned_once = f"{_with_options(url, set_up)} -c plan_cache_mode=force_generic_plan"
        patience_s = (statement_timeout_ms / 1_000 or _LONGEST_S) + _GRACE_S
        self._waits_s = waits_s
        self.statements = Statements(
            url, pool_size=pool_size, options=planned_once, patience_s=patience_s, waits_s=waits_s
        )
        self.replicas: Replicas | None = None
        if read_url:
            reading = f"{_with_options(read_url, set_up)} -c plan_cache_mode=force_generic_plan"
            self.replicas = Replicas(
                Statements(read_url, pool_size=pool_size, options=reading, patience_s=patience_s, waits_s=0)
            )
        self._engine = _engine(url, f"{set_up} -c plan_cache_mode=force_generic_plan", pool_size, patience_s)
        self._own_engine = _engine(own_url, set_up, pool_size, patience_s) if own_url else self._engine

    @asynccontextmanager
    async def begin(
        self, caller: Caller | None, *, today: date | None = None, snapshot: bool = False, at_once: bool = False
    ) -> AsyncGenerator[AsyncConnection]:
        """One transaction for `caller`; None: for the hub itself, which sees children as far as its role does.

        `today` is the day on which access is looked at, in London now unless it is given; `snapshot` makes all reads
        see one moment; `at_once`: no server that leads is waited for. Raises `Problem` BUSY when PostgreSQL is away,
        full, or does not answer in time.
        """
        engine = self._engine if caller else self._own_engine
        try:
            with span("transaction"):
                async with AsyncExitStack() as stack:
                    connection = await _connection(stack, engine, 0 if at_once else self._waits_s)
                    async with connection.begin():
                        with line_of(connection).attended():
                            await run_together(connection, _beginning(caller, today, snapshot=snapshot))
                            yield connection
                            await _commit(connection)
        except (DBAPIError, PoolTimeout, PendingRollbackError) as error:
            if is_busy(error):
                raise Problem(Kind.BUSY, "the database is busy or away; try again soon", rule="try-again") from error
            raise

    async def answers(self) -> bool:
        """Whether the database answers now."""
        try:
            async with self.begin(None, at_once=True) as connection:
                await connection.execute(text("SELECT 1"))
        except (Problem, OSError):
            return False
        return True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self.statements.close()
        if self.replicas is not None:
            await self.replicas.close()
        await self._engine.dispose()
        await self._own_engine.dispose()


async def acting_as(connection: AsyncConnection, organisation: UUID) -> None:
    """From now on the transaction works for this body, as row-level security has it."""
    await connection.execute(text("SELECT set_config('hub.caller', :caller, true)"), {"caller": str(organisation)})


@asynccontextmanager
async def behind_the_lock(connection: AsyncConnection, organisation: UUID) -> AsyncGenerator[None]:
    """In the block a transaction of the hub's own work sees what this body sees, by the second lock too."""
    await connection.execute(text("SET LOCAL ROLE hub_serving"))
    await acting_as(connection, organisation)
    yield
    await connection.execute(text("SELECT set_config('hub.caller', '', true)"))
    await connection.execute(text("RESET ROLE"))


def _beginning(caller: Caller | None, today: date | None, *, snapshot: bool) -> str:
    """What begins a transaction and says for whom it is: one text, and so one round trip.

    What stands in it is an id and a day of ours, and never a text from outside.
    """
    for_whom = caller.organisation if caller else ""
    day = f"'{today.isoformat()}'" if today else "(now() AT TIME ZONE 'Europe/London')::date::text"
    isolation = " ISOLATION LEVEL REPEATABLE READ" if snapshot else ""
    return (
        f"BEGIN{isolation}; SELECT set_config('hub.caller', '{for_whom}', true), set_config('hub.today', {day}, true)"
    )


async def _commit(connection: AsyncConnection) -> None:
    """Raises where PostgreSQL undoes the transaction instead: a statement of it failed, and whoever asked went on."""
    if await run_together(connection, "COMMIT") != "COMMIT":
        raise RuntimeError("a statement of the transaction failed: nothing of it was saved")


_LONGEST_S = 600
"""How long a statement of work on hundreds of thousands of rows may take."""

_GRACE_S = 1
"""How much longer than the server's own time limit an answer is waited for: where the network swallows what is sent, no
limit of the server's is ever heard of."""


_NOTHING_TO_UNDO = (pq.TransactionStatus.IDLE, pq.TransactionStatus.UNKNOWN)


class _PatientConnection(psycopg.AsyncConnection[Any]):
    """Gives up where no answer comes within the patience of its `line`. psycopg takes the socket for itself."""

    line: Line

    async def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:  # noqa: ASYNC109  (psycopg's own)
        self.line.leave()
        try:
            return await super().wait(gen, interval, self.line.patience_s if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()  # what still comes would be another's answer
            raise

    async def rollback(self) -> None:
        """Where there is something to undo: not after a commit, and of a connection that was given up the server has
        undone what was not committed.
        """
        if self.pgconn.transaction_status not in _NOTHING_TO_UNDO:
            await super().rollback()

    def _deallocate(self, name: bytes | None) -> PQGen[None]:
        """What psycopg does after each ROLLBACK: it gives up all that is prepared, and so what the line has."""
        if name is None:
            self.line.forget_prepared()
        return super()._deallocate(name)


def _engine(url: str, set_up: str, pool_size: int, patience_s: float) -> AsyncEngine:
    async def connect(*arguments: Any, **options: Any) -> _PatientConnection:
        connection = await _PatientConnection.connect(*arguments, **options)
        connection.line = Line(connection, patience_s=patience_s)
        return connection

    engine = create_async_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        hide_parameters=True,
        connect_args={
            "async_creator_fn": connect,
            "connect_timeout": 3,
            "application_name": "send-hub",
            "options": _with_options(url, set_up),
        },
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def still_there(adapted: Any, _record: object, _proxy: object) -> None:
        """A server that has ended the connection has said so, before anything was asked: there is something to read. To
        ask it each time would be one more round trip.
        """
        wire = adapted.driver_connection.pgconn
        if wire.status != pq.ConnStatus.OK:
            raise DisconnectionError("this connection was given up")
        said = select.poll()
        said.register(wire.socket, select.POLLIN)
        if said.poll(0):
            raise InvalidatePoolError("the server has ended this connection, and with it those of before")

    @event.listens_for(engine.sync_engine, "checkin")
    def patience_as_before(adapted: Any, _record: object) -> None:
        if adapted is not None:
            adapted.driver_connection.line.patience_s = patience_s

    return engine


async def _connection(open_until: AsyncExitStack, engine: AsyncEngine, waits_s: float) -> AsyncConnection:
    """A connection. While another server comes to lead there is none to be had, for some seconds."""
    loop = asyncio.get_running_loop()
    until = loop.time() + waits_s
    while True:
        try:
            return await open_until.enter_async_context(engine.connect())
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) is not None or loop.time() >= until:
                raise
        await asyncio.sleep(AGAIN_AFTER_S)


async def take_time(connection: AsyncConnection) -> None:
    """Statements of this transaction may take ten minutes: work on hundreds of thousands of rows."""
    line_of(connection).patience_s = _LONGEST_S + _GRACE_S
    await connection.execute(text("SET LOCAL statement_timeout = '10min'"))


_WENT_ON = "8s2b"
"""SQLAlchemy's code where a statement found the connection broken, and whoever asked went on: nothing was committed."""


def is_busy(error: Exception) -> bool:
    """Whether the same transaction may succeed if it is tried again later."""
    if isinstance(error, PoolTimeout):
        return True
    if isinstance(error, PendingRollbackError):
        return error.code == _WENT_ON
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
