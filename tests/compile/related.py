"""To which children the law relates a body so that something is open to it: from the rows alone, without the guard."""

import re
from typing import Any

from sqlalchemy import select, text

from hub.db import sharing, tables
from hub.db.session import Database
from hub.law.caller import Caller
from hub.law.reg17_disclosure import MAY_HOLD, Relationship, parts_open
from hub.law.s31_cooperation import OPEN_TO_ASKED_BODY
from hub.law.vocabulary import ResponsibilityKind
from schema.ids import to_global, type_in
from schema.projection import table_named
from tests.compile.arguments import Known
from tests.compile.rows import TODAY
from tests.conftest import NOW

_DISCLOSED = """
SELECT owner_id, id FROM child
WHERE disclosed(owner_id, id, :body, :kind, :purpose, CAST(:today AS date), CAST(:now AS timestamptz)) <> 0
"""


def objects_in(body: Any) -> set[str]:
    """Everything in an answer that is the global id of something about a child."""
    found = re.findall(r"\b([A-Za-z]+_[0-9a-f]{32})\b", str(body))
    return {each for each in found if sharing.is_childs(table_named(type_in(each)))}


async def whose(database: Database, known: Known) -> dict[str, Any]:
    """Whom each object is about, with the owner of the record."""
    found: dict[str, Any] = {}
    async with database.begin(None) as connection:
        for name in known.ids:
            table = table_named(name)
            if not sharing.is_childs(table):
                continue
            child = table.c.id if table is tables.child else table.c.child_id
            for row in await connection.execute(select(table.c.id, table.c.owner_id, child.label("child"))):
                found[to_global(name, row.id)] = (row.owner_id, row.child)
    return found


async def withdrawn_from(database: Database, caller: Caller) -> set[str]:
    """The requests that were withdrawn from or by the caller: their ids, which it had; nothing else of them is told."""
    table, own = tables.withdrawn_request, caller.organisation
    async with database.begin(None) as connection:
        theirs = await connection.execute(
            select(table.c.id).where((table.c.addressed_to_id == own) | (table.c.owner_id == own))
        )
        return {to_global("CooperationRequest", row_id) for row_id in theirs.scalars()}


async def related(database: Database, caller: Caller) -> set[Any]:
    """The children, of whom something is open to the caller for its purpose."""
    held: dict[Any, set[Relationship]] = {}
    async with database.begin(None) as connection:
        for row in await connection.execute(select(tables.child)):
            mine = row.owner_id == caller.organisation
            held[row.owner_id, row.id] = {Relationship.RESPONSIBLE_AUTHORITY} if mine else set()
        for row in await connection.execute(select(tables.responsibility)):
            in_force = row.starts_on <= TODAY and (row.ends_on is None or row.ends_on >= TODAY)
            if row.body_id == caller.organisation and in_force and row.kind != ResponsibilityKind.AUTHORITY:
                held[row.owner_id, row.child_id].add(Relationship.RESPONSIBLE_COMMISSIONER)
        for row in await connection.execute(select(tables.cooperation_request)):
            if row.addressed_to_id == caller.organisation and row.status in OPEN_TO_ASKED_BODY:
                held[row.owner_id, row.child_id].add(Relationship.ASKED_TO_COOPERATE)
        for row in await connection.execute(select(tables.notification)):
            if row.notified_by_id == caller.organisation:
                held[row.owner_id, row.child_id].add(Relationship.NOTIFYING_BODY)
        for row in await connection.execute(select(tables.plan)):
            if row.transferred_to_id == caller.organisation:
                held[row.owner_id, row.child_id].add(Relationship.RECEIVING_AUTHORITY)
        who = {"body": caller.organisation, "kind": caller.organisation_kind, "purpose": caller.purpose}
        added = await connection.execute(text(_DISCLOSED), who | {"today": TODAY, "now": NOW})
        beside = {(row.owner_id, row.id) for row in added}
    may = {each for each in Relationship if caller.organisation_kind in MAY_HOLD[each]}
    return beside | {child for child, those in held.items() if parts_open(those & may, caller.purpose)}
