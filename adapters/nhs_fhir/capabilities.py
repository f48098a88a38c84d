"""GET metadata: what this face can do, and nothing that it cannot. http://hl7.org/fhir/R4/capabilitystatement.html"""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import FHIR_JSON, fhir_response
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.readable import READABLE
from adapters.nhs_fhir.showing import Readable
from adapters.nhs_fhir.subscription_capabilities import subscription
from fhir_mappings.values import Json

_PUBLISHED = "2026-11-22"  # the day on which what is said here last changed

_CREATED = frozenset({"Composition", "DocumentReference"})


async def metadata(face: Face, request: Request) -> Response:
    """The CapabilityStatement. Public, as every system reads it before it has a token."""
    return fhir_response(_statement(face))


def _statement(face: Face) -> Json:
    oauth = f"{face.base}/.well-known/smart-configuration"
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{face.base}/metadata",
        "name": "SENDHub",
        "title": "SEND Hub: requests to co-operate (CFA 2014 s. 31) for NHS systems",
        "status": "active",
        "date": _PUBLISHED,
        "kind": "instance",
        "implementation": {"description": "SEND Hub", "url": face.base},
        "fhirVersion": "4.0.1",
        "format": [FHIR_JSON, "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": (
                    "A body finds the requests addressed to it as Tasks, answers with PUT Task (If-Match is required), "
                    "and gives advice with a transaction that updates the Task and creates a Composition or "
                    "DocumentReferences. X-Request-ID makes a write happen once."
                ),
                "security": {
                    "service": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                                    "code": "SMART-on-FHIR",
                                }
                            ]
                        }
                    ],
                    "description": f"SMART Backend Services: {oauth}",
                },
                "resource": [*(_resource(each) for each in READABLE.values()), subscription()],
                "interaction": [{"code": "transaction"}],
            }
        ],
    }


def _resource(readable: Readable) -> Json:
    created = " Created in a transaction." if readable.type in _CREATED else ""
    interactions = ["read", *(["search-type"] if readable.searchable else [])]
    described: Json = {
        "type": readable.type,
        "documentation": f"{readable.says}.{created}",
        "interaction": [{"code": code} for code in interactions],
        "referencePolicy": ["logical", "literal"],
    }
    if readable.type == "Task":
        described |= _UPDATED
        described["interaction"].append({"code": "update"})
    if readable.searchable:
        described |= {"searchParam": [*_search_parameters(readable)]}
        if readable.includes:
            described["searchInclude"] = sorted(readable.included_types)
    return described


def _search_parameters(readable: Readable) -> Iterator[Json]:
    needed = f"; a search names this or one of {', '.join(sorted(readable.narrow))}" if readable.narrow else ""
    for name, parameter in readable.parameters.items():
        yield {"name": name, "type": parameter.fhir_kind, "documentation": f"{parameter.says}{needed}"}
    yield {"name": "_id", "type": "token", "documentation": "One or several ids, with commas between them"}
    if readable.dated:
        yield {"name": "_lastUpdated", "type": "date", "documentation": "ge, gt, le or lt with a day or a moment"}


_UPDATED: Json = {
    "versioning": "versioned-update",
    "readHistory": False,
    "updateCreate": False,
    "conditionalCreate": False,
    "conditionalUpdate": False,
    "referencePolicy": ["logical", "literal", "local"],
}
