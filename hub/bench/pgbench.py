"""Limit 1: pgbench runs the very statement that the hub runs, prepared, planned once, as the same role.

pgbench connects anew for each measurement, where the hub's lines stay open: the first second, in which each connection
plans the statement, is not counted.

pgbench can vary whole numbers alone. Where a parameter holds a child's id, the script computes the id from a number
drawn at random (`ids.child_id_sql`); the other parameters are handed over as they are.
"""

import re
import statistics
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from psycopg.adapt import PyFormat, Transformer
from sqlalchemy.engine import make_url

from hub.bench.explaining import Statement
from hub.bench.ids import child_id, child_id_sql
from hub.bench.processor import Used
from hub.bench.servers import bare_environment
from hub.db.embedded.programs import find_binaries
from hub.errors import NotReadyError

_PLACE = re.compile(r"%(?:\((\w+)\)s|(%))")
_TEXT = re.compile(r"'(?:[^']|'')*'")
_COLON = re.compile(r":(?=\w)")
_PROGRESS = re.compile(r"^progress: ([0-9.]+) s, ([0-9.]+) tps, lat ([0-9.]+) ms")
_PLANNED_ONCE = "-c jit=off -c plan_cache_mode=force_generic_plan"  # as the hub's lines have it (hub.db.session)


@dataclass(frozen=True, slots=True)
class Script:
    """What pgbench runs, and the values of its variables."""

    text: str
    variables: Mapping[str, str]


def script(statement: Statement) -> Script:
    """A script that runs the statement as it is."""
    return _script(statement, {}, "")


def script_for_children(first: Statement, second: Statement, *, children: tuple[int, int]) -> Script:
    """A script that runs the statement of a query about one child for children drawn at random between two numbers.

    `first` and `second` are the statements for those two children: the parameter in which they differ is the child.
    """
    low, high = children
    varying = {name for name, value in first.parameters.items() if second.parameters.get(name) != value}
    wrong = {name for name in varying if str(first.parameters[name]) != str(child_id(low))}
    if first.sql != second.sql or wrong:
        raise ValueError(f"the statements of two children differ in more than the child: {sorted(wrong)}")
    drawn = f"({child_id_sql(':n::bigint')})"
    return _script(first, dict.fromkeys(varying, drawn), f"\\set n random({low}, {high})\n")


def _script(statement: Statement, instead: Mapping[str, str], before: str) -> Script:
    variables: dict[str, str] = {}

    def place(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "%"
        if name in instead:
            return instead[name]
        value = statement.parameters[name]
        if value is None:
            return "NULL"
        variables[name] = _as_text(value)
        return f":{name}"

    return Script(f"{before}{_PLACE.sub(place, _TEXT.sub(_without_colons, statement.sql))};\n", variables)


def _without_colons(literal: re.Match[str]) -> str:
    """The same text, written so that pgbench does not see a variable in it."""
    text = literal[0]
    if not _COLON.search(text):
        return text
    escaped = text.replace("\\", "\\\\")
    return "E" + _COLON.sub(r"\\072", escaped)


def _as_text(value: Any) -> str:
    """A value as PostgreSQL reads it."""
    dumped = Transformer().get_dumper(value, PyFormat.TEXT).dump(value)
    return bytes(dumped or b"").decode()


@dataclass(frozen=True, slots=True)
class Ran:
    """What pgbench says of a run after its first second. `database_ms`: PostgreSQL's processor time for each time."""

    rate: float
    average_ms: float
    database_ms: float | None


def run(url: str, what: Script, *, connections: int, seconds: float, used: Used) -> Ran:
    """Run the script over so many connections. Raises `NotReadyError` where pgbench does not run or a client fails."""
    address, options = _connection(url)
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        file = Path(folder) / "script.sql"
        file.write_text(what.text)
        command = [
            str(find_binaries(None, copies_in=Path(folder)) / "pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
            "--progress=1",
            f"--client={connections}",
            f"--time={2 + max(1, round(seconds))}",
            f"--file={file}",
            *(f"--define={name}={value}" for name, value in what.variables.items()),
            address,
        ]
        running = subprocess.Popen(  # noqa: S603  (our words; the values are arguments, not a shell's)
            command,
            env=bare_environment() | {"LC_ALL": "C", "PGOPTIONS": options},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        with running:
            return _watched(running, used)


def _watched(running: "subprocess.Popen[str]", used: Used) -> Ran:
    """What is said a second after the other: the first is only known to be over, the last is left out."""
    seconds: list[tuple[float, float, float, float | None]] = []
    said: list[str] = []
    for line in running.stderr or ():
        said.append(line)
        if told := _PROGRESS.match(line):
            seconds.append((float(told[1]), float(told[2]), float(told[3]), used()))
    del seconds[-1:]  # its connections are ending, and what has ended is counted in ticks of the clock alone
    if running.wait() != 0 or len(seconds) < 2:
        raise NotReadyError(f"pgbench ended with {running.returncode}: {''.join(said)[-1_000:]}")
    begun, ended = seconds[0], seconds[-1]
    times = sum(rate * (at - before[0]) for before, (at, rate, *_) in pairwise(seconds))
    in_all = None if begun[3] is None or ended[3] is None else ended[3] - begun[3]
    return Ran(
        times / (ended[0] - begun[0]),
        statistics.mean(each[2] for each in seconds[1:]),
        None if in_all is None or not times else in_all / times,
    )


def _connection(url: str) -> tuple[str, str]:
    """The address without its options, and those options with the hub's."""
    address = make_url(url).set(drivername="postgresql")
    given = address.query.get("options", "")
    options = f"{given if isinstance(given, str) else ' '.join(given)} {_PLANNED_ONCE}".strip()
    return address.difference_update_query(["options"]).render_as_string(hide_password=False), options
