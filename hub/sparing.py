"""What long work leaves to others: the garbage collector's time, and the machine where somebody waits for it."""

import contextlib
import gc
import math
import os
import sys
import threading
import time
from collections.abc import Callable

RESTS = 15
"""How many times as long as it has worked long work rests, where others are served: they have the machine mostly to
themselves then, and what they wait for hardly comes later. To stand back is not enough: a disk, a database's processes
and a processor's caches know no priority.
"""

LONGEST_REST_S = 10.0
BUSY_PER_S = 20.0
"""How many answers or transactions of others in a second make long work rest."""

_LOOKS_BACK_S = 1.0

GIVES_WAY = 5
"""How much lower than others a thread that gives way stands (as `nice` counts) where both want the same processor."""


def spare_the_collector() -> None:
    """What has been made by now stays for good: the garbage collector need not look at it, nor run so often.

    What the hub makes for a request, or for a person of a file, is freed without it: it holds no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def stand_back() -> None:
    """This process runs only where nobody else wants the processor, where the system (Linux) knows such work.

    For a process whose threads all do long work: a lower `nice` alone would still let it end its turn of some
    milliseconds, in which a read that takes one waits. Where nothing else is done it is as fast as any.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def give_way() -> None:
    """This thread stands back from now on, where the system (Linux) knows threads apart."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GIVES_WAY)


class Others:
    """How much is done for those who should not notice long work: counted by whoever does that work, at each step."""

    def __init__(self, done: int, *, most_s: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        """`done`: how many answers they have had so far, or transactions; it only grows. `most_s`: so long is rested in
        all, seconds, where others wait for the end of the work too.
        """
        self._clock = clock
        self._left_s = most_s
        self._then, self._done_then = clock(), done

    def rest_s(self, worked_s: float, done: int) -> float:
        """How long to rest now, seconds, after a step of the work that took so long; `done`: of others, by now."""
        now = self._clock()
        passed_s = now - self._then
        are_busy = done - self._done_then > BUSY_PER_S * passed_s
        if passed_s >= _LOOKS_BACK_S:
            self._then, self._done_then = now, done
        rest_s = min(RESTS * worked_s, LONGEST_REST_S, self._left_s) if are_busy else 0.0
        self._left_s -= rest_s
        return rest_s
