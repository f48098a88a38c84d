"""What every page begins with: who looks, where a form comes from, and what becomes of a problem."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.errors import Kind, Problem, forbidden, invalid
from hub.web.pages.asking import Asking
from hub.web.pages.drawing import Drawing
from hub.web.pages.session import Session, Sessions

_MOST_BYTES = 200_000
_FORM = "application/x-www-form-urlencoded"
Show = Callable[[Request, Session], Awaitable[Response]]
Act = Callable[[Request, Session, Mapping[str, str]], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Visiting:
    """What the pages share. `origin` is the hub's own: a form of any other is not read."""

    asking: Asking
    drawing: Drawing
    sessions: Sessions
    origin: str

    def shows(self, path: str, show: Show) -> Route:
        """A page for somebody who has signed in; anybody else is asked to, and comes back to it."""

        async def endpoint(request: Request) -> Response:
            session = self.sessions.of(request)
            if session is None:
                return self._sign_in_first(request)
            return await self._guarded(request, session, lambda: show(request, session))

        return Route(path, endpoint, methods=["GET"])

    def acts(self, path: str, act: Act) -> Route:
        """What a form of a page does, once: from the hub's own page, and from this very sign-in."""

        async def endpoint(request: Request) -> Response:
            session = self.sessions.of(request)
            if session is None:
                return self._sign_in_first(request)

            async def done() -> Response:
                form = await self.form(request)
                if not secrets.compare_digest(form.get("form-key", ""), session.form_key):
                    raise forbidden("the form is not of this sign-in", rule="form-key")
                return await act(request, session, form)

            return await self._guarded(request, session, done)

        return Route(path, endpoint, methods=["POST"])

    async def no_such_page(self, request: Request, _: Exception) -> Response:
        """Where no route is: a page for a person, and for a client what it always got."""
        if "text/html" not in request.headers.get("accept", ""):
            return PlainTextResponse("Not Found", 404)
        problem = Problem(Kind.NOT_FOUND, "there is no such page", rule="not-found")
        return self.drawing.problem(problem, self.sessions.of(request))

    async def form(self, request: Request) -> dict[str, str]:
        """The fields of a form of the hub's own pages. Raises `Problem`."""
        if request.headers.get("origin") != self.origin:
            raise forbidden("the form did not come from this hub's own page", rule="form-origin")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            raise invalid("a form is expected", rule="unsupported-media-type")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise invalid("the form is too large", rule="request-too-large")
        try:
            pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200)
        except ValueError as error:
            raise invalid("the form cannot be read", rule="not-a-form") from error
        if any("\0" in value for _, value in pairs):
            raise invalid("the form cannot be read", rule="not-a-form")
        return {name: value.replace("\r\n", "\n").strip() for name, value in pairs}

    async def _guarded(self, request: Request, session: Session, work: Callable[[], Awaitable[Response]]) -> Response:
        try:
            return await work()
        except Problem as problem:
            if problem.kind is Kind.UNAUTHENTICATED:
                response = self._sign_in_first(request)
                self.sessions.forget(response)
                return response
            return self.drawing.problem(problem, session)

    def _sign_in_first(self, request: Request) -> Response:
        to = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?to={quote(to, safe='')}", 303, {"Cache-Control": "no-store"})
