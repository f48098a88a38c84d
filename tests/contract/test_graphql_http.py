"""GraphQL over HTTP: what is not a well-formed request gets a clear 4xx, and never a traceback."""

import base64
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as HTTPRequest
from starlette.responses import PlainTextResponse

from hub.actions.transaction import Transactions
from hub.auth.documents import TrustedDocuments
from hub.db.feed import Feed
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.web.edge import Edge
from hub.web.event_stream import OpenStreams
from hub.web.graphql import graphql_routes
from schema.answer import Answer, Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.world import World

JSON = {"Content-Type": "application/json", "Authorization": "as the authority"}


@pytest.fixture
async def client(
    transactions: Transactions, world: World, new_id: Callable[[], UUID]
) -> AsyncIterator[httpx.AsyncClient]:
    execution = Execution(transactions, clock=lambda: NOW, new_id=new_id)

    async def authenticate(request: HTTPRequest) -> Caller:
        if "authorization" not in request.headers:
            raise Problem(Kind.UNAUTHENTICATED, "send a token", rule="no-token")
        return world.caller(world.authority)

    async def answers(*, caller: Caller, **asked: Any) -> Answer:
        return await execution.answer(Request(**asked), caller)

    def streams(*, caller_of: Callable[[], Awaitable[Caller]], **asked: Any) -> AsyncGenerator[Answer]:
        return execution.stream(Request(**asked), caller_of=caller_of, feed=Feed(transactions.database))

    routes = graphql_routes(
        answers=answers,
        streams=streams,
        open_streams=OpenStreams(),
        documents=TrustedDocuments(transactions.database, ()).text,
        authenticate=authenticate,
        page=lambda _: PlainTextResponse("the page"),
        challenge=lambda _: "Bearer",
        max_bytes=100_000,
    )
    app = Starlette(routes=routes, middleware=[Middleware(Edge, at_once=routes)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as opened:
        yield opened


async def post(client: httpx.AsyncClient, query: str, **more: Any) -> Any:
    return (await client.post("/graphql", json={"query": query} | more, headers=JSON)).json()


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("text/csv, Application/GraphQL-Response+JSON;q=1", "application/graphql-response+json"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("", "application/json"),
    ],
)
async def test_an_answer_is_json_and_is_not_stored(client: httpx.AsyncClient, accept: str, media_type: str) -> None:
    headers = JSON | {"Accept": accept}
    response = await client.post("/graphql", json={"query": "{ viewer { organisation { laCode } } }"}, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == media_type
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {"data": {"viewer": {"organisation": {"laCode": "990"}}}}


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", "not-json"),
        (b"null", "not-an-object"),
        (b"5", "not-an-object"),
        (b'"x"', "not-an-object"),
        (b"[]", "not-an-object"),
        (b"[1]", "not-an-object"),
        (b'[{"query":"{__typename}"}]', "not-an-object"),
        (b"{", "not-json"),
        (b'{"query":"\xff"}', "not-json"),
        (b'{"query": 5}', "parameter-type"),
        (b"{}", "parameter-type"),
        (b'{"query":"{__typename}","variables":[]}', "parameter-type"),
        (b'{"query":"{__typename}","variables":"{}"}', "parameter-type"),
        (b'{"query":"{__typename}","operationName":5}', "parameter-type"),
        (b'{"query":"{__typename}","variables":{"a":NaN}}', "not-json"),
        (b'{"query":"{__typename}","variables":{"a":1e999}}', "not-json"),
        (b'{"query":"{__typename}","variables":{"a":' + b"9" * 5_000 + b"}}", "not-json"),
        (b'{"query":"{__typename}","variables":{"a":"\\u0000"}}', "text-nul"),
        (b'{"query":"{__typename}","variables":{"a":"\\ud800"}}', "text-lone-surrogate"),
        (b'{"query":"{__typename}","variables":{"a":' + b"[" * 40_000 + b"]" * 40_000 + b"}}", "not-json"),
    ],
)
async def test_a_malformed_body_is_refused_with_its_rule(client: httpx.AsyncClient, body: bytes, rule: str) -> None:
    response = await client.post("/graphql", content=body, headers=JSON)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["rule"] == rule


async def test_only_post_only_json_only_uncompressed(client: httpx.AsyncClient) -> None:
    assert (await client.get("/graphql?query={__typename}")).status_code == 405
    assert (await client.get("/graphql", headers={"Accept": "text/html"})).text == "the page"
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        headers = JSON | {"Content-Type": content_type}
        assert (await client.post("/graphql", content=b'{"query":"{__typename}"}', headers=headers)).status_code == 415
    zipped = JSON | {"Content-Encoding": "gzip"}
    assert (await client.post("/graphql", content=b"\x1f\x8b", headers=zipped)).status_code == 415
    unwanted = JSON | {"Accept": "text/csv"}
    assert (await client.post("/graphql", content=b'{"query":"{__typename}"}', headers=unwanted)).status_code == 406


async def test_a_large_body_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/graphql", json={"query": "{__typename}", "variables": {"a": "x" * 200_000}}, headers=JSON
    )
    assert response.status_code == 413


async def test_without_a_token_not_even_the_schema_is_told(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    response = await client.post("/graphql", json={"query": "{ __schema { types { name } } }"}, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert "data" not in response.json()


async def test_of_several_operations_one_must_be_named(client: httpx.AsyncClient) -> None:
    document = "query A { __typename } query B { viewer { clientId } }"
    assert "several" in (await post(client, document))["errors"][0]["message"]
    assert "no operation of that name" in (await post(client, document, operationName="C"))["errors"][0]["message"]
    assert (await post(client, document, operationName="A")) == {"data": {"__typename": "Query"}}


async def test_a_typing_error_gets_no_hint(client: httpx.AsyncClient) -> None:
    message = (await post(client, "{ viewer { clientIdd } }"))["errors"][0]["message"]
    assert "Cannot query field 'clientIdd'" in message
    assert "mean" not in message


@pytest.mark.parametrize(
    "document",
    [
        "{ children " + "{ nodes { currentPlan { child " * 12 + "{ id }" + "}}}" * 12 + "}",
        "fragment F on Child { currentPlan { child { ...F } } } { children { nodes { ...F } } }",
        "{ children { nodes { ...Unknown } } }",
        "{ " + " ".join(f"a{n}: __typename" for n in range(2_000)) + " }",
        "query { __typename " + "@include(if: true) " * 3_000 + "}",
    ],
)
async def test_what_would_cost_too_much_is_refused(client: httpx.AsyncClient, document: str) -> None:
    answer = await post(client, document)
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] in {"INVALID", "TOO_COSTLY"}


async def test_doubling_fragments_are_measured_once_each(client: httpx.AsyncClient) -> None:
    """Sixty fragments, each using the next twice: 2^60 fields if they were walked."""
    doubling = " ".join(
        f"fragment F{n} on Child {{ a: currentPlan {{ child {{ ...F{n + 1} }} }} "
        f"b: currentPlan {{ child {{ ...F{n + 1} }} }} }}"
        for n in range(60)
    )
    document = f"{doubling} fragment F60 on Child {{ id }} {{ children {{ nodes {{ ...F0 }} }} }}"
    started = time.monotonic()
    answer = await post(client, document)
    assert answer["errors"][0]["extensions"]["code"] == "TOO_COSTLY"
    assert time.monotonic() - started < 20  # not a measurement: walked, it would take years


@pytest.mark.parametrize(
    ("query", "variables", "place"),
    [
        ("{ children(first: 0) { totalCount } }", None, "first"),
        ("{ children(first: 101) { totalCount } }", None, "first"),
        ("{ children(first: 1, last: 1) { totalCount } }", None, None),
        ('{ children(after: "nonsense") { totalCount } }', None, "after"),
        ('{ duties(before: "WyJjaGlsZHJlbi1mYW1pbHktbmFtZSIsICJhIl0") { totalCount } }', None, "before"),
        ("{ child { id } }", None, None),
        ('{ plan(id: "nonsense") { id } }', None, "id"),
    ],
)
async def test_a_wrong_argument_is_named(
    client: httpx.AsyncClient, query: str, variables: Any, place: str | None
) -> None:
    error = (await post(client, query, variables=variables))["errors"][0]
    assert error["extensions"]["code"] == "INVALID"
    assert error["extensions"].get("argument") == ([place] if place else None)


STRICT = JSON | {"Accept": "application/graphql-response+json"}
PAGE = "query($first: Int, $filter: DutyFilter) { duties(first: $first, filter: $filter) { totalCount } }"


NO_OPERATION: list[tuple[str, Any]] = [
    ("", {}),
    ("{", {}),
    ("query A { __typename } query B { __typename }", {}),
    ("query A { __typename } query A { __typename }", {"operationName": "A"}),
    ("query A { __typename }", {"operationName": ""}),
    ("fragment F on Query { __typename }", {}),
    ("type Query { a: Int }", {}),
    ("{ nothing }", {}),
    ("{ viewer }", {}),
    ("{ viewer { clientId { id } } }", {}),
    ("{ child(colour: 1) { id } }", {}),
    ("{ children(first: 99999999999) { totalCount } }", {}),
    ("{ children(first: " + "9" * 5_000 + ") { totalCount } }", {}),
    ("{ children(first: 1e400) { totalCount } }", {}),
    ("{ duties(filter: {states: [ASLEEP]}) { totalCount } }", {}),
    ('{ child(id: "\\ud800") { id } }', {}),
    ('{ child(id: "\\u0000") { id } }', {}),
    ("query($id: ID!) { plan(id: $id) { id } }", {}),
    ("query($id: ID!) { plan(id: $id) { id } }", {"variables": {"id": None}}),
    ("query($id: ID!) { plan(id: $id) { id } }", {"variables": {"id": {"a": 1}}}),
    ("query($id: Colour) { plan(id: $id) { id } }", {"variables": {"id": "1"}}),
    ("{ plan(id: $id) { id } }", {"variables": {"id": "1"}}),
    (PAGE, {"variables": {"first": "1"}}),
    (PAGE, {"variables": {"first": 1.5}}),
    (PAGE, {"variables": {"first": True}}),
    (PAGE, {"variables": {"first": int("9" * 39)}}),
    (PAGE, {"variables": {"filter": {"states": ["ASLEEP"] * 5_000}}}),
    (PAGE, {"variables": {"filter": {"colour": "red"}}}),
    (PAGE, {"variables": {"filter": {"dueFrom": "0000-00-00"}}}),
    (PAGE, {"variables": {"filter": {"dueFrom": "2026-02-30"}}}),
]


async def test_what_is_no_operation_of_this_schema_is_a_bad_request(client: httpx.AsyncClient) -> None:
    for query, more in NO_OPERATION:
        response = await client.post("/graphql", json={"query": query} | more, headers=STRICT)
        answer = response.json()
        codes = {each["extensions"]["code"] for each in answer["errors"]}
        assert (response.status_code, codes) == (400, {"INVALID"}), (query[:100], more)
        assert response.headers["content-type"] == "application/graphql-response+json"
        assert "data" not in answer


async def test_an_unknown_parameter_of_the_request_is_no_matter(client: httpx.AsyncClient) -> None:
    assert await post(client, "{ __typename }", colour="red") == {"data": {"__typename": "Query"}}


def _cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


_ID = "00000000-0000-0000-0000-000000000000"


FORGED = [
    "",
    "é",
    "====",
    _cursor(),
    _cursor("duties"),
    _cursor("duties", "2026-01-01"),
    _cursor("duties", "2026-01-01", _ID, _ID),
    _cursor("duties", 5, _ID),
    _cursor("duties", "yesterday", _ID),
    _cursor("duties", "2026-01-01", "1; DROP TABLE duty"),
    _cursor("duties", "2026-01-01\0", _ID),
    _cursor("requests", "2026-01-01", _ID),
    base64.urlsafe_b64encode(b"[" * 5_000).decode(),
]


async def test_a_forged_cursor_is_refused(client: httpx.AsyncClient) -> None:
    ask = "query($after: String) { duties(after: $after) { totalCount nodes { id } } }"
    for cursor in FORGED:
        error = (await post(client, ask, variables={"after": cursor}))["errors"][0]
        assert (error["extensions"]["code"], error["extensions"]["rule"]) == ("INVALID", "cursor-malformed"), cursor


async def test_the_id_of_another_type_is_refused_where_one_type_is_meant(
    client: httpx.AsyncClient, world: World
) -> None:
    child = to_global("Child", world.child)
    for ask, argument in (
        ("query($id: ID!) { plan(id: $id) { id } }", "id"),
        ("query($id: ID!) { duties(filter: {holder: $id}) { totalCount } }", "holder"),
        ("query($id: ID!) { cooperationRequests(filter: {addressedTo: $id}) { totalCount } }", "addressedTo"),
    ):
        error = (await post(client, ask, variables={"id": child}))["errors"][0]
        assert error["extensions"] == {"code": "INVALID", "rule": "id-of-another-type", "argument": [argument]}


async def test_an_id_of_no_type_leads_nowhere(client: httpx.AsyncClient, world: World) -> None:
    for type_name in ("Event", "Query", "Colour", ""):
        answer = await post(
            client, "query($id: ID!) { node(id: $id) { id } }", variables={"id": to_global(type_name, world.child)}
        )
        assert answer == {"data": {"node": None}}


async def test_a_filter_takes_at_most_a_hundred_values(client: httpx.AsyncClient) -> None:
    for values in (101, 10_000):
        answer = await post(client, PAGE, variables={"filter": {"states": ["MET"] * values}})
        assert answer["errors"][0]["extensions"]["rule"] == "too-many-values"


async def test_an_identifier_that_fails_its_check_is_refused_without_being_repeated(client: httpx.AsyncClient) -> None:
    answer = await post(client, "query($n: NHSNumber) { child(nhsNumber: $n) { id } }", variables={"n": "9990000019"})
    assert "check digit" in answer["errors"][0]["message"]


async def test_pages_go_forwards_and_backwards(client: httpx.AsyncClient) -> None:
    ask = (
        "query($first: Int, $after: String, $last: Int, $before: String) { organisations(first: $first, after: $after, "
        "last: $last, before: $before) { totalCount nodes { name } "
        "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
    )
    whole = (await post(client, ask, variables={"first": 100}))["data"]["organisations"]
    names = [each["name"] for each in whole["nodes"]]
    assert names == sorted(names)
    assert len(names) == whole["totalCount"] == 7
    first = (await post(client, ask, variables={"first": 4}))["data"]["organisations"]
    assert first["pageInfo"]["hasNextPage"] is True
    rest = (await post(client, ask, variables={"first": 4, "after": first["pageInfo"]["endCursor"]}))["data"][
        "organisations"
    ]
    assert [each["name"] for each in first["nodes"] + rest["nodes"]] == names
    assert rest["pageInfo"]["hasNextPage"] is False
    back = (await post(client, ask, variables={"last": 2, "before": rest["pageInfo"]["startCursor"]}))["data"][
        "organisations"
    ]
    assert [each["name"] for each in back["nodes"]] == names[2:4]
    assert back["pageInfo"]["hasPreviousPage"] is True


async def test_a_text_that_no_database_holds_is_refused_in_the_document_too(client: httpx.AsyncClient) -> None:
    answer = await post(client, '{ children(filter: {familyNameStartsWith: "\\u0000"}) { totalCount } }')
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"
