"""A notice that was given (SEND Regs 2014 regs 4 to 35) -> Communication. It is the authority's: none is taken in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fhir_mappings.elements import compact, instant_text, organisation_reference, subject_reference
from fhir_mappings.identifiers import NOTICE
from fhir_mappings.systems import NOTICE_KIND
from fhir_mappings.values import Body, Child, Json
from hub.law.notices import NoticeKind, NoticeTo


@dataclass(frozen=True, slots=True)
class Given:
    """A notice as the hub holds it. `plan_id`: the plan that it is about, if it is about one."""

    id: UUID
    kind: NoticeKind
    given_to: NoticeTo
    provision: str
    text: str
    given_at: datetime
    plan_id: UUID | None


def to_communication(given: Given, *, child: Child | None, sender: Body, recipient: Body | None) -> Json:
    """The Communication from the authority. `recipient`: None for a family, of whom nothing is said here."""
    return compact(
        {
            "resourceType": "Communication",
            "id": str(given.id),
            "identifier": [{"system": NOTICE, "value": str(given.id)}],
            "status": "completed",
            "category": [{"coding": [NOTICE_KIND.coding(given.kind)], "text": given.provision}],
            "subject": subject_reference(child),
            "about": [{"reference": f"CarePlan/{given.plan_id}"}] if given.plan_id else [],
            "sent": instant_text(given.given_at),
            "recipient": [organisation_reference(recipient) if recipient else {"display": given.given_to.meaning}],
            "sender": organisation_reference(sender),
            "payload": [{"contentString": given.text}],
        }
    )
