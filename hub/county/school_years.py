"""The county's school years: thirty-nine weeks of term each, in six halves of term."""

from collections.abc import Collection
from datetime import date, timedelta
from random import Random

from hub.county.bodies import Bodies
from hub.county.rows import Book, new_id
from hub.law.budget_money import SchoolYear

_HALVES = ((9, 1, 7), (10, 29, 7), (1, 3, 6), (2, 20, 6), (4, 12, 6), (6, 1, 7))
"""The month and day on or after which each half of term begins on a Monday, and its weeks."""


def school_years(first: date, last: date) -> Collection[SchoolYear]:
    """Every school year that some day from the first to the last is in, and the one after."""
    return [_year(begins) for begins in range(first.year - 1, last.year + 1)]


def write(book: Book, rng: Random, bodies: Bodies, today: date) -> None:
    """The school years of both authorities: the last, this one and the next."""
    for authority in (bodies["990"], bodies["991"]):
        for begins in range(today.year - 2, today.year + 2):
            year = _year(begins)
            row = {"id": new_id(rng), "authority_id": authority.id, "name": f"{begins}-{(begins + 1) % 100:02}"}
            book.add("school_year", {**row, "weeks": sorted(year.weeks), "terms": sorted(year.terms)})


def _year(begins: int) -> SchoolYear:
    weeks: set[date] = set()
    starts: list[date] = []
    for month, day, count in _HALVES:
        after = date(begins + (month < 9), month, day)
        monday = after + timedelta(days=-after.weekday() % 7)
        starts.append(monday)
        weeks |= {monday + timedelta(weeks=n) for n in range(count)}
    return SchoolYear(frozenset(weeks), frozenset(starts[::2]))
