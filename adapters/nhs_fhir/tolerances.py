"""What is put right of what a sender is known to get wrong, each by name, and each told to the sender as a warning.

Real systems of the NHS send these (NHS England's own examples among them). Nothing is tolerated but of a client for
whom the operator has said so, in the file that `HUB_FHIR_TOLERANCES` names: `{"client-id": ["object-for-list"]}`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from adapters.nhs_fhir.r4_types import R4_TYPES
from adapters.nhs_fhir.shapes import ANY_RESOURCE, elements
from fhir_mappings.outcome import Issue
from fhir_mappings.values import Json
from hub.errors import NotReadyError

_DEEPEST = 100


class Tolerance(StrEnum):
    """The faults that can be put right without a guess."""

    OBJECT_FOR_LIST = "object-for-list"
    LIST_FOR_ONE = "list-for-one"
    TRAILING_NULL = "trailing-null"
    URN_AS_ID = "urn-as-id"


_WORDS: Mapping[Tolerance, str] = {
    Tolerance.OBJECT_FOR_LIST: "this is a list in FHIR: the one that was sent was taken as its only member",
    Tolerance.LIST_FOR_ONE: "this is no list in FHIR: its only member was taken",
    Tolerance.TRAILING_NULL: "FHIR has no null: the last of this list was left out",
    Tolerance.URN_AS_ID: "an id is not a urn: what follows urn:uuid: was taken",
}


def read_tolerances(path: str) -> Mapping[str, frozenset[Tolerance]]:
    """What is tolerated of each client; nothing without a file. Raises `NotReadyError` for a file that is none."""
    if not path:
        return {}
    try:
        said: dict[str, list[str]] = json.loads(Path(path).read_text())
        return {client: frozenset(map(Tolerance, names)) for client, names in said.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        names = ", ".join(Tolerance)
        raise NotReadyError(f"HUB_FHIR_TOLERANCES: a JSON object of lists, each name one of {names}") from error


def put_right(value: Any, allowed: frozenset[Tolerance]) -> list[Issue]:
    """Puts right in the document what is allowed, and answers a warning for each. Everything else stays as it is."""
    if not allowed:
        return []
    mending = _Mending(allowed)
    mending.resource(value, None, 0)
    return mending.issues


@dataclass(slots=True)
class _Mending:
    allowed: frozenset[Tolerance]
    issues: list[Issue] = field(default_factory=list[Issue])

    def resource(self, value: Any, at: str | None, depth: int) -> None:
        if not isinstance(value, dict):
            return
        content = cast("Json", value)
        kind = content.get("resourceType")
        if not isinstance(kind, str) or kind not in R4_TYPES:
            return
        where = at or kind
        id_ = content.get("id")
        if isinstance(id_, str) and id_.startswith("urn:uuid:") and self._may(Tolerance.URN_AS_ID, f"{where}.id"):
            content["id"] = id_.removeprefix("urn:uuid:")
        self._object(kind, content, where, depth)

    def _object(self, kind: str, content: Json, at: str, depth: int) -> None:
        if depth > _DEEPEST:
            return
        for name, element in elements(kind).items():
            if name not in content:
                continue
            content[name] = mended = self._mended(content[name], element.many, content, name, f"{at}.{name}")
            if element.primitive is not None:
                continue
            for place, each in enumerate(cast("list[Any]", mended) if isinstance(mended, list) else [mended]):
                within = f"{at}.{name}[{place}]" if element.many else f"{at}.{name}"
                if element.type == ANY_RESOURCE:
                    self.resource(each, within, depth + 1)
                elif isinstance(each, dict):
                    self._object(element.type, cast("Json", each), within, depth + 1)

    def _mended(self, value: Any, many: bool, content: Json, name: str, at: str) -> Any:
        if many and isinstance(value, dict) and self._may(Tolerance.OBJECT_FOR_LIST, at):
            return [cast("Json", value)]
        if not isinstance(value, list):
            return cast("Any", value)
        several = cast("list[Any]", value)
        if not many and len(several) == 1 and self._may(Tolerance.LIST_FOR_ONE, at):
            return several[0]
        ends_in_nothing = many and len(several) > 1 and several[-1] is None and f"_{name}" not in content
        if ends_in_nothing and self._may(Tolerance.TRAILING_NULL, at):
            return several[:-1]
        return several

    def _may(self, tolerance: Tolerance, at: str) -> bool:
        if tolerance not in self.allowed:
            return False
        self.issues.append(
            Issue(f"tolerated-{tolerance.value}", _WORDS[tolerance], at, "structure", severity="warning")
        )
        return True
