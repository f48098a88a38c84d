"""`hub bench --import`: SEN2 returns imported by `hub import`, beside a parser that does nothing with the same file."""

import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import uvloop

from hub.bench import client, comparison, memory, printed, processor, returns
from hub.bench.scratch import Scratch, register
from hub.bench.servers import bare_environment, python
from hub.errors import NotReadyError

_REFERENCE = date(2026, 1, 15)
_READERS = 2
"""Connections that read, each one request at a time."""

_STEADY = 100.0
"""Reads a second, where they are not as many as can be: more than a large county asks in its busiest hour."""

_WINDOW_S = 5.0
"""So long are reads measured at a time beside an import, which works and rests in turn: both are in it."""

_HEAD = (
    "persons/s (bar 2,000)",
    "CPU seconds for 1,000",
    "of the bare parser's",
    "PostgreSQL's for 1,000",
    "most memory, MB (bar 300)",
)

_BARE_PARSE = (
    "import sys; from lxml import etree\n"
    "for _, e in etree.iterparse(sys.argv[1], tag='Person'):\n"
    "    e.clear()\n"
    "    while e.getprevious() is not None: del e.getparent()[0]\n"
)

_WATCHED = (
    "import resource, subprocess, sys, time\n"
    "begun = time.perf_counter()\n"
    "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss)\n"
    "sys.exit(done.returncode and done.stderr[-500:])\n"
)
"""Runs a command from a small process, for a child's most memory is at least what its parent had when it was made."""


def measure(scratch: Scratch, *, persons: Sequence[int], say: Callable[[str], None]) -> None:
    """Import returns of so many persons, each into records that have none of them, and print a table for each."""
    for nth, number in enumerate(persons):
        say(_table(scratch, scratch.authorities[nth % len(scratch.authorities)].la_code, number, every_way=True) + "\n")
    say(beside_reads(scratch, persons[0]))


def beside_reads(scratch: Scratch, persons: int) -> str:
    """How long a read takes while nothing else is done, and while a return is imported: of as many reads as can be, and
    of reads at a steady rate."""
    key = register(scratch.settings, comparison.CLIENT, scratch.authority.la_code)
    file = scratch.folder / "beside.xml"
    with (
        comparison.hub_server(scratch, comparison.CLIENT, key, compiled=True) as (running, token),
        ThreadPoolExecutor(1) as thread,
    ):
        asked = memory.requests(comparison.Asked(scratch, token))

        def reads(seconds: float, rate: float | None) -> client.Measured:
            return uvloop.run(client.measure(running.port, asked, connections=_READERS, seconds=seconds, rate=rate))

        rows: list[list[str]] = []
        reads(3.0, None)
        asking = (("as many as can be", None), (f"{_STEADY:.0f} a second", _STEADY))
        for (name, rate), authority in zip(asking, reversed(scratch.authorities), strict=False):
            with file.open("w") as written:
                written.writelines(returns.sen2_return(authority.la_code, persons, _REFERENCE))
            alone = reads(10.0, rate)
            importing = thread.submit(_imported, scratch, file, authority.la_code)
            windows = [reads(_WINDOW_S, rate)]
            while not importing.done():
                windows.append(reads(_WINDOW_S, rate))
            taken, _, _ = importing.result()
            p50, p95 = (statistics.median(each) for each in zip(*((w.p50_ms, w.p95_ms) for w in windows), strict=True))
            figures = (alone.p50_ms, alone.p95_ms, p50, p95, p95 / alone.p95_ms, taken)
            rows.append([name, *map(printed.number, figures)])
    head = ("p50 alone, ms", "p95", "p50 beside, ms", "p95", "times (bar 1.5)", "import, s")
    return printed.table([f"reads beside an import of {persons:,}", *head], rows)


def table(scratch: Scratch, persons: int) -> str:
    """The import of a return of so many persons, beside the parser alone: persons a second, and the most memory."""
    return _table(scratch, scratch.authority.la_code, persons, every_way=False)


def _table(scratch: Scratch, la_code: str, persons: int, *, every_way: bool) -> str:
    xml, export = scratch.folder / "return.xml", scratch.folder / "export.zip"
    with xml.open("w") as written:
        written.writelines(returns.sen2_return(la_code, persons, _REFERENCE))
    bare = _timed([sys.executable, "-c", _BARE_PARSE, str(xml)], bare_environment())
    ways = [("hub import sen2, XML", xml)]
    if every_way:
        with export.open("wb") as packed:
            returns.sen2_export(la_code, persons, _REFERENCE, packed)
        ways += [("the same again", xml), ("the same as a CSV export", export)]
    of_database = processor.of_database(scratch.owner_url)
    rows: list[list[str]] = []
    for name, file in ways:
        before = of_database()
        used = _imported(scratch, file, la_code)
        rows.append(_row(name, used, bare, persons, in_database=_seconds(before, of_database())))
    rows.append(_row("lxml.iterparse alone", bare, bare, persons))
    return printed.table([f"a SEN2 return of {persons:,} persons", *_HEAD], rows)


Used = tuple[float, float, float]
"""Seconds by the clock, seconds of the processor, and the most kilobytes, of one process."""


def _imported(scratch: Scratch, file: Path, la_code: str) -> Used:
    settings = scratch.settings
    environment = {
        **bare_environment(),
        "HUB_DATABASE_URL": settings.worker_database_url,
        "HUB_DATA_DIR": str(settings.data_dir),
    }
    return _timed([*python("hub.cli", "import", "sen2", str(file)), "--authority", la_code], environment)


def _timed(command: Sequence[str], environment: Mapping[str, str]) -> Used:
    done = subprocess.run(  # noqa: S603  (our words)
        [sys.executable, "-c", _WATCHED, *command], env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotReadyError(f"{' '.join(command[:4])} failed: {done.stderr}")
    seconds, used, kilobytes = map(float, done.stdout.split())
    return seconds, used, kilobytes


def _seconds(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else (after - before) / 1_000


def _row(name: str, used: Used, bare: Used, persons: int, *, in_database: float | None = None) -> list[str]:
    seconds, of_processor, kilobytes = used
    return [
        name,
        printed.number(persons / seconds),
        printed.number(1_000 * of_processor / persons),
        printed.number(of_processor / bare[1]),
        "" if in_database is None else printed.number(1_000 * in_database / persons),
        printed.number(kilobytes / 1_024),
    ]
