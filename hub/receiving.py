"""Imports the files that bodies have sent: what the worker does, by the kind of file, as `hub import` does it."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import BinaryIO
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.la_extract.importing import import_extract, take_zip
from adapters.la_sen2.importing import import_sen2
from hub.actions import received_files
from hub.actions.transaction import Transactions
from hub.db import queries, received
from hub.db.received import ReceivedFile
from hub.errors import Kind, Problem, invalid, not_found
from hub.law.caller import Caller
from hub.law.imports import ImportStatus
from hub.law.vocabulary import Source

log = structlog.get_logger()

PATIENCE = timedelta(minutes=5)
"""After this long a file that waits has lost its job, as when a worker was killed."""

Importer = Callable[[Transactions, Caller, ReceivedFile, BinaryIO, int], Awaitable[object]]
"""Imports the file and settles it in one transaction. The number: the most bytes a file may have, unpacked too."""


async def _sen2(
    transactions: Transactions, caller: Caller, file: ReceivedFile, content: BinaryIO, max_bytes: int
) -> object:
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


async def resume_imports(transactions: Transactions, *, max_bytes: int) -> int:
    """Import what has waited too long; how many files they were."""
    async with transactions.begin(None) as tx:
        waiting = await received.waiting(tx.connection, since=tx.now - PATIENCE)
    for file_id in waiting:
        try:
            await import_received(transactions, file_id, max_bytes=max_bytes)
        except Exception as error:
            log.error("import_failed", file=str(file_id), error=type(error).__name__)
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
