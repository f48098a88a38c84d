"""Which body answers for a child, for which provision, on which day (CFA 2014 ss. 24, 26(8), 42(4)).

One authority answers for a child at a time. Several commissioning bodies may: each "that is under a duty to arrange
health care provision of that kind" (s. 42(4)). A child with a disability and no SEN has no responsible authority.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from uuid import UUID

from hub.law.decisions import Refusal
from hub.law.reg17_disclosure import Relationship
from hub.law.term import Term, means
from hub.law.vocabulary import COMMISSIONING_BODIES, OrganisationKind, ResponsibilityKind


class ResponsibilityGround(Term):
    """Why a body answers for a child."""

    IDENTIFIED_BY_AUTHORITY = means("s. 24(1)(a): identified by the authority as someone who has or may have SEN.")
    BROUGHT_TO_ATTENTION = means("s. 24(1)(b): brought to its attention as someone who has or may have SEN.")
    MOVED_TO_AREA = means("reg. 15: the plan was transferred when the child or young person moved.")
    COMMISSIONS_FOR_PERSONS_OF_ITS_AREA = means("s. 26(8)(b): commissions for the persons of its area.")
    SPECIALISED_SERVICE = means("s. 26(8)(a): a service that NHS England commissions itself.")
    ARMED_FORCES_FAMILY = means("s. 26(8)(a): NHS England commissions for the family of a member of the armed forces.")
    DETAINED = means(
        "ss. 70 to 75: detained in relevant youth accommodation. The hub does not carry these rules yet, and refuses."
    )


HELD_BY: Mapping[ResponsibilityKind, OrganisationKind] = MappingProxyType(
    {
        ResponsibilityKind.AUTHORITY: OrganisationKind.LOCAL_AUTHORITY,  # s. 24
        ResponsibilityKind.COMMISSIONER: OrganisationKind.INTEGRATED_CARE_BOARD,  # s. 26(8)(b)
        ResponsibilityKind.SPECIALISED_COMMISSIONER: OrganisationKind.NHS_ENGLAND,  # s. 26(8)(a)
    }
)
"""The kind of body that answers for a child in each way."""

GROUNDS: Mapping[ResponsibilityKind, frozenset[ResponsibilityGround]] = MappingProxyType(
    {
        ResponsibilityKind.AUTHORITY: frozenset(
            {
                ResponsibilityGround.IDENTIFIED_BY_AUTHORITY,
                ResponsibilityGround.BROUGHT_TO_ATTENTION,
                ResponsibilityGround.MOVED_TO_AREA,
            }
        ),
        ResponsibilityKind.COMMISSIONER: frozenset({ResponsibilityGround.COMMISSIONS_FOR_PERSONS_OF_ITS_AREA}),
        ResponsibilityKind.SPECIALISED_COMMISSIONER: frozenset(
            {ResponsibilityGround.SPECIALISED_SERVICE, ResponsibilityGround.ARMED_FORCES_FAMILY}
        ),
    }
)
"""Why a body may answer for a child, in each way."""

_DETAINED = Refusal(
    "CFA 2014 ss. 70 to 75, SI 2015/62",
    "detained-persons",
    "Part 3 applies to detained children and young people with the changes that ss. 70 to 75 and the regulations for "
    "them make. The hub does not carry those rules yet, and would count their clocks wrongly.",
    ("ground",),
)


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


def refuse_to_assign(
    new: Responsibility,
    responsibilities: Iterable[Responsibility],
    *,
    ground: ResponsibilityGround,
    held_by: OrganisationKind,
    born_on: date,
) -> Refusal | None:
    """Why a body may not be recorded as answering for a child, on this ground, or None where it may."""
    if ground is ResponsibilityGround.DETAINED:
        return _DETAINED
    if held_by is not HELD_BY[new.kind]:
        message = f"Only a body of the kind {HELD_BY[new.kind]} answers for a child as {new.kind}."
        return Refusal("CFA 2014 ss. 24, 26(8)", "wrong-kind-of-body", message, ("body",))
    if ground not in GROUNDS[new.kind]:
        message = f"This is no ground on which a body answers for a child as {new.kind}."
        return Refusal("CFA 2014 ss. 24, 26(8)", "wrong-ground", message, ("ground",))
    if new.from_ < born_on:
        return Refusal("CFA 2014 s. 24(1)", "before-birth", "Nobody answers for a child before birth.", ("from",))
    held = tuple(responsibilities)
    if any((each.body, each.kind, each.for_provision) == _key(new) and _overlap(each, new) for each in held):
        message = "This body is recorded already as answering for the child on some of these days."
        return Refusal("CFA 2014 ss. 24, 26(8)", "recorded-already", message, ("body",))
    return refuse_to_add(new, held)


def replaced_by(
    new: Responsibility, responsibilities: Iterable[Responsibility]
) -> tuple[tuple[Responsibility, ...], tuple[Responsibility, ...]]:
    """(those that end the day before, because the new body takes the place of theirs; all others).

    A commissioner takes the place of the one of the same kind for the same provision. An authority takes nobody's: it
    is transferred to (reg. 15).
    """
    ends: list[Responsibility] = []
    stays: list[Responsibility] = []
    for each in responsibilities:
        same = (each.kind, each.for_provision) == (new.kind, new.for_provision)
        replaced = same and new.kind is not ResponsibilityKind.AUTHORITY and each.from_ < new.from_ and each.to is None
        (ends if replaced else stays).append(each)
    return tuple(ends), tuple(stays)


def day_before(day: date) -> date:
    """The last day of whom another body follows on this day (reg. 15(2), (3))."""
    return day - timedelta(days=1)


def refuse_to_ask_for_succession(by: OrganisationKind) -> Refusal | None:
    """Why a body may not have one body take the place of another, or None where it may.

    NHS England establishes and abolishes integrated care boards by order (National Health Service Act 2006 s. 14Z25).
    """
    if by is OrganisationKind.NHS_ENGLAND:
        return None
    message = "NHS England, which makes the orders, says which body takes the place of another."
    return Refusal("NHS Act 2006 s. 14Z25", "not-nhs-england", message)


def refuse_succession(
    old: OrganisationKind,
    new: OrganisationKind,
    *,
    same: bool,
    old_until: date | None,
    succeeded_otherwise: bool,
    new_exists: bool,
    on: date,
    today: date,
) -> Refusal | None:
    """Why one body may not take the place of another from a day, or None where it may. The functions of a commissioning
    body pass by order under the National Health Service Act 2006.

    `old_until`: the last day of the old body, where it is recorded. `succeeded_otherwise`: another succession of the
    old body, or from another day, is recorded. `new_exists`: the new body is in force on the day, and still is.
    """
    if same or old is not new or old not in COMMISSIONING_BODIES:
        return _no_succession(
            "wrong-kind-of-body", "A commissioning body is succeeded by another of its kind.", "successor"
        )
    if succeeded_otherwise:
        return _no_succession("succeeded-already", "Another succession of this body is recorded.", "body")
    if not new_exists:
        return _no_succession("successor-not-in-force", "The successor does not exist on that day.", "successor")
    if on > today:
        return _no_succession("in-the-future", "The succession is carried out on the day or after it.", "from")
    if old_until is not None and old_until < day_before(on):
        return _no_succession("ended-before", "The old body ended before that day: give the day after it.", "from")
    return None


def _no_succession(rule: str, message: str, field: str) -> Refusal:
    return Refusal("CFA 2014 s. 26(8)", rule, message, (field,))


def _key(one: Responsibility) -> tuple[UUID, ResponsibilityKind, str | None]:
    return one.body, one.kind, one.for_provision


def _overlap(one: Responsibility, other: Responsibility) -> bool:
    return one.from_ <= (other.to or date.max) and other.from_ <= (one.to or date.max)
