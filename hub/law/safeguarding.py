"""Broken glass: a body that works to keep a child from harm sees what it needs at once, and is seen to have done so.

Children Act 1989 s. 47 and Children Act 2004 s. 11 bind the bodies listed there. Reg. 17 of the SEND Regs 2014 has no
ground for them, so that the authority cannot be asked first: what was seen is for its privacy officer to review.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hub.law.decisions import Refusal, says_something
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.term import Term, means
from hub.law.vocabulary import OrganisationKind

BREAK_GLASS_FOR = timedelta(minutes=60)
"""The hub's own limit: no provision sets one."""

SAFEGUARDING_BODIES: frozenset[OrganisationKind] = frozenset(  # Children Act 2004 s. 11(1)
    {
        OrganisationKind.LOCAL_AUTHORITY,
        OrganisationKind.INTEGRATED_CARE_BOARD,
        OrganisationKind.NHS_ENGLAND,
        OrganisationKind.NHS_TRUST,
        OrganisationKind.YOUTH_OFFENDING_TEAM,
        OrganisationKind.YOUTH_ACCOMMODATION,
    }
)

BEHIND_GLASS: frozenset[Part] = frozenset(
    {
        Part.EXISTENCE,
        Part.IDENTITY,
        Part.CONTACTS,
        Part.SECTION_B,
        Part.SECTION_C,
        Part.SECTION_D,
        Part.SECTION_G,
        Part.SECTION_H1,
        Part.SECTION_H2,
        Part.SECTION_I,
        Part.ADVICE,
    }
)
"""Who the child is and who cares for it, its needs, the care it has and where it is. Not money, redress or duties."""


class Alerted(Term):
    """Whom the alert goes to that the glass was broken."""

    PRIVACY_OFFICER = means("The privacy officer whom the body had named.")
    BODY = means("The body itself: it had named nobody.")

    @classmethod
    def of(cls, named: str | None) -> "Alerted":
        """Whom it goes to, where this officer was named, or none."""
        return cls.BODY if named is None else cls.PRIVACY_OFFICER


@dataclass(frozen=True, slots=True)
class BrokenGlass:
    """A body has broken the glass over one child's record."""

    body: UUID
    opened_at: datetime

    @property
    def ends_at(self) -> datetime:
        """The first instant at which it opens nothing any more."""
        return self.opened_at + BREAK_GLASS_FOR

    def stands_at(self, now: datetime) -> bool:
        return self.opened_at <= now < self.ends_at


def refuse_to_break(kind: OrganisationKind, purpose: Purpose, reason: str) -> Refusal | None:
    """Why a body may not break the glass, or None where it may."""
    if purpose is not Purpose.SAFEGUARDING:
        message = "State the purpose SAFEGUARDING: it is never a default."
        return Refusal("Children Act 2004 s. 11", "safeguarding-not-stated", message, ())
    if kind not in SAFEGUARDING_BODIES:
        message = "Bodies that Children Act 2004 s. 11(1) binds alone may do so: ask the authority."
        return Refusal("Children Act 2004 s. 11(1)", "not-a-safeguarding-body", message, ())
    if not says_something(reason):
        message = "Say in words why this cannot wait: the authority's privacy officer reads it."
        return Refusal("Children Act 2004 s. 11", "reason-required", message, ("reason",))
    return None


def refuse_acknowledgement(finding: str, *, acknowledged: bool) -> Refusal | None:
    """Why an alert may not be acknowledged, or None where it may: once, and with what the review of it found."""
    if acknowledged:
        message = "This alert was acknowledged before."
        return Refusal("SEND Regs 2014 reg. 17(4)", "already-acknowledged", message, ("broken_glass",))
    if not says_something(finding):
        message = "Say in words what the review of it found."
        return Refusal("SEND Regs 2014 reg. 17(4)", "finding-required", message, ("finding",))
    return None
