"""`/import/...`: files from case systems, received whole, imported by the worker, and answered for by a status address.

A body is streamed to the disk, never held in memory, and is kept before it is answered: what is acknowledged is stored.
"""

import asyncio
import hashlib
import re
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from hub import audit
from hub.actions import received_files
from hub.actions.received_files import SentFile
from hub.actions.transaction import Transactions
from hub.db.received import ReceivedFile
from hub.errors import Problem, invalid, not_found
from hub.law.caller import Caller
from hub.law.vocabulary import Source
from hub.web.problems import STATUS, problem_headers, shown

SILENCE_S = 30.0
"""How long the next bytes of a file may take to come."""

_PIECE = 1024 * 1024
_NAME = re.compile(r'filename="([^"\r\n]{1,200})"')


@dataclass(frozen=True, slots=True)
class Inbox:
    """One address for files of one kind: `/import/<path>`.

    `may` raises `Problem` FORBIDDEN for a caller who may not send such files; `options` are the query parameters that
    say how a file is to be read.
    """

    path: str
    kind: Source
    media_types: frozenset[str]
    may: Callable[[Caller], None]
    options: frozenset[str] = frozenset()


def import_routes(
    inboxes: Iterable[Inbox],
    *,
    transactions: Transactions,
    authenticate: Callable[[Request], Awaitable[Caller]],
    denials: audit.Denials,
    max_bytes: int,
) -> list[BaseRoute]:
    """`POST /import/<kind>` and `GET /import/{id}`."""

    async def answered(request: Request, work: Callable[[Caller], Awaitable[Response]]) -> Response:
        caller = None
        try:
            caller = await authenticate(request)
            return await work(caller)
        except _Refused as refused:
            return _problem(refused.problem, refused.status)
        except Problem as problem:
            if caller is not None:
                await denials.deny(*audit.denial_of(problem, caller, audit.Operation("import", request.url.path)))
            return _problem(problem, STATUS[problem.kind])

    def receiver(inbox: Inbox) -> Callable[[Request], Awaitable[Response]]:
        async def receive(request: Request, caller: Caller) -> Response:
            inbox.may(caller)
            about = _about(request, inbox)
            media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media_type not in inbox.media_types:
                message = f"send the file as {' or '.join(sorted(inbox.media_types))}"
                raise _Refused(invalid(message, rule="media-type"), 415)
            with ExitStack() as opened:
                content = opened.enter_context(tempfile.TemporaryFile())
                size, sha256 = await _take(request, content, max_bytes)
                name = _name(request, inbox)
                sent = SentFile(inbox.kind, name, media_type, sha256, size, content, about)
                async with transactions.begin(caller) as tx:
                    file, is_new = await received_files.receive(tx, sent)
            headers = {"Location": f"/import/{file.id}", "Cache-Control": "no-store"}
            return JSONResponse(_as_json(file), 202 if is_new else 200, headers)

        async def endpoint(request: Request) -> Response:
            return await answered(request, partial(receive, request))

        return endpoint

    async def show(request: Request) -> Response:
        async def state(caller: Caller) -> Response:
            async with transactions.begin(caller) as tx:
                file = await received_files.state(tx, _id(request))
            return JSONResponse(_as_json(file), headers={"Cache-Control": "no-store"})

        return await answered(request, state)

    posts = [Route(f"/import/{inbox.path}", receiver(inbox), methods=["POST"]) for inbox in inboxes]
    return [*posts, Route("/import/{id}", show, methods=["GET"])]


class _Refused(Exception):  # noqa: N818  (a No with a status of its own)
    def __init__(self, problem: Problem, status: int) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.status = status


async def _take(request: Request, content: BinaryIO, max_bytes: int) -> tuple[int, str]:
    """The body, written to the disk: its size and SHA-256."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise _too_large(max_bytes)
    size, digest, held = 0, hashlib.sha256(), bytearray()
    stream = request.stream()
    while True:
        try:
            chunk = await asyncio.wait_for(anext(stream, None), SILENCE_S)
        except TimeoutError:
            raise _Refused(invalid("the rest of the file did not come", rule="file-cut-off"), 408) from None
        if chunk is not None:
            size += len(chunk)
            if size > max_bytes:
                raise _too_large(max_bytes)
            digest.update(chunk)
            held += chunk
        if len(held) >= _PIECE or chunk is None:
            await asyncio.to_thread(content.write, bytes(held))
            held.clear()
        if chunk is None:
            break
    if not size:
        raise invalid("the file is empty", rule="file-empty")
    content.seek(0)
    return size, digest.hexdigest()


def _too_large(max_bytes: int) -> _Refused:
    return _Refused(invalid(f"the file is larger than {max_bytes:,} bytes", rule="file-too-large"), 413)


def _about(request: Request, inbox: Inbox) -> dict[str, str]:
    asked = request.query_params
    for name in asked:
        if name not in inbox.options or len(asked.getlist(name)) > 1:
            raise invalid("this address does not know that parameter, or knows it once", rule="parameter-unknown")
    return dict(asked)


def _name(request: Request, inbox: Inbox) -> str:
    """The file's name, if the sender gave one that is no more than a name."""
    found = _NAME.search(request.headers.get("content-disposition", ""))
    name = found[1] if found else ""
    return name if name and name.isprintable() and not re.search(r"[/\\]", name) else inbox.path


def _id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["id"])
    except ValueError:
        raise not_found("file") from None


def _as_json(file: ReceivedFile) -> dict[str, Any]:
    return {
        "id": str(file.id),
        "kind": file.kind,
        "name": file.name,
        "sha256": file.sha256,
        "size": file.size,
        "status": file.status,
        "received_at": file.received_at.isoformat(),
        "finished_at": file.finished_at.isoformat() if file.finished_at else None,
        **(file.outcome or {}),
    }


def _problem(problem: Problem, status: int) -> Response:
    return JSONResponse({"errors": [shown(problem)]}, status, problem_headers(problem))
