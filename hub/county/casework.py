"""The life that each kind of story leads, up to the day before today."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from hub.county import assessments, budgets, redress
from hub.county.advice_sought import begin, gather
from hub.county.assessments import Steps
from hub.county.bodies import Body
from hub.county.clocks import About, clock
from hub.county.contents import choose
from hub.county.cooperation import IN_ASSESSMENTS, RUNNING
from hub.county.dates import days_after, on_work_day
from hub.county.holdings import Ending, Holding, drafted, hold
from hub.county.notifications import notify
from hub.county.plans import Written
from hub.county.requests import about_budget, about_draft, about_plan, other_authority
from hub.county.responsibilities import answer
from hub.county.reviews import Years, open_next, years_until
from hub.county.rows import Case
from hub.county.stories import Story
from hub.law.duties import DutyRule
from hub.law.s31_cooperation import Part3Function
from hub.law.school_years import age_on
from hub.law.vocabulary import (
    AgreementStatus,
    AssessmentDecision,
    AssessmentOutcome,
    BudgetStatus,
    Opinion,
    PlanStatus,
    ReviewDecision,
)

_WILL, _WILL_NOT, _WITHDRAWN = AssessmentDecision
_MADE_AGO: Mapping[BudgetStatus, tuple[int, int]] = {
    BudgetStatus.AGREED: (5, 30),
    BudgetStatus.IN_PAYMENT: (130, 320),
    BudgetStatus.SUSPENDED: (250, 330),
    BudgetStatus.ENDED: (250, 330),
}
_CEASE_REASONS = (
    "NEEDS_MET_WITHOUT_PLAN",
    "HIGHER_EDUCATION",
    "PAID_EMPLOYMENT",
    "NO_LONGER_WISHES_TO_ENGAGE",
    "NO_LONGER_WISHES_TO_ENGAGE",
)
"""SEN2 item 4.6, by the names that the hub keeps for its codes."""


def live(case: Case, story: Story, seat: int) -> Holding | None:
    """Write everything that has happened to the child."""
    return _LIVES[story](case, seat)


def _ago(case: Case, fewest: int, most: int) -> date:
    return on_work_day(case.today - timedelta(days=case.days(fewest, most)))


# --- before a plan


def _notified(case: Case, seat: int) -> None:
    """A health body has just told the authority; of every third child that it has a disability and no SEN."""
    received_on = _ago(case, 3, 30)
    if seat % 3 == 2:
        notify(case, received_on, None, None, opinion=Opinion.DISABILITY)
        answer(case, received_on, None)
    else:
        assessments.write(case, Steps(received_on), decision=None, notified=True)


def _requested(case: Case, seat: int) -> None:
    """A request awaits its decision; of every fifth child for more than six weeks."""
    received_on = _ago(case, 46, 70) if seat % 5 == 4 else _ago(case, 2, 39)
    assessments.write(case, Steps(received_on), decision=None)


def _refused(case: Case, seat: int) -> None:
    """The authority decided not to assess; one family mediated, one appeals."""
    mediated, appeals = seat == 1, seat == 3
    latest = 500 if age_on(case.born, case.today) > 4 else 200
    decided_on = _ago(case, 65, 100) if mediated or appeals else _ago(case, 8, latest)
    took = case.days(20, 42) if case.chance(0.85) else case.days(44, 80)
    steps = Steps(on_work_day(decided_on - timedelta(days=took)), decided_on)
    assessment_id = assessments.write(case, steps, decision=_WILL_NOT, challenged=(mediated or seat % 4 == 0, appeals))
    if mediated:
        redress.mediation(case, assessment_id, days_after(decided_on, 15))
    if appeals:
        redress.appeal(case, assessment_id, decided_on)


def _request_withdrawn(case: Case, seat: int) -> None:
    decided_on = _ago(case, 10, 300)
    steps = Steps(on_work_day(decided_on - timedelta(days=case.days(8, 35))), decided_on)
    assessments.write(case, steps, decision=_WITHDRAWN)


def _assessing(case: Case, seat: int) -> None:
    """Advice is being gathered; the requests to co-operate go every way that they can."""
    course = IN_ASSESSMENTS[seat % len(IN_ASSESSMENTS)]
    steps = assessments.steps_so_far(case, case.today - timedelta(days=case.days(*course.sent_days_ago)))
    assessment_id = assessments.write(case, steps, decision=_WILL)
    begin(case, assessment_id, steps, course, _asked_of(case, seat))


def _asked_of(case: Case, seat: int) -> Body:
    """Mostly the therapies; from the twentieth on, each kind of body that s. 31(1) names."""
    bodies = case.bodies
    others = (
        bodies.hospital, other_authority(case), bodies.icb, bodies["ZZY01"], bodies.hospital, bodies["ZZS01"],
        bodies["ZZ7A9"], bodies.nhs_england,
    )  # fmt: skip
    round_, place = divmod(seat, len(IN_ASSESSMENTS))
    if round_ % 2:
        return others[place % len(others)]
    return bodies.hospital if place % 5 == 4 else bodies.therapies


def _assessment_withdrawn(case: Case, seat: int) -> None:
    """The family withdrew while advice was being gathered, and so did the requests for it."""
    withdrawn = RUNNING[-1]
    steps = assessments.steps_so_far(case, case.today - timedelta(days=case.days(30, 60)))
    ended_on = _ago(case, 1, 8)
    steps = Steps(steps.received_on, steps.decided_on, steps.advice_on, ended_on)
    assessment_id = assessments.write(case, steps, decision=_WILL, outcome=AssessmentOutcome.WITHDRAWN)
    begin(case, assessment_id, steps, withdrawn, case.bodies.therapies)


def _no_plan(case: Case, seat: int) -> None:
    """The assessment found that no plan is necessary: notified within sixteen weeks in 34% of cases."""
    ended_on = _ago(case, 10, 500)
    took = case.days(86, 112) if case.chance(0.34) else case.days(114, 170)
    received_on = on_work_day(ended_on - timedelta(days=took))
    decided_on = days_after(received_on, case.days(18, 30))
    steps = Steps(received_on, decided_on, decided_on, ended_on)
    challenged = (seat % 3 == 0, seat % 5 == 0)
    outcome = AssessmentOutcome.NO_PLAN
    assessment_id = assessments.write(case, steps, decision=_WILL, outcome=outcome, challenged=challenged)
    gather(case, assessment_id, steps, choose(case, decided_on), by=ended_on)


# --- with a plan


def _drafted(case: Case, seat: int) -> None:
    plan = drafted(case, served=False)
    about_draft(case, plan, seat)


def _served(case: Case, seat: int) -> None:
    """The draft is with the family; health provision that the commissioner declines goes to the dispute procedure."""
    plan = drafted(case, served=True)
    about_draft(case, plan, seat)
    refused = [each for each in plan.provisions if each.agreement is AgreementStatus.DECLINED]
    if refused and plan.dates.served_on:
        redress.between_partners(case, refused[0], plan.dates.served_on)
    _budget(case, plan, seat)


def _years(case: Case, ago: tuple[int, int], reviews: tuple[int, int]) -> Years:
    """A plan last reviewed so many days ago; no more reviews than the child's age leaves room for."""
    most = min(reviews[1], age_on(case.born, case.today) - 5)
    count = case.days(min(reviews[0], max(most, 0)), max(most, 0))
    return years_until(case, case.today - timedelta(days=case.days(*ago)), count)


def _maintained(years: Years, last: ReviewDecision | None = None) -> list[ReviewDecision]:
    decisions = [ReviewDecision.MAINTAIN] * len(years.held)
    if last and decisions:
        decisions[-1] = last
    return decisions


def _in_force(case: Case, holding: Holding, seat: int) -> None:
    """What goes on while a plan is in force: the next review, requests to bodies."""
    early = seat % 17 == 16
    open_next(case, holding.in_force.id, holding.years, holding.in_force.setting, early=early)
    about_plan(case, holding.in_force, seat)


def _long_held(case: Case, seat: int) -> Holding:
    """A plan that came in from before the hub; one in eight is overdue for review."""
    years = _years(case, (368, 440) if seat % 8 == 7 else (6, 350), (2, 8))
    holding = hold(case, years, _maintained(years))
    _in_force(case, holding, seat)
    _budget(case, holding.in_force, seat)
    if seat == 4:
        redress.complaint(case, holding.in_force.id, _ago(case, 90, 120))
    if seat == 5:
        redress.recommendation(case, holding.in_force.id, _ago(case, 40, 50))
    if seat == 6:
        asked_on = _ago(case, 5, 12)
        clock(
            case, DutyRule.DISCLOSE_PLAN_FOR_HIGHER_EDUCATION, About("Plan", holding.in_force.id), started_on=asked_on
        )
    return holding


def _new(case: Case, seat: int) -> Holding:
    """A plan of the last two years, with all that led to it."""
    ago = _MADE_AGO.get(case.budget, (12, 330)) if case.budget else (12, 330)
    years = _years(case, ago, (0, 0) if case.budget else (0, 1))
    holding = hold(case, years, _maintained(years))
    _in_force(case, holding, seat)
    _budget(case, holding.in_force, seat)
    return holding


def _amended(case: Case, seat: int) -> Holding:
    """A plan that reviews have changed: the last of them, and at times one before."""
    years = _years(case, (110, 350), (1, 4))
    decisions = _maintained(years, ReviewDecision.AMEND)
    if len(decisions) > 2 and case.chance(0.5):
        decisions[-3] = ReviewDecision.AMEND
    holding = hold(case, years, decisions)
    _in_force(case, holding, seat)
    return holding


def _amendment_proposed(case: Case, seat: int) -> Holding:
    """The notice of amendments is with the family; the plan before it is in force."""
    years = _years(case, (3, 20), (1, 4))
    holding = hold(case, years, _maintained(years, ReviewDecision.AMEND))
    open_next(case, holding.in_force.id, years, holding.in_force.setting)
    return holding


def _reassessing(case: Case, seat: int) -> Holding:
    """A review led to a new assessment (s. 44(3)), or the parents asked for one (s. 44(2))."""
    course = RUNNING[(seat * 3 + 1) % len(RUNNING)]
    steps = assessments.steps_so_far(case, case.today - timedelta(days=case.days(*course.sent_days_ago)))
    asked = seat % 2 == 0
    decided_on = steps.decided_on or steps.received_on
    years = years_until(case, decided_on - timedelta(days=120) if asked else decided_on, 2)
    holding = hold(case, years, _maintained(years, None if asked else ReviewDecision.REASSESS))
    open_next(case, holding.in_force.id, years, holding.in_force.setting)
    requested_on = days_after(decided_on, -12) if asked else decided_on
    assessment_id = assessments.reassess(case, Steps(requested_on, decided_on, steps.advice_on), asked=asked)
    begin(case, assessment_id, steps, course, case.bodies.therapies, Part3Function.REASSESSMENT)
    return holding


def _cease_notified(case: Case, seat: int) -> Holding:
    """Notice was given that the plan is to end; it is kept up until the time to appeal is over (s. 45(4))."""
    years = _years(case, (4, 40), (2, 5))
    return hold(case, years, _maintained(years, ReviewDecision.CEASE), Ending(PlanStatus.CEASE_NOTIFIED))


def _ceased(case: Case, seat: int) -> Holding:
    years = _years(case, (80, 400), (2, 5))
    ended_on = days_after(years.last_reviewed_on, 70)
    more = {"ceased_on": ended_on, "cease_reason": case.rng.choice(_CEASE_REASONS)}
    return hold(case, years, _maintained(years, ReviewDecision.CEASE), Ending(PlanStatus.CEASED, ended_on, more))


def _budget(case: Case, plan: Written, seat: int) -> None:
    """The personal budget, if there is one: asked for while the plan was a draft (PB Regs 2014 reg. 4(1))."""
    served_on = plan.dates.served_on
    if case.budget is None or served_on is None:
        return
    asked_on = max(days_after(served_on, 4), served_on)
    budgets.ask(case, plan, case.budget, asked_on if asked_on < case.today else served_on, seat)
    if case.budget in {BudgetStatus.REQUESTED, BudgetStatus.PROPOSED}:
        about_budget(case, plan, seat)


_LIVES: Mapping[Story, Callable[[Case, int], Holding | None]] = {
    Story.NOTIFIED: _notified,
    Story.REQUESTED: _requested,
    Story.REFUSED: _refused,
    Story.REQUEST_WITHDRAWN: _request_withdrawn,
    Story.ASSESSING: _assessing,
    Story.ASSESSMENT_WITHDRAWN: _assessment_withdrawn,
    Story.NO_PLAN: _no_plan,
    Story.DRAFTED: _drafted,
    Story.SERVED: _served,
    Story.LONG_HELD: _long_held,
    Story.NEW: _new,
    Story.AMENDED: _amended,
    Story.AMENDMENT_PROPOSED: _amendment_proposed,
    Story.REASSESSING: _reassessing,
    Story.CEASE_NOTIFIED: _cease_notified,
    Story.CEASED: _ceased,
}
