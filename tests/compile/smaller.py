"""A document with a little less in it: how a difference between two answers is traced to what makes it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    ObjectFieldNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

from tests.compile.documents import Asked

_REMOVABLE = (FieldNode, InlineFragmentNode, FragmentSpreadNode, ArgumentNode, ObjectFieldNode, DirectiveNode)


def smaller(schema: GraphQLSchema, asked: Asked) -> Iterator[Asked]:
    """The document without one of its parts, for each part without which it is still valid."""
    document = parse(asked.document)
    for number in range(_Parts.in_(document)):
        less = _without_the_unused(visit(document, _Parts(number)))
        try:
            text = print_ast(less)
            valid = not validate(schema, parse(text))
        except Exception:
            continue
        if valid:
            variables = {name: value for name, value in (asked.variables or {}).items() if f"${name}" in text}
            yield replace(asked, document=text, variables=variables)


class _Parts(Visitor):
    """Counts the parts of a document that can be left out, and leaves out one of them."""

    def __init__(self, left_out: int) -> None:
        super().__init__()
        self.found = -1
        self.left_out = left_out

    @classmethod
    def in_(cls, document: Node) -> int:
        counting = cls(-1)
        visit(document, counting)
        return counting.found + 1

    def enter(self, node: Node, *_: object) -> Any:
        if isinstance(node, _REMOVABLE):
            self.found += 1
            return REMOVE if self.found == self.left_out else None
        return None


def _without_the_unused(document: Node) -> Node:
    """Without the fragments and variables that nothing uses any more."""
    used: set[str] = set()

    class Using(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
            used.add(node.name.value)

        def enter_variable(self, node: VariableNode, _key: object, parent: object, *__: object) -> None:
            if not isinstance(parent, VariableDefinitionNode):
                used.add(f"${node.name.value}")

    class Removing(Visitor):
        def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: object) -> Any:
            return None if node.name.value in used else REMOVE

        def enter_variable_definition(self, node: VariableDefinitionNode, *_: object) -> Any:
            return None if f"${node.variable.name.value}" in used else REMOVE

    visit(document, Using())
    less = visit(document, Removing())
    return less if print_ast(less) == print_ast(document) else _without_the_unused(less)
