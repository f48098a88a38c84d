"""Signing in to the pages and out again: the person consents at the hub's authorization server, as for any system."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.auth.clients import Client
from hub.auth.own_pages import RETURN_PATH, PageSignIn, SignedInToken
from hub.errors import Problem, invalid
from hub.web.pages.session import Session, new_form_key
from hub.web.pages.visiting import Visiting

_HOME = "/board"
_NO_STORE = {"Cache-Control": "no-store"}
_log = structlog.get_logger()


class SignIn:
    """The steps of a sign-in, each a request: whose body, consent at the authorization server, and back."""

    def __init__(self, visiting: Visiting, ways: PageSignIn) -> None:
        self._visiting = visiting
        self._ways = ways
        self.routes = [
            Route("/sign-in", self._who, methods=["GET"]),
            Route("/sign-in", self._begin, methods=["POST"]),
            Route(RETURN_PATH, self._back, methods=["GET"]),
            visiting.acts("/sign-out", self._sign_out),
            visiting.acts("/purpose", self._look_for),
        ]

    async def _who(self, request: Request) -> Response:
        return await self._page(_local(request.query_params.get("to")), self._visiting.sessions.of(request))

    async def _page(self, to: str, session: Session | None, *, missed: bool = False) -> Response:
        found = await self._ways.addresses()
        bodies = Counter(client.organisation for client, _ in found)
        systems = [
            {"client_id": client.client_id, "name": _named(client, alone=bodies[client.organisation] == 1)}
            for client, _ in found
        ]
        # Browsers hold the redirect after a form to the page's policy too, and so each provider has to stand in it.
        on = {urlsplit(address)._replace(path="", query="").geturl() for _, address in found}
        return self._visiting.drawing.page(
            "sign-in.html",
            session,
            status=400 if missed else 200,
            forms_lead_to=sorted(on - {""}),
            systems=sorted(systems, key=itemgetter("name")),
            to=to,
            missed=missed,
        )

    async def _begin(self, request: Request) -> Response:
        try:
            form = await self._visiting.form(request)
        except Problem as problem:
            return self._visiting.drawing.problem(problem, None)
        to = _local(form.get("to"))
        begun = await self._ways.begin(form.get("system", ""))
        if begun is None:
            return await self._page(to, None, missed=True)
        address, pending = begun
        response = RedirectResponse(address, 303, _NO_STORE)
        self._visiting.sessions.await_return(response, pending, to)
        return response

    async def _back(self, request: Request) -> Response:
        given = dict(parse_qsl(request.url.query))
        waiting = self._visiting.sessions.pending(request)
        if waiting is None or not secrets.compare_digest(given.get("state", "").encode(), waiting[0].state.encode()):
            return self._stopped("This sign-in was begun elsewhere, or too long ago.")
        if "code" not in given:
            return self._stopped("You have not signed in.")
        signed_in = await self._ways.finish(waiting[0], code=given["code"], issuer=given.get("iss"))
        if signed_in is None:
            return self._stopped("The sign-in could not be finished.")
        response = RedirectResponse(waiting[1], 303, _NO_STORE)
        self._visiting.sessions.forget(response)
        try:
            session = await self._session(signed_in)
            self._visiting.sessions.keep(response, session)
        except Problem as problem:
            return self._visiting.drawing.problem(problem, None)
        _log.info("signed_in_to_pages", client_id=session.client_id)
        return response

    def _stopped(self, said: str) -> Response:
        response = self._visiting.drawing.page(
            "problem.html", None, status=400, title="You are not signed in", said=said
        )
        self._visiting.sessions.forget(response)
        return response

    async def _session(self, signed_in: SignedInToken) -> Session:
        viewer: dict[str, Any] = (await self._visiting.asking.answer(signed_in, "PageViewer"))["viewer"]
        return Session(
            token=signed_in.token,
            token_id=signed_in.token_id,
            client_id=signed_in.client_id,
            name=signed_in.name,
            organisation=viewer["organisation"]["id"],
            organisation_name=viewer["organisation"]["name"],
            organisation_kind=viewer["organisation"]["kind"],
            scopes=tuple(viewer["scopes"]),
            purposes=tuple(viewer["purposes"]),
            purpose=viewer["purpose"],
            form_key=new_form_key(),
            until=signed_in.expires_at.timestamp(),
        )

    async def _look_for(self, _: Request, session: Session, form: Mapping[str, str]) -> Response:
        """The person says what they look for: what they may see hangs on it."""
        if form.get("purpose") not in session.purposes:
            raise invalid("that is no purpose of yours", rule="purpose-not-of-role")
        response = RedirectResponse(_local(form.get("to")), 303, _NO_STORE)
        self._visiting.sessions.keep(response, replace(session, purpose=form["purpose"]))
        return response

    async def _sign_out(self, _: Request, session: Session, __: Mapping[str, str]) -> Response:
        until = datetime.fromtimestamp(session.until, UTC)
        await self._ways.sign_out(session.token_id, session.client_id, until)
        response = RedirectResponse("/", 303, _NO_STORE)
        self._visiting.sessions.forget(response)
        return response


def _named(client: Client, *, alone: bool) -> str:
    """The body's name; where it has several ways in, which one."""
    return client.organisation_name if alone else f"{client.organisation_name}, {client.label}"


def _local(to: str | None) -> str:
    """A page of this hub to go to, and no other place."""
    if to is None or not to.isascii() or not to.startswith("/") or to.startswith(("//", "/\\", "/oauth", "/sign-")):
        return _HOME
    if not to.isprintable() or len(to) > 500:
        return _HOME
    return to if to != "/" else _HOME
