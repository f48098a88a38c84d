"""What a rule answers. Absence of a rule is a refusal, so nothing here has a default that permits; and an empty text is
no reason."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Permit:
    """Allowed, and the rule that allows it. True in a condition."""

    rule: str

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not allowed, by which rule, and why in a plain sentence. False in a condition, so a forgotten match refuses."""

    rule: str
    reason: str

    def __bool__(self) -> bool:
        return False


Decision: TypeAlias = Permit | Refuse


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal by law, as a value: something the law does not let the caller do, and what it asks instead.

    `provision` is written as a lawyer cites it ("CFA 2014 s. 31(3)"). `rule` is a stable code in kebab case that
    outside parties may branch on: never reword one that has been released. `path` leads to the field at fault.
    """

    provision: str
    rule: str
    message: str
    path: tuple[str, ...] = ()


def says_something(text: str) -> bool:
    """Whether a text has a letter or digit: blanks, invisible characters and dashes give no reasons."""
    return any(character.isalnum() for character in text)
