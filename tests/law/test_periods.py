"""How time is counted. The day of the event is left out, unless the words are "beginning with"."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.periods import (
    ENGLAND,
    Before,
    Days,
    DaysBefore,
    DaysBeginningWith,
    Months,
    MonthsBefore,
    MonthsBeginningWith,
    Period,
    Weeks,
    WeeksBefore,
    WeeksBeginningWith,
    WorkingCalendar,
    WorkingDays,
    WorkingDaysBefore,
    WorkingDaysBeginningWith,
    in_words,
    last_day,
    london_day,
)
from tests.law.cases import at, day, days, every_case

counts = st.integers(1, 60)


def _last(period: Period, start: str) -> date:
    return last_day(period, day(start), ENGLAND)


def test_within_weeks_leaves_out_the_day_of_the_event() -> None:
    """Within six weeks of receipt on Monday 1 June 2026: to Monday 13 July (regs 4, 5, 8, 10, 13(2))."""
    assert _last(Weeks(6), "2026-06-01") == day("2026-07-13")
    assert _last(Days(15), "2026-06-01") == day("2026-06-16")


def test_beginning_with_counts_the_day() -> None:
    """At least 15 days beginning with the day of service, 1 June 2026: to 15 June (reg. 13(1)(a))."""
    assert _last(DaysBeginningWith(15), "2026-06-01") == day("2026-06-15")


def test_five_weeks_beginning_with_a_recommendation() -> None:
    """Five weeks beginning with the date of the recommendation: 34 days on; one week: 6 (Rec Regs 2017 reg. 6)."""
    assert _last(WeeksBeginningWith(5), "2026-06-01") == day("2026-06-01") + timedelta(days=34)
    assert _last(WeeksBeginningWith(1), "2026-06-01") == day("2026-06-07")


def test_one_day_beginning_with_an_event_is_that_day() -> None:
    """On the day of the move (reg. 15(2)): the same day."""
    assert _last(DaysBeginningWith(1), "2026-06-01") == day("2026-06-01")


def test_months_go_to_the_corresponding_date() -> None:
    """Within two months of 15 June: to 15 August; of 31 December: to the last day of February (reg. 33)."""
    assert _last(Months(2), "2026-06-15") == day("2026-08-15")
    assert _last(Months(2), "2026-12-31") == day("2027-02-28")
    assert _last(Months(2), "2023-12-31") == day("2024-02-29")


def test_twelve_months_starting_with_a_date_end_the_day_before_it() -> None:
    """The twelve months starting with 15 June 2026 end on 14 June 2027 (s. 44(1), reg. 15(5))."""
    assert _last(MonthsBeginningWith(12), "2026-06-15") == day("2027-06-14")


def test_working_days_leave_out_weekends_and_bank_holidays() -> None:
    """Within three working days of Thursday 24 December 2026: to Thursday 31 December, Monday 28 being a holiday."""
    assert _last(WorkingDays(3), "2026-12-24") == day("2026-12-31")


def test_working_days_beginning_with_count_the_day_if_it_is_one() -> None:
    """15 working days beginning with Monday 1 June 2026: to Friday 19 June; with Sunday 31 May: the same (reg. 15)."""
    assert _last(WorkingDaysBeginningWith(15), "2026-06-01") == day("2026-06-19")
    assert _last(WorkingDaysBeginningWith(15), "2026-05-31") == day("2026-06-19")


def test_at_least_before_counts_backwards() -> None:
    """At least two weeks before 15 June: by 1 June; five months before 31 July: by 28 February (regs 18(2), 20(3))."""
    assert _last(WeeksBefore(2), "2026-06-15") == day("2026-06-01")
    assert _last(DaysBefore(2), "2026-06-15") == day("2026-06-13")
    assert _last(MonthsBefore(5), "2026-07-31") == day("2026-02-28")


def test_five_working_days_before_a_mediation() -> None:
    """At least five working days before Thursday 1 April 2027, with Easter between: by Tuesday 23 March (reg.
    37(2))."""
    assert _last(WorkingDaysBefore(5), "2027-04-01") == day("2027-03-23")
    assert _last(WorkingDaysBefore(5), "2026-06-15") == day("2026-06-08")


def test_before_a_date_is_not_on_it() -> None:
    """Before 15 February in the year of transfer: 14 February at the latest; before 31 March: 30 March (reg. 18(1))."""
    assert _last(Before(month=2, day=15), "2027-09-01") == day("2027-02-14")
    assert _last(Before(month=3, day=31), "2027-09-01") == day("2027-03-30")
    assert _last(Before(month=1, day=1), "2027-09-01") == day("2026-12-31")


def test_a_period_is_counted_from_one() -> None:
    """A period of no days is not a period."""
    with pytest.raises(ValueError, match="counted from 1"):
        Weeks(0)


def test_a_period_prints_as_words() -> None:
    """The rule book prints a period as the law says it."""
    assert in_words(Weeks(6)) == "within 6 weeks"
    assert in_words(DaysBeginningWith(1)) == "1 day beginning with the day"
    assert in_words(Before(month=2, day=15)) == "before 15 February of that year"


def test_an_instant_falls_on_its_day_in_london() -> None:
    """A request received at 23:30 UTC on 30 June is received on 1 July, for England is then an hour ahead."""
    assert london_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == day("2026-07-01")
    assert london_day(datetime(2026, 12, 1, 23, 30, tzinfo=UTC)) == day("2026-12-01")
    assert london_day(at("2026-06-30")) == day("2026-06-30")


def test_an_instant_without_a_zone_is_a_fault() -> None:
    """An instant without a time zone has no day, so none is guessed."""
    with pytest.raises(ValueError, match="time zone"):
        london_day(datetime(2026, 6, 30, 23, 30))  # noqa: DTZ001  (refused)


@every_case
@given(days, counts)
def test_beginning_with_ends_a_day_earlier(start: date, n: int) -> None:
    """Beginning with the day is always one day shorter than within; a week is seven days."""
    assert last_day(DaysBeginningWith(n), start, ENGLAND) == last_day(Days(n), start, ENGLAND) - timedelta(days=1)
    assert last_day(WeeksBeginningWith(n), start, ENGLAND) == last_day(Weeks(n), start, ENGLAND) - timedelta(days=1)
    assert last_day(Weeks(n), start, ENGLAND) == last_day(Days(7 * n), start, ENGLAND)


@every_case
@given(days, counts)
def test_working_days_are_counted_one_by_one(start: date, n: int) -> None:
    """Within n working days of a day there are n working days after it, and the last of them is one."""
    last = last_day(WorkingDays(n), start, ENGLAND)
    after = [start + timedelta(days=more) for more in range(1, (last - start).days + 1)]
    assert sum(map(ENGLAND.is_working_day, after)) == n
    assert ENGLAND.is_working_day(last)


@every_case
@given(days, counts)
def test_counting_back_undoes_counting_on(start: date, n: int) -> None:
    """From a working day, n working days on and n back is the same day."""
    if ENGLAND.is_working_day(start):
        assert last_day(WorkingDaysBefore(n), last_day(WorkingDays(n), start, ENGLAND), ENGLAND) == start


@every_case
@given(days, counts)
def test_months_never_skip_a_month(start: date, n: int) -> None:
    """n months on is in the nth month after, on the same day of the month or on its last day if there is none."""
    last = last_day(Months(n), start, ENGLAND)
    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == n
    assert last.day == start.day or (last + timedelta(days=1)).day == 1


@every_case
@given(days, st.integers(1, 59))
def test_a_longer_period_never_ends_earlier(start: date, n: int) -> None:
    """A longer period never ends before a shorter one of its kind."""
    for kind in (Days, Weeks, Months, WorkingDays, MonthsBeginningWith, WorkingDaysBeginningWith):
        assert last_day(kind(n), start, ENGLAND) <= last_day(kind(n + 1), start, ENGLAND)


def test_another_calendar_may_be_used() -> None:
    """The Regulations do not define a working day, so the calendar is an argument: without holidays 28 December
    counts."""
    assert last_day(WorkingDays(1), day("2026-12-25"), WorkingCalendar(frozenset())) == day("2026-12-28")
    assert last_day(WorkingDays(1), day("2026-12-25"), ENGLAND) == day("2026-12-29")
