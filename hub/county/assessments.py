"""EHC needs assessments: how a child came to one, and the authority's decisions with their clocks."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from hub.county.clocks import About, Excuse, clock
from hub.county.dates import at, days_after, on_work_day
from hub.county.notifications import notify
from hub.county.responsibilities import BY_ASKER, answer
from hub.county.rows import Case
from hub.law.duties import DutyRule, Relief
from hub.law.vocabulary import AssessmentDecision, AssessmentOutcome, Source

ASKERS = tuple(BY_ASKER)
_ASKED_BY = (44, 46, 5, 3, 2)

_CLOSED = "The school was closed for the summer, and its advice was asked for in the last week of term."
_HARDSHIP = "A death in the family; the parents asked for the meeting to be put off."


@dataclass(frozen=True, slots=True)
class Steps:
    """The days of an assessment; None for what has not happened. `ended_on` is the day of the outcome."""

    received_on: date
    decided_on: date | None = None
    advice_on: date | None = None
    ended_on: date | None = None

    @property
    def asked_on(self) -> date:
        """The day on which advice was asked for. Raises ValueError for an assessment that was not begun."""
        if self.advice_on is None:
            raise ValueError("No advice was asked for.")
        return self.advice_on


def steps_to_plan(case: Case, finalised_on: date) -> Steps:
    """The days that led to a plan: within twenty weeks in 46% of cases, within a year in almost all (EES 2025)."""
    pace = case.rng.random()
    took = case.days(122, 139) if pace < 0.464 else case.days(142, 300) if pace < 0.93 else case.days(366, 430)
    received_on = on_work_day(finalised_on - timedelta(days=took))
    decided_on = days_after(received_on, case.days(18, 34) if took < 142 else min(_to_decide(case), took - 105))
    return Steps(received_on, decided_on, days_after(decided_on, case.days(0, 1)), finalised_on)


def steps_so_far(case: Case, advice_on: date) -> Steps:
    """The days up to the one on which advice was asked for."""
    day = on_work_day(advice_on)
    decided_on = on_work_day(day - timedelta(days=case.days(0, 2)))
    return Steps(on_work_day(decided_on - timedelta(days=_to_decide(case))), decided_on, day)


def _to_decide(case: Case) -> int:
    """Days to decide whether to assess: 84.8% within six weeks."""
    return case.days(20, 42) if case.chance(0.848) else case.days(44, 80)


def write(
    case: Case,
    steps: Steps,
    *,
    decision: AssessmentDecision | None,
    outcome: AssessmentOutcome | None = None,
    historical: bool = False,
    notified: bool = False,
    challenged: tuple[bool, bool] = (False, False),
    until: date | None = None,
    drafted_on: date | None = None,
) -> UUID:
    """Write the assessment, the notification it may have come from, who answers for the child then, and its clocks.

    `notified`: it came by a notification for certain; `challenged`: by mediation, by appeal; `until`: the last day of
    the authority; `drafted_on`: of a plan that is not final yet. Of a historical assessment only the dates are held.
    """
    told = not historical and notify(case, steps.received_on, decision, steps.decided_on, certain=notified)
    asker = "HEALTH_PROFESSIONAL" if told else case.rng.choices(ASKERS, _ASKED_BY)[0]
    answer(case, steps.received_on, BY_ASKER[asker], until=until)
    excuse = None if historical else _excuse(case, steps)
    mediation, tribunal = challenged
    refused = decision is AssessmentDecision.WILL_NOT_ASSESS
    assessment_id = case.add(
        "assessment",
        requested_on=steps.received_on,
        requested_by=asker,
        responsible_from=steps.received_on,
        reassessment=False,
        decision=decision,
        decided_on=steps.decided_on,
        outcome=outcome,
        outcome_on=(drafted_on or steps.ended_on) if outcome else None,
        request_mediation=mediation if refused else None,
        request_tribunal=tribunal if refused else None,
        assessment_mediation=mediation if outcome is AssessmentOutcome.NO_PLAN else None,
        assessment_tribunal=tribunal if outcome is AssessmentOutcome.NO_PLAN else None,
        week20_exception=excuse is not None if outcome is AssessmentOutcome.PLAN and drafted_on is None else None,
        rya=False,
        historical=historical,
        source=Source.SYNTHETIC,
    )
    if not historical:
        _clocks(case, assessment_id, steps, decision, outcome, excuse, drafted_on)
    return assessment_id


def reassess(case: Case, steps: Steps, *, asked: bool) -> UUID:
    """Write a re-assessment that has begun: asked for (fifteen days to decide, reg. 25), or decided after a review."""
    assessment_id = case.add(
        "assessment",
        requested_on=steps.received_on if asked else None,
        requested_by="PARENT_OR_YOUNG_PERSON" if asked else None,
        responsible_from=None,
        reassessment=True,
        decision=AssessmentDecision.WILL_ASSESS,
        decided_on=steps.decided_on,
        rya=False,
        historical=False,
        source=Source.SYNTHETIC,
    )
    about = About("Assessment", assessment_id)
    if asked:
        rule = DutyRule.DECIDE_WHETHER_TO_REASSESS
        clock(case, rule, about, started_on=steps.received_on, met_on=steps.decided_on)
    clock(case, DutyRule.FINALISE_REASSESSED_PLAN, about, started_on=steps.decided_on)
    return assessment_id


def _excuse(case: Case, steps: Steps) -> Excuse | None:
    """The exceptions of regs 5(4) and 10(4): 6.1% of plans. None where the time is kept or has far to run."""
    over = steps.ended_on or case.today
    if steps.advice_on is None or (over - steps.received_on).days <= 140 or not case.chance(0.12):
        return None
    if steps.advice_on.month == 7 and steps.advice_on.day > 12:
        year = steps.advice_on.year
        closed = (date(year, 7, 22), date(year, 9, 2))
        return Excuse(Relief.SCHOOL_CLOSED, _CLOSED, at(case.rng, steps.advice_on), *closed)
    recorded_on = days_after(steps.received_on, 120)
    return Excuse(Relief.EXCEPTIONAL_CIRCUMSTANCES, _HARDSHIP, at(case.rng, recorded_on))


def _clocks(
    case: Case,
    assessment_id: UUID,
    steps: Steps,
    decision: AssessmentDecision | None,
    outcome: AssessmentOutcome | None,
    excuse: Excuse | None,
    drafted_on: date | None,
) -> None:
    """Six weeks to decide; from the decision to assess also sixteen to refuse a plan and twenty to make it."""
    about = About("Assessment", assessment_id)
    began_on = steps.received_on
    withdrawn = decision is AssessmentDecision.WITHDRAWN
    decided_on = None if withdrawn else steps.decided_on
    clock(
        case, DutyRule.DECIDE_WHETHER_TO_ASSESS, about, started_on=began_on, met_on=decided_on,
        ended_on=steps.decided_on if withdrawn else None,
    )  # fmt: skip
    if decision is not AssessmentDecision.WILL_ASSESS:
        return
    refused = steps.ended_on if outcome is AssessmentOutcome.NO_PLAN else None
    made = steps.ended_on if outcome is AssessmentOutcome.PLAN else None
    begun = drafted_on or made  # there is to be a plan: nobody is to be told that there is none
    dropped = steps.ended_on if outcome is AssessmentOutcome.WITHDRAWN else None
    clock(case, DutyRule.NOTIFY_NO_PLAN, about, started_on=began_on, met_on=refused, ended_on=begun or dropped)
    clock(
        case,
        DutyRule.FINALISE_PLAN,
        about,
        started_on=began_on,
        met_on=made,
        ended_on=refused or dropped,
        excuse=excuse,
    )
