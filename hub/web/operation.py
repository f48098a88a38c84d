"""One GraphQL operation, as every transport has it: what is asked, read strictly, and who finds and answers it."""

import hashlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Protocol, cast

from hub.errors import invalid
from hub.law.caller import Caller
from hub.law.interpretation import InvalidIdentifier, check_text


class Answer(Protocol):
    """A response as JSON; `code` is the first error's where there is no data."""

    @property
    def body(self) -> bytes: ...

    @property
    def code(self) -> str | None: ...


class Streams(Protocol):
    """What answers an operation over time: the schema, which this floor does not know."""

    def __call__(
        self,
        *,
        document: str,
        operation_name: str | None,
        variables: Mapping[str, Any] | None,
        idempotency_key: str | None,
        request_hash: str,
        caller_of: Callable[[], Awaitable[Caller]],
    ) -> AsyncGenerator[Answer]: ...


class Documents(Protocol):
    """What finds the document to run, by its text or its id; raises `Problem` where this caller may not run it."""

    async def __call__(self, caller: Caller, query: str | None, document_id: str | None) -> str: ...


def strict_json(text: bytes | str) -> Any:
    """Raises `Problem` INVALID for what is not JSON in UTF-8, or has numbers or texts that no one could mean."""
    try:
        decoded = text.decode() if isinstance(text, bytes) else text
        read: Any = json.loads(decoded, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_short)
    except (ValueError, RecursionError) as error:
        raise invalid("the body is not JSON in UTF-8", rule="not-json") from error
    _check_texts(read)
    return read


def parameters(read: Any) -> dict[str, Any]:
    """The parameters of a request; raises `Problem` INVALID that names the one at fault."""
    if not isinstance(read, dict):
        raise invalid("the body is a JSON object", rule="not-an-object")
    asked = cast(dict[str, Any], read)
    query, document_id = asked.get("query"), asked.get("documentId")
    name, variables = asked.get("operationName"), asked.get("variables")
    if query is not None and not isinstance(query, str):
        raise invalid("query is a string", rule="parameter-type", path=("query",))
    if document_id is not None and not isinstance(document_id, str):
        raise invalid("documentId is a string", rule="parameter-type", path=("documentId",))
    if name is not None and not isinstance(name, str):
        raise invalid("operationName is a string", rule="parameter-type", path=("operationName",))
    if variables is not None and not isinstance(variables, dict):
        raise invalid("variables is an object", rule="parameter-type", path=("variables",))
    if asked.get("extensions") is not None and not isinstance(asked["extensions"], dict):
        raise invalid("extensions is an object", rule="parameter-type", path=("extensions",))
    return {
        "query": query,
        "document_id": document_id,
        "operation_name": name,
        "variables": variables,
        "request_hash": hashlib.sha256(
            json.dumps([query or document_id, name, variables], sort_keys=True).encode()
        ).hexdigest(),
    }


def _check_texts(value: object) -> None:
    """No text with NUL or half a surrogate pair, at any depth."""
    waiting: list[object] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            try:
                check_text(each)
            except InvalidIdentifier as error:
                raise invalid(error.message, rule=error.rule) from error
        elif isinstance(each, list):
            waiting.extend(cast(list[object], each))
        elif isinstance(each, dict):
            waiting.extend(cast(dict[str, object], each))
            waiting.extend(cast(dict[str, object], each).values())


def _refuse_constant(_: str) -> float:
    raise ValueError("not a number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("too large a number")
    return value


def _short(text: str) -> int:
    if len(text) > 40:
        raise ValueError("too long a number")
    return int(text)
