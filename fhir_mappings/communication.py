"""A health body's notification of a child (CFA 2014 ss. 23, 24(1)(b)) <-> Communication.

What the body did for the parent first has no place in FHIR: that the parent was informed (s. 23(2)(a)), that a
discussion was offered (s. 23(2)(b)) and which voluntary organisation the parent was told of (s. 23(4)) travel in the
extension send-notification. None of it is consent, and the parent cannot forbid it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from fhir_mappings.code_system import Code, CodeSystem
from fhir_mappings.elements import (
    code_of,
    compact,
    day_of,
    instant_text,
    organisation_reference,
    subject_reference,
    token,
)
from fhir_mappings.identifiers import NOTIFICATION
from fhir_mappings.outcome import Faults
from fhir_mappings.profiles import NOTIFICATION_EXTENSION
from fhir_mappings.systems import ASSESSMENT_DECISION, CERTAINTY, NOTIFICATION_BASIS, OPINION
from fhir_mappings.values import Body, Child, Json, Located
from hub.law.vocabulary import AssessmentDecision, Certainty, NotificationBasis, Opinion

INFORMED, OFFERED, TOLD_OF = "parentInformed", "discussionOffered", "voluntaryOrganisation"
DETERMINATION, HOW_CERTAIN = "determination", "certainty"
_ONCE = frozenset({INFORMED, OFFERED, DETERMINATION, HOW_CERTAIN})


@dataclass(frozen=True, slots=True)
class Opined:
    """What a body says of a child, and what it did for the parent before."""

    basis: NotificationBasis
    opinion: Opinion
    certainty: Certainty
    parent_informed_on: date | None = None
    discussion_offered_on: date | None = None
    voluntary_organisations: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Notified:
    """A notification as the hub holds it."""

    id: UUID
    opined: Opined
    notified_at: datetime
    received_at: datetime | None
    determination: AssessmentDecision | None = None


def to_communication(notified: Notified, *, child: Child | None, sender: Body, recipient: Body) -> Json:
    """The Communication from the body to the authority. `child` is None where the reader may not know who it is."""
    opined = notified.opined
    received = notified.received_at
    return compact(
        {
            "resourceType": "Communication",
            "id": str(notified.id),
            "extension": [{"url": NOTIFICATION_EXTENSION, "extension": _extension(opined, notified.determination)}],
            "identifier": [{"system": NOTIFICATION, "value": str(notified.id)}],
            "status": "completed",
            "category": [{"coding": [NOTIFICATION_BASIS.coding(opined.basis)]}],
            "subject": subject_reference(child),
            "sent": instant_text(notified.notified_at),
            "received": instant_text(received) if received else None,
            "recipient": [organisation_reference(recipient)],
            "sender": organisation_reference(sender),
            "reasonCode": [{"coding": [OPINION.coding(opined.opinion)]}],
        }
    )


def _extension(opined: Opined, determination: AssessmentDecision | None) -> list[Json]:
    days = {INFORMED: opined.parent_informed_on, OFFERED: opined.discussion_offered_on}
    return [
        {"url": HOW_CERTAIN, "valueCoding": CERTAINTY.coding(opined.certainty)},
        *({"url": name, "valueDate": day.isoformat()} for name, day in days.items() if day),
        *({"url": TOLD_OF, "valueString": name} for name in opined.voluntary_organisations),
        *([{"url": DETERMINATION, "valueCoding": ASSESSMENT_DECISION.coding(determination)}] if determination else []),
    ]


def read_communication(located: Located, faults: Faults) -> Opined | None:
    """What the body says; None where something is wrong. The determination is the authority's, and not read."""
    communication, at = located.resource, located.at
    if communication.get("status") != "completed":
        message = "a notification is a completed Communication: what it says has been said"
        faults.add("communication-status", message, f"{at}.status", code="business-rule")
    said = _said(communication, faults, at)
    basis = _only(NOTIFICATION_BASIS, communication.get("category", ()), faults, f"{at}.category", "basis")
    opinion = _only(OPINION, communication.get("reasonCode", ()), faults, f"{at}.reasonCode", "opinion")
    coding = [each.get("valueCoding", {}) for each in said.get(HOW_CERTAIN, ())]
    certainty = _only(CERTAINTY, [{"coding": coding}], faults, f"{at}.extension", "certainty")
    days = {
        name: day_of(each.get("valueDate", each.get("valueDateTime", "")), faults, f"{at}.extension")
        for name in (INFORMED, OFFERED)
        for each in said.get(name, ())
    }
    if basis is None or opinion is None or certainty is None:
        return None
    told_of = tuple(each["valueString"] for each in said.get(TOLD_OF, ()) if each.get("valueString"))
    return Opined(basis, opinion, certainty, days.get(INFORMED), days.get(OFFERED), told_of)


def recipient_of(located: Located, faults: Faults) -> tuple[str, str] | None:
    """(system, code) of the authority that is notified: the one recipient that is named by a code."""
    named = [token(each.get("identifier")) for each in located.resource.get("recipient", ())]
    found = [each for each in named if each is not None]
    if len(found) != 1:
        message = "name one authority as the recipient, by its code"
        faults.add("communication-recipient", message, f"{located.at}.recipient", code="required")
        return None
    return found[0]


def _said(communication: Json, faults: Faults, at: str) -> dict[str, list[Json]]:
    """The parts of the extension by name."""
    found: dict[str, list[Json]] = {}
    for each in communication.get("extension", ()):
        if each.get("url") == NOTIFICATION_EXTENSION:
            for part in each.get("extension", ()):
                found.setdefault(part.get("url", ""), []).append(part)
    unknown = found.keys() - _ONCE - {TOLD_OF}
    if unknown or any(len(found.get(name, ())) > 1 for name in _ONCE):
        message = "certainty, parentInformed and discussionOffered stand once, voluntaryOrganisation as often as needed"
        faults.add("notification-extension", f"in send-notification, {message}", f"{at}.extension", code="extension")
    return found


def _only(system: CodeSystem[Code], concepts: Sequence[Json], faults: Faults, at: str, what: str) -> Code | None:
    """The one code of this system among several concepts; a fault where there is none, or more than one."""
    before = len(faults.issues)
    found = {code for each in concepts if (code := code_of(system, each, faults, f"{at}.coding")) is not None}
    if len(found) == 1:
        return found.pop()
    if len(faults.issues) == before:
        message = f"the {what} is one code of {system.url}"
        faults.add(f"notification-{what}", message, at, code="required")
    return None
