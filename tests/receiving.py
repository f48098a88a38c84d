"""Receivers that run: real HTTP servers on loopback, that answer as a test says and keep what they were sent."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any, TypeAlias

import orjson

Answer: TypeAlias = "bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]"
"""What is answered, whole; or what answers in a way of its own."""
OK = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in named.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Posted:
    """One request as it arrived."""

    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Receiving:
    """A receiver. `answers`: what it answers next, in turn; then `always`."""

    port: int = 0
    always: Answer = OK
    answers: list[Answer] = field(default_factory=list["Answer"])
    posted: list[Posted] = field(default_factory=list[Posted])
    before_answer: Callable[[Posted], Awaitable[None]] | None = None
    _server: asyncio.Server | None = None
    _serving: set[asyncio.Task[Any]] = field(default_factory=set["asyncio.Task[Any]"])
    _tls: SSLContext | None = None

    @property
    def address(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/events"

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.posted]

    @property
    def kinds(self) -> list[str]:
        return [each.json["data"]["kind"] for each in self.posted]

    async def start(self) -> None:
        """Begin to listen; on the port it had before, if it had one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be gone: connections are refused."""
        if self._server is not None:
            self._server.close()
            for each in self._serving:
                each.cancel()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.current_task()
        assert serving is not None
        self._serving.add(serving)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            posted = Posted(head[0].split(" ")[1], headers, body)
            self.posted.append(posted)
            if self.before_answer is not None:
                await self.before_answer(posted)
            said = self.answers.pop(0) if self.answers else self.always
            if isinstance(said, bytes):
                writer.write(said)
                await writer.drain()
            else:
                await said(writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._serving.discard(serving)
            writer.close()


@asynccontextmanager
async def receiving(*, tls: SSLContext | None = None) -> AsyncGenerator[Receiving]:
    made = Receiving(_tls=tls)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@contextmanager
def portal_that_runs() -> Iterator[Receiving]:
    """A portal in a thread of its own."""
    started, ended = threading.Event(), asyncio.Event()
    made: list[tuple[Receiving, asyncio.AbstractEventLoop]] = []

    async def run() -> None:
        async with receiving() as portal:
            made.append((portal, asyncio.get_running_loop()))
            started.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert started.wait(10)
    portal, loop = made[0]
    try:
        yield portal
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
