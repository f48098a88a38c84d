"""A closed list of terms, each with its meaning.

The value of a member is its name, and both are public: they are what the GraphQL schema shows and the database keeps.
Add members; never rename or remove one. The meaning is what the schema says of the member, and may be reworded.
"""

from enum import StrEnum, auto
from typing import Any, Self


class Term(StrEnum):
    """A closed list whose members' values are their names. `EXISTENCE = means("That a record exists.")` makes one."""

    meaning: str

    def __new__(cls, word: str, meaning: str) -> Self:
        """A member cannot be made without its meaning."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.meaning = meaning
        return member

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        return name


def means(meaning: str) -> Any:  # not the pair: a type checker would think that a member equals no text
    """The member of this name, with what it means: a sentence that a caseworker understands."""
    return auto(), meaning
