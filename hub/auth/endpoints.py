"""The HTTP side of the authorization server: forms are parsed strictly, answers are never stored."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from authlib.oauth2 import OAuth2Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.auth import metadata
from hub.auth.forms import form_parameters
from hub.auth.issuers import Issuer
from hub.auth.server import TOKEN_PATH, Answer, TokenServer
from hub.auth.sign_in import sign_in_routes
from hub.auth.sign_in_page import SignInPages
from hub.auth.token_status import TokenStatus
from hub.db.session import is_busy

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_log = structlog.get_logger()

_Work = Callable[[dict[str, str], Request], Awaitable[Answer]]


def routes(
    server: TokenServer,
    issuers: Mapping[str, Issuer],
    *,
    on_revoked: Callable[[str], None] | None = None,
    style: str | None = None,
) -> list[Route]:
    """Every address of the server, and the metadata; `issuers` are those whose tokens the hub trusts.

    `style`: the address of the style sheet of the pages where people sign in.
    `on_revoked` is told the client one of whose tokens has been revoked, so that this process knows it at once.
    """
    settings = server.settings
    status = TokenStatus(server.records, issuers[settings.address], server.clock)

    async def token(parameters: dict[str, str], request: Request) -> Answer:
        proofs = request.headers.getlist("dpop")
        return await run_in_threadpool(server.answer, parameters, _headers(request), proofs)

    async def revoke(parameters: dict[str, str], request: Request) -> Answer:
        client = await run_in_threadpool(server.client, parameters, _headers(request))
        await status.revoke(parameters, client)
        if on_revoked is not None:
            on_revoked(client.client_id)
        return Answer(200, {}, {})

    async def introspect(parameters: dict[str, str], request: Request) -> Answer:
        client = await run_in_threadpool(server.client, parameters, _headers(request))
        return Answer(200, await status.introspect(parameters, client), {})

    people = server.signs_people_in
    return [
        _endpoint(server, TOKEN_PATH, token),
        _endpoint(server, metadata.REVOKE_PATH, revoke),
        _endpoint(server, metadata.INTROSPECT_PATH, introspect),
        _document(metadata.JWKS_PATH, server.key.public_jwks()),
        _document(
            "/.well-known/oauth-authorization-server", metadata.authorization_server(settings, signs_people_in=people)
        ),
        _document("/.well-known/oauth-protected-resource", metadata.protected_resource(settings, issuers)),
        _document("/fhir/R4/.well-known/smart-configuration", metadata.smart_configuration(settings)),
        *(_for_people(server, SignInPages(style)) if people else []),
    ]


def _for_people(server: TokenServer, pages: SignInPages) -> list[Route]:
    described = metadata.openid_configuration(server.settings, algorithm=server.key.algorithm)
    return [_document("/.well-known/openid-configuration", described), *sign_in_routes(server, pages)]


def _document(path: str, content: dict[str, Any]) -> Route:
    async def document(request: Request) -> Response:
        return JSONResponse(content, headers={"Cache-Control": "public, max-age=300"})

    return Route(path, document, methods=["GET"])


def _endpoint(server: TokenServer, path: str, work: _Work) -> Route:
    """An address that takes a form from a client that proves who it is."""

    async def endpoint(request: Request) -> Response:
        try:
            return _response(await work(await form_parameters(request), request))
        except OAuth2Error as error:
            return _response(server.refusal(error))
        except (DBAPIError, PoolTimeout) as error:
            if not is_busy(error):
                raise
            _log.warning("token_endpoint_busy", error=type(error).__name__)
            said = "the database is busy or away; try again soon"
            body = {"error": "temporarily_unavailable", "error_description": said}
            return JSONResponse(body, status_code=503, headers=_NO_STORE | {"Retry-After": "2"})

    return Route(path, endpoint, methods=["POST"])


def _headers(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _response(answer: Answer) -> Response:
    return JSONResponse(dict(answer.body), status_code=answer.status, headers=dict(answer.headers) | _NO_STORE)
