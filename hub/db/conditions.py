"""Conditions in SQL that fold as they are made: what is certain when a statement is written is not in it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, False_, Integer, Text, True_, and_, false, literal_column, or_, true

Condition: TypeAlias = ColumnElement[bool]


def every(*conditions: Condition) -> Condition:
    """All of them."""
    if any(is_never(each) for each in conditions):
        return false()
    uncertain = [each for each in conditions if not is_always(each)]
    return and_(*uncertain) if len(uncertain) > 1 else uncertain[0] if uncertain else true()


def some(*conditions: Condition) -> Condition:
    """At least one of them."""
    if any(is_always(each) for each in conditions):
        return true()
    uncertain = [each for each in conditions if not is_never(each)]
    return or_(*uncertain) if len(uncertain) > 1 else uncertain[0] if uncertain else false()


def is_always(condition: Condition) -> bool:
    return isinstance(condition, True_)


def is_never(condition: Condition) -> bool:
    return isinstance(condition, False_)


def is_one_of(column: ColumnElement[Any], words: Iterable[StrEnum]) -> Condition:
    """Whether a column has one of these words of the law, which stand in the statement itself."""
    return column.in_([literal_column(f"'{word.value}'", Text) for word in sorted(words)])


def number(value: int) -> ColumnElement[int]:
    """A number of ours in the statement itself."""
    return literal_column(str(value), Integer)
