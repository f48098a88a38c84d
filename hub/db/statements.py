"""Single statements, each a transaction and one round trip of its own: the fast way for the reads of the schema.

`hub.db.session` is for what takes several statements.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq
from sqlalchemy.engine import make_url

from hub.db.line import Line, NoAnswerError
from hub.db.lines import PATIENCE_S, Lines, busy
from hub.tracing import span

# Classes of SQLSTATE that say "not now": connection lost, no resources (disk, memory, connections), shutting down,
# a statement stopped by its time limit, two transactions in each other's way, and a standby that is not yet the leader.
NOT_NOW = ("08", "53", "57P", "57014", "40", "55P03", "25006")
_LOST = ("08", "57P")  # of these, a connection that was lost or ended by the server, as when another becomes the leader
AGAIN_AFTER_S = 0.25  # how soon it is looked again whether there is a server that leads


class Statements:
    """Lines on which each statement commits by itself."""

    def __init__(
        self, url: str, *, pool_size: int, options: str, patience_s: float, waits_s: float = PATIENCE_S
    ) -> None:
        """Seconds: `patience_s`, how long the answer to a statement is waited for; `waits_s`, how long for a server."""
        self._patience_s = patience_s
        self._waits_s = waits_s
        address = make_url(url).set(drivername="postgresql").difference_update_query(["options"])
        self._address = address.render_as_string(hide_password=False)
        self._options = options
        self._lines = Lines(self._opened, most=pool_size, patience_s=patience_s)

    async def one(self, sql: bytes, values: Sequence[Any]) -> Sequence[bytes | None]:
        """The one row of a statement whose parameters are `$1` ..., its cells as PostgreSQL writes them. It only reads.

        Raises `Problem` BUSY when PostgreSQL is away, full, or does not answer in time.
        """
        try:
            return _row(await self._run(sql, values))
        except NoAnswerError as error:
            self._lines.forget_idle()  # those that were opened with it are not heard either
            raise _problem(error) from error
        except psycopg.OperationalError as error:
            if error.sqlstate is not None and not error.sqlstate.startswith(_LOST):
                raise _problem(error) from error
            self._lines.forget_idle()  # the connection had gone, and so have those that were opened with it
        except psycopg.Error as error:
            raise _problem(error) from error
        try:
            return _row(await self._run(sql, values))
        except psycopg.Error as error:
            raise _problem(error) from error

    async def do(self, sql: bytes, values: Sequence[Any]) -> None:
        """Run a statement that changes something. As `one`, but a lost connection leaves it unknown whether it did.

        It goes before the reads that wait: those whom it puts on record wait for it.
        """
        try:
            await self._run(sql, values, first=True)
        except psycopg.Error as error:
            raise _problem(error) from error

    async def changed(self, sql: bytes, values: Sequence[Any]) -> Sequence[bytes | None]:
        """The one row of a statement that changes something; as `do`, it is not tried again."""
        try:
            return _row(await self._run(sql, values, first=True))
        except psycopg.Error as error:
            raise _problem(error) from error

    @property
    def under_way(self) -> int:
        """How many statements run now, or wait to."""
        return self._lines.under_way

    async def close(self) -> None:
        self._lines.close()

    async def _run(self, sql: bytes, values: Sequence[Any], *, first: bool = False) -> pq.abc.PGresult:
        line = await self._lines.take(first=first)
        try:
            with span("statement"):
                return await line.run(sql, values)
        finally:
            self._lines.give_back(line)

    async def _opened(self, since: float) -> Line:
        """A new line, for who has waited since then. While another server comes to lead there is none to be had, for
        some seconds: whoever has waited for a line to be free has waited for a server too, it is one patience.

        Raises `Problem` BUSY, and not what would pass for a line that was lost: that is tried again.
        """
        until = since + self._waits_s
        while True:
            try:
                return await Line.open(self._address, options=self._options, patience_s=self._patience_s)
            except psycopg.OperationalError as error:
                if time.monotonic() >= until:
                    raise _problem(error) from error
            await asyncio.sleep(AGAIN_AFTER_S)


def _row(result: pq.abc.PGresult) -> Sequence[bytes | None]:
    if result.ntuples != 1:
        raise LookupError("the statement did not give one row")
    return [result.get_value(0, column) for column in range(result.nfields)]


def _problem(error: Exception) -> Exception:
    """BUSY where the same statement may succeed later; otherwise the error itself, without what it was asked."""
    state = getattr(error, "sqlstate", None)
    if isinstance(error, psycopg.OperationalError) or str(state).startswith(NOT_NOW):
        return busy()
    return RuntimeError(f"a statement failed with {type(error).__name__} ({state})")
