"""An address of the FHIR face is found by its resource type as it would be by trying every one in turn."""

from itertools import product

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from adapters.nhs_fhir.by_type import ByType
from adapters.nhs_fhir.incoming import FHIR_PATH
from adapters.nhs_fhir.interactions import OFFERED

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_ODD = ("", "/", "x", "/Task/", "/Task/1/2/3", "/Nothing", "/Nothing/$validate", "/$validate", "//Task", "/task")


async def _nothing(_: Request) -> Response:
    return Response()


def test_an_address_is_found_as_by_trying_each_in_turn() -> None:
    routes = [Route(f"{FHIR_PATH}{each.path}", _nothing, methods=[each.method]) for each in OFFERED]
    for route, each in zip(routes, OFFERED, strict=True):
        route.methods = {each.method}
    by_type = ByType(FHIR_PATH, routes)
    paths = {each.path.format(id="1", type="Patient", version="2") for each in OFFERED} | {*_ODD}
    found = 0
    for path, method in product([*(f"{FHIR_PATH}{each}" for each in paths), "/graphql", "/"], _METHODS):
        scope: Scope = {"type": "http", "path": path, "method": method}
        tried = [(route, route.matches(scope)) for route in routes]
        first = next(((route, inner) for route, (match, inner) in tried if match is Match.FULL), None)
        match, inner = by_type.matches(scope)
        assert (match is Match.FULL) == (first is not None), (path, method)
        if first is not None:
            assert inner["route"] is first[0]
            assert {name: inner[name] for name in first[1]} == first[1]
            found += 1
    assert found >= len({(each.path, each.method) for each in OFFERED})
    assert by_type.matches({"type": "websocket", "path": f"{FHIR_PATH}/Task"})[0] is Match.NONE
