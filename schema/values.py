"""A value that a caller gave, on its way into a statement: as itself, or as a place that each request fills.

Filters and pages are written once, over `Value`, for the resolvers (which have the value) and for the compiler (which
has only its place).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Protocol

import strawberry
from sqlalchemy import ColumnElement, literal
from sqlalchemy.types import TypeEngine
from strawberry.schema.name_converter import NameConverter

from hub.db.duties import OpenDuties, open_duties

_names = NameConverter()


class Value(Protocol):
    """What was given for an argument or a field of an input."""

    def sql(self, kind: TypeEngine[Any], decode: Callable[[Any], Any]) -> ColumnElement[Any]:
        """The value in the statement, as `decode` makes it; `decode` raises `Problem` INVALID for a bad one."""
        ...

    @property
    def truth(self) -> bool:
        """The value of a Boolean, which shapes the statement."""
        ...

    @property
    def open_duties(self) -> OpenDuties | None:
        """What a list of states of duties lets one know of those that are in them, which shapes the statement."""
        ...

    @property
    def fields(self) -> Mapping[str, "Value"]:
        """The fields that were given of an input object, by their names in the schema; null is not given."""
        ...


@dataclass(frozen=True, slots=True)
class Given:
    """A value that is there."""

    value: Any

    def sql(self, kind: TypeEngine[Any], decode: Callable[[Any], Any]) -> ColumnElement[Any]:
        return literal(decode(self.value), kind)

    @property
    def truth(self) -> bool:
        return bool(self.value)

    @property
    def open_duties(self) -> OpenDuties | None:
        return open_duties(self.value)

    @property
    def fields(self) -> Mapping[str, Value]:
        if not is_dataclass(self.value):
            raise TypeError("not an input object")
        named = {each.name: getattr(self.value, each.name) for each in fields(self.value)}
        return given({_names.apply_naming_config(name): value for name, value in named.items()})


def given(arguments: Mapping[str, Any]) -> Mapping[str, Given]:
    """The arguments that are neither null nor left out."""
    return {
        name: Given(value) for name, value in arguments.items() if value is not None and value is not strawberry.UNSET
    }


def as_it_is(value: Any) -> Any:
    return value
