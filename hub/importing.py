"""`hub import`: reads a file from a case system, with a progress bar, and says what came of it."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from adapters.la_sen2.importing import import_sen2
from adapters.la_statement.reading import read_statement
from hub.actions.import_report import ImportReport, write_report
from hub.actions.statements import StatementLine, StatementReport, import_statement
from hub.actions.transaction import Transactions
from hub.clock import new_id, utc_now
from hub.db import queries
from hub.db.place import Place, database_place
from hub.db.session import Database
from hub.errors import not_found
from hub.law.caller import Caller
from hub.law.purposes import Purpose
from hub.law.vocabulary import OrganisationKind
from hub.settings import Settings
from hub.sparing import spare_the_collector, stand_back


def import_sen2_file(settings: Settings, path: Path, authority: str, say: Callable[[str], None]) -> bool:
    """Import the return and print its report; whether any person was refused."""
    with database_place(settings) as place:
        report = asyncio.run(_import(settings, place.for_own_work(), path, authority))
    say(report.as_text())
    say(f"report: {write_report(report, settings.data_dir / 'reports')}")
    return report.refused > 0


async def _import(settings: Settings, url: str, path: Path, authority: str) -> ImportReport:
    spare_the_collector()
    stand_back()
    # One transaction for the whole file: no statement of it is short, and none may be cut off.
    database = Database(url, pool_size=2, statement_timeout_ms=0)
    try:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TextColumn("{task.fields[persons]:,} persons"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        ) as bar:
            return await import_sen2(
                Transactions(database, clock=utc_now, new_id=new_id),
                None,
                path_or_stream=path,
                name=path.name,
                authority_la_code=authority,
                progress=_shown_on(bar),
                max_bytes=settings.import_max_bytes,
            )
    finally:
        await database.close()


def _shown_on(bar: Progress) -> Callable[[int, int, int], None]:
    task: TaskID = bar.add_task("reading", total=None, persons=0)

    def show(done: int, total: int, persons: int) -> None:
        bar.update(task, completed=done, total=total, persons=persons)

    return show


def import_statement_file(settings: Settings, path: Path, body: str, say: Callable[[str], None]) -> bool:
    """Import a funder's statement and say what came of it; whether any line was kept aside."""
    content = path.read_bytes()
    lines = read_statement(content)
    with database_place(settings) as place:
        report = asyncio.run(_import_statement(place, body, lines, content))
    say(report.as_text())
    return bool(report.aside)


async def _import_statement(place: Place, body: str, lines: Sequence[StatementLine], content: bytes) -> StatementReport:
    # It works as the body itself: the lock shows it what the body may see, and no more.
    database = Database(place.serving, own_url=place.worker, pool_size=1, statement_timeout_ms=0)
    transactions = Transactions(database, clock=utc_now, new_id=new_id)
    try:
        async with transactions.begin(None) as tx:
            found = await queries.organisation_by_code(tx.connection, la_code=body)
            found = found or await queries.organisation_by_code(tx.connection, ods_code=body)
        if found is None:
            raise not_found("body with this code")
        async with transactions.begin(_operator(found.id, found.kind, body, found.name)) as tx:
            return await import_statement(tx, lines=lines, content=content)
    finally:
        await database.close()


def _operator(body_id: UUID, kind: OrganisationKind, code: str, name: str) -> Caller:
    """The hub's operator, doing this one thing for a body."""
    purposes = frozenset({Purpose.OWN_FUNCTIONS})
    scopes = frozenset({"budget.read", "budget.write"})
    return Caller(body_id, kind, code, name, "operator", None, scopes, Purpose.OWN_FUNCTIONS, purposes, "none")
