"""What is recorded for good: events (what was done), disclosures (what was seen, by whom, why), and denied attempts.

All are rows that the serving role may only insert. An event's facts are codes, dates and ids; never a name, a number
that identifies a child, or free text.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.grouping import Grouped
from hub.db import tables
from hub.db.statements import Statements
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Part
from hub.observe import DENIED_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done to a record, named in the past tense: `cooperation_requested`, `advice_submitted`."""

    kind: str
    owner_id: UUID
    about_type: str
    about_id: UUID
    child_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What one operation showed of one child, and what it withheld."""

    owner_id: UUID
    child_id: UUID
    shown: frozenset[Part]
    withheld: frozenset[Part]


@dataclass(frozen=True)
class Operation:
    """What was asked, without the values that were asked with."""

    name: str
    text: str

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


EVENTS_STORED = """
INSERT INTO event (
    id, recorded_at, kind, owner_id, child_id, about_type, about_id, organisation_id, client_id, person, token_id,
    purpose, facts)
SELECT
    id, recorded_at, kind, owner_id, child_id, about_type, about_id, organisation_id, client_id, person, token_id,
    purpose, facts
FROM json_to_recordset(CAST(:events AS json)) AS said (
    id uuid, recorded_at timestamptz, kind text, owner_id uuid, child_id uuid, about_type text, about_id uuid,
    organisation_id uuid, client_id text, person text, token_id text, purpose text, facts jsonb)
"""
"""Stores rows as `event_row` makes them."""


def event_row(event: Event, *, event_id: UUID, caller: Caller | None, at: datetime) -> dict[str, Any]:
    """An event as it is stored."""
    return {
        "id": event_id,
        "recorded_at": at,
        "kind": event.kind,
        "owner_id": event.owner_id,
        "child_id": event.child_id,
        "about_type": event.about_type,
        "about_id": event.about_id,
        "organisation_id": caller.organisation if caller else None,
        "client_id": caller.client_id if caller else None,
        "person": caller.person if caller else None,
        "token_id": caller.token_id if caller else None,
        "purpose": caller.purpose if caller else None,
        "facts": dict(event.facts),
    }


async def record_event(
    connection: AsyncConnection, event: Event, *, event_id: UUID, caller: Caller | None, at: datetime
) -> None:
    """Insert the event in the caller's transaction, so that it exists if and only if what it tells of does."""
    row = event_row(event, event_id=event_id, caller=caller, at=at)
    await connection.execute(insert(tables.event).values(row))


class Reading(NamedTuple):
    """What one operation showed of several children of one owner alike; their rows have ids that follow `first_id`."""

    first_id: UUID
    owner_id: UUID | str
    children: Sequence[UUID | str]
    shown: frozenset[Part]
    withheld: frozenset[Part]
    ground: str
    caller: Caller
    operation: Operation
    at: datetime


class DisclosureLog(Grouped[Reading]):
    """Records what single statements showed."""

    def __init__(self, statements: Statements) -> None:
        super().__init__(statements, _RECORD, reading_row)


@dataclass(frozen=True, slots=True)
class Denial:
    """An attempt that was refused: who tried what, and by which rule it was not allowed. Never what was asked for.

    A NOT_FOUND is recorded for every id that does not exist for the caller, whether or not it exists for others: to
    find out which it was would cost time that tells it.
    """

    code: str
    rule: str
    operation: Operation
    caller: Caller


class Denials(Grouped[tuple[UUID, Denial, datetime]]):
    """Records attempts that were refused, before the refusal is told."""

    def __init__(self, statements: Statements, *, clock: Callable[[], datetime], new_id: Callable[[], UUID]) -> None:
        super().__init__(statements, _DENY, _denied_row)
        self._clock = clock
        self._new_id = new_id

    async def deny(self, *denials: Denial) -> None:
        """Returns when they are durable; raises `Problem` BUSY where they could not be stored."""
        if denials:
            await self.record([(self._new_id(), denial, self._clock()) for denial in denials])
            for denial in denials:
                DENIED_ATTEMPTS.labels(denial.rule).inc()


DENIED: frozenset[Kind] = frozenset({Kind.FORBIDDEN, Kind.NOT_FOUND})
"""The kinds of problem that are denied attempts. Without a caller there is nobody to record: those are in the logs."""


def denial_of(problem: Problem, caller: Caller, operation: Operation) -> list[Denial]:
    """The denied attempt that a problem ends, if it is one."""
    if problem.kind not in DENIED:
        return []
    return [Denial(problem.kind.value, problem.rule or problem.kind.value, operation, caller)]


_DENY = b"""
INSERT INTO denied_attempt (
    id, recorded_at, organisation_id, client_id, person, token_id, purpose, code, rule, operation, operation_hash
)
SELECT id, at, organisation_id, client_id, person, token_id, purpose, code, rule, operation, operation_hash
FROM json_to_recordset($1::json) AS denied (
    id uuid, at timestamptz, organisation_id uuid, client_id text, person text, token_id text, purpose text,
    code text, rule text, operation text, operation_hash text
)
"""


def _denied_row(record: tuple[UUID, Denial, datetime]) -> dict[str, Any]:
    denial_id, denial, at = record
    return {
        "id": denial_id,
        "at": at,
        "code": denial.code,
        "rule": denial.rule,
        **_asked(denial.caller, denial.operation),
    }


# The last five digits of a row's id count the children of a reading, of whom there are fewer than a million.
READINGS_STORED = b"""
INSERT INTO disclosure (
    id, recorded_at, owner_id, child_id, organisation_id, client_id, person, token_id, purpose, ground,
    operation, operation_hash, parts_shown, parts_withheld
)
SELECT
    (left(reading.first_id, -5) || lpad(to_hex(child.place), 5, '0'))::uuid, reading.at, reading.owner_id,
    child.id::uuid, reading.organisation_id, reading.client_id, reading.person, reading.token_id, reading.purpose,
    reading.ground, reading.operation, reading.operation_hash, reading.shown, reading.withheld
"""
"""What is stored of each `reading` and each `child` in it; where both come from, the statement goes on to say."""

_RECORD = (
    READINGS_STORED
    + b"""FROM json_to_recordset($1::json) AS reading (
    first_id text, owner_id uuid, children json, at timestamptz, organisation_id uuid, client_id text, person text,
    token_id text, purpose text, ground text, operation text, operation_hash text, shown text[], withheld text[]
), json_array_elements_text(reading.children) WITH ORDINALITY AS child (id, place)
"""
)


def reading_row(reading: Reading) -> dict[str, Any]:
    """A reading as the statement takes it."""
    return {
        "first_id": reading.first_id,
        "owner_id": reading.owner_id,
        "children": reading.children,
        "at": reading.at,
        "ground": reading.ground,
        "shown": _words(reading.shown),
        "withheld": _words(reading.withheld),
        **_asked(reading.caller, reading.operation),
    }


def _asked(caller: Caller, operation: Operation) -> dict[str, Any]:
    """Who asked, for what purpose, and what."""
    return {
        "organisation_id": caller.organisation,
        "client_id": caller.client_id,
        "person": caller.person,
        "token_id": caller.token_id,
        "purpose": caller.purpose,
        "operation": operation.name,
        "operation_hash": operation.hash,
    }


@lru_cache(maxsize=1_000)
def _words(parts: frozenset[Part]) -> Sequence[str]:
    return sorted(part.value for part in parts)


DISCLOSURES_STORED = """
INSERT INTO disclosure (
    id, recorded_at, owner_id, child_id, organisation_id, client_id, person, token_id, purpose, ground, operation,
    operation_hash, parts_shown, parts_withheld)
SELECT
    id, recorded_at, owner_id, child_id, organisation_id, client_id, person, token_id, purpose, ground, operation,
    operation_hash, parts_shown, parts_withheld
FROM json_to_recordset(CAST(:disclosures AS json)) AS said (
    id uuid, recorded_at timestamptz, owner_id uuid, child_id uuid, organisation_id uuid, client_id text, person text,
    token_id text, purpose text, ground text, operation text, operation_hash text, parts_shown text[],
    parts_withheld text[])
"""
"""Stores rows as `disclosure_rows` makes them."""


def disclosure_rows(
    disclosures: Iterable[tuple[UUID, Disclosure]], *, caller: Caller, operation: Operation, ground: str, at: datetime
) -> list[dict[str, Any]]:
    """One row for each child that the operation showed something of."""
    return [
        {
            "id": disclosure_id,
            "recorded_at": at,
            "owner_id": each.owner_id,
            "child_id": each.child_id,
            "ground": ground,
            **_asked(caller, operation),
            "parts_shown": _words(each.shown),
            "parts_withheld": _words(each.withheld),
        }
        for disclosure_id, each in disclosures
    ]


async def record_disclosures(
    connection: AsyncConnection,
    disclosures: Iterable[tuple[UUID, Disclosure]],
    *,
    caller: Caller,
    operation: Operation,
    ground: str,
    at: datetime,
) -> None:
    """Insert one row for each child that the operation showed something of. No answer leaves before this is durable."""
    rows = disclosure_rows(disclosures, caller=caller, operation=operation, ground=ground, at=at)
    if rows:
        await connection.execute(insert(tables.disclosure), rows)
