"""Everything that is recorded, as FHIR AuditEvents, a line each (NDJSON), in the order of the log of each kind."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from fhir_mappings.audit_event import Kind, Recorded, to_audit_event
from hub.db import tables
from hub.db.queries import Organisation, organisations_by_id
from hub.law.reg17_disclosure import Part, Purpose

BATCH = 1_000
_TABLES: Mapping[Kind, Table] = {
    Kind.EVENT: tables.event,
    Kind.DISCLOSURE: tables.disclosure,
    Kind.DENIED_ATTEMPT: tables.denied_attempt,
    Kind.BROKEN_GLASS: tables.broken_glass,
}


async def audit_events(
    connection: AsyncConnection, *, log: str, first: date | None = None, last: date | None = None
) -> AsyncIterator[bytes]:
    """The lines, of what was recorded from the first day to the last (in UTC; each left out: from or to the end)."""
    bodies: dict[UUID, Organisation] = {}
    for kind, table in _TABLES.items():
        place: tuple[int, UUID] = (-1, UUID(int=0))
        while rows := await _batch(connection, table, place, first, last):
            missing = {_body_id(row) for row in rows} - bodies.keys()
            bodies |= await organisations_by_id(connection, [each for each in missing if each is not None])
            for row in rows:
                yield orjson.dumps(to_audit_event(_recorded(kind, row, bodies), log=log)) + b"\n"
            place = (rows[-1]["recorded_in"], rows[-1]["id"])


async def _batch(
    connection: AsyncConnection, table: Table, place: tuple[int, UUID], first: date | None, last: date | None
) -> list[Mapping[str, Any]]:
    order = (table.c.recorded_in, table.c.id)
    moment = table.c.opened_at if "opened_at" in table.c else table.c.recorded_at
    statement = select(table).where(tuple_(*order) > tuple_(*place)).order_by(*order).limit(BATCH)
    day = func.date(func.timezone("UTC", moment))
    if first is not None:
        statement = statement.where(day >= first)
    if last is not None:
        statement = statement.where(day <= last)
    return [dict(row) for row in (await connection.execute(statement)).mappings()]


def _body_id(row: Mapping[str, Any]) -> UUID | None:
    return row["body_id"] if "body_id" in row else row["organisation_id"]


def _recorded(kind: Kind, row: Mapping[str, Any], bodies: Mapping[UUID, Organisation]) -> Recorded:
    body_id = _body_id(row)
    about = (row["about_type"], row["about_id"]) if row.get("about_id") else None
    return Recorded(
        kind=kind,
        id=row["id"],
        at=row.get("recorded_at") or row["opened_at"],
        what=_what(kind, row),
        body=bodies.get(body_id) if body_id else None,
        client_id=row["client_id"],
        person=row["person"],
        token_id=row.get("token_id"),
        purpose=Purpose.SAFEGUARDING if kind is Kind.BROKEN_GLASS else row["purpose"],
        child_id=row.get("child_id"),
        operation=row.get("operation"),
        operation_hash=row.get("operation_hash"),
        about=about,
        shown=[Part(word) for word in row.get("parts_shown", ())],
        withheld=[Part(word) for word in row.get("parts_withheld", ())],
    )


def _what(kind: Kind, row: Mapping[str, Any]) -> str:
    match kind:
        case Kind.EVENT:
            return row["kind"]
        case Kind.DISCLOSURE:
            return row["ground"]
        case Kind.DENIED_ATTEMPT:
            return f"{row['code']}: {row['rule']}"
        case Kind.BROKEN_GLASS:
            return "a record was opened in an emergency"  # the reason is free text, and stays in the hub
