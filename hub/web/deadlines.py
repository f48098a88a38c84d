"""Whoever connects must send a request soon, and whole: silent connections and slow heads or bodies are closed.

uvicorn bounds the time between two requests, by a timer for each, and nothing else: some hundreds of clients that send
a byte a minute, or none, would keep everybody out (RFC 9110 s. 15.5.9 lets a server close). A look at every connection
once a second costs nothing beside a timer for each request.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from hub.web.one_write import OneWriteProtocol

RECEIPT_S = 10.0
"""How long a request may take to come, and a new connection be silent, seconds."""

SLOWEST_BYTES_PER_S = 50_000
"""A body of some megabytes on a slow line has longer: what it would take at this rate."""


class DeadlineProtocol(OneWriteProtocol):
    """What `uvicorn.Config(http=...)` takes: it knows since when it waits for the rest of a request."""

    _since: float | None = None
    _came = 0
    _idle_since: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._expect()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._since is None:
            self._expect()

    def data_received(self, data: bytes) -> None:
        self._came += len(data)
        self._idle_since = None
        super().data_received(data)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._since = None

    def on_response_complete(self) -> None:
        """As uvicorn has it, without a timer for the time to the next request."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        else:
            self._idle_since = self.loop.time()

    def _takes_known(self, data: bytes) -> bool:
        taken = super()._takes_known(data)
        if taken:
            self._since = None
        return taken

    def _expect(self) -> None:
        self._since, self._came = self.loop.time(), 0

    def close_if_late(self, now: float) -> bool:
        """Close the connection if a request has been coming for too long, and whether it was; or if none is wanted."""
        if self.transport.is_closing():
            return False
        if self._idle_since is not None and now - self._idle_since > self.timeout_keep_alive:
            self.transport.close()
            return False
        if self._since is None:
            return False
        if self.flow.read_paused:  # it is the hub that does not take more
            self._expect()
            return False
        if now - self._since <= RECEIPT_S + self._came / SLOWEST_BYTES_PER_S:
            return False
        self.transport.abort()
        return True


def close_late(connections: Iterable[Any], now: float) -> int:
    """Close those of a server's connections whose request does not come; how many there were."""
    return sum(each.close_if_late(now) for each in list(connections) if isinstance(each, DeadlineProtocol))
