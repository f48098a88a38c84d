"""The time limit on co-operation (SEND Regs 2014 reg. 8). Six weeks from receipt, and three things that relieve
them."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.decisions import Refusal, says_something
from hub.law.duties import DutyBasis
from hub.law.reg8_time_limit import (
    STATUTORY_CLOCK,
    AgreedLimit,
    Part3Function,
    TimeException,
    TimeExceptionGround,
    basis,
    last_day_to_comply,
    refuse_exception,
)
from hub.law.s31_cooperation import Receipt, Received
from tests.law.cases import TRUST, at, becomes, day, every_case, for_function

RECEIVED_AT = at("2026-06-01")
RECEIVED_ON = day("2026-06-01")
LAST_DAY = day("2026-07-13")


def _exception(
    ground: TimeExceptionGround = TimeExceptionGround.EXCEPTIONAL_CIRCUMSTANCES,
    explanation: str = "The child was in hospital.",
    from_: date | None = None,
    to: date | None = None,
) -> TimeException:
    return TimeException(ground, explanation, TRUST, at("2026-07-01"), from_, to)


def _absence(from_: date | None, to: date | None) -> TimeException:
    return _exception(TimeExceptionGround.ABSENT_FROM_AREA, "The family was abroad.", from_, to)


def _rule(exception: TimeException, function: Part3Function = Part3Function.EHC_NEEDS_ASSESSMENT) -> str | None:
    refusal = refuse_exception(exception, function=function, received_at=RECEIVED_AT)
    assert refusal is None or refusal.provision == "SEND Regs 2014 reg. 8(2)"
    return refusal.rule if refusal else None


def test_the_body_has_six_weeks_from_the_day_of_receipt() -> None:
    """Within six weeks of the date on which the body receives the request, in England's time (reg. 8(1))."""
    assert last_day_to_comply(Part3Function.EHC_NEEDS_ASSESSMENT, RECEIVED_AT) == LAST_DAY
    assert last_day_to_comply(Part3Function.EHC_NEEDS_ASSESSMENT, at("2026-05-31", 23)) == LAST_DAY


def test_a_re_assessment_has_the_same_clock() -> None:
    """Reg. 8 also applies to re-assessments (reg. 26(2))."""
    assert last_day_to_comply(Part3Function.REASSESSMENT, RECEIVED_AT) == LAST_DAY
    assert basis(Part3Function.REASSESSMENT) is DutyBasis.STATUTORY


@pytest.mark.parametrize("function", sorted(frozenset(Part3Function) - STATUTORY_CLOCK))
def test_no_other_request_has_a_statutory_clock(function: Part3Function) -> None:
    """A request for any other function, preparing a plan among them, has no time limit, and none is invented."""
    assert last_day_to_comply(function, RECEIVED_AT) is None
    assert basis(function) is DutyBasis.NONE
    assert _rule(_exception(), function) == "no-statutory-clock"


def test_where_the_bodies_agreed_a_time_it_counts_from_receipt() -> None:
    """Without a statutory clock, the working days that an arrangement in force agrees run from the day of receipt (s.
    26(3)(e)). That is a local limit: reg. 8(2) has nothing to relieve."""
    agreed = AgreedLimit(UUID(int=26), 10)
    assert basis(Part3Function.PLAN_REVIEW, agreed) is DutyBasis.LOCAL_AGREEMENT
    assert last_day_to_comply(Part3Function.PLAN_REVIEW, RECEIVED_AT, agreed) == day("2026-06-15")
    received = becomes(
        replace(for_function(Part3Function.PLAN_REVIEW), agreed=agreed), Received(Receipt.RETRIEVED, at("2026-09-02"))
    )
    assert received.due_on == day("2026-09-16")


def test_a_clock_that_has_not_begun_cannot_be_relieved() -> None:
    """Before receipt there is no six-week period during which anything could happen."""
    refusal = refuse_exception(_exception(), function=Part3Function.EHC_NEEDS_ASSESSMENT, received_at=None)
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "clock-not-running"


@pytest.mark.parametrize(
    "ground", [TimeExceptionGround.EXCEPTIONAL_CIRCUMSTANCES, TimeExceptionGround.MISSED_APPOINTMENT]
)
def test_circumstances_and_missed_appointments_need_an_explanation(ground: TimeExceptionGround) -> None:
    """Exceptional circumstances (8(2)(a)) and a missed appointment (8(2)(c)) are recorded with what happened."""
    assert _rule(_exception(ground)) is None
    assert _rule(_exception(ground, "  \u200b- ")) == "explanation-required"


def test_there_are_three_grounds_and_no_fourth() -> None:
    """Reg. 8(2) has (a) circumstances, (b) absence and (c) a missed appointment: a waiting list is none of them."""
    assert [*TimeExceptionGround] == ["EXCEPTIONAL_CIRCUMSTANCES", "ABSENT_FROM_AREA", "MISSED_APPOINTMENT"]


def test_dates_are_in_order() -> None:
    """Where days are given, the period does not end before it begins."""
    assert _rule(_exception(from_=day("2026-06-10"), to=day("2026-06-09"))) == "dates-out-of-order"
    assert _rule(_exception(from_=day("2026-06-10"), to=day("2026-06-10"))) is None


def test_an_absence_has_its_dates() -> None:
    """An absence is claimed from a day to a day (8(2)(b))."""
    assert _rule(_absence(None, day("2026-07-01"))) == "absence-dates-required"
    assert _rule(_absence(day("2026-06-01"), None)) == "absence-dates-required"


def test_an_absence_is_of_four_weeks() -> None:
    """Twenty-eight days, first and last counted, are four weeks; twenty-seven are not (8(2)(b))."""
    assert _rule(_absence(day("2026-06-05"), day("2026-07-02"))) is None
    assert _rule(_absence(day("2026-06-05"), day("2026-07-01"))) == "absence-four-weeks"


def test_the_four_weeks_are_during_the_six() -> None:
    """Only the days of an absence that fall in the six-week period count (8(2)(b): "during that 6 week period")."""
    assert _rule(_absence(day("2026-05-01"), day("2026-06-27"))) == "absence-four-weeks"
    assert _rule(_absence(day("2026-05-01"), day("2026-06-28"))) is None
    assert _rule(_absence(day("2026-06-17"), day("2026-09-01"))) == "absence-four-weeks"
    assert _rule(_absence(day("2026-06-16"), day("2026-09-01"))) is None


@every_case
@given(st.integers(-60, 90), st.integers(0, 150))
def test_an_absence_counts_day_by_day(begins: int, length: int) -> None:
    """An absence relieves exactly where at least 28 of its days are days of the six-week period."""
    absence = [RECEIVED_ON + timedelta(days=begins + more) for more in range(length + 1)]
    within = sum(RECEIVED_ON <= each <= LAST_DAY for each in absence)
    assert (_rule(_absence(absence[0], absence[-1])) is None) == (within >= 28)


def test_words_are_letters_or_digits() -> None:
    """Blanks, dashes and invisible characters are not written reasons; a word in any script is."""
    assert not any(says_something(text) for text in ("", " \n\t", "\u200b\ufeff", "--", "…"))
    assert all(says_something(text) for text in ("Because.", "8", "原因"))


@pytest.mark.parametrize(
    ("from_", "to", "rule"),
    [
        (RECEIVED_ON, LAST_DAY, None),
        (LAST_DAY, LAST_DAY + timedelta(days=5), None),
        (RECEIVED_ON - timedelta(days=5), RECEIVED_ON, None),
        (LAST_DAY + timedelta(days=1), None, "outside-the-six-weeks"),
        (None, RECEIVED_ON - timedelta(days=1), "outside-the-six-weeks"),
    ],
)
def test_what_impeded_the_body_happened_during_the_six_weeks(
    from_: date | None, to: date | None, rule: str | None
) -> None:
    """ "During that 6 week period" (reg. 8(2)(a) to (c)): dates that are given must touch it, whatever the ground."""
    for ground in (TimeExceptionGround.EXCEPTIONAL_CIRCUMSTANCES, TimeExceptionGround.MISSED_APPOINTMENT):
        assert _rule(_exception(ground, from_=from_, to=to)) == rule
