"""POST [base]: a Bundle, done as one (transaction) or each entry by itself (batch).

http://hl7.org/fhir/R4/http.html#transaction
"""

from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.batch import Find, answer_batch
from adapters.nhs_fhir.exchange import check_content_type, read_body
from adapters.nhs_fhir.face import Face, Interaction
from adapters.nhs_fhir.incoming import check_count, taken
from adapters.nhs_fhir.transaction import transaction
from adapters.nhs_fhir.writing import write_of
from fhir_mappings.values import Json
from hub.law.caller import Caller


def posting(find: Find) -> Interaction:
    """The interaction of a Bundle that is posted to the face itself."""

    async def post(face: Face, request: Request, caller: Caller) -> Response:
        check_content_type(request)
        body = await read_body(request, most=face.settings.fhir_max_bytes)
        value, said = await run_in_threadpool(taken, face, caller, body)
        match value:
            case {"resourceType": "Bundle", "type": "batch"}:
                check_count(value, face.settings)
                return await answer_batch(face, request, caller, _entries(value), find=find)
            case _:
                return await transaction(face, caller, write_of(request, body, "transaction"), value, said)

    return post


def _entries(bundle: Any) -> list[Any]:
    entries = cast("Json", bundle).get("entry")
    return cast("list[Any]", entries) if isinstance(entries, list) else []
