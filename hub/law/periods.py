"""How the law counts time: a period is a value, and `last_day` says on which day it ends.

"Within six weeks of" leaves out the day of the event. "Beginning with" counts it. "At least two weeks before" counts
backwards. "Before 15 February" is strictly before. Working days are Monday to Friday less bank holidays in England;
the Regulations do not define them (readings.md).
"""

from calendar import month_name, monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

from hub.law.bank_holidays import BANK_HOLIDAYS

LONDON = ZoneInfo("Europe/London")

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are working days."""

    holidays: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, and not a holiday."""
        return day.weekday() < 5 and day not in self.holidays

    def covers(self, day: date) -> bool:
        """Whether the holidays of that day's year are known. Where they are not, periods end too early."""
        return any(holiday.year == day.year for holiday in self.holidays)


ENGLAND = WorkingCalendar(BANK_HOLIDAYS)


@dataclass(frozen=True, slots=True)
class _Counted:
    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError("A period is counted from 1.")


class Days(_Counted):
    """Within n days of the event."""

    __slots__ = ()


class Weeks(_Counted):
    """Within n weeks of the event."""

    __slots__ = ()


class Months(_Counted):
    """Within n months of the event: the corresponding date, or the last day of a shorter month."""

    __slots__ = ()


class WorkingDays(_Counted):
    """Within n working days of the event."""

    __slots__ = ()


class DaysBeginningWith(_Counted):
    """n days, the day of the event the first. One such day is the day itself."""

    __slots__ = ()


class WeeksBeginningWith(_Counted):
    """n weeks, the day of the event the first."""

    __slots__ = ()


class MonthsBeginningWith(_Counted):
    """n months, the day of the event the first: to the day before the corresponding date."""

    __slots__ = ()


class WorkingDaysBeginningWith(_Counted):
    """n working days, the day of the event the first if it is one."""

    __slots__ = ()


class DaysBefore(_Counted):
    """At least n days before the event."""

    __slots__ = ()


class WeeksBefore(_Counted):
    """At least n weeks before the event."""

    __slots__ = ()


class MonthsBefore(_Counted):
    """At least n months before the event."""

    __slots__ = ()


class WorkingDaysBefore(_Counted):
    """At least n working days before the event."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Before:
    """Before a date in the calendar year of the event, and not on it."""

    month: int
    day: int


Period: TypeAlias = (
    Days
    | Weeks
    | Months
    | WorkingDays
    | DaysBeginningWith
    | WeeksBeginningWith
    | MonthsBeginningWith
    | WorkingDaysBeginningWith
    | DaysBefore
    | WeeksBefore
    | MonthsBefore
    | WorkingDaysBefore
    | Before
)


def last_day(period: Period, start: date, calendar: WorkingCalendar) -> date:  # noqa: C901  (one line a kind)
    """The last day on which the act is in time. Where a period is counted backwards, `start` is the event ahead."""
    match period:
        case Days(n):
            return start + timedelta(days=n)
        case Weeks(n):
            return start + timedelta(weeks=n)
        case Months(n):
            return months_on(start, n)
        case WorkingDays(n):
            return _nth_working_day(start + _ONE_DAY, n, calendar, _ONE_DAY)
        case DaysBeginningWith(n):
            return start + timedelta(days=n - 1)
        case WeeksBeginningWith(n):
            return start + timedelta(weeks=n) - _ONE_DAY
        case MonthsBeginningWith(n):
            return months_on(start, n) - _ONE_DAY
        case WorkingDaysBeginningWith(n):
            return _nth_working_day(start, n, calendar, _ONE_DAY)
        case DaysBefore(n):
            return start - timedelta(days=n)
        case WeeksBefore(n):
            return start - timedelta(weeks=n)
        case MonthsBefore(n):
            return months_on(start, -n)
        case WorkingDaysBefore(n):
            return _nth_working_day(start - _ONE_DAY, n, calendar, -_ONE_DAY)
        case _:  # the type checker knows that only Before is left
            return date(start.year, period.month, period.day) - _ONE_DAY


_IN_WORDS: Mapping[type[_Counted], str] = MappingProxyType(
    {
        Days: "within {} day{}",
        Weeks: "within {} week{}",
        Months: "within {} month{}",
        WorkingDays: "within {} working day{}",
        DaysBeginningWith: "{} day{} beginning with the day",
        WeeksBeginningWith: "{} week{} beginning with the day",
        MonthsBeginningWith: "{} month{} beginning with the day",
        WorkingDaysBeginningWith: "{} working day{} beginning with the day",
        DaysBefore: "at least {} day{} before",
        WeeksBefore: "at least {} week{} before",
        MonthsBefore: "at least {} month{} before",
        WorkingDaysBefore: "at least {} working day{} before",
    }
)


def in_words(period: Period) -> str:
    """The period as the rule book prints it."""
    if isinstance(period, Before):
        return f"before {period.day} {month_name[period.month]} of that year"
    return _IN_WORDS[type(period)].format(period.n, "" if period.n == 1 else "s")


def london_day(instant: datetime) -> date:
    """The calendar day in England on which something happened: what a period in days is counted from."""
    if instant.tzinfo is None:
        raise ValueError("An instant carries its time zone.")
    return instant.astimezone(LONDON).date()


def years_on(start: date, years: int) -> date:
    """The day of the same name, years on (or back); of 29 February, in a year that has none, 1 March."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def months_on(start: date, months: int) -> date:
    """The corresponding date, months on (or back), or the last day of a month that has none."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _nth_working_day(day: date, n: int, calendar: WorkingCalendar, step: timedelta) -> date:
    """The nth working day, `day` the first to be looked at."""
    while True:
        n -= calendar.is_working_day(day)
        if n == 0:
            return day
        day += step
