"""Saving advice with its needs, outcomes, provision and documents; and reading it back for who may see it."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.sharing import Asking
from hub.law.reg8_time_limit import says_something
from hub.law.vocabulary import AdviceKind, Source


@dataclass(frozen=True, slots=True)
class AdvisedProvision:
    """Provision that the adviser thinks is required, as specified and quantified as the advice makes it."""

    description: str
    frequency: str | None = None
    minutes_per_week: int | None = None
    delivered_by: str | None = None
    qualification: str | None = None
    setting: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document as it came."""

    title: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice on needs, on the provision that may be required and on outcomes (SEND Regs 2014 reg. 6(1))."""

    kind: AdviceKind
    given_on: date
    author: str | None = None
    registration: str | None = None
    needs: Sequence[str] = ()
    outcomes: Sequence[str] = ()
    provision: Sequence[AdvisedProvision] = ()
    documents: Sequence[Attachment] = ()

    @property
    def says_something(self) -> bool:
        texts = (*self.needs, *self.outcomes, *(each.description for each in self.provision))
        return bool(self.documents) or any(says_something(text) for text in texts)


@dataclass(frozen=True, slots=True)
class RecordedAdvice:
    """Advice with where it is kept, what it answers and which body gave it."""

    owner_id: UUID
    child_id: UUID
    id: UUID
    given_by_id: UUID | None
    cooperation_request_id: UUID | None
    received_at: datetime | None
    advice: Advice


async def insert_advice(
    connection: AsyncConnection,
    recorded: RecordedAdvice,
    *,
    source: Source,
    source_id: UUID | None,
    ids: Callable[[], UUID],
) -> None:
    """Insert the advice and all its rows; `ids` gives each row its id."""
    advice = recorded.advice
    key = {"owner_id": recorded.owner_id, "child_id": recorded.child_id}
    await connection.execute(
        insert(tables.advice).values(
            **key,
            id=recorded.id,
            cooperation_request_id=recorded.cooperation_request_id,
            kind=advice.kind,
            given_by_id=recorded.given_by_id,
            author=advice.author,
            registration=advice.registration,
            given_on=advice.given_on,
            received_at=recorded.received_at,
            source=source,
            source_id=source_id,
        )
    )
    part = key | {"advice_id": recorded.id}
    rows: dict[Any, list[dict[str, Any]]] = {
        tables.advised_need: [
            part | {"id": ids(), "ordinal": place, "description": text} for place, text in enumerate(advice.needs, 1)
        ],
        tables.advised_outcome: [
            part | {"id": ids(), "ordinal": place, "description": text} for place, text in enumerate(advice.outcomes, 1)
        ],
        tables.advised_provision: [
            part
            | {
                "id": ids(),
                "ordinal": place,
                "description": each.description,
                "frequency": each.frequency,
                "minutes_per_week": each.minutes_per_week,
                "delivered_by": each.delivered_by,
                "qualification": each.qualification,
                "setting": each.setting,
            }
            for place, each in enumerate(advice.provision, 1)
        ],
    }
    for table, values in rows.items():
        if values:
            await connection.execute(insert(table), values)
    await insert_documents(connection, part, advice.documents, at=recorded.received_at, ids=ids)


async def insert_documents(
    connection: AsyncConnection,
    key: Mapping[str, UUID],
    documents: Sequence[Attachment],
    *,
    at: datetime | None,
    ids: Callable[[], UUID],
) -> None:
    """Insert documents that belong to the advice or the request in `key`."""
    rows = [
        {
            **key,
            "id": ids(),
            "title": each.title,
            "media_type": each.media_type,
            "size": len(each.content),
            "sha256": each.sha256,
            "content": each.content,
            "created_at": at,
        }
        for each in documents
    ]
    if rows:
        await connection.execute(insert(tables.document), rows)


async def several_advice(connection: AsyncConnection, asking: Asking, ids: Collection[UUID]) -> list[RecordedAdvice]:
    """Those of the advice that the body may see, whole and with their documents, in the order of their ids."""
    table = tables.advice
    seen = select(table).where(table.c.id.in_(list(ids)), sharing.may_see(table, asking))
    rows = (await connection.execute(seen.order_by(table.c.id, table.c.owner_id))).mappings().all()
    owners = {row["owner_id"] for row in rows}

    async def parts(of: Any) -> dict[tuple[UUID, UUID], list[Any]]:
        found = select(of).where(of.c.owner_id.in_(owners), of.c.advice_id.in_([row["id"] for row in rows]))
        ordered = found.order_by(of.c.ordinal if "ordinal" in of.c else of.c.id)
        below: dict[tuple[UUID, UUID], list[Any]] = defaultdict(list)
        for each in (await connection.execute(ordered)).mappings():
            below[each["owner_id"], each["advice_id"]].append(each)
        return below

    if not rows:
        return []
    needs, outcomes = await parts(tables.advised_need), await parts(tables.advised_outcome)
    provision, documents = await parts(tables.advised_provision), await parts(tables.document)
    return [
        RecordedAdvice(
            row["owner_id"],
            row["child_id"],
            row["id"],
            row["given_by_id"],
            row["cooperation_request_id"],
            row["received_at"],
            Advice(
                kind=row["kind"],
                given_on=row["given_on"],
                author=row["author"],
                registration=row["registration"],
                needs=tuple(each["description"] for each in needs[row["owner_id"], row["id"]]),
                outcomes=tuple(each["description"] for each in outcomes[row["owner_id"], row["id"]]),
                provision=tuple(_provision(each) for each in provision[row["owner_id"], row["id"]]),
                documents=tuple(
                    Attachment(each["title"], each["media_type"], each["content"])
                    for each in documents[row["owner_id"], row["id"]]
                ),
            ),
        )
        for row in rows
    ]


def _provision(row: Mapping[str, Any]) -> AdvisedProvision:
    names = ("description", "frequency", "minutes_per_week", "delivered_by", "qualification", "setting")
    return AdvisedProvision(*(row[name] for name in names))
