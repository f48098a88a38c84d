"""How often one client may ask: so that a portal that has run wild takes nobody else's turn.

A bucket for each client fills steadily and gives one drop a request (each process counts for itself).
"""

import time
from collections.abc import Callable, MutableMapping
from typing import Any

from hub.errors import Kind, Problem
from hub.law.caller import Caller

BURST_S = 5
"""What a client did not use it may use later, up to so many seconds' worth."""

TOO_MANY = "too-many-requests"
_COUNTED = "hub.counted"


class Rates:
    """Only authenticated clients are counted, so there are as many buckets as registered clients at most."""

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`per_second`: requests of one client; 0: no limit."""
        self._per_second = per_second
        self._most = per_second * BURST_S
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def count(self, caller: Caller, request: MutableMapping[str, Any]) -> None:
        """Count a request once: a stream asks again with each event who its caller is.

        Raises `Problem` BUSY (rule `too-many-requests`) when the client has asked too often.
        """
        if not self._per_second or _COUNTED in request:
            return
        request[_COUNTED] = True
        now = self._clock()
        left, since = self._buckets.get(caller.client_id, (self._most, now))
        left = min(self._most, left + (now - since) * self._per_second)
        if left < 1:
            message = f"a client may ask {self._per_second} times a second: wait a little"
            raise Problem(Kind.BUSY, message, rule=TOO_MANY)
        self._buckets[caller.client_id] = left - 1, now
