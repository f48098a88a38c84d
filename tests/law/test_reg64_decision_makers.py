"""Who decides (regs 63, 64). The parent, then the young person, and who stands in where capacity is lacking."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.reg64_decision_makers import (
    Capacity,
    Decider,
    DecidesBecause,
    DecisionMaker,
    decision_maker,
    over_compulsory_school_age,
)
from hub.law.s23_notification import compulsory_school_age

BORN = date(2010, 3, 4)
CHILD, GROWN = date(2026, 6, 26), date(2026, 6, 27)


def test_rights_move_after_the_last_day_of_compulsory_school_age() -> None:
    """The parent decides up to the last Friday in June of the school year of the 16th birthday; the young person from
    the day after (CFA 2014 s. 83(2))."""
    assert decision_maker(BORN, CHILD) == DecisionMaker(Decider.PARENT, DecidesBecause.NOT_OVER_SCHOOL_AGE)
    assert decision_maker(BORN, GROWN) == DecisionMaker(Decider.YOUNG_PERSON, DecidesBecause.OVER_SCHOOL_AGE)


def test_a_parents_representative_stands_in() -> None:
    """Where the parent lacks capacity, the parent's representative decides (reg. 63)."""
    made = decision_maker(BORN, CHILD, Capacity(parent_lacks=True))
    assert made == DecisionMaker(Decider.PARENTS_REPRESENTATIVE, DecidesBecause.PARENT_LACKS_CAPACITY)


@pytest.mark.parametrize(
    ("representative", "parent_lacks", "because"),
    [
        (True, False, DecidesBecause.LACKS_CAPACITY_REPRESENTATIVE),
        (True, True, DecidesBecause.LACKS_CAPACITY_REPRESENTATIVE),
        (False, False, DecidesBecause.LACKS_CAPACITY_PARENT),
        (False, True, DecidesBecause.LACKS_CAPACITY_PARENTS_REPRESENTATIVE),
    ],
)
def test_an_alternative_person_stands_in(representative: bool, parent_lacks: bool, because: DecidesBecause) -> None:
    """For a young person who lacks capacity: the representative, else the parent, else the parent's representative
    (reg. 64)."""
    made = decision_maker(BORN, GROWN, Capacity(True, representative, parent_lacks))
    assert made == DecisionMaker(Decider.ALTERNATIVE_PERSON, because)


@given(st.dates(date(1995, 1, 1), date(2026, 1, 1)), st.integers(0, 25 * 365))
def test_capacity_is_presumed(born: date, days: int) -> None:
    """Nobody stands in where nothing is said of capacity; and a parent's incapacity is nothing to a young person who
    has it (Mental Capacity Act 2005 s. 1(2))."""
    day = born + timedelta(days=days)
    grown = over_compulsory_school_age(born, day)
    assert grown == (day > compulsory_school_age(born).to)
    assert decision_maker(born, day).decider is (Decider.YOUNG_PERSON if grown else Decider.PARENT)
    if grown:
        assert decision_maker(born, day, Capacity(parent_lacks=True)) == decision_maker(born, day)
