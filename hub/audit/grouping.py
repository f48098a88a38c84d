"""Records of those who wait are stored together: one statement and one commit for all, and each is told when its own is
durable.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import orjson

from hub.db.statements import Statements

Record = TypeVar("Record")

_GATHER_S = 0.002
"""How long a group waits at most for those who are about to join it."""


class Grouped(Generic[Record]):
    """Stores records by one statement: all that wait are stored together, and each is told when it is durable.

    While more statements are under way than records wait, more will soon come: a group waits a moment for them (as
    PostgreSQL's own commit_delay does), since to commit once for many costs hardly more than to commit once. Who is
    alone waits not.
    """

    def __init__(self, statements: Statements, sql: bytes, row: Callable[[Record], Mapping[str, Any]]) -> None:
        self._statements = statements
        self._sql = sql
        self._row = row
        self._waiting: list[tuple[Sequence[Record], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._gathering: asyncio.Future[None] | None = None

    async def record(self, records: Sequence[Record]) -> None:
        """Returns when they are durable; raises `Problem` BUSY where they could not be stored."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((records, stored))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        elif self._gathering is not None and self._is_enough():
            self._gathered()
        await stored

    def _is_enough(self) -> bool:
        return len(self._waiting) >= self._statements.under_way

    async def _gather(self) -> None:
        loop = asyncio.get_running_loop()
        self._gathering = loop.create_future()
        latest = loop.call_later(_GATHER_S, self._gathered)
        await self._gathering
        latest.cancel()

    def _gathered(self) -> None:
        gathering, self._gathering = self._gathering, None
        if gathering is not None and not gathering.done():
            gathering.set_result(None)

    async def _write(self) -> None:
        while self._waiting:
            if not self._is_enough():
                await self._gather()
            now, self._waiting = self._waiting, []
            try:
                rows = [self._row(record) for records, _ in now for record in records]
                await self._statements.do(self._sql, [orjson.dumps(rows).decode()])
            except Exception as error:  # each who waits is told, whatever it was
                for _, stored in now:
                    if not stored.done():
                        stored.set_exception(error)
            else:
                for _, stored in now:
                    if not stored.done():
                        stored.set_result(None)
