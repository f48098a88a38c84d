"""What every interaction is given: the hub it belongs to, and who asks within which scopes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.submission import FHIR_PATH
from fhir_mappings.outcome import BadInput
from hub.actions.transaction import LONDON, Transactions
from hub.audit import Denial, Denials, Operation, denial_of
from hub.auth.scopes import grants
from hub.errors import Kind, Problem, forbidden
from hub.law.caller import Caller
from hub.settings import Settings

_INTERACTIONS = {"r": "read", "s": "search", "u": "update", "c": "create"}


@dataclass(frozen=True, slots=True)
class Face:
    """The FHIR face of one hub."""

    settings: Settings
    transactions: Transactions
    authenticate: Callable[[Request], Awaitable[Caller]]
    denials: Denials

    async def asked(self, request: Request, interaction: "Interaction") -> Response:
        """The answer of an interaction. What it refuses, or what does not exist for the caller, is put on record."""
        caller = await self.authenticate(request)
        try:
            return await interaction(self, request, caller)
        except (Problem, BadInput) as problem:
            path = request.scope["route"].path.removeprefix(FHIR_PATH) or "/"
            of = Operation(f"fhir:{request.method} {path}", f"{request.method} {path}")
            if isinstance(problem, Problem):
                await self.denials.deny(*denial_of(problem, caller, of))
            elif any(issue.rule == "reference-not-found" for issue in problem.issues):
                await self.denials.deny(Denial(Kind.NOT_FOUND.value, "reference-not-found", of, caller))
            raise

    @property
    def base(self) -> str:
        """The FHIR address, without a slash at its end."""
        return f"{self.settings.address}{FHIR_PATH}"

    @property
    def today(self) -> date:
        return self.transactions.clock().astimezone(LONDON).date()


Interaction = Callable[[Face, Request, Caller], Awaitable[Response]]


def must_grant(caller: Caller, resource: str, interaction: str) -> None:
    """Raises `Problem` FORBIDDEN unless a scope lets the caller do this to resources of this type."""
    if not grants(caller.scopes, resource, interaction):
        wanted = f"system/{resource}.{interaction}"
        message = f"to {_INTERACTIONS[interaction]} {resource} needs the scope {wanted}"
        raise forbidden(message, rule="scope-missing")


def must_have(caller: Caller, scope: str | None) -> None:
    """Raises `Problem` FORBIDDEN unless the caller has this scope too; None: no further scope is asked."""
    if scope is not None and not caller.has(scope):
        raise forbidden(f"this needs the scope {scope} too", rule="scope-missing")
