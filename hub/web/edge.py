"""What every request passes: its id is mirrored, it is counted, and a fault of the hub becomes one plain answer."""

import os
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.observe import UNFORESEEN, count_request
from hub.tracing import Span, serving

log = structlog.get_logger()
_ID = re.compile(rb"[\x21-\x7e]{1,128}")
WholeAnswer: TypeAlias = tuple[int, bytes, bytes]
_OURS = frozenset({b"x-request-id", b"x-correlation-id"})
_TRACED = (b"traceparent", b"tracestate")
_NOSNIFF = (b"x-content-type-options", b"nosniff")
CLIENT_GONE = 499
"""What a request counts as whose client went before it had come whole (nginx's number): nothing is answered."""


class Edge:
    """ASGI middleware around the whole hub.

    `at_once`: routes that are asked most, with fixed paths. They are found here, before Starlette looks for a route,
    and must not raise what Starlette makes an answer of.
    """

    def __init__(self, app: ASGIApp, at_once: Sequence[Route] = ()) -> None:
        self._app = app
        self._at_once = {(method, each.path): each for each in at_once for method in each.methods or ()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"])
        request_id = _mirrored(given.get(b"x-request-id")) or os.urandom(16).hex()
        correlation_id = _mirrored(given.get(b"x-correlation-id"))
        started = time.monotonic()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with(message["headers"], request_id, correlation_id)
            await send(message)

        with serving(scope["method"], given, **{"http.request.method": scope["method"]}) as traced:
            try:
                at_once = self._at_once.get((scope["method"], scope["path"]))
                if at_once is None:
                    await self._app(scope, receive, answer)
                else:
                    scope["route"] = at_once
                    response = await at_once.endpoint(Request(scope, receive))
                    await response(scope, receive, answer)
            except ClientDisconnect:
                status = status or CLIENT_GONE
            except Exception as error:
                UNFORESEEN.inc()
                log.error("unforeseen_error", reference=request_id, error=type(error).__name__, exc_info=error)
                if status:
                    raise
                await _plain(answer, request_id, _form_of(scope))
            finally:
                route = getattr(scope.get("route"), "path", "unknown")
                _tell(traced, route, status)
                count_request(route, status, seconds=time.monotonic() - started)


class Sent(NamedTuple):
    """A response whole, but for the headers that every answer has. `lines`: its headers, each with its line break."""

    status: int
    lines: str
    body: bytes


Body: TypeAlias = Callable[[bytes], Awaitable[Sent] | None]
"""What answers a request by its body, or says None before it has done anything."""

Taken: TypeAlias = Callable[[Mapping[bytes, bytes]], Body | None]
"""What understands a request's headers, or says None. What it makes of the same headers serves for many requests."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a plain request, understood: the bodies that come behind the very same bytes are answered by it."""

    path: str
    taken: Body
    request_id: str | None
    correlation_id: str | None
    traced_by: Mapping[bytes, bytes]

    def __call__(self, body: bytes) -> Awaitable[WholeAnswer] | None:
        """The status, the head without its first line, and the body; None: this one goes the long way."""
        answer = self.taken(body)
        return None if answer is None else self._answered(answer)

    async def _answered(self, answer: Awaitable[Sent]) -> WholeAnswer:
        request_id = self.request_id or os.urandom(16).hex()
        started = time.monotonic()
        with serving("POST", self.traced_by, **{"http.request.method": "POST"}) as traced:
            try:
                sent = await answer
            except Exception as error:
                sent = Sent(500, "Content-Type: application/json\r\n", _unforeseen(error, request_id))
            _tell(traced, self.path, sent.status)
        count_request(self.path, sent.status, seconds=time.monotonic() - started)
        correlated = f"x-correlation-id: {self.correlation_id}\r\n" if self.correlation_id else ""
        head = (
            f"content-length: {len(sent.body)}\r\n{sent.lines}{correlated}x-request-id: {request_id}\r\n"
            "x-content-type-options: nosniff\r\n"
        )
        return sent.status, head.encode("latin-1"), sent.body


@dataclass(frozen=True, slots=True)
class Plain:
    """What most requests are: there whole, with each header once, for one route. They pass as much, and no ASGI.

    `OneWriteProtocol` (`hub.web.one_write`) asks here first; every request may as well go the long way, by `Edge`.
    """

    path: str
    taken: Taken

    def head(self, headers: Sequence[tuple[bytes, bytes]]) -> Head | None:
        """What the headers say; None: requests with these go the long way."""
        given = dict(headers)
        if len(given) != len(headers):
            return None
        taken = self.taken(given)
        if taken is None:
            return None
        traced_by = {name: given[name] for name in _TRACED if name in given}
        request_id, correlation_id = (_mirrored(given.get(name)) for name in (b"x-request-id", b"x-correlation-id"))
        return Head(self.path, taken, request_id, correlation_id, traced_by)


def _tell(traced: Span, route: str, status: int) -> None:
    traced.set_attribute("http.route", route)
    traced.set_attribute("http.response.status_code", status)


def _unforeseen(error: Exception, request_id: str) -> bytes:
    """A fault of the hub's own: counted, in the log, and told by its reference alone."""
    UNFORESEEN.inc()
    log.error("unforeseen_error", reference=request_id, error=type(error).__name__, exc_info=error)
    said = f"something went wrong in the hub; quote {request_id}"
    return orjson.dumps({"errors": [{"message": said, "extensions": {"code": "INTERNAL"}}]})


def _with(headers: Iterable[tuple[bytes, bytes]], request_id: str, correlation_id: str | None) -> list[Any]:
    """The headers of an answer with those that every answer has."""
    sent = [each for each in headers if each[0] not in _OURS]
    sent.append((b"x-request-id", request_id.encode()))
    if correlation_id:
        sent.append((b"x-correlation-id", correlation_id.encode()))
    if all(name != _NOSNIFF[0] for name, _ in sent):
        sent.append(_NOSNIFF)
    return sent


def _mirrored(value: bytes | None) -> str | None:
    return value.decode("ascii") if value is not None and _ID.fullmatch(value) else None


def _form_of(scope: Scope) -> str:
    """How whoever asked reads an answer: a FHIR client, a person, or a client of GraphQL."""
    if str(scope["path"]).startswith("/fhir/"):
        return "application/fhir+json"
    accepted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return "text/html; charset=utf-8" if b"text/html" in accepted else "application/json"


async def _plain(send: Send, reference: str, form: str) -> None:
    said = f"something went wrong in the hub; quote {reference}"
    match form:
        case "application/fhir+json":
            issue = {"severity": "fatal", "code": "exception", "diagnostics": said}
            body = orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
        case "application/json":
            body = orjson.dumps({"errors": [{"message": said, "extensions": {"code": "INTERNAL"}}]})
        case _:
            body = _SORRY.format(reference).encode()
    headers = [(b"content-type", form.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_SORRY = """<!doctype html>
<html lang="en-GB"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Something went wrong – SEND Hub</title>
<main><h1>Something went wrong in the hub</h1>
<p>What it had confirmed before is safe. If you tell the hub’s operator, quote <code>{}</code>.</p>
<p><a href="/">The hub’s home page</a></p></main></html>
"""
