"""Working days. Monday to Friday, less the bank holidays in England, which are data."""

from datetime import date, timedelta

import pytest

from hub.law.bank_holidays import BANK_HOLIDAYS
from hub.law.periods import ENGLAND
from tests.law.cases import day

MOVED_AWAY = {day("2020-05-04"), day("2022-05-30")}
BY_PROCLAMATION = {day("2020-05-08"), day("2022-06-02"), day("2022-06-03"), day("2022-09-19"), day("2023-05-08")}


def _easter(year: int) -> date:
    """Easter Sunday by the Anonymous Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    m = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    n = h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114
    return date(year, n // 31, n % 31 + 1)


def _monday_from(when: date) -> date:
    return when + timedelta(days=-when.weekday() % 7)


def _by_rule(year: int) -> set[date]:
    """New Year, Easter, the May and August Mondays, Christmas: each on a weekday, the next free one if need be."""
    easter = _easter(year)
    found = {
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _monday_from(date(year, 5, 1)),
        _monday_from(date(year, 5, 25)),
        _monday_from(date(year, 8, 25)),
    }
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while fixed.weekday() > 4 or fixed in found:
            fixed += timedelta(days=1)
        found.add(fixed)
    return found


@pytest.mark.parametrize("year", range(2014, 2028))
def test_the_list_is_what_the_rules_make(year: int) -> None:
    """The holidays listed for a year are those of the yearly rules, with the days moved or proclaimed since 2014."""
    listed = {holiday for holiday in BANK_HOLIDAYS if holiday.year == year}
    assert listed - BY_PROCLAMATION == _by_rule(year) - MOVED_AWAY
    assert {holiday for holiday in BY_PROCLAMATION if holiday.year == year} <= listed


def test_weekends_and_holidays_are_not_working_days() -> None:
    """The funeral of Queen Elizabeth II, Monday 19 September 2022, is no working day; the Tuesday after it is."""
    assert not ENGLAND.is_working_day(day("2022-09-19"))
    assert ENGLAND.is_working_day(day("2022-09-20"))
    assert not ENGLAND.is_working_day(day("2022-09-24"))


def test_the_calendar_says_how_far_it_goes() -> None:
    """A year whose holidays are not known can be told, for there a period of working days ends too early."""
    assert ENGLAND.covers(day("2027-12-31"))
    assert not ENGLAND.covers(day("2028-01-01"))
