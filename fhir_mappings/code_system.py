"""What a code system is here: for each term of ours its code and its display. An unknown code raises."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from fhir_mappings.identifiers import HUB, bare
from hub.law.term import Term

Code = TypeVar("Code", bound=StrEnum)
T = TypeVar("T", bound=Term)


class UnknownCode(ValueError):  # noqa: N818  (named for what it says)
    """A code that is not in the code system it says it is from. Never carries the code: it came from outside."""

    def __init__(self, system: str) -> None:
        super().__init__(f"this is not a code of {system}")
        self.system = system


@dataclass(frozen=True, slots=True)
class CodeSystem(Generic[Code]):
    """A code system: for each term of ours its code and display."""

    url: str
    codes: Mapping[Code, tuple[str, str]]

    def coding(self, term: Code) -> dict[str, Any]:
        code, display = self.codes[term]
        return {"system": self.url, "code": code, "display": display}

    def code(self, term: Code) -> str:
        return self.codes[term][0]

    def display(self, term: Code) -> str:
        return self.codes[term][1]

    def term(self, code: str) -> Code:
        """The term of a code; raises `UnknownCode`."""
        for term, (known, _) in self.codes.items():
            if known == code:
                return term
        raise UnknownCode(self.url)

    def read(self, concept: Mapping[str, Any] | None) -> Code | None:
        """The term that a CodeableConcept names; None where it has no coding of this system. Raises `UnknownCode`."""
        for coding in (concept or {}).get("coding", ()):
            if bare(coding.get("system", "")) == bare(self.url):
                return self.term(coding.get("code", ""))
        return None


def words(name: str, vocabulary: type[T]) -> CodeSystem[T]:
    """The hub's code system of a vocabulary of the law: each word in kebab case, and what it means."""
    return CodeSystem(
        f"{HUB}/CodeSystem/{name}",
        {word: (word.value.lower().replace("_", "-"), word.meaning.removesuffix(".")) for word in vocabulary},
    )
