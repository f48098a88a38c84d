"""Traces as a collector gets them: a request and what it did, in the sender's own trace, and nothing of a child."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack
from uuid import UUID

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from adapters.posting import Sender
from hub.db.session import Database
from hub.errors import NotReadyError
from hub.tracing import span, traces
from hub.web.edge import Edge
from tests.receiving import Receiving, receiving
from tests.telling import Clock, Telling
from tests.world import World

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def received(collector: Receiving) -> list[Sent]:
    """All the spans that have come."""
    assert {each.target for each in collector.posted} == {"/v1/traces"}
    requests = [ExportTraceServiceRequest.FromString(each.body) for each in collector.posted]
    return [each for sent in requests for of in sent.resource_spans for scope in of.scope_spans for each in scope.spans]


def told(of: Sent) -> dict[str, str | int]:
    return {
        each.key: each.value.string_value or each.value.int_value  # whichever of the two was set
        for each in of.attributes
    }


async def test_a_request_and_what_it_did_are_one_trace(
    database: Database, world: World, new_id: Callable[[], UUID]
) -> None:
    async def works(_: Request) -> PlainTextResponse:
        async with database.begin(None) as connection:
            await connection.execute(text("SELECT 1"))
        await database.statements.one(b"SELECT 1", [])
        return PlainTextResponse("done")

    async def fails(_: Request) -> PlainTextResponse:
        raise ValueError("Ada Testchild")

    app = Starlette(
        routes=[Route("/children/{id}", works), Route("/fails", fails)], middleware=[Middleware(Edge, at_once=[])]
    )
    with ExitStack() as stack:
        async with receiving() as collector, receiving() as portal, Sender(clock=Clock(), production=False) as send:
            telling = Telling(database, new_id, world, send)
            await telling.client(world.authority, "portal")
            await telling.webhook("portal", portal)
            await telling.done("plan_amended")
            stack.enter_context(traces(f"http://127.0.0.1:{collector.port}/", "hub-under-test"))
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://hub") as http:
                given = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
                assert (await http.get("/children/Testchild", headers=given)).status_code == 200
                assert (await http.get("/fails")).status_code == 500
            await telling.told()
            await asyncio.to_thread(stack.close)
            spans = received(collector)
            posted = portal.posted

    (request,) = [each for each in spans if told(each).get("http.route") == "/children/{id}"]
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, PARENT)
    assert told(request)["http.response.status_code"] == 200
    inside = {each.name for each in spans if each.parent_span_id == request.span_id}
    assert inside == {"transaction", "statement"}
    (failed,) = [each for each in spans if told(each).get("http.route") == "/fails"]
    assert told(failed)["http.response.status_code"] == 500
    assert failed.trace_id.hex() != TRACE
    (delivered,) = [each for each in spans if each.name == "deliver"]
    assert posted[0].headers["traceparent"].split("-")[1:3] == [delivered.trace_id.hex(), delivered.span_id.hex()]
    assert not any(b"Testchild" in each.body for each in collector.posted)


def test_the_extra_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(NotReadyError, match=r"send-hub\[traces\]"), traces("http://127.0.0.1:4318", "hub"):
        pytest.fail("there is nothing to send spans with")
    with traces("", "hub"), span("work") as nothing:
        nothing.set_attribute("hub.count", 1)
