"""Who told who a child is, and where they differ: each word beside the others, and whose stands by which rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.law.precedence import ChildField, StandsBy
from hub.web.pages import words

_SOURCES: Mapping[str, str] = {
    "RECORDED": "recorded here", "SEN2_RETURN": "the SEN2 return", "EXTRACT": "an extract", "FHIR": "a health system",
    "GRAPHQL": "a portal", "SYNTHETIC": "made up",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """What one of the sources says, and since when."""

    source: str
    value: str
    on: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of which the sources say different things, and why the first of them stands."""

    field: str
    because: str
    words: tuple[Word, ...]


def sources(child: Mapping[str, Any]) -> list[tuple[str, str, str | None]]:
    """Who told of the child, as far as that is open: who, since when, and the day it was taken back."""
    return [
        (_source(each, each["saidBy"] and each["saidBy"]["name"]), each["saidOn"], each["withdrawnOn"])
        for each in child.get("sources") or ()
    ]


def differences(child: Mapping[str, Any]) -> Iterator[Difference]:
    """Each field that they do not agree on."""
    for each in child.get("disagreements") or ():
        said = tuple(
            Word(_source(word, word["saidBy"]), _value(each["field"], word["value"]), word["on"], word["stands"])
            for word in each["values"]
        )
        field = words.words(each["field"]).replace("Nhs", "NHS").replace("Upn", "UPN")
        yield Difference(field, StandsBy(each["rule"]).meaning, said)


def _source(told: Mapping[str, Any], by: str | None) -> str:
    """The SEN2 return; an extract of caseworks; a health system of RX1."""
    return words.sentence(" of ".join(each for each in (_SOURCES[told["source"]], told["system"], by) if each))


def _value(field: str, value: str) -> str:
    match ChildField(field):
        case ChildField.DATE_OF_BIRTH:
            return words.day(value)
        case ChildField.SEX:
            return words.words(value)
        case ChildField.NHS_NUMBER:
            return words.nhs_number(value)
        case _:
            return value
