"""Days and instants of the county: working days, school years and office hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from hub.law.periods import ENGLAND, LONDON

TEACHING_WEEKS = (4, 3, 4, 3, 3, 4, 3, 0, 4, 4, 4, 3)
"""Weeks of term that fall in each month, January first: 39 a year."""

WEEKS_OF_TERM = 39

_PHASES = ((0, "Reception"), (2, "Year 2"), (6, "Year 6"), (9, "Year 9"), (11, "Year 11"))


def on_work_day(day: date) -> date:
    """The day, or the last working day before it. Never changes the order of two days, nor makes anything late."""
    while not ENGLAND.is_working_day(day):
        day -= timedelta(days=1)
    return day


def work_day_from(day: date) -> date:
    """The day, or the first working day after it."""
    while not ENGLAND.is_working_day(day):
        day += timedelta(days=1)
    return day


def days_after(day: date, days: int) -> date:
    """A working day, at most so many days on, and not before `day` when that is one."""
    return on_work_day(day + timedelta(days=days))


def at(rng: Random, day: date) -> datetime:
    """An instant of that day's office hours in London, in UTC."""
    clock = time(rng.randrange(9, 17), rng.randrange(60), rng.randrange(60))
    return datetime.combine(day, clock, LONDON).astimezone(UTC)


def after(moment: datetime, minutes: int) -> datetime:
    """So many minutes on."""
    return moment + timedelta(minutes=minutes)


def years_on(day: date, years: int) -> date:
    """The same date in another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def school_year(day: date) -> int:
    """The calendar year in which the school year of this day began, on 1 September."""
    return day.year if day.month >= 9 else day.year - 1


def year_group(born: date, day: date) -> int:
    """The national curriculum year: 0 is Reception, below it nursery, above 13 the years after school."""
    return school_year(day) - school_year(born) - 5


@dataclass(frozen=True, slots=True)
class Phase:
    """The stage of education that a child is in, and the day it ends: what outcomes look to."""

    label: str
    ends_on: date


def phase_of(born: date, day: date) -> Phase:
    """The phase on a day; after school, the end of the present course (two years at a time)."""
    if (7, 20) <= (day.month, day.day) < (9, 1):
        day = date(day.year, 9, 1)
    group = year_group(born, day)
    for last_group, label in _PHASES:
        if group <= last_group:
            return Phase(f"the end of {label}", date(school_year(day) + 1 + last_group - group, 7, 20))
    ends = date(min(school_year(day) + 1 + group % 2, school_year(born) + 26), 7, 20)
    return Phase(f"the end of the course in July {ends.year}", ends)
