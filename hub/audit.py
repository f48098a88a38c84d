"""What is recorded for good: events (what was done) and disclosures (what was seen, by whom, why).

Both are rows that the serving role may only insert. An event's facts are codes, dates and ids; never a name, a number
that identifies a child, or free text.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
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
