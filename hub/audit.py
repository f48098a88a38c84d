"""What is recorded for good: events (what was done) and disclosures (what was seen, by whom, why).

Both are rows that the serving role may only insert. An event's facts are codes, dates and ids; never a name, a number
that identifies a child, or free text.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.statements import Statements
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Part


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


@dataclass(frozen=True, slots=True)
class Operation:
    """What was asked, without the values that were asked with."""

    name: str
    text: str

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


async def record_event(
    connection: AsyncConnection, event: Event, *, event_id: UUID, caller: Caller | None, at: datetime
) -> None:
    """Insert the event in the caller's transaction, so that it exists if and only if what it tells of does."""
    await connection.execute(
        insert(tables.event).values(
            id=event_id,
            recorded_at=at,
            kind=event.kind,
            owner_id=event.owner_id,
            child_id=event.child_id,
            about_type=event.about_type,
            about_id=event.about_id,
            organisation_id=caller.organisation if caller else None,
            client_id=caller.client_id if caller else None,
            person=caller.person if caller else None,
            token_id=caller.token_id if caller else None,
            purpose=caller.purpose if caller else None,
            facts=dict(event.facts),
        )
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What one operation showed of several children alike: `children` are (row id, owner, child)."""

    children: Sequence[tuple[UUID, UUID | str, UUID | str]]
    shown: frozenset[Part]
    withheld: frozenset[Part]
    ground: str
    caller: Caller
    operation: Operation
    at: datetime


class DisclosureLog:
    """Records what single statements showed: all that wait are stored together, and each is told when it is durable."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._waiting: list[tuple[Sequence[Reading], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, readings: Sequence[Reading]) -> None:
        """Returns when they are durable; raises `Problem` BUSY where they could not be stored."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((readings, stored))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await stored

    async def _write(self) -> None:
        while self._waiting:
            now, self._waiting = self._waiting, []
            try:
                rows = [_row(reading) for readings, _ in now for reading in readings]
                await self._statements.do(_RECORD, [orjson.dumps(rows).decode()])
            except Exception as error:  # each who waits is told, whatever it was
                for _, stored in now:
                    if not stored.done():
                        stored.set_exception(error)
            else:
                for _, stored in now:
                    if not stored.done():
                        stored.set_result(None)


_RECORD = b"""
INSERT INTO disclosure (
    id, recorded_at, owner_id, child_id, organisation_id, client_id, person, token_id, purpose, ground,
    operation, operation_hash, parts_shown, parts_withheld
)
SELECT
    (child ->> 0)::uuid, reading.at, (child ->> 1)::uuid, (child ->> 2)::uuid, reading.organisation_id,
    reading.client_id, reading.person, reading.token_id, reading.purpose, reading.ground, reading.operation,
    reading.operation_hash, string_to_array(reading.shown, ','), string_to_array(reading.withheld, ',')
FROM json_to_recordset($1::json) AS reading (
    children json, at timestamptz, organisation_id uuid, client_id text, person text, token_id text, purpose text,
    ground text, operation text, operation_hash text, shown text, withheld text
), json_array_elements(reading.children) AS child
"""


def _row(reading: Reading) -> dict[str, Any]:
    caller = reading.caller
    return {
        "children": reading.children,
        "at": reading.at,
        "organisation_id": caller.organisation,
        "client_id": caller.client_id,
        "person": caller.person,
        "token_id": caller.token_id,
        "purpose": caller.purpose,
        "ground": reading.ground,
        "operation": reading.operation.name,
        "operation_hash": reading.operation.hash,
        "shown": _words(reading.shown),
        "withheld": _words(reading.withheld),
    }


def _words(parts: frozenset[Part]) -> str:
    return ",".join(sorted(parts))


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
    rows = [
        {
            "id": disclosure_id,
            "recorded_at": at,
            "owner_id": each.owner_id,
            "child_id": each.child_id,
            "organisation_id": caller.organisation,
            "client_id": caller.client_id,
            "person": caller.person,
            "token_id": caller.token_id,
            "purpose": caller.purpose,
            "ground": ground,
            "operation": operation.name,
            "operation_hash": operation.hash,
            "parts_shown": sorted(part.value for part in each.shown),
            "parts_withheld": sorted(part.value for part in each.withheld),
        }
        for disclosure_id, each in disclosures
    ]
    if rows:
        await connection.execute(insert(tables.disclosure), rows)
