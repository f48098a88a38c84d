"""A text becomes a document that may run: parsed, measured and validated once; its plans, compiled once for each shape.

All memory is bounded. A document that is registered (`keep`) is never driven out by one that a caller made up.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar, cast

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Undefined,
    get_nullable_type,  # pyright: ignore[reportUnknownVariableType]  (untyped there)
    is_leaf_type,  # pyright: ignore[reportUnknownVariableType]  (untyped there)
    parse,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, get_variable_values
from graphql.language import IntValueNode, StringValueNode, Visitor, visit

from hub import audit
from hub.errors import Kind, invalid
from hub.law.caller import Caller
from hub.law.interpretation import InvalidIdentifier, check_text
from schema.compile.places import NotCompiledError, places_of, shape_of
from schema.compile.plans import Plan, Planner
from schema.compile.selection import Selecting
from schema.limits import Cost, Limits, cost_of
from schema.roots import Root
from schema.tally import page_sizes

_MOST_DIGITS = 40
_MOST_DOCUMENTS = 1_000
_MOST_PLANS = 1_000
"""A document has one for each shape of its variables, times the kinds of access of those who ask it."""

_MOST_COSTS = 16

Coerce: TypeAlias = Callable[[Any], Any]
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Bounded(Generic[_Key, _Value]):
    """A memory of the values used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[_Key, _Value] = OrderedDict()

    def get(self, key: _Key) -> _Value | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: _Key, value: _Value) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(slots=True, eq=False)
class Operation:
    """One operation of a document."""

    document: DocumentNode
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    registered: bool
    recorded: audit.Operation
    costs: Bounded[Hashable, Cost] = field(default_factory=lambda: Bounded(_MOST_COSTS))
    sized_by: frozenset[str] | None = None
    cost: Cost | None = None
    """Where no variable makes a difference to it, once it has been measured."""
    plain: tuple[tuple[str, bool, Coerce], ...] | None = None
    """Its variables, once looked up, where all are single values without a default: name, is required, coercion."""

    @property
    def kind(self) -> OperationType:
        return self.node.operation

    @property
    def name(self) -> str | None:
        return self.node.name.value if self.node.name else None


@dataclass(slots=True)
class Document:
    """A parsed document: its operations, and what validation said of it, once it has been asked."""

    operations: list[Operation]
    errors: list[GraphQLError] | None = None

    def operation(self, name: str | None) -> Operation:
        """The operation of that name, or the only one; raises `Problem` INVALID where there is no telling."""
        named = [each for each in self.operations if name is None or each.name == name]
        if not named:
            missing = "no operation" if name is None else "no operation of that name"
            raise invalid(f"the document has {missing}", rule="operation-unknown")
        if len(named) > 1:
            raise invalid("say which operation: the document has several", rule="operation-name")
        return named[0]


class Documents:
    """The documents that have been sent lately, and those that are registered."""

    def __init__(
        self,
        schema: GraphQLSchema,
        roots: Mapping[str, Root],
        *,
        limits: Limits,
        most_tokens: int,
        registered: Iterable[str] = (),
    ) -> None:
        self._schema = schema
        self._roots = roots
        self._limits = limits
        self._most_tokens = most_tokens
        self._sent: Bounded[str, Document] = Bounded(_MOST_DOCUMENTS)
        self._registered = {text: self._read(text, registered=True) for text in registered}
        # Those of documents that a caller made up never drive out those of registered ones.
        self._plans: dict[bool, Bounded[Hashable, Plan | NotCompiledError]] = {
            False: Bounded(_MOST_PLANS),
            True: Bounded(_MOST_PLANS),
        }

    def read(self, text: str) -> Document:
        """The document; raises GraphQLError or `Problem` for a text that is none."""
        document = self._registered.get(text) or self._sent.get(text)
        if document is None:
            document = self._read(text, registered=False)
            self._sent.put(text, document)
        return document

    def _read(self, text: str, *, registered: bool) -> Document:
        try:
            node = parse(text, max_tokens=self._most_tokens)
        except RecursionError as error:
            raise GraphQLError(
                "the document is nested too deeply", extensions={"code": Kind.TOO_COSTLY.value}
            ) from error
        try:
            visit(node, _Texts())
        except InvalidIdentifier as error:
            raise invalid(error.message, rule=error.rule) from error
        fragments = {
            each.name.value: FragmentDetails(each)
            for each in node.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        operations = [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]
        return Document(
            [Operation(node, each, fragments, registered, audit.Operation(_name(each), text)) for each in operations]
        )

    def check(self, document: Document, operation: Operation, variables: Mapping[str, Any] | None) -> Cost:
        """What the operation costs; raises GraphQLError where that is too much. Then `document.errors` are known."""
        if operation.cost is not None and document.errors is not None:
            return operation.cost
        sizes = page_sizes(operation.sized_by, variables) if operation.sized_by is not None else None
        cost = operation.costs.get(sizes) if sizes is not None else None
        if cost is None:
            cost = cost_of(self._schema, operation.document, operation.node, variables, limits=self._limits)
            operation.sized_by = cost.sized_by
            operation.costs.put(page_sizes(cost.sized_by, variables), cost)
            operation.cost = None if cost.sized_by else cost
        if document.errors is None:
            document.errors = validate(self._schema, operation.document, hide_suggestions=True)
        return cost

    def coerced(self, operation: Operation, given: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """The variables as the schema takes them; raises `NotCompiledError` for bad ones, which execution names."""
        plain = self._plain(operation, given or {})
        return plain if plain is not None else self._variables(operation, given).coerced

    def _variables(self, operation: Operation, given: Mapping[str, Any] | None) -> VariableValues:
        found = get_variable_values(self._schema, operation.node.variable_definitions or (), dict(given or {}))
        if isinstance(found, list):
            raise NotCompiledError
        return found

    def _plain(self, operation: Operation, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The variables, where all are single values and right: as graphql-core finds them, at a tenth of the cost."""
        signatures = operation.plain if operation.plain is not None else self._signatures(operation)
        if signatures is None:
            return None
        coerced: dict[str, Any] = {}
        for name, required, coerce in signatures:
            value = given.get(name)
            if value is None:
                if required:
                    return None
                if name in given:
                    coerced[name] = None
                continue
            try:
                coerced[name] = coerce(value)
            except Exception:  # whatever it is: graphql-core then says it
                return None
            if coerced[name] is Undefined:
                return None
        return coerced

    def _signatures(self, operation: Operation) -> tuple[tuple[str, bool, Coerce], ...] | None:
        found: list[tuple[str, bool, Coerce]] = []
        for definition in operation.node.variable_definitions or ():
            signature = get_variable_signature(self._schema, definition)
            if isinstance(signature, GraphQLError) or signature.default is not None:
                return None
            kind: Any = cast(Any, signature).type
            named = cast(Any, get_nullable_type(kind))  # pyright: ignore[reportUnknownVariableType]  (untyped there)
            if not is_leaf_type(named):
                return None
            found.append((signature.name, named is not kind, named.coerce_input_value))
        operation.plain = tuple(found)
        return operation.plain

    def plan(
        self,
        operation: Operation,
        given: Mapping[str, Any] | None,
        coerced: Mapping[str, Any],
        caller: Caller,
        *,
        everywhere: bool = False,
    ) -> Plan:
        """The plan for this shape of variables (as `coerced` of those given) and this kind of access.

        The first to try may look among an authority's own records alone, and for what is not there, `everywhere`.
        Raises `NotCompiledError`.
        """
        shape = tuple([(name, shape_of(value)) for name, value in coerced.items()])
        key = (operation, shape, caller.organisation_kind, caller.purpose, caller.scopes, everywhere)
        plans = self._plans[operation.registered]
        plan = plans.get(key)
        if plan is None:
            variables = self._variables(operation, given)
            plan = None if everywhere else self._planned(operation, variables, caller, own_alone=True)
            if plan is None or isinstance(plan, NotCompiledError):
                plan = self._planned(operation, variables, caller, own_alone=False)
            plans.put(key, plan)
        if isinstance(plan, NotCompiledError):
            raise plan
        return plan

    def _planned(
        self, operation: Operation, variables: VariableValues, caller: Caller, *, own_alone: bool
    ) -> Plan | NotCompiledError:
        try:
            return self._compiled(operation, variables, caller, own_alone=own_alone)
        except NotCompiledError as declined:
            return declined

    def _compiled(self, operation: Operation, variables: VariableValues, caller: Caller, *, own_alone: bool) -> Plan:
        if operation.kind is not OperationType.QUERY:
            raise NotCompiledError
        placed = {name: places_of(value, (name,)) for name, value in variables.coerced.items()}
        selecting = Selecting(
            self._schema, operation.node, operation.fragments, VariableValues(variables.sources, placed)
        )
        try:
            return Planner(self._roots, selecting, caller, own_alone).plan()
        except GraphQLError as error:  # null where there can be none, which execution locates
            raise NotCompiledError from error


def _name(operation: OperationDefinitionNode) -> str:
    return f"graphql:{operation.name.value if operation.name else 'anonymous'}"


class _Texts(Visitor):
    """Raises `InvalidIdentifier` at a text in the document that no database could hold, or too long a number."""

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        check_text(node.value)

    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        if len(node.value) > _MOST_DIGITS:
            raise InvalidIdentifier("number-too-long", f"A number has at most {_MOST_DIGITS} digits.")
