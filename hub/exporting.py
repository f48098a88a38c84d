"""`hub audit export`: what is recorded, as FHIR AuditEvents, for the systems that watch over access to records."""

import asyncio
import sys
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from adapters.nhs_fhir.audit_export import audit_events
from hub.audit.notes import name_of
from hub.db.place import database_place
from hub.db.session import Database
from hub.settings import Settings


def export_audit(settings: Settings, out: Path, first: date | None, last: date | None) -> str:
    """Write the file, and how many records are in it."""
    with database_place(settings) as place:
        count = asyncio.run(_export(place.for_own_work(), out, name_of(settings.known_as), first, last))
    return f"{count} AuditEvents are in {out}"


async def _export(url: str, out: Path, log: str, first: date | None, last: date | None) -> int:
    database = Database(url, pool_size=1, statement_timeout_ms=0)
    count = 0
    try:
        with (
            Progress(
                SpinnerColumn(),
                TextColumn("exporting {task.completed:,.0f} records"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                disable=not sys.stderr.isatty(),
            ) as bar,
            out.open("wb") as file,
        ):
            task = bar.add_task("exporting", total=None)
            async with database.begin(None, snapshot=True) as connection:
                async for line in audit_events(connection, log=log, first=first, last=last):
                    file.write(line)
                    count += 1
                    bar.update(task, completed=count)
    finally:
        await database.close()
    return count
