"""What relieves the authority of a time limit (SEND Regs 2014 regs 5(4), 10(4), 13(3), 27(3)). Recorded facts, not
wishes."""

from dataclasses import replace
from datetime import date

import pytest

from hub.law.duties import RULES, DutyRule, Relief
from hub.law.reg10_time_exceptions import AT_LEAST, Excuse, refuse_excuse
from tests.law.cases import day

TODAY = day("2026-11-22")
STARTED_ON, DUE_ON = day("2026-06-01"), day("2026-10-19")
ILLNESS = Excuse(Relief.EXCEPTIONAL_CIRCUMSTANCES, "The child was in hospital.")
ABSENCE = Excuse(Relief.ABSENT_FROM_AREA, "The family was abroad.", day("2026-07-01"), day("2026-07-28"))
CLOSURE = Excuse(Relief.SCHOOL_CLOSED, "The summer holidays.", day("2026-07-22"), day("2026-09-01"))


def _rule(
    excuse: Excuse,
    *,
    rule: DutyRule = DutyRule.FINALISE_PLAN,
    started_on: date | None = STARTED_ON,
    due_on: date | None = DUE_ON,
    closed_on: date | None = None,
    asked: tuple[date, ...] = (),
) -> str | None:
    refusal = refuse_excuse(
        excuse,
        rule=rule,
        started_on=started_on,
        due_on=due_on,
        closed_on=closed_on,
        advice_asked_on=asked,
        today=TODAY,
    )
    assert refusal is None or refusal.provision in {RULES[rule].provision, "SEND Regs 2014 reg. 8(2)"}
    return refusal.rule if refusal else None


def test_four_things_relieve_the_six_and_the_twenty_weeks() -> None:
    """Exceptional circumstances, four weeks' absence, and the closure of the school or provider relieve the limits of
    regs 5(1), 10(1) and 13(2); nothing relieves reg. 4(1)."""
    for rule in (DutyRule.DECIDE_WHETHER_TO_ASSESS, DutyRule.NOTIFY_NO_PLAN, DutyRule.FINALISE_PLAN):
        assert _rule(ILLNESS, rule=rule) is None
        assert _rule(ABSENCE, rule=rule) is None
    assert _rule(ILLNESS, rule=DutyRule.NOTIFY_NOT_NECESSARY) == "not-an-exception"
    assert _rule(replace(ILLNESS, ground=Relief.MISSED_APPOINTMENT)) == "not-an-exception"


def test_a_body_that_was_asked_claims_on_the_request() -> None:
    """What relieves the six weeks of reg. 8(1) is claimed on the request to co-operate, where reg. 8(2) is kept."""
    assert _rule(ILLNESS, rule=DutyRule.COMPLY_WITH_ADVICE_REQUEST) == "claim-on-the-request"


def test_an_exception_says_what_happened() -> None:
    """An exception is a recorded fact: blank words are none."""
    assert _rule(replace(ILLNESS, explanation=" - ")) == "explanation-required"


def test_only_a_limit_that_runs_is_relieved() -> None:
    """Before the clock has started there is no limit to relieve, and none once the duty was met in time. A duty that
    was met late may still be excused."""
    assert _rule(ILLNESS, started_on=None, due_on=None) == "clock-not-running"
    assert _rule(ILLNESS, closed_on=day("2026-10-19")) == "met-in-time"
    assert _rule(ILLNESS, closed_on=day("2026-10-20")) is None


def test_it_happened_while_the_limit_ran_and_not_in_the_future() -> None:
    """What happened before the clock began or after it ended does not make it impractical to act in time."""
    assert _rule(replace(ILLNESS, from_=day("2026-10-20"))) == "outside-the-period"
    assert _rule(replace(ILLNESS, to=day("2026-05-31"))) == "outside-the-period"
    assert _rule(replace(ABSENCE, to=day("2026-06-30"))) == "dates-out-of-order"
    late = day("2027-01-31")
    assert _rule(replace(ILLNESS, from_=day("2026-11-23")), due_on=late) == "in-the-future"


@pytest.mark.parametrize("ground", sorted({Relief.ABSENT_FROM_AREA, Relief.SCHOOL_CLOSED}))
def test_an_absence_or_a_closure_lasts_four_weeks(ground: Relief) -> None:
    """An absence, and a closure, is of at least four weeks without a break (reg. 10(4)(a), (b), (d))."""
    asked = (day("2026-07-01"),)
    assert AT_LEAST[ground].days == 28
    assert _rule(replace(ABSENCE, ground=ground), asked=asked) is None
    assert _rule(replace(ABSENCE, ground=ground, to=day("2026-07-27")), asked=asked) == "too-short"
    assert _rule(replace(ABSENCE, ground=ground, to=None), asked=asked) == "dates-required"
    assert _rule(replace(ABSENCE, ground=ground, from_=None), asked=asked) == "dates-required"


def test_a_closure_counts_where_advice_was_asked_around_it() -> None:
    """Advice was asked of the school in the time from one week before it closed to one week before it opened again
    (reg. 10(4)(a)): closed from 22 July to 1 September, asked from 15 July to 26 August."""
    for asked, refused in (
        ("2026-07-14", "no-advice-asked-then"),
        ("2026-07-15", None),
        ("2026-08-26", None),
        ("2026-08-27", "no-advice-asked-then"),
    ):
        assert _rule(CLOSURE, asked=(day(asked),)) == refused
    assert _rule(CLOSURE) == "no-advice-asked-then"
