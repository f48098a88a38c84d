"""Rows of a table as the asking body may see them, for doors that show a record type by type.

As mappings of column to value: what is shown of them, and under which names, is said once, in the door's own mapping.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Table, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.prepared import may_see, who
from hub.db.sharing import Asking

Record: TypeAlias = Mapping[str, Any]
Place: TypeAlias = tuple[UUID, UUID]
"""(id, owner_id) of a row: the order in which rows are shown."""


@dataclass(frozen=True, slots=True)
class RowsWanted:
    """Which rows are looked for; None: whichever. `children`: (owner, id) of those that they are about, by which they
    are found quickly. `having`: columns that have one of these values.

    `changed`: the column that says when a row was last changed, where the table has one.
    """

    ids: Collection[UUID] | None = None
    children: Collection[tuple[UUID, UUID]] | None = None
    having: Mapping[str, Collection[Any]] = field(default_factory=dict[str, Collection[Any]])
    changed: str | None = None
    changed_from: datetime | None = None
    changed_before: datetime | None = None
    after: Place | None = None
    most: int | None = None


async def rows(connection: AsyncConnection, asking: Asking, table: Table, wanted: RowsWanted) -> list[Record]:
    """Those of the rows that exist for the asking body, in the order of their ids."""
    statement = select(table).where(*_conditions(table, wanted), may_see(table, asking))
    statement = statement.order_by(table.c.id, table.c.owner_id).limit(wanted.most)
    return [dict(row) for row in (await connection.execute(statement, who(asking))).mappings()]


async def linked(
    connection: AsyncConnection, table: Table, *, owner_ids: Collection[UUID], column: str, values: Collection[UUID]
) -> list[Record]:
    """Rows of a table that only joins others: the caller shows of them what it has seen on both sides."""
    found = select(table).where(table.c.owner_id.in_(list(owner_ids)), table.c[column].in_(list(values)))
    return [dict(row) for row in (await connection.execute(found)).mappings()]


async def bodies(
    connection: AsyncConnection, *, ids: Collection[UUID] | None, after: UUID | None, most: int
) -> list[UUID]:
    """Ids of the organisations (with one of these ids), in order."""
    table = tables.organisation
    found = select(table.c.id)
    if ids is not None:
        found = found.where(table.c.id.in_(list(ids)))
    if after is not None:
        found = found.where(table.c.id > after)
    return list((await connection.execute(found.order_by(table.c.id).limit(most))).scalars())


def _conditions(table: Table, wanted: RowsWanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.ids is not None:
        conditions.append(table.c.id.in_(list(wanted.ids)))
    if wanted.children is not None:
        conditions.append(tuple_(table.c.owner_id, sharing.child_of(table)).in_(list(wanted.children)))
    conditions += [table.c[name].in_(list(values)) for name, values in wanted.having.items()]
    if wanted.changed is not None and wanted.changed_from is not None:
        conditions.append(table.c[wanted.changed] >= wanted.changed_from)
    if wanted.changed is not None and wanted.changed_before is not None:
        conditions.append(table.c[wanted.changed] < wanted.changed_before)
    if wanted.after is not None:
        place = tuple_(*(literal(each) for each in wanted.after))
        conditions.append(tuple_(table.c.id, table.c.owner_id) > place)
    return conditions
