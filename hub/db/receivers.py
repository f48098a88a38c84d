"""Receivers, where they may be, and their secrets, as rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.feed import Place
from hub.law.deliveries import Content, OffBecause, ReceiverKind, ReceiverStatus, SecretKind
from hub.law.reg17_disclosure import Purpose


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told, through which client of which body, where, of what, and how that goes.

    `told`: the number of the last event it was told. `failures`: in a row, since `failing_since`, the last of them
    `failed_with`.
    """

    id: UUID
    organisation_id: UUID
    client_id: str
    kind: ReceiverKind
    address: str
    topics: tuple[str, ...]
    purpose: Purpose
    content: Content
    reason: str
    status: ReceiverStatus
    created_at: datetime
    updated_at: datetime
    place: Place
    off_because: OffBecause | None = None
    ends_at: datetime | None = None
    heartbeat_s: int | None = None
    version: int = 1
    told: int = 0
    failures: int = 0
    failing_since: datetime | None = None
    failed_with: str | None = None
    paused_until: datetime | None = None
    last_told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the operator lets the hub send what concerns a client."""

    host: str
    port: int
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as it is kept: sealed."""

    id: UUID
    kind: SecretKind
    sealed: bytes
    public_key: str | None = None


async def add(connection: AsyncConnection, receiver: Receiver) -> None:
    await connection.execute(insert(tables.receiver).values(_values(receiver)))


async def save(connection: AsyncConnection, receiver: Receiver) -> None:
    """Keep it as it now is, as the next version. What the deliveries write is left as it stands."""
    left = ("id", "told", "failures", "failing_since", "failed_with", "paused_until", "last_told_at")
    values = {name: value for name, value in _values(receiver).items() if name not in left}
    table = tables.receiver
    await connection.execute(
        update(table).where(table.c.id == receiver.id).values(values | {"version": table.c.version + 1})
    )


async def find(
    connection: AsyncConnection, receiver_id: UUID, *, for_update: bool = False, skip_locked: bool = False
) -> Receiver | None:
    """With `skip_locked`, None too where somebody else holds it."""
    statement = select(tables.receiver).where(tables.receiver.c.id == receiver_id)
    if for_update:
        statement = statement.with_for_update(skip_locked=skip_locked)
    row = (await connection.execute(statement)).first()
    return None if row is None else receiver_from(row)


async def of_client(connection: AsyncConnection, client_id: str, kind: ReceiverKind) -> list[Receiver]:
    """A client's receivers of a kind, oldest first."""
    table = tables.receiver
    which = (table.c.client_id == client_id, table.c.kind == kind)
    rows = await connection.execute(select(table).where(*which).order_by(table.c.created_at, table.c.id))
    return [receiver_from(row) for row in rows]


async def all_of_them(connection: AsyncConnection, *statuses: ReceiverStatus) -> list[Receiver]:
    """Every receiver that has one of the statuses, oldest first; none given: any."""
    table = tables.receiver
    statement = select(table).order_by(table.c.created_at, table.c.id)
    if statuses:
        statement = statement.where(table.c.status.in_(statuses))
    return [receiver_from(row) for row in await connection.execute(statement)]


async def remove(connection: AsyncConnection, receiver_id: UUID) -> None:
    """Its secrets and deliveries go with it; the disclosures stay."""
    await connection.execute(delete(tables.receiver).where(tables.receiver.c.id == receiver_id))


async def set_fields(connection: AsyncConnection, receiver_id: UUID, values: Mapping[str, Any]) -> None:
    """Write what the deliveries keep of a receiver."""
    table = tables.receiver
    await connection.execute(update(table).where(table.c.id == receiver_id).values(dict(values)))


async def next_number(connection: AsyncConnection, receiver_id: UUID) -> int:
    """The number of the event that is told now, counted from one."""
    table = tables.receiver
    statement = update(table).where(table.c.id == receiver_id).values(told=table.c.told + 1).returning(table.c.told)
    return (await connection.execute(statement)).scalar_one()


def place_values(place: Place) -> dict[str, Any]:
    """How far a receiver has events of the feed, as its columns."""
    return {
        "after_recorded_in": place.recorded_in,
        "after_event_id": place.event_id,
        "after_about_id": place.about_id,
    }


# --- where


async def allow(
    connection: AsyncConnection, client_id: str, organisation_id: UUID, destination: Destination, *, at: datetime
) -> None:
    """Let the hub send there from now on what concerns the client; in place of what was said of that host before."""
    said = {"networks": list(destination.networks), "organisation_id": organisation_id, "allowed_at": at}
    statement = upsert(tables.destination).values(
        client_id=client_id, host=destination.host, port=destination.port, **said
    )
    keys = ["client_id", "host", "port"]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=said))


async def destination(connection: AsyncConnection, client_id: str, host: str, port: int) -> Destination | None:
    table = tables.destination
    which = (table.c.client_id == client_id, table.c.host == host, table.c.port == port)
    row = (await connection.execute(select(table).where(*which))).first()
    return None if row is None else Destination(row.host, row.port, tuple(row.networks))


# --- secrets


async def add_secret(connection: AsyncConnection, receiver_id: UUID, secret: Secret, *, at: datetime) -> None:
    await connection.execute(
        insert(tables.receiver_secret).values(
            id=secret.id,
            receiver_id=receiver_id,
            kind=secret.kind,
            sealed=secret.sealed,
            public_key=secret.public_key,
            created_at=at,
        )
    )


async def retire_secrets(
    connection: AsyncConnection, receiver_id: UUID, kinds: Collection[SecretKind], *, at: datetime
) -> None:
    """From then on the secrets of these kinds that are there now are used no more."""
    table = tables.receiver_secret
    which = (
        table.c.receiver_id == receiver_id,
        table.c.kind.in_(kinds),
        or_(table.c.retires_at.is_(None), table.c.retires_at > at),
    )
    await connection.execute(update(table).where(*which).values(retires_at=at))


async def secrets(connection: AsyncConnection, receiver_id: UUID, *, now: datetime) -> Sequence[Secret]:
    """Those in use, newest first. The serving role cannot read them."""
    table = tables.receiver_secret
    which = (table.c.receiver_id == receiver_id, or_(table.c.retires_at.is_(None), table.c.retires_at > now))
    rows = await connection.execute(select(table).where(*which).order_by(table.c.created_at.desc(), table.c.id.desc()))
    return [Secret(row.id, row.kind, row.sealed, row.public_key) for row in rows]


async def public_keys(connection: AsyncConnection, receiver_id: UUID, *, now: datetime) -> list[str]:
    """What the receiver checks signatures by, newest first."""
    table = tables.receiver_secret
    which = (
        table.c.receiver_id == receiver_id,
        table.c.public_key.is_not(None),
        or_(table.c.retires_at.is_(None), table.c.retires_at > now),
    )
    statement = select(table.c.public_key).where(*which).order_by(table.c.created_at.desc(), table.c.id.desc())
    return [str(key) for key in (await connection.execute(statement)).scalars()]


def _values(receiver: Receiver) -> dict[str, Any]:
    return {
        "id": receiver.id,
        "organisation_id": receiver.organisation_id,
        "client_id": receiver.client_id,
        "kind": receiver.kind,
        "address": receiver.address,
        "topics": list(receiver.topics),
        "purpose": receiver.purpose,
        "content": receiver.content,
        "reason": receiver.reason,
        "status": receiver.status,
        "off_because": receiver.off_because,
        "ends_at": receiver.ends_at,
        "heartbeat_s": receiver.heartbeat_s,
        "created_at": receiver.created_at,
        "updated_at": receiver.updated_at,
        **place_values(receiver.place),
    }


def receiver_from(row: Row[Any]) -> Receiver:
    return Receiver(
        id=row.id,
        organisation_id=row.organisation_id,
        client_id=row.client_id,
        kind=row.kind,
        address=row.address,
        topics=tuple(row.topics),
        purpose=row.purpose,
        content=row.content,
        reason=row.reason,
        status=row.status,
        created_at=row.created_at,
        updated_at=row.updated_at,
        place=Place(row.after_recorded_in, row.after_event_id, row.after_about_id),
        off_because=row.off_because,
        ends_at=row.ends_at,
        heartbeat_s=row.heartbeat_s,
        version=row.version,
        told=row.told,
        failures=row.failures,
        failing_since=row.failing_since,
        failed_with=row.failed_with,
        paused_until=row.paused_until,
        last_told_at=row.last_told_at,
    )
