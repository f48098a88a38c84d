"""What was done to a record and by whom -> Provenance: who sent advice, who answered a request, who changed a plan.

It comes from the hub's own events, which hold no name, number or free text; a change is never recorded by a Provenance
that somebody sends, so there is no way back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from fhir_mappings.elements import instant_text, organisation_reference
from fhir_mappings.systems import EVENT_KINDS
from fhir_mappings.values import Body, Json

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


@dataclass(frozen=True, slots=True)
class Done:
    """An event about something that is shown."""

    id: UUID
    at: datetime
    kind: str
    about: tuple[str, UUID]
    body: Body | None


def to_provenance(done: Done) -> Json:
    """The Provenance of an event: what was done, when, and by which body; by none, it was the hub itself."""
    kind, about_id = TARGETS[done.about[0]], done.about[1]
    return {
        "resourceType": "Provenance",
        "id": str(done.id),
        "target": [{"reference": f"{kind}/{about_id}", "type": kind}],
        "recorded": instant_text(done.at),
        "activity": {"coding": [{"system": EVENT_KINDS, "code": done.kind}]},
        "agent": [
            {
                "type": {"coding": [_AUTHOR]},
                "who": organisation_reference(done.body) if done.body else {"display": "SEND Hub"},
            }
        ],
    }
