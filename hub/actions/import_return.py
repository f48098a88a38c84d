"""Imports an authority's SEN2 return: all of its good persons in one transaction, the others into quarantine.

Importing a file again changes nothing and records nothing but the run. Two imports for one authority go one after the
other.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

from hub.actions import received_files
from hub.actions.import_changes import Changes
from hub.actions.import_report import ImportReport
from hub.actions.import_run import Run
from hub.actions.sen2_return import ReadPerson, ReturnFile, ReturnHeader
from hub.actions.transaction import Payload, Transaction
from hub.db import import_return as kept
from hub.db import import_runs
from hub.errors import forbidden, not_found
from hub.law.caller import Caller
from hub.law.vocabulary import OrganisationKind, Source
from hub.sparing import Others, give_way

_MOST_REST_S = 60.0
"""Who writes to a record that the import has changed waits for its end."""


def check_may_import(caller: Caller | None, authority_la_code: str) -> None:
    """Raises `Problem` FORBIDDEN unless the caller is that authority, with the scope. None is the local operator."""
    if caller is None:
        return
    if not caller.has(received_files.SCOPE):
        raise forbidden(
            f"this needs the scope {received_files.SCOPE}, which the token does not carry", rule="scope-missing"
        )
    own = caller.organisation_kind is OrganisationKind.LOCAL_AUTHORITY and caller.organisation_code == authority_la_code
    if not own:
        raise forbidden("an authority may import its own returns alone", rule="not-your-return")


async def import_return(
    tx: Transaction,
    caller: Caller | None,
    *,
    header: ReturnHeader,
    file: ReturnFile,
    batches: AsyncIterator[Sequence[ReadPerson]],
    clock: Callable[[], datetime],
    received: UUID | None = None,
    about: Mapping[str, Any] = MappingProxyType({}),
) -> ImportReport:
    """Apply the return; answers what came of it. `received`: the file was sent, is kept, and is settled with this.
    `about`: how it was read, for what waits in quarantine to be read again.

    Raises `Problem` FORBIDDEN, or NOT_FOUND for an unknown authority."""
    check_may_import(caller, header.authority_la_code)
    owner_id = await import_runs.authority_of(tx.connection, header.authority_la_code)
    if owner_id is None:
        raise not_found("authority")
    if caller is not None and caller.organisation != owner_id:
        raise forbidden("an authority may import its own returns alone", rule="not-your-return")
    await kept.wait_in_line(tx.connection, owner_id)
    latest = await import_runs.latest_reference_date(tx.connection, owner_id, header.source, header.system)
    run = Run(
        tx,
        caller,
        owner_id,
        header,
        quarantined=await import_runs.quarantined(tx.connection, owner_id, header.source),
        older=latest is not None and header.reference_date < latest,
        about=about,
    )
    before = await import_runs.imported_before(tx.connection, owner_id, file.sha256, header.source)
    await _apply(run, batches)
    if not before and received is None:
        await _keep_file(tx, owner_id, file, header.source)
    pairs = await run.bring_forward()
    finished_at = clock()
    report = run.tally.report(
        pairs=pairs,
        name=file.name,
        sha256=file.sha256,
        authority_la_code=header.authority_la_code,
        year=header.year,
        title=header.title,
        reference_date=header.reference_date,
        started_at=tx.now,
        seconds=(finished_at - tx.now).total_seconds(),
        unchanged_file=before,
    )
    await run.finish(report, finished_at)
    if received is not None:
        await received_files.settle(tx, received, report)
    return report


async def _keep_file(tx: Transaction, owner_id: UUID, file: ReturnFile, source: Source) -> None:
    """Keep the file as it came; one too large to hold at once in numbered parts, in order."""
    for part, piece in enumerate(file.pieces(), start=1):
        whole = len(piece) == file.size
        await tx.keep(
            Payload(
                kind=source,
                name=file.name if whole else f"{file.name} (part {part})",
                media_type=file.media_type,
                sha256=file.sha256 if whole else hashlib.sha256(piece).hexdigest(),
                content=piece,
                owner_id=owner_id,
            )
        )


async def _apply(run: Run, batches: AsyncIterator[Sequence[ReadPerson]]) -> None:
    """While the database writes a batch, the next one is compared (in a thread, which gives way to those who read) with
    what was looked up before. Between batches it rests, where others are served meanwhile."""
    waiting, loop = None, asyncio.get_running_loop()
    others = Others(await run.transactions_done(), most_s=_MOST_REST_S)
    rest_s = 0.0
    with ThreadPoolExecutor(1, "compare", give_way) as thread:
        async for batch in batches:
            await asyncio.sleep(rest_s)
            begun = loop.time()
            found = await run.look_up(batch)
            written = run.write(waiting) if waiting else asyncio.sleep(0)
            waiting = await _both(written, loop.run_in_executor(thread, run.compare, batch, found))
            rest_s = others.rest_s(loop.time() - begun, await run.transactions_done())
        if waiting:
            await run.write(waiting)


async def _both(one: Awaitable[object], other: Awaitable[Changes]) -> Changes:
    """The other's answer, once both have ended: neither is left under way when one fails."""
    first, second = await asyncio.gather(one, other, return_exceptions=True)
    for each in (first, second):
        if isinstance(each, BaseException):
            raise each
    return cast("Changes", second)
