"""A connection on which one statement runs at a time, driven by libpq's asynchronous calls.

psycopg's own connection registers and removes its socket with the event loop for each wait, and makes a cursor for
each statement: six system calls and much Python beside the two that a statement needs. Here the socket stays registered
and statements stay prepared; connecting and the adaptation of values are psycopg's. Whoever holds lines looks after
silent ones (`give_up_if_silent`): a timer for each statement would cost more than sending it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, pq
from psycopg.adapt import PyFormat, Transformer

_PREPARED = 64  # statements kept prepared on each connection, the last used
_UUID_TYPE = 2950  # pg_type.oid
_CANCELLED_WITHIN_S = 1  # how long it may take to tell the server that nobody waits for an answer
_READ = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


Dumped: TypeAlias = tuple[Sequence[Any], tuple[int, ...], Sequence[pq.Format]]
"""Values as they are sent, their types and their formats."""


class NoAnswerError(psycopg.OperationalError):
    """PostgreSQL, or the network before it, has not answered for so long that nothing is waited for any more."""


class Line:
    """Runs statements on a connection: each a transaction of its own, or all within one (`hub.db.session`)."""

    def __init__(self, connection: AsyncConnection[Any], *, patience_s: float) -> None:
        """`patience_s`: how long an answer is waited for, seconds; it may be changed."""
        self.patience_s = patience_s
        self.connection = connection  # kept alive: it ends the session when it is forgotten
        self._wire = connection.pgconn
        self._wire.nonblocking = 1
        self._loop = asyncio.get_running_loop()
        self._socket = self._wire.socket
        self._listens = False
        self._prepared: OrderedDict[tuple[bytes, tuple[int, ...]], bytes] = OrderedDict()
        self._count = 0
        self._waiting: asyncio.Future[pq.abc.PGresult] | None = None
        self._asked_at = 0.0
        self._result: pq.abc.PGresult | None = None
        self._at_silent: asyncio.TimerHandle | None = None

    @classmethod
    async def open(cls, address: str, *, options: str, patience_s: float) -> "Line":
        """`patience_s`: how long an answer is waited for, seconds. Raises `psycopg.Error`."""
        connection = await AsyncConnection.connect(
            address, autocommit=True, connect_timeout=3, application_name="send-hub", options=options
        )
        line = cls(connection, patience_s=patience_s)
        line.listen()
        return line

    @property
    def is_usable(self) -> bool:
        """Whether another statement can run on it."""
        return (
            self._waiting is None
            and self._wire.status == pq.ConnStatus.OK
            and self._wire.transaction_status == pq.TransactionStatus.IDLE
        )

    async def run(self, sql: bytes, values: Sequence[Any]) -> pq.abc.PGresult:
        """The result of a statement whose parameters are `$1` ...; raises `psycopg.Error`.

        Left before its end (cancelled), the line is of no more use: what the server still sends would be another's.
        """
        written, types, formats = self._dumped(values)
        key = (sql, types)
        name = self._prepared.get(key)
        if name is None:
            name = await self._prepare(sql, types)
            self._prepared[key] = name
        self._prepared.move_to_end(key)
        self._wire.send_query_prepared(name, written, formats)
        return await self._answer()

    def _dumped(self, values: Sequence[object]) -> Dumped:
        written: list[Any] = []
        types: list[int] = []
        formats: list[pq.Format] = []
        for value in values:
            if type(value) is UUID:
                dumped = value.bytes, _UUID_TYPE, pq.Format.BINARY
            elif type(value) is int or type(value) is date:
                dumped = _dumped_once(value)
            else:
                return self._dumped_by_psycopg(values)
            written.append(dumped[0])
            types.append(dumped[1])
            formats.append(dumped[2])
        return written, tuple(types), formats

    def _dumped_by_psycopg(self, values: Sequence[Any]) -> Dumped:
        adapted = Transformer(self.connection)
        written = adapted.dump_sequence(values, [PyFormat.AUTO] * len(values))
        return written, adapted.types or (), adapted.formats or ()

    async def run_together(self, sql: bytes) -> pq.abc.PGresult:
        """The last result of several statements in one text, without values."""
        self._wire.send_query(sql)
        return await self._answer()

    def forget_prepared(self) -> None:
        """The server has forgotten what was prepared."""
        self._prepared.clear()

    async def _prepare(self, sql: bytes, types: Sequence[int]) -> bytes:
        if len(self._prepared) >= _PREPARED:
            _, oldest = self._prepared.popitem(last=False)
            self._wire.send_query_params(b"DEALLOCATE " + oldest, None)
            await self._answer()
        self._count += 1
        name = b"hub_%d" % self._count
        self._wire.send_prepare(name, sql, types)
        await self._answer()
        return name

    async def _answer(self) -> pq.abc.PGresult:
        self.listen()
        self._waiting = self._loop.create_future()
        if self._wire.flush():
            self._loop.add_writer(self._socket, self._writable)
        self._asked_at = self._loop.time()
        try:
            result = await self._waiting
        except asyncio.CancelledError:
            await self._abandon()
            raise
        self._waiting = None
        if result.status not in _READ:
            raise psycopg.errors.error_from_result(result, encoding="utf-8")
        return result

    async def _abandon(self) -> None:
        """Nobody waits for the statement: the server is asked to end it, with the locks that it holds."""
        try:
            with suppress(psycopg.Error):
                await self.connection.cancel_safe(timeout=_CANCELLED_WITHIN_S)
        finally:
            self.close()

    def listen(self) -> None:
        """Have the event loop tell what comes; else it is told of when somebody waits for it."""
        if not self._listens and self._socket >= 0:
            self._loop.add_reader(self._socket, self._readable)
            self._listens = True

    def leave(self) -> None:
        """Listen no more: the socket is another's, as psycopg's own."""
        if self._listens:
            self._loop.remove_reader(self._socket)
            self._listens = False

    @contextmanager
    def attended(self) -> Generator[None]:
        """In the block the line listens, and gives up by itself where no answer comes."""
        self.listen()
        self._at_silent = self._loop.call_later(self.patience_s, self._look_again)
        try:
            yield
        finally:
            self._at_silent.cancel()
            self.leave()

    def _look_again(self) -> None:
        self.give_up_if_silent()
        if self._socket < 0:
            return
        due = (self._asked_at if self._waiting is not None else self._loop.time()) + self.patience_s
        self._at_silent = self._loop.call_at(due, self._look_again)

    def give_up_if_silent(self) -> None:
        """Where the network swallows what is sent, no time limit of the server's is ever heard of."""
        if self._waiting is not None and self._loop.time() - self._asked_at >= self.patience_s:
            self._fail(NoAnswerError("no answer in time"))

    def _writable(self) -> None:
        try:
            if not self._wire.flush():
                self._loop.remove_writer(self._socket)
        except psycopg.OperationalError as error:
            self._fail(error)

    def _readable(self) -> None:
        """All that has come is taken in; the statement has ended when libpq has no more results of it."""
        try:
            self._wire.consume_input()
            while not self._wire.is_busy():
                result = self._wire.get_result()
                if result is None:
                    self._end()
                    return
                self._result = result
        except psycopg.OperationalError as error:
            self._fail(error)

    def _end(self) -> None:
        result, self._result = self._result, None
        if self._waiting is not None and not self._waiting.done() and result is not None:
            self._waiting.set_result(result)

    def _fail(self, error: psycopg.OperationalError) -> None:
        waiting = self._waiting
        self.close()
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)

    def close(self) -> None:
        """End the session, whatever it is doing."""
        if self._socket >= 0:
            self.leave()
            self._loop.remove_writer(self._socket)
            self._socket = -1
        self._wire.finish()


@lru_cache(maxsize=1_000)
def _dumped_once(value: int | date) -> tuple[bytes, int, pq.Format]:
    """What comes in every statement, as psycopg dumps it: to ask it each time would cost more than to run the rest."""
    dumper = Transformer().get_dumper(value, PyFormat.AUTO)
    return bytes(dumper.dump(value) or b""), dumper.oid, dumper.format
