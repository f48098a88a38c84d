"""Redress: disputes between partners, mediation, appeals, Tribunal orders and recommendations, complaints.

(CFA 2014 ss. 26(3)(f), (g), 51 to 57; SEND Regs 2014 regs 32 to 45; Recommendations Power Regs 2017.)

In words:

1.  Bodies that commission together resolve their disputes by the steps of their arrangement (s. 26(3)(g); from when,
    is in s26_disputes.py). No statute sets a time: the working days of each step are the arrangement's.
2.  A family that wants mediation tells the authority, which tells each commissioning body of health care issues within
    three working days (reg. 35(2)). Where health care alone is in issue the commissioning bodies arrange the mediation
    (reg. 35(3)), and else the authority does (regs 35(4), 36(2)), within 30 days, with five working days' notice of
    date and place (reg. 37(2)). What is agreed in matters that cannot be appealed is done within two weeks (reg. 42).
3.  An appeal may be opposed or not. The order, or not opposing, starts the times of reg. 44 or reg. 45.
4.  The Tribunal's recommendations on health and social care do not bind. Each body they are made to answers in writing
    within five weeks, with reasons for what it will not follow (Rec Regs 2017 regs 6, 7).
5.  A complaint is acknowledged and answered by a body that is in it (s. 26(3)(f)).

STEPS is the whole of what may be done, by whom and after what. A step that is absent from it is refused, and nothing
happens. The orders and their times are in reg44_orders.py.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from hub.law.decisions import Refusal, says_something
from hub.law.periods import ENGLAND, WorkingCalendar, WorkingDaysBefore, last_day
from hub.law.s51_terms import Actor, RedressMatter, RedressStep
from hub.law.vocabulary import COMMISSIONING_BODIES, DisputeKind, DisputeStatus, OrganisationKind


@dataclass(frozen=True, slots=True)
class Rule:
    """A step: under which provision, by whom, while the dispute stands how, and what it makes of that.

    `after`: steps of which one must have been taken before. `not_after`: none of these may have been. `health`: the
    dispute must be about health care. `again`: it may be taken more than once.
    """

    provision: str
    by: frozenset[Actor]
    while_: frozenset[DisputeStatus]
    then: DisputeStatus | None = None
    after: frozenset[RedressStep] = frozenset()
    not_after: frozenset[RedressStep] = frozenset()
    matter: RedressMatter | None = None
    again: bool = False


_D, _R, _S = DisputeKind, RedressStep, DisputeStatus
_AUTHORITY, _BOARD, _PARTY = frozenset({Actor.AUTHORITY}), frozenset({Actor.COMMISSIONER}), frozenset({Actor.PARTY})
_ARRANGING = _AUTHORITY | _BOARD
_RUNNING = frozenset({_S.OPEN, _S.ESCALATED})
_OPEN, _AGREED, _ORDERED = frozenset({_S.OPEN}), frozenset({_S.AGREED}), frozenset({_S.ORDERED})
_PARTNERS = "CFA 2014 s. 26(3)(g)"
_COMPLAINTS = "CFA 2014 s. 26(3)(f)"
_ENDED = frozenset({_R.MEDIATION_DECLINED, _R.MEDIATION_HELD, _R.MEDIATION_NOT_ARRANGED, _R.CERTIFICATE_ISSUED})

STEPS: Mapping[tuple[DisputeKind, RedressStep], Rule] = MappingProxyType(
    {
        (_D.BETWEEN_PARTNERS, _R.POSITION_STATED): Rule(_PARTNERS, _PARTY, _RUNNING, again=True),
        (_D.BETWEEN_PARTNERS, _R.ESCALATED): Rule(_PARTNERS, _PARTY, _RUNNING, _S.ESCALATED, again=True),
        (_D.MEDIATION, _R.COMMISSIONERS_TOLD): Rule(
            "SEND Regs 2014 reg. 35(2)", _AUTHORITY, _OPEN, not_after=_ENDED, matter=RedressMatter.HEALTH
        ),
        (_D.MEDIATION, _R.MEDIATION_ARRANGED): Rule(
            "SEND Regs 2014 regs 35(3), (4), 36(2), 37(2)", _ARRANGING, _OPEN, not_after=_ENDED, again=True
        ),
        (_D.MEDIATION, _R.MEDIATION_DECLINED): Rule("SEND Regs 2014 reg. 34(1)", _AUTHORITY, _OPEN, not_after=_ENDED),
        (_D.MEDIATION, _R.MEDIATION_NOT_ARRANGED): Rule(
            "SEND Regs 2014 reg. 39(2)",
            _AUTHORITY,
            _OPEN,
            not_after=frozenset({_R.MEDIATION_DECLINED, _R.MEDIATION_HELD, _R.CERTIFICATE_ISSUED}),
        ),
        (_D.MEDIATION, _R.MEDIATION_HELD): Rule(
            "SEND Regs 2014 reg. 39(1)",
            _ARRANGING,
            _OPEN,
            after=frozenset({_R.MEDIATION_ARRANGED}),
            not_after=frozenset({_R.MEDIATION_DECLINED}),
        ),
        (_D.MEDIATION, _R.MEDIATION_AGREED): Rule(
            "SEND Regs 2014 reg. 42", _ARRANGING, _OPEN, _S.AGREED, after=frozenset({_R.MEDIATION_HELD})
        ),
        (_D.MEDIATION, _R.AUTHORITY_TOLD): Rule("SEND Regs 2014 reg. 42(4)", _BOARD, _AGREED),
        (_D.MEDIATION, _R.AGREEMENT_DONE): Rule("SEND Regs 2014 reg. 42(3)", _ARRANGING, _AGREED, again=True),
        (_D.MEDIATION, _R.CERTIFICATE_ISSUED): Rule("SEND Regs 2014 regs 34, 39", _AUTHORITY, _OPEN | _AGREED),
        (_D.APPEAL, _R.APPEAL_OPPOSED): Rule("CFA 2014 s. 51", _AUTHORITY, _OPEN),
        (_D.APPEAL, _R.APPEAL_NOT_OPPOSED): Rule("SEND Regs 2014 reg. 45", _AUTHORITY, _OPEN, _S.CLOSED),
        (_D.APPEAL, _R.APPEAL_WITHDRAWN): Rule("CFA 2014 s. 51", _AUTHORITY, _OPEN, _S.CLOSED),
        (_D.APPEAL, _R.ORDERED): Rule("SEND Regs 2014 regs 43, 44", _AUTHORITY, _OPEN, _S.ORDERED),
        (_D.APPEAL, _R.ORDER_COMPLIED): Rule(
            "SEND Regs 2014 regs 44, 45",
            _AUTHORITY,
            _ORDERED | frozenset({_S.CLOSED}),
            after=frozenset({_R.ORDERED, _R.APPEAL_NOT_OPPOSED}),
            again=True,
        ),
        (_D.RECOMMENDATION, _R.HEALTH_RESPONSE): Rule(
            "Rec Regs 2017 reg. 6(3)", _BOARD, _ORDERED, matter=RedressMatter.HEALTH, again=True
        ),
        (_D.RECOMMENDATION, _R.SOCIAL_CARE_RESPONSE): Rule(
            "Rec Regs 2017 reg. 7(1)", _AUTHORITY, _ORDERED, matter=RedressMatter.SOCIAL_CARE
        ),
        (_D.RECOMMENDATION, _R.HEALTH_RESPONSE_COPIED): Rule(
            "Rec Regs 2017 reg. 6(6)", _AUTHORITY, _ORDERED, after=frozenset({_R.HEALTH_RESPONSE}), again=True
        ),
        (_D.RECOMMENDATION, _R.SOCIAL_CARE_RESPONSE_COPIED): Rule(
            "Rec Regs 2017 reg. 7(4)", _AUTHORITY, _ORDERED, after=frozenset({_R.SOCIAL_CARE_RESPONSE})
        ),
        (_D.COMPLAINT, _R.ACKNOWLEDGED): Rule(_COMPLAINTS, _PARTY, _RUNNING),
        (_D.COMPLAINT, _R.ESCALATED): Rule(_COMPLAINTS, _PARTY, _RUNNING, _S.ESCALATED, again=True),
        (_D.COMPLAINT, _R.ANSWERED): Rule(_COMPLAINTS, _PARTY, _RUNNING, again=True),
    }
)

FIRST_STATUS: Mapping[DisputeKind, DisputeStatus] = MappingProxyType(
    {kind: _S.ORDERED if kind is _D.RECOMMENDATION else _S.OPEN for kind in DisputeKind}
)
"""How a dispute stands when it is raised: a recommendation is the Tribunal's already."""

MAY_RAISE: Mapping[DisputeKind, tuple[str, frozenset[Actor]]] = MappingProxyType(
    {
        _D.BETWEEN_PARTNERS: (_PARTNERS, _ARRANGING),
        _D.MEDIATION: ("SEND Regs 2014 regs 35, 36", _AUTHORITY),
        _D.APPEAL: ("CFA 2014 s. 51", _AUTHORITY),
        _D.RECOMMENDATION: ("Rec Regs 2017 regs 6, 7", _AUTHORITY),
        _D.COMPLAINT: (_COMPLAINTS, _ARRANGING),
    }
)
"""Under which provision each kind is raised, and who records it. The family does not speak to the hub itself."""

ENDS: Mapping[tuple[DisputeKind, DisputeStatus], frozenset[DisputeStatus]] = MappingProxyType(
    {
        (_D.BETWEEN_PARTNERS, _S.AGREED): _RUNNING,
        (_D.BETWEEN_PARTNERS, _S.CLOSED): _RUNNING,
        (_D.MEDIATION, _S.CLOSED): _OPEN,
        (_D.RECOMMENDATION, _S.CLOSED): _ORDERED,
        (_D.COMPLAINT, _S.AGREED): _RUNNING,
        (_D.COMPLAINT, _S.CLOSED): _RUNNING,
    }
)
"""How a dispute may be ended other than by a step, from how it stands. A mediation is agreed, and an appeal ended, by
steps alone."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute as it stands: its kind, status, what it is about, since when, and the steps taken."""

    kind: DisputeKind
    status: DisputeStatus
    matters: frozenset[RedressMatter]
    raised_on: date
    taken: tuple[RedressStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What a body does on a day. `said`: its words. `on`: for a mediation that is arranged, `held_on` is its day, and
    `waived` that the family agreed to shorter notice (reg. 37(2)). `follows`: whether it will do as recommended."""

    step: RedressStep
    on: date
    said: str = ""
    held_on: date | None = None
    waived: bool = False
    follows: bool | None = None


def actors(kind: OrganisationKind, *, owns: bool) -> frozenset[Actor]:
    """As what a body that is in a dispute may act. `owns`: the record is its own."""
    found = {Actor.PARTY}
    if owns:
        found.add(Actor.AUTHORITY)
    if kind in COMMISSIONING_BODIES:
        found.add(Actor.COMMISSIONER)
    return frozenset(found)


def refuse_to_raise(
    kind: DisputeKind, matters: Collection[RedressMatter], *, by: Collection[Actor], others: int, on: date, today: date
) -> Refusal | None:
    """Why a dispute may not be raised. `others`: how many other bodies are in it."""
    provision, may = MAY_RAISE[kind]
    if not may & frozenset(by):
        return Refusal(provision, "not-yours-to-raise", "This kind of dispute is not raised by this body.", ("kind",))
    if on > today:
        return Refusal(provision, "in-the-future", "It has not happened yet.", ("on",))
    if kind is DisputeKind.BETWEEN_PARTNERS and others == 0:
        return Refusal(provision, "two-parties", "A dispute between partners is with another body.", ("parties",))
    if not matters:
        return Refusal(provision, "matters-required", "Say what kinds of provision it is about.", ("matters",))
    if kind is DisputeKind.RECOMMENDATION and RedressMatter.EDUCATION in matters:
        message = "The Tribunal recommends on health and social care; on education it orders."
        return Refusal(provision, "no-recommendation-on-education", message, ("matters",))
    return None


def after(dispute: Dispute, step: Step, *, by: Collection[Actor], today: date) -> DisputeStatus | Refusal:
    """How the dispute stands after the step, or the refusal that leaves it as it is."""
    rule = STEPS.get((dispute.kind, step.step))
    if rule is None:
        provision = MAY_RAISE[dispute.kind][0]
        return Refusal(provision, "no-such-step", "There is no such step in this kind of dispute.", ("step",))
    return (
        _refuse_order(rule, dispute, step, frozenset(by))
        or _refuse_day(rule, dispute, step, today)
        or _refuse_content(rule, step)
        or rule.then
        or dispute.status
    )


def refuse_to_end(dispute: Dispute, end: DisputeStatus, outcome: str) -> Refusal | None:
    """Why a dispute may not be ended so."""
    provision = MAY_RAISE[dispute.kind][0]
    if dispute.status not in ENDS.get((dispute.kind, end), frozenset()):
        return Refusal(provision, "not-so-ended", "A dispute that stands like this is not ended so.", ("status",))
    if not says_something(outcome):
        return Refusal(provision, "outcome-required", "Say how it ended.", ("outcome",))
    return None


def _refuse_order(rule: Rule, dispute: Dispute, step: Step, by: frozenset[Actor]) -> Refusal | None:
    taken = frozenset(dispute.taken)
    if not rule.by & by:
        return Refusal(rule.provision, "not-yours-to-take", "This step is not this body's to take.", ("step",))
    if rule.matter is not None and rule.matter not in dispute.matters:
        return Refusal(rule.provision, "not-in-issue", f"{rule.matter.meaning} These are not in issue.", ("step",))
    if dispute.status not in rule.while_:
        return Refusal(rule.provision, "not-now", "The dispute does not stand so that this can be done.", ("step",))
    if rule.after and not rule.after & taken:
        return Refusal(rule.provision, "out-of-order", "Something else must have been done before.", ("step",))
    if rule.not_after & taken:
        return Refusal(rule.provision, "too-late", "What was done since leaves no room for this.", ("step",))
    if step.step in taken and not rule.again:
        return Refusal(rule.provision, "already-done", "This has been done already.", ("step",))
    return None


def _refuse_day(rule: Rule, dispute: Dispute, step: Step, today: date) -> Refusal | None:
    if step.on > today:
        return Refusal(rule.provision, "in-the-future", "It has not happened yet.", ("on",))
    if step.on < dispute.raised_on:
        return Refusal(rule.provision, "before-the-dispute", "The dispute was not raised until later.", ("on",))
    return None


def _refuse_content(rule: Rule, step: Step, calendar: WorkingCalendar = ENGLAND) -> Refusal | None:
    if step.step is RedressStep.MEDIATION_ARRANGED:
        if step.held_on is None:
            return Refusal(rule.provision, "day-required", "Say when the mediation will be.", ("held_on",))
        latest = last_day(WorkingDaysBefore(5), step.held_on, calendar)  # reg. 37(2)
        if step.held_on < step.on or (step.on > latest and not step.waived):
            message = "At least five working days' notice is given, unless the family agrees to less."
            return Refusal("SEND Regs 2014 reg. 37(2)", "five-working-days", message, ("held_on",))
    if step.step in RESPONSES and step.follows is None:
        return Refusal(rule.provision, "say-whether", "Say whether the recommendation is followed.", ("follows",))
    if step.step in NEED_WORDS and not says_something(step.said):
        return Refusal(rule.provision, "words-required", "Say in words what was done, and why.", ("description",))
    return None


RESPONSES = frozenset({_R.HEALTH_RESPONSE, _R.SOCIAL_CARE_RESPONSE})
NEED_WORDS = RESPONSES | {  # Rec Regs 2017 regs 6(5), 7(3): what it will do, and reasons for what it will not
    _R.POSITION_STATED,
    _R.ESCALATED,
    _R.COMMISSIONERS_TOLD,
    _R.MEDIATION_AGREED,
    _R.ANSWERED,
}
