"""The SQL of an import: a batch of rows in one statement, and what is recorded of the children of a batch.

A batch travels as one JSON document, which PostgreSQL takes apart into rows by the table's own types: the same for any
role, with row-level security or without (COPY is refused there), and quicker than a statement for each row.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from sqlalchemy import Table, TextClause, any_, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Date, Text, Uuid

from hub.db import tables
from hub.law.vocabulary import Source

Row: TypeAlias = dict[str, Any]
"""The values of one row by column."""

FACTS: tuple[Table, ...] = (
    tables.child_identifier,
    tables.responsibility,
    tables.assessment,
    tables.plan,
    tables.placement,
    tables.need,
    tables.review,
    tables.personal_budget,
    tables.duty,
)
"""What is recorded about a child and touched by a return, each after those it refers to."""

STATEMENT_MS = 10 * 60 * 1000
"""How long one statement of an import may take, the wait for another import of the same authority included."""


async def wait_in_line(connection: AsyncConnection, owner_id: UUID) -> None:
    """Wait until no other transaction imports for this owner; the next one waits for the end of this."""
    await connection.execute(text("SELECT set_config('statement_timeout', :limit, true)"), {"limit": str(STATEMENT_MS)})
    key = f"import:{owner_id}"
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


async def children_like(
    connection: AsyncConnection, owner_id: UUID, *, upns: Collection[str], births: Collection[date]
) -> list[Row]:
    """The owner's children with one of these UPNs or dates of birth. No other owner's row is ever looked at."""
    child = tables.child
    found = await connection.execute(
        select(child).where(
            child.c.owner_id == owner_id,
            or_(
                child.c.upn == any_(literal(list(upns), ARRAY(Text))),
                child.c.date_of_birth == any_(literal(list(births), ARRAY(Date))),
            ),
        )
    )
    return [dict(row) for row in found.mappings()]


async def facts_of(
    connection: AsyncConnection, owner_id: UUID, child_ids: Collection[UUID]
) -> dict[UUID, dict[str, list[Row]]]:
    """All that is recorded about these children, by child and by table."""
    known: dict[UUID, dict[str, list[Row]]] = {each: defaultdict(list) for each in child_ids}
    if not child_ids:
        return known
    for table in FACTS:
        statement = select(table).where(
            table.c.owner_id == owner_id, table.c.child_id == any_(literal(list(child_ids), ARRAY(Uuid)))
        )
        for row in (await connection.execute(statement.order_by(table.c.id))).mappings():
            known[row["child_id"]][table.name].append(dict(row))
    return known


async def settings_by_urn(connection: AsyncConnection, urns: Collection[str]) -> dict[str, UUID]:
    """The schools and colleges among these numbers that the hub knows as organisations."""
    organisation = tables.organisation
    found = await connection.execute(
        select(organisation.c.urn, organisation.c.id).where(organisation.c.urn == any_(literal(list(urns), ARRAY(Text))))
    )
    return {row.urn: row.id for row in found}


async def insert_rows(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; a column that a row does not name is NULL, or what the table gives a new row."""
    if rows:
        filled = [_given_to_new(table) | row for row in rows]
        await connection.execute(_insertion(table), {"rows": orjson.dumps(filled, default=_hex).decode()})


async def update_rows(connection: AsyncConnection, table: Table, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Write these columns of the rows with the same owner and id; a version goes up by one.

    Other columns are left alone, so that a change which someone else makes to them meanwhile is not lost.
    """
    if rows:
        only = [{name: row[name] for name in ("owner_id", "id", *columns)} for row in rows]
        await connection.execute(_replacement(table, columns), {"rows": orjson.dumps(only, default=_hex).decode()})


def _given_to_new(table: Table) -> Mapping[str, Any]:
    return _GIVEN_TO_NEW.get(table.name, {})


_GIVEN_TO_NEW: Mapping[str, Mapping[str, Any]] = {
    "child": {"version": 1},
    "assessment": {"reassessment": False, "historical": False},
    "duty": {"excused": False},
}


@cache
def _insertion(table: Table) -> TextClause:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    return text(
        f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM {_recordset(table)}'  # noqa: S608 (our own names)
    )


@lru_cache(maxsize=256)
def _replacement(table: Table, columns: tuple[str, ...]) -> TextClause:
    values = ", ".join(f'"{name}" = ' + ("kept.version + 1" if name == "version" else f'said."{name}"') for name in columns)
    return text(
        f'UPDATE "{table.name}" AS kept SET {values} FROM {_recordset(table)} AS said '  # noqa: S608 (our own names)
        "WHERE kept.owner_id = said.owner_id AND kept.id = said.id"
    )


def _recordset(table: Table) -> str:
    return f'json_populate_recordset(CAST(NULL AS "{table.name}"), CAST(:rows AS json))'


def _hex(value: object) -> str:
    """Bytes as PostgreSQL reads them."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"no JSON for {type(value).__name__}")


# --- what was imported before


async def authority_of(connection: AsyncConnection, la_code: str) -> UUID | None:
    """The authority with this code."""
    organisation = tables.organisation
    return await connection.scalar(select(organisation.c.id).where(organisation.c.la_code == la_code))


async def imported_before(connection: AsyncConnection, owner_id: UUID, sha256: str) -> bool:
    """Whether this file has been imported for the owner, and so is kept."""
    run = tables.import_run
    found = await connection.scalar(
        select(run.c.id).where(run.c.owner_id == owner_id, run.c.sha256 == sha256, run.c.kind == Source.SEN2_RETURN)
    )
    return found is not None


async def latest_reference_date(connection: AsyncConnection, owner_id: UUID) -> date | None:
    """The reference date of the latest return imported for the owner."""
    run = tables.import_run
    return await connection.scalar(
        select(func.max(run.c.reference_date)).where(run.c.owner_id == owner_id, run.c.kind == Source.SEN2_RETURN)
    )


async def quarantined(connection: AsyncConnection, owner_id: UUID) -> set[bytes]:
    """SHA-256 of each of the owner's persons that is in quarantine, not yet resolved."""
    item = tables.quarantined_item
    found = await connection.execute(
        select(func.sha256(item.c.content)).where(
            item.c.owner_id == owner_id, item.c.kind == Source.SEN2_RETURN, item.c.resolved_at.is_(None)
        )
    )
    return {bytes(row[0]) for row in found}


async def resolve_quarantined(
    connection: AsyncConnection, owner_id: UUID, contents: Collection[bytes], *, at: datetime
) -> None:
    """Mark the items with these contents (SHA-256) as resolved: the person has been imported since."""
    item = tables.quarantined_item
    for content in contents:
        await connection.execute(
            update(item)
            .where(
                item.c.owner_id == owner_id,
                item.c.kind == Source.SEN2_RETURN,
                item.c.resolved_at.is_(None),
                func.sha256(item.c.content) == content,
            )
            .values(resolved_at=at)
        )
