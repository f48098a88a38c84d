"""Single statements, each a transaction and one round trip of its own: the fast way for the reads of the schema.

`hub.db.session` is for what takes several statements.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import pq
from sqlalchemy.engine import make_url

from hub.db.line import Line, NoAnswerError
from hub.errors import Kind, Problem
from hub.tracing import span

# Classes of SQLSTATE that say "not now": connection lost, no resources (disk, memory, connections), shutting down,
# a statement stopped by its time limit, two transactions in each other's way, and a standby that is not yet the leader.
NOT_NOW = ("08", "53", "57P", "57014", "40", "55P03", "25006")
_LOST = ("08", "57P")  # of these, a connection that was lost or ended by the server, as when another becomes the leader
PATIENCE_S = 5  # how long a statement waits for a free line, and for a server that leads
AGAIN_AFTER_S = 0.25  # how soon it is looked again whether there is one
_LOOKS = 10  # in the time that an answer is waited for, so often is looked whether it is over
_QUEUE = 20  # statements that wait for each line: one more is told at once that the hub is busy


class Statements:
    """Lines on which each statement commits by itself; the one last used is used next, and idle ones stay open."""

    def __init__(
        self, url: str, *, pool_size: int, options: str, patience_s: float, waits_s: float = PATIENCE_S
    ) -> None:
        """Seconds: `patience_s`, how long the answer to a statement is waited for; `waits_s`, how long for a server."""
        self._patience_s = patience_s
        self._waits_s = waits_s
        address = make_url(url).set(drivername="postgresql").difference_update_query(["options"])
        self._address = address.render_as_string(hide_password=False)
        self._options = options
        self._most = pool_size
        self._open = 0
        self._idle: list[Line] = []
        self._lines: set[Line] = set()
        self._look: asyncio.TimerHandle | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def one(self, sql: bytes, values: Sequence[Any]) -> Sequence[bytes | None]:
        """The one row of a statement whose parameters are `$1` ..., its cells as PostgreSQL writes them. It only reads.

        Raises `Problem` BUSY when PostgreSQL is away, full, or does not answer in time.
        """
        try:
            return _row(await self._run(sql, values))
        except NoAnswerError as error:
            self._forget_idle()  # those that were opened with it are not heard either
            raise _problem(error) from error
        except psycopg.OperationalError as error:
            if error.sqlstate is not None and not error.sqlstate.startswith(_LOST):
                raise _problem(error) from error
            self._forget_idle()  # the connection had gone, and so have those that were opened with it
        except psycopg.Error as error:
            raise _problem(error) from error
        try:
            return _row(await self._run(sql, values))
        except psycopg.Error as error:
            raise _problem(error) from error

    async def do(self, sql: bytes, values: Sequence[Any]) -> None:
        """Run a statement that changes something. As `one`, but a lost connection leaves it unknown whether it did."""
        try:
            await self._run(sql, values)
        except psycopg.Error as error:
            raise _problem(error) from error

    async def changed(self, sql: bytes, values: Sequence[Any]) -> Sequence[bytes | None]:
        """The one row of a statement that changes something; as `do`, it is not tried again."""
        try:
            return _row(await self._run(sql, values))
        except psycopg.Error as error:
            raise _problem(error) from error

    @property
    def running(self) -> int:
        """How many statements are running now."""
        return self._open - len(self._idle)

    async def close(self) -> None:
        self._most = 0
        self._forget_idle()

    async def _run(self, sql: bytes, values: Sequence[Any]) -> pq.abc.PGresult:
        line = self._free() or await self._take()
        if self._look is None:
            self._look_later()
        try:
            with span("statement"):
                return await line.run(sql, values)
        finally:
            self._give_back(line)

    def _free(self) -> Line | None:
        while self._idle:
            line = self._idle.pop()
            if line.is_usable:
                return line
            self._drop(line)
        return None

    async def _take(self) -> Line:
        """A line that is free, or a new one; raises `Problem` BUSY where none becomes free in time.

        Whoever has waited for a line to be free has waited for a server that leads too: it is one patience.
        """
        began = asyncio.get_running_loop().time()
        while True:
            line = self._free()
            if line is not None:
                return line
            if self._open < self._most:
                break
            await self._turn(began + PATIENCE_S)
        self._open += 1
        try:
            line = await self._opened(began + self._waits_s)
        except BaseException:
            self._open -= 1
            self._wake()
            raise
        self._lines.add(line)
        return line

    async def _opened(self, until: float) -> Line:
        """A new line. While another server comes to lead there is none to be had, for some seconds.

        Raises `Problem` BUSY, and not what would pass for a line that was lost: that is tried again.
        """
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await Line.open(self._address, options=self._options, patience_s=self._patience_s)
            except psycopg.OperationalError as error:
                if loop.time() >= until:
                    raise _problem(error) from error
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _turn(self, until: float) -> None:
        if len(self._waiting) >= _QUEUE * self._most:
            raise _busy()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout_at(until):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            with suppress(ValueError):
                self._waiting.remove(turn)
            if not turn.cancelled():
                self._wake()  # it was this one's turn: now it is the next one's
            if isinstance(error, TimeoutError):
                raise _busy() from error
            raise

    def _give_back(self, line: Line) -> None:
        if line.is_usable and self._open <= self._most:
            self._idle.append(line)
        else:
            self._drop(line)
        if self._waiting:
            self._wake()

    def _drop(self, line: Line) -> None:
        line.close()
        self._lines.discard(line)
        self._open -= 1

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    def _look_later(self) -> None:
        self._look = asyncio.get_running_loop().call_later(self._patience_s / _LOOKS, self._look_at_silent)

    def _look_at_silent(self) -> None:
        """Give up on lines that have been silent for too long; look again while any statement runs."""
        self._look = None
        for line in list(self._lines):
            line.give_up_if_silent()
        if self.running:
            self._look_later()

    def _forget_idle(self) -> None:
        while self._idle:
            self._drop(self._idle.pop())


def _row(result: pq.abc.PGresult) -> Sequence[bytes | None]:
    if result.ntuples != 1:
        raise LookupError("the statement did not give one row")
    return [result.get_value(0, column) for column in range(result.nfields)]


def _problem(error: Exception) -> Exception:
    """BUSY where the same statement may succeed later; otherwise the error itself, without what it was asked."""
    state = getattr(error, "sqlstate", None)
    if isinstance(error, psycopg.OperationalError) or str(state).startswith(NOT_NOW):
        return _busy()
    return RuntimeError(f"a statement failed with {type(error).__name__} ({state})")


def _busy() -> Problem:
    return Problem(Kind.BUSY, "the database is busy or away; try again soon", rule="try-again")
