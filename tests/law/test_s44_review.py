"""Reviews of plans (CFA 2014 s. 44, regs 15(5), 18 to 21). Each step in its order, with its notice and its time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.decisions import Refusal
from hub.law.duties import DutyRule, due_on
from hub.law.s37_plan import MAINTAINED
from hub.law.s44_review import (
    MUST_BE_INVITED,
    PHASE_CLOCKS,
    PROVISIONS,
    TRANSITIONS,
    Arranged,
    Decided,
    Held,
    Invited,
    PapersSent,
    Phase,
    Reported,
    Review,
    ReviewState,
    Step,
)
from hub.law.vocabulary import PlanStatus, ReviewDecision
from tests.law.cases import every_case

NOTICE, MEETING, TODAY = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 22)
ALL = MUST_BE_INVITED | {Invited.SCHOOL_OR_PROVIDER}
DUE = Review(PlanStatus.FINAL)
STEPS: dict[type[Step], Step] = {
    Arranged: Arranged(MEETING, ALL, attends=True, on=NOTICE),
    PapersSent: PapersSent(date(2026, 9, 15)),
    Held: Held(MEETING),
    Reported: Reported(date(2026, 10, 14)),
    Decided: Decided(ReviewDecision.AMEND, "The needs have changed.", date(2026, 10, 28)),
}


def _come_to(state: ReviewState) -> Review:
    """A review that has come so far, by the steps of the table."""
    review = DUE
    for step in STEPS.values():
        if review.state is state:
            break
        after = review.after(step, today=TODAY)
        assert isinstance(after, Review)
        review = after
    assert review.state is state
    return review


def _rule(answer: Review | Refusal) -> str:
    assert isinstance(answer, Refusal)
    return answer.rule


@pytest.mark.parametrize("state", ReviewState)
def test_what_is_not_in_the_table_is_refused(state: ReviewState) -> None:
    """Arranged, advice sent, held, reported, decided: in this order, each once. A meeting that is arranged may be put
    to another day. Every other step is refused, with its provision."""
    review = _come_to(state)
    for kind, step in STEPS.items():
        answer = review.after(step, today=TODAY)
        if (state, kind) in TRANSITIONS:
            on = step if kind is not Arranged else replace(STEPS[Arranged], on=date(2026, 9, 2))
            after = review.after(on, today=TODAY)
            assert isinstance(after, Review)
            assert after.state is TRANSITIONS[state, kind]
        else:
            assert isinstance(answer, Refusal)
            assert (answer.provision, answer.rule) == (PROVISIONS[kind], "out-of-order")


@pytest.mark.parametrize("status", PlanStatus)
def test_a_plan_that_is_maintained_is_reviewed(status: PlanStatus) -> None:
    """A draft, a plan that has ceased and one that went to another authority are not reviewed (s. 44(1))."""
    answer = Review(status).after(STEPS[Arranged], today=TODAY)
    assert isinstance(answer, Review) == (status in MAINTAINED)
    assert isinstance(answer, Review) or answer.provision == "CFA 2014 s. 44(1)"


@pytest.mark.parametrize("missing", sorted(ALL))
def test_those_who_must_be_are_invited(missing: Invited) -> None:
    """The family, the school that is attended, the officers for SEN and for social care, and a health care professional
    whom the commissioning body identifies (regs 20(2), 21(2))."""
    answer = DUE.after(Arranged(MEETING, ALL - {missing}, attends=True, on=NOTICE), today=TODAY)
    assert isinstance(answer, Refusal)
    assert (answer.provision, answer.rule) == ("SEND Regs 2014 regs 20(2), 21(2)", "not-invited")


def test_where_no_school_is_attended_none_is_invited() -> None:
    """Reg. 21 is for those who attend none."""
    answer = DUE.after(Arranged(MEETING, MUST_BE_INVITED, attends=False, on=NOTICE), today=TODAY)
    assert isinstance(answer, Review)


@every_case
@given(st.integers(-30, 60))
def test_two_weeks_notice_of_the_meeting(days: int) -> None:
    """At least two weeks' notice of the day of the meeting (regs 20(3), 21(3))."""
    answer = DUE.after(Arranged(NOTICE + timedelta(days=days), ALL, attends=True, on=NOTICE), today=TODAY)
    assert isinstance(answer, Review) == (days >= 14)
    assert isinstance(answer, Review) or answer.rule == "two-weeks-notice"


def test_the_meeting_is_on_the_day_of_which_notice_was_given() -> None:
    """Another day needs another notice; the advice is sent before the meeting."""
    arranged, sent = _come_to(ReviewState.ARRANGED), _come_to(ReviewState.PAPERS_SENT)
    assert _rule(sent.after(Held(date(2026, 10, 2)), today=TODAY)) == "another-day"
    assert _rule(arranged.after(PapersSent(date(2026, 10, 2)), today=TODAY)) == "after-the-meeting"
    late = arranged.after(PapersSent(date(2026, 9, 30)), today=TODAY)
    assert isinstance(late, Review), "late advice is late, and is recorded all the same"


@pytest.mark.parametrize("kind", STEPS)
def test_each_step_has_its_day(kind: type[Step]) -> None:
    """Nothing is recorded before it happens, or before what it follows."""
    state = next(each for each, step in TRANSITIONS if step is kind)
    review = _come_to(state)
    step = STEPS[kind]
    assert _rule(review.after(step, today=step.on - timedelta(days=1))) == "in-the-future"
    if state is not ReviewState.DUE:
        early = replace(step, on=date(2026, 8, 1))
        assert _rule(review.after(early, today=TODAY)) == "before-the-step-before"


@pytest.mark.parametrize("decision", ReviewDecision)
def test_a_decision_has_reasons(decision: ReviewDecision) -> None:
    """Whatever is decided, the family is told why (regs 20(11), 21(10))."""
    reported = _come_to(ReviewState.REPORTED)
    assert _rule(reported.after(Decided(decision, " ", TODAY), today=TODAY)) == "reasons-required"
    decided = reported.after(Decided(decision, "Because.", TODAY), today=TODAY)
    assert isinstance(decided, Review)
    assert (decided.decision, decided.reasons, decided.decided_on) == (decision, "Because.", TODAY)


def test_a_phase_transfer_has_its_day() -> None:
    """Strictly before 15 February, to post-16 before 31 March, and between post-16 institutions five months before
    (reg. 18)."""
    transfer = date(2027, 9, 1)
    ends = {phase: due_on(PHASE_CLOCKS[phase], transfer).isoformat() for phase in Phase}
    assert ends[Phase.TO_POST_16] == "2027-03-30"
    assert ends[Phase.BETWEEN_POST_16] == "2027-04-01"
    assert {ends[each] for each in Phase if PHASE_CLOCKS[each] is DutyRule.REVIEW_BEFORE_PHASE_TRANSFER} == {
        "2027-02-14"
    }


def test_the_table_can_be_printed() -> None:
    """A row a state, a column a step; a dash is a refusal."""
    lines = TRANSITIONS.as_markdown().splitlines()
    assert lines[2] == "| **DUE** | ARRANGED | - | - | - | - |"
    assert lines[-1] == "| **DECIDED** | - | - | - | - | - |"
