"""Erasing one child's record: its rows, and what else says something of the child, wherever it was put.

Events and disclosures stay: they hold ids, codes and dates, and after this an id leads to nobody. What is searched for
in files and messages as they came is numbers, and names together with the day of birth; a file that cannot be searched
(compressed) goes too, since nobody can say that the child is not in it. What was read from it is in the records.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

from sqlalchemy import ARRAY, LargeBinary, bindparam, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.deliveries import DeliveryStatus

ERASED = "erased"
"""Why a delivery was withheld."""
COMPRESSED = (b"PK\x03\x04", b"\x1f\x8b")
"""How a zip (an XLSX too) and a gzip begin."""
SHORTEST = 6
"""A number of fewer characters is found in anything."""
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d-%m-%Y", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class Traces:
    """By what a file or message is known to speak of the child: a number; or both names and the day of birth."""

    numbers: tuple[bytes, ...]
    families: tuple[bytes, ...]
    givens: tuple[bytes, ...]
    days: tuple[bytes, ...]


async def traces(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> Traces:
    """All that any source or earlier record called the child."""
    found = (await connection.execute(_TRACES, {"owner": owner_id, "child": child_id})).mappings().all()
    numbers = {each for row in found for each in row["numbers"] if each and len(each) >= SHORTEST}
    families = {row["family"] for row in found if row["family"]}
    givens = {each for row in found for each in row["givens"]}
    born = {day for row in found if (day := row["born_on"]) is not None}
    days = _bytes({day.strftime(form) for day in born for form in _DAYS})
    return Traces(_written(numbers), _written(families), _written(givens), days)


def _written(words: Iterable[str]) -> tuple[bytes, ...]:
    """As XML, JSON and text have them."""
    return _bytes(form for word in words for form in {word, escape(word), json.dumps(word)[1:-1], *_as_typed(word)})


def _as_typed(word: str) -> set[str]:
    return (
        {word.upper(), f"{word[:3]} {word[3:6]} {word[6:]}"} if word.isdecimal() and len(word) == 10 else {word.upper()}
    )


def _bytes(words: Iterable[str]) -> tuple[bytes, ...]:
    """In the encodings in which files come: UTF-8, UTF-16 and Windows' own."""
    found = {each.encode(code, "ignore") for each in words for code in ("utf-8", "utf-16-le", "utf-16-be", "cp1252")}
    return tuple(sorted(each for each in found if len(each) > 1))


async def erase(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> Mapping[str, list[UUID]]:
    """Erase the child's record in this transaction; the ids of the rows that went, by table.

    A row without an id of its own counts as no id. Nothing else in the hub says who the child is afterwards.
    """
    left = await traces(connection, owner_id, child_id)
    files = await _forget_payloads(connection, owner_id, child_id, left)
    items = await _forget_quarantined(connection, owner_id, left)
    await _settle_deliveries(connection, owner_id, child_id)
    gone: dict[str, list[Any]] = await connection.scalar(_ERASE, {"owner": owner_id, "child": child_id}) or {}
    rows = {table: [UUID(each) for each in ids if each] for table, ids in gone.items()}
    rows["quarantined_item"] = [*rows.get("quarantined_item", ()), *items]
    rows["source"] = files
    await _forget_answers(connection, [each for ids in rows.values() for each in ids])
    return {table: ids for table, ids in sorted(rows.items()) if ids}


async def _forget_payloads(connection: AsyncConnection, owner_id: UUID, child_id: UUID, left: Traces) -> list[UUID]:
    given = {"owner": owner_id, "child": child_id} | _parameters(left)
    return list((await connection.execute(_PAYLOADS, given)).scalars())


async def _forget_quarantined(connection: AsyncConnection, owner_id: UUID, left: Traces) -> list[UUID]:
    return list((await connection.execute(_QUARANTINED, {"owner": owner_id} | _parameters(left))).scalars())


async def _settle_deliveries(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> None:
    """What waits to be told of the child is not told; what was told holds ids alone, and is forgotten in its time."""
    table = tables.event_delivery
    waiting = (table.c.owner_id == owner_id, table.c.child_id == child_id, table.c.status == DeliveryStatus.WAITING)
    values = {"status": DeliveryStatus.WITHHELD, "settled_at": text("now()"), "failed_with": ERASED}
    await connection.execute(update(table).where(*waiting).values(values | {"claimed_until": None, "claim_id": None}))


async def _forget_answers(connection: AsyncConnection, ids: Collection[UUID]) -> None:
    """Of conditional creates, which are known for as long as what they made: see `upkeep.forget_used_keys`."""
    await connection.execute(_ANSWERS, {"ids": list(ids)})


async def forget_payloads_before(
    connection: AsyncConnection, owner_id: UUID, before: date, *, most: int
) -> list[tuple[UUID, datetime]]:
    """Erase an owner's files and messages that came before the day, so many at a time; id and time of each."""
    gone = await connection.execute(_OLD_PAYLOADS, {"owner": owner_id, "before": before, "most": most})
    return [(row.id, row.received_at) for row in gone]


def _parameters(left: Traces) -> dict[str, Any]:
    """As the statements name them."""
    return {name: list(getattr(left, name)) for name in _SEARCHED}


def _says(column: str) -> str:
    """Whether bytes speak of the child."""

    def any_of(what: str) -> str:
        return f"EXISTS (SELECT FROM unnest(:{what}) AS word WHERE position(word IN {column}) > 0)"

    return f"({any_of('numbers')} OR ({' AND '.join(map(any_of, ('families', 'givens', 'days')))}))"


_SEARCHED = ("numbers", "families", "givens", "days")
_AS_BYTES = [bindparam(name, type_=ARRAY(LargeBinary)) for name in _SEARCHED]
_ERASE = text("SELECT erase_child(:owner, :child)")
_TRACES = text(
    """
WITH said AS (
    SELECT to_jsonb(c) AS row FROM child c WHERE owner_id = :owner AND id = :child
    UNION ALL SELECT to_jsonb(s) FROM child_source s WHERE owner_id = :owner AND child_id = :child
    UNION ALL SELECT record FROM identity_merge
        WHERE owner_id = :owner AND (child_id = :child OR former_child_id = :child)
)
SELECT ARRAY[row ->> 'nhs_number', row ->> 'upn'] AS numbers, (row ->> 'date_of_birth')::date AS born_on,
       row ->> 'family_name' AS family,
       ARRAY(SELECT jsonb_array_elements_text(CASE jsonb_typeof(row -> 'given_names') WHEN 'array'
             THEN row -> 'given_names' ELSE '[]' END)) AS givens FROM said
UNION ALL
SELECT array_agg(value), NULL, NULL, '{}' FROM child_identifier WHERE owner_id = :owner AND child_id = :child
    HAVING count(*) > 0
UNION ALL
SELECT ARRAY[CAST(:child AS text), replace(CAST(:child AS text), '-', '')], NULL, NULL, '{}'
"""
)
# A file too large to hold at once came in parts, in one moment: with one of them go the others. One that is still to be
# read is left: what it says of the child would make a record again.
_PAYLOADS = text(
    f"""
WITH found AS (
    SELECT owner_id, received_at, kind, sender_id FROM source
    WHERE ((owner_id = :owner OR owner_id IS NULL) AND {_says("content")}) OR (owner_id = :owner AND (
        EXISTS (SELECT FROM unnest(:compressed) AS begins WHERE substring(content FOR length(begins)) = begins)
        OR id IN (SELECT source_id FROM advice WHERE advice.owner_id = :owner AND child_id = :child)))
), to_be_read AS (
    SELECT unnest(source_ids) AS id FROM received_file WHERE owner_id = :owner AND status = 'WAITING'
)
DELETE FROM source USING found WHERE source.received_at = found.received_at AND source.kind = found.kind
    AND source.owner_id IS NOT DISTINCT FROM found.owner_id AND source.sender_id IS NOT DISTINCT FROM found.sender_id
    AND source.id NOT IN (SELECT id FROM to_be_read)
RETURNING source.id
"""  # noqa: S608 (our own words)
).bindparams(*_AS_BYTES, bindparam("compressed", list(COMPRESSED), type_=ARRAY(LargeBinary)))
_QUARANTINED = text(
    f"""
DELETE FROM quarantined_item WHERE owner_id = :owner AND ({_says("content")} OR {_says("coalesce(mended, '')")})
RETURNING id
"""  # noqa: S608 (our own words)
).bindparams(*_AS_BYTES)
_ANSWERS = text(
    r"""
DELETE FROM idempotency_key AS k WHERE EXISTS (
    SELECT FROM regexp_matches(k.answer::text, '[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}', 'g')
        AS said WHERE said[1]::uuid = ANY(CAST(:ids AS uuid[])))
"""
)
_OLD_PAYLOADS = text(
    """
DELETE FROM source WHERE (id, received_at) IN (
    SELECT id, received_at FROM source
    WHERE owner_id = :owner AND received_at < (CAST(:before AS date)::timestamp AT TIME ZONE 'Europe/London')
    ORDER BY received_at LIMIT :most)
RETURNING id, received_at
"""
)
