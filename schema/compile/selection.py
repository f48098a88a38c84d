"""What a document asks of a type: collected by graphql-core, as the specification says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import FieldNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values


@dataclass(frozen=True, slots=True)
class Selected:
    """A field that is asked for: its key in the response, its name, and the nodes that ask for it."""

    key: str
    name: str
    details: FieldDetailsList

    @property
    def node(self) -> FieldNode:
        return self.details[0].node


@dataclass(frozen=True, slots=True)
class Selecting:
    """Collects the fields of one operation, with the variables that its directives depend on."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    variables: VariableValues

    def of_root(self) -> list[Selected]:
        """The fields of the operation."""
        root = cast(GraphQLObjectType, self.schema.query_type)
        return _selected(
            collect_fields(self.schema, self.fragments, self.variables, root, self.operation).grouped_field_set
        )

    def below(self, selected: Selected, type_name: str) -> list[Selected]:
        """The fields that are asked of an object of this type under a field."""
        kind = cast(GraphQLObjectType, self.schema.type_map[type_name])
        found = collect_subfields(self.schema, self.fragments, self.variables, self.operation, kind, selected.details)
        return _selected(found.grouped_field_set)

    def arguments(self, selected: Selected, type_name: str) -> Mapping[str, Any]:
        """The arguments of a field, with places for variables; those left out have their defaults, or are not there."""
        kind = cast(GraphQLObjectType, self.schema.type_map[type_name])
        given = get_argument_values(kind.fields[selected.name], selected.node, self.variables)
        return {name: value for name, value in given.items() if value is not None}


def _selected(grouped: Mapping[str, FieldDetailsList]) -> list[Selected]:
    return [Selected(key, details[0].node.name.value, details) for key, details in grouped.items()]
