"""YAML as plain data: maps, lists and texts. What could be read two ways, or made to grow, is refused.

Where something stands is kept beside it, so that whoever wrote it is told the line.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

import yaml
from yaml import YAMLError
from yaml.error import MarkedYAMLError
from yaml.nodes import MappingNode, Node, SequenceNode

__all__ = ["LineOf", "YAMLError", "read_yaml"]

LineOf: TypeAlias = Callable[[Sequence[str | int]], int]
"""The line of what lies at a path of names and positions; where that is not there, of what it should be in."""


class _Plain(yaml.BaseLoader):
    """Every scalar is a text, which is what `BaseLoader` makes of it."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = cast("Any", self).peek_event()
        if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
            raise _refused("anchors, aliases and tags have no place in a mapping", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:
        construct: Callable[..., Any] = cast("Any", self).construct_object
        found: dict[Any, Any] = {}
        for key, value in node.value:
            name = construct(key, deep=True)
            if not isinstance(name, str):
                raise _refused("a name is a text", key.start_mark)
            if name in found:
                raise _refused("a name stands twice", key.start_mark)
            found[name] = construct(value, deep=deep)
        return found


def _refused(why: str, mark: Any) -> YAMLError:
    return MarkedYAMLError(problem=why, problem_mark=mark)


def read_yaml(text: str) -> tuple[dict[str, Any], LineOf]:
    """The data, a map, and where its parts stand. Raises `YAMLError`."""
    loader = cast("Any", _Plain(text))
    try:
        node = loader.get_single_node()
        if not isinstance(node, MappingNode):
            raise YAMLError("it is no map of names")
        found = loader.construct_document(node)
    finally:
        loader.dispose()

    def line_of(path: Sequence[str | int]) -> int:
        return _line(node, path)

    return found, line_of


def _line(node: Node, path: Sequence[str | int]) -> int:
    line = node.start_mark.line
    for step in path:
        if isinstance(node, MappingNode):
            inner = next(((key, value) for key, value in node.value if key.value == step), None)
        elif isinstance(node, SequenceNode) and isinstance(step, int):
            inner = next(((each, each) for each in node.value[step:]), None)
        else:
            inner = None
        if inner is None:
            break
        line, node = inner[0].start_mark.line, inner[1]
    return line + 1
