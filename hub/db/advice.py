"""Saving advice with its needs, outcomes, provision and documents; and reading it back for who may see it."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from sqlalchemy import Date, Uuid, bindparam, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.fixed import Fixed
from hub.db.prepared import may_see, who
from hub.db.sharing import Asking
from hub.law.decisions import says_something
from hub.law.s37_provision import Specified
from hub.law.vocabulary import AdviceKind, Source

AdvisedProvision: TypeAlias = Specified
"""Provision that the adviser thinks is required."""


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
    came_on: date | None = None,
    advice_request_id: UUID | None = None,
) -> None:
    """Insert the advice and all its rows; `ids` gives each row its id.

    `came_on`: the advice that was sought has come, by the request that it answers or by this request for advice; the
    first that comes is what answers.
    """
    advice = recorded.advice
    said: dict[str, list[dict[str, Any]]] = {
        "needs": [{"id": ids(), "ordinal": place, "description": text} for place, text in enumerate(advice.needs, 1)],
        "outcomes": [
            {"id": ids(), "ordinal": place, "description": text} for place, text in enumerate(advice.outcomes, 1)
        ],
        "provision": [
            {"id": ids(), "ordinal": place, **_said_of(each)} for place, each in enumerate(advice.provision, 1)
        ],
    }
    whole = {
        "owner_id": recorded.owner_id,
        "id": recorded.id,
        "child_id": recorded.child_id,
        "cooperation_request_id": recorded.cooperation_request_id,
        "kind": advice.kind,
        "given_by_id": recorded.given_by_id,
        "author": advice.author,
        "registration": advice.registration,
        "given_on": advice.given_on,
        "received_at": recorded.received_at,
        "source": source,
        "source_id": source_id,
        "came_on": came_on,
        "advice_request_id": advice_request_id,
    }
    await _INSERT.run(connection, whole | {name: orjson.dumps(rows).decode() for name, rows in said.items()})
    key = {"owner_id": recorded.owner_id, "child_id": recorded.child_id, "advice_id": recorded.id}
    await insert_documents(connection, key, advice.documents, at=recorded.received_at, ids=ids)


_INSERT = Fixed(
    text(
        """
WITH needs AS (
    INSERT INTO advised_need (owner_id, id, child_id, advice_id, ordinal, description)
    SELECT :owner_id, said.id, :child_id, :id, ordinal, description
    FROM json_to_recordset(CAST(:needs AS json)) AS said (id uuid, ordinal integer, description text)),
outcomes AS (
    INSERT INTO advised_outcome (owner_id, id, child_id, advice_id, ordinal, description)
    SELECT :owner_id, said.id, :child_id, :id, ordinal, description
    FROM json_to_recordset(CAST(:outcomes AS json)) AS said (id uuid, ordinal integer, description text)),
provision AS (
    INSERT INTO advised_provision (owner_id, id, child_id, advice_id, ordinal, description, frequency,
        minutes_per_week, delivered_by, qualification, setting)
    SELECT :owner_id, said.id, :child_id, :id, ordinal, description, frequency, minutes_per_week, delivered_by,
        qualification, setting
    FROM json_to_recordset(CAST(:provision AS json)) AS said (id uuid, ordinal integer, description text,
        frequency text, minutes_per_week integer, delivered_by text, qualification text, setting text)),
came AS (
    UPDATE advice_request SET advice_id = :id, received_on = :came_on
    WHERE :came_on IS NOT NULL AND owner_id = :owner_id AND received_on IS NULL
      AND (id = :advice_request_id OR cooperation_request_id = :cooperation_request_id))
INSERT INTO advice (owner_id, id, child_id, cooperation_request_id, kind, given_by_id, author, registration, given_on,
    received_at, source, source_id)
VALUES (:owner_id, :id, :child_id, :cooperation_request_id, :kind, :given_by_id, :author, :registration, :given_on,
    :received_at, :source, :source_id)
"""
    ).bindparams(
        *(bindparam(each.name, type_=each.type) for each in tables.advice.c),
        bindparam("came_on", type_=Date()),
        bindparam("advice_request_id", type_=Uuid()),
    )
)


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
    seen = select(table).where(table.c.id.in_(list(ids)), may_see(table, asking))
    rows = (await connection.execute(seen.order_by(table.c.id, table.c.owner_id), who(asking))).mappings().all()
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


_PROVISION = tuple(each.name for each in fields(AdvisedProvision))


def _provision(row: Mapping[str, Any]) -> AdvisedProvision:
    return AdvisedProvision(**{name: row[name] for name in _PROVISION})


def _said_of(provision: AdvisedProvision) -> dict[str, Any]:
    return {name: getattr(provision, name) for name in _PROVISION}
