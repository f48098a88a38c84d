"""Responses as server-sent events: GraphQL over SSE, in its mode of distinct connections.

Each response is an event `next`, and `complete` says that there are no more. A comment from time to time keeps the
connection open through proxies.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import contextmanager

import orjson
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.web.operation import Answer
from hub.web.problems import shown

EVENT_STREAM = "text/event-stream"
KEEP_ALIVE_S = 12.0
MOST_STREAMS = 200
"""Of one client at a time, in one process; `hub.serving` says how many connections it takes of all clients together."""
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class OpenStreams:
    """How many streams and sockets each client holds open, so that none can take all that a process has."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def must_have_room(self, caller: Caller) -> None:
        """Raises `Problem` TOO_COSTLY when the client holds as many as it may."""
        if self._open[caller.client_id] >= MOST_STREAMS:
            raise Problem(Kind.TOO_COSTLY, f"at most {MOST_STREAMS} streams at a time", rule="too-many-streams")

    @contextmanager
    def one_more(self, caller: Caller) -> Generator[None]:
        self._open[caller.client_id] += 1
        try:
            yield
        finally:
            self._open[caller.client_id] -= 1


class EventStream(StreamingResponse):
    """The responses to one operation, as they come."""

    media_type = EVENT_STREAM

    def __init__(
        self,
        responses: AsyncGenerator[Answer],
        *,
        caller: Caller,
        caller_of: Callable[[], Awaitable[Caller]],
        open_streams: OpenStreams,
    ) -> None:
        super().__init__(_events(responses, caller_of), headers=_HEADERS)
        self._counted = open_streams.one_more(caller)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._counted:
            await super().__call__(scope, receive, send)


async def _events(
    responses: AsyncGenerator[Answer], caller_of: Callable[[], Awaitable[Caller]]
) -> AsyncGenerator[bytes]:
    """Each response is awaited by a task of its own, so that a comment can be sent while it is not there yet.

    When the client has gone, breaking off that task ends the responses; so does a token that is good no longer, though
    there is nothing to tell.
    """
    waiting = asyncio.ensure_future(anext(responses, None))
    try:
        while True:
            await asyncio.wait({waiting}, timeout=KEEP_ALIVE_S)
            if not waiting.done():
                if (ended := await _ended(caller_of)) is not None:
                    yield _event(orjson.dumps({"errors": [shown(ended)]}))
                    break
                yield b":\n\n"
                continue
            response = waiting.result()
            if response is None:
                break
            waiting = asyncio.ensure_future(anext(responses, None))
            yield _event(response.body)
        yield b"event: complete\ndata: \n\n"
    finally:
        waiting.cancel()


def _event(body: bytes) -> bytes:
    """Between the tokens of JSON a line may end; within an event it may not."""
    return b"event: next\ndata: " + body.replace(b"\n", b" ") + b"\n\n"


async def _ended(caller_of: Callable[[], Awaitable[Caller]]) -> Problem | None:
    """Why the caller may listen no longer; a database that is away for a while ends nothing."""
    try:
        await caller_of()
    except Problem as problem:
        return None if problem.kind is Kind.BUSY else problem
    return None
