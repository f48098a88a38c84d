"""If-None-Exist: http://hl7.org/fhir/R4/http.html#ccreate

The condition is an identifier that the resource itself bears. It is claimed in the transaction that creates, so of many
creates that race for it one creates, and the others find what it made. The claim is the client's own.
"""

import hashlib
from typing import Any, cast
from urllib.parse import parse_qsl

from fhir_mappings.elements import token
from fhir_mappings.identifiers import canonical
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.values import Json
from hub.actions.transaction import Once
from hub.actions.upkeep import IDENTIFIER_KEYS


def condition_of(kind: str, said: str | None, resource: Json) -> list[Once]:
    """What is claimed by a create under this condition; nothing without one. Raises `BadInput`."""
    if said is None:
        return []
    match parse_qsl(said.removeprefix("?"), keep_blank_values=True):
        case [("identifier", text)] if text.count("|") == 1:
            system, value = text.split("|")
        case _:
            message = "the condition is identifier=system|value"
            raise BadInput(Issue("if-none-exist-form", message, code="not-supported", status=400))
    wanted = (canonical(system), value)
    if wanted not in _identifiers(resource):
        message = "the condition names an identifier that the resource does not have, and so would never be met"
        raise BadInput(Issue("if-none-exist-identifier", message, f"{kind}.identifier", "invariant", status=400))
    digest = hashlib.sha256("|".join(wanted).encode()).hexdigest()
    return [Once(f"{IDENTIFIER_KEYS}{kind}:{digest}", digest)]


def _identifiers(resource: Json) -> list[tuple[str, str] | None]:
    said: Any = resource.get("identifier", [])
    several = cast("list[Any]", said) if isinstance(said, list) else [said]
    return [token(cast("Json", each)) for each in several if isinstance(each, dict)]
