"""GET [type]/[id]: http://hl7.org/fhir/R4/http.html#read

An id that is unknown and one that belongs to others get the same answer.
"""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import etag, fhir_response
from adapters.nhs_fhir.face import Face, Interaction, must_grant, must_have
from adapters.nhs_fhir.readable import READABLE
from adapters.nhs_fhir.record import Loaded, Showing, retrieve
from adapters.nhs_fhir.showing import Readable, Wanted, complete
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.audit import Operation
from hub.auth.scopes import grants
from hub.errors import not_found
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Part


def reading(readable: Readable) -> Interaction:
    """The interaction that reads one resource of this type, noted as shown."""

    async def read(face: Face, request: Request, caller: Caller) -> Response:
        must_grant(caller, readable.scope, "r")
        must_have(caller, readable.also)
        operation = Operation(f"fhir:{readable.type}.read", f"GET {readable.type}/[id]")
        resource = await _loaded(face, caller, readable, request.path_params["id"], operation)
        if resource is None:
            raise not_found(readable.type)
        return fhir_response(resource, headers={"ETag": etag(resource["meta"]["versionId"])})

    return read


async def shown(face: Face, caller: Caller, kind: str, id_: str, operation: str) -> Json | None:
    """A resource that was just written, noted as shown; None where the caller may not read it."""
    readable = READABLE[kind]
    if not grants(caller.scopes, readable.scope, "r") or (readable.also and not caller.has(readable.also)):
        return None
    return await _loaded(face, caller, readable, id_, Operation(operation, f"POST {kind}"))


async def _loaded(face: Face, caller: Caller, readable: Readable, id_: str, operation: Operation) -> Json | None:
    async with face.transactions.begin(caller) as tx:
        page = await readable.load(tx, Wanted((id_,), count=1, log=face.log))
        if not page.shown:
            return None
        showing = Showing()
        showing.note_all(page.shown[:1])
        await showing.store(tx, operation)
    return complete(page.shown[0])


async def show_task(face: Face, caller: Caller, request_id: UUID, operation: str) -> Loaded:
    """One request, retrieved and noted as shown."""
    async with face.transactions.begin(caller) as tx:
        found = await retrieve(tx, [request_id])
        if not found:
            raise not_found("Task")
        await note_task(tx, found[0], operation)
    return found[0]


async def note_task(tx: Transaction, loaded: Loaded, operation: str) -> None:
    """That the request is shown."""
    showing = Showing()
    showing.note(loaded.child, Part.COOPERATION, Part.IDENTITY)
    await showing.store(tx, Operation(operation, "GET Task/[id]"))
