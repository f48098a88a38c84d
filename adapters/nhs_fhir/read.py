"""GET [type]/[id]: http://hl7.org/fhir/R4/http.html#read

An id that is unknown and one that belongs to others get the same answer.
"""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import etag, fhir_response
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.record import Loaded, Showing, asking, retrieve
from fhir_mappings.advice import to_composition, to_document_references
from fhir_mappings.document import document_id, to_binary
from fhir_mappings.elements import child_reference
from fhir_mappings.patient import to_patient
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.audit import Operation
from hub.db import queries
from hub.db.advice import RecordedAdvice, advice_by_id
from hub.db.queries import ChildIdentity
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
        recorded, subject = await _advice(tx, advice_id, "Composition", "fhir:Composition.read")
        bodies = await queries.organisations_by_id(tx.connection, {recorded.given_by_id} - {None})
    composition = to_composition(
        recorded.advice,
        id=recorded.id,
        subject=subject,
        given_by=bodies.get(recorded.given_by_id) if recorded.given_by_id else None,
        received_at=recorded.received_at,
    )
    return fhir_response(composition, headers={"ETag": etag(1)})


async def read_document_reference(face: Face, request: Request, caller: Caller) -> Response:
    must_grant(caller, "DocumentReference", "r")
    wanted = request.path_params["id"]
    async with face.transactions.begin(caller) as tx:
        recorded, subject = await _advice(tx, _advice_id(wanted), "DocumentReference", "fhir:DocumentReference.read")
        bodies = await queries.organisations_by_id(tx.connection, {recorded.given_by_id} - {None})
    references = to_document_references(
        recorded.advice,
        id=recorded.id,
        subject=subject,
        given_by=bodies.get(recorded.given_by_id) if recorded.given_by_id else None,
        received_at=recorded.received_at,
    )
    for each in references:
        if each["id"] == wanted:
            return fhir_response(each, headers={"ETag": etag(1)})
    raise not_found("DocumentReference")


async def read_binary(face: Face, request: Request, caller: Caller) -> Response:
    """The bytes of a document, under the scope and the sharing rules of its DocumentReference."""
    must_grant(caller, "DocumentReference", "r")
    wanted = request.path_params["id"]
    async with face.transactions.begin(caller) as tx:
        recorded, _ = await _advice(tx, _advice_id(wanted), "Binary", "fhir:Binary.read")
    for each in recorded.advice.documents:
        if document_id(recorded.id, each) == wanted:
            return fhir_response(to_binary(each, id=wanted), headers={"ETag": etag(1)})
    raise not_found("Binary")


async def show_task(face: Face, caller: Caller, request_id: UUID, operation: str) -> Loaded:
    """One request, retrieved and noted as shown."""
    async with face.transactions.begin(caller) as tx:
        found = await retrieve(tx, [request_id])
        if not found:
            raise not_found(operation.removeprefix("fhir:").partition(".")[0])
        await _shown(tx, found[0].child, operation, Part.COOPERATION, Part.IDENTITY)
    return found[0]


async def _advice(tx: Transaction, advice_id: UUID | None, what: str, operation: str) -> tuple[RecordedAdvice, Json]:
    """The advice and its subject, noted as shown."""
    recorded = await advice_by_id(tx.connection, asking(tx), advice_id=advice_id) if advice_id else None
    child = await queries.child_by_id(tx.connection, asking(tx), recorded.child_id) if recorded else None
    if recorded is None or child is None:
        raise not_found(what)
    await _shown(tx, child, operation, Part.ADVICE, Part.IDENTITY)
    if Part.IDENTITY in child.parts:
        return recorded, child_reference(child)
    return recorded, {"type": "Patient", "display": "not disclosed"}


async def _shown(tx: Transaction, child: ChildIdentity, operation: str, *parts: Part) -> None:
    showing = Showing()
    showing.note(child, *parts)
    await showing.store(tx, Operation(operation, f"GET {operation.removeprefix('fhir:').partition('.')[0]}/[id]"))


def _id(request: Request, what: str) -> UUID:
    try:
        return UUID(request.path_params["id"])
    except ValueError as error:
        raise not_found(what) from error


def _advice_id(document: str) -> UUID | None:
    """The advice that a document id begins with."""
    try:
        return UUID(document.rpartition("-")[0])
    except ValueError:
        return None
