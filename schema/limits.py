"""Refusing what would cost too much, before it is validated and before it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from operator import itemgetter
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    ValidationRule,
)
from strawberry.extensions import AddValidationRules

from hub.errors import Kind
from schema.tally import Walk


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a document may have of each. One that exactly reaches them is answered."""

    depth: int = 15
    """Fields within one another. The introspection that tools send is 15 deep."""

    nesting: int = 50
    """Selection sets within one another, those of fragments too: whatever walks a document recurses as deep."""

    aliases: int = 50
    """Fields under another name, which is how one field is asked many times."""

    repeated_fields: int = 20
    """The same field of a type in one place, under whatever names: validation compares each with each."""

    directives: int = 50
    """Directives, known or not."""

    root_fields: int = 20
    """Fields of the operation itself. Each is a reading, or a transaction, of its own."""

    nodes: int = 100_000
    """Objects to read: the sizes of pages and lists, multiplied down the tree. A hundred children with requests, plan,
    sections, needs, outcomes, provision, agreements and budget come to a sixth of it; fifty with nearly all there
    is, to six tenths; plans in plans in plans, to many times it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a document was found to have of each. It is an upper bound: what `@skip` leaves out counts, and so does each
    of several selections that the answer merges."""

    depth: int
    nesting: int
    aliases: int
    repeated_fields: int
    directives: int
    root_fields: int
    nodes: int
    sized_by: frozenset[str]
    """The variables that `nodes` depends on: the cost stays the same while `page_sizes` does."""


def cost_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any] | None,
    *,
    limits: Limits,
) -> Cost:
    """What an operation of a document costs; raises GraphQLError TOO_COSTLY: which limit, what was found, mostly where.

    Root fields and nodes are the operation's. The other limits hold for each definition in the document, for all of it
    is validated. `variables` are as they came, not yet coerced. The work is at worst the square of the document's
    tokens, which its parser is to limit.
    """
    walk = Walk(schema, document, operation, variables or {}, limits.nesting)
    tallies = [(each, walk.tally(each)) for each in walk.definitions]
    found: dict[str, int] = {}
    for limit in (each.name for each in fields(limits)):
        measured = [one for one in tallies if one[0] is operation or limit not in _OF_THE_OPERATION]
        costs = [(tally.of(limit), each) for each, tally in measured]
        found[limit], worst = max(costs, key=itemgetter(0))
        if found[limit] > (most := getattr(limits, limit)):
            raise _too_costly(limit, most, found[limit], *walk.way_to_most(limit, worst))
    return Cost(**found, sized_by=frozenset(walk.sized_by))


_OF_THE_OPERATION = ("root_fields", "nodes")
_WORDS = {
    "depth": "fields within one another",
    "nesting": "selection sets within one another",
    "aliases": "aliases",
    "repeated_fields": "selections of one field in one place",
    "directives": "directives",
    "root_fields": "fields at its root",
    "nodes": "objects to read",
}


def _too_costly(limit: str, most: int, found: int, path: list[str], node: Node) -> GraphQLError:
    found = min(found, 2**53 - 1)  # the greatest that every reader of JSON can hold
    where = f", most of them at {'.'.join(path)}" if path else ""
    return GraphQLError(
        f"the document has {found} {_WORDS[limit]}{where}; at most {most} are allowed",
        [node],
        extensions={
            "code": Kind.TOO_COSTLY.value,
            "limit": {limit: {"most": most, "found": found, "path": path}},
        },
    )


class DepthLimit(AddValidationRules):
    """Refuses what `cost_of` refuses with this depth, until the executor asks it itself."""

    def __init__(self, most: int) -> None:
        class Rule(ValidationRule):
            def enter_document(self, node: DocumentNode, *_: object) -> None:
                for each in node.definitions:
                    if isinstance(each, OperationDefinitionNode):
                        try:
                            cost_of(self.context.schema, node, each, None, limits=Limits(depth=most))
                        except GraphQLError as error:
                            self.report_error(error)

        super().__init__([Rule])
