"""Responses as server-sent events: GraphQL over SSE, in its mode of distinct connections.

Each response is an event `next`, and `complete` says that there are no more. A comment from time to time keeps the
connection open through proxies.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeAlias

import orjson
from starlette.responses import Response, StreamingResponse

from hub.law.caller import Caller

EVENT_STREAM = "text/event-stream"
KEEP_ALIVE_S = 12.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Responses: TypeAlias = AsyncGenerator[Mapping[str, Any]]


class Streams(Protocol):
    """What answers an operation over time: the schema, which this floor does not know."""

    def __call__(
        self,
        *,
        document: str,
        operation_name: str | None,
        variables: Mapping[str, Any] | None,
        idempotency_key: str | None,
        request_hash: str,
        caller_of: Callable[[], Awaitable[Caller]],
    ) -> Responses: ...


def event_stream(responses: Responses) -> Response:
    """The responses as they come."""
    return StreamingResponse(_events(responses), headers=_HEADERS, media_type=EVENT_STREAM)


async def _events(responses: Responses) -> AsyncGenerator[bytes]:
    """Each response is awaited by a task of its own, so that a comment can be sent while it is not there yet.

    When the client has gone, breaking off that task ends the responses.
    """
    waiting = asyncio.ensure_future(anext(responses, None))
    try:
        while True:
            await asyncio.wait({waiting}, timeout=KEEP_ALIVE_S)
            if not waiting.done():
                yield b":\n\n"
                continue
            response = waiting.result()
            if response is None:
                break
            waiting = asyncio.ensure_future(anext(responses, None))
            yield b"event: next\ndata: " + orjson.dumps(response, default=str) + b"\n\n"
        yield b"event: complete\ndata: \n\n"
    finally:
        waiting.cancel()
