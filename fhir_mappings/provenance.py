"""What was done to a record and by whom -> Provenance: who sent advice, who answered a request, who changed a plan.

It comes from the hub's own events, which hold no name, number or free text; a change is never recorded by a Provenance
that somebody sends, so there is no way back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from fhir_mappings.elements import compact, instant_text, organisation_reference
from fhir_mappings.systems import CLIENT, EVENT_KINDS, PAYLOAD, PURPOSE
from fhir_mappings.values import Body, Json
from hub.law.purposes import Purpose

TARGETS: Mapping[str, str] = MappingProxyType(
    {
        "Advice": "Composition",
        "CooperationRequest": "Task",
        "Notification": "Communication",
        "PersonalBudget": "Account",
        "Plan": "CarePlan",
    }
)
"""What an event is about, and the type that shows it."""

_TYPE = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_AUTHOR = {"system": _TYPE, "code": "author", "display": "Author"}
_TRANSMITTER = {"system": _TYPE, "code": "transmitter", "display": "Transmitter"}


@dataclass(frozen=True, slots=True)
class Done:
    """An event about something that is shown. `sha256`: the hash of the payload that it came in, where one is kept."""

    id: UUID
    at: datetime
    kind: str
    about: tuple[str, UUID]
    body: Body | None
    client_id: str | None
    purpose: Purpose | None = None
    sha256: str | None = None


def to_provenance(done: Done) -> Json:
    """The Provenance of an event: by which body, through which system, and from which payload."""
    kind, about_id = TARGETS[done.about[0]], done.about[1]
    system = {"identifier": {"system": CLIENT, "value": done.client_id or "hub"}}
    who = organisation_reference(done.body) if done.body else {"display": "SEND Hub"}
    source = {
        "role": "source",
        "what": {"identifier": {"system": PAYLOAD, "value": done.sha256}},
    }
    return compact(
        {
            "resourceType": "Provenance",
            "id": str(done.id),
            "target": [{"reference": f"{kind}/{about_id}", "type": kind}],
            "recorded": instant_text(done.at),
            "reason": [{"coding": [PURPOSE.coding(done.purpose)]}] if done.purpose else None,
            "activity": {"coding": [{"system": EVENT_KINDS, "code": done.kind}]},
            "agent": [
                {"type": {"coding": [_AUTHOR]}, "who": who},
                {"type": {"coding": [_TRANSMITTER]}, "who": system},
            ],
            "entity": [source] if done.sha256 else None,
        }
    )
