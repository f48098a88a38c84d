"""Where what is large is read: in a process of its own.

The R4B models hold Python's lock. A Bundle of megabytes takes them seconds, in which the process that serves would
answer nobody else.
"""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from adapters.nhs_fhir import shapes
from adapters.nhs_fhir.tolerances import Tolerance
from hub.errors import Kind, Problem
from hub.observe import requests_answered
from hub.settings import Settings
from hub.sparing import Others, stand_back

P = ParamSpec("P")
T = TypeVar("T")

SMALL = 16 * 1024
"""Bytes up to which a body is read where it is, in some milliseconds: a thread would hold Python's lock as long."""

LARGE = 128 * 1024
"""Bytes from which it is worth to hand a body to another process."""

_WITH_WRITING = 2
"""How many times as long as it is read a large body takes the hub and its database with the writing."""

_MOST_WAITING = 16
"""Large bodies that may wait for their turn: the next is told to come again."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reading of a body needs to know, and another process can be given."""

    settings: Settings
    today: date
    base: str
    """The FHIR address, without a slash at its end."""

    tolerated: frozenset[Tolerance] = frozenset()


@dataclass(slots=True)
class Apart:
    """Runs what reads a body: a small one here, a larger in a thread, and a large one in the other process, one after
    the other, with a rest in between where others are served meanwhile.
    """

    answered: Callable[[], int] = requests_answered
    """How many requests have been answered so far."""

    _pool: ProcessPoolExecutor | None = field(default=None)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0
    _rests_until: float = 0.0

    async def run(self, size: int, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function answers. Raises what it raises, and `Problem` BUSY when the other process has died."""
        if size <= SMALL:
            return function(*args, **kwargs)
        if size < LARGE:
            return await run_in_threadpool(function, *args, **kwargs)
        if self._waiting >= _MOST_WAITING:
            raise Problem(Kind.BUSY, "too many large Bundles at once; try again soon", rule="try-again")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._run_apart(partial(function, *args, **kwargs))
        finally:
            self._waiting -= 1

    async def _run_apart(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._rests_until - loop.time())
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
        begun, others = loop.time(), Others(self.answered())
        try:
            return await asyncio.wrap_future(self._pool.submit(work))
        except BrokenProcessPool as error:
            self._pool = None
            raise Problem(Kind.BUSY, "the Bundle could not be read now; try again soon", rule="try-again") from error
        finally:
            now = loop.time()
            self._rests_until = now + others.rest_s(_WITH_WRITING * (now - begun), self.answered())


def _begin() -> None:
    """In the other process: whoever serves says when to end, and goes first where the machine is short of time."""
    stand_back()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    shapes.warm()
