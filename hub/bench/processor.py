"""The processor time of the processes that answer: of a server, and of PostgreSQL with all that it has started.

Where a machine is shared, answers a second say little; the work that an answer takes says as much as ever.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import psycopg
from sqlalchemy.engine import make_url

Used: TypeAlias = Callable[[], float | None]
"""The milliseconds used so far; None where the system does not say."""

_PROCESSES = Path("/proc")


def of_process(process_id: int) -> float | None:
    """What a process has used in all its threads, to the nanosecond where the kernel counts so."""
    try:
        return sum(_of_threads(_PROCESSES / str(process_id) / "task"))
    except (OSError, ValueError):
        return None


def of_database(url: str) -> Used:
    """What PostgreSQL uses that answers at this address, if it runs here: its main process and all that it started."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        backend = connection.info.backend_pid
        main = _main_process(backend)
    return lambda: None if main is None else _with_children(main)


def _main_process(backend: int) -> int | None:
    """The process that started this backend; None where it is not a process of this machine."""
    try:
        main = int(_stat(backend)[1])
        return main if "postgres" in (_PROCESSES / str(main) / "comm").read_text() else None
    except (OSError, ValueError):
        return None


def _with_children(main: int) -> float | None:
    """The main process has in its own account the time of those that have ended."""
    try:
        children = (_PROCESSES / str(main) / "task" / str(main) / "children").read_text().split()
        ended = 1_000 * sum(map(int, _stat(main)[13:15])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None
    return ended + sum(of_process(each) or 0 for each in [main, *map(int, children)])


def _of_threads(folder: Path) -> Iterator[float]:
    for thread in folder.iterdir():
        yield int((thread / "schedstat").read_text().split()[0]) / 1e6


def _stat(process_id: int) -> list[str]:
    """The fields of `stat` from the third, the state, on."""
    return (_PROCESSES / str(process_id) / "stat").read_text().rpartition(")")[2].split()
