"""What every interaction is given: the hub it belongs to, and who asks within which scopes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.apart import Apart, Reading
from adapters.nhs_fhir.incoming import FHIR_PATH
from adapters.nhs_fhir.tolerances import Tolerance
from fhir_mappings.outcome import BadInput
from hub.actions.transaction import LONDON, Transactions
from hub.audit import Denial, Denials, Operation, denial_of
from hub.audit.notes import name_of
from hub.auth.scopes import grants
from hub.errors import Kind, Problem, forbidden
from hub.law.caller import Caller
from hub.settings import Settings

_INTERACTIONS = {"r": "read", "s": "search", "u": "update", "c": "create", "d": "delete"}


@dataclass(frozen=True, slots=True)
class Face:
    """The FHIR face of one hub."""

    settings: Settings
    transactions: Transactions
    authenticate: Callable[[Request], Awaitable[Caller]]
    denials: Denials
    tolerances: Mapping[str, frozenset[Tolerance]] = field(default_factory=dict[str, frozenset[Tolerance]])
    apart: Apart = field(default_factory=Apart)

    async def asked(self, request: Request, interaction: "Interaction") -> Response:
        """The answer of an interaction. What it refuses, or what does not exist for the caller, is put on record."""
        caller = await self.authenticate(request)
        check_end_user(request, caller)
        return await self.interact(request, caller, interaction)

    async def interact(self, request: Request, caller: Caller, interaction: "Interaction") -> Response:
        try:
            return await interaction(self, request, caller)
        except (Problem, BadInput) as problem:
            await self.note_denied(request, caller, problem)
            raise

    async def note_denied(self, request: Request, caller: Caller, problem: Problem | BadInput) -> None:
        """Puts on record that the caller asked for what it may not have, or for what does not exist for it."""
        path = request.scope["route"].path.removeprefix(FHIR_PATH) or "/"
        of = Operation(f"fhir:{request.method} {path}", f"{request.method} {path}")
        if isinstance(problem, Problem):
            await self.denials.deny(*denial_of(problem, caller, of))
        elif any(issue.rule == "reference-not-found" for issue in problem.issues):
            await self.denials.deny(Denial(Kind.NOT_FOUND.value, "reference-not-found", of, caller))

    def reading(self, caller: Caller | None = None) -> Reading:
        """What the reading of what this caller sent needs to know."""
        tolerated = self.tolerances.get(caller.client_id, frozenset[Tolerance]()) if caller else frozenset[Tolerance]()
        return Reading(self.settings, self.today, self.base, tolerated)

    @property
    def base(self) -> str:
        """The FHIR address, without a slash at its end."""
        return f"{self.settings.address}{FHIR_PATH}"

    @property
    def log(self) -> str:
        """The name of the hub's audit log."""
        return name_of(self.settings.address)

    @property
    def today(self) -> date:
        return self.transactions.clock().astimezone(LONDON).date()


Interaction = Callable[[Face, Request, Caller], Awaitable[Response]]


def check_end_user(request: Request, caller: Caller) -> None:
    """NHSD-End-User-Organisation-ODS (NHS England API platform) says for whom a client asks: the body of the token.

    Raises `Problem` FORBIDDEN.
    """
    said = request.headers.get("NHSD-End-User-Organisation-ODS")
    if said is not None and said.strip().casefold() != caller.organisation_code.casefold():
        message = "NHSD-End-User-Organisation-ODS names another body than the access token"
        raise forbidden(message, rule="end-user-organisation-mismatch")


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
