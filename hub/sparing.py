"""What long work leaves to others: the garbage collector's time, and the processor where somebody waits for it."""

import contextlib
import gc
import os
import sys
import threading

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
