"""GET metadata: what this face can do, and nothing that it cannot. http://hl7.org/fhir/R4/capabilitystatement.html"""

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import FHIR_JSON, fhir_response
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.search_parameters import INCLUDES
from adapters.nhs_fhir.subscription_capabilities import subscription
from fhir_mappings.values import Json

_PUBLISHED = "2026-11-22"  # the day on which what is said here last changed

_SEARCH = {
    "owner": ("reference", "Which body is asked; owner:identifier takes system|code, or an ODS or LA code alone"),
    "requester": ("reference", "Which authority asks; requester:identifier likewise"),
    "patient": ("reference", "About which child; patient:identifier takes an NHS number (best by POST)"),
    "subject": ("reference", "As patient"),
    "status": ("token", "One or several Task statuses, with commas between them"),
    "_id": ("token", "One or several ids, with commas between them"),
    "_lastUpdated": ("date", "ge, gt, le or lt with a day or a moment"),
}
_READ = {
    "ServiceRequest": "What is asked",
    "Patient": "Who the child is, as far as the caller may know",
    "Composition": "Advice, with what it refers to contained in it",
    "DocumentReference": "A document that came with advice",
    "Binary": "The bytes of a document, in JSON; needs the scope of DocumentReference",
}
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
                "resource": [_task(), *(_readable(kind, text) for kind, text in _READ.items()), subscription()],
                "interaction": [{"code": "transaction"}],
            }
        ],
    }


def _task() -> Json:
    return {
        "type": "Task",
        "documentation": "A request to co-operate. Reading one as the body it is addressed to is receipt of it.",
        "interaction": [{"code": "read"}, {"code": "search-type"}, {"code": "update"}],
        "versioning": "versioned-update",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalUpdate": False,
        "referencePolicy": ["logical", "literal", "local"],
        "searchInclude": sorted(INCLUDES),
        "searchParam": [{"name": name, "type": kind, "documentation": text} for name, (kind, text) in _SEARCH.items()],
    }


def _readable(kind: str, text: str) -> Json:
    documentation = f"{text}. Created in a transaction." if kind in _CREATED else f"{text}."
    return {"type": kind, "documentation": documentation, "interaction": [{"code": "read"}]}
