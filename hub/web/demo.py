"""Sign-in for looking around: only in a demo, whose clients' keys are published anyway. Never in production."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from hub.errors import Problem
from hub.web.problems import STATUS

_NO_STORE = {"Cache-Control": "no-store"}


def demo_routes(
    *,
    identities: Sequence[Mapping[str, Any]],
    examples: Mapping[str, str],
    token: Callable[[str], Awaitable[Mapping[str, Any]]],
) -> list[BaseRoute]:
    """`identities`: client_id, label and purposes of each; `examples`: what GraphiQL's tabs put into their variables;
    `token` gets one for a client id.
    """
    known = {each["client_id"] for each in identities}

    async def listed(_: Request) -> Response:
        return JSONResponse({"identities": list(identities), "examples": dict(examples)}, headers=_NO_STORE)

    async def issued(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "send JSON"}, 415, headers=_NO_STORE)
        try:
            client_id = str((await request.json())["client_id"])
        except (ValueError, KeyError, TypeError):
            client_id = ""
        if client_id not in known:
            return JSONResponse({"error": "there is no such identity in this demo"}, 404, headers=_NO_STORE)
        try:
            return JSONResponse(dict(await token(client_id)), headers=_NO_STORE)
        except Problem as problem:
            return JSONResponse({"error": problem.message}, STATUS[problem.kind], headers=_NO_STORE)

    return [Route("/demo/identities", listed, methods=["GET"]), Route("/demo/token", issued, methods=["POST"])]
