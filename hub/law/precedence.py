"""Whose word stands when sources say different things of who a child is. All of them are kept, and shown.

No provision says whose word it is. Personal data are to be accurate and kept up to date (UK GDPR art. 5(1)(d)), and the
record is the authority's (CFA 2014 s. 24): so it may say, field by field, which source it puts first, and where it has
not, its own systems' word stands before that of a body outside. How that is read is in readings.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from hub.law.identity import folded
from hub.law.term import Term, means
from hub.law.vocabulary import Sex, Source


class ChildField(Term):
    """What says who a child is, and is told by more than one source."""

    FAMILY_NAME = means("Family name.")
    GIVEN_NAMES = means("Given names, in order.")
    DATE_OF_BIRTH = means("Date of birth.")
    SEX = means("Sex, as recorded.")
    POSTCODE = means("Postcode of the home address.")
    NHS_NUMBER = means("NHS number.")
    UPN = means("Unique pupil number.")


class StandsBy(Term):
    """The rule by which one source's word stands where they differ."""

    PLACED_FIRST = means("The authority has put this source before the others for the field.")
    TRACED = means("An NHS number that was traced (status 01) stands before one that was not.")
    KEPT_BY_THE_AUTHORITY = means(
        "The record is the authority's (CFA 2014 s. 24): what its own systems say stands before what another body says."
    )
    LATEST = means(
        "Of two words of the same weight, the one said first on the later day (UK GDPR art. 5(1)(d): kept up to date)."
    )
    IN_THE_RECORD = means("Said on the same day, or kept when two records were made one: what the record has stands.")


Value: TypeAlias = str | tuple[str, ...] | date


@dataclass(frozen=True, slots=True)
class Said:
    """One source's word for a field: what, since when it has said so, and whether the record has it now.

    `name`: of an extract its case system, of another body its code. `outside`: a body other than the authority.
    """

    source: Source
    name: str | None
    value: Value
    on: date
    outside: bool = False
    traced: bool = False
    in_record: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """As an order of precedence may name it: `EXTRACT/caseworks`, or `EXTRACT` for every case system."""
        return (self.source.value,) if self.name is None else (f"{self.source.value}/{self.name}", self.source.value)


Order: TypeAlias = Mapping[ChildField, Sequence[str]]
"""Of a field, the sources that an authority puts first, the first first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose word stands. `by`: the rule that chose it from others that differ; None where none differs."""

    said: Said
    by: StandsBy | None


def stands(field: ChildField, said: Sequence[Said], order: Sequence[str] = ()) -> Standing:
    """The word that stands, of one or more. What a source does not say is not among them."""
    ranked = sorted(said, key=lambda each: _rank(field, each, order))
    first = ranked[0]
    other = next((each for each in ranked if not same(field, first.value, each.value)), None)
    if other is None:
        lasting = [each for each in ranked if field is not ChildField.UPN or not _is_temporary(each.value)] or ranked
        return Standing(next((each for each in lasting if each.in_record), lasting[0]), None)
    differing = zip(_RULES, _rank(field, first, order), _rank(field, other, order), strict=True)
    return Standing(first, next((rule for rule, one, another in differing if one != another), StandsBy.IN_THE_RECORD))


def stays(field: ChildField, said: Sequence[Said]) -> Standing | None:
    """The word that the record has, as when somebody has made one record of two; None where it has none of them."""
    held = next((each for each in said if each.in_record), None)
    if held is None:
        return None
    differ = any(not same(field, held.value, each.value) for each in said)
    return Standing(held, StandsBy.IN_THE_RECORD if differ else None)


_RULES = (
    StandsBy.PLACED_FIRST,
    StandsBy.TRACED,
    StandsBy.KEPT_BY_THE_AUTHORITY,
    StandsBy.LATEST,
    StandsBy.IN_THE_RECORD,
)


def _rank(field: ChildField, said: Said, order: Sequence[str]) -> tuple[int, bool, bool, int, bool]:
    placed = min((order.index(each) for each in said.words if each in order), default=len(order))
    untraced = field is ChildField.NHS_NUMBER and not said.traced
    return placed, untraced, said.outside, -said.on.toordinal(), not said.in_record


def same(field: ChildField, one: Value, other: Value) -> bool:
    """Whether two words mean the same: a difference in spelling alone is nobody's work to settle."""
    match field, one, other:
        case (ChildField.GIVEN_NAMES, tuple(), tuple()):
            a, b = (tuple(folded(part) for name in names for part in name.split()) for names in (one, other))
            return a[: len(b)] == b[: len(a)]  # a return has room for the first alone
        case (ChildField.FAMILY_NAME | ChildField.POSTCODE, str(), str()):
            return folded(one) == folded(other)
        case (ChildField.UPN, str(), str()):
            return one == other or _is_temporary(one) != _is_temporary(other)  # which gives way to the permanent one
        case _:
            return one == other


def _is_temporary(upn: Value) -> bool:
    return isinstance(upn, str) and upn[-1:].isalpha()


def says_something(field: ChildField, value: Value | None) -> bool:
    """Whether a source says anything: an unknown sex is no word."""
    return value is not None and value != () and not (field is ChildField.SEX and value == Sex.UNKNOWN)


KNOWN_SOURCES = frozenset(each.value for each in Source)


def is_source(word: str) -> bool:
    """Whether an order of precedence may name it: a source, or one of the source's systems or bodies."""
    source, slash, name = word.partition("/")
    return source in KNOWN_SOURCES and (bool(name.strip()) if slash else True)
