"""Stands between the hub and its PostgreSQL and behaves as a network does on a bad day."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any


class FaultyNetwork:
    """A TCP address that leads to the server's socket. `delay_s`: each packet of the server comes so much later;
    `is_open` False: packets vanish both ways, and nobody is told.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket_path = ""
        self.delay_s = 0.0
        self._flowing = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._connection, "127.0.0.1", port))
        self.pass_packets(True)

    def pass_packets(self, wanted: bool) -> None:
        self._loop.call_soon_threadsafe(self._flowing.set if wanted else self._flowing.clear)

    def close(self) -> None:
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._flowing.wait()
            theirs, ours = await asyncio.open_unix_connection(self.socket_path)
        except OSError:
            writer.close()
            return
        both = asyncio.gather(self._pump(reader, ours, late=False), self._pump(theirs, writer, late=True))
        try:
            await both
        except (OSError, asyncio.CancelledError):
            both.cancel()
        finally:
            writer.close()
            ours.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, late: bool) -> None:
        while octets := await source.read(65_536):
            if late and self.delay_s:
                await asyncio.sleep(self.delay_s)
            await self._flowing.wait()
            sink.write(octets)
            await sink.drain()
        with suppress(OSError):
            sink.write_eof()
