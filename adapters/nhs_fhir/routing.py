"""The addresses of the FHIR face, and what each exchange passes on its way in and out."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from adapters.nhs_fhir import published, shapes
from adapters.nhs_fhir.batch import Find
from adapters.nhs_fhir.bundle import posting
from adapters.nhs_fhir.by_type import ByType
from adapters.nhs_fhir.capabilities import metadata
from adapters.nhs_fhir.errors import error_response
from adapters.nhs_fhir.exchange import check_acceptable, mirror
from adapters.nhs_fhir.face import Face, Interaction
from adapters.nhs_fhir.incoming import FHIR_PATH
from adapters.nhs_fhir.interactions import OFFERED
from adapters.nhs_fhir.published import Public
from adapters.nhs_fhir.tolerances import read_tolerances
from adapters.nhs_fhir.try_page import send, show
from fhir_mappings import guide
from fhir_mappings.outcome import BadInput, Issue
from hub.actions.transaction import Transactions
from hub.audit import Denials
from hub.errors import Problem, RefusedByLaw
from hub.law.caller import Caller
from hub.settings import Settings

_EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def routes(
    *, settings: Settings, transactions: Transactions, authenticate: Callable[[Request], Awaitable[Caller]]
) -> list[BaseRoute]:
    """Every address under /fhir/R4. `authenticate` makes the caller of a request, or raises `Problem`."""
    shapes.warm()
    denials = Denials(transactions.database.statements, clock=transactions.clock, new_id=transactions.new_id)
    face = Face(settings, transactions, authenticate, denials, read_tolerances(settings.fhir_tolerances))

    def at(path: str, methods: Mapping[str, Interaction]) -> Route:
        async def endpoint(request: Request) -> Response:
            async def answer() -> Response:
                return await face.asked(request, methods[request.method])

            return await _answered(face, request, answer)

        return _only(Route(f"{FHIR_PATH}{path}", endpoint, methods=list(methods)), methods)

    def public(path: str, interaction: Public) -> Route:
        async def endpoint(request: Request) -> Response:
            return await _answered(face, request, lambda: interaction(face, request))

        return _only(Route(f"{FHIR_PATH}{path}", endpoint, methods=["GET"]), ["GET"])

    def for_people(path: str, method: str, interaction: Public) -> Route:
        async def endpoint(request: Request) -> Response:
            return await _answered(face, request, lambda: interaction(face, request), in_json=False)

        return _only(Route(f"{FHIR_PATH}{path}", endpoint, methods=[method]), [method])

    by_path = _by_path()
    offered = {f"{FHIR_PATH}{path}": methods for path, methods in by_path.items()}
    known = [
        for_people("/metadata", "GET", metadata),
        *([] if settings.production else [for_people("/test", "GET", show), for_people("/test", "POST", send)]),
        public("/ValueSet/$expand", published.expand),
        public("/ValueSet/{id}/$expand", published.expand),
        *(public(f"/{kind}", published.searching(kind)) for kind in guide.PUBLISHED_TYPES),
        *(public(f"/{kind}/{{id}}", published.reading(kind)) for kind in guide.PUBLISHED_TYPES),
        *(at(path, methods) for path, methods in by_path.items()),
    ]

    find_and_post = posting(_finder(ByType(FHIR_PATH, known), offered))
    known = [*known, *(at(path, {"POST": find_and_post}) for path in ("", "/"))]

    async def unknown(request: Request) -> Response:
        async def answer() -> Response:
            return _no_such_interaction(face, request, known)

        return await _answered(face, request, answer)

    others = [_Unknown(f"{FHIR_PATH}{path}", unknown, methods=_EVERY_METHOD) for path in ("", "/{rest:path}")]
    return [ByType(FHIR_PATH, known), *others]


def _by_path() -> dict[str, dict[str, Interaction]]:
    """What each method does at each address, in the order in which addresses are looked up."""
    found: dict[str, dict[str, Interaction]] = {}
    for each in OFFERED:
        found.setdefault(each.path, {})[each.method] = each.does
    return found


def _finder(known: ByType, offered: Mapping[str, Mapping[str, Interaction]]) -> Find:
    """What finds the interaction that an entry of a batch is for."""

    def find(scope: Scope) -> Interaction | None:
        for route in known.of(scope["path"]):
            match, found = route.matches(scope)
            if match is Match.FULL and route.path in offered:
                scope.update(found, route=route)
                return offered[route.path][scope["method"]]
        return None

    return find


async def _answered(
    face: Face, request: Request, answer: Callable[[], Awaitable[Response]], *, in_json: bool = True
) -> Response:
    """The answer, or the OperationOutcome that says why there is none."""
    try:
        if in_json:
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
