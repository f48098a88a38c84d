"""Runs the hub under uvicorn, with the limits that uvicorn leaves open by default."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette

from hub.observe import LATE_REQUESTS
from hub.settings import Settings
from hub.sparing import spare_the_collector
from hub.web.deadlines import DeadlineProtocol, close_late
from hub.web.one_write import KnownHeads


class _Server(uvicorn.Server):
    """Uvicorn waits for what is open before it tells the application to stop: open streams must be told first."""

    def __init__(self, config: uvicorn.Config, streams_end: Callable[[], None]) -> None:
        super().__init__(config)
        self._streams_end = streams_end

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:  # a second
            late = close_late(self.server_state.connections, asyncio.get_running_loop().time())
            LATE_REQUESTS.inc(late)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams_end()
        await super().shutdown(sockets)


def server_for(app: Starlette, settings: Settings) -> uvicorn.Server:
    """A server that ends open streams when it is told to stop, and bounds what a client may make it hold."""
    spare_the_collector()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="none",  # whoever calls `serve` runs the loop: uvloop (hub.cli)
        http=cast(Any, partial(DeadlineProtocol, heads=KnownHeads(getattr(app.state, "plain", None)))),
        timeout_graceful_shutdown=10,
        timeout_keep_alive=15,
        limit_concurrency=500,
        ws_max_size=131_072,
        server_header=False,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
    )
    return _Server(config, app.state.stopping)
