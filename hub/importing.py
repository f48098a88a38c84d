"""`hub import`: reads a file from a case system, with a progress bar, and says what came of it."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from adapters.la_sen2.importing import import_sen2
from hub.actions.import_report import ImportReport, write_report
from hub.db.place import database_place
from hub.operating import transactions_to_import
from hub.settings import Settings


def import_sen2_file(settings: Settings, path: Path, authority: str, say: Callable[[str], None]) -> bool:
    """Import the return and print its report; whether any person was refused."""
    with database_place(settings) as place:
        report = asyncio.run(_import(settings, place.for_own_work(), path, authority))
    say(report.as_text())
    say(f"report: {write_report(report, settings.data_dir / 'reports')}")
    return report.refused > 0


async def _import(settings: Settings, url: str, path: Path, authority: str) -> ImportReport:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[persons]:,} persons"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    async with transactions_to_import(url) as transactions:
        with bar:
            return await import_sen2(
                transactions,
                None,
                path_or_stream=path,
                name=path.name,
                authority_la_code=authority,
                progress=_shown_on(bar),
                max_bytes=settings.import_max_bytes,
            )


def _shown_on(bar: Progress) -> Callable[[int, int, int], None]:
    task: TaskID = bar.add_task("reading", total=None, persons=0)

    def show(done: int, total: int, persons: int) -> None:
        bar.update(task, completed=done, total=total, persons=persons)

    return show
