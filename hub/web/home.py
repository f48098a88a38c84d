"""The home page: what this hub is, how it is, what happened last, and where its doors are; and the schema as text."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from hub.errors import Problem
from hub.standing import Standing
from hub.web.pages import words
from hub.web.pages.visiting import Visiting

_DOORS: Sequence[tuple[str, str, str]] = (
    ("/graphql", "GraphiQL", "Ask the schema in the browser, with queries that stand ready in its tabs."),
    ("/schema.graphql", "The schema", "Every type and field, as text."),
    ("/rulebook", "The rule book", "The law that this hub applies, provision by provision."),
    ("/fhir/R4/metadata", "The FHIR face", "What NHS systems can do here (a CapabilityStatement)."),
    ("/.well-known/oauth-authorization-server", "Tokens", "For clients: where tokens come from."),
    ("/audit/checkpoint", "The audit log", "The signed head of the log of who saw and changed what."),
    ("/readyz", "Health", "Whether the hub is ready."),
)


def home_routes(
    *,
    version: str,
    environment: str,
    sdl: str,
    visiting: Visiting,
    standing: Callable[[], Awaitable[Standing]],
) -> list[BaseRoute]:
    """`/`, and the schema's text at `/schema.graphql`."""

    async def home(request: Request) -> Response:
        session, found = visiting.sessions.of(request), await standing()
        wrong = found.problems
        known: dict[str, Any] = {"organisations": None, "cooperationRequests": None}
        if session is not None and not wrong:
            try:
                known = await visiting.asking.answer(session, "PageHome")
            except Problem:  # the sign-in has ended: the page is there for everybody
                session = None
        return visiting.drawing.page(
            "home.html",
            session,
            version=version,
            environment=environment,
            ready=not wrong,
            problems=wrong,
            warnings=found.warnings,
            doors=_DOORS,
            bodies=known["organisations"]["totalCount"] if known["organisations"] else None,
            events=[_event(each) for each in known["cooperationRequests"]["nodes"]]
            if known["cooperationRequests"]
            else [],
        )

    async def schema_text(_: Request) -> Response:
        return PlainTextResponse(sdl)

    return [Route("/", home), Route("/schema.graphql", schema_text)]


def _event(request: Mapping[str, Any]) -> dict[str, str]:
    asked = request["addressedTo"]["name"]
    return {
        "at": request["sentAt"],
        "what": f"{asked} was asked to co-operate: {words.within(words.words(request['function']))}",
        "who": request["requestedBy"]["name"],
        "stands": words.words(request["status"]),
        "to": f"/requests/{request['id']}",
    }
