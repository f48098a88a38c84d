"""How a page asks: by a document that the hub ships, with the token of whoever looks at it, of the same schema and the
same execution as every client. There is no other way from a page to a record.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from hub.errors import Kind, Problem


class Holder(Protocol):
    """Somebody with a token, and what they look for; None: what their client mostly does."""

    @property
    def token(self) -> str: ...

    @property
    def purpose(self) -> str | None: ...


class Execute(Protocol):
    """What runs a shipped document for the holder of a token, and answers as every client is answered."""

    def __call__(
        self, holder: Holder, document: str, variables: Mapping[str, Any], idempotency_key: str | None
    ) -> Awaitable[bytes]: ...


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks the schema for one page."""

    execute: Execute

    async def answer(
        self, holder: Holder, document: str, *, key: str | None = None, **variables: Any
    ) -> dict[str, Any]:
        """The answer's data. Raises `Problem` where there is none; what one field was refused is absent from it."""
        answer = orjson.loads(await self.execute(holder, document, variables, key))
        data: dict[str, Any] | None = answer.get("data")
        if data is None or all(value is None for value in data.values()):
            raise _problem(answer.get("errors", ()))
        return data


def _problem(errors: Any) -> Problem:
    """Nothing came: the first error says why, and without one it does not exist."""
    if not errors:
        return Problem(Kind.NOT_FOUND, "there is no such record for you", rule="not-found")
    first = errors[0]
    code, rule = first["extensions"]["code"], first["extensions"].get("rule")
    if code not in set(Kind):
        raise RuntimeError(first["message"])
    said = first["extensions"].get("argument") or ()
    return Problem(Kind(code), first["message"], rule=rule, path=tuple(str(step) for step in said))
