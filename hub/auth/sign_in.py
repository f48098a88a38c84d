"""`/oauth/authorize`: people sign in at the hub and let a system act for them. In demo and development alone.

There is no session: each step carries the whole request, and the whole request is checked at each step.
"""

from collections.abc import Callable, Mapping

import structlog
from authlib.oauth2.rfc6749 import InvalidRequestError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.auth.authorization_request import (
    AuthorizationRequest,
    NoSuchPlaceError,
    RefusedRequestError,
    authorization_request,
)
from hub.auth.codes import Consented, new_code
from hub.auth.forms import form_parameters, parameters_of
from hub.auth.metadata import AUTHORIZE_PATH
from hub.auth.people import Person
from hub.auth.redirects import origin_of
from hub.auth.server import TokenServer
from hub.auth.sign_in_page import SignInPages
from hub.db.session import is_busy

_BACK = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_log = structlog.get_logger()


def sign_in_routes(server: TokenServer, pages: SignInPages) -> list[Route]:
    """The address where people sign in."""

    async def ask(request: Request) -> Response:
        return await run_in_threadpool(_answer, server, pages, lambda: _ask(server, pages, request.url.query))

    async def decide(request: Request) -> Response:
        # Browsers say which page a form comes from: no other page may sign somebody in without their knowing.
        if request.headers.get("origin") != origin_of(server.settings.address):
            return pages.stop("The form did not come from this hub's own page.")
        try:
            form = await form_parameters(request)
        except InvalidRequestError as error:
            return pages.stop(f"The form cannot be read: {error.description}.", status=error.status_code)
        return await run_in_threadpool(_answer, server, pages, lambda: _decide(server, pages, form))

    return [Route(AUTHORIZE_PATH, ask, methods=["GET"]), Route(AUTHORIZE_PATH, decide, methods=["POST"])]


def _answer(server: TokenServer, pages: SignInPages, work: Callable[[], Response]) -> Response:
    """Every way that a step can end, each once."""
    try:
        return work()
    except NoSuchPlaceError as error:
        return pages.stop(str(error))
    except InvalidRequestError as error:
        return pages.stop(f"The request cannot be read: {error.description}.")
    except RefusedRequestError as refused:
        client_id = refused.destination.client.client_id
        _log.info("sign_in_refused", client_id=client_id, error=refused.error)
        said = {"error": refused.error, "error_description": refused.description}
        return RedirectResponse(refused.destination.location(server.settings.address, **said), 303, _BACK)
    except (DBAPIError, PoolTimeout) as error:
        if not is_busy(error):
            raise
        return pages.stop("The hub is busy or its database is away. Try again soon.", status=503)


def _ask(server: TokenServer, pages: SignInPages, query: str) -> Response:
    return _who(server, pages, query, _request(server, query), missed=False)


def _decide(server: TokenServer, pages: SignInPages, form: Mapping[str, str]) -> Response:
    query, step = form.get("request", ""), form.get("step")
    request = _request(server, query)
    if step == "deny":
        raise RefusedRequestError(request.destination, "access_denied", "the person did not allow it")
    known = {each.username: each for each in server.records.people(request.destination.client)}
    person = known.get(form.get("person", ""))
    if person is None:
        return _who(server, pages, query, request, missed=True)
    scopes = request.granted(person)
    if step == "allow" and scopes:
        return _allow(server, request, person)
    return pages.consent(
        action=AUTHORIZE_PATH,
        request=query,
        system=request.destination.client.label,
        person=person,
        scopes=scopes,
        redirect_uri=request.destination.redirect_uri,
    )


def _request(server: TokenServer, query: str) -> AuthorizationRequest:
    return authorization_request(parameters_of(query), server.records, production=server.settings.production)


def _who(
    server: TokenServer, pages: SignInPages, query: str, request: AuthorizationRequest, *, missed: bool
) -> Response:
    client = request.destination.client
    return pages.who(
        action=AUTHORIZE_PATH,
        request=query,
        system=client.label,
        people=server.records.people(client),
        redirect_uri=request.destination.redirect_uri,
        missed=missed,
    )


def _allow(server: TokenServer, request: AuthorizationRequest, person: Person) -> Response:
    to = request.destination
    consented = Consented(
        client_id=to.client.client_id,
        redirect_uri=to.redirect_uri,
        code_challenge=request.code_challenge,
        scope=request.scope(person),
        nonce=request.nonce,
        thumbprint=request.thumbprint,
    )
    code = new_code(server.records, consented, person, now=server.clock())
    _log.info("signed_in", client_id=to.client.client_id, scope=consented.scope)
    return RedirectResponse(to.location(server.settings.address, code=code), 303, _BACK)
