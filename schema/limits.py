"""Refusing what would cost too much, before it runs."""

from collections.abc import Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationRule,
)
from strawberry.extensions import AddValidationRules

from hub.errors import Kind


class DepthLimit(AddValidationRules):
    """Refuses a document nested deeper than `most` fields. Each fragment is measured once, however often it is used."""

    def __init__(self, most: int) -> None:
        class Rule(ValidationRule):
            def enter_document(self, node: DocumentNode, *_: object) -> None:
                depth = _depth_of(node)
                if depth > most:
                    self.report_error(_too_deep(depth, most, node))

        super().__init__([Rule])


def _too_deep(depth: int, most: int, node: DocumentNode) -> GraphQLError:
    limit = {"depth": {"most": most, "found": depth}}
    extensions = {"code": Kind.TOO_COSTLY.value, "limit": limit}
    return GraphQLError(
        f"the document is nested {depth} deep; at most {most} is allowed", [node], extensions=extensions
    )


def _depth_of(document: DocumentNode) -> int:
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    measured: dict[str, int] = {}
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return max((_deepest(each.selection_set, fragments, measured) for each in operations), default=0)


def _deepest(
    selection: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode], measured: dict[str, int]
) -> int:
    if selection is None:
        return 0
    deepest = 0
    for each in selection.selections:
        match each:
            case FieldNode():
                below = 1 + _deepest(each.selection_set, fragments, measured)
            case InlineFragmentNode():
                below = _deepest(each.selection_set, fragments, measured)
            case FragmentSpreadNode():
                below = _of_fragment(each.name.value, fragments, measured)
            case _:
                below = 0
        deepest = max(deepest, below)
    return deepest


def _of_fragment(name: str, fragments: Mapping[str, FragmentDefinitionNode], measured: dict[str, int]) -> int:
    """A circular or unknown fragment counts nothing here: the specification's own rules refuse it."""
    if name not in measured:
        measured[name] = 0
        fragment = fragments.get(name)
        measured[name] = _deepest(fragment.selection_set, fragments, measured) if fragment else 0
    return measured[name]
