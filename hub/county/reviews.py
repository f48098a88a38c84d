"""Reviews: each year's meeting, report and decision, the one that comes next, and their clocks (s. 44)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from hub.county import notices
from hub.county.bodies import Body
from hub.county.clocks import About, clock
from hub.county.dates import days_after, on_work_day, year_group
from hub.county.rows import Case
from hub.law.duties import DutyRule, due_on
from hub.law.vocabulary import OrganisationKind, ReviewDecision, ReviewKind, Source

KEPT_FOR = timedelta(days=730)
"""The hub has kept clocks for two years; what was before came in as history, without any."""

_FORMAL = frozenset({OrganisationKind.SCHOOL})


@dataclass(frozen=True, slots=True)
class Held:
    """A review that was held: when it was due, met and was decided."""

    due_on: date
    since: date
    meeting_on: date
    report_on: date
    decided_on: date


@dataclass(frozen=True, slots=True)
class Years:
    """The plan from when it was first made, and its reviews, in order."""

    made_on: date
    held: tuple[Held, ...]

    @property
    def last_reviewed_on(self) -> date:
        return self.held[-1].decided_on if self.held else self.made_on


def years_until(case: Case, last_reviewed_on: date, reviews: int) -> Years:
    """A plan whose last review was decided on a day, after so many reviews; without any, it was made that day."""
    decided = [on_work_day(last_reviewed_on)]
    for _ in range(reviews):
        between = case.days(336, 362) if case.chance(0.8) else case.days(375, 450)
        decided.append(on_work_day(decided[-1] - timedelta(days=between)))
    decided.reverse()
    return Years(decided[0], tuple(_held(case, since, day) for since, day in pairwise(decided)))


def _held(case: Case, since: date, decided_on: date) -> Held:
    """Decided within four weeks of the meeting in 44.4% of cases."""
    meeting_on = on_work_day(
        decided_on - timedelta(days=case.days(12, 28) if case.chance(0.444) else case.days(31, 75))
    )
    report_on = min(decided_on, days_after(meeting_on, case.days(7, 14) if case.chance(0.6) else case.days(16, 30)))
    return Held(due_on(DutyRule.REVIEW_PLAN, since), since, meeting_on, report_on, decided_on)


def write(
    case: Case, plans: Sequence[UUID], years: Years, decisions: Sequence[ReviewDecision], setting: Body | None
) -> list[UUID]:
    """Write the reviews that were held, each of the version that was then in force."""
    ids: list[UUID] = []
    for plan_id, held, decision in zip(plans, years.held, decisions, strict=True):
        amends = decision is ReviewDecision.AMEND
        review_id = case.add(
            "review",
            plan_id=plan_id,
            kind=_kind(case, held.meeting_on),
            due_on=held.due_on,
            meeting_on=held.meeting_on,
            report_on=held.report_on,
            decision=decision,
            decided_on=held.decided_on,
            amendment_drafted_on=held.decided_on if amends else None,
            source=Source.SYNTHETIC,
        )
        ids.append(review_id)
        notices.after_review(case, review_id, decision, held.decided_on)
        if held.since >= case.today - KEPT_FOR:
            _clocks(case, review_id, held, decision, setting)
    return ids


def _clocks(case: Case, review_id: UUID, held: Held, decision: ReviewDecision, setting: Body | None) -> None:
    about = About("Review", review_id)
    clock(case, DutyRule.REVIEW_PLAN, about, started_on=held.since, met_on=held.decided_on)
    clock(
        case, DutyRule.SEND_REVIEW_REPORT, about, started_on=held.meeting_on, met_on=held.report_on,
        holder=setting if setting and setting.kind in _FORMAL else None,
    )  # fmt: skip
    clock(case, DutyRule.DECIDE_AFTER_REVIEW, about, started_on=held.meeting_on, met_on=held.decided_on)
    if decision is ReviewDecision.AMEND:
        clock(case, DutyRule.SEND_AMENDMENT_NOTICE, about, started_on=held.meeting_on, met_on=held.decided_on)


def open_next(case: Case, plan_id: UUID, years: Years, setting: Body | None, *, early: bool = False) -> UUID:
    """Write the review that is next, with its clock; now and then its meeting was held and the decision is awaited."""
    since = years.last_reviewed_on
    due = due_on(DutyRule.REVIEW_PLAN, since)
    meeting_on = None
    near = (due - case.today).days < 45
    if early or (near and case.chance(0.5)):
        meeting_on = on_work_day(case.today - timedelta(days=case.days(3, 40)))
        meeting_on = meeting_on if meeting_on > since else None
    report_on = days_after(meeting_on, 12) if meeting_on else None
    if report_on is not None and report_on >= case.today:
        report_on = None
    review_id = case.add(
        "review",
        plan_id=plan_id,
        kind=ReviewKind.EARLY if early else _kind(case, due),
        due_on=due,
        meeting_on=meeting_on,
        report_on=report_on,
        source=Source.SYNTHETIC,
    )
    about = About("Review", review_id)
    clock(case, DutyRule.REVIEW_PLAN, about, started_on=since)
    if meeting_on:
        reporter = setting if setting and setting.kind in _FORMAL else None
        clock(case, DutyRule.SEND_REVIEW_REPORT, about, started_on=meeting_on, met_on=report_on, holder=reporter)
        clock(case, DutyRule.DECIDE_AFTER_REVIEW, about, started_on=meeting_on)
    return review_id


def next_phase(case: Case) -> tuple[DutyRule, date] | None:
    """The clock of a change of phase next September, and the day of the change; None for who stays."""
    september = date(case.today.year + (case.today.month >= 9), 9, 1)
    if not _leaves_phase(case, september - timedelta(days=60)):
        return None
    post_16 = year_group(case.born, september) == 12
    return (DutyRule.REVIEW_BEFORE_POST_16_PHASE if post_16 else DutyRule.REVIEW_BEFORE_PHASE_TRANSFER), september


def phase_dates(case: Case) -> dict[str, date | None]:
    """What the return asks of a change of phase: when the plan is due, and when it was made final for it."""
    ahead = next_phase(case)
    if ahead is None:
        return {}
    due = due_on(*ahead)
    done_on = on_work_day(due - timedelta(days=case.days(-10, 50)))
    done = done_on < case.today and case.chance(0.9)
    return {"phase_transfer_due_on": due, "phase_transfer_final_on": done_on if done else None}


def phase_clock(case: Case, plan_id: UUID, done_on: date | None) -> None:
    """Review and amendment in good time before a change of phase (reg. 18(1))."""
    ahead = next_phase(case)
    if ahead is not None:
        clock(case, ahead[0], About("Plan", plan_id), started_on=ahead[1], met_on=done_on)


def _leaves_phase(case: Case, day: date) -> bool:
    """Whether the school year of this day is the last of nursery, primary or secondary school."""
    return year_group(case.born, day) in (-1, 6, 11)


def _kind(case: Case, day: date) -> ReviewKind:
    return ReviewKind.PHASE_TRANSFER if _leaves_phase(case, day) and day.month >= 9 else ReviewKind.ANNUAL
