"""`hub import`: reads a file from a case system, with a progress bar, and says what came of it."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from adapters.la_sen2.importing import import_sen2
from adapters.la_statement.reading import read_statement
from hub.actions.import_report import ImportReport, write_report
from hub.actions.statements import StatementReport, import_statement
from hub.actions.transaction import Transactions
from hub.clock import new_id, utc_now
from hub.db.place import database_place
from hub.db.session import Database
from hub.operating import body_of_code, operator_for, with_transactions
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

    async def work(transactions: Transactions) -> StatementReport:
        async with transactions.begin(None) as tx:
            found = await body_of_code(tx, body)
            operator = await operator_for(tx, found.id, frozenset({"budget.read", "budget.write"}))
        # It works as the body itself: the lock shows it what the body may see, and no more.
        async with transactions.begin(operator) as tx:
            return await import_statement(tx, lines=lines, content=content)

    report = with_transactions(settings, work)
    say(report.as_text())
    return bool(report.aside)
