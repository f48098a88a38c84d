"""The child's own row, identifiers, contacts and consents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from hub.county import people
from hub.county.bank_names import ETHNICITIES
from hub.county.bodies import Body
from hub.county.dates import at, on_work_day, school_year
from hub.county.people import Specialised, Way
from hub.county.rows import Case
from hub.law.reg17_consent import CapacityBasis, ConsentGiver
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg64_decision_makers import over_compulsory_school_age
from hub.law.s23_notification import compulsory_school_age
from hub.law.school_years import age_on
from hub.law.vocabulary import BudgetStatus, NHSNumberStatus, Sex, Source

_TRACED = (
    *[NHSNumberStatus.VERIFIED] * 24,
    NHSNumberStatus.PRESENT_NOT_TRACED,
    NHSNumberStatus.PRESENT_NOT_TRACED,
    NHSNumberStatus.IN_PROGRESS,
)
_PARENTS = (("Mother", "Father"), ("Mother",), ("Mother", "Stepfather"), ("Father",), ("Mother", "Father"))
_CARERS = (("Foster carer",), ("Grandmother",), ("Aunt", "Mother"))
_NO_RESPONSIBILITY = frozenset({"Stepfather", "Foster carer"})
_CONSENTS: tuple[tuple[tuple[Part, ...], tuple[Purpose, ...]], ...] = (
    ((Part.SECTION_B, Part.SECTION_E, Part.SECTION_F), (Purpose.PROVISION_DELIVERY,)),
    ((Part.SECTION_A, Part.SECTION_E, Part.SECTION_F), (Purpose.HIGHER_EDUCATION_DSA,)),
    ((Part.SECTION_C, Part.SECTION_G), (Purpose.PROVISION_DELIVERY,)),
    ((Part.SECTION_F, Part.SECTION_H2), (Purpose.PROVISION_DELIVERY,)),
    ((Part.SECTION_A, Part.SECTION_B), (Purpose.RESEARCH,)),
    ((Part.SECTION_A,), (Purpose.ANNUAL_REVIEW,)),
)
_OF_CHILD = (
    (ConsentGiver.PARENT, CapacityBasis.CHILD_DOES_NOT_UNDERSTAND),
    (ConsentGiver.CHILD, CapacityBasis.UNDERSTANDS),
    (ConsentGiver.PARENT, CapacityBasis.PARENT_LACKS_CAPACITY),
)
_OF_YOUNG_PERSON = (
    (ConsentGiver.YOUNG_PERSON, CapacityBasis.HAS_CAPACITY),
    (ConsentGiver.ALTERNATIVE_PERSON, CapacityBasis.LACKS_CAPACITY_PARENT),
    (ConsentGiver.ALTERNATIVE_PERSON, CapacityBasis.LACKS_CAPACITY_REPRESENTATIVE),
)


@dataclass(slots=True)
class Registers:
    """Where numbers come from, so that none is given twice."""

    rng: Random
    names: Iterator[tuple[Sex, tuple[str, ...], str]] = field(init=False)
    nhs_numbers: Iterator[str] = field(init=False)
    pupils: dict[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    learners: int = 0
    children: int = 0

    def __post_init__(self) -> None:
        self.names = people.names(self.rng)
        self.nhs_numbers = people.nhs_numbers(self.rng)

    def upn(self, school: Body, year: int) -> str:
        key = (school.code, year)
        self.pupils[key] = self.pupils.get(key, 0) + 1
        return people.upn(school.establishment, school.authority, year, self.pupils[key])

    def uln(self) -> str:
        while True:
            self.learners += 1
            number = people.uln(self.learners)
            if number is not None:
                return number


@dataclass(frozen=True, slots=True)
class Traits:
    """What a child's story turns on."""

    born: date
    types: tuple[str, ...]
    way: Way
    specialised: Specialised | None
    budget: BudgetStatus | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a child is, whichever authority holds the record."""

    traits: Traits
    sex: Sex
    given_names: tuple[str, ...]
    family_name: str
    nhs_number: str | None
    nhs_number_status: NHSNumberStatus
    upn: str | None
    uln: str | None
    ethnicity: str


def identity(registers: Registers, rng: Random, traits: Traits, schools: Sequence[Body], today: date) -> Identity:
    """A new child: names and numbers, none of them given before. One of the schools gave the UPN."""
    sex, given_names, family_name = next(registers.names)
    age = age_on(traits.born, today)
    nhs_number: str | None = next(registers.nhs_numbers)
    status = rng.choice(_TRACED)
    registers.children += 1
    if registers.children % 50 == 17:  # two in a hundred
        nhs_number, status = None, rng.choice((NHSNumberStatus.NO_MATCH, NHSNumberStatus.TRACE_REQUIRED))
    upn = None
    if age >= 5 or (age >= 3 and rng.random() < 0.4):
        first = [each for each in schools if each.ages[0] in (3, 4)]
        upn = registers.upn(rng.choice(first), min(school_year(traits.born) + 5, school_year(today)))
    return Identity(
        traits=traits,
        sex=sex,
        given_names=given_names,
        family_name=family_name,
        nhs_number=nhs_number,
        nhs_number_status=status,
        upn=upn,
        uln=registers.uln() if age >= 15 else None,
        ethnicity=rng.choice(ETHNICITIES),
    )


def write(case: Case, who: Identity, number: int) -> None:
    """Write the child, its other identifiers and its contacts."""
    code = people.postcode(case.rng)
    case.book.add(
        "child",
        {
            "owner_id": case.owner.id,
            "id": case.child_id,
            "family_name": who.family_name,
            "given_names": list(who.given_names),
            "date_of_birth": who.traits.born,
            "sex": who.sex,
            "postcode": code,
            "nhs_number": who.nhs_number,
            "nhs_number_status": who.nhs_number_status,
            "upn": who.upn,
            "upn_unknown_reason": None if who.upn else "UN1",
            "ethnicity": who.ethnicity,
            "restricted": False,
            "source": Source.SYNTHETIC,
            "version": 1,
            "updated_at": at(case.rng, on_work_day(case.today - timedelta(days=case.days(1, 60)))),
        },
    )
    case.add("child_identifier", system="case-system", value=f"{case.owner.code}-{100_000 + number}")
    if who.uln:
        case.add("child_identifier", system="unique-learner-number", value=who.uln)
    _contacts(case, code)


def _contacts(case: Case, code: str) -> None:
    home = people.address(case.rng, case.owner, code)
    together = case.chance(0.6)
    for relationship in case.rng.choice(_PARENTS if case.chance(0.92) else _CARERS):
        name = people.adult(case.rng, relationship, case.family_name)
        case.add(
            "contact",
            name=name,
            relationship=relationship,
            parental_responsibility=relationship not in _NO_RESPONSIBILITY,
            telephone=people.telephone(case.rng),
            email=f"{name.split()[0].lower()}.{case.days(100, 999)}@example.org" if name.isascii() else None,
            address=home if together else people.address(case.rng, case.owner, people.postcode(case.rng)),
            address_withheld=case.chance(0.04),
        )


def consent(case: Case, nth: int, recipient: UUID) -> None:
    """Write a consent to disclose (reg. 17(1)); every fourth has been withdrawn."""
    parts, purposes = _CONSENTS[nth % len(_CONSENTS)]
    given_on = on_work_day(case.today - timedelta(days=case.days(60, 300)))
    grown = over_compulsory_school_age(case.born, given_on)
    givers = _OF_YOUNG_PERSON if grown else _OF_CHILD
    before = sum((row["ends_on"] is None) == grown for row in case.book.rows["consent"])
    capacity, basis = givers[before % len(givers)]
    own = capacity in {ConsentGiver.CHILD, ConsentGiver.YOUNG_PERSON}
    case.add(
        "consent",
        given_by=f"{case.name} {case.family_name}" if own else people.adult(case.rng, "Mother", case.family_name),
        capacity=capacity,
        capacity_basis=basis,
        while_providing=False,
        ends_on=None if grown else compulsory_school_age(case.born).to,
        parts=[part.value for part in parts],
        recipients=[recipient],
        purposes=[purpose.value for purpose in purposes],
        given_on=given_on,
        withdrawn_on=on_work_day(given_on + timedelta(days=40)) if nth % 4 == 3 else None,
    )
