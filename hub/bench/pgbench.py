"""Limit 1: pgbench runs the very statement that the hub runs, prepared, as the same role.

pgbench can vary whole numbers alone. Where a parameter holds a child's id, the script computes the id from a number
drawn at random (`ids.child_id_sql`); the other parameters are handed over as they are.
"""

import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.adapt import PyFormat, Transformer
from sqlalchemy.engine import make_url

from hub.bench.explaining import Statement
from hub.bench.ids import child_id, child_id_sql
from hub.bench.servers import bare_environment
from hub.db.embedded.programs import find_binaries
from hub.errors import NotReadyError

_PLACE = re.compile(r"%(?:\((\w+)\)s|(%))")
_TEXT = re.compile(r"'(?:[^']|'')*'")
_COLON = re.compile(r":(?=\w)")
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_LATENCY = re.compile(r"^latency average = ([0-9.]+) ms", re.MULTILINE)


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
    """What pgbench says of a run."""

    rate: float
    average_ms: float


def run(url: str, what: Script, *, connections: int, seconds: float) -> Ran:
    """Run the script over so many connections. Raises `NotReadyError` where pgbench does not run or a client fails."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        file = Path(folder) / "script.sql"
        file.write_text(what.text)
        command = [
            str(find_binaries(None, copies_in=Path(folder)) / "pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
            f"--client={connections}",
            f"--time={max(1, round(seconds))}",
            f"--file={file}",
            *(f"--define={name}={value}" for name, value in what.variables.items()),
            address,
        ]
        done = subprocess.run(  # noqa: S603  (our words; the values are arguments, not a shell's)
            command, env=bare_environment() | {"LC_ALL": "C"}, capture_output=True, text=True, check=False
        )
    rate, average = _TPS.search(done.stdout), _LATENCY.search(done.stdout)
    if done.returncode != 0 or rate is None or average is None:
        raise NotReadyError(f"pgbench ended with {done.returncode}: {done.stderr[-1_000:]}")
    return Ran(float(rate[1]), float(average[1]))
