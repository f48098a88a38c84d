"""A request that has come whole is answered without the layers of ASGI, and nobody can tell by the answer.

Each is sent twice over a real socket: as it is, and with a header that sends it the long way.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse

from hub.actions.transaction import Transactions
from hub.auth.documents import TrustedDocuments
from hub.auth.parties import CLIENT_TTL_S
from hub.db.session import Database
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.serving import server_for
from hub.settings import Settings
from hub.web.deadlines import close_late
from hub.web.edge import Body, Edge, Plain, Sent
from hub.web.event_stream import OpenStreams
from hub.web.graphql import graphql_routes, plain_answers
from schema.answer import Answer, Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.contract.oauth_hub import running_hub
from tests.world import World

HEADERS = {"Content-Type": "application/json", "Authorization": "as the authority", "X-Request-ID": "r-1"}
LONG_WAY = {"Idempotency-Key": "any"}
NEWER = {"Accept": "application/graphql-response+json"}


@dataclass
class Served:
    """A server on a socket, which requests went the short way, and how many heads were looked at for it."""

    http: httpx.AsyncClient
    port: int
    world: World
    taken: list[bytes] = field(default_factory=list[bytes])
    heads: int = 0
    knows: bool = True
    connections: set[Any] = field(default_factory=set[Any])
    refuses: bool = False

    async def both_ways(self, body: bytes, headers: dict[str, str]) -> list[httpx.Response]:
        long = await self.http.post("/graphql", content=body, headers=HEADERS | headers | LONG_WAY)
        short = await self.http.post("/graphql", content=body, headers=HEADERS | headers)
        return [long, short]

    async def raw(self, *pieces: bytes, until: bytes = b"") -> bytes:
        """All that is answered to these pieces, each sent by itself; `until`: no more is waited for after it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)
        answered = await asyncio.wait_for(reader.readuntil(until) if until else reader.read(), 20)
        writer.close()
        return answered


@pytest.fixture
async def served(
    transactions: Transactions, world: World, new_id: Callable[[], UUID], unused_tcp_port: int
) -> AsyncIterator[Served]:
    execution = Execution(transactions, clock=lambda: NOW, new_id=new_id)
    caller = world.caller(world.authority)

    async def authenticate(_: object) -> Caller:
        return caller

    async def answers(*, caller: Caller, **asked: Any) -> Answer:
        if asked["operation_name"] == "Fails":
            raise ZeroDivisionError("Ada Testchild")
        return await execution.answer(Request(**asked), caller)

    def streams(**_: Any) -> AsyncGenerator[Answer]:
        pytest.fail("nothing is streamed here")

    def known(_authorization: bytes, _purpose: bytes | None) -> Callable[[], Caller | None]:
        return lambda: caller if running.knows else None

    def count(_: Caller) -> None:
        if running.refuses:
            raise Problem(Kind.BUSY, "wait a little", rule="too-many-requests")

    routes = graphql_routes(
        answers=answers,
        streams=streams,
        open_streams=OpenStreams(),
        documents=TrustedDocuments(transactions.database, ()).text,
        authenticate=authenticate,
        page=lambda _: PlainTextResponse("the page"),
        challenge=lambda _: "Bearer",
        max_bytes=2_000,
    )
    short = plain_answers(answers=answers, remembered=known, count=count, max_bytes=2_000)

    def taken(headers: Mapping[bytes, bytes]) -> Body | None:
        by_body = short(headers)
        running.heads += 1

        def answered(body: bytes) -> Awaitable[Sent] | None:
            answer = by_body(body) if by_body is not None else None
            if answer is not None:
                running.taken.append(body)
            return answer

        return answered

    app = Starlette(routes=routes, middleware=[Middleware(Edge, at_once=routes)])
    app.state.stopping, app.state.plain = lambda: None, Plain("/graphql", taken)
    server = server_for(app, Settings(port=unused_tcp_port))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}", timeout=20) as http:
        running = Served(http, unused_tcp_port, world, connections=server.server_state.connections)
        yield running
    server.should_exit = True
    await serving


def body(query: str, **more: Any) -> bytes:
    return json.dumps({"query": query} | more).encode()


async def test_an_answer_is_the_same_either_way(served: Served) -> None:
    known = to_global("Child", served.world.child)
    asked = "query One($id: ID!) { child(id: $id) { id familyName currentPlan { status } } }"
    bodies = [
        body(asked, variables={"id": known}),
        body(asked, variables={"id": to_global("Child", UUID(int=1))}),
        body(asked, variables={"id": "nothing"}),
        body(asked, variables={"id": None}),
        body(asked, variables={}),
        body("{ children(first: 2) { nodes { familyName } } viewer { clientId } }"),
        body("{ __typename __schema { queryType { name } } }"),
        body("{ nowhere }"),
        body("{ children(first: 101) { nodes { id } } }"),
        body("query A { __typename } query B { __typename }", operationName="B"),
        body("query A { __typename } query B { __typename }"),
        body("subscription { childChanged { id } }"),
        body("query Fails { __typename }", operationName="Fails"),
        body("{"),
    ]
    for number, each in enumerate(bodies):
        for headers in ({}, NEWER, {"X-Correlation-ID": "c-1", "Accept": "*/*"}):
            long, short = await served.both_ways(each, headers)
            assert (short.status_code, short.json()) == (long.status_code, long.json()), each
            assert {k: v for k, v in short.headers.items() if k != "date"} == {
                k: v for k, v in long.headers.items() if k != "date"
            }
            assert short.headers["x-request-id"] == "r-1"
        assert len(served.taken) == 3 * (number + 1)


async def test_what_is_not_as_most_are_goes_the_long_way(served: Served) -> None:
    """And each bad request gets the answer that it always gets."""
    good = body("{ __typename }")
    for sent, headers, status in (
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b'{"query": 1}', {}, 400),
        (body("{ __typename }", documentId="sha256:00"), {}, 400),
        (good, {"Content-Type": "text/plain"}, 415),
        (good, {"Content-Encoding": "gzip"}, 415),
        (good, {"Accept": "text/csv"}, 406),
        (body("#" * 2_000), {}, 413),
        (good, {"DPoP": "x"}, 200),
        (good, {"Expect": "100-continue"}, 200),
    ):
        answer = await served.http.post("/graphql", content=sent, headers=HEADERS | headers)
        assert answer.status_code == status, (sent, headers)
    served.refuses = True
    assert (await served.http.post("/graphql", content=good, headers=HEADERS)).status_code == 200
    assert served.taken == []


async def test_requests_in_pieces_in_one_piece_and_at_the_end_of_a_connection(served: Served) -> None:
    sent = body("{ __typename }")
    head = b"POST /graphql HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nAuthorization: a\r\n"
    whole = head + b"Content-Length: %d\r\n\r\n%b" % (len(sent), sent)
    last = head + b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(sent), sent)
    assert (await served.raw(whole, until=b"}}")).startswith(b"HTTP/1.1 200 OK\r\n")
    assert len(served.taken) == 1
    answered = await served.raw(whole + whole + last)
    assert answered.count(b"HTTP/1.1 200 OK") == answered.count(b'"__typename"') == 3
    assert b"connection: close" in answered
    taken = len(served.taken)
    answered = await served.raw(last[:-5], last[-5:])
    assert answered.count(b"HTTP/1.1 200 OK") == answered.count(b'"__typename"') == 1
    assert len(served.taken) == taken
    older = await served.raw(whole.replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert older.endswith(b"}}")
    assert b"connection: close" in older
    twice = last.replace(b"Authorization: a\r\n", b"Authorization: a\r\nAuthorization: b\r\n")
    taken = len(served.taken)
    assert (await served.raw(twice)).startswith(b"HTTP/1.1 200 OK\r\n")  # `authenticate` here looks at none
    assert len(served.taken) == taken


async def test_a_head_that_was_understood_is_known_again_by_the_very_same_bytes(served: Served) -> None:
    """And by no others; a body is read anew each time, and so is who asks."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    good, other, bad = (each.ljust(40) for each in (b'{"query":"{__typename}"}', b'{"query":"{nowhere}"}', b"{"))

    async def ask(sent: bytes, *pieces: bytes, **more: str) -> bytes:
        headers = HEADERS | {"Host": "hub", "Content-Length": str(len(sent))} | more
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        whole = f"POST /graphql HTTP/1.1\r\n{head}\r\n".encode() + sent
        writer.write(whole)
        for piece in pieces:
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.write(piece)
        answered = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in answered.split(b"\r\n") if line.lower().startswith(b"content-length"))
        return answered + await reader.readexactly(int(length.split(b":")[1]))

    first, again = await ask(good), await ask(good)
    assert first.endswith(b'{"data":{"__typename" : "Query"}}')
    assert first.split(b"\r\n")[2:] == again.split(b"\r\n")[2:]
    assert (served.heads, len(served.taken)) == (1, 2)
    assert b'"errors"' in await ask(other)
    assert (served.heads, served.taken[-1]) == (1, other)
    assert (await ask(bad)).startswith(b"HTTP/1.1 400 ")
    heads = served.heads
    assert (await ask(good, Authorization="as another")).startswith(b"HTTP/1.1 200 OK")
    assert (await ask(good + b" ")).startswith(b"HTTP/1.1 200 OK")
    assert served.heads == heads + 2
    taken, served.knows = len(served.taken), False
    assert (await ask(good)).startswith(b"HTTP/1.1 200 OK")  # by the long way
    assert len(served.taken) == taken
    served.knows = True
    await ask(good)
    assert len(served.taken) == taken + 1
    assert (await ask(good[:-5], good[-5:], **{"Content-Length": "40"})).endswith(b'"Query"}}')
    assert len(served.taken) == taken + 1  # what comes in pieces goes the long way
    assert close_late(served.connections, asyncio.get_running_loop().time() + 14) == 0
    await ask(good)
    assert len(served.taken) == taken + 2
    assert close_late(served.connections, asyncio.get_running_loop().time() + 16) == 0  # it is not late: it is idle
    assert await reader.read() == b""
    writer.close()


async def test_a_caller_is_remembered_as_long_as_what_it_went_by_is_believed(database: Database, tmp_path: Any) -> None:
    async with running_hub(database, tmp_path) as hub:
        said = f"Bearer {await hub.token()}".encode()

        def remembered(authorization: bytes, purpose: bytes | None) -> Caller | None:
            return hub.verifier.remembered(authorization, purpose)()

        assert remembered(said, None) is None
        caller = await hub.verifier.caller(said.decode(), None)
        assert remembered(said, None) is caller
        assert remembered(said, b"ANNUAL_REVIEW") is None
        assert remembered(said + b"x", None) is None
        hub.clock.pass_(seconds=CLIENT_TTL_S - 0.1)
        assert remembered(said, None) is caller
        hub.clock.pass_(seconds=0.1)
        assert remembered(said, None) is None
        again = await hub.verifier.caller(said.decode(), None)
        assert remembered(said, None) is again
        hub.verifier.forget(caller.client_id)
        assert remembered(said, None) is None
        await hub.verifier.caller(said.decode(), None)
        hub.clock.pass_(seconds=-1)  # a clock that is put back
        assert remembered(said, None) is None
        hub.clock.pass_(seconds=1)
        short = f"Bearer {hub.access_token({'exp': hub.clock.seconds(2)})}".encode()
        await hub.verifier.caller(short.decode(), None)
        assert remembered(short, None) is not None
        hub.clock.pass_(seconds=2)
        assert remembered(short, None) is None
