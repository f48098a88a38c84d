"""GET Composition/[id]/$document: advice, or a plan, whole. http://hl7.org/fhir/R4/composition-operation-document.html

A Bundle that begins with the Composition and holds what it leads to, each as the caller may see it, and nothing else.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast
from uuid import UUID, uuid5

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import fhir_response, to_json
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.readable import READABLE
from adapters.nhs_fhir.record import Showing
from adapters.nhs_fhir.showing import Shown, Wanted, complete
from fhir_mappings.elements import instant_text
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.audit import Operation
from hub.errors import not_found
from hub.law.caller import Caller

_DOCUMENTS = UUID("7f0d9f36-51a5-5c0b-9b7e-5b0f6f0d6a52")
"""The namespace of the identifiers of documents: the same content is the same document."""


async def document(face: Face, request: Request, caller: Caller) -> Response:
    """The document, made now and not kept."""
    must_grant(caller, "Composition", "r")
    async with face.transactions.begin(caller) as tx:
        page = await READABLE["Composition"].load(tx, Wanted((request.path_params["id"],), count=1, log=face.log))
        if not page.shown:
            raise not_found("Composition")
        shown = [page.shown[0], *[each async for each in _led_to(tx, caller, page.shown[0])]]
        showing = Showing()
        showing.note_all(shown)
        await showing.store(tx, Operation("fhir:Composition.document", "GET Composition/[id]/$document"))
        now = tx.now
    resources = [complete(each) for each in shown]
    content = b"".join(to_json(each) for each in resources)
    return fhir_response(
        {
            "resourceType": "Bundle",
            "type": "document",
            "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid5(_DOCUMENTS, content.hex())}"},
            "timestamp": instant_text(now),
            "entry": [
                {"fullUrl": f"{face.base}/{each['resourceType']}/{each['id']}", "resource": each} for each in resources
            ],
        }
    )


async def _led_to(tx: Transaction, caller: Caller, composition: Shown) -> AsyncIterator[Shown]:
    wanted: dict[str, list[str]] = {}
    for reference in _references(composition.resource):
        kind, _, id_ = reference.partition("/")
        if kind in READABLE and kind != "Composition" and id_ not in wanted.setdefault(kind, []):
            wanted[kind].append(id_)
    for kind, ids in wanted.items():
        must_grant(caller, READABLE[kind].scope, "r")
        page = await READABLE[kind].load(tx, Wanted(tuple(ids), count=len(ids)))
        for each in page.shown:
            yield each


def _references(value: Any) -> Iterator[str]:
    """Every literal reference, in the order in which they stand."""
    if isinstance(value, dict):
        for name, inner in cast("Json", value).items():
            if name == "reference" and isinstance(inner, str):
                yield inner
            yield from _references(inner)
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _references(each)
