"""The queries that are measured, for the hub and, asking for the same, for PostGraphile: files of this folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from hub.bench.ids import child_id
from schema.ids import to_global

_FOLDER = Path(__file__).parent / "operations"


@dataclass(frozen=True, slots=True)
class Query:
    """A query. `of_one_child`: it asks for one child, another each time; else the same for every request."""

    name: str
    of_one_child: bool

    @property
    def document(self) -> str:
        return (_FOLDER / f"{self.name}.graphql").read_text()

    @property
    def for_postgraphile(self) -> str:
        return (_FOLDER / f"{self.name}.postgraphile.graphql").read_text()

    def variables(self, child: int) -> Mapping[str, Any]:
        return {"id": to_global("Child", child_id(child))} if self.of_one_child else {}

    def hub_body(self, child: int) -> bytes:
        """What is posted to the hub."""
        return _posted(self.document, self.variables(child))

    def postgraphile_body(self, child: int, owner: UUID) -> bytes:
        """What is posted to PostGraphile."""
        which = {"id": str(child_id(child))} if self.of_one_child else {}
        return _posted(self.for_postgraphile, {"owner": str(owner), **which})


def _posted(document: str, variables: Mapping[str, Any]) -> bytes:
    return json.dumps({"query": document, "variables": variables}).encode()


QUERIES = (
    Query("small", of_one_child=True),
    Query("medium", of_one_child=True),
    Query("large", of_one_child=False),
    Query("provisions", of_one_child=False),
    Query("budgets", of_one_child=False),
)
