"""An answer of somebody else's server, of a bounded size."""

from http import HTTPStatus

import httpx


class AnswerError(Exception):
    """It is not an answer that can be used; the message says why, and nothing of what it holds."""


async def content_of(response: httpx.Response, *, most_bytes: int) -> bytes:
    """The content of a 200, read no further than it may be long. Raises `AnswerError`."""
    if response.status_code != HTTPStatus.OK:
        raise AnswerError(f"its address answers {response.status_code}")
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > most_bytes:
            raise AnswerError(f"its answer is longer than {most_bytes} bytes")
    return bytes(content)
