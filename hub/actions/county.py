"""Loads a synthetic county (`hub.county`) into a database that does not hold it yet, in one transaction."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    Table,
    Text,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
)

from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.county.county import County
from hub.db import tables
from hub.errors import conflict

_ROWS_AT_ONCE = 2_000


async def load_county(
    tx: Transaction, county: County, progress: Callable[[int], None] | None = None
) -> Mapping[str, int]:
    """Insert every row of the county, with an event for each child and one for the whole; answers the rows by table.

    `progress` is told how many more rows have been inserted, each time some have. Raises `Problem` CONFLICT where the
    database already holds one of the county's bodies.
    """
    await _must_be_new(tx, county)
    for name, rows in county.rows.items():
        await _insert(tx, tables.metadata.tables[name], rows, progress)
    await _insert(tx, tables.event, [_event(tx, child) for child in county.rows["child"]], None)
    counts = {name: len(rows) for name, rows in county.rows.items()}
    authority = county.authorities[0].id
    await tx.record(Event("county_loaded", authority, "Organisation", authority, facts={"rows": counts}))
    return counts


async def _must_be_new(tx: Transaction, county: County) -> None:
    organisation, rows = tables.organisation.c, county.rows["organisation"]
    codes = (organisation.id, organisation.la_code, organisation.ods_code, organisation.urn)
    held = or_(*(code.in_([row[code.name] for row in rows if row[code.name] is not None]) for code in codes))
    if await tx.connection.scalar(select(organisation.id).where(held).limit(1)) is not None:
        raise conflict("this database already holds bodies of the county", rule="county-already-loaded")


def _event(tx: Transaction, child: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": tx.new_id(),
        "recorded_at": tx.now,
        "kind": "county_loaded",
        "owner_id": child["owner_id"],
        "child_id": child["id"],
        "about_type": "Child",
        "about_id": child["id"],
        "facts": {"source": child["source"]},
    }


async def _insert(
    tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]], progress: Callable[[int], None] | None
) -> None:
    """Insert rows by the thousand: one JSON document a statement, which PostgreSQL turns into rows of the table."""
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[first : first + _ROWS_AT_ONCE]
        names = list(some[0])
        document = cast(literal(json.dumps(some, default=_as_json), Text), JSON)
        like: ColumnElement[Any] = literal_column(f"NULL::{table.name}")
        values = func.json_populate_recordset(like, document).table_valued(*map(column, names))
        await tx.connection.execute(insert(table).from_select(names, select(*(values.c[name] for name in names))))
        if progress is not None:
            progress(len(some))


def _as_json(value: object) -> str:
    match value:
        case UUID() | Decimal():
            return str(value)
        case date():  # an instant too
            return value.isoformat()
        case bytes():
            return f"\\x{value.hex()}"
        case _:
            raise TypeError(f"no column takes a {type(value).__name__}")
