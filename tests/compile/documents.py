"""Random documents that are valid for the schema, with variables: what a portal might send, and much that none will.

What can be asked is taken from the schema itself, so that a new field, argument or filter is asked at once. The values
that are asked with are mostly those in the database (`Known`).
"""

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
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_required_argument,
    parse,
    validate,
)

from tests.compile.rows import DAYS, NAMES

_OPTIONAL = 0.35
_WINDOW = ("first", "after", "last", "before")
_TYPES_OF_IDS = {
    ("Query", "child"): "Child",
    ("Query", "plan"): "Plan",
    ("Query", "disclosures"): "Child",
    ("PlanFilter", "child"): "Child",
    ("CooperationRequestFilter", "child"): "Child",
}
"""What the id at a place is of. In any other filter it is a body's, and `node` takes every type."""


@dataclass(frozen=True)
class Known:
    """What is in the database: global ids by type, codes by scalar, cursors by list and order."""

    ids: Mapping[str, Sequence[str]]
    codes: Mapping[str, Sequence[str]]
    cursors: Mapping[tuple[str, str], Sequence[str]]


@dataclass(frozen=True)
class Asked:
    """A document with what is sent beside it."""

    document: str
    operation_name: str | None
    variables: Mapping[str, Any] | None


def asked(schema: GraphQLSchema, known: Known, seed: int) -> Asked:
    """A document that is valid: of those that the seed leads to, the first."""
    random = Random(seed)
    while True:
        found = _Author(schema, known, random).asked()
        if not validate(schema, parse(found.document)):
            return found


@dataclass
class _Author:
    """Writes one document. Fragments and variables are made where they are first wanted."""

    schema: GraphQLSchema
    known: Known
    random: Random
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    declared: list[str] = field(default_factory=list[str])
    given: dict[str, Any] = field(default_factory=dict[str, Any])
    names: Any = field(default_factory=lambda: count(1))
    left: int = 0
    """So many fields may yet be asked."""

    def asked(self) -> Asked:
        self.left = self.random.choice((8, 25, 60))
        root = self.schema.query_type
        assert root is not None
        body = self.selections(root, self.random.randint(2, 5))
        variables = f"({', '.join(self.declared)})" if self.declared else ""
        name = self.random.choice(("", "Named"))
        operations = [f"query {name}{variables} {body}" if name or variables else body]
        if name and self.chance(0.2):
            operations.insert(self.random.randint(0, 1), "query Other { viewer { clientId } }")
        fragments = [f"fragment {each} on {on} {text}" for each, (on, text) in self.fragments.items()]
        self.random.shuffle(fragments)
        chosen = name if len(operations) > 1 or self.chance(0.5) else ""
        return Asked("\n".join([*operations, *fragments]), chosen or None, self.given or None)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    # --- selections

    def selections(self, kind: Any, levels: int) -> str:
        """Some of what can be selected of a type, field within field down to so many levels."""
        found = list(kind.fields) if levels > 0 else [each for each in kind.fields if self.is_leaf(kind, each)]
        if isinstance(kind, GraphQLInterfaceType):
            parts = [self.inline(each, levels) for each in self.random.sample(self.implementing(kind), 2)]
        else:
            parts = [self.part(kind, each, levels) for each in self.chosen(kind, found)]
        if self.chance(0.15) or not parts:
            parts.append(f"{self.random.choice(('', 'kind: '))}__typename")
        return "{ " + " ".join(parts) + " }"

    def chosen(self, kind: Any, found: Sequence[str]) -> list[str]:
        """Some of the fields, now and then one of them twice: the selections are merged."""
        if kind.name == "Query":
            lists = [each for each in found if "first" in kind.fields[each].args]
            return self.random.choices([*found, *lists, *lists], k=self.random.randint(1, 3))
        if kind.name.endswith(("Connection", "Edge", "PageInfo")):
            return [each for each in found if self.chance(0.6) or each in ("nodes", "node")]
        return self.random.choices(found, k=self.random.randint(1, 8)) if found else []

    def part(self, kind: GraphQLObjectType, name: str, levels: int) -> str:
        """A field, as it is or in a fragment."""
        match self.random.randrange(14):
            case 0:
                return f"... {self.directive(always=True)} {{ {self.field(kind, name, levels)} }}"
            case 1:
                return f"... on {kind.name}{self.directive()} {{ {self.field(kind, name, levels)} }}"
            case 2 if kind.interfaces:
                return f"... on Node{self.directive()} {{ {self.random.choice(('id', '__typename', 'own: id'))} }}"
            case 3:
                return f"...{self.fragment(kind, levels)}{self.directive()}"
            case _:
                return self.field(kind, name, levels)

    def inline(self, kind: GraphQLObjectType, levels: int) -> str:
        if self.chance(0.3):
            return f"...{self.fragment(kind, levels)}"
        return f"... on {kind.name}{self.directive()} {self.selections(kind, levels)}"

    def fragment(self, kind: GraphQLObjectType, levels: int) -> str:
        """The name of a fragment that can be spread here: one that there is, or a new one."""
        there = [
            name for name, (on, _) in self.fragments.items() if on == kind.name or (on == "Node" and kind.interfaces)
        ]
        if there and self.chance(0.5):
            return self.random.choice(there)
        name = f"F{next(self.names)}"
        on = "Node" if kind.interfaces and self.chance(0.2) else kind.name
        text = "{ id __typename }" if on == "Node" else self.selections(kind, min(levels, 2))
        self.fragments[name] = (on, text)
        return name

    def field(self, kind: GraphQLObjectType, name: str, levels: int) -> str:
        """A field with its arguments, an alias where there are any, and what is selected of it."""
        self.left -= 1
        definition = kind.fields[name]
        arguments = self.arguments(kind.name, name, definition.args)
        alias = f"a{next(self.names)}: " if arguments or self.chance(0.08) else ""
        start = f"{alias}{name}{arguments}"
        below: Any = get_named_type(definition.type)
        if not is_composite_type(below):
            return start + self.directive()
        inner = levels if below.name.endswith(("Connection", "Edge", "PageInfo")) else levels - 1
        inner = inner if self.left > 0 else min(inner, 0)
        whole = f"{start}{self.directive()} {self.selections(below, inner)}"
        return f"{whole} {start} {self.selections(below, 0)}" if self.chance(0.05) else whole

    def is_leaf(self, kind: Any, name: str) -> bool:
        """Also what a connection is made of: it has no fields but those."""
        below = get_named_type(kind.fields[name].type)
        return not is_composite_type(below) or kind.name.endswith(("Connection", "Edge"))

    def implementing(self, kind: GraphQLInterfaceType) -> list[GraphQLObjectType]:
        return list(self.schema.get_possible_types(kind))

    def directive(self, *, always: bool = False) -> str:
        if not always and self.chance(0.93):
            return ""
        truth = self.chance(0.5)
        kind = GraphQLNonNull(self.schema.type_map["Boolean"])
        condition = self.written(kind, truth, ("", ""))
        return f" @{'include' if truth or self.chance(0.2) else 'skip'}(if: {condition})"

    # --- arguments

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
        return self.random.choice(self.known.ids[_TYPES_OF_IDS.get(place, "Organisation")])

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
