"""The header of a message that came, and that of the response to it <-> MessageHeader.

http://hl7.org/fhir/R4/messaging.html: the header's id names the message, the Bundle's id its envelope.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from fhir_mappings import identifiers
from fhir_mappings.code_system import CodeSystem
from fhir_mappings.elements import compact, token
from fhir_mappings.values import Json


class Event(StrEnum):
    """What a message is sent for."""

    NOTIFY = "notify-suspected-need"
    ANSWER = "answer-request"
    ADVISE = "give-advice"


_MEANINGS = {
    Event.NOTIFY: "A health body brings a child to an authority's attention (CFA 2014 ss. 23, 24(1)(b))",
    Event.ANSWER: "A body answers a request to co-operate, without advice (CFA 2014 s. 31)",
    Event.ADVISE: "A body complies with a request for advice (SEND Regs 2014 reg. 8(1))",
}
MESSAGE_EVENT: CodeSystem[Event] = CodeSystem(
    f"{identifiers.HUB}/CodeSystem/send-message-event",
    {event: (event.value, text) for event, text in _MEANINGS.items()},
)


class Processed(StrEnum):
    """http://hl7.org/fhir/R4/valueset-response-code.html"""

    OK = "ok"
    TRANSIENT = "transient-error"
    FATAL = "fatal-error"


@dataclass(frozen=True, slots=True)
class Header:
    """A message's header, as far as the response needs it."""

    id: str
    event: Json
    source: Json

    @property
    def known_event(self) -> Event | None:
        """The event, if it is one of the hub's; whichever way its system is spelt."""
        said = token({"system": self.event.get("system"), "value": self.event.get("code")})
        if said is None or said[0] != MESSAGE_EVENT.url:
            return None
        return next((each for each in Event if each.value == said[1]), None)


def to_response(header: Header, code: Processed, *, endpoint: str, ids: tuple[UUID, UUID], rest: list[Json]) -> Json:
    """The message that answers a message: `ids` are those of the envelope and of the header; `rest` the resources that
    follow the header, the first of which are its details where it is an OperationOutcome.
    """
    envelope, header_id = ids
    details = [each for each in rest if each["resourceType"] == "OperationOutcome"]
    told: Json = {
        "resourceType": "MessageHeader",
        "id": str(header_id),
        "eventCoding": header.event,
        "destination": [{"endpoint": header.source["endpoint"]}],
        "source": {"name": "SEND Hub", "endpoint": endpoint},
        "response": compact(
            {
                "identifier": header.id,
                "code": code.value,
                "details": {"reference": f"urn:uuid:{details[0]['id']}"} if details else None,
            }
        ),
    }
    entries = [told, *rest]
    return {
        "resourceType": "Bundle",
        "id": str(envelope),
        "type": "message",
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in entries],
    }
