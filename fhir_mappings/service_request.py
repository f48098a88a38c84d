"""What is asked in a request to co-operate -> ServiceRequest, which the Task asks a body to fulfil.

It stays active while the authority asks: a body that declines answers the Task, and does not end the request.
"""

from datetime import datetime

from fhir_mappings import codings, identifiers, systems
from fhir_mappings.elements import compact, instant_text, organisation_reference, subject_reference
from fhir_mappings.values import Body, Child, Json
from hub.law.s31_cooperation import CooperationRequest, CooperationStatus

_STATUS = {CooperationStatus.COMPLIED: "completed", CooperationStatus.WITHDRAWN: "revoked"}


def to_service_request(
    request: CooperationRequest,
    *,
    asked: str,
    version: int,
    updated_at: datetime,
    child: Child | None,
    requester: Body,
    performer: Body,
) -> Json:
    """The ServiceRequest; it has the id of the request, as the Task has."""
    function = systems.PART_3_FUNCTION.coding(request.function)
    return compact(
        {
            "resourceType": "ServiceRequest",
            "id": str(request.id),
            "meta": {"versionId": str(version), "lastUpdated": instant_text(updated_at)},
            "identifier": [{"system": identifiers.COOPERATION_REQUEST, "value": str(request.id)}],
            "status": _STATUS.get(request.status, "active"),
            "intent": "order",
            "category": [{"coding": [codings.S31_REQUEST]}],
            "code": {"coding": [function], "text": asked},
            "subject": subject_reference(child),
            "occurrencePeriod": {"end": request.due_on.isoformat()} if request.due_on else None,
            "authoredOn": instant_text(request.sent_at),
            "requester": organisation_reference(requester),
            "performer": [organisation_reference(performer)],
            "reasonCode": [{"coding": [function], "text": "Children and Families Act 2014 s. 31"}],
        }
    )
