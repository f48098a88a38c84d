"""The closed list of scopes. A scope says what a client may ask; arrangements and the law say what it gets.

Two families: GraphQL scopes match whole; FHIR scopes are SMART v2 (`system/Task.rs`), where a scope holds the
interactions it names. Scopes are a contract with every registered client: add, never rename.
"""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

GRAPHQL: Mapping[str, str] = MappingProxyType(
    {
        "child.read": "Read who a child is: identifiers, contacts, and which bodies answer for the child.",
        "plan.read": "Read EHC plans: their sections, outcomes and versions.",
        "provision.read": "Read special educational, health and social care provision, and what was delivered of it.",
        "budget.read": "Read personal budgets and direct payments.",
        "advice.read": "Read advice given for an EHC needs assessment.",
        "cooperation.read": "Read requests for co-operation and their answers.",
        "notification.read": "Read notifications of children who have, or probably have, SEN or a disability.",
        "offer.read": "Read the services of the Local Offer with what is not public of them.",
        "audit.read": "Read who has seen a child's record, for which purpose; review alerts of broken glass.",
        "statistics.read": "Read counts and timeliness, without a child's data.",
        "cooperation.request": "Ask another body to co-operate.",
        "cooperation.respond": "Answer a request for co-operation: comply, or decline with reasons.",
        "advice.write": "Submit advice for an EHC needs assessment.",
        "notification.write": "Notify an authority of a child who has, or probably has, SEN or a disability.",
        "assessment.write": "Record EHC needs assessments: requests, decisions and outcomes.",
        "plan.write": "Record EHC plans and amend them.",
        "provision.agree": "Agree to health care provision in a plan, or decline with reasons.",
        "provision.report": "Report what was delivered of the provision in a plan.",
        "budget.write": "Record personal budgets and direct payments.",
        "review.write": "Record reviews of plans and their decisions.",
        "redress.write": "Record mediation, appeals and their outcomes.",
        "arrangement.write": "Record joint commissioning arrangements, consents and decisions to disclose.",
        "offer.write": "Record the services of the Local Offer.",
        "record.import": "Import files from a case system.",
        "hub.admin": "Administer the hub: organisations, clients and settings.",
    }
)

_RESOURCES = """
    Account AuditEvent Binary Bundle CarePlan CareTeam Communication CommunicationRequest Composition Condition Consent
    Contract Coverage DocumentReference Encounter Endpoint EpisodeOfCare Flag Goal HealthcareService List Location
    MessageHeader Observation Organization Patient Practitioner PractitionerRole Provenance Questionnaire
    QuestionnaireResponse RelatedPerson ServiceRequest Subscription Task
"""
FHIR_RESOURCES: frozenset[str] = frozenset(_RESOURCES.split())

INTERACTIONS: Mapping[str, str] = MappingProxyType(
    {"c": "create", "r": "read", "u": "update", "d": "delete", "s": "search"}
)

# SMART App Launch 2.2, "Scopes for requesting clinical data": the letters stand in this order, each at most once.
# Search constraints (`?owner=...`) are not taken: a scope that is only half understood would be too wide.
_FHIR_SCOPE = re.compile(r"system/(\*|[A-Z][A-Za-z]{1,40})\.(?=[cruds])(c?r?u?d?s?)")


def fhir_scope(scope: str) -> tuple[str, frozenset[str]] | None:
    """(resource type or "*", interactions) of a SMART v2 system scope; None for anything else."""
    match = _FHIR_SCOPE.fullmatch(scope)
    if match is None or (match[1] != "*" and match[1] not in FHIR_RESOURCES):
        return None
    return match[1], frozenset(match[2])


def is_known(scope: str) -> bool:
    """Whether the hub has such a scope."""
    return scope in GRAPHQL or fhir_scope(scope) is not None


def grants(scopes: Collection[str], resource: str, interaction: str) -> bool:
    """Whether one of the scopes lets the caller do `interaction` (one letter of cruds) on the FHIR resource type."""
    if interaction not in INTERACTIONS:
        return False
    for scope in scopes:
        parsed = fhir_scope(scope)
        if parsed is not None and parsed[0] in {"*", resource} and interaction in parsed[1]:
            return True
    return False


def covered(scope: str, *, by: Collection[str]) -> bool:
    """Whether `scope` asks for no more than the scopes `by` hold: the same, or a FHIR scope narrower than theirs."""
    if not is_known(scope):
        return False
    if scope in by:
        return True
    parsed = fhir_scope(scope)
    return parsed is not None and all(grants(by, parsed[0], letter) for letter in parsed[1])


def scopes_supported() -> list[str]:
    """The scopes for metadata documents: every GraphQL scope, and for each FHIR resource type its widest scope."""
    return [*GRAPHQL, *(f"system/{resource}.cruds" for resource in sorted(FHIR_RESOURCES))]
