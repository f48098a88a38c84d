"""HTTP/1.1 by uvicorn's httptools protocol, with the head and the body of an answer sent in one system call.

uvicorn writes them apart, and uvloop sends each at once: on small answers that is a twelfth of the server's work.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


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
    """What `uvicorn.Config(http=...)` takes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  (as uvicorn has it)
        super().connection_made(cast(asyncio.Transport, OneWrite(transport)))

    def handle_websocket_upgrade(self) -> None:
        """A WebSocket writes each frame at once."""
        self.transport = cast(OneWrite, self.transport).inner
        super().handle_websocket_upgrade()
