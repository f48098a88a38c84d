"""Counting what an operation would take, from its document and the schema alone.

The document is walked once, and each selection set is met once, however often its fragment is spread: sixty fragments
that each spread the next twice take sixty steps, and are found to be 2^60. What is not valid (an unknown field, a
fragment within itself) is counted as far as it goes and left to validation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    Node,
    NullValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    is_composite_type,
)

PAGE = 20
"""The size of a page where neither `first` nor `last` is given."""

LARGEST_PAGE = 100
"""What a page counts as whose size cannot be one: it is refused where it is read."""

LIST = 5
"""What a list without pages counts as, for its length is not known before it is read: about the mean (a plan has some
six provisions and four outcomes), which is what counts for a page of many."""

INTROSPECTED = 10
"""What a list of the schema's own parts counts as: types have more fields than plans have provisions."""

COUNT = 100
"""The objects that a `totalCount` counts as: it answers with one number, but goes through the whole list for it."""


def page_sizes(names: Iterable[str], variables: Mapping[str, Any] | None) -> tuple[int | None, ...]:
    """The sizes of pages that variables ask for, in the order of their names; None where one is not given."""
    given = variables or {}
    return tuple(_size(given[name]) if name in given else None for name in sorted(names))


@dataclass(slots=True)
class Tally:
    """What a selection set has of each, with everything in it. `rows` are the nodes in each row of a connection."""

    depth: int = 0
    nesting: int = 0
    aliases: int = 0
    repeated_fields: int = 0
    directives: int = 0
    root_fields: int = 0
    nodes: int = 0
    rows: int = 0
    selected: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    """How often each field of each type is selected in the set itself and its fragments."""

    def of(self, limit: str) -> int:
        """What there is of what a limit is on. The page of a connection whose size is not known is the largest."""
        return self.nodes + self.rows * LARGEST_PAGE if limit == "nodes" else getattr(self, limit)

    def add(self, part: "Tally") -> None:
        self.depth = max(self.depth, part.depth)
        self.nesting = max(self.nesting, part.nesting)
        self.aliases += part.aliases
        self.directives += part.directives
        self.root_fields += part.root_fields
        self.nodes += part.nodes
        self.rows += part.rows
        most = max(self.repeated_fields, part.repeated_fields)
        for each, times in part.selected.items():
            self.selected[each] = times = self.selected.get(each, 0) + times
            if times > most:
                most = times
        self.repeated_fields = most


_NOTHING = Tally()
Definition = OperationDefinitionNode | FragmentDefinitionNode
_Type = GraphQLCompositeType | None


class Walk:
    """One walk over a document. A selection set is known by its identity: it has one place and one type."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        most_nesting: int,
    ) -> None:
        self.definitions = [each for each in document.definitions if isinstance(each, Definition)]
        self.sized_by: set[str] = set()
        self._schema = schema
        self._fragments = {
            each.name.value: each for each in self.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._defaults = {each.variable.name.value: each.default_value for each in operation.variable_definitions or ()}
        self._variables = variables
        self._most_nesting = most_nesting
        self._measured: dict[int, Tally] = {}

    def tally(self, definition: Definition) -> Tally:
        """Of a definition, with the directives on it and on its variables."""
        within = self._of_set(*self._opened(definition, None), 1)
        bearers = (definition, *(definition.variable_definitions or ()))
        return replace(within, directives=within.directives + sum(len(each.directives or ()) for each in bearers))

    def way_to_most(self, limit: str, definition: Definition) -> tuple[list[str], Node]:
        """The response path to where most is of what a limit is on, and its last node.

        It goes on for as long as one selection has half of what its set has: of what is counted in one place, all.
        """
        path: list[str] = []
        node: Node = definition
        passed: set[int] = set()  # lest a fragment within itself leads in circles
        opened, parent = self._opened(definition, None)
        while opened is not None:
            passed.add(id(opened))
            whole = self._of_set(opened, parent, self._most_nesting)
            parts: list[tuple[int, SelectionNode]] = [
                (self._of_selection(each, parent, self._most_nesting).of(limit), each)
                for each in opened.selections
                if id(self._opened(each, parent)[0]) not in passed
            ]
            most, heaviest = max(parts, key=itemgetter(0), default=(0, opened.selections[0]))
            if limit == "repeated_fields" and most < whole.repeated_fields:
                path.append(max(whole.selected, key=whole.selected.__getitem__)[1])
                break
            if most == 0 or most * 2 < whole.of(limit):
                break
            node = heaviest
            if isinstance(heaviest, FieldNode):
                path.append((heaviest.alias or heaviest.name).value)
            opened, parent = self._opened(heaviest, parent)
        return path, node

    def _of_set(self, node: SelectionSetNode | None, parent: _Type, level: int) -> Tally:
        if node is None:
            return _NOTHING
        if id(node) not in self._measured:
            self._measured[id(node)] = _NOTHING  # should it be within itself
            total = Tally()
            # One level too deep is enough to refuse the document, and safe for Python's stack.
            for each in node.selections if level <= self._most_nesting else ():
                total.add(self._of_selection(each, parent, level))
            total.nesting += 1
            self._measured[id(node)] = total
        return self._measured[id(node)]

    def _of_selection(self, node: SelectionNode, parent: _Type, level: int) -> Tally:
        """Of a set that had this selection alone."""
        below = self._of_set(*self._opened(node, parent), level + 1)
        directives = below.directives + len(node.directives or ())
        if not isinstance(node, FieldNode):
            return replace(below, directives=directives)
        nodes, rows = self._nodes(node, parent, below)
        return Tally(
            depth=below.depth + 1,
            nesting=below.nesting,
            aliases=below.aliases + (node.alias is not None),
            repeated_fields=below.repeated_fields,
            directives=directives,
            root_fields=1,
            nodes=nodes,
            rows=rows,
            selected={(parent.name if parent else "", node.name.value): 1},
        )

    def _opened(self, node: Node | None, parent: _Type) -> tuple[SelectionSetNode | None, _Type]:
        """The selection set that a node opens, and the type of it, where there are such."""
        match node:
            case FieldNode(selection_set=SelectionSetNode()):
                definition = self._definition(node, parent)
                return node.selection_set, self._type(str(definition.type)) if definition else None
            case FragmentSpreadNode():
                return self._opened(self._fragments.get(node.name.value), None)
            case InlineFragmentNode() | FragmentDefinitionNode():
                condition = node.type_condition
                return node.selection_set, self._type(condition.name.value) if condition else parent
            case OperationDefinitionNode():
                return node.selection_set, self._schema.get_root_type(node.operation)
            case _:
                return None, None

    def _nodes(self, node: FieldNode, parent: _Type, below: Tally) -> tuple[int, int]:
        """The nodes that a field adds to its selection set, and those that it adds to each row of a connection.

        A connection (its name shows it, by Relay's rule), its edges and its page info are no nodes: they hold them.
        """
        definition = self._definition(node, parent)
        if definition is None or parent is None:
            return 0, 0
        written = str(definition.type)
        many = written.startswith("[")
        if parent.name.endswith("Connection"):
            if node.name.value == "totalCount":
                return COUNT, 0
            return (0, below.nodes + (node.name.value != "edges")) if many else (below.nodes, 0)
        of_type = self._type(written)
        if of_type is None:
            return 0, 0
        if of_type.name.endswith("Connection"):
            return below.nodes + self._page(node) * below.rows, 0
        if "first" in definition.args or "last" in definition.args:
            size = self._page(node)
        elif many:
            size = INTROSPECTED if parent.name.startswith("__") else LIST
        else:
            size = 1
        return size * (1 + below.nodes), 0

    def _page(self, node: FieldNode) -> int:
        sizes = [self._asked(each.value) for each in node.arguments or () if each.name.value in ("first", "last")]
        return max(sizes, default=0) or PAGE

    def _asked(self, value: ValueNode | None) -> int:
        match value:
            case None | NullValueNode():
                return 0
            case VariableNode():
                name = value.name.value
                self.sized_by.add(name)
                return (
                    _size(self._variables[name]) if name in self._variables else self._asked(self._defaults.get(name))
                )
            case IntValueNode() if len(value.value) <= len(str(LARGEST_PAGE)):
                return _size(int(value.value))
            case _:
                return LARGEST_PAGE

    def _definition(self, node: FieldNode, parent: _Type) -> Any:  # its type is generic beyond what the checker follows
        return self._schema.get_field(parent, node.name.value) if parent else None

    def _type(self, written: str) -> _Type:
        """The type of that name, be it of a list, if it can have selections."""
        found = self._schema.get_type(written.strip("[!]"))
        return found if is_composite_type(found) else None


def _size(value: object) -> int:
    """The size of a page that a value asks for: 0 if it asks for none, the largest if it is of no use."""
    if value is None:
        return 0
    return value if type(value) is int and 1 <= value <= LARGEST_PAGE else LARGEST_PAGE
