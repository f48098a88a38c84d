"""YAML as plain data: maps, lists and texts. What could be read two ways, or made to grow, is refused."""

from typing import Any, cast

import yaml
from yaml import YAMLError
from yaml.nodes import MappingNode

__all__ = ["YAMLError", "read_yaml"]


class _Plain(yaml.BaseLoader):
    """Every scalar is a text, which is what `BaseLoader` makes of it."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = cast("Any", self).peek_event()
        if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
            raise YAMLError("anchors, aliases and tags have no place in a mapping")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:
        found = super().construct_mapping(node, deep)
        if len(found) != len(node.value):
            raise YAMLError("a name stands twice")
        return found


def read_yaml(text: str) -> Any:
    """The data, a map. Raises `YAMLError`."""
    found = yaml.load(text, Loader=_Plain)  # noqa: S506  (texts alone)
    if not isinstance(found, dict):
        raise YAMLError("it is no map of names")
    return cast("Any", found)
