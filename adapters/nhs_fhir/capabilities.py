"""GET metadata: what this face can do, and nothing that it cannot. http://hl7.org/fhir/R4/capabilitystatement.html"""

from collections.abc import Iterator, Mapping

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.capability_page import capability_page
from adapters.nhs_fhir.exchange import FHIR_JSON, check_acceptable, fhir_response
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.html import wants_html
from adapters.nhs_fhir.interactions import OFFERED, OPERATIONS
from adapters.nhs_fhir.published import PARAMETERS
from adapters.nhs_fhir.readable import READABLE
from adapters.nhs_fhir.showing import Readable
from adapters.nhs_fhir.subscription_capabilities import subscription
from fhir_mappings import guide
from fhir_mappings.values import Json

_PUBLISHED = "2026-11-28"  # the day on which what is said here last changed


async def metadata(face: Face, request: Request) -> Response:
    """The CapabilityStatement, or a page that says the same. Public: it is read before there is a token."""
    if wants_html(request):
        return capability_page(statement(face), base=face.base, with_test=not face.settings.production)
    check_acceptable(request)
    return fhir_response(statement(face))


def statement(face: Face) -> Json:
    oauth = f"{face.base}/.well-known/smart-configuration"
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{face.base}/metadata",
        "name": "SENDHub",
        "title": "SEND Hub: notifications, requests to co-operate and advice (CFA 2014 ss. 23, 31) for NHS systems",
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
                    "DocumentReferences, or with $process-message. POST Communication notifies an authority of a child "
                    "(s. 23). X-Request-ID makes a write happen once. $validate says what is wrong, and does nothing."
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
                "resource": [*_resources()],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
                "operation": _operations(None, "*"),
            }
        ],
    }


def _resources() -> Iterator[Json]:
    kinds = {each.type for each in OFFERED if each.type is not None and each.type != "*"}
    for kind in sorted(kinds | guide.PUBLISHED_TYPES.keys()):
        codes = sorted({each.code for each in OFFERED if each.type == kind and not each.code.startswith("$")})
        published = kind in guide.PUBLISHED_TYPES
        described: Json = {
            "type": kind,
            "interaction": [{"code": code} for code in (["read", "search-type"] if published else codes)],
        }
        if published:
            described["documentation"] = "Of the implementation guide; needs no token."
            described["searchParam"] = [{"name": name, "type": _PUBLISHED_KINDS[name]} for name in PARAMETERS]
        elif kind == "Subscription":
            described = subscription()
        elif kind in READABLE:
            described |= _readable(READABLE[kind])
        if operations := _operations(kind):
            described["operation"] = operations
        yield described


def _operations(*kinds: str | None) -> list[Json]:
    names = sorted({each.code for each in OFFERED if each.type in kinds and each.code.startswith("$")})
    names += ["$expand"] if kinds == ("ValueSet",) else []
    return [{"name": name.removeprefix("$"), "definition": OPERATIONS[name]} for name in names]


def _readable(readable: Readable) -> Json:
    created = _WRITTEN.get(readable.type, "")
    described: Json = {"documentation": f"{readable.says}.{created}", "referencePolicy": ["logical", "literal"]}
    described |= _POLICIES.get(readable.type, {})
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
    for name in readable.date_parameters:
        yield {"name": name, "type": "date", "documentation": "eq, ge, gt, le or lt with a day or a moment"}


_WRITTEN = {
    "Composition": " Created alone (event.detail names the request), in a transaction or a message.",
    "DocumentReference": " Created alone (context.related names the request), in a transaction or a message.",
    "Bundle": " Its Composition names the request that it answers, in event.detail.",
    "Communication": " Who the child is stands in a contained Patient.",
}
_POLICIES: Mapping[str, Json] = {
    "Task": {
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalUpdate": False,
        "referencePolicy": ["logical", "literal", "local"],
    },
    "Bundle": {"conditionalCreate": True},
    "Composition": {"conditionalCreate": True},
    "DocumentReference": {"conditionalCreate": True},
    "Communication": {"conditionalCreate": True, "referencePolicy": ["logical", "local"]},
}
_PUBLISHED_KINDS = {"_id": "token", "url": "uri", "name": "string", "status": "token"}
