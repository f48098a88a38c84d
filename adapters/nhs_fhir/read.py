"""GET [type]/[id]: http://hl7.org/fhir/R4/http.html#read

An id that is unknown and one that belongs to others get the same answer.
"""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import etag, fhir_response
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.record import Loaded, Showing, asking, retrieve
from fhir_mappings.advice import to_composition, to_document_references
from fhir_mappings.document import document_id, to_binary
from fhir_mappings.elements import subject_reference
from fhir_mappings.patient import to_patient
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.audit import Operation
from hub.db import queries
from hub.db.advice import RecordedAdvice, advice_by_id
from hub.db.queries import ChildIdentity, Organisation
from hub.errors import not_found
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Part


async def read_task(face: Face, request: Request, caller: Caller) -> Response:
    must_grant(caller, "Task", "r")
    loaded = await show_task(face, caller, _id(request, "Task"), "fhir:Task.read")
    return fhir_response(loaded.task(), headers={"ETag": loaded.etag})


async def read_service_request(face: Face, request: Request, caller: Caller) -> Response:
    """What is asked. For the asked body, to have it is to have received the request."""
    must_grant(caller, "ServiceRequest", "r")
    loaded = await show_task(face, caller, _id(request, "ServiceRequest"), "fhir:ServiceRequest.read")
    return fhir_response(loaded.service_request(), headers={"ETag": loaded.etag})


async def read_patient(face: Face, request: Request, caller: Caller) -> Response:
    must_grant(caller, "Patient", "r")
    child_id = _id(request, "Patient")
    async with face.transactions.begin(caller) as tx:
        child = await queries.child_by_id(tx.connection, asking(tx), child_id)
        if child is None or Part.IDENTITY not in child.parts:
            raise not_found("Patient")
        await _shown(tx, child, "fhir:Patient.read", Part.IDENTITY)
    return fhir_response(to_patient(child), headers={"ETag": etag(child.version)})


async def read_composition(face: Face, request: Request, caller: Caller) -> Response:
    must_grant(caller, "Composition", "r")
    advice_id = _id(request, "Composition")
    async with face.transactions.begin(caller) as tx:
        given = await _advice(tx, advice_id, "Composition")
        await _shown(tx, given.child, "fhir:Composition.read", Part.ADVICE, Part.IDENTITY)
    recorded = given.recorded
    composition = to_composition(
        recorded.advice,
        id=recorded.id,
        subject=given.subject,
        given_by=given.given_by,
        received_at=recorded.received_at,
    )
    return fhir_response(composition, headers={"ETag": etag(1)})


async def read_document_reference(face: Face, request: Request, caller: Caller) -> Response:
    must_grant(caller, "DocumentReference", "r")
    given = await _document(face, caller, request.path_params["id"], "DocumentReference")
    recorded = given.recorded
    references = to_document_references(
        recorded.advice,
        id=recorded.id,
        subject=given.subject,
        given_by=given.given_by,
        received_at=recorded.received_at,
    )
    wanted = next(each for each in references if each["id"] == request.path_params["id"])
    return fhir_response(wanted, headers={"ETag": etag(1)})


async def read_binary(face: Face, request: Request, caller: Caller) -> Response:
    """The bytes of a document, under the scope and the sharing rules of its DocumentReference."""
    must_grant(caller, "DocumentReference", "r")
    wanted = request.path_params["id"]
    recorded = (await _document(face, caller, wanted, "Binary")).recorded
    document = next(each for each in recorded.advice.documents if document_id(recorded.id, each) == wanted)
    return fhir_response(to_binary(document, id=wanted), headers={"ETag": etag(1)})


async def show_task(face: Face, caller: Caller, request_id: UUID, operation: str) -> Loaded:
    """One request, retrieved and noted as shown."""
    async with face.transactions.begin(caller) as tx:
        found = await retrieve(tx, [request_id])
        if not found:
            raise not_found(operation.removeprefix("fhir:").partition(".")[0])
        await _shown(tx, found[0].child, operation, Part.COOPERATION, Part.IDENTITY)
    return found[0]


@dataclass(frozen=True, slots=True)
class _Given:
    """Advice with whom it is about and which body gave it."""

    recorded: RecordedAdvice
    child: ChildIdentity
    given_by: Organisation | None

    @property
    def subject(self) -> Json:
        return subject_reference(self.child if Part.IDENTITY in self.child.parts else None)


async def _advice(tx: Transaction, advice_id: UUID | None, what: str) -> _Given:
    recorded = await advice_by_id(tx.connection, asking(tx), advice_id=advice_id) if advice_id else None
    child = await queries.child_by_id(tx.connection, asking(tx), recorded.child_id) if recorded else None
    if recorded is None or child is None:
        raise not_found(what)
    giver = recorded.given_by_id
    return _Given(recorded, child, await queries.organisation_by_id(tx.connection, giver) if giver else None)


async def _document(face: Face, caller: Caller, wanted: str, what: str) -> _Given:
    """The advice that has the document with this id, noted as shown."""
    try:
        advice_id = UUID(wanted.rpartition("-")[0])
    except ValueError as error:
        raise not_found(what) from error
    async with face.transactions.begin(caller) as tx:
        given = await _advice(tx, advice_id, what)
        if wanted not in {document_id(advice_id, each) for each in given.recorded.advice.documents}:
            raise not_found(what)
        await _shown(tx, given.child, f"fhir:{what}.read", Part.ADVICE, Part.IDENTITY)
    return given


async def _shown(tx: Transaction, child: ChildIdentity, operation: str, *parts: Part) -> None:
    showing = Showing()
    showing.note(child, *parts)
    await showing.store(tx, Operation(operation, f"GET {operation.removeprefix('fhir:').partition('.')[0]}/[id]"))


def _id(request: Request, what: str) -> UUID:
    try:
        return UUID(request.path_params["id"])
    except ValueError as error:
        raise not_found(what) from error
