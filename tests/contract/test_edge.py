"""What every request passes: its id comes back, and a fault of the hub's own is one plain answer that quotes it."""

from collections.abc import Iterator

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub import observe
from hub.web.edge import Edge


async def _fails(_: Request) -> Response:
    raise ZeroDivisionError("Ada Testchild, 999 000 0018")


@pytest.fixture(autouse=True)
def _logging_as_in_production(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    assert capsys  # the log goes to the error stream as it is now
    observe.configure()
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("path", ["/fhir/R4/fails", "/fails"])
async def test_a_fault_tells_its_reference_and_nothing_else(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    app = Starlette(routes=[Route(path, _fails)], middleware=[Middleware(Edge)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        answer = await client.get(path, headers={"X-Request-ID": "abc-123", "X-Correlation-ID": "c-1"})
    assert answer.status_code == 500
    assert (answer.headers["x-request-id"], answer.headers["x-correlation-id"]) == ("abc-123", "c-1")
    assert "abc-123" in answer.text
    assert "Testchild" not in answer.text
    assert ("OperationOutcome" in answer.text) == path.startswith("/fhir")
    logged = capsys.readouterr().err
    assert "abc-123" in logged
    assert "ZeroDivisionError at" in logged
    assert "Testchild" not in logged
