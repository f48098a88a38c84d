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
        return self.children[row["owner_id"], row.get("child_id", row["id"])]

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
    found = await shown.rows(
        tx.connection,
        asking(tx),
        table,
        RowsWanted(
            wanted.hub_ids,
            wanted.children,
            having or {},
            changed,
            wanted.changed_from,
            wanted.changed_before,
            wanted.after and (wanted.after[0], wanted.after[1]),
            wanted.count + 1,
        ),
    )
    listed = found[: wanted.count]
    last = (listed[-1]["id"], listed[-1]["owner_id"]) if len(found) > wanted.count else None
    children = await queries.children_by_id(
        tx.connection, asking(tx), {each.get("child_id", each["id"]) for each in listed}
    )
    seen = [each for each in listed if (each["owner_id"], each.get("child_id", each["id"])) in children]
    return Rows(seen, children, last)


Below: TypeAlias = dict[tuple[UUID, UUID], list[Record]]
"""Rows by the (owner, id) of the row above them."""


async def rows_below(tx: Transaction, table: Table, column: str, above: Iterable[Record]) -> Below:
    """The rows of a table that the caller may see below these."""
    found: Below = defaultdict(list)
    ids = {row["id"] for row in above}
    if ids:
        for row in await shown.rows(tx.connection, asking(tx), table, RowsWanted(having={column: ids})):
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
