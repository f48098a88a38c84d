"""`hub audit export` and `hub export`: what is recorded, as files for those who watch over access, and for returns."""

import asyncio
import csv
import json
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from adapters.la_sen2.exporting import ExportProblem, ExportReport, export_return
from hub.actions import export_annex_a as annex_a
from hub.actions.export_return import owner_of
from hub.actions.transaction import Transaction
from hub.audit.notes import name_of
from hub.cells import cell
from hub.clock import new_id, utc_now
from hub.db.place import database_place
from hub.db.session import Database
from hub.settings import Settings
from hub.tables_out import csv_table, xlsx_table

COLUMNS = ("child", "has_upn", "place", "rule", "severity", "message")


def export_audit(settings: Settings, out: Path, first: date | None, last: date | None) -> str:
    """Write the file, and how many records are in it."""
    with database_place(settings) as place:
        count = asyncio.run(_export(place.for_own_work(), out, name_of(settings.known_as), first, last))
    return f"{count} AuditEvents are in {out}"


async def _export(url: str, out: Path, log: str, first: date | None, last: date | None) -> int:
    from adapters.nhs_fhir.audit_export import audit_events

    count = 0
    async with Database(url, pool_size=1, statement_timeout_ms=0) as database:
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
    return count


def export_sen2(
    settings: Settings, authority: str, year: int, out: Path, problems: Path | None, say: Callable[[str], None]
) -> bool:
    """Write the authority's return and what is wrong with it; whether any person would be refused."""
    problems = problems or out.with_name(f"{out.stem}.problems.csv")
    with database_place(settings) as place:
        report = asyncio.run(_export_sen2(place.for_own_work(), authority, year, out, problems))
    say(report.as_text())
    say(f"return: {out}")
    say(f"problems: {problems}")
    return report.refused > 0


async def _export_sen2(url: str, authority: str, year: int, out: Path, problems: Path) -> ExportReport:
    now = utc_now()
    async with Database(url, pool_size=1, statement_timeout_ms=0) as database:
        with (
            _progress() as bar,
            whole_file(out) as file,
            whole_file(problems) as told,
        ):
            task = bar.add_task("children", total=None)
            async with database.begin(None, snapshot=True) as connection:
                return await export_return(
                    Transaction(connection, caller=None, now=now, new_id=new_id),
                    la_code=authority,
                    year=year,
                    out=file,
                    tell=_teller(told, as_csv=problems.suffix.lower() == ".csv"),
                    release=version("send-hub"),
                    made_at=now,
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )


def _teller(file: IO[bytes], *, as_csv: bool) -> Callable[[ExportProblem], None]:
    """Writes each problem as a line of the CSV, or as a line of JSON."""

    class _Encoded:
        def write(self, text: str) -> None:
            file.write(text.encode())

    writer = csv.writer(_Encoded())
    if as_csv:
        writer.writerow(COLUMNS)

    def tell(found: ExportProblem) -> None:
        said = {"child": str(found.child_id), "has_upn": found.has_upn, **asdict(found.problem)}
        row = {name: said[name] for name in COLUMNS}
        if as_csv:
            writer.writerow([cell(value) for value in row.values()])
        else:
            file.write(json.dumps(row).encode() + b"\n")

    return tell


@contextmanager
def whole_file(path: Path) -> Generator[IO[bytes]]:
    """A file that is there once it is whole, and not before; only its owner may read it."""
    part = path.with_name(f".{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )


def export_annex_a(settings: Settings, authority: str, out: Path, on: date | None, say: Callable[[str], None]) -> None:
    """Write the list of the authority's children with a plan in force: XLSX, or CSV where the file is called so."""
    with database_place(settings) as place:
        count = asyncio.run(_export_annex_a(place.for_own_work(), authority, out, on))
    say(f"{count:,} children with a plan in force are in {out}")
    say(f"left for the authority to fill: {', '.join(annex_a.LEFT_EMPTY)}")


async def _export_annex_a(url: str, authority: str, out: Path, on: date | None) -> int:
    now, count = utc_now(), 0
    async with Database(url, pool_size=1, statement_timeout_ms=0) as database:
        with _progress() as bar, whole_file(out) as file:
            task = bar.add_task("children", total=None)
            async with database.begin(None, snapshot=True) as connection:
                tx = Transaction(connection, caller=None, now=now, new_id=new_id)
                owner_id = await owner_of(tx, authority)
                on = on or tx.today
                is_csv = out.suffix.lower() == ".csv"
                with csv_table(file) if is_csv else xlsx_table(file, sheet="List_1") as table:
                    table.add(annex_a.COLUMNS)
                    async for nth, total, row in annex_a.rows(tx, owner_id, on=on):
                        if row is not None:
                            count += 1
                            table.add([row.get(column) for column in annex_a.COLUMNS])
                        bar.update(task, completed=nth, total=total)
                await annex_a.record_export(tx, owner_id, on=on, children=count)
    return count
