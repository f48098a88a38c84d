"""How plan texts are made: threads of need, provision and outcome, written once and filled in for each child.

The law asks for provision that is "specified" (s. 37(2)) and the Code for provision that is "detailed and specific and
should normally be quantified" (9.69). So every piece of work says who, how qualified, how often, how long and where.
In a text `[a|b]` is a choice, and {name}, {their}, {them}, {place}, {by} are filled in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from random import Random

from hub.county.dates import WEEKS_OF_TERM
from hub.county.roles import Role
from hub.law.vocabulary import SectionCode

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_DOSE = re.compile(r"(\d+) x (\d+) a (week all year|week|fortnight|half-term|term|year)")
_IN_WEEKS: Mapping[str, tuple[int, int]] = {  # how many a year, in how many weeks
    "week": (WEEKS_OF_TERM, WEEKS_OF_TERM),
    "week all year": (52, 52),
    "fortnight": (19, WEEKS_OF_TERM),
    "half-term": (6, WEEKS_OF_TERM),
    "term": (3, WEEKS_OF_TERM),
    "year": (1, WEEKS_OF_TERM),
}


def fill(rng: Random, text: str, words: Mapping[str, str]) -> str:
    """The text with its choices made and its words in place."""
    return _CHOICE.sub(lambda choice: rng.choice(choice[1].split("|")), text).format_map(words)


@dataclass(frozen=True, slots=True)
class Dose:
    """How often and how long. Without minutes it is something that is provided rather than delivered by the hour."""

    frequency: str
    minutes_per_week: int | None
    hours_a_year: Decimal

    @classmethod
    @cache
    def read(cls, text: str) -> "Dose":
        """From `3 x 20 a week`; any other text is a frequency as it stands."""
        found = _DOSE.fullmatch(text)
        if found is None:
            return cls(text[0].lower() + text[1:], None, Decimal(0))
        sessions, minutes, every = int(found[1]), int(found[2]), found[3]
        times, weeks = _IN_WEEKS[every]
        total = sessions * minutes * times
        return cls(
            _said(sessions, minutes, every), round(total / weeks), (Decimal(total) / 60).quantize(Decimal("0.1"))
        )


def _said(sessions: int, minutes: int, every: str) -> str:
    period = (
        "week, all year round" if every == "week all year" else f"{every} in term time" if every == "week" else every
    )
    if minutes == 60 and sessions > 5:
        return f"{sessions} hours a {period}"
    if sessions == 1:
        return f"one session of {minutes} minutes a {period}"
    return f"{sessions} sessions of {minutes} minutes a {period}"


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of provision. `doses` are the amounts to choose from; `group` is the most who share it; `cost` is
    set where it is not paid for by the hour."""

    what: str
    role: Role
    doses: tuple[str, ...]
    where: str
    section: SectionCode = SectionCode.F
    group: int = 1
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A need, the provision that meets it and the outcome both serve. `types` are SEN types, `ages` those it fits."""

    types: frozenset[str]
    area: str
    ages: tuple[int, int]
    need: str
    outcome: str
    works: tuple[Work, ...]

    def fits(self, age: int) -> bool:
        return self.ages[0] <= age <= self.ages[1]


def thread(types: str, area: str, ages: tuple[int, int], *, need: str, outcome: str, works: tuple[Work, ...]) -> Thread:
    """A thread, its types given as words."""
    return Thread(frozenset(types.split()), area, ages, need, outcome, works)
