"""JSON as FHIR means it (RFC 8259, http://hl7.org/fhir/R4/json.html): UTF-8, numbers exact, each name once.

What Python's parser lets pass is refused here; where in the document a name stands twice is found by the structural
check, which knows the place.
"""

import json
from decimal import Decimal
from typing import Any, NoReturn

from fhir_mappings.outcome import BadInput, Issue


class Repeating(dict[str, Any]):
    """A JSON object in which a name stood more than once."""


def parse(body: bytes) -> Any:
    """The document, its decimals as `Decimal`. Raises `BadInput` (400)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed("json-not-utf-8", "the body must be UTF-8") from error
    try:
        return json.loads(text, object_pairs_hook=_object, parse_float=Decimal, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise _malformed("json-syntax", f"not JSON: line {error.lineno}, column {error.colno}") from None
    except RecursionError as error:
        raise _malformed("too-deep", "the document is nested too deeply") from error
    except ValueError as error:  # an integer of thousands of digits
        raise _malformed("number-too-long", "a number has too many digits") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    return content if len(content) == len(pairs) else Repeating(content)


def _constant(_: str) -> NoReturn:
    raise _malformed("json-not-a-number", "NaN and Infinity are not JSON")


def _malformed(rule: str, message: str) -> BadInput:
    return BadInput(Issue(rule, message, code="structure", status=400))
