"""GraphQL over HTTP (the GraphQL over HTTP working draft): POST with a JSON object, and nothing else.

No queries by GET: personal data must not stand in addresses and logs. `GET /graphql` with `Accept: text/html` is the
page for people; with `Accept: text/event-stream` an operation is answered by events (`hub.web.event_stream`).
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Protocol, TypeAlias

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.errors import Kind, Problem, invalid
from hub.law.caller import Caller
from hub.web.edge import Body, Sent, Taken
from hub.web.event_stream import EVENT_STREAM, EventStream, OpenStreams
from hub.web.operation import Answer, Documents, Streams, parameters, strict_json
from hub.web.problems import STATUS, problem_headers, shown, status_of

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
_ANSWER_TYPES = {each: each for each in (GRAPHQL_RESPONSE, JSON, EVENT_STREAM)} | {"application/*": JSON, "*/*": JSON}
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_IN_JSON = frozenset({b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"})
EXPLAIN = "explain-answer"
"""The header of a request that asks how its answer was made. Production does not tell."""

_NOT_PLAIN = frozenset(
    {EXPLAIN.encode(), b"content-encoding", b"dpop", b"expect", b"idempotency-key", b"transfer-encoding", b"upgrade"}
)
"""Headers of requests that are not as most are: they go the long way."""


Remembered: TypeAlias = Callable[[bytes, bytes | None], Callable[[], Caller | None]]
"""What says who is known to ask, by the headers `Authorization` and `Purpose-Of-Use`, whenever it is asked."""


class Answers(Protocol):
    """What answers an operation: the schema, which this module does not know."""

    def __call__(
        self,
        *,
        document: str,
        operation_name: str | None,
        variables: Mapping[str, Any] | None,
        idempotency_key: str | None,
        caller: Caller,
    ) -> Awaitable[Answer]: ...


class Explained(Protocol):
    """What tells how an answer was made, in the response itself."""

    def __call__(
        self, answer: Answer, *, document: str, operation_name: str | None, variables: Mapping[str, Any] | None
    ) -> bytes: ...


def graphql_routes(
    *,
    answers: Answers,
    streams: Streams,
    open_streams: OpenStreams,
    documents: Documents,
    authenticate: Callable[[Request], Awaitable[Caller]],
    page: Callable[[Request], Response],
    challenge: Callable[[Problem], str],
    max_bytes: int,
    explained: Explained | None = None,
) -> list[Route]:
    """The routes of `/graphql`; `explained` adds to an answer how it was made, where a request asks for that."""

    async def get(request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return page(request)
        return _problem(
            Problem(Kind.INVALID, "send the query by POST", rule="post-only"), JSON, status=405, allow="POST"
        )

    async def post(request: Request) -> Response:
        media_type = _answer_type(request.headers.get("accept"))
        if media_type is None:
            problem = Problem(
                Kind.INVALID, f"the answer is {GRAPHQL_RESPONSE}, {JSON} or {EVENT_STREAM}", rule="not-acceptable"
            )
            return _problem(problem, JSON, status=406)
        streamed = media_type == EVENT_STREAM
        refused_in = GRAPHQL_RESPONSE if streamed else media_type
        try:
            caller = await authenticate(request)
            asked = parameters(strict_json(await _body(request, max_bytes)))
            asked["idempotency_key"] = _idempotency_key(request)
            if streamed:
                open_streams.must_have_room(caller)
        except Problem as problem:
            headers = {"WWW-Authenticate": challenge(problem)} if problem.kind is Kind.UNAUTHENTICATED else {}
            return _problem(problem, refused_in, headers=headers)
        try:
            document = await documents(caller, asked.pop("query"), asked.pop("document_id"))
        except Problem as problem:
            well_formed = problem.kind is not Kind.INVALID  # and so 200, if it is to be the older media type
            return _problem(problem, refused_in, status=200 if well_formed and media_type == JSON else None)
        if streamed:
            again = partial(authenticate, request)
            responses = streams(**asked, document=document, caller_of=again)
            return EventStream(responses, caller=caller, caller_of=again, open_streams=open_streams)
        answer = await answers(**asked, document=document, caller=caller)
        status, headers = _told(answer.code, media_type)
        body = answer.body
        if explained is not None and EXPLAIN in request.headers:
            body = explained(
                answer, document=document, operation_name=asked["operation_name"], variables=asked["variables"]
            )
        return Response(body, status, headers, media_type)

    return [Route("/graphql", post, methods=["POST"]), Route("/graphql", get, methods=["GET"])]


def plain_answers(
    *, answers: Answers, remembered: Remembered, count: Callable[[Caller], None], max_bytes: int
) -> Taken:
    """What answers `POST /graphql` where a request is as most are: a query as JSON, from a caller who is known.

    It says None of every other before it has done anything; the route then answers that one, and each bad request.
    """

    async def answered(caller: Caller, asked: dict[str, Any], media_type: str) -> Sent:
        document = asked.pop("query")
        del asked["document_id"]
        answer = await answers(**asked, document=document, idempotency_key=None, caller=caller)
        return Sent(*_told_in_lines(answer.code, media_type), answer.body)

    def taken(headers: Mapping[bytes, bytes]) -> Body | None:
        authorization = headers.get(b"authorization")
        if authorization is None or headers.get(b"content-type") not in _IN_JSON:
            return None
        media_type = _answer_type(_text(headers.get(b"accept")))
        if media_type is None or media_type == EVENT_STREAM or not _NOT_PLAIN.isdisjoint(headers):
            return None
        return partial(body_taken, remembered(authorization, headers.get(b"purpose-of-use")), media_type)

    def body_taken(who: Callable[[], Caller | None], media_type: str, body: bytes) -> Awaitable[Sent] | None:
        caller = who()
        if caller is None or caller.only_documents or len(body) > max_bytes:
            return None
        try:
            asked = parameters(strict_json(body))
            if asked["query"] is None or asked["document_id"] is not None:
                return None
            count(caller)  # the last to say no: whoever goes the long way is counted there
        except Problem:
            return None
        return answered(caller, asked, media_type)

    return taken


def _told(code: str | None, media_type: str) -> tuple[int, dict[str, str]]:
    """The status and the headers that go with an answer."""
    status = 200 if code is None else _status_of(code, media_type)
    return status, {"Cache-Control": "no-store"} | ({"Retry-After": "2"} if status == STATUS[Kind.BUSY] else {})


@lru_cache(maxsize=100)
def _told_in_lines(code: str | None, media_type: str) -> tuple[int, str]:
    status, headers = _told(code, media_type)
    sent = {**headers, "Content-Type": media_type}
    return status, "".join(f"{name}: {value}\r\n" for name, value in sent.items())


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


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise invalid("an Idempotency-Key is 1 to 200 visible ASCII characters", rule="idempotency-key")
    return key


def _answer_type(accept: str | None) -> str | None:
    """The media type to answer in; a client that names none, or any, gets the older one, as the draft asks."""
    if accept is None or accept.strip() == "":
        return JSON
    wanted = (each.partition(";")[0].strip().lower() for each in accept.split(","))
    return next((_ANSWER_TYPES[each] for each in wanted if each in _ANSWER_TYPES), None)


def _text(header: bytes | None) -> str | None:
    return None if header is None else header.decode("latin-1")


def _status_of(code: str, media_type: str) -> int:
    """The HTTP status of an answer without data: for the older media type 200, but where another try may succeed."""
    if media_type == JSON and code != Kind.BUSY.value:
        return 200
    return STATUS.get(Kind(code), 500) if code in set(Kind) else 500


def _problem(
    problem: Problem,
    media_type: str,
    *,
    status: int | None = None,
    allow: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    sent = problem_headers(problem) | dict(headers or {}) | ({"Allow": allow} if allow else {})
    return Response(orjson.dumps({"errors": [shown(problem)]}), status or status_of(problem), sent, media_type)
