"""What every exchange has: a media type that both sides speak, a body within its limit, headers that are given back.

http://hl7.org/fhir/R4/http.html#general
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.values import Json

FHIR_JSON = "application/fhir+json"

_JSON = frozenset({FHIR_JSON, "application/json"})
_ANY = frozenset({"*/*", "application/*"})
_FORMATS = _JSON | {"json"}
_RETURNS = ("minimal", "representation", "OperationOutcome")
_VERSIONS = frozenset({"4.0", "4.0.1"})
_HEADER_ID = re.compile(r"[\x21-\x7e]{1,128}")
_MIRRORED = ("X-Request-ID", "X-Correlation-ID")


def fhir_response(content: Json, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A resource as the answer. Nothing that this face says may be kept by a cache on the way."""
    return Response(to_json(content), status, {"Cache-Control": "no-store", **(headers or {})}, media_type=FHIR_JSON)


def to_json(content: Json) -> bytes:
    """The bytes of a resource. A decimal is written as it is: its last zeros say how exact it is."""
    return orjson.dumps(content, default=_exact)


def _exact(value: object) -> orjson.Fragment:
    if not isinstance(value, Decimal):
        raise TypeError(type(value).__name__)
    return orjson.Fragment(f"{value:f}")


def mirror(request: Request, response: Response) -> None:
    """Give back the ids by which the sender knows this exchange."""
    for name in _MIRRORED:
        given = request.headers.get(name, "")
        if _HEADER_ID.fullmatch(given):
            response.headers[name] = given


def request_id(request: Request) -> str | None:
    """X-Request-ID, by which a repeated write is known (NHS England API platform). Raises `BadInput`."""
    given = request.headers.get("X-Request-ID")
    if given is not None and not _HEADER_ID.fullmatch(given):
        message = "X-Request-ID is 1 to 128 visible ASCII characters, best a UUID"
        raise BadInput(Issue("request-id-format", message, status=400))
    return given


def prefers(request: Request, preference: str) -> bool:
    """Whether the Prefer header names this preference, such as `return=minimal`."""
    said = request.headers.get("Prefer", "").replace(";", ",").split(",")
    return preference in {each.strip().replace(" ", "").casefold() for each in said}


def preferred(request: Request) -> str | None:
    """What the answer to a write shall hold: `minimal`, `representation` or `OperationOutcome`; None: not said."""
    return next((each for each in _RETURNS if prefers(request, f"return={each.casefold()}")), None)


def check_acceptable(request: Request) -> None:
    """Raises `BadInput` (406) where the caller wants another format than JSON, or another FHIR version."""
    wanted = request.query_params.get("_format")
    if wanted is not None:
        if wanted.replace(" ", "+").partition(";")[0] not in _FORMATS:
            raise _not_acceptable()
        return
    accepted = request.headers.get("Accept") or "*/*"
    if not any(_is_ours(each) for each in accepted.split(",")):
        raise _not_acceptable()


def _is_ours(media_range: str) -> bool:
    media_type, *parameters = (part.strip() for part in media_range.split(";"))
    said = dict(part.split("=", 1) for part in parameters if "=" in part)
    if said.get("fhirVersion", "4.0").strip('"') not in _VERSIONS or said.get("q") in {"0", "0.0", "0.00", "0.000"}:
        return False
    return media_type.casefold() in _JSON | _ANY


def _not_acceptable() -> BadInput:
    message = f"this face speaks {FHIR_JSON} (FHIR R4, 4.0.1) only"
    return BadInput(Issue("not-acceptable", message, code="not-supported", status=406))


def check_content_type(request: Request, *, form: bool = False) -> None:
    """Raises `BadInput` (415) unless the body says that it is FHIR JSON, or a form, in UTF-8."""
    media_type, *parameters = (part.strip() for part in request.headers.get("Content-Type", "").split(";"))
    said = dict(part.split("=", 1) for part in parameters if "=" in part)
    wanted = {"application/x-www-form-urlencoded"} if form else _JSON
    right_version = said.get("fhirVersion", "4.0").strip('"') in _VERSIONS
    right_charset = said.get("charset", "utf-8").strip('"').casefold() in {"utf-8", "utf8"}
    if media_type.casefold() not in wanted or not right_version or not right_charset:
        message = f"the body must be {' or '.join(sorted(wanted))} in UTF-8, and FHIR R4"
        raise BadInput(Issue("content-type", message, code="not-supported", status=415))


async def read_body(request: Request, *, most: int, hear: Callable[[bytes], object] | None = None) -> bytes:
    """The body, each part of which `hear` is told; raises `BadInput` (413) once it is larger than `most` bytes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if hear is not None:
            hear(part)
        if size > most:
            message = f"the body has at most {most} bytes"
            raise BadInput(Issue("body-too-large", message, code="too-long", status=413))
    return b"".join(parts)


def etag(version: Any) -> str:
    return f'W/"{version}"'
