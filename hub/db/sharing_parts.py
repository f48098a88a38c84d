"""The part of the record that a row belongs to, by the word that tells it."""

from collections.abc import Mapping
from enum import StrEnum

from hub.law.precedence import ChildField
from hub.law.reg17_disclosure import Part
from hub.law.vocabulary import BudgetKind, SectionCode

SECTION_PARTS: Mapping[SectionCode, Part] = {code: Part[f"SECTION_{code.value}"] for code in SectionCode}
BUDGET_PARTS: Mapping[BudgetKind, Part] = {kind: Part[f"BUDGET_{kind.value}"] for kind in BudgetKind}
FIELD_PARTS: Mapping[ChildField, Part] = {
    each: Part.CONTACTS if each is ChildField.POSTCODE else Part.IDENTITY for each in ChildField
}
"""The part that a field of the child's record belongs to."""


class HasHistory(StrEnum):
    """What has a history that can be read, by the name of its type in the schema."""

    ADVICE = "Advice"
    ASSESSMENT = "Assessment"
    COOPERATION_REQUEST = "CooperationRequest"
    DISPUTE = "Dispute"
    DUTY = "Duty"
    NOTICE = "Notice"
    NOTIFICATION = "Notification"
    PERSONAL_BUDGET = "PersonalBudget"
    PLAN = "Plan"
    PROVISION = "Provision"
    REVIEW = "Review"


EVENT_PARTS: Mapping[HasHistory, Part] = {
    HasHistory.ADVICE: Part.ADVICE,
    HasHistory.ASSESSMENT: Part.ASSESSMENT,
    HasHistory.COOPERATION_REQUEST: Part.COOPERATION,
    HasHistory.DISPUTE: Part.REDRESS,
    HasHistory.DUTY: Part.DUTIES,
    HasHistory.NOTICE: Part.NOTICES,
    HasHistory.NOTIFICATION: Part.NOTIFICATION,
    HasHistory.PERSONAL_BUDGET: Part.EXISTENCE,
    HasHistory.PLAN: Part.EXISTENCE,
    HasHistory.PROVISION: Part.EXISTENCE,
    HasHistory.REVIEW: Part.REVIEW,
}
"""The part that an event belongs to, by what it is about. Whoever sees that sees the event."""
