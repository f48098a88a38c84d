"""The two things that differ from run to run: the time, and new ids. Everything else gets them as arguments."""

import os
import time
import uuid
from collections import deque
from datetime import UTC, datetime

_RANDOM_BYTES = 10  # of each id
_DRAWN_AT_ONCE = 64
_drawn: deque[int] = deque()
os.register_at_fork(after_in_child=_drawn.clear)


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> uuid.UUID:
    """A version 7 UUID (RFC 9562): ordered by time, so that rows which come together lie together."""
    stamp = time.time_ns() // 1_000_000
    value = (stamp << 80) | _random()
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return uuid.UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))


def _random() -> int:
    """Drawn many at once: to ask the system for each lets another thread of Python go first each time."""
    try:
        return _drawn.pop()
    except IndexError:
        some = os.urandom(_RANDOM_BYTES * _DRAWN_AT_ONCE)
        _drawn.extend(int.from_bytes(some[at : at + _RANDOM_BYTES]) for at in range(0, len(some), _RANDOM_BYTES))
        return _random()
