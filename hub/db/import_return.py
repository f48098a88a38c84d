"""The SQL of an import: a batch of rows in one statement, and what is recorded of the children of a batch.

A batch travels as one JSON document, which PostgreSQL takes apart into rows by the table's own types: the same for any
role, with row-level security or without (COPY is refused there), and quicker than a statement for each row.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from sqlalchemy import CursorResult, Table, TextClause, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.session import take_time
from hub.errors import conflict

Row: TypeAlias = dict[str, Any]
"""The values of one row by column."""

FACTS: tuple[Table, ...] = (
    tables.child_identifier,
    tables.child_source,
    tables.disagreement,
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


async def wait_in_line(connection: AsyncConnection, owner_id: UUID) -> None:
    """Wait until no other transaction imports for this owner; the next one waits for the end of this.

    From now on each statement of the transaction may take ten minutes.
    """
    await take_time(connection)
    key = f"import:{owner_id}"
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


async def children_like(
    connection: AsyncConnection,
    owner_id: UUID,
    *,
    upns: Collection[str],
    names: Collection[tuple[str, str, date]],
    homes: Collection[tuple[date, str]] = (),
    nhs_numbers: Collection[str] = (),
    ids: Collection[UUID] = (),
) -> list[Row]:
    """The owner's children with one of these UPNs, NHS numbers or ids, or one of these (family name, given names, date
    of birth), or born on the day at one of these (date of birth, postcode in small letters without spaces).

    No other owner's row is ever looked at.
    """
    by_upn = await connection.execute(_BY_UPN, {"owner": owner_id, "upns": list(upns)})
    found = {row["id"]: row for row in _rows(by_upn)}
    if nhs_numbers:
        by_number = await connection.execute(_BY_NHS_NUMBER, {"owner": owner_id, "numbers": list(nhs_numbers)})
        found |= {row["id"]: row for row in _rows(by_number) if row["id"] not in found}
    if ids:
        child = tables.child
        by_id = await connection.execute(select(child).where(child.c.owner_id == owner_id, child.c.id.in_(ids)))
        found |= {row["id"]: row for row in _rows(by_id) if row["id"] not in found}
    families, givens, births = (list(each) for each in zip(*names, strict=True)) if names else ([], [], [])
    days, codes = (list(each) for each in zip(*homes, strict=True)) if homes else ([], [])
    by_name = await connection.execute(
        _BY_NAME,
        {"owner": owner_id, "families": families, "givens": givens, "births": births, "days": days, "codes": codes},
    )
    return list((found | {row["id"]: row for row in _rows(by_name) if row["id"] not in found}).values())


def _rows(found: CursorResult[Any]) -> Iterator[Row]:
    names = list(found.keys())
    for each in found.cursor.fetchall() if found.cursor else ():  # the driver's own rows: in half the time
        yield dict(zip(names, each, strict=True))


_BY_UPN = text(
    "SELECT child.* FROM unnest(CAST(:upns AS text[])) AS said (upn) CROSS JOIN LATERAL ("
    "SELECT * FROM child WHERE child.owner_id = :owner AND child.upn = said.upn OFFSET 0) AS child"
)
_BY_NHS_NUMBER = text(
    "SELECT child.* FROM unnest(CAST(:numbers AS text[])) AS said (number) CROSS JOIN LATERAL ("
    "SELECT * FROM child WHERE child.owner_id = :owner AND child.nhs_number = said.number OFFSET 0) AS child"
)
_BY_NAME = text(
    "WITH said AS (SELECT * FROM unnest(CAST(:families AS text[]), CAST(:givens AS text[]), CAST(:births AS date[]))"
    " AS said (family, given, born)), alike AS MATERIALIZED ("
    "SELECT child.* FROM (SELECT DISTINCT born FROM said) AS days CROSS JOIN LATERAL ("
    "SELECT * FROM child WHERE child.owner_id = :owner AND child.date_of_birth = days.born OFFSET 0) AS child) "
    "SELECT alike.* FROM alike WHERE (date_of_birth, family_name, array_to_string(given_names, ' ')) IN "
    "(SELECT born, family, given FROM said) OR (date_of_birth, lower(replace(postcode, ' ', ''))) IN "
    "(SELECT * FROM unnest(CAST(:days AS date[]), CAST(:codes AS text[])))"
)
"""One index look-up for each UPN and each day of birth, written so that no plan may read all of the owner's children.

While a first return is imported PostgreSQL knows nothing of the rows that it has just been given.
"""


async def children_numbered(
    connection: AsyncConnection, owner_id: UUID, system: str, numbers: Collection[str]
) -> tuple[dict[str, UUID], list[Row]]:
    """The owner's children by their numbers in a case system, and their rows; a number of two is nobody's."""
    found = await connection.execute(_BY_NUMBER, {"owner": owner_id, "system": system, "numbers": list(numbers)})
    ids: dict[str, set[UUID]] = defaultdict(set)
    children: dict[UUID, Row] = {}
    for row in _rows(found):
        ids[row.pop("number")].add(row["id"])
        children[row["id"]] = row
    return {number: next(iter(each)) for number, each in ids.items() if len(each) == 1}, list(children.values())


_BY_NUMBER = text(
    "SELECT said.number, child.* FROM unnest(CAST(:numbers AS text[])) AS said (number) CROSS JOIN LATERAL ("
    "SELECT DISTINCT child_id FROM child_identifier WHERE owner_id = :owner AND system = :system "
    "AND value = said.number) AS known JOIN child ON child.owner_id = :owner AND child.id = known.child_id"
)


async def facts_of(
    connection: AsyncConnection, owner_id: UUID, child_ids: Collection[UUID], *, of: Sequence[Table] = FACTS
) -> dict[UUID, dict[str, list[Row]]]:
    """All that is recorded about these children (in the tables `of`), by child and by table."""
    known: dict[UUID, dict[str, list[Row]]] = {each: defaultdict(list) for each in child_ids}
    if not child_ids:
        return known
    children = f"{{{','.join(each.hex for each in child_ids)}}}"  # an array as PostgreSQL writes it, made once
    for table in of:
        found = await connection.execute(_facts(table), {"owner": owner_id, "children": children})
        for row in _rows(found):
            known[row["child_id"]][table.name].append(row)
    return known


@cache
def _facts(table: Table) -> TextClause:
    return text(
        f'SELECT * FROM "{table.name}" '  # noqa: S608 (our own names)
        "WHERE owner_id = :owner AND child_id = ANY(CAST(:children AS uuid[])) ORDER BY id"
    )


_NOT_TOLD = {tables.responsibility, tables.personal_budget, tables.duty, tables.child_source, tables.disagreement}
TOLD = tuple(table for table in FACTS if table not in _NOT_TOLD)
"""What a return tells of a child."""


async def children_in_order(connection: AsyncConnection, owner_id: UUID) -> list[UUID]:
    """The owner's children in the order of a return: by names, birth and UPN, whatever their ids."""
    found = await connection.execute(_IN_ORDER, {"owner": owner_id})
    return list(found.scalars())


async def children_of_ids(connection: AsyncConnection, owner_id: UUID, child_ids: Sequence[UUID]) -> list[Row]:
    """These children, in the order of the ids."""
    found = await connection.execute(_BY_ID, {"owner": owner_id, "children": list(child_ids)})
    return list(_rows(found))


_IN_ORDER = text(
    'SELECT id FROM child WHERE owner_id = :owner ORDER BY family_name COLLATE "C", '
    "array_to_string(given_names, ' ') COLLATE \"C\", date_of_birth, upn, postcode, id"
)
_BY_ID = text(
    "SELECT child.* FROM unnest(CAST(:children AS uuid[])) WITH ORDINALITY AS said (id, nth) "
    "JOIN child ON child.owner_id = :owner AND child.id = said.id ORDER BY nth"
)


async def settings_by_urn(connection: AsyncConnection, urns: Collection[str]) -> dict[str, UUID]:
    """The schools and colleges among these numbers that the hub knows as organisations."""
    found = await connection.execute(
        text("SELECT urn, id FROM organisation WHERE urn = ANY(CAST(:urns AS text[]))"), {"urns": list(urns)}
    )
    return {row.urn: row.id for row in found}


async def insert_rows(connection: AsyncConnection, rows: Mapping[Table, Sequence[Row]]) -> None:
    """Insert rows into several tables at once; a column that a row does not name is NULL.

    One statement, so that the database works while the next batch is made ready. References between the rows are
    checked at its end, whatever their order.
    """
    given = {table: each for table, each in rows.items() if each}
    if given:
        documents = {table.name: orjson.dumps(each, default=_hex).decode() for table, each in given.items()}
        await _written(connection, _insertion(tuple(given)), documents)


async def plan_afresh(connection: AsyncConnection) -> None:
    """Have PostgreSQL forget its plans, when tables that were empty or small have grown.

    It keeps a plan of each foreign key's check. One made for an empty table may read every index entry of the owner,
    where the primary key would lead to the row, and is kept until the table is analysed.
    """
    await connection.execute(text("DISCARD PLANS"))


async def update_rows(connection: AsyncConnection, table: Table, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Write these columns of the rows with the same owner and id; a version goes up by one.

    Other columns are left alone, so that a change which someone else makes to them meanwhile is not lost.
    """
    if rows:
        only = [{name: row[name] for name in ("owner_id", "id", *columns)} for row in rows]
        await _written(connection, _replacement(table, columns), {"rows": orjson.dumps(only, default=_hex).decode()})


async def _written(connection: AsyncConnection, statement: TextClause, documents: Mapping[str, str]) -> None:
    """Raises `Problem` CONFLICT when another transaction has recorded the same since the batch was looked up."""
    try:
        await connection.execute(statement, documents)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION:
            # PostgreSQL's own words quote the row: they go no further.
            raise conflict("the records changed while this was imported: import it again", rule="changed") from None
        raise


_UNIQUE_VIOLATION = "23505"


@lru_cache(maxsize=256)
def _insertion(given: tuple[Table, ...]) -> TextClause:
    steps: list[str] = []
    for table in given:
        columns = ", ".join(f'"{column.name}"' for column in table.columns if not column.info.get("never_given"))
        steps.append(
            f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} '  # noqa: S608 (our own names)
            f"FROM {_recordset(table, table.name)}"
        )
    *others, last = steps
    before = ", ".join(f"step_{number} AS ({step})" for number, step in enumerate(others))
    return text(f"WITH {before} {last}" if before else last)


@lru_cache(maxsize=256)
def _replacement(table: Table, columns: tuple[str, ...]) -> TextClause:
    values = ", ".join(
        f'"{name}" = ' + ("kept.version + 1" if name == "version" else f'said."{name}"') for name in columns
    )
    return text(
        f'UPDATE "{table.name}" AS kept SET {values} FROM {_recordset(table, "rows")} AS said '  # noqa: S608 (our own names)
        "WHERE kept.owner_id = said.owner_id AND kept.id = said.id"
    )


def _recordset(table: Table, parameter: str) -> str:
    return f'json_populate_recordset(CAST(NULL AS "{table.name}"), CAST(:{parameter} AS json))'


def _hex(value: object) -> str:
    """Bytes as PostgreSQL reads them."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"no JSON for {type(value).__name__}")
