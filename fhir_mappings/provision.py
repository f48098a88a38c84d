"""Provision that advice specifies and quantifies <-> an activity of a CarePlan, or a ServiceRequest.

FHIR has no place for a qualification, a setting or minutes in a week, so these travel in the extension send-provision,
on the activity, on its detail, or on the ServiceRequest.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from fhir_mappings.assertion import is_asserted
from fhir_mappings.elements import compact, concept_text
from fhir_mappings.outcome import Faults
from fhir_mappings.profiles import PROVISION_EXTENSION
from fhir_mappings.values import Find, Json, Located, Provision
from hub.law.s37_provision import Specified

TEXTS = {
    "frequency": "frequency",
    "deliveredBy": "delivered_by",
    "qualification": "qualification",
    "setting": "setting",
}
MINUTES = "minutesPerWeek"
_WHOLE_NUMBERS = ("valueUnsignedInt", "valuePositiveInt", "valueInteger")


def to_care_plan(provision: Iterable[Provision], *, id: str, subject: Json) -> Json:  # noqa: A002  (FHIR's word)
    """One CarePlan with an activity for each provision."""
    return {
        "resourceType": "CarePlan",
        "id": id,
        "status": "active",
        "intent": "proposal",
        "subject": subject,
        "activity": [to_activity(each) for each in provision],
    }


def to_activity(provision: Provision) -> Json:
    parts: list[Json] = [
        {"url": name, "valueString": getattr(provision, attribute)}
        for name, attribute in TEXTS.items()
        if getattr(provision, attribute)
    ]
    if provision.minutes_per_week is not None:
        parts.append({"url": MINUTES, "valueUnsignedInt": provision.minutes_per_week})
    extension = [{"url": PROVISION_EXTENSION, "extension": parts}] if parts else None
    detail = {"extension": extension, "status": "not-started", "description": provision.description}
    return {"detail": compact(detail)}


def read_care_plan(plan: Located, find: Find, faults: Faults) -> list[Specified]:
    """The provision of each activity; of a plan without activities, its description."""
    if not is_asserted("CarePlan", plan.resource, faults, plan.at):
        return []
    if "activity" not in plan.resource:
        return read_provision(plan.resource.get("description"), [plan.resource], faults, plan.at)
    return [
        each
        for place, activity in enumerate(plan.resource["activity"])
        for each in _read_activity(activity, plan, find, faults, f"{plan.at}.activity[{place}]")
    ]


def _read_activity(activity: Json, plan: Located, find: Find, faults: Faults, at: str) -> list[Specified]:
    if "detail" in activity:
        detail: Json = activity["detail"]
        if not is_asserted("CarePlan.activity.detail", detail, faults, f"{at}.detail"):
            return []
        text = detail.get("description") or concept_text(detail.get("code"))
        return read_provision(text, [activity, detail], faults, f"{at}.detail")
    found = find(activity.get("reference", {}), plan)
    if found is not None and found.type == "ServiceRequest":
        return read_service_request(found, faults)
    return read_provision(None, [], faults, at)


def read_service_request(request: Located, faults: Faults) -> list[Specified]:
    if not is_asserted("ServiceRequest", request.resource, faults, request.at):
        return []
    text = concept_text(request.resource.get("code"))
    return read_provision(text, [request.resource], faults, request.at)


def read_provision(text: str | None, carriers: Sequence[Json], faults: Faults, at: str) -> list[Specified]:
    if not text:
        faults.add("provision-undescribed", "provision needs a description in words", at, code="required")
        return []
    found = [
        (extension, f"{at}.extension")
        for carrier in carriers
        for extension in carrier.get("extension", ())
        if extension.get("url") == PROVISION_EXTENSION
    ]
    if len(found) > 1:
        faults.add("extension-repeated", "send-provision stands here more than once", at, code="extension")
    return [Specified(text, **(_read_extension(*found[0], faults) if found else {}))]


def _read_extension(extension: Json, at: str, faults: Faults) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for part in extension.get("extension", ()):
        url = part.get("url")
        name = "minutes_per_week" if url == MINUTES else TEXTS.get(str(url))
        values = [part[key] for key in (_WHOLE_NUMBERS if url == MINUTES else ("valueString",)) if key in part]
        if name is None or name in said or len(values) != 1:
            message = "frequency, deliveredBy, qualification and setting (valueString) and minutesPerWeek, each once"
            faults.add("provision-extension", f"send-provision has {message}", at, code="extension")
            continue
        said[name] = values[0]
    return said
