"""The addresses of the FHIR face, and what each exchange passes on its way in and out."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from adapters.nhs_fhir import shapes
from adapters.nhs_fhir.capabilities import metadata
from adapters.nhs_fhir.errors import error_response
from adapters.nhs_fhir.exchange import check_acceptable, mirror
from adapters.nhs_fhir.face import Face, Interaction
from adapters.nhs_fhir.read import reading
from adapters.nhs_fhir.readable import READABLE
from adapters.nhs_fhir.search import searching
from adapters.nhs_fhir.submission import FHIR_PATH
from adapters.nhs_fhir.subscription_routes import SUBSCRIPTIONS
from adapters.nhs_fhir.transaction import transaction
from adapters.nhs_fhir.update_task import update_task
from fhir_mappings.outcome import BadInput, Issue
from hub.actions.transaction import Transactions
from hub.audit import Denials
from hub.errors import Problem, RefusedByLaw
from hub.law.caller import Caller
from hub.settings import Settings

_SEARCHABLE = [each for each in READABLE.values() if each.searchable]
_UPDATES: Mapping[str, Mapping[str, Interaction]] = {"Task": {"PUT": update_task}}
_EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def routes(
    *, settings: Settings, transactions: Transactions, authenticate: Callable[[Request], Awaitable[Caller]]
) -> list[BaseRoute]:
    """Every address under /fhir/R4. `authenticate` makes the caller of a request, or raises `Problem`."""
    shapes.warm()
    denials = Denials(transactions.database.statements, clock=transactions.clock, new_id=transactions.new_id)
    face = Face(settings, transactions, authenticate, denials)

    def at(path: str, methods: Mapping[str, Interaction]) -> Route:
        async def endpoint(request: Request) -> Response:
            async def answer() -> Response:
                return await face.asked(request, methods[request.method])

            return await _answered(face, request, answer)

        return _only(Route(f"{FHIR_PATH}{path}", endpoint, methods=list(methods)), methods)

    async def capabilities(request: Request) -> Response:
        return await _answered(face, request, lambda: metadata(face, request))

    known = [
        _only(Route(f"{FHIR_PATH}/metadata", capabilities, methods=["GET"]), ["GET"]),
        at("", {"POST": transaction}),
        at("/", {"POST": transaction}),
        *(at(path, methods) for path, methods in SUBSCRIPTIONS.items()),
        *(at(f"/{each.type}", {"GET": searching(each)}) for each in _SEARCHABLE),
        *(at(f"/{each.type}/_search", {"POST": searching(each)}) for each in _SEARCHABLE),
        *(at(f"/{kind}/{{id}}", {"GET": reading(each), **_UPDATES.get(kind, {})}) for kind, each in READABLE.items()),
    ]

    async def unknown(request: Request) -> Response:
        async def answer() -> Response:
            return _no_such_interaction(face, request, known)

        return await _answered(face, request, answer)

    others = [_Unknown(f"{FHIR_PATH}{path}", unknown, methods=_EVERY_METHOD) for path in ("", "/{rest:path}")]
    return [*known, *others]


async def _answered(face: Face, request: Request, answer: Callable[[], Awaitable[Response]]) -> Response:
    """The answer, or the OperationOutcome that says why there is none."""
    try:
        check_acceptable(request)
        response = await answer()
    except (Problem, RefusedByLaw, BadInput) as error:
        response = error_response(error, face.settings)
    mirror(request, response)
    return response


def _only(route: Route, methods: Iterable[str]) -> Route:
    """Without HEAD, which would count as receipt of a request and show nothing of it."""
    route.methods = set(methods)
    return route


class _Unknown(Route):
    """Everything under the FHIR address that is no interaction of ours, but for metadata that others serve there."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if "/.well-known/" in scope["path"]:
            return Match.NONE, {}
        return super().matches(scope)


def _no_such_interaction(face: Face, request: Request, known: Iterable[Route]) -> Response:
    there = [route for route in known if route.matches(request.scope)[0] is Match.PARTIAL]
    if not there:
        message = "there is no such interaction here: see metadata"
        issue = Issue("interaction-unknown", message, code="not-supported", status=404)
        return error_response(BadInput(issue), face.settings)
    issue = Issue("method", "this address does not take that method", code="not-supported", status=405)
    response = error_response(BadInput(issue), face.settings)
    response.headers["Allow"] = ", ".join(sorted({method for route in there for method in route.methods or ()}))
    return response
