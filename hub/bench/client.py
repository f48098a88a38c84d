"""The load generator: bare HTTP/1.1 over sockets that stay open, one request at a time on each.

It shares two cores with what it measures, so it does little: an answer is its status, its length, and a glance at its
beginning for `"errors"`.
"""

import asyncio
import itertools
import re
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_GLANCE = 200
_PATIENCE_S = 30


@dataclass(frozen=True, slots=True)
class Measured:
    """How many answers there were in how long; `p50_ms`: the time that half of them took at most, `p95_ms` that 19 of
    20 took.
    """

    answers: int
    seconds: float
    p50_ms: float
    p95_ms: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


class WrongAnswer(Exception):  # noqa: N818  (it is not the client's error)
    """An answer that is not what was asked for: measuring it would say nothing."""


def request(path: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> bytes:
    """A request, ready to send."""
    lines = {"Host": "127.0.0.1", "Content-Type": "application/json", **headers, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def measure(
    port: int, requests: Sequence[bytes], *, connections: int, seconds: float, rate: float | None = None
) -> Measured:
    """Ask over so many connections: as fast as the answers come, or so many times a second in all.

    At a rate, the time of an answer counts from when it was due to be asked. Raises `WrongAnswer`, OSError.
    """
    loop = asyncio.get_running_loop()
    shared = _Shared(itertools.cycle(requests), loop.create_future(), connections / rate if rate else 0.0)
    begun = time.perf_counter()
    shared.until = begun + seconds
    opened = [await loop.create_connection(lambda: _Connection(shared), "127.0.0.1", port) for _ in range(connections)]
    shared.open = connections
    try:
        await asyncio.wait_for(shared.done, seconds + _PATIENCE_S)
    except TimeoutError:
        raise WrongAnswer(f"an answer took longer than {_PATIENCE_S} s") from None
    finally:
        for transport, _ in opened:
            transport.close()
    if not shared.times:
        raise WrongAnswer("nothing was answered in time")
    times = sorted(shared.times)
    p95 = times[min(len(times) - 1, len(times) * 95 // 100)]
    return Measured(len(times), time.perf_counter() - begun, 1_000 * statistics.median(times), 1_000 * p95)


@dataclass(slots=True)
class _Shared:
    """What the connections of one measurement share."""

    requests: Iterator[bytes]
    done: asyncio.Future[None]
    every_s: float
    """How long after it was due to ask a connection is due to ask again; 0: at once."""

    until: float = 0.0
    open: int = 0
    times: list[float] = field(default_factory=list[float])

    def fail(self, what: str) -> None:
        if not self.done.done():
            self.done.set_exception(WrongAnswer(what))


class _Connection(asyncio.Protocol):
    """One connection: asks, reads one answer, asks again."""

    def __init__(self, shared: _Shared) -> None:
        self._shared = shared
        self._received = b""
        self._end = 0
        self._asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._shared.fail("the server closed the connection")

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        if not self._end and not self._read_head():
            return
        if len(self._received) >= self._end:
            self._shared.times.append(time.perf_counter() - self._asked_at)
            self._received, self._end = b"", 0
            self._ask_when_due()

    def _read_head(self) -> bool:
        """Whether the head is there whole."""
        head = self._received.find(b"\r\n\r\n") + 4
        if head < 4:
            return False
        length = _LENGTH.search(self._received, 0, head)
        if not self._received.startswith(b"HTTP/1.1 200 ") or length is None:
            self._shared.fail(f"answered {self._received[:_GLANCE]!r}")
            return False
        self._end = head + int(length[1])
        if b'"errors"' in self._received[head : head + _GLANCE]:
            self._shared.fail(f"answered {self._received[head : head + _GLANCE]!r}")
        return True

    def _ask_when_due(self) -> None:
        due = self._asked_at + self._shared.every_s
        early_s = due - time.perf_counter()
        if self._shared.every_s and early_s > 0:
            asyncio.get_running_loop().call_later(early_s, self._ask, due)
        else:
            self._ask(due if self._shared.every_s else None)

    def _ask(self, due: float | None = None) -> None:
        now = time.perf_counter()
        if now < self._shared.until:
            self._asked_at = due or now
            self._transport.write(next(self._shared.requests))
            return
        self._shared.open -= 1
        if self._shared.open == 0 and not self._shared.done.done():
            self._shared.done.set_result(None)
