"""What has happened to each child so far: how many of 300 children have each story, and the deck that deals them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from random import Random

from hub.law.vocabulary import BudgetStatus


class Story(Enum):
    """Where a child stands."""

    NOTIFIED = auto()
    REQUESTED = auto()
    REFUSED = auto()
    REQUEST_WITHDRAWN = auto()
    ASSESSING = auto()
    ASSESSMENT_WITHDRAWN = auto()
    NO_PLAN = auto()
    DRAFTED = auto()
    SERVED = auto()
    LONG_HELD = auto()
    NEW = auto()
    AMENDED = auto()
    AMENDMENT_PROPOSED = auto()
    REASSESSING = auto()
    CEASE_NOTIFIED = auto()
    CEASED = auto()
    MOVED_OUT = auto()
    MOVED_IN = auto()


@dataclass(frozen=True, slots=True)
class _Kind:
    """How many children of 300 have this story, and between which ages."""

    children: int
    ages: tuple[int, int]


_KINDS: Mapping[Story, _Kind] = {
    Story.NOTIFIED: _Kind(6, (2, 4)),
    Story.REQUESTED: _Kind(15, (2, 17)),
    Story.REFUSED: _Kind(14, (4, 17)),
    Story.REQUEST_WITHDRAWN: _Kind(3, (4, 15)),
    Story.ASSESSING: _Kind(38, (3, 18)),
    Story.ASSESSMENT_WITHDRAWN: _Kind(2, (4, 16)),
    Story.NO_PLAN: _Kind(8, (5, 17)),
    Story.DRAFTED: _Kind(9, (3, 17)),
    Story.SERVED: _Kind(12, (3, 17)),
    Story.LONG_HELD: _Kind(63, (7, 24)),
    Story.NEW: _Kind(48, (4, 20)),
    Story.AMENDED: _Kind(50, (6, 24)),
    Story.AMENDMENT_PROPOSED: _Kind(10, (6, 22)),
    Story.REASSESSING: _Kind(5, (7, 19)),
    Story.CEASE_NOTIFIED: _Kind(5, (16, 24)),
    Story.CEASED: _Kind(8, (16, 24)),
    Story.MOVED_OUT: _Kind(2, (9, 15)),
    Story.MOVED_IN: _Kind(2, (9, 15)),
}

BUDGETS: Mapping[tuple[Story, int], BudgetStatus] = {
    **{(Story.SERVED, seat): BudgetStatus.REQUESTED for seat in range(3)},
    **{(Story.SERVED, seat): BudgetStatus.PROPOSED for seat in range(3, 6)},
    **{(Story.NEW, seat): BudgetStatus.IN_PAYMENT for seat in range(8)},
    **{(Story.NEW, seat): BudgetStatus.AGREED for seat in range(8, 11)},
    (Story.NEW, 11): BudgetStatus.SUSPENDED,
    (Story.NEW, 12): BudgetStatus.ENDED,
    (Story.NEW, 13): BudgetStatus.ENDED,
    (Story.NEW, 14): BudgetStatus.REFUSED,
    (Story.LONG_HELD, 0): BudgetStatus.NOT_RECORDED,
    (Story.LONG_HELD, 1): BudgetStatus.NOT_RECORDED,
}
"""Which children have a personal budget: the nth of a story."""

_TYPES = ["ASD", "SLCN", "SEMH", "MLD", "SLD", "PD", "SPLD", "HI", "PMLD", "OTH", "DS", "VI", "MSI"]
_TYPE_WEIGHTS = (315, 213, 207, 106, 40, 39, 23, 14, 13, 12, 10, 8, 3)  # EES 2025, in thousandths
_COMES_WITH: Mapping[str, tuple[str, ...]] = {
    "ASD": ("SEMH", "SLCN", "MLD"), "SLCN": ("MLD", "ASD", "SEMH"), "SEMH": ("SLCN", "SPLD", "MLD"),
    "MLD": ("SLCN", "SEMH"),
    "SLD": ("ASD", "SLCN", "PD"), "PD": ("SLCN", "MLD", "VI"), "SPLD": ("SEMH", "SLCN"), "HI": ("SLCN",),
    "PMLD": ("PD", "VI", "MSI"), "OTH": ("SEMH", "PD"), "DS": ("SLD", "SLCN"), "VI": ("MLD", "SLCN"), "MSI": ("PD",),
}  # fmt: skip
_AGE_WEIGHTS = (8, 16, 25, 45, 55, 60, 64, 67, 70, 72, 72, 70, 68, 66, 55, 50, 40, 33, 20, 15, 11, 8, 5)  # of 2 to 24
_FIRST_AGE = 2
_BEFORE_A_PLAN = frozenset({Story.NOTIFIED, Story.REQUESTED, Story.ASSESSING, Story.DRAFTED, Story.SERVED})
"""A quarter of those whom a request is made for are under five."""

_WITH_MUCH_CARE = ("PMLD", "SLD", "ASD", "PD")


def deck() -> tuple[tuple[Story, int], ...]:
    """The stories of 300 children in a fixed order, each with its number among its kind. Who moves, moves out first."""
    moves = (Story.MOVED_OUT, Story.MOVED_IN)
    dealt = [story for story, kind in _KINDS.items() if story not in moves for _ in range(kind.children)]
    Random("the order of the deck").shuffle(dealt)  # noqa: S311  (nothing secret)
    for place in (40, 200):
        dealt[place:place] = moves
    seats = dict.fromkeys(Story, 0)
    numbered: list[tuple[Story, int]] = []
    for story in dealt:
        numbered.append((story, seats[story]))
        seats[story] += 1
    return tuple(numbered)


def born(rng: Random, story: Story, today: date) -> date:
    """A date of birth: ages as in the census, within those that the story needs."""
    youngest, oldest = _KINDS[story].ages
    ages = range(youngest, oldest + 1)
    weights = _AGE_WEIGHTS[youngest - _FIRST_AGE : oldest + 1 - _FIRST_AGE]
    if story in _BEFORE_A_PLAN:
        weights = [weight * (4 if age < 5 else 1) for age, weight in zip(ages, weights, strict=True)]
    age = rng.choices(ages, weights)[0]
    return today - timedelta(days=round(age * 365.25) + rng.randrange(1, 365))


def sen_types(rng: Random, story: Story, seat: int) -> tuple[str, ...]:
    """Primary and perhaps secondary SEN type; one with much care for personal budgets, and for some drafts."""
    primary = rng.choices(_TYPES, _TYPE_WEIGHTS)[0]
    if (story, seat) in BUDGETS or (story is Story.DRAFTED and seat < 3):
        primary = _WITH_MUCH_CARE[seat % len(_WITH_MUCH_CARE)]
    return (primary, rng.choice(_COMES_WITH[primary])) if rng.random() < 0.6 else (primary,)
