"""Re-assessments (CFA 2014 s. 44(2), (3); SEND Regs 2014 regs 23 to 27).

The parent, the young person, the school or other institution, or the responsible commissioning body may ask; the
authority may decide by itself (s. 44(3)). It must re-assess where the commissioning body asks (reg. 23). Where the
others ask it need not if it has assessed within the last six months, or where it thinks it not necessary (reg. 24). It
says which within 15 days (reg. 25), with reasons and the right to appeal where it refuses.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from hub.law.decisions import Refusal, says_something
from hub.law.duties import DutyRule
from hub.law.periods import ENGLAND, Months, last_day
from hub.law.s37_plan import MAINTAINED
from hub.law.term import Term, means
from hub.law.vocabulary import COMMISSIONING_BODIES, OrganisationKind, PlanStatus


class ReassessmentAskedBy(Term):
    """Who asked for a re-assessment."""

    PARENT_OR_YOUNG_PERSON = means("The child's parent or the young person (CFA 2014 s. 44(2)(a)).")
    SCHOOL_OR_INSTITUTION = means("The school or other institution that is attended (CFA 2014 s. 44(2)(b)).")
    COMMISSIONING_BODY = means("The responsible commissioning body: the authority must re-assess (reg. 23).")
    AUTHORITY = means("Nobody: the authority decided by itself (CFA 2014 s. 44(3)).")


class NoReassessmentBecause(Term):
    """Why the authority need not re-assess (reg. 24)."""

    ASSESSED_WITHIN_SIX_MONTHS = means("It has assessed or re-assessed within the six months before (reg. 24).")
    NOT_NECESSARY = means("It thinks that a re-assessment is not necessary (reg. 24).")


SIX_MONTHS = Months(6)  # reg. 24
ASKERS: Mapping[ReassessmentAskedBy, frozenset[OrganisationKind]] = MappingProxyType(
    {
        ReassessmentAskedBy.PARENT_OR_YOUNG_PERSON: frozenset({OrganisationKind.LOCAL_AUTHORITY}),
        ReassessmentAskedBy.SCHOOL_OR_INSTITUTION: frozenset({OrganisationKind.LOCAL_AUTHORITY}),
        ReassessmentAskedBy.COMMISSIONING_BODY: COMMISSIONING_BODIES,
        ReassessmentAskedBy.AUTHORITY: frozenset({OrganisationKind.LOCAL_AUTHORITY}),
    }
)
"""Which kind of body records whose request: the authority that of the family and of the school."""
_UNDER: Mapping[ReassessmentAskedBy, str] = MappingProxyType(
    {
        ReassessmentAskedBy.PARENT_OR_YOUNG_PERSON: "CFA 2014 s. 44(2)",
        ReassessmentAskedBy.SCHOOL_OR_INSTITUTION: "CFA 2014 s. 44(2)",
        ReassessmentAskedBy.COMMISSIONING_BODY: "SEND Regs 2014 reg. 23",
        ReassessmentAskedBy.AUTHORITY: "CFA 2014 s. 44(3)",
    }
)


def refuse_request(
    asked_by: ReassessmentAskedBy,
    *,
    recorded_by: OrganisationKind,
    plan_status: PlanStatus,
    in_progress: bool,
    on: date,
    today: date,
) -> Refusal | None:
    """Why a request for a re-assessment may not be recorded."""
    provision = _UNDER[asked_by]
    if recorded_by not in ASKERS[asked_by]:
        return Refusal(provision, "not-yours-to-ask", "This body does not ask so.", ("asked_by",))
    if plan_status not in MAINTAINED:
        return Refusal(provision, "plan-not-maintained", "This plan is not maintained.", ("plan",))
    if in_progress:
        return Refusal(provision, "already-in-progress", "An assessment is in progress already.", ("plan",))
    if on > today:
        return Refusal(provision, "in-the-future", "It has not been asked for yet.", ("on",))
    return None


def refuse_no(
    because: NoReassessmentBecause,
    reasons: str,
    *,
    asked_by: ReassessmentAskedBy,
    asked_on: date,
    last_assessed_on: date | None,
) -> Refusal | None:
    """Why the authority may not refuse to re-assess."""
    if asked_by is ReassessmentAskedBy.COMMISSIONING_BODY:
        message = "The authority must re-assess where the responsible commissioning body asks."
        return Refusal("SEND Regs 2014 reg. 23", "must-reassess", message, ("will_reassess",))
    if because is NoReassessmentBecause.ASSESSED_WITHIN_SIX_MONTHS and (
        last_assessed_on is None or asked_on > last_day(SIX_MONTHS, last_assessed_on, ENGLAND)
    ):
        message = "The last assessment was not within the six months before the request."
        return Refusal("SEND Regs 2014 reg. 24", "not-within-six-months", message, ("because",))
    if not says_something(reasons):
        message = "The decision not to re-assess is notified with its reasons."
        return Refusal("SEND Regs 2014 reg. 25(2)", "reasons-required", message, ("reasons",))
    return None


def refuse_decision_day(*, decided: bool, asked_on: date, on: date, today: date) -> Refusal | None:
    """Why the authority may not decide so now: it has, or the day is not one on which it could."""
    provision = "SEND Regs 2014 reg. 25(1)"
    if decided:
        return Refusal(provision, "already-decided", "This has been decided already.", ("assessment",))
    if on > today:
        return Refusal(provision, "in-the-future", "It has not been decided yet.", ("on",))
    if on < asked_on:
        return Refusal(provision, "before-the-request", "It was not asked for until later.", ("on",))
    return None


DECIDE, FINALISE = DutyRule.DECIDE_WHETHER_TO_REASSESS, DutyRule.FINALISE_REASSESSED_PLAN
"""Fifteen days to decide (reg. 25(1)), and 14 weeks from the notice to the final plan (reg. 27(2))."""
