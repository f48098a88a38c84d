"""The answer to a create: http://hl7.org/fhir/R4/http.html#create, and Prefer: http://hl7.org/fhir/R4/http.html#ops"""

from collections.abc import Sequence
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import etag, fhir_response, preferred
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.read import shown
from fhir_mappings.outcome import Issue, operation_outcome
from hub.law.caller import Caller

_DONE = Issue("created", "created", code="informational", severity="information")


async def created(
    face: Face,
    request: Request,
    caller: Caller,
    kind: str,
    id_: UUID | str,
    said: Sequence[Issue] = (),
    *,
    existed: bool = False,
) -> Response:
    """201 (200 where it was there before) with the address of what was made, and what the caller prefers to read: the
    resource, where it may read it; an OperationOutcome; or nothing.
    """
    status = 200 if existed else 201
    resource = await shown(face, caller, kind, str(id_), f"fhir:{kind}.create")
    headers = {"Location": f"{face.base}/{kind}/{id_}"}
    if resource is not None:
        version = resource["meta"]["versionId"]
        headers = {"Location": f"{face.base}/{kind}/{id_}/_history/{version}", "ETag": etag(version)}
    wanted = preferred(request)
    if wanted == "OperationOutcome" or (said and wanted is None):
        return fhir_response(operation_outcome(said or [_DONE]), status=status, headers=headers)
    if wanted == "minimal" or resource is None:
        return Response(status_code=status, headers={"Cache-Control": "no-store", **headers})
    return fhir_response(resource, status=status, headers=headers)
