"""HTTP/1.1 by uvicorn's httptools protocol, with the head and the body of an answer sent in one system call.

uvicorn writes them apart, and uvloop sends each at once: on small answers that is a twelfth of the server's work.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from hub.web.edge import Plain, WholeAnswer


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

    def close(self) -> None:
        self._send()
        self.inner.close()

    def _send(self) -> None:
        held, self._held = self._held, []
        if held and not self.inner.is_closing():
            self.inner.write(held[0] if len(held) == 1 else b"".join(held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class OneWriteProtocol(HttpToolsProtocol):
    """What `uvicorn.Config(http=...)` takes.

    `plain` is asked first where a request has come whole by the time it could be begun: what it answers needs no ASGI
    cycle around it. For one route, by POST; whatever it does not take goes to the application as ever.
    """

    def __init__(self, *arguments: Any, plain: Plain | None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._plain = plain
        self._application = cast(Any, self.app)  # pyright: ignore[reportUnknownMemberType]  (uvicorn knows several)
        self._receives = False
        self._held: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  (as uvicorn has it)
        super().connection_made(cast(asyncio.Transport, OneWrite(transport)))

    def handle_websocket_upgrade(self) -> None:
        """A WebSocket writes each frame at once."""
        self.transport = cast(OneWrite, self.transport).inner
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        self._receives = True
        try:
            super().data_received(data)
        finally:
            self._receives = False
            held, self._held = self._held, None
            if held is not None:
                self._begin(held)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """As uvicorn has it, once all is read that has come of a request which may be a plain one."""
        path = self._plain.path if self._plain is not None else None
        may_be_plain = cycle.scope["method"] == "POST" and cycle.scope["path"] == path
        if self._receives and may_be_plain and app is self._application:
            self._held = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def _begin(self, cycle: RequestResponseCycle) -> None:
        answer = None
        if self._plain is not None and not cycle.more_body:
            answer = self._plain(cast(Any, cycle.scope["headers"]), bytes(cycle.body))
        if answer is None:
            super()._start_asgi_task(cycle, self._application)
            return
        task = self.loop.create_task(self._answer(cycle, answer))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    async def _answer(self, cycle: RequestResponseCycle, answer: Awaitable[WholeAnswer]) -> None:
        status, head, body = await answer
        if self.flow.write_paused and not cycle.disconnected:
            await self.flow.drain()
        if cycle.disconnected:
            return
        cycle.response_started = cycle.response_complete = True
        started = [STATUS_LINE[status]]
        for name, value in self.server_state.default_headers:
            started += [name, b": ", value, b"\r\n"]
        end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join([*started, head, end, body]))
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
