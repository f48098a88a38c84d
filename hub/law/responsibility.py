"""Which body answers for a child, for which provision, on which day (CFA 2014 ss. 24, 26(8), 42(4)).

One authority answers for a child at a time. Several commissioning bodies may: each "that is under a duty to arrange
health care provision of that kind" (s. 42(4)). A child with a disability and no SEN has no responsible authority.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.law.decisions import Refusal
from hub.law.reg17_disclosure import Relationship
from hub.law.vocabulary import ResponsibilityKind


@dataclass(frozen=True, slots=True)
class Responsibility:
    """A body answers for the child from `from_` to `to`, both days counted; `to` is None while it still does.

    `for_provision` narrows a commissioner to one kind of provision, as the body calls it; None is all of its kind.
    """

    body: UUID
    kind: ResponsibilityKind
    for_provision: str | None
    reason: str
    from_: date
    to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the body answers for the child on the day."""
        return self.from_ <= day and (self.to is None or day <= self.to)


def responsible_on(responsibilities: Iterable[Responsibility], day: date) -> tuple[Responsibility, ...]:
    """All that hold on the day, in the order given."""
    return tuple(each for each in responsibilities if each.holds_on(day))


def authority_on(responsibilities: Iterable[Responsibility], day: date) -> UUID | None:
    """The responsible authority (s. 24), or None. Were two recorded, the one that began last answers."""
    held = [each for each in responsible_on(responsibilities, day) if each.kind is ResponsibilityKind.AUTHORITY]
    return max(held, key=lambda each: each.from_).body if held else None


def commissioners_on(responsibilities: Iterable[Responsibility], day: date) -> frozenset[UUID]:
    """The responsible commissioning bodies (s. 42(4)), NHS England among them for what it commissions (s. 26(8)(a))."""
    held = responsible_on(responsibilities, day)
    return frozenset(each.body for each in held if each.kind is not ResponsibilityKind.AUTHORITY)


def relationships_on(body: UUID, responsibilities: Iterable[Responsibility], day: date) -> frozenset[Relationship]:
    """How a body stands to the child on the day, so far as responsibility makes it."""
    held = tuple(responsibilities)
    found: set[Relationship] = set()
    if authority_on(held, day) == body:
        found.add(Relationship.RESPONSIBLE_AUTHORITY)
    if body in commissioners_on(held, day):
        found.add(Relationship.RESPONSIBLE_COMMISSIONER)
    return frozenset(found)


def refuse_to_add(new: Responsibility, responsibilities: Iterable[Responsibility]) -> Refusal | None:
    """Why a responsibility may not be recorded beside those there are, or None where it may."""
    if new.to is not None and new.to < new.from_:
        return Refusal("CFA 2014 s. 24", "dates-out-of-order", "A responsibility ends before it begins.", ("to",))
    if new.kind is not ResponsibilityKind.AUTHORITY:
        return None
    for each in responsibilities:
        if each.kind is ResponsibilityKind.AUTHORITY and each.body != new.body and _overlap(each, new):
            return Refusal(
                "CFA 2014 s. 24(1)",
                "one-authority-at-a-time",
                "Another authority answers for this child on some of these days: end that first (reg. 15).",
                ("from",),
            )
    return None


def _overlap(one: Responsibility, other: Responsibility) -> bool:
    return one.from_ <= (other.to or date.max) and other.from_ <= (one.to or date.max)
