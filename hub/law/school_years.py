"""Ages and school years, where the law counts by them: year 9, and the last day on which a plan may be kept."""

from datetime import date

from hub.law.periods import years_on

FIRST_MONTH = 9
YEAR_9_AGE = 13
"""The age that a child in year 9 has attained when the school year begins. Not read: data that may be corrected."""
UNDER = 25  # s. 83(2): a young person is over compulsory school age and under 25
ACADEMIC_YEAR_ENDS = (7, 31)  # reg. 46: of further education


def age_on(born_on: date, day: date) -> int:
    """The age in whole years on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def in_year_9_or_beyond(born_on: date, day: date) -> bool:
    """Whether a child of this age is in or beyond year 9 on the day (regs 6(1)(g), 12(3))."""
    begins = date(day.year - (day.month < FIRST_MONTH), FIRST_MONTH, 1)
    return age_on(born_on, begins) >= YEAR_9_AGE


def may_be_kept_to(born_on: date) -> date:
    """The last day on which a plan may be kept: the end of the academic year in which its subject turns 25 (s. 46)."""
    turns = years_on(born_on, UNDER)
    ends = date(turns.year, *ACADEMIC_YEAR_ENDS)
    return ends if turns <= ends else date(turns.year + 1, *ACADEMIC_YEAR_ENDS)
