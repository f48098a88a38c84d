"""HTTP/1.1 by uvicorn's httptools protocol, with the head and the body of an answer sent in one system call.

uvicorn writes them apart, and uvloop sends each at once: on small answers that is a twelfth of the server's work.

A client that keeps its connection sends the same head before each body. What the parser has found in a head is kept by
the head's hash (never the head itself, which holds a token), and serves for the next request that begins with the very
same bytes: they cannot mean anything else.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from hub.web.edge import Head, Plain, WholeAnswer

_END = b"\r\n\r\n"
_MOST_HEADS = 1_000


class OneWrite:
    """A transport that holds what is written until the event loop's next turn, and then sends it whole."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.inner = transport
        self._held: list[bytes] = []
        self._loop = asyncio.get_running_loop()

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)

    def write_now(self, data: bytes) -> None:
        """Send what is whole, after what was held."""
        if self._held:
            self.write(data)
        elif not self.inner.is_closing():
            self.inner.write(data)

    def close(self) -> None:
        self._send()
        self.inner.close()

    def _send(self) -> None:
        held, self._held = self._held, []
        if held and not self.inner.is_closing():
            self.inner.write(held[0] if len(held) == 1 else b"".join(held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@dataclass(frozen=True, slots=True)
class _Known:
    """A head that the parser has read before: how long the body behind it is, and what is understood of it."""

    length: int
    keep_alive: bool
    head: Head


class KnownHeads:
    """The heads that came lately before plain requests, for all connections of a server."""

    def __init__(self, plain: Plain | None) -> None:
        self.plain = plain
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    def find(self, data: bytes) -> tuple[_Known, bytes] | None:
        """What is known of a request that is there whole, and its body."""
        end = data.find(_END) + len(_END)
        if end < len(_END) or not self._known:
            return None
        key = hashlib.sha256(data[:end]).digest()
        known = self._known.get(key)
        if known is None or len(data) - end != known.length:
            return None
        self._known.move_to_end(key)
        return known, data[end:]

    def learn(self, data: bytes, length: int, *, keep_alive: bool, head: Head) -> None:
        """Keep what was found in the head of this request, if nothing else came with it."""
        end = data.find(_END) + len(_END)
        if len(data) - end != length:
            return
        self._known[hashlib.sha256(data[:end]).digest()] = _Known(length, keep_alive, head)
        if len(self._known) > _MOST_HEADS:
            self._known.popitem(last=False)


class _Answering:
    """Stands where uvicorn has the cycle of a request, for one that is answered without."""

    __slots__ = ("disconnected", "keep_alive", "message_event", "response_complete")

    def __init__(self, *, keep_alive: bool) -> None:
        self.keep_alive = keep_alive
        self.response_complete = False
        self.disconnected = False
        self.message_event = _NOBODY_WAITS


class _NobodyWaits:
    def set(self) -> None:
        """The body has come: nobody waits for more of it."""


_NOBODY_WAITS = _NobodyWaits()


class OneWriteProtocol(HttpToolsProtocol):
    """What `uvicorn.Config(http=...)` takes.

    `plain` is asked first where a request has come whole by the time it could be begun: what it answers needs no ASGI
    cycle around it. For one route, by POST; whatever it does not take goes to the application as ever.
    """

    def __init__(self, *arguments: Any, heads: KnownHeads, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._heads = heads
        self._plain = heads.plain
        self._application = cast(Any, self.app)  # pyright: ignore[reportUnknownMemberType]  (uvicorn knows several)
        self._received: bytes | None = None
        self._held: RequestResponseCycle | None = None
        self._amid_request = False
        self._answers: asyncio.Task[None] | None = None
        self._given: tuple[RequestResponseCycle | _Answering, Awaitable[WholeAnswer]] | None = None
        self._wanted: asyncio.Future[None] | None = None
        self._ended = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  (as uvicorn has it)
        super().connection_made(cast(asyncio.Transport, OneWrite(transport)))

    def handle_websocket_upgrade(self) -> None:
        """A WebSocket writes each frame at once."""
        self._end()
        self.transport = cast(OneWrite, self.transport).inner
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        self._amid_request = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._amid_request = False
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        begins = self._begins_request()
        if begins and self._takes_known(data):
            return
        self._received = data
        try:
            super().data_received(data)
            held, self._held = self._held, None
            if held is not None:
                self._begin(held, data if begins else None)
        finally:
            self._received = None

    def _begins_request(self) -> bool:
        """Whether what comes now is the beginning of a request, and none is being answered."""
        cycle = cast(Any, self.cycle)
        return not self._amid_request and (cycle is None or cycle.response_complete)

    def _takes_known(self, data: bytes) -> bool:
        found = self._heads.find(data)
        if found is None or self._is_full() or self.transport.is_closing():
            return False
        known, body = found
        answer = known.head(body)
        if answer is None:
            return False
        self._unset_keepalive_if_required()
        cycle = _Answering(keep_alive=known.keep_alive)
        self.cycle = cast(Any, cycle)
        self._start(cycle, answer)
        return True

    def _is_full(self) -> bool:
        """As uvicorn has it, which then answers 503."""
        most = self.limit_concurrency
        return most is not None and (len(self.connections) >= most or len(self.tasks) >= most)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """As uvicorn has it, once all is read that has come of a request which may be a plain one."""
        path = self._plain.path if self._plain is not None else None
        may_be_plain = cycle.scope["method"] == "POST" and cycle.scope["path"] == path
        if self._received is not None and may_be_plain and app is self._application:
            self._held = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def _begin(self, cycle: RequestResponseCycle, alone: bytes | None) -> None:
        """`alone`: all that has come, if it began with the request."""
        head = answer = None
        if self._plain is not None and not cycle.more_body:
            head = self._plain.head(cast(Any, cycle.scope["headers"]))
            answer = head(bytes(cycle.body)) if head is not None else None
        if head is None or answer is None:
            super()._start_asgi_task(cycle, self._application)
            return
        if alone is not None:
            self._heads.learn(alone, len(cycle.body), keep_alive=cycle.keep_alive, head=head)
        self._start(cycle, answer)

    def _start(self, cycle: RequestResponseCycle | _Answering, answer: Awaitable[WholeAnswer]) -> None:
        """Answered by the connection's one task: to make a task for each request costs more than to answer some."""
        self._given = cycle, answer
        if self._answers is None:
            self._answers = self.loop.create_task(self._answer_each())
        elif self._wanted is not None:
            self._wanted.set_result(None)
            self._wanted = None
        self.tasks.add(self._answers)

    async def _answer_each(self) -> None:
        answers = self._answers
        try:
            while True:
                given, self._given = self._given, None
                if given is not None:
                    await self._answer(*given)
                if self._given is not None:  # the next was waiting
                    continue
                self.tasks.discard(answers)
                if self._ended:
                    return
                self._wanted = self.loop.create_future()
                await self._wanted
        finally:
            self.tasks.discard(answers)
            self._answers = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._end()

    def _end(self) -> None:
        """No more plain requests come."""
        self._ended = True
        if self._wanted is not None:
            self._wanted.set_result(None)
            self._wanted = None

    async def _answer(self, cycle: RequestResponseCycle | _Answering, answer: Awaitable[WholeAnswer]) -> None:
        status, head, body = await answer
        if self.flow.write_paused and not cycle.disconnected:
            await self.flow.drain()
        if cycle.disconnected:
            return
        cycle.response_complete = True
        started = [STATUS_LINE[status]]
        for name, value in self.server_state.default_headers:
            started += [name, b": ", value, b"\r\n"]
        end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        cast(OneWrite, self.transport).write_now(b"".join([*started, head, end, body]))
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()
