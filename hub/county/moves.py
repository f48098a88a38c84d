"""A child who moves to the other authority: the plan is transferred, and a second record begins (reg. 15)."""

from datetime import date, timedelta

from hub.county import plans, reviews, sections
from hub.county.clocks import About, clock
from hub.county.dates import days_after, on_work_day
from hub.county.holdings import Ending, Holding, hold, not_recorded
from hub.county.people import professional
from hub.county.plans import Version
from hub.county.requests import about_move
from hub.county.responsibilities import answer
from hub.county.reviews import years_until
from hub.county.rows import Case
from hub.law.duties import DutyRule, due_on
from hub.law.vocabulary import PlanStatus, ReviewDecision, ReviewKind, SectionCode, Source

_MOVED_AGO = (45, 430)
"""Days since the moves of 300 children, one after the other."""


def moved_on(today: date, seat: int) -> date:
    return on_work_day(today - timedelta(days=_MOVED_AGO[seat % len(_MOVED_AGO)]))


def move_out(case: Case, seat: int) -> Holding:
    """The old authority transfers the plan on the day of the move, and sends what it holds."""
    day = moved_on(case.today, seat)
    years = years_until(case, day - timedelta(days=case.days(60, 200)), 2)
    new = case.bodies["991"]
    more = {"ceased_on": day, "cease_reason": "TRANSFERRED_TO_OTHER_AUTHORITY", "transferred_to_id": new.id}
    decisions = [ReviewDecision.MAINTAIN] * len(years.held)
    holding = hold(case, years, decisions, Ending(PlanStatus.TRANSFERRED, day, more))
    clock(case, DutyRule.TRANSFER_PLAN, About("Plan", holding.in_force.id), started_on=day, met_on=day)
    return holding


def move_in(case: Case, seat: int, left: Holding) -> None:
    """The new authority's record: the plan as if it had made it (reg. 15(3)), family told, reviewed in good time."""
    day = moved_on(case.today, seat)
    answer(case, day, "s. 24(1)(a): the plan was transferred on a move (reg. 15)")
    old = left.in_force
    dates = plans.Dates(old.dates.drafted_on, old.dates.served_on, old.dates.finalised_on)
    phase = reviews.phase_dates(case)
    version = Version(PlanStatus.FINAL, not_recorded, more=phase)
    plan = plans.write(case, None, old.strands, dates, version)
    advice = [("Advice sent with the plan by the authority that made it", professional(case.rng), old.dates.drafted_on)]
    case.add("plan_section", plan_id=plan.id, code=SectionCode.K, text=sections.advice_text(advice))
    about = About("Plan", plan.id)
    told_on = days_after(day, 24)
    clock(case, DutyRule.INFORM_FAMILY_OF_TRANSFER, about, started_on=day, met_on=told_on)
    reviews.phase_clock(case, plan.id, phase.get("phase_transfer_final_on"))
    _first_review(case, plan, left.years.last_reviewed_on, day)
    about_move(case, plan, case.bodies["990"], seat)


def _first_review(case: Case, plan: plans.Written, last_reviewed_on: date, day: date) -> None:
    """By the later of two dates (reg. 15(5))."""
    from_review = due_on(DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW, last_reviewed_on)
    from_move = due_on(DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER, day)
    rule, started_on = DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW, last_reviewed_on
    if from_move > from_review:
        rule, started_on = DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER, day
    due = max(from_review, from_move)
    decided_on = on_work_day(due - timedelta(days=10))
    held = decided_on < case.today
    meeting_on = on_work_day(decided_on - timedelta(days=22))
    review_id = case.add(
        "review",
        plan_id=plan.id,
        kind=ReviewKind.FIRST_AFTER_TRANSFER,
        due_on=due,
        meeting_on=meeting_on if held else None,
        report_on=days_after(meeting_on, 10) if held else None,
        decision=ReviewDecision.MAINTAIN if held else None,
        decided_on=decided_on if held else None,
        source=Source.SYNTHETIC,
    )
    clock(case, rule, About("Review", review_id), started_on=started_on, met_on=decided_on if held else None)
    if held:
        reviews.open_next(case, plan.id, reviews.Years(decided_on, ()), plan.setting)
