"""Joint commissioning arrangements: what they must contain (CFA 2014 s. 26).

An authority and its partner commissioning bodies must make arrangements about the education, health and care provision
for children and young people with SEN or a disability (s. 26(1)). S. 26(3) lists what they must consider and agree, and
s. 26(4) what that must in particular be about. Whoever acts under them does not sign. What they agree on advice and
information (s. 26(3)(d), (e)) are sharing rules: a rule adds, and takes nothing away that the statute opens. How soon
the parties comply with each other's requests they may agree where no statute says so, and not otherwise.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.law.decisions import Refusal
from hub.law.reg8_time_limit import STATUTORY_CLOCK, AgreedLimit, Part3Function
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import STATED, Ground
from hub.law.vocabulary import COMMISSIONING_BODIES, OrganisationKind, SharingMode

MOST_WORKING_DAYS = 250
"""A year of them: what takes longer is no time limit."""

REQUIREMENTS: Mapping[str, str] = {
    "s. 26(3)(a)": "The provision that SEN and disabilities reasonably require.",
    "s. 26(3)(b)": "What provision is to be secured.",
    "s. 26(3)(c)": "By whom it is to be secured.",
    "s. 26(3)(d)": "What advice and information about it is to be provided.",
    "s. 26(3)(e)": "By whom, to whom and how such advice and information is to be provided.",
    "s. 26(3)(f)": "How complaints about it may be made and are dealt with.",
    "s. 26(3)(g)": "Procedures to resolve disputes between the parties as quickly as possible.",
    "s. 26(4)(a)": "Securing EHC needs assessments.",
    "s. 26(4)(b)": "Securing the provision that EHC plans specify.",
    "s. 26(4)(c)": "Agreeing personal budgets under s. 49.",
}
"""Each paragraph, and what it asks, in the order of the Act."""


def missing(answered: Collection[str]) -> tuple[str, ...]:
    """The paragraphs that no clause answers, in the order of the Act; empty where the arrangements are complete."""
    return tuple(paragraph for paragraph in REQUIREMENTS if paragraph not in answered)


BASES: frozenset[Ground] = frozenset({Ground.STATUTE, Ground.INTERESTS_OF_THE_CHILD})
"""What a sharing rule may rest on. On the statute it widens what a responsible commissioning body has by statute; in
the interests of the child (reg. 17(1)(a)) it takes the authority's decision on this child besides."""


@dataclass(frozen=True, slots=True)
class SharingRule:
    """What an arrangement opens to recipients (kinds of body, or bodies by name) for purposes, its last day counted."""

    recipient_kinds: frozenset[OrganisationKind]
    recipients: frozenset[UUID]
    purposes: frozenset[Purpose]
    parts: frozenset[Part]
    mode: SharingMode
    basis: Ground
    starts_on: date
    ends_on: date | None = None

    def is_for(self, body: UUID, kind: OrganisationKind, purpose: Purpose, day: date) -> bool:
        """Whether the rule names the body and the purpose, and is valid on the day."""
        named = body in self.recipients or kind in self.recipient_kinds
        valid = self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
        return named and valid and purpose in self.purposes and purpose in STATED

    @property
    def opens(self) -> frozenset[Part]:
        """In the mode EXISTENCE that a record exists, and nothing of what it says."""
        return self.parts if self.mode is SharingMode.CONTENT else frozenset({Part.EXISTENCE})


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """In how many working days from receipt the parties comply with a request in a function without a statutory
    clock (s. 26(3)(e))."""

    function: Part3Function
    working_days: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A version of the arrangements of an authority: its parties, who of them has signed, and what it shares."""

    id: UUID
    authority: UUID
    parties: Mapping[UUID, OrganisationKind]
    signed: frozenset[UUID]
    in_force_from: date | None
    in_force_to: date | None
    review_on: date | None
    rules: tuple[SharingRule, ...] = ()
    limits: tuple[TimeLimit, ...] = ()

    @property
    def is_signed(self) -> bool:
        """Whether every party has signed it."""
        return bool(self.parties) and self.parties.keys() <= self.signed

    def in_force_on(self, day: date) -> bool:
        """Signed by all, begun, not ended, and not stale: the day of its review has not passed (s. 26(6))."""
        if not self.is_signed or self.in_force_from is None:
            return False
        ended = self.in_force_to is not None and self.in_force_to < day
        stale = self.review_on is not None and self.review_on < day
        return self.in_force_from <= day and not ended and not stale


def refuse_to_propose(arrangement: Arrangement, proposed_by: UUID) -> tuple[Refusal, ...]:
    """Everything that keeps arrangements from being proposed. What they must contain, they may still lack."""
    refusals: list[Refusal] = []
    kinds = [*arrangement.parties.values()]
    if kinds.count(OrganisationKind.LOCAL_AUTHORITY) != 1 or not arrangement.parties.keys() >= {arrangement.authority}:
        message = "Arrangements are those of one authority, which is a party to them."
        refusals.append(Refusal("CFA 2014 s. 26(1)", "one-authority", message, ("parties",)))
    partners = set(kinds) - {OrganisationKind.LOCAL_AUTHORITY}
    if not partners or not partners <= COMMISSIONING_BODIES:
        message = "The other parties are partner commissioning bodies: integrated care boards and NHS England."
        refusals.append(Refusal("CFA 2014 s. 26(1), (8)", "partner-commissioning-bodies", message, ("parties",)))
    if proposed_by not in arrangement.parties:
        message = "A party to the arrangements proposes them."
        refusals.append(Refusal("CFA 2014 s. 26(1)", "not-a-party", message, ("parties",)))
    refusals += [refusal for rule in arrangement.rules for refusal in _against(rule)]
    refusals += _against_limits(arrangement.limits)
    return tuple(refusals)


def _against(rule: SharingRule) -> list[Refusal]:
    found: list[Refusal] = []
    if rule.basis not in BASES:
        message = (
            "An arrangement rests on the statute, or on reg. 17(1)(a) with the authority's decision on each child."
        )
        found.append(Refusal("SEND Regs 2014 reg. 17(1)", "basis-not-an-arrangements", message, ("sharing_rules",)))
    if not rule.purposes or not rule.purposes <= STATED:
        message = "A rule says for which purposes; a body's own functions are none."
        found.append(Refusal("CFA 2014 s. 26(3)(d), (e)", "purpose-required", message, ("sharing_rules",)))
    if not (rule.recipients or rule.recipient_kinds) or not rule.parts:
        message = "A rule says what is given, and to whom."
        found.append(Refusal("CFA 2014 s. 26(3)(e)", "recipients-and-parts-required", message, ("sharing_rules",)))
    return found


def _against_limits(limits: Collection[TimeLimit]) -> list[Refusal]:
    found: list[Refusal] = []
    if any(each.function in STATUTORY_CLOCK for each in limits):
        message = "The six weeks of an assessment or a re-assessment are the statute's: no agreement changes them."
        found.append(Refusal("SEND Regs 2014 regs 8(1), 26(2)", "limit-is-statutory", message, ("time_limits",)))
    if any(not 1 <= each.working_days <= MOST_WORKING_DAYS for each in limits):
        message = f"A time limit is from 1 to {MOST_WORKING_DAYS} working days."
        found.append(Refusal("CFA 2014 s. 26(3)(e)", "working-days", message, ("time_limits",)))
    if len({each.function for each in limits}) < len(limits):
        message = "One time limit for each function."
        found.append(Refusal("CFA 2014 s. 26(3)(e)", "one-limit-a-function", message, ("time_limits",)))
    return found


def agreed_limit(
    arrangements: Collection[Arrangement], function: Part3Function, *, between: Collection[UUID], day: date
) -> AgreedLimit | None:
    """What the arrangements that bind both bodies on the day agree for the function; None: nothing. The statute's six
    weeks are left alone; of several, those that came into force last count."""
    if function in STATUTORY_CLOCK:
        return None
    found = [
        (each.in_force_from or date.min, each.id, limit.working_days)
        for each in arrangements
        if each.in_force_on(day) and frozenset(between) <= each.parties.keys()
        for limit in each.limits
        if limit.function is function
    ]
    if not found:
        return None
    _, arrangement, working_days = max(found)
    return AgreedLimit(arrangement, working_days)


def refuse_to_sign(arrangement: Arrangement, body: UUID, answered: Collection[str]) -> Refusal | None:
    """Why a body may not sign, or None where it may: the parties alone do, once, and nothing that lacks a paragraph."""
    if body not in arrangement.parties:
        message = "The authority and its partner commissioning bodies alone sign."
        return Refusal("CFA 2014 s. 26(1)", "not-a-party", message, ("arrangement",))
    if body in arrangement.signed:
        return Refusal("CFA 2014 s. 26(1)", "already-signed", "This body has signed.", ("arrangement",))
    lacking = missing(answered)
    if lacking:
        message = f"No clause answers {', '.join(lacking)}."
        return Refusal("CFA 2014 s. 26(3), (4)", "arrangement-incomplete", message, ("arrangement",))
    return None


def comes_into_force(starts_on: date | None, last_signed_on: date) -> date:
    """The first day of arrangements that all have signed: the day agreed, or that of the last signature if later."""
    return max(starts_on or last_signed_on, last_signed_on)
