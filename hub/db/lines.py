"""Which statement runs on which line, and when: on the line that was used last, for it is warm, or after who waited.

PostgreSQL serves each line by a process of its own, which finds what it needs in the processor's caches the sooner it
is used again.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from hub.db.line import Line
from hub.errors import Kind, Problem

PATIENCE_S = 5  # how long a statement waits for a free line
_QUEUE = 20  # statements that wait for each line: one more is told at once that the hub is busy
_LOOKS = 10  # in the time that something is waited for, so often is looked whether it is over


class _Waits(NamedTuple):
    """A statement that waits. `turn` brings a line, or None: the right to open one."""

    turn: asyncio.Future[Line | None]
    since: float


class Lines:
    """At most `most` lines. The one last used is used next, and idle ones stay open."""

    def __init__(self, opened: Callable[[float], Awaitable[Line]], *, most: int, patience_s: float) -> None:
        """`opened` opens a line for who has waited since an instant of `time.monotonic`; `patience_s`: how long the
        answer to a statement is waited for, seconds."""
        self._opened = opened
        self._most = most
        self._patience_s = patience_s
        self._open = 0
        self._idle: list[Line] = []
        self._lines: set[Line] = set()
        self._waiting: deque[_Waits] = deque()
        self._at_silent: asyncio.TimerHandle | None = None
        self._at_waiting: asyncio.TimerHandle | None = None

    @property
    def running(self) -> int:
        """How many statements run, or are about to."""
        return self._open - len(self._idle)

    @property
    def under_way(self) -> int:
        """How many run or wait to run."""
        return self._open - len(self._idle) + len(self._waiting)

    async def take(self, *, first: bool = False) -> Line:
        """A line, which is given back by `give_back`. `first`: before all who wait.

        Raises `Problem` BUSY where none becomes free in time, and what `opened` raises.
        """
        began = time.monotonic()
        line = self._free()
        if line is None and self._open >= self._most:
            line = await self._turn(began, first=first)
        elif line is None:
            self._open += 1
        if line is None:
            line = await self._new(began)
        if self._at_silent is None:
            self._look_at_silent_later()
        return line

    def give_back(self, line: Line) -> None:
        if line.is_usable and self._open <= self._most:
            self._idle.append(line)
        else:
            self._drop(line)
        if self._waiting:
            self._grant()

    def forget_idle(self) -> None:
        while self._idle:
            self._drop(self._idle.pop())

    def close(self) -> None:
        """No line is kept any more, and nobody waits for one."""
        self._most = 0
        self.forget_idle()
        while self._waiting:
            self._refuse(self._waiting.popleft())

    def _free(self) -> Line | None:
        while self._idle:
            line = self._idle.pop()
            if line.is_usable:
                return line
            self._drop(line)
        return None

    async def _new(self, since: float) -> Line:
        """A new line, where the right to one has been counted."""
        try:
            line = await self._opened(since)
        except BaseException:
            self._decline(None)
            raise
        self._lines.add(line)
        return line

    async def _turn(self, since: float, *, first: bool) -> Line | None:
        if len(self._waiting) >= _QUEUE * self._most:
            raise busy()
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Line | None] = loop.create_future()
        (self._waiting.appendleft if first else self._waiting.append)(_Waits(turn, since))
        if self._at_waiting is None:
            self._look_at_waiting_later()
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None:  # it was this one's turn: now it is the next one's
                self._decline(turn.result())
            raise

    def _decline(self, line: Line | None) -> None:
        if line is not None:
            self.give_back(line)
            return
        self._open -= 1
        self._grant()

    def _grant(self) -> None:
        """Whoever is next in the queue runs, as far as there are lines."""
        while self._waiting:
            turn = self._waiting[0].turn
            if not turn.done():
                line = self._free()
                if line is None and self._open >= self._most:
                    return
                if line is None:
                    self._open += 1
                turn.set_result(line)
            self._waiting.popleft()

    def _look_at_waiting_later(self) -> None:
        self._at_waiting = asyncio.get_running_loop().call_later(PATIENCE_S / _LOOKS, self._look_at_waiting)

    def _look_at_waiting(self) -> None:
        """One timer for all that wait: to make one for each costs more than most statements' waiting."""
        self._at_waiting = None
        given_up = time.monotonic() - PATIENCE_S
        for waits in [each for each in self._waiting if each.since < given_up]:
            self._waiting.remove(waits)
            self._refuse(waits)
        if self._waiting:
            self._look_at_waiting_later()

    @staticmethod
    def _refuse(waits: _Waits) -> None:
        if not waits.turn.done():
            waits.turn.set_exception(busy())

    def _drop(self, line: Line) -> None:
        line.close()
        self._lines.discard(line)
        self._open -= 1

    def _look_at_silent_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._at_silent = loop.call_later(self._patience_s / _LOOKS, self._look_at_silent)

    def _look_at_silent(self) -> None:
        """Give up on lines that have been silent for too long; look again while any statement runs."""
        self._at_silent = None
        for line in list(self._lines):
            line.give_up_if_silent()
        if self.running:
            self._look_at_silent_later()


def busy() -> Problem:
    return Problem(Kind.BUSY, "the database is busy or away; try again soon", rule="try-again")
