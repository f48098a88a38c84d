"""The values that a random document asks with: mostly those in the database, in it or as variables beside it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    is_required_argument,
)

from tests.compile.rows import DAYS, NAMES

_OPTIONAL = 0.35
_WINDOW = ("first", "after", "last", "before")
_TYPES_OF_IDS = {
    ("Query", "child"): "Child",
    ("Query", "plan"): "Plan",
    ("Query", "disclosures"): "Child",
}
"""What the id at a place is of. In a filter it is a child's or a body's, and `node` takes every type."""


@dataclass(frozen=True)
class Known:
    """What is in the database: global ids by type, codes by scalar, cursors by list and order."""

    ids: Mapping[str, Sequence[str]]
    codes: Mapping[str, Sequence[str]]
    cursors: Mapping[tuple[str, str], Sequence[str]]


@dataclass
class Arguments:
    """Writes the arguments of one document, and remembers the variables that it is to be sent with."""

    schema: GraphQLSchema
    known: Known
    random: Random
    declared: list[str] = field(default_factory=list[str])
    given: dict[str, Any] = field(default_factory=dict[str, Any])
    names: Any = field(default_factory=lambda: count(1))

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def arguments(self, parent: str, name: str, defined: Mapping[str, GraphQLArgument]) -> str:
        values = self.values(parent, name, defined)
        texts = [f"{each}: {self.written(defined[each].type, value, (parent, name))}" for each, value in values.items()]
        return f"({', '.join(texts)})" if texts else ""

    def values(self, parent: str, name: str, defined: Mapping[str, GraphQLArgument]) -> dict[str, Any]:
        """The arguments of a field: of the codes of one object, one; of a window, what goes together."""
        others = [each for each in defined if each not in _WINDOW]
        if parent == "Query" and "first" not in defined:
            chosen = others if self.chance(0.02) else self.random.sample(others, min(len(others), 1))
        else:
            chosen = [each for each in others if self.chance(_OPTIONAL)]
        wanted = [each for each in others if each in chosen or is_required_argument(defined[each])]
        values = {each: self.value(defined[each].type, (parent, name)) for each in wanted}
        if "first" in defined:
            values |= self.window(name, values.get("orderBy", "FAMILY_NAME" if name == "children" else ""))
        return values

    def window(self, name: str, order: str) -> dict[str, Any]:
        size, (towards, beyond) = (
            self.random.choice((1, 2, 3, 7, 20, 50, 100)),
            self.random.choice((("first", "after"), ("last", "before"))),
        )
        if self.chance(0.03):
            return {towards: self.random.choice((0, -1, 101, None))}
        window = {towards: size} if self.chance(0.7) else {}
        cursors = self.known.cursors.get((name, order), ())
        if cursors and self.chance(0.4):
            window[beyond if self.chance(0.9) else {"after": "before", "before": "after"}[beyond]] = self.random.choice(
                cursors
            )
        elif self.chance(0.03):
            window[beyond] = self.random.choice(["", "no cursor", *self.known.cursors["organisations", ""]])
        return window

    def value(self, kind: Any, place: tuple[str, str]) -> Any:
        """A value as JSON has it."""
        match kind:
            case GraphQLNonNull():
                return self.value(kind.of_type, place)
            case GraphQLList():
                return [self.value(kind.of_type, place) for _ in range(self.random.choice((0, 1, 1, 2, 3, 5)))]
            case GraphQLEnumType():
                return self.random.choice(list(kind.values))
            case GraphQLInputObjectType():
                wanted = [each for each in kind.fields if self.chance(_OPTIONAL)]
                return {each: self.value(kind.fields[each].type, (kind.name, each)) for each in wanted}
            case _:
                return self.scalar(kind.name, place)

    def scalar(self, kind: str, place: tuple[str, str]) -> Any:
        match kind:
            case "ID":
                return self.an_id(place)
            case "Date":
                return self.random.choice([each for each in DAYS if each < date.max]).isoformat()
            case "Int":
                return self.random.randint(1, 9)
            case "Boolean":
                return self.chance(0.5)
            case "String":
                name = self.random.choice(NAMES)
                return self.random.choice((str.lower, str.upper, str))(name[: self.random.randint(0, len(name))])
            case _:
                return self.random.choice(self.known.codes[kind])

    def an_id(self, place: tuple[str, str]) -> str:
        every = [each for ids in self.known.ids.values() for each in ids]
        if self.chance(0.03):
            return self.random.choice(["", "nothing", "Plan_", f"Plan_{'0' * 32}", f"Contact_{'0' * 32}", *every])
        if place == ("Query", "node"):
            return self.random.choice(self.random.choice([ids for ids in self.known.ids.values() if ids]))
        in_filter = "Child" if place[1] == "child" else "Organisation"
        return self.random.choice(self.known.ids[_TYPES_OF_IDS.get(place, in_filter)])

    # --- how a value is written

    def written(self, kind: Any, value: Any, place: tuple[str, str]) -> str:
        """A value in the document: as it is, with variables within it, or as one variable."""
        if self.chance(0.3):
            return self.variable(kind, value, place)
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if value is None:
            return "null"
        if isinstance(inner, GraphQLList):
            items = [self.written(inner.of_type, each, place) for each in value]
            return (
                items[0]
                if len(items) == 1 and not items[0].startswith("$") and self.chance(0.3)
                else f"[{', '.join(items)}]"
            )
        if isinstance(inner, GraphQLInputObjectType):
            pairs = [
                f"{name}: {self.written(inner.fields[name].type, each, (inner.name, name))}"
                for name, each in value.items()
            ]
            return "{" + ", ".join(pairs) + "}"
        return value if isinstance(inner, GraphQLEnumType) else json.dumps(value, ensure_ascii=False)

    def variable(self, kind: Any, value: Any, place: tuple[str, str]) -> str:
        """A variable of a type that can stand here: given, left to its default, null or left out."""
        name = f"v{next(self.names)}"
        must_be = isinstance(kind, GraphQLNonNull)
        bare = kind.of_type if must_be else kind
        as_default = "null" if value is None else _literal(bare, value)
        match self.random.randrange(8):
            case 0 if value is not None:
                self.declared.append(f"${name}: {bare} = {as_default}")
            case 1 if value is not None:
                self.declared.append(
                    f"${name}: {bare} = {_literal(bare, self.value(bare, place) if place[0] else value)}"
                )
                self.given[name] = value
            case 2 if not must_be:
                self.declared.append(f"${name}: {bare}")
            case 3 if not must_be or self.chance(0.1):
                self.declared.append(f"${name}: {bare}{'' if not must_be else f' = {as_default}'}")
                self.given[name] = None
            case _:
                self.declared.append(
                    f"${name}: {bare}{'!' if must_be or (value is not None and self.chance(0.5)) else ''}"
                )
                self.given[name] = value
        return f"${name}"


def _literal(kind: Any, value: Any) -> str:
    """A value in the document, with no variable in it."""
    match kind:
        case GraphQLNonNull():
            return _literal(kind.of_type, value)
        case GraphQLList():
            return f"[{', '.join(_literal(kind.of_type, each) for each in value)}]"
        case GraphQLInputObjectType():
            return (
                "{"
                + ", ".join(f"{name}: {_literal(kind.fields[name].type, each)}" for name, each in value.items())
                + "}"
            )
        case GraphQLEnumType():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)
