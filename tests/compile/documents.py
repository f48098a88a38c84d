"""Random documents that are valid for the schema, with variables: what a portal might send, and much that none will.

What can be asked is taken from the schema itself, so that a new field, argument or filter is asked at once. The values
that are asked with are mostly those in the database (`Known`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    parse,
    validate,
)

from tests.compile.arguments import Arguments, Known


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
class _Author(Arguments):
    """Writes one document. Fragments and variables are made where they are first wanted."""

    fragments: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
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
