"""The HTTP side of the authorization server: forms are parsed strictly, answers are never stored."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

import structlog
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.auth import metadata
from hub.auth.server import TOKEN_PATH, Answer, TokenServer
from hub.db.session import is_busy

_MOST_BYTES = 256 * 1024
"""Room for a list of scopes that is far too long, so that it is told so; an assertion has its own, smaller limit."""

_MOST_PARAMETERS = 32
_FORM = "application/x-www-form-urlencoded"
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_log = structlog.get_logger()


def routes(server: TokenServer, issuers: Iterable[str]) -> list[Route]:
    """Every address of the server, and the metadata; `issuers` are those whose tokens the hub trusts."""
    settings = server.settings

    async def token(request: Request) -> Response:
        return await _token(server, request)

    return [
        Route(TOKEN_PATH, token, methods=["POST"]),
        _document(metadata.JWKS_PATH, server.key.public_jwks()),
        _document("/.well-known/oauth-authorization-server", metadata.authorization_server(settings)),
        _document("/.well-known/oauth-protected-resource", metadata.protected_resource(settings, issuers)),
        _document("/fhir/R4/.well-known/smart-configuration", metadata.smart_configuration(settings)),
    ]


def _document(path: str, content: dict[str, Any]) -> Route:
    async def document(request: Request) -> Response:
        return JSONResponse(content, headers={"Cache-Control": "public, max-age=300"})

    return Route(path, document, methods=["GET"])


async def _token(server: TokenServer, request: Request) -> Response:
    try:
        parameters = await _parameters(request)
        return _response(await run_in_threadpool(server.answer, parameters, _headers(request)))
    except OAuth2Error as error:
        return _response(server.refusal(error))
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    except (DBAPIError, PoolTimeout) as error:
        if not is_busy(error):
            raise
        _log.warning("token_endpoint_busy", cause=type(error).__name__)
        body = {"error": "temporarily_unavailable", "error_description": "the database is busy or away; try again soon"}
        return JSONResponse(body, status_code=503, headers=_NO_STORE | {"Retry-After": "2"})


async def _parameters(request: Request) -> dict[str, str]:
    """The form's parameters (RFC 6749 s. 3.2): each at most once, and one without a value counts as left out."""
    if request.url.query:
        raise InvalidRequestError("parameters stand in the body, never in the address, where they would be logged")
    media_type, _, options = request.headers.get("content-type", "").lower().partition(";")
    if media_type.strip() != _FORM or options.strip() not in {"", "charset=utf-8"}:
        raise InvalidRequestError(f"the content type must be {_FORM}")
    try:
        text = (await _body(request)).decode("ascii")
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError as error:
        raise InvalidRequestError("the body is not a form") from error
    if len(pairs) != len({name for name, _ in pairs}):
        raise InvalidRequestError("a parameter stands in the form more than once")
    return {name: value for name, value in pairs if value}


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise InvalidRequestError("the body is too large", status_code=413)
    return bytes(body)


def _headers(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _response(answer: Answer) -> Response:
    return JSONResponse(dict(answer.body), status_code=answer.status, headers=dict(answer.headers) | _NO_STORE)
