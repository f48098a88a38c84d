"""GraphQL over HTTP (the GraphQL over HTTP working draft): POST with a JSON object, and nothing else.

No queries by GET: personal data must not stand in addresses and logs. `GET /graphql` with `Accept: text/html` is the
page for people.
"""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.errors import Kind, Problem, invalid
from hub.law.caller import Caller
from hub.law.interpretation import InvalidIdentifier, check_text
from hub.web.problems import STATUS, problem_headers

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Answer(Protocol):
    """A response as JSON; `code` is the first error's where there is no data."""

    @property
    def body(self) -> bytes: ...

    @property
    def code(self) -> str | None: ...


class Answers(Protocol):
    """What answers an operation: the schema, which this module does not know."""

    async def __call__(
        self,
        *,
        document: str,
        operation_name: str | None,
        variables: Mapping[str, Any] | None,
        idempotency_key: str | None,
        request_hash: str,
        caller: Caller,
    ) -> Answer: ...


class Documents(Protocol):
    """What finds the document to run, by its text or its id; raises `Problem` where this caller may not run it."""

    async def __call__(self, caller: Caller, query: str | None, document_id: str | None) -> str: ...


def graphql_routes(
    *,
    answers: Answers,
    documents: Documents,
    authenticate: Callable[[Request], Awaitable[Caller]],
    page: Callable[[Request], Response],
    challenge: Callable[[Problem], str],
    max_bytes: int,
) -> list[BaseRoute]:
    """The routes of `/graphql`."""

    async def get(request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return page(request)
        return _problem(
            Problem(Kind.INVALID, "send the query by POST", rule="post-only"), JSON, status=405, allow="POST"
        )

    async def post(request: Request) -> Response:
        media_type = _answer_type(request.headers.get("accept"))
        if media_type is None:
            problem = Problem(Kind.INVALID, f"the answer is {GRAPHQL_RESPONSE} or {JSON}", rule="not-acceptable")
            return _problem(problem, JSON, status=406)
        try:
            caller = await authenticate(request)
            asked = _read(await _body(request, max_bytes), request)
        except Problem as problem:
            headers = {"WWW-Authenticate": challenge(problem)} if problem.kind is Kind.UNAUTHENTICATED else {}
            return _problem(problem, media_type, headers=headers)
        try:
            document = await documents(caller, asked.pop("query"), asked.pop("document_id"))
        except Problem as problem:
            well_formed = problem.kind is not Kind.INVALID  # and so 200, if it is to be the older media type
            return _problem(problem, media_type, status=200 if well_formed and media_type == JSON else None)
        answer = await answers(**asked, document=document, caller=caller)
        status = 200 if answer.code is None or media_type == JSON else _status_of(answer.code)
        headers = {"Cache-Control": "no-store"} | ({"Retry-After": "2"} if status == STATUS[Kind.BUSY] else {})
        return Response(answer.body, status, headers, media_type)

    return [Route("/graphql", get, methods=["GET"]), Route("/graphql", post, methods=["POST"])]


async def _body(request: Request, most: int) -> bytes:
    content_type = request.headers.get("content-type", "").partition(";")
    if content_type[0].strip().lower() != JSON:
        raise Problem(Kind.INVALID, f"the request is {JSON}", rule="unsupported-media-type")
    charset = content_type[2].lower().replace(" ", "").replace('"', "")
    if charset and charset not in {"charset=utf-8", "charset=utf8"}:
        raise Problem(Kind.INVALID, "the request is UTF-8", rule="unsupported-media-type")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(Kind.INVALID, "the request may not be compressed", rule="unsupported-media-type")
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > most:
            raise Problem(Kind.TOO_COSTLY, f"a request is at most {most} bytes", rule="request-too-large")
    return bytes(received)


def _read(body: bytes, request: Request) -> dict[str, Any]:
    """The parameters of the request; raises `Problem` INVALID that names the one at fault."""
    try:
        read: Any = json.loads(body.decode(), parse_constant=_refuse_constant, parse_float=_finite, parse_int=_short)
    except (ValueError, RecursionError) as error:
        raise invalid("the body is not JSON in UTF-8", rule="not-json") from error
    if not isinstance(read, dict):
        raise invalid("the body is a JSON object", rule="not-an-object")
    asked = cast(dict[str, Any], read)
    query, document_id = asked.get("query"), asked.get("documentId")
    name, variables = asked.get("operationName"), asked.get("variables")
    if query is not None and not isinstance(query, str):
        raise invalid("query is a string", rule="parameter-type", path=("query",))
    if document_id is not None and not isinstance(document_id, str):
        raise invalid("documentId is a string", rule="parameter-type", path=("documentId",))
    if name is not None and not isinstance(name, str):
        raise invalid("operationName is a string", rule="parameter-type", path=("operationName",))
    if variables is not None and not isinstance(variables, dict):
        raise invalid("variables is an object", rule="parameter-type", path=("variables",))
    if asked.get("extensions") is not None and not isinstance(asked["extensions"], dict):
        raise invalid("extensions is an object", rule="parameter-type", path=("extensions",))
    _check_texts(asked)
    return {
        "query": query,
        "document_id": document_id,
        "operation_name": name,
        "variables": variables,
        "idempotency_key": _idempotency_key(request),
        "request_hash": hashlib.sha256(
            json.dumps([query or document_id, name, variables], sort_keys=True).encode()
        ).hexdigest(),
    }


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise invalid("an Idempotency-Key is 1 to 200 visible ASCII characters", rule="idempotency-key")
    return key


def _check_texts(value: object) -> None:
    """No text with NUL or half a surrogate pair, at any depth."""
    waiting: list[object] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            try:
                check_text(each)
            except InvalidIdentifier as error:
                raise invalid(error.message, rule=error.rule) from error
        elif isinstance(each, list):
            waiting.extend(cast(list[object], each))
        elif isinstance(each, dict):
            waiting.extend(cast(dict[str, object], each))
            waiting.extend(cast(dict[str, object], each).values())


def _refuse_constant(_: str) -> float:
    raise ValueError("not a number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("too large a number")
    return value


def _short(text: str) -> int:
    if len(text) > 40:
        raise ValueError("too long a number")
    return int(text)


def _answer_type(accept: str | None) -> str | None:
    """The media type to answer in; a client that names none gets the older one, as the draft asks."""
    if accept is None or accept.strip() == "":
        return JSON
    wanted = [each.partition(";")[0].strip().lower() for each in accept.split(",")]
    for each in wanted:
        if each in {GRAPHQL_RESPONSE, JSON}:
            return each
        if each in {"*/*", "application/*"}:
            return GRAPHQL_RESPONSE
    return None


def _status_of(code: str) -> int:
    """The HTTP status of an answer without data."""
    return STATUS.get(Kind(code), 500) if code in set(Kind) else 500


def _problem(
    problem: Problem,
    media_type: str,
    *,
    status: int | None = None,
    allow: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    extensions: dict[str, object] = {"code": problem.kind.value, "rule": problem.rule}
    if problem.path:
        extensions["argument"] = list(problem.path)
    answer = {"errors": [{"message": problem.message, "extensions": extensions}]}
    sent = problem_headers(problem) | dict(headers or {}) | ({"Allow": allow} if allow else {})
    chosen = status or {"unsupported-media-type": 415, "request-too-large": 413}.get(problem.rule or "")
    return Response(orjson.dumps(answer), chosen or STATUS[problem.kind], sent, media_type)
