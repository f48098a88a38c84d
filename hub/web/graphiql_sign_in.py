"""How somebody signs in from GraphiQL's toolbar: the page makes state, nonce and verifier, keeps them in its tab, and
gets a token for the code that it comes back with. The token is in the page's memory alone; no cookie stands for it.

The hub redeems the code as the confidential client that it is for the pages, so that nowhere a public client is needed:
with the verifier that only this page has, and from a page of this hub.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from hub.auth.own_pages import PageSignIn, Pending
from hub.errors import Problem, forbidden, invalid
from hub.law.caller import Caller
from hub.web.operation import strict_json
from hub.web.problems import status_of

_NO_STORE = {"Cache-Control": "no-store"}
_MOST_BYTES = 16_384
_LIFE = timedelta(days=1)
_FIELDS = ("client_id", "code", "verifier", "nonce")


def graphiql_sign_in_routes(
    ways: PageSignIn,
    *,
    address: str,
    authenticate: Callable[[Request], Awaitable[Caller]],
    clock: Callable[[], datetime],
    demo: bool,
) -> list[BaseRoute]:
    """`/graphql/sign-in`: where to sign in, whether this is a `demo`, and a token for a code; `/graphql/sign-out`: the
    token is good no more.
    """

    async def systems(_: Request) -> Response:
        found = [
            {"client_id": client.client_id, "organisation": client.organisation_name, "address": at}
            for client, at in await ways.addresses()
        ]
        return JSONResponse({"systems": found, "demo": demo}, headers=_NO_STORE)

    async def token(request: Request) -> Response:
        try:
            asked = await _fields(request, address)
            pending = Pending(asked["client_id"], "", asked["verifier"], asked["nonce"])
            signed_in = await ways.finish(pending, code=asked["code"], issuer=asked.get("iss"))
        except Problem as problem:
            return _refused(problem)
        if signed_in is None:
            return _refused(forbidden("the sign-in could not be finished", rule="sign-in"))
        left = int((signed_in.expires_at - clock()).total_seconds())
        said = {"access_token": signed_in.token, "expires_in": left, "name": signed_in.name}
        return JSONResponse(said, headers=_NO_STORE)

    async def sign_out(request: Request) -> Response:
        try:
            caller = await authenticate(request)
        except Problem as problem:
            return _refused(problem)
        await ways.sign_out(caller.token_id, caller.client_id, clock() + _LIFE)
        return Response(status_code=204, headers=_NO_STORE)

    return [
        Route("/graphql/sign-in", systems, methods=["GET"]),
        Route("/graphql/sign-in", token, methods=["POST"]),
        Route("/graphql/sign-out", sign_out, methods=["POST"]),
    ]


async def _fields(request: Request, address: str) -> dict[str, str]:
    """The page's own fields, as JSON. Raises `Problem`."""
    if request.headers.get("origin") != address:
        raise forbidden("this is for the hub's own page", rule="form-origin")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise invalid("send JSON", rule="unsupported-media-type")
    if int(request.headers.get("content-length", _MOST_BYTES + 1)) > _MOST_BYTES:
        raise invalid("that is too large", rule="request-too-large")
    said = strict_json(await request.body())
    if not isinstance(said, dict):
        raise invalid("send an object", rule="not-an-object")
    read = cast("dict[str, object]", said)
    fields = {name: value for name, value in read.items() if isinstance(value, str)}
    if missing := [name for name in _FIELDS if not fields.get(name)]:
        raise invalid(f"{', '.join(missing)} must be there", rule="sign-in")
    return fields


def _refused(problem: Problem) -> Response:
    return JSONResponse({"error": problem.message}, status_of(problem), headers=_NO_STORE)
