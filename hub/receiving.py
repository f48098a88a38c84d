"""Imports the files that bodies have sent, by the kind of file, as `hub import` does it.

The worker has each imported by a process of its own (`hub import received`), which stands back for whoever reads as a
whole, as the worker, which has other work too, cannot. It is one transaction: of a process that ends in the middle
nothing was applied, the file waits on, and the job is tried again.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import BinaryIO
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.actions import received_files
from hub.actions.transaction import Transactions
from hub.db import queries, received
from hub.db.place import database_place
from hub.db.received import ReceivedFile
from hub.errors import Kind, Problem, invalid, not_found
from hub.law.caller import Caller
from hub.law.imports import ImportStatus
from hub.law.vocabulary import Source
from hub.operating import transactions_to_import
from hub.settings import Settings

log = structlog.get_logger()

PATIENCE = timedelta(minutes=5)
"""After this long a file that waits has lost its job, as when a worker was killed."""

KILLED_UNTIL = timedelta(days=1)
"""A file whose import is killed (the system does that for memory) is tried so long; then it is settled as a failure."""

Importer = Callable[[Transactions, Caller, ReceivedFile, BinaryIO, int], Awaitable[object]]
"""Imports the file and settles it in one transaction. The number: the most bytes a file may have, unpacked too."""


async def _sen2(
    transactions: Transactions, caller: Caller, file: ReceivedFile, content: BinaryIO, max_bytes: int
) -> object:
    from adapters.la_sen2.importing import import_sen2

    return await import_sen2(
        transactions,
        caller,
        path_or_stream=content,
        name=file.name,
        authority_la_code=caller.organisation_code,
        max_bytes=max_bytes,
        received=file.id,
    )


async def _extract(
    transactions: Transactions, caller: Caller, file: ReceivedFile, content: BinaryIO, max_bytes: int
) -> object:
    from adapters.la_extract.importing import import_extract, take_zip

    taken, mapping = await asyncio.to_thread(take_zip, content, name=file.name, max_bytes=max_bytes)
    return await import_extract(
        transactions,
        caller,
        taken=taken,
        mapping=mapping,
        authority_la_code=caller.organisation_code,
        made_on=_day(file.about["on"]) if "on" in file.about else None,
        received=file.id,
    )


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise invalid("the day is written 2026-04-01", rule="reference-date", path=("on",)) from error


IMPORTERS: Mapping[Source, Importer] = {Source.SEN2_RETURN: _sen2, Source.EXTRACT: _extract}


async def import_apart(transactions: Transactions, file_id: UUID) -> ImportStatus | None:
    """Have the file imported by a process of its own, which finds the database by the same settings; what came of it.

    The process ends with this one, whichever way that ends. Raises `Problem` BUSY when the file still waits, which a
    file whose import is killed whenever it is tried does not do for ever.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub.cli", "import", "received", str(file_id)),
        stdin=asyncio.subprocess.PIPE,
        start_new_session=True,  # who interrupts the worker at a terminal interrupts it alone: it lets jobs finish
    )
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    async with transactions.begin(None) as tx:
        file = await received.of_id(tx.connection, file_id)
        now = tx.now
    if file is not None and file.status is ImportStatus.WAITING:
        ended = process.returncode or 0
        if ended < 0:
            log.error("import_killed", reference=str(file_id), signal=-ended)
            if now - file.received_at > KILLED_UNTIL:
                await _give_up(transactions, file_id, None)
                return ImportStatus.FAILED
        raise Problem(Kind.BUSY, "the import ended before it was done: the file waits on", rule="try-again")
    return file.status if file else None


def import_received_file(settings: Settings, file_id: UUID) -> None:
    """What the process of its own does. What came of the file is on record, and a fault of the hub's own in its log."""

    async def work(url: str) -> None:
        async with transactions_to_import(url) as transactions:
            await import_received(transactions, file_id, max_bytes=settings.import_max_bytes)

    with database_place(settings) as place:
        try:
            asyncio.run(work(place.for_own_work()))
        except Problem:
            raise
        except Exception as error:  # whose words may quote a row: it is logged by its kind and its places
            log.error("import_failed", reference=str(file_id), exc_info=error)
            sys.exit(1)


async def import_received(transactions: Transactions, file_id: UUID, *, max_bytes: int) -> ImportStatus | None:
    """Import the file, if it still waits; what came of it.

    Raises `Problem` BUSY or CONFLICT when it may be imported later: it waits on.
    """
    async with transactions.begin(None) as tx:
        file = await received.of_id(tx.connection, file_id)
        if file is None or file.status is not ImportStatus.WAITING:
            return None
        caller = await _sender(tx.connection, file)
    try:
        with tempfile.TemporaryFile() as content:
            await _fetch(transactions, file, content)
            await IMPORTERS[file.kind](transactions, caller, file, content, max_bytes)
    except Problem as problem:
        if problem.kind in {Kind.BUSY, Kind.CONFLICT}:
            raise
        await _give_up(transactions, file_id, problem)
    except Exception:
        await _give_up(transactions, file_id, None)
        raise
    async with transactions.begin(None) as tx:
        after = await received.of_id(tx.connection, file_id)
    return after.status if after else None


async def resume_imports(
    transactions: Transactions, importing: Callable[[Transactions, UUID], Awaitable[object]] = import_apart
) -> int:
    """Import what has waited too long; how many files they were."""
    async with transactions.begin(None) as tx:
        waiting = await received.waiting(tx.connection, since=tx.now - PATIENCE)
    for file_id in waiting:
        try:
            await importing(transactions, file_id)
        except Exception as error:
            log.error("import_failed", reference=str(file_id), error=type(error).__name__)
    return len(waiting)


async def _fetch(transactions: Transactions, file: ReceivedFile, content: BinaryIO) -> None:
    async with transactions.begin(None) as tx:
        async for piece in received.pieces(tx.connection, file):
            await asyncio.to_thread(content.write, piece)
    content.seek(0)


async def _give_up(transactions: Transactions, file_id: UUID, problem: Problem | None) -> None:
    async with transactions.begin(None) as tx:
        await received_files.give_up(tx, file_id, problem)


async def _sender(connection: AsyncConnection, file: ReceivedFile) -> Caller:
    """Who sent the file, for what is done with it is their doing."""
    body = await queries.organisation_by_id(connection, file.owner_id)
    if body is None:
        raise not_found("body")
    return Caller(
        organisation=file.owner_id,
        organisation_kind=body.kind,
        organisation_code=body.code,
        organisation_name=body.name,
        client_id=file.client_id,
        person=file.person,
        scopes=frozenset({received_files.SCOPE}),
        purpose=file.purpose,
        purposes=frozenset({file.purpose}),
        token_id=file.token_id,
    )
