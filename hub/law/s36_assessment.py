"""EHC needs assessments (CFA 2014 s. 36, SEND Regs 2014 regs 3 to 10).

In words:

1.  A parent, a young person or somebody who acts for a school asks; or the authority becomes responsible for the child
    otherwise (s. 36(1), (3)). From that day it has six weeks to decide, sixteen to say that there will be no plan, and
    twenty to send the final plan (regs 5(1), 10(1), 13(2)).
2.  There is no assessment under s. 36 where a plan is maintained (s. 36(6)(a)): that would be a re-assessment. One
    request is decided at a time.
3.  An authority that decides not to assess, or to make no plan, gives its reasons (ss. 36(5), 36(9)). It may come to
    another view later, or be ordered to.
4.  The advice of reg. 6(1) is sought before it is decided whether there is to be a plan. What comes late is kept.
5.  A detained person has other rules (ss. 70 to 75, SI 2015/62), which the hub does not have yet: it refuses.

TRANSITIONS is the whole of what may follow what. A pair that is absent is refused, and nothing happens.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from hub.law.decisions import Refusal, says_something
from hub.law.school_years import UNDER, age_on, in_year_9_or_beyond
from hub.law.term import Term, means
from hub.law.transitions import Transitions
from hub.law.vocabulary import AdviceKind, AssessmentDecision, AssessmentOutcome

S36 = "CFA 2014 s. 36"


class AskedBy(Term):
    """Who asked for an EHC needs assessment, by role (s. 36(1))."""

    PARENT_OR_YOUNG_PERSON = means("The child's parent, or the young person (CFA 2014 s. 36(1)).")
    SCHOOL_OR_COLLEGE = means("Somebody who acts for a school or a post-16 institution (CFA 2014 s. 36(1)).")
    BROUGHT_TO_ATTENTION = means(
        "Nobody asked: somebody brought the child to the authority's attention, which made it responsible (s. 24(1))."
    )


class AssessmentStage(Term):
    """Where an assessment stands, as its decision and its outcome say."""

    REQUESTED = means("The authority has not decided whether to assess.")
    ASSESSING = means("The authority assesses; it has not decided whether there is to be a plan.")
    NOT_ASSESSED = means("The authority decided not to assess.")
    PLAN = means("An EHC plan is to be made, or was made.")
    NO_PLAN = means("No EHC plan is to be made.")
    WITHDRAWN = means("The request was withdrawn.")


@dataclass(frozen=True, slots=True)
class Decided:
    """The authority decides whether to assess (reg. 5(1)); with reasons where it will not (s. 36(5))."""

    decision: AssessmentDecision
    reasons: str
    on: date


@dataclass(frozen=True, slots=True)
class AdviceSought:
    """The authority seeks advice of a kind (reg. 6(1))."""

    kind: AdviceKind
    on: date


@dataclass(frozen=True, slots=True)
class AdviceCame:
    """Advice has come that was sought."""

    on: date


@dataclass(frozen=True, slots=True)
class NoPlanDecided:
    """The authority decides that there is to be no plan (reg. 10(1)), with reasons (s. 36(9)(c))."""

    reasons: str
    on: date


@dataclass(frozen=True, slots=True)
class PlanBegun:
    """The authority prepares a plan (s. 37(1))."""

    on: date


AssessmentEvent: TypeAlias = Decided | AdviceSought | AdviceCame | NoPlanDecided | PlanBegun

_A, _D = AssessmentStage, AssessmentDecision
DECISIONS: Mapping[AssessmentDecision, AssessmentStage] = MappingProxyType(
    {_D.WILL_ASSESS: _A.ASSESSING, _D.WILL_NOT_ASSESS: _A.NOT_ASSESSED, _D.WITHDRAWN: _A.WITHDRAWN}
)
TRANSITIONS: Transitions[AssessmentStage, type[AssessmentEvent], frozenset[AssessmentStage]] = Transitions(
    AssessmentStage,
    (Decided, AdviceSought, AdviceCame, NoPlanDecided, PlanBegun),
    {
        (_A.REQUESTED, Decided): frozenset(DECISIONS.values()),
        (_A.NOT_ASSESSED, Decided): frozenset({_A.ASSESSING}),
        (_A.ASSESSING, Decided): frozenset({_A.WITHDRAWN}),
        (_A.ASSESSING, AdviceSought): frozenset({_A.ASSESSING}),
        (_A.ASSESSING, AdviceCame): frozenset({_A.ASSESSING}),
        (_A.ASSESSING, NoPlanDecided): frozenset({_A.NO_PLAN}),
        (_A.ASSESSING, PlanBegun): frozenset({_A.PLAN}),
        (_A.NO_PLAN, AdviceCame): frozenset({_A.NO_PLAN}),
        (_A.NO_PLAN, PlanBegun): frozenset({_A.PLAN}),
        (_A.PLAN, AdviceCame): frozenset({_A.PLAN}),
    },
)

MUST_BE_SOUGHT: frozenset[AdviceKind] = frozenset(  # reg. 6(1)(a) to (e)
    {
        AdviceKind.PARENT,
        AdviceKind.EDUCATION,
        AdviceKind.MEDICAL,
        AdviceKind.PSYCHOLOGICAL,
        AdviceKind.SOCIAL_CARE,
    }
)


def refuse_request(
    *,
    born_on: date,
    received_on: date,
    today: date,
    detained: bool,
    plan_maintained: bool,
    in_progress: bool,
) -> Refusal | None:
    """Why a request for an assessment may not be recorded, or None where it may."""
    if detained:
        return DETAINED
    if received_on > today:
        return Refusal(f"{S36}(1)", "in-the-future", "The request has not been received yet.", ("received_on",))
    if received_on < born_on:
        return Refusal(f"{S36}(1)", "not-born-yet", "The child was born after the request.", ("received_on",))
    if age_on(born_on, received_on) >= UNDER:
        return Refusal("CFA 2014 s. 83(2)", "not-under-25", "A young person is under 25.", ("child",))
    if plan_maintained:
        message = "A plan is maintained: ask for a re-assessment (s. 44(2))."
        return Refusal(f"{S36}(6)(a)", "plan-maintained", message, ("child",))
    if in_progress:
        return Refusal(f"{S36}(3)", "already-requested", "A request for this child is being considered.", ("child",))
    return None


def refuse_considering(stage: AssessmentStage, *, reassessment: bool, told: bool) -> Refusal | None:
    """Why it may not be told that an assessment is considered (reg. 4(2)): it is not, or it has been."""
    if reassessment or stage is not AssessmentStage.REQUESTED:
        return Refusal("SEND Regs 2014 reg. 4(2)", "not-considered", "No assessment is being considered here.")
    if told:
        return Refusal("SEND Regs 2014 reg. 4(2)", "already-told", "Those who must be told have been.")
    return None


def refuse_deciding(decision: AssessmentDecision, *, reassessment: bool) -> Refusal | None:
    """Why a re-assessment is not decided as a first one is: who asked, and reg. 24, decide."""
    if reassessment and decision is not AssessmentDecision.WITHDRAWN:
        message = "Whether to re-assess is decided under regs 24 and 25."
        return Refusal("SEND Regs 2014 reg. 25(1)", "re-assessment", message, ("assessment",))
    return None


DETAINED = Refusal(
    "SI 2015/62",
    "detained-persons-not-yet",
    "A detained person is assessed under ss. 70 to 75 and SI 2015/62, which the hub does not have yet.",
    ("detained",),
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessment as it stands; `after` is the only way its stage changes.

    `began_on`: the day of the request, or of becoming responsible. `known_sought`: whether the hub knows what advice
    was sought; of an assessment that was imported it does not.
    """

    stage: AssessmentStage
    born_on: date
    began_on: date | None
    decided_on: date | None = None
    sought: frozenset[AdviceKind] = frozenset()
    known_sought: bool = True

    def after(self, event: AssessmentEvent, *, today: date) -> AssessmentStage | Refusal:
        """The stage after the event, or the refusal that leaves it as it is."""
        stages = TRANSITIONS.get((self.stage, type(event)), frozenset())
        stage = DECISIONS[event.decision] if isinstance(event, Decided) else next(iter(stages), None)
        if stage is None or stage not in stages:
            return Refusal(_PROVISIONS[type(event)], "out-of-order", f"The assessment stands at {self.stage}.")
        return self._refuse_time(event, today) or self._refuse_content(event) or stage

    def _refuse_time(self, event: AssessmentEvent, today: date) -> Refusal | None:
        provision = _PROVISIONS[type(event)]
        if event.on > today:
            return Refusal(provision, "in-the-future", "It has not happened yet.", ("on",))
        begins = self.began_on if isinstance(event, Decided) else self.decided_on or self.began_on
        if begins is not None and event.on < begins:
            return Refusal(provision, "dates-out-of-order", f"It cannot have been before {begins}.", ("on",))
        return None

    def _refuse_content(self, event: AssessmentEvent) -> Refusal | None:
        match event:
            case Decided(AssessmentDecision.WILL_NOT_ASSESS, reasons) if not says_something(reasons):
                return Refusal(f"{S36}(5)(a)", "reasons-required", "Say why it is not necessary.", ("reasons",))
            case NoPlanDecided(reasons) if not says_something(reasons):
                return Refusal(f"{S36}(9)(c)", "reasons-required", "Say why there is to be no plan.", ("reasons",))
            case AdviceSought(AdviceKind.PREPARING_FOR_ADULTHOOD, on) if not in_year_9_or_beyond(self.born_on, on):
                message = "This advice is sought from year 9; earlier, seek it as advice that the authority thinks fit."
                return Refusal("SEND Regs 2014 reg. 6(1)(g)", "before-year-9", message, ("kind",))
            case NoPlanDecided() | PlanBegun():
                return self._refuse_unsought(event.on)
            case _:
                return None

    def _refuse_unsought(self, day: date) -> Refusal | None:
        must = set(MUST_BE_SOUGHT)
        if in_year_9_or_beyond(self.born_on, day):
            must.add(AdviceKind.PREPARING_FOR_ADULTHOOD)
        missing = ", ".join(kind for kind in AdviceKind if kind in must - self.sought)
        if not missing or not self.known_sought:
            return None
        return Refusal("SEND Regs 2014 reg. 6(1)", "advice-not-sought", f"Advice must be sought first: {missing}.")


_PROVISIONS: Mapping[type[AssessmentEvent], str] = MappingProxyType(
    {
        Decided: "SEND Regs 2014 reg. 5(1)",
        AdviceSought: "SEND Regs 2014 reg. 6(1)",
        AdviceCame: "SEND Regs 2014 reg. 6(1)",
        NoPlanDecided: "SEND Regs 2014 reg. 10(1)",
        PlanBegun: "CFA 2014 s. 37(1)",
    }
)


def stage_of(decision: AssessmentDecision | None, outcome: AssessmentOutcome | None) -> AssessmentStage:
    """The stage that a decision and an outcome make."""
    if outcome is not None:
        return AssessmentStage(outcome.value)
    return AssessmentStage.REQUESTED if decision is None else DECISIONS[decision]


def refuse_asking(
    kind: AdviceKind,
    *,
    is_commissioner: bool,
    identified_by_commissioner: bool,
    named_body: bool,
    said_of_representations: bool,
    settled: Collection[bool | None],
) -> Refusal | None:
    """Why advice may not be sought so, or None where it may.

    `is_commissioner`: the body asked is a responsible commissioning body; `identified_by_commissioner`: such a body
    identified the professional. `said_of_representations`: the family's representations and evidence go with the
    request, or it is said that there are none. `settled`: whether provider, authority and family are satisfied with
    earlier advice.
    """
    if kind is AdviceKind.PARENT:
        if named_body or all(settled):
            message = "The views of the parent or young person are theirs, and are asked for each time."
            return Refusal("SEND Regs 2014 reg. 6(1)(a)", "ask-the-family", message, ("kind",))
        return None
    if all(settled):
        return None
    if kind is AdviceKind.MEDICAL and not (is_commissioner or identified_by_commissioner):
        message = "Medical advice is sought from a professional whom the responsible commissioning body identifies."
        return Refusal("SEND Regs 2014 reg. 6(1)(c)", "not-identified", message, ("asked_of",))
    if not said_of_representations:
        message = (
            "The family's representations and evidence go with the request: send them, or say that there are none."
        )
        return Refusal("SEND Regs 2014 reg. 6(3)", "representations-go-with-it", message, ("representations",))
    return None
