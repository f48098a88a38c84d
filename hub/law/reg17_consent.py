"""Consent to the disclosure of a plan (SEND Regs 2014 reg. 17(1) to (3)): who may give it, and how long it lasts.

Reg. 17 uses the word for this alone. It is not consent under the UK GDPR, nor to treatment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.law.decisions import Refusal
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import STATED
from hub.law.reg64_decision_makers import over_compulsory_school_age
from hub.law.s23_notification import compulsory_school_age
from hub.law.term import Term, means


class ConsentGiver(Term):
    """Who consents to a disclosure (reg. 17(1) to (3), regs 63, 64)."""

    CHILD = means("The child, who is old and mature enough to understand (reg. 17(2)).")
    PARENT = means("The child's parent, for a child who is not (reg. 17(3)).")
    YOUNG_PERSON = means("The young person, who is over compulsory school age (reg. 17(1), CFA 2014 s. 83(2)).")
    ALTERNATIVE_PERSON = means("Whoever stands in for a young person who lacks capacity (reg. 64).")


class CapacityBasis(Term):
    """Why it is this person who consents."""

    UNDERSTANDS = means("The child has the age and understanding that it takes (reg. 17(2)).")
    CHILD_DOES_NOT_UNDERSTAND = means("The child has not, and so the parent consents (reg. 17(3)).")
    PARENT_LACKS_CAPACITY = means("Nor can the parent: the parent's representative consents (regs 17(3), 63).")
    HAS_CAPACITY = means("The young person has capacity (Mental Capacity Act 2005 s. 1(2): assumed).")
    LACKS_CAPACITY_REPRESENTATIVE = means("The young person lacks capacity and has a representative (reg. 64).")
    LACKS_CAPACITY_PARENT = means("The young person lacks capacity and has no representative but a parent (reg. 64).")


BASES: Mapping[ConsentGiver, frozenset[CapacityBasis]] = {
    ConsentGiver.CHILD: frozenset({CapacityBasis.UNDERSTANDS}),
    ConsentGiver.PARENT: frozenset({CapacityBasis.CHILD_DOES_NOT_UNDERSTAND, CapacityBasis.PARENT_LACKS_CAPACITY}),
    ConsentGiver.YOUNG_PERSON: frozenset({CapacityBasis.HAS_CAPACITY}),
    ConsentGiver.ALTERNATIVE_PERSON: frozenset(
        {CapacityBasis.LACKS_CAPACITY_REPRESENTATIVE, CapacityBasis.LACKS_CAPACITY_PARENT}
    ),
}
"""Why each of them may consent. The representative of a parent who lacks capacity consents as the parent (reg. 63)."""

OF_YOUNG_PERSONS: frozenset[ConsentGiver] = frozenset({ConsentGiver.YOUNG_PERSON, ConsentGiver.ALTERNATIVE_PERSON})


@dataclass(frozen=True, slots=True)
class Consent:
    """Consent to the disclosure of parts of a record, to these bodies for these purposes.

    `ends_on` is its last day, `withdrawn_on` the first on which it opens nothing any more.
    """

    giver: ConsentGiver
    basis: CapacityBasis
    recipients: frozenset[UUID]
    purposes: frozenset[Purpose]
    parts: frozenset[Part]
    given_on: date
    ends_on: date | None = None
    withdrawn_on: date | None = None
    while_providing: bool = False

    def stands_on(self, day: date) -> bool:
        """Whether it has been given, has not ended and is not withdrawn."""
        ended = self.ends_on is not None and self.ends_on < day
        withdrawn = self.withdrawn_on is not None and self.withdrawn_on <= day
        return self.given_on <= day and not ended and not withdrawn


def last_day(giver: ConsentGiver, born_on: date, until: date | None) -> date | None:
    """The last day of a consent: what a child or a parent consents to ends when the child becomes a young person."""
    if giver in OF_YOUNG_PERSONS:
        return until
    last_as_child = compulsory_school_age(born_on).to
    return last_as_child if until is None else min(until, last_as_child)


def refuse_consent(consent: Consent, *, born_on: date, today: date) -> tuple[Refusal, ...]:
    """Everything that keeps a consent from being recorded; empty where it is good."""
    checks = (
        (
            consent.basis in BASES[consent.giver],
            ("reg. 17(2), (3)", "capacity-basis", "This is not why such a person may consent.", "basis"),
        ),
        (
            (consent.giver in OF_YOUNG_PERSONS) == over_compulsory_school_age(born_on, consent.given_on),
            (
                "reg. 17(1)",
                "not-theirs-to-give",
                "A young person consents, or whoever stands in; up to compulsory school age's end the child or parent.",
                "giver",
            ),
        ),
        (
            consent.given_on <= today,
            ("reg. 17(1)", "in-the-future", "This consent is not given yet.", "given_on"),
        ),
        (
            consent.given_on >= born_on,
            ("reg. 17(1)", "not-born-yet", "The child was born after the consent.", "given_on"),
        ),
        (
            bool(consent.recipients),
            ("reg. 17(1)", "recipients-required", "Say to which bodies they consent to disclose it.", "recipients"),
        ),
        (
            bool(consent.parts),
            ("reg. 17(1)", "parts-required", "Say to the disclosure of which parts they consent.", "parts"),
        ),
        (
            bool(consent.purposes) and consent.purposes <= STATED,
            ("reg. 17(1)", "purpose-required", "Say for which purposes; a body's own functions are none.", "purposes"),
        ),
        (
            consent.ends_on is None or consent.given_on <= consent.ends_on,
            ("reg. 17(1)", "dates-out-of-order", "It ends before it begins.", "ends_on"),
        ),
    )
    return tuple(
        Refusal(f"SEND Regs 2014 {provision}", rule, message, (path,))
        for holds, (provision, rule, message, path) in checks
        if not holds
    )


def refuse_withdrawal(consent: Consent, *, on: date, today: date) -> Refusal | None:
    """Why a consent cannot be withdrawn so, or None where it can. It needs no reason."""
    provision = "SEND Regs 2014 reg. 17(1)"
    if consent.withdrawn_on is not None:
        return Refusal(provision, "already-withdrawn", "This consent was withdrawn before.", ("consent",))
    if not consent.given_on <= on <= today:
        return Refusal(provision, "dates-out-of-order", "It is withdrawn after it was given, today at last.", ("on",))
    return None
