"""What a client asks and what it is answered, whoever works it out."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from hub.audit import Reading
from hub.errors import Kind
from hub.law.periods import london_day
from schema.errors_shown import attempts_in


class Request(NamedTuple):
    """What a client sent: the document, which operation of it, and with which variables."""

    document: str
    operation_name: str | None
    variables: Mapping[str, Any] | None
    idempotency_key: str | None = None

    @property
    def hash(self) -> str:
        """The same for the same request, and for no other: what an idempotency key is held to."""
        asked = [self.document, self.operation_name, self.variables]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


class Answer(NamedTuple):
    """The response as JSON. `code` is the first error's where there is no `data`; `compiled`: one statement made it.

    `denied` are the code and rule of what was refused or not found: an attempt to put on record. `readings` are what
    has been put on record of what it shows.
    """

    body: bytes
    code: str | None
    compiled: bool
    denied: frozenset[tuple[str, str]] = frozenset()
    readings: Sequence[Reading] = ()


NO_ATTEMPTS: frozenset[tuple[str, str]] = frozenset()
MISSED = frozenset({(Kind.NOT_FOUND.value, "not-found")})
"""What was looked up by an id or a code does not exist for the caller: the answer is null, and the attempt recorded."""


def refused(errors: list[dict[str, Any]]) -> Answer:
    """A request error: nothing has been answered."""
    code = errors[0]["extensions"]["code"]
    return Answer(orjson.dumps({"errors": errors}), code, compiled=False, denied=attempts_in(errors))


def today_at(now: datetime) -> date:
    """The date in London, by which every statutory period is counted."""
    return london_day(now)
