"""When two records are one child's. No provision says it: the rules are the hub's own (readings.md), and err to No.

Systems that share no key know a child by an NHS number, a UPN, names, a date of birth and a postcode. What agrees and
what differs is evidence. A row of `RULES` links two records by itself; whatever is weaker is brought before a person
of the body whose records they are, with a score, and never decided by the score.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeAlias, TypeVar

from hub.law.identity_rules import RULES, Evidence, Found, Rule, weights_on
from hub.law.vocabulary import NHSNumberStatus

E = Evidence


@dataclass(frozen=True, slots=True)
class Known:
    """Who a child is, as one record or message has it. None: it does not say."""

    family_name: str
    given_name: str
    date_of_birth: date
    postcode: str | None = None
    nhs_number: str | None = None
    nhs_number_status: NHSNumberStatus | None = None
    upn: str | None = None
    system_number: tuple[str, str] | None = None
    """The case system, and the child's number there."""


NUMBER_IN_COMMON = frozenset({E.NHS_NUMBER_VERIFIED, E.NHS_NUMBER_SAME, E.UPN_SAME, E.SYSTEM_NUMBER_SAME})
NO_FIXED_ABODE = "ZZ993"
"""How the postcodes begin that say that there is none, or that it is not known."""

NO_NUMBER = frozenset({NHSNumberStatus.NO_MATCH, NHSNumberStatus.TO_BE_RESOLVED, NHSNumberStatus.NOT_REQUIRED})
"""Statuses of an NHS number that is not evidence of anything."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The two are one child, by this rule."""

    rule: str
    evidence: Found


@dataclass(frozen=True, slots=True)
class Candidate:
    """The two may be one child: somebody is asked."""

    score: float
    evidence: Found


Judgement: TypeAlias = Linked | Candidate | None
"""None: two children, as far as anybody would think."""


def judge(one: Known, other: Known, *, on: date, rules: Sequence[Rule] = RULES) -> Judgement:
    """What the two records are to each other, by these rules and the weights of that day."""
    evidence = compare(one, other)
    for rule in rules:
        if rule.all_of <= evidence and not rule.none_of & evidence:
            return Linked(rule.name, evidence)
    weights = weights_on(on)
    score = sum(weights.bits[each] for each in evidence)
    if score >= weights.enough or evidence & NUMBER_IN_COMMON:
        return Candidate(score, evidence)
    return None


K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Answer(Generic[K]):
    """Which record is the child's, by which rule; else those that may be, the likeliest first."""

    linked: tuple[K, Linked] | None
    candidates: tuple[tuple[K, Candidate], ...]


def who_is(said: Known, records: Iterable[tuple[K, Known]], *, on: date) -> Answer[K]:
    """One record is linked only where it is the only one that a rule links: of two, somebody chooses."""
    linked: list[tuple[K, Linked]] = []
    candidates: list[tuple[K, Candidate]] = []
    for key, record in records:
        found = judge(said, record, on=on)
        if isinstance(found, Linked):
            linked.append((key, found))
        elif found is not None:
            candidates.append((key, found))
    if len(linked) == 1:
        return Answer(linked[0], ())
    weights = weights_on(on)
    candidates += [(key, Candidate(sum(weights.bits[e] for e in each.evidence), each.evidence)) for key, each in linked]
    return Answer(None, tuple(sorted(candidates, key=lambda each: -each[1].score)))


def compare(one: Known, other: Known) -> Found:
    """What agrees and what differs. What either does not say is no evidence."""
    found = {
        _numbers(one, other),
        _upns(one.upn, other.upn),
        E.SYSTEM_NUMBER_SAME if one.system_number and one.system_number == other.system_number else None,
        _names(one.family_name, other.family_name, (E.FAMILY_NAME_SAME, E.FAMILY_NAME_ALIKE, E.FAMILY_NAME_DIFFERS)),
        _names(
            _first(one.given_name),
            _first(other.given_name),
            (E.GIVEN_NAME_SAME, E.GIVEN_NAME_ALIKE, E.GIVEN_NAME_DIFFERS),
        ),
        _births(one.date_of_birth, other.date_of_birth),
        _postcodes(one.postcode, other.postcode),
    }
    return frozenset(each for each in found if each is not None)


def _numbers(one: Known, other: Known) -> Evidence | None:
    if one.nhs_number is None or other.nhs_number is None:
        return None
    statuses = {one.nhs_number_status, other.nhs_number_status}
    if statuses & NO_NUMBER:
        return None
    if one.nhs_number != other.nhs_number:
        return E.NHS_NUMBER_DIFFERS
    return E.NHS_NUMBER_VERIFIED if statuses == {NHSNumberStatus.VERIFIED} else E.NHS_NUMBER_SAME


def _upns(one: str | None, other: str | None) -> Evidence | None:
    """A temporary number, which ends in a letter, gives way to a permanent one: that is no difference."""
    if one is None or other is None:
        return None
    if one == other:
        return E.UPN_SAME
    return None if one[-1].isalpha() or other[-1].isalpha() else E.UPN_DIFFERS


def _names(one: str, other: str, words: tuple[Evidence, Evidence, Evidence]) -> Evidence:
    same, alike, differs = words
    a, b = folded(one), folded(other)
    if a == b:
        return same
    parts = {folded(each) for each in _words(one)}, {folded(each) for each in _words(other)}
    if parts[0] <= parts[1] or parts[1] <= parts[0] or _a_slip_apart(a, b):
        return alike
    return differs


def _words(name: str) -> list[str]:
    return name.replace("-", " ").split()


def _first(given: str) -> str:
    return next(iter(given.split()), given)


def folded(name: str) -> str:
    """The letters alone, without case and accents."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in letters if each.isalnum())


SHORTEST = 4
"""Shorter names differ by a letter as a rule: Mia and Mya are two names, Ali and Ava too."""


def _a_slip_apart(one: str, other: str) -> bool:
    """One letter more, fewer or another, or two neighbours exchanged."""
    short, long = sorted((one, other), key=len)
    if len(short) < SHORTEST or len(long) - len(short) > 1:
        return False
    at = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    exchanged = short[:at] + short[at + 1 : at + 2] + short[at : at + 1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or exchanged == long


def _births(one: date, other: date) -> Evidence:
    if one == other:
        return E.DATE_OF_BIRTH_SAME
    parts, others = (one.year, one.month, one.day), (other.year, other.month, other.day)
    exchanged = parts == (other.year, other.day, other.month)
    one_differs = sum(a != b for a, b in zip(parts, others, strict=True)) == 1
    return E.DATE_OF_BIRTH_ALIKE if exchanged or one_differs else E.DATE_OF_BIRTH_DIFFERS


def _postcodes(one: str | None, other: str | None) -> Evidence | None:
    a, b = (folded(each or "").upper() for each in (one, other))
    if not a or not b or a.startswith(NO_FIXED_ABODE) or b.startswith(NO_FIXED_ABODE):
        return None
    return E.POSTCODE_SAME if a == b else E.POSTCODE_DIFFERS
