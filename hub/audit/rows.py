"""Audit rows in the one order and the one form in which they are sealed.

Order: by the transaction that recorded the row, then by its table's name and its id. Transactions commit in another
order than they begin in; but below the horizon, the oldest transaction that is still open, all has been decided and no
row can appear any more (`hub.db.feed` rests on the same), so that what is sealed below it is sealed once and whole.

Form: `["table",{"column":"text",...}]` as canonical JSON (RFC 8785), each column as the text that PostgreSQL writes
(instants in UTC, with microseconds). A column without a value is left out, so that a further column, which old rows
have no value in, leaves them as they were sealed. Whoever changes this form, or gives old rows a value in a new column,
breaks every seal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from sqlalchemy import Column, DateTime, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.merkle import leaf_hash
from hub.db import tables

KINDS = {str(each.name): each for each in (tables.broken_glass, tables.denied_attempt, tables.disclosure, tables.event)}
"""The tables that are sealed, in the order of their names."""
_MOMENT = {"broken_glass": "opened_at"}
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row stands in the log. `id` is written as PostgreSQL writes it, which sorts as the id does."""

    recorded_in: int
    kind: str
    id: str


FIRST = Place(-1, "", "00000000-0000-0000-0000-000000000000")
"""Before every row."""


@dataclass(frozen=True, slots=True)
class Row:
    """An audit row: its place, when it was recorded (as the form writes it), and the hash of its form."""

    place: Place
    recorded_at: str
    leaf: bytes


def form(kind: str, columns: Iterable[tuple[str, str | None]]) -> bytes:
    """The bytes whose hash is sealed, of a row's columns in the order of their names."""
    return orjson.dumps([kind, {name: text for name, text in columns if text is not None}])


async def horizon(connection: AsyncConnection) -> int:
    """Below it every transaction has ended."""
    cursor = await (await driver(connection)).execute(_HORIZON)
    found = await cursor.fetchone()
    return int(found[0]) if found else 0


async def driver(connection: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    """The connection as psycopg has it: many rows go faster without SQLAlchemy between."""
    found: Any = (await connection.get_raw_connection()).driver_connection
    return found


async def read(connection: AsyncConnection, *, after: Place, below: int, most: int) -> list[Row]:
    """The next rows in order, at least one if there is one, at most about `most` of each kind."""
    raw = await driver(connection)
    found: list[Row] = []
    end: Place | None = None
    for kind, reading in _READINGS.items():
        place = {"recorded_in": after.recorded_in, "id": after.id, "below": below, "most": most}
        cursor = await raw.execute(reading.sql[_which(kind, after)], place)
        rows = [reading.row(each) for each in await cursor.fetchall()]
        found += rows
        if len(rows) == most:
            last = rows[-1].place
            end = last if end is None else min(end, last)
    found.sort(key=lambda row: row.place)
    if end is None:
        return found
    return [row for row in found if row.place <= end]


async def count(connection: AsyncConnection, *, after: Place, below: int) -> int:
    """How many rows there are after a place."""
    raw, counted = await driver(connection), 0
    for kind in KINDS:
        condition = _CONDITIONS[_which(kind, after)]
        cursor = await raw.execute(
            f"SELECT count(*) FROM {kind} AS t WHERE t.recorded_in >= %(recorded_in)s AND {condition} "  # noqa: S608  (our names)
            "AND t.recorded_in < %(below)s".encode(),
            {"recorded_in": after.recorded_in, "id": after.id, "below": below},
        )
        found = await cursor.fetchone()
        counted += found[0] if found else 0
    return counted


def _which(kind: str, after: Place) -> str:
    """How rows of this kind that come after a place are told, where its transaction may be theirs too."""
    return "after" if kind == after.kind else "later" if kind < after.kind else "from"


class _Reading:
    """How the rows of one table are read."""

    def __init__(self, table: Table) -> None:
        self._kind = str(table.name)
        self._names = sorted(str(each.name) for each in table.columns)
        self._at = self._names.index(_MOMENT.get(table.name, "recorded_at"))
        columns = ", ".join(_as_text(table.c[name]) for name in self._names)
        self.sql = {
            which: (
                f"SELECT t.recorded_in, t.id::text, {columns} FROM {table.name} AS t "  # noqa: S608  (the code's names)
                f"WHERE t.recorded_in >= %(recorded_in)s AND {condition} AND t.recorded_in < %(below)s "
                "ORDER BY t.recorded_in, t.id LIMIT %(most)s"
            ).encode()
            for which, condition in _CONDITIONS.items()
        }

    def row(self, read: Sequence[Any]) -> Row:
        texts = read[2:]
        members = zip(self._names, texts, strict=True)
        return Row(Place(read[0], self._kind, read[1]), texts[self._at], leaf_hash(form(self._kind, members)))


_CONDITIONS = {
    "after": "(t.recorded_in, t.id) > (%(recorded_in)s, %(id)s::uuid)",
    "later": "t.recorded_in > %(recorded_in)s",
    "from": "true",
}


# A merge moves a row to the record that stays; it was sealed as that of the record that is no more (`identity_merge`).
_OWN_FORM = {
    ("broken_glass", "child_id"): (
        "coalesce((SELECT m.former_child_id FROM identity_merge AS m WHERE m.owner_id = t.owner_id "
        "AND m.split_at IS NULL AND m.moved -> 'broken_glass.child_id' ? t.id::text "
        "ORDER BY m.merged_at LIMIT 1), t.child_id)::text"
    )
}


def _as_text(column: Column[Any]) -> str:
    if (own := _OWN_FORM.get((column.table.name, column.name))) is not None:
        return own
    return in_utc(f"t.{column.name}") if isinstance(column.type, DateTime) else f"t.{column.name}::text"


def in_utc(instant: str) -> str:
    """An instant in SQL as the form writes it."""
    return f"""to_char({instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


_READINGS = {kind: _Reading(table) for kind, table in KINDS.items()}
