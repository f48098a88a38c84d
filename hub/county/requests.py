"""Requests to co-operate outside an assessment: none of them has a statutory time limit."""

from datetime import timedelta

from hub.county.advice import complied_with
from hub.county.bodies import Body
from hub.county.cooperation import RUNNING, send
from hub.county.plans import Written
from hub.county.rows import Case
from hub.law.s31_cooperation import Part3Function
from hub.law.vocabulary import AdviceKind, SectionCode


def about_draft(case: Case, plan: Written, nth: int) -> None:
    """Whether the health provision of a draft can be arranged."""
    if any(each.section is SectionCode.G for each in plan.provisions):
        _send(case, plan, case.bodies.icb, Part3Function.PLAN_PREPARATION, nth)


def about_plan(case: Case, plan: Written, nth: int) -> None:
    """What a body is asked of a child whose plan is in force: of most children nothing."""
    if case.specialised is not None:
        _send(case, plan, case.bodies.nhs_england, Part3Function.SECURING_PROVISION, nth)
        return
    asks = _asks(case)
    if nth % 2 == 0:
        _send(case, plan, *asks[nth // 2 % len(asks)], nth // 2)


def about_budget(case: Case, plan: Written, nth: int) -> None:
    """What the commissioner would put into a personal budget."""
    _send(case, plan, case.bodies.icb, Part3Function.PERSONAL_BUDGET, nth)


def about_move(case: Case, plan: Written, to: Body, nth: int) -> None:
    """What the authority that a child has left holds beside the plan."""
    _send(case, plan, to, Part3Function.TRANSFER, nth)


def other_authority(case: Case) -> Body:
    return case.bodies["991" if case.owner.code == "990" else "990"]


def _asks(case: Case) -> tuple[tuple[Body, Part3Function], ...]:
    bodies = case.bodies
    return (
        (bodies.therapies, Part3Function.PLAN_REVIEW),
        (bodies.therapies, Part3Function.SECURING_PROVISION),
        (bodies.hospital, Part3Function.PLAN_REVIEW),
        (bodies.icb, Part3Function.SECURING_PROVISION),
        (bodies.hospital, Part3Function.OTHER_PART_3),
        (other_authority(case), Part3Function.PLAN_REVIEW),
        (bodies.therapies, Part3Function.OTHER_PART_3),
    )


def _send(case: Case, plan: Written, to: Body, function: Part3Function, nth: int) -> None:
    """Send it on one of the courses for which the plan is old enough, if there is one."""
    age = (case.today - (plan.dates.finalised_on or plan.dates.drafted_on)).days
    courses = [each for each in RUNNING if each.sent_days_ago[0] <= age]
    if not courses:
        return
    course = courses[nth * 3 % len(courses)]
    fewest, most = course.sent_days_ago
    sent_on = case.today - timedelta(days=case.days(fewest, min(most, age)))
    request = send(case, to, function, sent_on, course.life)
    complied_with(case, request, AdviceKind.OTHER_AUTHORITY_THINKS_FIT, to, plan.strands, plan)
