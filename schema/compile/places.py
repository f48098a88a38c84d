"""The places in a statement that each request fills: arguments, the asking body, the day.

A plan is compiled once for a shape of variables. `shape_of` says what of the variables a plan depends on (whether they
are given, the truth of Booleans, an order's name, the type in a global id, what states of duties let one know);
`places_of` puts a place where a value was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias, cast

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlalchemy.types import TypeEngine

from hub.db.duties import OpenDuties, open_duties
from hub.law.caller import Caller
from schema.ids import type_in
from schema.orders import ORDERS
from schema.projection import is_node
from schema.values import Value


class NotCompiledError(Exception):
    """This document, for this caller or with these values, is for the resolvers."""


class Asked(NamedTuple):
    """What a request brings to a plan."""

    caller: Caller
    today: date
    now: datetime
    variables: Mapping[str, Any]


Filled: TypeAlias = Callable[[Asked], Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in the variables. `sample` is the value of the request that the plan is compiled for."""

    path: tuple[str, ...]
    sample: Any

    def find(self, asked: Asked) -> Any:
        found: Any = asked.variables
        for step in self.path:
            found = found[step]
        return found


@dataclass(slots=True)
class Places:
    """The places of one statement, by the names of their bind parameters."""

    filled: dict[str, Filled] = field(default_factory=dict[str, Filled])
    checks: list[Filled] = field(default_factory=list[Filled])
    """What must hold of several values together; each raises `Problem` INVALID."""

    def bind(self, kind: TypeEngine[Any], filled: Filled) -> BindParameter[Any]:
        """A new place, filled so at each request."""
        name = f"p{len(self.filled)}"
        self.filled[name] = filled
        return bindparam(name, type_=kind)

    def value(self, given: object) -> Value:
        """An argument: a place, a constant of the document, or an input object of such."""
        return _Argument(self, given)

    def values(self, arguments: Mapping[str, Any]) -> Mapping[str, Value]:
        """The arguments that are not null."""
        return {name: self.value(given) for name, given in arguments.items() if given is not None}


def found(given: object, asked: Asked) -> Any:
    """The value of an argument in a request."""
    return given.find(asked) if isinstance(given, Place) else given


@dataclass(frozen=True, slots=True)
class _Argument:
    places: Places
    given: Any

    def sql(self, kind: TypeEngine[Any], decode: Callable[[Any], Any]) -> ColumnElement[Any]:
        given = self.given
        if isinstance(given, Place):
            return self.places.bind(kind, lambda asked: decode(given.find(asked)))
        if isinstance(given, list) and any(isinstance(each, Place) for each in cast(list[object], given)):
            each_given = cast(list[object], given)
            return self.places.bind(kind, lambda asked: decode([found(one, asked) for one in each_given]))
        decoded = decode(given)
        return self.places.bind(kind, lambda _: decoded)

    @property
    def truth(self) -> bool:
        return bool(self.given)

    @property
    def open_duties(self) -> OpenDuties | None:
        return open_duties(self.given.sample if isinstance(self.given, Place) else self.given)

    @property
    def fields(self) -> Mapping[str, Value]:
        return self.places.values(self.given)


def shape_of(value: Any) -> Any:
    """What a plan depends on of a value, hashable."""
    match value:
        case None | bool():
            return value
        case str():
            type_name = type_in(value)
            return type_name if is_node(type_name) else "text"
        case dict():
            fields = cast(dict[str, Any], value)
            return tuple((name, shape_of(each)) for name, each in fields.items())
        case list():
            return open_duties(cast(object, value)) or "list"
        case _:
            return value if value in ORDERS else "given"


def places_of(value: Any, path: tuple[str, ...]) -> Any:
    """The value with a place wherever the plan does not depend on it."""
    match value:
        case None | bool():
            return value
        case dict():
            fields = cast(dict[str, Any], value)
            return {name: places_of(each, (*path, name)) for name, each in fields.items()}
        case _:
            return value if not isinstance(value, list) and value in ORDERS else Place(path, value)
