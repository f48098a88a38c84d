"""Part 3 of the Act as one: whatever is done in whatever order, the record makes sense."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hub.law import reg12_agreement as g
from hub.law import s31_cooperation as r
from hub.law import s36_assessment as a
from hub.law import s37_plan as p
from hub.law import s44_review as v
from hub.law.decisions import Refusal, says_something
from hub.law.duties import RULES, DutyRule, due_on
from hub.law.periods import Before, MonthsBefore, WeeksBefore, WorkingDaysBefore, london_day
from hub.law.reg8_time_limit import TimeExceptionGround
from hub.law.reg12_form import Contents, ProvisionIn, refuse_final
from hub.law.vocabulary import (
    AdviceKind,
    AgreementStatus,
    AssessmentDecision,
    PlanStatus,
    ReviewDecision,
    SectionCode,
)
from tests.law.cases import every_case

BORN, BEGINS = date(2019, 9, 1), date(2026, 1, 5)
BODIES = 2
COUNTED_BACK = (Before, MonthsBefore, WeeksBefore, WorkingDaysBefore)
PLAN_EVENTS = tuple(dict.fromkeys(event for _, event in p.TRANSITIONS))
FORWARD = (p.Served, p.Finalised, p.Revised)
ENDS = (p.Superseded, p.Transferred, p.AmendmentDropped)
REVIEW_STEPS = tuple(dict.fromkeys(step for _, step in v.TRANSITIONS))


class Casework:
    """One child's assessment, a request for health advice, a plan with provision that two bodies must agree to, and its
    review. Each step is drawn at random, with a day and reasons that may be wrong; what the law refuses is not done."""

    def __init__(self, random: Random, *, drafted: bool) -> None:
        self.random, self.today = random, BEGINS
        stage = a.AssessmentStage.PLAN if drafted else a.AssessmentStage.REQUESTED
        self.assessment = a.Assessment(stage, BORN, BEGINS)
        self.plan: p.Plan | None = p.Plan(PlanStatus.DRAFT, BORN, BEGINS) if drafted else None
        self.answers = [g.Agreement(AgreementStatus.NOT_ASKED)] * BODIES
        self.request = r.CooperationRequest(
            UUID(int=1),
            UUID(int=2),
            UUID(int=3),
            r.Part3Function.EHC_NEEDS_ASSESSMENT,
            r.CooperationStatus.SENT,
            self._instant(BEGINS),
        )
        self.review: v.Review | None = None
        self.decided_with: list[str] = []
        self.seen = set[object]()

    def take(self) -> None:
        """A step, some days later."""
        self.today += timedelta(days=self.random.choice((0, 0, 1, 5, 16)))
        steps: list[Callable[[], None]] = [self._assess, self._answer, self._plan, self._request, self._review]
        if self.plan is not None:
            steps += [self._answer, self._plan, self._review]
        self.random.choice(steps)()
        review = [] if self.review is None else [self.review.state]
        plan = [] if self.plan is None else [self.plan.status]
        answers = [each.status for each in self.answers]
        statuses = {*review, *plan, *answers, self.assessment.stage, self.request.status}
        self.seen |= {(type(each), each) for each in statuses}

    def _mostly(self) -> bool:
        """Most go on, so that there is something to see."""
        return self.random.random() < 0.95

    def _day(self) -> date:
        return self.today + timedelta(days=self.random.choice((0, 0, 0, 0, -1, -20, 3)))

    def _instant(self, day: date) -> datetime:
        return datetime.combine(day, time(12), UTC)

    def _reasons(self) -> str:
        return self.random.choice(("Because.", "Because.", "", " \n"))

    def _assess(self) -> None:
        reasons, on = self._reasons(), self._day()
        often = (a.AdviceSought, a.AdviceSought, a.AdviceSought)
        kind = self.random.choice((a.Decided, *often, a.NoPlanDecided, a.PlanBegun))
        event: a.AssessmentEvent
        if kind is a.Decided:
            decisions = (*AssessmentDecision, *(AssessmentDecision.WILL_ASSESS,) * 4)
            event = a.Decided(self.random.choice(decisions), reasons, on)
            if event.decision is AssessmentDecision.WITHDRAWN and self._mostly():
                return
        elif kind is a.AdviceSought:
            event = a.AdviceSought(self.random.choice((*sorted(a.MUST_BE_SOUGHT), *sorted(AdviceKind))), on)
        elif kind is a.NoPlanDecided:
            event = a.NoPlanDecided(reasons, on)
        else:
            event = a.PlanBegun(on)
        after = self.assessment.after(event, today=self.today)
        if isinstance(after, Refusal):
            return
        self.assessment = replace(self.assessment, stage=after)
        match event:
            case a.Decided():
                self.assessment = replace(self.assessment, decided_on=on)
            case a.AdviceSought(sought):
                self.assessment = replace(self.assessment, sought=self.assessment.sought | {sought})
            case a.PlanBegun():
                self.plan = p.Plan(PlanStatus.DRAFT, BORN, on)
            case _:
                pass
        if after in {a.AssessmentStage.NOT_ASSESSED, a.AssessmentStage.NO_PLAN}:
            self.decided_with.append(reasons)

    def _answer(self) -> None:
        """Agreed, declined and left out in a draft alone: what a final version says does not change."""
        if self.plan is None or self.plan.status not in p.CHANGEABLE:
            return
        on, reasons = self._day(), self._reasons()
        by = self.random.choice((None, on + timedelta(days=10)))
        left_out = g.LeftOut(on, reasons)
        event = self.random.choice((g.Asked(on, by), g.Agreed(on), g.Agreed(on), g.Declined(on, reasons), left_out))
        # One body answers; the authority leaves the provision out for all of them at once, or not at all.
        places = range(BODIES) if event is left_out else (self.random.randrange(BODIES),)
        after = [self._answered(each, event) for each in places]
        for place, answer in zip(places, after, strict=True):
            if None not in after:
                self.answers[place] = answer or self.answers[place]

    def _answered(self, place: int, event: g.AgreementEvent) -> g.Agreement | None:
        answer = self.answers[place]
        others = [each for at, each in enumerate(self.answers) if at != place]
        status = replace(answer, others=others).after(event, today=self.today)
        if isinstance(status, Refusal):
            return None
        asked = (event.on, event.by) if isinstance(event, g.Asked) else (answer.asked_on, answer.reply_by)
        return g.Agreement(status, *asked)

    def _plan(self) -> None:
        if self.plan is None:
            return
        kind, on = self.random.choice((*FORWARD, *PLAN_EVENTS)), self._day()
        if kind in ENDS and self._mostly():
            return
        reason = self.random.choice(sorted(p.CeaseReason))
        event = kind(on, reason) if kind in {p.CeaseNotified, p.Ceased} else kind(on)  # pyright: ignore[reportCallIssue]  (the two that have a reason)
        after = self.plan.after(event, today=self.today)
        if isinstance(after, Refusal) or (kind is p.Finalised and self._held_up(on)):
            return
        dates = {p.Served: "served_on", p.Finalised: "finalised_on", p.CeaseNotified: "cease_notified_on"}
        self.plan = replace(self.plan, status=after, **({dates[kind]: on} if kind in dates else {}))
        if self.review is not None:
            self.review = replace(self.review, plan_status=after)
        elif after is PlanStatus.FINAL:
            self.review = v.Review(after)

    def _held_up(self, on: date) -> bool:
        provision = ProvisionIn(SectionCode.G, None, (), {}, agreed=[each.status for each in self.answers])
        return bool(refuse_final(Contents(list(SectionCode), (), (), [provision]), born_on=BORN, on=on))

    def _request(self) -> None:
        at = self._instant(self._day())
        event: r.Event = self.random.choice(
            (
                r.Received(self.random.choice(sorted(r.Receipt)), at),
                r.Accepted(at),
                r.Complied(at, self._day()),
                r.Declined(self.random.choice((None, *sorted(r.RefusalGround))), self._reasons(), at),
                r.Declined(self.random.choice(sorted(r.RefusalGround)), self._reasons(), at),
                r.Withdrawn(at),
                r.TimeExceptionClaimed(
                    self.random.choice(sorted(TimeExceptionGround)), self._reasons(), UUID(int=3), at
                ),
            )
        )
        after = self.request.after(event, now=self._instant(self.today))
        if isinstance(after, r.CooperationRequest):
            self.request = after

    def _review(self) -> None:
        if self.review is None:
            return
        on = self._day()
        meeting_on = on + timedelta(days=self.random.choice((5, 14, 21)))
        steps: dict[type, v.Step] = {
            v.Arranged: v.Arranged(meeting_on, frozenset(v.Invited), attends=True, on=on),
            v.PapersSent: v.PapersSent(on),
            v.Held: v.Held(self.random.choice((on, self.review.planned_for or on))),
            v.Reported: v.Reported(on),
            v.Decided: v.Decided(self.random.choice(sorted(ReviewDecision)), self._reasons(), on),
        }
        after = self.review.after(steps[self.random.choice(REVIEW_STEPS)], today=self.today)
        if isinstance(after, v.Review):
            self.review = after

    def check(self) -> None:
        """What is true after each step."""
        if self.plan is not None and self.plan.status not in p.CHANGEABLE | {PlanStatus.SUPERSEDED}:
            assert g.is_agreed([each.status for each in self.answers])
            assert self.plan.served_on is not None
            assert self.plan.finalised_on is not None
            assert p.last_day_to_respond(self.plan.served_on) < self.plan.finalised_on <= self.today
        declined = self.request.declined
        assert declined is None or (declined.ground is not None and says_something(declined.reasons))
        assert (self.request.status is r.CooperationStatus.DECLINED) <= (declined is not None)
        if self.request.due_on is not None:
            assert self.request.received_at is not None
            assert london_day(self.request.sent_at) <= london_day(self.request.received_at) < self.request.due_on
        assert all(says_something(each) for each in self.decided_with)
        if self.review is not None and self.review.decision is not None:
            assert says_something(self.review.reasons or "")
            assert self.review.invited >= v.MUST_BE_INVITED
            days = (self.review.notice_given_on, self.review.meeting_on, self.review.report_on, self.review.decided_on)
            assert list(days) == sorted(day for day in days if day is not None)


def test_no_sequence_of_permitted_steps_makes_a_record_that_the_law_forbids() -> None:
    """In thousands of steps, drawn at random, out of order, on wrong days, with empty reasons: no plan is or was final
    with provision in section G that a body did not agree to and that was not left out, nor before the fifteen days were
    over; nothing is declined or decided without the reasons that are owed; and no clock ends before it starts. All that
    the tables can reach was reached."""
    seen = set[object]()
    for seed in range(240):
        casework = Casework(Random(seed), drafted=seed % 4 > 0)
        for _ in range(250):
            casework.take()
            casework.check()
        seen |= casework.seen
    tables = (PlanStatus, a.AssessmentStage, r.CooperationStatus, v.ReviewState, AgreementStatus)
    every = {(table, each) for table in tables for each in table}
    assert every - seen == {(AgreementStatus, AgreementStatus.NOT_RECORDED)}, "which is of plans that arrive final"


@every_case
@given(st.sampled_from(DutyRule), st.dates(date(2014, 9, 1), date(2100, 1, 1)))
def test_no_clock_ends_before_it_starts(rule: DutyRule, started_on: date) -> None:
    """Each clock ends on the day it starts or later; one that is counted back from an event to come ends before it, or
    before the day in the year of the event that the regulation names."""
    last, limit = due_on(rule, started_on), RULES[rule].limit
    if isinstance(limit, Before):
        assert (last.year, last) < (started_on.year, date(started_on.year, limit.month, limit.day))
    elif isinstance(limit, COUNTED_BACK):
        assert last < started_on
    else:
        assert last >= started_on
