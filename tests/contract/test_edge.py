"""What every request passes: its id comes back, and a fault of the hub's own is one plain answer that quotes it."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub import observe
from hub.web.edge import Edge


async def _fails(_: Request) -> Response:
    raise ZeroDivisionError("Ada Testchild, 999 000 0018")


@pytest.mark.parametrize(
    ("path", "accepted", "form"),
    [
        ("/fhir/R4/fails", "text/html", "application/fhir+json"),
        ("/fails", "*/*", "application/json"),
        ("/fails", "text/html,*/*;q=0.8", "text/html; charset=utf-8"),
    ],
)
async def test_a_fault_tells_its_reference_and_nothing_else(path: str, accepted: str, form: str) -> None:
    """As whoever asked reads it: a FHIR client, a client of GraphQL, a person."""
    app = Starlette(routes=[Route(path, _fails)], middleware=[Middleware(Edge)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        answer = await client.get(
            path, headers={"X-Request-ID": "abc-123", "X-Correlation-ID": "c-1", "Accept": accepted}
        )
    assert (answer.status_code, answer.headers["content-type"]) == (500, form)
    assert (answer.headers["x-request-id"], answer.headers["x-correlation-id"]) == ("abc-123", "c-1")
    assert "abc-123" in answer.text
    assert "Testchild" not in answer.text
    assert ("OperationOutcome" in answer.text) == path.startswith("/fhir")


def test_a_fault_is_logged_by_where_it_happened_without_its_text() -> None:
    """An exception's message may quote a row; and a key that is not known to be harmless is dropped."""
    try:
        raise ZeroDivisionError("Ada Testchild")
    except ZeroDivisionError as error:
        event = {"event": "unforeseen_error", "reference": "abc", "exc_info": error, "family_name": "Testchild"}
    logged = dict(event)
    for processor in observe.CLEANING:
        logged = dict(processor(None, "error", logged))
    assert logged["reference"] == "abc"
    assert logged["exception"].startswith("ZeroDivisionError at test_edge.py")
    assert "Testchild" not in str(logged)
