"""Imports a SEN2 return from a path or a stream: what `hub import sen2` and `/import/sen2` call.

The file is read in a thread, one batch ahead of the database, so that neither waits for the other and the server's
event loop goes on; it gives way to those who read records. At any moment only two batches and one piece of the file are
in memory.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, aclosing
from datetime import date
from functools import partial
from itertools import islice
from os import PathLike
from typing import BinaryIO
from uuid import UUID

from adapters.la_sen2.kinds import read_any
from adapters.la_sen2.taking import take
from hub.actions.import_report import ImportReport
from hub.actions.import_return import check_may_import, import_return
from hub.actions.sen2_return import ReadPerson, ReturnHeader
from hub.actions.transaction import LONDON, Transactions
from hub.law.caller import Caller
from hub.sparing import give_way

Progress = Callable[[int, int, int], None]
"""Told after each batch: bytes read, bytes in all, persons read."""

BATCH = 500
"""Persons in a batch: enough for the database to work in bulk, few enough to hold."""

MAX_BYTES = 512 * 1024 * 1024


async def import_sen2(
    transactions: Transactions,
    caller: Caller | None,
    *,
    path_or_stream: str | PathLike[str] | BinaryIO,
    name: str,
    authority_la_code: str,
    progress: Progress = lambda _done, _total, _persons: None,
    max_bytes: int = MAX_BYTES,
    batch_size: int = BATCH,
    received: UUID | None = None,
) -> ImportReport:
    """Import a return of the authority. `caller` None is the local operator; `received` is a file that was sent.

    Raises `Problem` INVALID when the whole file is refused, with nothing stored; FORBIDDEN; NOT_FOUND for an authority
    that the hub does not know; BUSY.
    """
    check_may_import(caller, authority_la_code)
    today = transactions.clock().astimezone(LONDON).date()
    with ExitStack() as opened, ThreadPoolExecutor(1, "sen2", give_way) as thread:
        loop = asyncio.get_running_loop()
        taking = partial(take, path_or_stream, opened, name=name, max_bytes=max_bytes)
        stream, file = await loop.run_in_executor(thread, taking)
        reader = _Reader(stream, authority_la_code, today, batch_size, max_bytes)
        header = await loop.run_in_executor(thread, reader.open)
        async with (
            transactions.begin(caller) as tx,
            aclosing(_batches(reader, thread, file.size, progress)) as batches,
        ):
            return await import_return(
                tx,
                caller,
                header=header,
                file=file,
                batches=batches,
                clock=transactions.clock,
                received=received,
            )


class _Reader:
    """The return being read. Used by one thread alone, for an XML parser belongs to the thread that made it."""

    def __init__(self, stream: BinaryIO, authority_la_code: str, today: date, batch_size: int, max_bytes: int) -> None:
        self._stream = stream
        self._batch_size = batch_size
        self._max_bytes = max_bytes
        self._authority_la_code = authority_la_code
        self._today = today
        self._persons: Iterator[ReadPerson] = iter(())

    def open(self) -> ReturnHeader:
        header, self._persons = read_any(
            self._stream, authority_la_code=self._authority_la_code, today=self._today, max_bytes=self._max_bytes
        )
        return header

    def batch(self) -> tuple[list[ReadPerson], int]:
        """The next persons (none at the end), and how many bytes have been read."""
        return list(islice(self._persons, self._batch_size)), self._stream.tell()


async def _batches(
    reader: _Reader, thread: ThreadPoolExecutor, total: int, progress: Progress
) -> AsyncGenerator[list[ReadPerson], None]:
    loop, persons = asyncio.get_running_loop(), 0
    ahead = loop.run_in_executor(thread, reader.batch)
    try:
        while True:
            batch, done = await ahead
            if not batch:
                break
            ahead = loop.run_in_executor(thread, reader.batch)
            yield batch
            persons += len(batch)
            progress(done, total, persons)
        progress(total, total, persons)
    finally:
        await asyncio.gather(ahead, return_exceptions=True)
