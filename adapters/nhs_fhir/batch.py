"""A Bundle of type batch: each entry by itself, as if it had been sent alone. http://hl7.org/fhir/R4/http.html#transaction

What one entry comes to is told of that entry, and changes nothing for the others.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Scope

from adapters.nhs_fhir.errors import error_response
from adapters.nhs_fhir.exchange import FHIR_JSON, fhir_response, to_json
from adapters.nhs_fhir.face import Face, Interaction
from adapters.nhs_fhir.incoming import FHIR_PATH
from adapters.nhs_fhir.strict_json import Repeating
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.values import Json
from hub.errors import Problem, RefusedByLaw
from hub.law.caller import Caller

Find = Callable[[Scope], Interaction | None]
"""The interaction that a request is for, its path parameters put into its scope; None where there is none."""

_CONDITIONS = {"ifMatch": b"if-match", "ifNoneExist": b"if-none-exist"}


@dataclass(frozen=True, slots=True)
class Alone:
    """What an entry would have been if it had been sent by itself."""

    method: str
    url: str
    headers: tuple[tuple[bytes, bytes], ...]
    """Its preconditions."""

    content: bytes


def read_entries(entries: list[Any]) -> list[Alone | BadInput]:
    """Each entry as a request by itself, or what is wrong with it."""
    return [_read(each) for each in entries]


def _read(entry: Any) -> Alone | BadInput:
    match entry:
        case {"request": {"method": "GET" | "POST" | "PUT" | "DELETE" as method, "url": str(url)} as said}:
            pass
        case _:
            message = "an entry of a batch has a request: a method and a url"
            return BadInput(Issue("required", message, "Bundle.entry.request", "required", status=400))
    headers = tuple((header, _text(said[name])) for name, header in _CONDITIONS.items() if name in said)
    try:
        return Alone(method, url, headers, _body(cast("Json", entry).get("resource")))
    except BadInput as error:
        return error


async def answer_batch(
    face: Face, request: Request, caller: Caller, entries: Iterable[Alone | BadInput], *, find: Find
) -> Response:
    """A Bundle of type batch-response: for each entry, in order, what it came to."""
    answered: list[Json] = []
    for place, entry in enumerate(entries):
        try:
            if isinstance(entry, BadInput):
                raise entry
            alone = _alone(request, entry, place, face.base)
            does = find(alone.scope)
            if does is None:
                message = "there is no such interaction here: see metadata"
                raise BadInput(Issue("interaction-unknown", message, code="not-supported", status=404))
            response = await face.interact(alone, caller, does)
        except (Problem, RefusedByLaw, BadInput) as error:
            response = error_response(error, face.settings)
        answered.append(_entry(response))
    bundle: Json = {"resourceType": "Bundle", "type": "batch-response"}
    return fhir_response(bundle | ({"entry": answered} if answered else {}))


def _alone(request: Request, entry: Alone, place: int, base: str) -> Request:
    """The request that the entry would have been by itself."""
    path, _, query = entry.url.removeprefix(f"{base}/").partition("?")
    headers = [(b"content-type", FHIR_JSON.encode()), (b"prefer", request.headers.get("Prefer", "").encode("latin-1"))]
    headers += entry.headers
    if sent_as := request.headers.get("X-Request-ID"):
        headers.append((b"x-request-id", f"{sha256(sent_as.encode()).hexdigest()[:40]}.{place}".encode()))
    scope: Scope = {
        "type": "http",
        "method": entry.method,
        "path": f"{FHIR_PATH}/{unquote(path)}",
        "query_string": query.encode(),
        "headers": headers,
        "server": request.scope.get("server"),
        "scheme": request.scope.get("scheme", "http"),
        "app": request.scope.get("app"),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": entry.content, "more_body": False}

    return Request(scope, receive)


def _text(value: Any) -> bytes:
    return value.encode("latin-1", "replace") if isinstance(value, str) else b""


def _body(resource: Any) -> bytes:
    if resource is None:
        return b""
    if _repeats(resource):
        message = "a name stands more than once in an object"
        raise BadInput(Issue("json-name-repeated", message, code="structure", status=400))
    try:
        return to_json(resource)
    except (TypeError, RecursionError) as error:
        message = "this holds text or a number that JSON cannot carry"
        raise BadInput(Issue("json-content", message, code="structure", status=400)) from error


def _repeats(value: Any) -> bool:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Repeating):
            return True
        if isinstance(each, dict):
            waiting.extend(cast("Json", each).values())
        elif isinstance(each, list):
            waiting.extend(cast("list[Any]", each))
    return False


def _entry(response: Response) -> Json:
    said: Json = {"status": f"{response.status_code} {HTTPStatus(response.status_code).phrase}"}
    for header, name in (("Location", "location"), ("ETag", "etag")):
        if header in response.headers:
            said[name] = response.headers[header]
    content = orjson.loads(response.body) if response.body else None
    if content is None:
        return {"response": said}
    if content["resourceType"] == "OperationOutcome":
        return {"response": said | {"outcome": content}}
    return {"resource": content, "response": said}
