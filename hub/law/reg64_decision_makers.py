"""Who decides for a child or young person (CFA 2014 ss. 80, 83; SEND Regs 2014 regs 63, 64).

The child's parent, until the child is over compulsory school age; then the young person. Where the parent lacks the
capacity that a decision takes, the parent's representative stands in (reg. 63). Where the young person does, an
alternative person does: the young person's representative, or else the parent, or else the parent's representative
(reg. 64). Capacity is presumed (Mental Capacity Act 2005 s. 1(2)), and is for each decision anew.
"""

from dataclasses import dataclass
from datetime import date

from hub.law.s23_notification import compulsory_school_age
from hub.law.term import Term, means


class Decider(Term):
    """Who decides, and is told (CFA 2014 s. 83(2), regs 63, 64)."""

    PARENT = means("The child's parent, while the child is not over compulsory school age.")
    PARENTS_REPRESENTATIVE = means("Who stands in for a parent that lacks capacity (SEND Regs 2014 reg. 63).")
    YOUNG_PERSON = means("The young person, who is over compulsory school age (CFA 2014 s. 83(2)).")
    ALTERNATIVE_PERSON = means("Who stands in for a young person that lacks capacity (SEND Regs 2014 reg. 64).")


class DecidesBecause(Term):
    """Why it is this person who decides: the age, and the capacity."""

    NOT_OVER_SCHOOL_AGE = means("The child is not over compulsory school age, so the parent decides.")
    PARENT_LACKS_CAPACITY = means("The parent lacks capacity: the representative decides (reg. 63).")
    OVER_SCHOOL_AGE = means("Over compulsory school age, and capacity is presumed (Mental Capacity Act 2005 s. 1(2)).")
    LACKS_CAPACITY_REPRESENTATIVE = means("The young person lacks capacity: the representative decides (reg. 64).")
    LACKS_CAPACITY_PARENT = means("The young person lacks capacity and has no representative: the parent decides.")
    LACKS_CAPACITY_PARENTS_REPRESENTATIVE = means(
        "The young person lacks capacity, has no representative, and nor has the parent capacity: the parent's "
        "representative decides."
    )


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is known of capacity for a decision. Nothing known: presumed."""

    young_person_lacks: bool = False
    has_representative: bool = False
    parent_lacks: bool = False


@dataclass(frozen=True, slots=True)
class DecisionMaker:
    """Who decides, and on what basis. Used on consents, requests and notices."""

    decider: Decider
    because: DecidesBecause


PRESUMED = Capacity()


def over_compulsory_school_age(born_on: date, on: date) -> bool:
    """Whether rights have moved to the young person (s. 83(2)): after the last day of compulsory school age."""
    return on > compulsory_school_age(born_on).to


def decision_maker(born_on: date, on: date, capacity: Capacity = PRESUMED) -> DecisionMaker:
    """Who decides on a day."""
    if not over_compulsory_school_age(born_on, on):
        if capacity.parent_lacks:
            return DecisionMaker(Decider.PARENTS_REPRESENTATIVE, DecidesBecause.PARENT_LACKS_CAPACITY)
        return DecisionMaker(Decider.PARENT, DecidesBecause.NOT_OVER_SCHOOL_AGE)
    if not capacity.young_person_lacks:
        return DecisionMaker(Decider.YOUNG_PERSON, DecidesBecause.OVER_SCHOOL_AGE)
    return DecisionMaker(Decider.ALTERNATIVE_PERSON, _instead(capacity))


def _instead(capacity: Capacity) -> DecidesBecause:
    if capacity.has_representative:
        return DecidesBecause.LACKS_CAPACITY_REPRESENTATIVE
    if capacity.parent_lacks:
        return DecidesBecause.LACKS_CAPACITY_PARENTS_REPRESENTATIVE
    return DecidesBecause.LACKS_CAPACITY_PARENT
