"""How far long work is: a bar on a terminal, a line now and then elsewhere. Both on standard error."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_A_LINE_EVERY_S = 10.0


@contextmanager
def shown(what: str, total: int) -> Generator[Callable[[int], None]]:
    """Answers a function that is told how many more are done."""
    if not sys.stderr.isatty():
        yield _lines(what, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)


def _lines(what: str, total: int) -> Callable[[int], None]:
    done, told_at = 0, time.monotonic()

    def tell(more: int) -> None:
        nonlocal done, told_at
        done += more
        if done == total or time.monotonic() - told_at >= _A_LINE_EVERY_S:
            told_at = time.monotonic()
            print(f"{what}: {done:,} of {total:,}", file=sys.stderr, flush=True)

    return tell
