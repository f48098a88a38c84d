"""What another source says of who a child is, beside what stands in the record <-> an extension of Patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fhir_mappings import profiles, systems
from fhir_mappings.extension import coded, dated, worded, written
from fhir_mappings.values import Json
from hub.law.precedence import ChildField, StandsBy
from hub.law.vocabulary import Source


@dataclass(frozen=True, slots=True)
class ToldOtherwise:
    """A word that does not stand: of which field, what, who says it since when, and the rule by which another stands.

    `by`: of an extract the case system, of another body its code.
    """

    field: ChildField
    value: str
    source: Source
    by: str | None
    since: date
    rule: StandsBy


TOLD_PIECES = (
    coded("field", "field", systems.CHILD_FIELD),
    worded("value", "value"),
    coded("source", "source", systems.SOURCE),
    worded("by", "by"),
    dated("since", "since"),
    coded("standsBy", "rule", systems.STANDS_BY),
)


def told_otherwise(words: Iterable[ToldOtherwise]) -> list[Json]:
    """An extension each."""
    return [{"url": profiles.TOLD_OTHERWISE_EXTENSION, "extension": written(each, TOLD_PIECES)} for each in words]
