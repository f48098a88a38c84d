"""Forms and queries, read strictly: each parameter once, nothing in the wrong place, nothing too large."""

from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import InvalidRequestError
from starlette.requests import Request

_MOST_BYTES = 256 * 1024
"""Room for a list of scopes that is far too long, so that it is told so; an assertion has its own, smaller limit."""

_MOST_PARAMETERS = 32
_FORM = "application/x-www-form-urlencoded"


async def form_parameters(request: Request) -> dict[str, str]:
    """The form's parameters (RFC 6749 s. 3.2): each at most once, and one without a value counts as left out."""
    if request.url.query:
        raise InvalidRequestError("parameters stand in the body, never in the address, where they would be logged")
    media_type, _, options = request.headers.get("content-type", "").lower().partition(";")
    if media_type.strip() != _FORM or options.strip() not in {"", "charset=utf-8"}:
        raise InvalidRequestError(f"the content type must be {_FORM}")
    try:
        text = (await _body(request)).decode("ascii")
    except ValueError as error:
        raise InvalidRequestError("the body is not a form") from error
    return parameters_of(text)


def parameters_of(text: str) -> dict[str, str]:
    """The parameters in a form or a query. Raises InvalidRequestError."""
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError as error:
        raise InvalidRequestError("the body is not a form") from error
    if len(pairs) != len({name for name, _ in pairs}):
        raise InvalidRequestError("a parameter stands in the form more than once")
    return {name: value for name, value in pairs if value}


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise InvalidRequestError("the body is too large", status_code=413)
    return bytes(body)
