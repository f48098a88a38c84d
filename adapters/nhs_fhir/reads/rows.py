"""A page of rows of a child's record, with the children they are about."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Table

from adapters.nhs_fhir.record import asking
from adapters.nhs_fhir.showing import Page, Shown, Wanted
from hub.actions.transaction import Transaction
from hub.db import queries, shown
from hub.db.queries import ChildIdentity, Organisation
from hub.db.shown import Place, Record, RowsWanted
from hub.law.reg17_disclosure import Part


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows, the children by (owner, id) and the place of the last row where there are more."""

    rows: list[Record]
    children: Mapping[tuple[UUID, UUID], ChildIdentity]
    last: Place | None

    def child(self, row: Record) -> ChildIdentity:
        return self.children[row["owner_id"], _child_id(row)]

    def known(self, row: Record) -> ChildIdentity | None:
        """The child, where the caller may know who it is."""
        return known(self.child(row))

    def page(self, shown: Iterable[Shown]) -> Page:
        return Page(list(shown), self.last)


def known(child: ChildIdentity) -> ChildIdentity | None:
    """The child, where the caller may know who it is."""
    return child if Part.IDENTITY in child.parts else None


def to_child(child: ChildIdentity) -> dict[str, tuple[tuple[str, str], ...]]:
    """The link to the Patient, of what is about the child."""
    return {"patient": (("Patient", str(child.id)),)} if known(child) else {}


async def rows_of(
    tx: Transaction,
    table: Table,
    wanted: Wanted,
    *,
    having: Mapping[str, Collection[Any]] | None = None,
    changed: str | None = None,
) -> Rows:
    """The page of rows of this table that a search wants."""
    asked = None if wanted.children is None else await _children(tx, wanted.children)
    if asked is not None and not asked:
        return Rows([], {}, None)
    looked = RowsWanted(
        wanted.hub_ids,
        asked,
        having or {},
        changed,
        wanted.changed_from,
        wanted.changed_before,
        wanted.after and (wanted.after[0], wanted.after[1]),
        wanted.count + 1,
    )
    found = await shown.rows(tx.connection, asking(tx), table, looked)
    listed = found[: wanted.count]
    last = (listed[-1]["id"], listed[-1]["owner_id"]) if len(found) > wanted.count else None
    children = await _children(tx, {_child_id(each) for each in listed}) if asked is None else asked
    return Rows([each for each in listed if (each["owner_id"], _child_id(each)) in children], children, last)


async def _children(tx: Transaction, ids: Collection[UUID]) -> dict[tuple[UUID, UUID], ChildIdentity]:
    return await queries.children_by_id(tx.connection, asking(tx), ids) if ids else {}


def _child_id(row: Record) -> UUID:
    """The child that a row is about; a row of the children themselves is about itself."""
    return row.get("child_id", row["id"])


Below: TypeAlias = dict[tuple[UUID, UUID], list[Record]]
"""Rows by the (owner, id) of the row above them."""


async def rows_below(tx: Transaction, table: Table, column: str, above: Iterable[Record]) -> Below:
    """The rows of a table that the caller may see below these."""
    found: Below = defaultdict(list)
    keys = {(row["owner_id"], row["id"]) for row in above}
    if keys:
        having = {"owner_id": {owner for owner, _ in keys}, column: {id_ for _, id_ in keys}}
        for row in await shown.rows(tx.connection, asking(tx), table, RowsWanted(having=having)):
            found[row["owner_id"], row[column]].append(row)
    return found


async def rows_seen(tx: Transaction, table: Table, ids: Iterable[UUID | None]) -> dict[tuple[UUID, UUID], Record]:
    """Those of the rows that the caller may see, by (owner, id)."""
    wanted = {each for each in ids if each is not None}
    found = await shown.rows(tx.connection, asking(tx), table, RowsWanted(ids=wanted)) if wanted else []
    return {(row["owner_id"], row["id"]): row for row in found}


async def bodies_of(tx: Transaction, rows: Iterable[Record], *columns: str) -> dict[UUID, Organisation]:
    """The bodies that stand in these columns."""
    ids = {row[name] for row in rows for name in columns if row[name] is not None}
    return await queries.organisations_by_id(tx.connection, ids)
