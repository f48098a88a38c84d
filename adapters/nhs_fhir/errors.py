"""Every No as an HTTP status with an OperationOutcome: the one place where this face maps them.

http://hl7.org/fhir/R4/operationoutcome.html
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from starlette.responses import Response

from adapters.nhs_fhir.exchange import fhir_response
from fhir_mappings.outcome import BadInput, Issue, operation_outcome
from hub.auth.rates import TOO_MANY
from hub.auth.tokens import challenge
from hub.errors import Kind, Problem, RefusedByLaw
from hub.law.decisions import Refusal
from hub.settings import Settings

_KINDS: Mapping[Kind, tuple[int, str]] = MappingProxyType(
    {
        Kind.UNAUTHENTICATED: (401, "login"),
        Kind.FORBIDDEN: (403, "forbidden"),
        Kind.NOT_FOUND: (404, "not-found"),
        Kind.INVALID: (422, "value"),
        Kind.CONFLICT: (409, "conflict"),
        Kind.TOO_COSTLY: (413, "too-costly"),
        Kind.BUSY: (503, "transient"),
    }
)
_OF_RULES: Mapping[str, tuple[int, str]] = MappingProxyType(
    {"purpose-unknown": (400, "value"), TOO_MANY: (429, "throttled")}
)
"""Rules that say more than their kind: about the form of a request and not what it says; and how often."""

_ELEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "ground": "statusReason.coding",
        "reasons": "statusReason.text",
        "explanation": "statusReason.text",
        "from": "executionPeriod.start",
        "to": "executionPeriod.end",
        "basis": "category",
        "opinion": "reasonCode",
        "certainty": "extension",
        "parent_informed_on": "extension",
        "discussion_offered_on": "extension",
        "voluntaryOrganisations": "extension",
        "notified_by": "sender",
        "notified_on": "sent",
        "authority": "recipient",
        "born_on": "subject",
        "dateOfBirth": "subject",
        "familyName": "subject",
        "givenNames": "subject",
        "nhsNumber": "subject",
        "postcode": "subject",
    }
)
"""Where in a Task or a Communication stands what the law and the actions call by these names."""


def law_issues(refusals: Iterable[Refusal], at: str) -> list[Issue]:
    """Refusals by law, each with its provision, where in the Task or Communication they arise."""
    return [
        Issue(
            refusal.rule,
            refusal.message,
            _place(refusal.path, at),
            code="business-rule",
            provision=refusal.provision,
        )
        for refusal in refusals
    ]


def issues_of(error: Problem | RefusedByLaw | BadInput, *, at: str = "Task") -> list[Issue]:
    match error:
        case BadInput():
            return list(error.issues)
        case RefusedByLaw():
            return law_issues(error.refusals, at)
        case Problem():
            status, code = _OF_RULES.get(error.rule or "", _KINDS[error.kind])
            return [Issue(error.rule or error.kind.value, error.message, _place(error.path, at), code, status)]


def error_response(error: Problem | RefusedByLaw | BadInput, settings: Settings) -> Response:
    """The answer to a request that failed."""
    issues = issues_of(error)
    headers: dict[str, str] = {}
    if isinstance(error, Problem):
        if error.kind is Kind.BUSY:
            headers["Retry-After"] = "2"
        if error.kind is Kind.UNAUTHENTICATED or error.rule == "scope-missing":
            headers["WWW-Authenticate"] = challenge(error, settings)
    return fhir_response(operation_outcome(issues), status=BadInput(*issues).status, headers=headers)


def _place(path: tuple[str, ...], at: str) -> str | None:
    element = _ELEMENTS.get(path[0]) if path else None
    return f"{at}.{element}" if element else None
