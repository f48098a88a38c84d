"""POST Bundle: a document that is advice. http://hl7.org/fhir/R4/documents.html

It names the request that it answers in the event of its Composition (`event.detail`: Task/[id], ServiceRequest/[id], or
the identifier of the request), completes it, and is kept as it came.
"""

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.answering import Answered
from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.created_advice import Posted, answer_to, create_advice, request_of
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.incoming import received, taken
from adapters.nhs_fhir.resolution import Resolver
from adapters.nhs_fhir.submission import Entry, Submission, check_full_urls, submission_of
from fhir_mappings.elements import token
from fhir_mappings.outcome import BadInput, Faults, Issue
from fhir_mappings.values import Json, Located
from hub.law.caller import Caller

_COMPOSITION = "Bundle.entry[0].resource"


async def create_document(face: Face, request: Request, caller: Caller) -> Response:
    """201 with the address of the document; with If-None-Exist, 200 where it has been made before."""
    return await create_advice(face, request, caller, "Bundle", read_document, document_name, also=("Composition",))


def document_name(submission: Submission, answered: Answered) -> str:
    """A document has the id of the advice."""
    del submission
    return str(answered.advice_id)


def read_document(reading: Reading, body: bytes) -> Posted:
    value, said = taken(reading, body)
    bundle, walk = received(value, "Bundle", settings=reading.settings, today=reading.today)
    _check_document(bundle, walk.faults)
    check_full_urls(bundle, walk.faults)
    walk.faults.check()
    resolver = Resolver(reading.base)
    located = [
        (entry.get("fullUrl"), Located(f"Bundle.entry[{place}].resource", entry["resource"]))
        for place, entry in enumerate(bundle["entry"])
    ]
    for full_url, each in located:
        resolver.add(
            each, full_url=full_url, known_as=f"{each.type}/{each.resource['id']}" if "id" in each.resource else None
        )
    events = located[0][1].resource.get("event", ())
    named = [detail for event in events for detail in event.get("detail", ())]
    answer = answer_to(
        request_of(named, f"{_COMPOSITION}.event", "event.detail", reading.base), f"{_COMPOSITION}.event"
    )
    entries = [answer, *(Entry(each, "POST", None) for _, each in located)]
    return Posted(submission_of(entries, walk, resolver, token(bundle.get("identifier"))), bundle, said)


def _check_document(bundle: Json, faults: Faults) -> None:
    """http://hl7.org/fhir/R4/bundle.html#invs, those of documents."""
    entries = bundle.get("entry", [])
    if bundle["type"] != "document":
        message = "what is posted to Bundle is a document; a transaction, batch or message is posted to the base"
        raise BadInput(*faults.issues, Issue("bundle-type", message, "Bundle.type", "not-supported"))
    if token(bundle.get("identifier")) is None:
        faults.add("bdl-9", "a document has an identifier, its system and value", "Bundle.identifier", code="invariant")
    if "timestamp" not in bundle:
        faults.add("bdl-10", "a document has a timestamp", "Bundle.timestamp", code="invariant")
    if not entries or entries[0].get("resource", {}).get("resourceType") != "Composition":
        faults.add("bdl-11", "a document begins with a Composition", "Bundle.entry[0]", code="invariant")
    for place, entry in enumerate(entries):
        resource = entry.get("resource")
        if resource is None or resource["resourceType"] in {"Task", "Bundle"}:
            message = "each entry is a resource of the document"
            faults.add("document-entry", message, f"Bundle.entry[{place}]", code="invariant")
