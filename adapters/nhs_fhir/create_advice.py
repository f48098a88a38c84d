"""POST Composition and POST DocumentReference: advice that stands alone. http://hl7.org/fhir/R4/http.html#create

The request that it answers stands in `Composition.event.detail`, or in `DocumentReference.context.related`; what its
sections lead to is contained in it.
"""

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.answering import Answered
from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.created_advice import Posted, answer_to, create_advice, request_of
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.incoming import received, taken
from adapters.nhs_fhir.resolution import Resolver
from adapters.nhs_fhir.submission import Entry, Submission, submission_of
from fhir_mappings.document import document_id
from fhir_mappings.values import Json, Located
from hub.law.caller import Caller


async def create_composition(face: Face, request: Request, caller: Caller) -> Response:
    """201 with the address of the Composition."""
    return await create_advice(face, request, caller, "Composition", read_composition, composition_name)


async def create_document_reference(face: Face, request: Request, caller: Caller) -> Response:
    """201 with the address of the DocumentReference."""
    return await create_advice(face, request, caller, "DocumentReference", read_reference, reference_name)


def composition_name(submission: Submission, answered: Answered) -> str:
    """A Composition has the id of the advice."""
    del submission
    return str(answered.advice_id)


def reference_name(submission: Submission, answered: Answered) -> str:
    """Its first document, where it carries several."""
    advice, advice_id = submission.advice, answered.advice_id
    if advice is None or advice_id is None:
        raise AssertionError("a DocumentReference is advice with a document")
    return document_id(advice_id, advice.documents[0])


def read_composition(reading: Reading, body: bytes) -> Posted:
    return _read(reading, body, "Composition", "event", "event.detail")


def read_reference(reading: Reading, body: bytes) -> Posted:
    return _read(reading, body, "DocumentReference", "context", "context.related")


def _read(reading: Reading, body: bytes, kind: str, element: str, words: str) -> Posted:
    value, said = taken(reading, body)
    resource, walk = received(value, kind, settings=reading.settings, today=reading.today)
    walk.faults.check()
    located = Located(kind, resource)
    resolver = Resolver(reading.base)
    resolver.add(located, full_url=None, known_as=None)
    at = f"{kind}.{element}"
    answer = answer_to(request_of(_named(resource), at, words, reading.base), at)
    return Posted(submission_of([answer, Entry(located, "POST", None)], walk, resolver, None), resource, said)


def _named(resource: Json) -> list[Json]:
    """What the advice says that it is about."""
    if resource["resourceType"] == "DocumentReference":
        return [*resource.get("context", {}).get("related", ())]
    return [detail for event in resource.get("event", ()) for detail in event.get("detail", ())]
