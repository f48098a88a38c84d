"""A Subscription as it comes: strict JSON, whole as FHIR R4 has it, and then what it asks for."""

from typing import cast

from starlette.requests import Request

from adapters.nhs_fhir.exchange import check_content_type, read_body
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.models import check_model
from adapters.nhs_fhir.strict_json import parse
from adapters.nhs_fhir.structure import Limits, Walk
from adapters.nhs_fhir.subscription_topics import TOPICS
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.subscription import Asked, read_subscription
from fhir_mappings.values import Json

MOST_BYTES = 64 * 1024


async def asked_for(face: Face, request: Request, *, subscription_id: str | None = None) -> tuple[Asked, bytes]:
    """What the body of a request asks for, and its bytes. Raises `BadInput` with all that is wrong.

    `subscription_id`: what the resource must say it is, where it is put back.
    """
    check_content_type(request)
    for condition in ("If-None-Exist", "If-Modified-Since"):
        if condition in request.headers:
            message = f"{condition} is not taken here"
            raise BadInput(Issue("condition-unknown", message, code="not-supported"))
    body = await read_body(request, most=MOST_BYTES)
    value = parse(body)
    walk = Walk(Limits(face.settings.fhir_max_depth, 0, face.today))
    walk.resource(value, "Subscription", accepted=frozenset({"Subscription"}))
    walk.faults.check()
    for located in walk.resources:
        check_model(located, walk.faults)
    walk.faults.check()
    resource = cast("Json", value)
    if subscription_id is not None and resource.get("id") != subscription_id:
        message = "the id in the Subscription must be the id in the address"
        walk.faults.add("id-mismatch", message, "Subscription.id", code="invariant", status=400)
    asked = read_subscription(resource, TOPICS, walk.faults)
    walk.faults.check()
    if asked is None:
        raise BadInput(Issue("subscription", "this cannot be subscribed to"))
    return asked, body
