"""POST Bundle: a document that is advice. http://hl7.org/fhir/R4/documents.html

It names the request that it answers in the event of its Composition (`event.detail`: Task/[id], ServiceRequest/[id], or
the identifier of the request), completes it, and is kept as it came. A document that answers no request is refused:
what a body sends of its own accord the authority records, or it is a notification (CFA 2014 s. 23).
"""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.answering import Answered
from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.conditional import condition_of
from adapters.nhs_fhir.created import created
from adapters.nhs_fhir.exchange import check_content_type, read_body
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.incoming import FHIR_PATH, received, taken
from adapters.nhs_fhir.resolution import Resolver
from adapters.nhs_fhir.submission import Entry, Submission, check_full_urls, submission_of
from adapters.nhs_fhir.writing import answer_once, keep_refused, write_of
from fhir_mappings import systems
from fhir_mappings.elements import token
from fhir_mappings.outcome import BadInput, Faults, Issue
from fhir_mappings.values import Json, Located
from hub.actions.transaction import Answer, Once
from hub.errors import Problem, RefusedByLaw
from hub.law.caller import Caller

_COMPOSITION = "Bundle.entry[0].resource"
_REQUESTS = ("Task/", "ServiceRequest/")


async def create_document(face: Face, request: Request, caller: Caller) -> Response:
    """201 with the address of the document; with If-None-Exist, 200 where it has been made before."""
    for kind, letter in (("Bundle", "c"), ("Task", "u"), ("Composition", "c")):
        must_grant(caller, kind, letter)
    check_content_type(request)
    body = await read_body(request, most=face.settings.fhir_max_bytes)
    write = write_of(request, body, "POST Bundle")
    was_there = True

    def describe(answered: Answered) -> Answer:
        nonlocal was_there
        was_there = not answered.is_new
        return {"advice": str(answered.advice_id)}

    try:
        submission, named, said = await face.apart.run(
            len(body), read_document, face.reading(caller), body, request.headers.get("If-None-Exist")
        )
        answer = await answer_once(face, caller, write, submission, describe, known_as=named)
    except (Problem, RefusedByLaw, BadInput) as error:
        await keep_refused(face, caller, write, error)
        raise
    existed = bool(named) and was_there
    return await created(face, request, caller, "Bundle", UUID(answer["advice"]), said, existed=existed)


def read_document(
    reading: Reading, body: bytes, if_none_exist: str | None
) -> tuple[Submission, list[Once], list[Issue]]:
    value, said = taken(reading, body)
    bundle, walk = received(value, "Bundle", settings=reading.settings, today=reading.today)
    _check_document(bundle, walk.faults)
    check_full_urls(bundle, walk.faults)
    walk.faults.check()
    resolver = Resolver(f"{reading.settings.address}{FHIR_PATH}")
    located = [
        (entry.get("fullUrl"), Located(f"Bundle.entry[{place}].resource", entry["resource"]))
        for place, entry in enumerate(bundle["entry"])
    ]
    for full_url, each in located:
        resolver.add(
            each, full_url=full_url, known_as=f"{each.type}/{each.resource['id']}" if "id" in each.resource else None
        )
    task: Json = {
        "resourceType": "Task",
        "id": _request_of(located[0][1], reading.base),
        "status": "completed",
        "intent": "order",
    }
    answer = Entry(Located(f"{_COMPOSITION}.event", task), "PUT", None)
    entries = [answer, *(Entry(each, "POST", None) for _, each in located)]
    submission = submission_of(entries, walk, resolver, token(bundle.get("identifier")))
    return submission, condition_of("Bundle", if_none_exist, bundle), said


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


def _request_of(composition: Located, base: str) -> str:
    """The id of the request that the document answers. Raises `BadInput` where it names none, or several."""
    named: set[str] = set()
    for event in composition.resource.get("event", ()):
        for detail in event.get("detail", ()):
            path = str(detail.get("reference", "")).removeprefix(f"{base}/")
            said = token(detail.get("identifier"))
            if path.startswith(_REQUESTS):
                named.add(path.split("/")[1])
            elif said is not None and said[0] == systems.COOPERATION_REQUEST:
                named.add(said[1])
    if len(named) != 1:
        message = "a document answers one request: name its Task, ServiceRequest or identifier in event.detail"
        raise BadInput(Issue("document-without-request", message, f"{_COMPOSITION}.event", "business-rule"))
    return named.pop()
