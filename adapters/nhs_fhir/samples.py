"""Messages to try the face with: good ones, and ones that are broken on purpose. Nobody in them exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fhir_mappings import guide, identifiers, profiles, systems
from fhir_mappings.communication import INFORMED, OFFERED
from fhir_mappings.message import MESSAGE_EVENT, Event
from fhir_mappings.systems import REFUSAL_GROUND
from fhir_mappings.values import Json
from hub.law.s31_cooperation import RefusalGround
from hub.law.vocabulary import Certainty, NotificationBasis, Opinion

_TASK_ID = "00000000-0000-4000-8000-000000000000"
_CERTAINTY, _BASIS, _OPINION = Certainty.PROBABLY_HAS, NotificationBasis.S23_UNDER_COMPULSORY_SCHOOL_AGE, Opinion.SEN


@dataclass(frozen=True, slots=True)
class Sample:
    """What can be sent, to where, and which profile it follows."""

    title: str
    method: str
    path: str
    profile: str
    resource: Json


def _child(**more: object) -> Json:
    return {
        "resourceType": "Patient",
        "id": "child",
        "identifier": [{"system": identifiers.NHS_NUMBER, "value": "9990000042"}],
        "name": [{"family": "Testchild", "given": ["Bo"]}],
        "gender": "female",
        "birthDate": "2023-05-06",
        **more,
    }


def _notification(*, child: Json, informed: bool = True) -> Json:
    said: list[Json] = [{"url": "certainty", "valueCoding": systems.CERTAINTY.coding(_CERTAINTY)}]
    if informed:
        said += [{"url": INFORMED, "valueDate": "2026-11-10"}, {"url": OFFERED, "valueDate": "2026-11-12"}]
    return {
        "resourceType": "Communication",
        "contained": [child],
        "extension": [{"url": profiles.NOTIFICATION_EXTENSION, "extension": said}],
        "status": "completed",
        "category": [{"coding": [systems.NOTIFICATION_BASIS.coding(_BASIS)]}],
        "subject": {"reference": "#child"},
        "recipient": [{"identifier": {"system": identifiers.LA_CODE, "value": "990"}}],
        "reasonCode": [{"coding": [systems.OPINION.coding(_OPINION)]}],
    }


def _task(status: str, **more: object) -> Json:
    return {"resourceType": "Task", "id": _TASK_ID, "status": status, "intent": "order", **more}


def _message(event: Event, *resources: Json) -> Json:
    header: Json = {
        "resourceType": "MessageHeader",
        "id": "00000000-0000-4000-8000-000000000001",
        "eventCoding": MESSAGE_EVENT.coding(event),
        "source": {"endpoint": "https://trust.example/messages"},
    }
    return {
        "resourceType": "Bundle",
        "id": "00000000-0000-4000-8000-000000000002",
        "type": "message",
        "entry": [{"resource": each} for each in (header, *resources)],
    }


_GROUND = REFUSAL_GROUND.coding(RefusalGround.INCOMPATIBLE_WITH_OWN_DUTIES)

SAMPLES: Mapping[str, Sample] = MappingProxyType(
    {
        "notification": Sample(
            "A notification (s. 23)",
            "POST",
            "/Communication",
            guide.NOTIFICATION_PROFILE,
            _notification(child=_child()),
        ),
        "notification-number": Sample(
            "Broken: an NHS number whose check digit is wrong",
            "POST",
            "/Communication",
            guide.NOTIFICATION_PROFILE,
            _notification(child=_child(identifier=[{"system": identifiers.NHS_NUMBER, "value": "9990000043"}])),
        ),
        "acceptance": Sample(
            "A request is accepted", "PUT", f"/Task/{_TASK_ID}", guide.TASK_PROFILE, _task("accepted")
        ),
        "refusal": Sample(
            "A request is declined, with its ground and reasons (s. 31(2), (3))",
            "PUT",
            f"/Task/{_TASK_ID}",
            guide.TASK_PROFILE,
            _task("rejected", statusReason={"coding": [_GROUND], "text": "Written reasons"}),
        ),
        "message": Sample(
            "The acceptance as a message",
            "POST",
            "/$process-message",
            guide.MESSAGE_PROFILE,
            _message(Event.ANSWER, _task("accepted")),
        ),
        "message-status": Sample(
            "Broken: a status that no Task has, and null",
            "POST",
            "/$process-message",
            guide.MESSAGE_PROFILE,
            _message(Event.ANSWER, _task("banana", description=None)),
        ),
    }
)
