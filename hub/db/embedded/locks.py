"""Locks of the kernel (flock) in the data directory: a lock ends with the last process that holds it."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

_TURN_WITHIN_S = 240  # longer than any start or stop


class BusyError(Exception):
    """Another process has had its turn for too long."""


@contextmanager
def turn(data_dir: Path) -> Generator[None]:
    """Wait until nobody else starts, attaches, stops or erases in `data_dir`; `BusyError` after four minutes."""
    lock = open_lock(data_dir / "postgres.turn")
    try:
        if not wait_until(lambda: take(lock), within_s=_TURN_WITHIN_S):
            raise BusyError
        yield
    finally:
        os.close(lock)


def open_lock(path: Path) -> int:
    """Open the file of a lock, which closing lets go of; child processes inherit it only when told to."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take(lock: int) -> bool:
    """Whether the lock is now ours."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_until(condition: Callable[[], bool], *, within_s: float) -> bool:
    """Ask again and again, at least once; False when the time is over."""
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(0.01)
    return True
