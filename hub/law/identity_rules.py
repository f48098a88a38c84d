"""What is evidence that two records are one child's, and the rules that link them. No provision says it: the rules are
the hub's own (readings.md), and err to No.

A row of `RULES` links two records by itself. What is weaker is weighed by `WEIGHTS`, and brought before a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from hub.law.term import Term, means


class Evidence(Term):
    """What agrees or differs between two records. It never carries the value."""

    NHS_NUMBER_VERIFIED = means("The same NHS number, verified (status 01) in both.")
    NHS_NUMBER_SAME = means("The same NHS number, not verified in both.")
    NHS_NUMBER_DIFFERS = means("Two NHS numbers. A child has one.")
    SYSTEM_NUMBER_SAME = means("The same number in the same case system.")
    UPN_SAME = means("The same unique pupil number.")
    UPN_DIFFERS = means("Two permanent unique pupil numbers.")
    FAMILY_NAME_SAME = means("The same family name, but for case, accents and punctuation.")
    FAMILY_NAME_ALIKE = means("Family names a slip of a letter apart, or of which one is part of the other.")
    FAMILY_NAME_DIFFERS = means("Two family names. They change, as on adoption.")
    GIVEN_NAME_SAME = means("The same first given name.")
    GIVEN_NAME_ALIKE = means("First given names a slip of a letter apart.")
    GIVEN_NAME_DIFFERS = means("Two first given names, as twins have.")
    DATE_OF_BIRTH_SAME = means("The same date of birth.")
    DATE_OF_BIRTH_ALIKE = means("Dates of birth with day and month exchanged, or of which one of the three differs.")
    DATE_OF_BIRTH_DIFFERS = means("Two dates of birth.")
    POSTCODE_SAME = means("The same postcode.")
    POSTCODE_DIFFERS = means("Two postcodes. Families move.")


E = Evidence
Found: TypeAlias = frozenset[Evidence]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that links two records by itself: all of this is found, and none of that."""

    name: str
    all_of: Found
    none_of: Found
    because: str


RULES: tuple[Rule, ...] = (
    Rule(
        "verified-nhs-number",
        frozenset({E.NHS_NUMBER_VERIFIED, E.DATE_OF_BIRTH_SAME}),
        frozenset({E.UPN_DIFFERS}),
        "the number was traced for both, and the date of birth says that no digit was mistyped for another child's",
    ),
    Rule(
        "upn-and-date-of-birth",
        frozenset({E.UPN_SAME, E.DATE_OF_BIRTH_SAME}),
        frozenset({E.NHS_NUMBER_DIFFERS, E.GIVEN_NAME_DIFFERS}),
        "a pupil number is one child's; twins have been given the same one by mistake, and have two given names",
    ),
    Rule(
        "upn-and-names",
        frozenset({E.UPN_SAME, E.FAMILY_NAME_SAME, E.GIVEN_NAME_SAME}),
        frozenset({E.NHS_NUMBER_DIFFERS, E.DATE_OF_BIRTH_DIFFERS}),
        "a pupil number and both names outweigh a slip in the date of birth",
    ),
    Rule(
        "names-date-of-birth-and-postcode",
        frozenset({E.FAMILY_NAME_SAME, E.GIVEN_NAME_SAME, E.DATE_OF_BIRTH_SAME, E.POSTCODE_SAME}),
        frozenset({E.NHS_NUMBER_DIFFERS, E.UPN_DIFFERS}),
        "two children of the same names, born on the same day, do not live at the same postcode",
    ),
)


OWN_FILE_RULES: tuple[Rule, ...] = (
    Rule(
        "case-systems-number",
        frozenset({E.SYSTEM_NUMBER_SAME, E.DATE_OF_BIRTH_SAME}),
        frozenset({E.NHS_NUMBER_DIFFERS, E.UPN_DIFFERS}),
        "a case system gives each child a number of its own, and the date of birth says that it was not given again",
    ),
    Rule(
        "case-systems-number-and-given-name",
        frozenset({E.SYSTEM_NUMBER_SAME, E.GIVEN_NAME_SAME, E.POSTCODE_SAME}),
        frozenset({E.NHS_NUMBER_DIFFERS, E.UPN_DIFFERS}),
        "the same, where the date of birth was corrected and the child lives where it did",
    ),
    Rule(
        "case-systems-number-and-names",
        frozenset({E.SYSTEM_NUMBER_SAME, E.FAMILY_NAME_SAME, E.GIVEN_NAME_SAME}),
        frozenset({E.NHS_NUMBER_DIFFERS, E.UPN_DIFFERS, E.DATE_OF_BIRTH_DIFFERS}),
        "the number and both names outweigh a slip in the date of birth",
    ),
    Rule(
        "own-pupil-number",
        frozenset({E.UPN_SAME, E.DATE_OF_BIRTH_SAME}),
        frozenset({E.NHS_NUMBER_DIFFERS}),
        "the authority's own file has the child that it had before, under a new name",
    ),
    Rule(
        "own-pupil-number-and-given-name",
        frozenset({E.UPN_SAME, E.GIVEN_NAME_SAME, E.POSTCODE_SAME}),
        frozenset({E.NHS_NUMBER_DIFFERS}),
        "the same, where the date of birth was corrected and the child lives where it did",
    ),
    Rule(
        "own-names-and-date-of-birth",
        frozenset({E.FAMILY_NAME_SAME, E.GIVEN_NAME_SAME, E.DATE_OF_BIRTH_SAME}),
        frozenset({E.NHS_NUMBER_DIFFERS, E.UPN_DIFFERS, E.POSTCODE_DIFFERS}),
        "the authority's own file names the child in the same words, and nothing that it says is another's",
    ),
)
"""What links beside `RULES` where an authority's own file speaks of its own records, and no other record is as near."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each piece of evidence counts, in bits: log2 of how much likelier it is for one child than for two.

    `enough`: from this sum on, somebody is asked.
    """

    in_force_from: date
    bits: Mapping[Evidence, float]
    enough: float


WEIGHTS: tuple[Weights, ...] = (
    Weights(
        date(2026, 11, 28),
        {
            E.NHS_NUMBER_VERIFIED: 22,
            E.NHS_NUMBER_SAME: 20,
            E.NHS_NUMBER_DIFFERS: -8,
            E.SYSTEM_NUMBER_SAME: 18,
            E.UPN_SAME: 16,
            E.UPN_DIFFERS: -8,
            E.FAMILY_NAME_SAME: 6,
            E.FAMILY_NAME_ALIKE: 4,
            E.FAMILY_NAME_DIFFERS: -4,
            E.GIVEN_NAME_SAME: 6,
            E.GIVEN_NAME_ALIKE: 3,
            E.GIVEN_NAME_DIFFERS: -14,
            E.DATE_OF_BIRTH_SAME: 12,
            E.DATE_OF_BIRTH_ALIKE: 4,
            E.DATE_OF_BIRTH_DIFFERS: -8,
            E.POSTCODE_SAME: 10,
            E.POSTCODE_DIFFERS: -0.5,
        },
        15,
    ),
)


def weights_on(day: date) -> Weights:
    """The weights of a day; before the first, the first."""
    return next((each for each in reversed(WEIGHTS) if each.in_force_from <= day), WEIGHTS[0])
