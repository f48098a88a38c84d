"""Names, identifiers and families. Nobody here is real, and nothing here can reach anyone.

NHS numbers are of the range 999, which is kept for tests; the postcode area ZZ and the telephone numbers 07700 900
are never given to anyone; e-mail goes to example.org.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import count
from random import Random

from hub.county.bank_names import BOYS, GIRLS, STREETS, SURNAMES
from hub.county.bodies import Body
from hub.law.interpretation import UPN_LETTERS
from hub.law.vocabulary import Sex

_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def names(rng: Random) -> Iterator[tuple[Sex, tuple[str, ...], str]]:
    """Sex, given names and family name, without end and no pair of first and family name twice in 10,000."""
    used: set[tuple[str, str]] = set()
    for nth in count(1):
        male = rng.random() < 0.70
        first = rng.choice(BOYS if male else GIRLS)
        family = rng.choice(SURNAMES)
        if (first, family) in used and len(used) < 10_000:
            continue
        used.add((first, family))
        second = (rng.choice(BOYS if male else GIRLS),) if rng.random() < 0.45 else ()
        sex = Sex.UNKNOWN if nth % 97 == 0 else Sex.MALE if male else Sex.FEMALE
        yield sex, (first, *(name for name in second if name != first)), family


def nhs_numbers(rng: Random) -> Iterator[str]:
    """Numbers of the range 999, each with its check digit, none twice."""
    serial, step = (
        rng.randrange(1_000_000),
        rng.randrange(1_000_000) * 10 + 3,
    )  # prime to a million: no repeat until then
    for _ in range(1_000_000):
        serial = (serial + step) % 1_000_000
        nine = f"999{serial:06}"
        check = -sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), nine, strict=True)) % 11
        if check != 10:
            yield f"{nine}{check}"


def upn(establishment: str, authority: str, year: int, serial: int) -> str:
    """A UPN given by an establishment in a year (its last two digits), with its check letter."""
    rest = f"{authority}{establishment}{year % 100:02}{serial:03}"
    return UPN_LETTERS[sum(place * int(digit) for place, digit in enumerate(rest, start=2)) % 23] + rest


def uln(serial: int) -> str | None:
    """A unique learner number, or None for the one serial in eleven that has none."""
    nine = f"99{serial:07}"
    remainder = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), nine, strict=True)) % 11
    return f"{nine}{10 - remainder}" if remainder else None


def postcode(rng: Random) -> str:
    letters = "".join(rng.choices(_POSTCODE_LETTERS, k=2))
    return f"ZZ99 {rng.randrange(1, 10)}{letters}"


def address(rng: Random, authority: Body, code: str) -> str:
    town = rng.choice(
        ("Northmere", "Thrushby", "Fenwick Staithe") if authority.code == "990" else ("Southwold Vale", "Tern Quay")
    )
    return f"{rng.randrange(1, 140)} {rng.choice(STREETS)}, {town}, {code}"


def telephone(rng: Random) -> str:
    return f"07700 900{rng.randrange(1000):03}"


def adult(rng: Random, relationship: str, family: str) -> str:
    """A parent's or carer's name; now and then another family name than the child's."""
    women = {"Mother", "Grandmother", "Foster carer", "Aunt"}
    first = rng.choice(GIRLS if relationship in women else BOYS)
    return f"{first} {family if rng.random() < 0.7 else rng.choice(SURNAMES)}"


def professional(rng: Random) -> str:
    """The name of someone who writes advice."""
    return f"{rng.choice(GIRLS if rng.random() < 0.7 else BOYS)} {rng.choice(SURNAMES)}"


_ALWAYS_SPECIAL = {"PMLD": 0.95, "SLD": 0.85, "MSI": 0.7, "PD": 0.3, "ASD": 0.35, "SEMH": 0.3, "DS": 0.4, "MLD": 0.15}


@dataclass(frozen=True, slots=True)
class Way:
    """How a child is placed throughout: in special schools or not, which of several, and now otherwise than in one."""

    special: bool
    pick: int
    otherwise: str | None = None


def way_for(rolls: tuple[float, float, int], types: tuple[str, ...], age: int) -> Way:
    """From two chances and a number: mostly mainstream or special by need, 7.8% elsewhere (EES 2025)."""
    special, elsewhere, pick = rolls
    otherwise = None
    if elsewhere < 0.078 and age >= 5:
        otherwise = "NEET" if age >= 17 else "EHE" if elsewhere < 0.02 else "OLA"
    return Way(special < _ALWAYS_SPECIAL.get(types[0], 0.08), pick, otherwise)


class Specialised(Enum):
    """Why NHS England commissions for a child (s. 26(8)(a)): a forces family, or a specialised service."""

    FORCES_FAMILY = auto()
    SERVICE = auto()
