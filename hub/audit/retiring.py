"""What is kept for no longer than an authority's retention schedule says: whole months of who looked, and who tried to.

Events stay as long as the records that they tell of. The hashes stay in the log for good, so that every other row can
still be proved; and that the rows went is itself an event, with how many there were: `verify` takes no other absence.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit import rows
from hub.audit.recording import Event
from hub.db import tables
from hub.errors import conflict, invalid

RETIRED = "audit_rows_retired"
ERASED = "child_erased"
THE_LOG = UUID(int=0)
"""What the log does to itself belongs to no body."""
MAY_BE_RETIRED = ("denied_attempt", "disclosure")
_MONTHS = text(
    "SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid "
    "WHERE inhparent = CAST(:parent AS regclass) AND c.relname <> :parent || '_default' ORDER BY c.relname"
)
_COUNT: LiteralString = (
    "SELECT count(*), count(*) FILTER (WHERE NOT EXISTS "
    "(SELECT 1 FROM sealed_row AS s WHERE s.row_id = t.id AND s.kind = %(kind)s)) FROM {month} AS t"
)


@dataclass(frozen=True, slots=True)
class Retired:
    """Rows of one kind that went because their time was over."""

    kind: str
    before: str
    rows: int


async def retire(connection: AsyncConnection, kind: str, before: date) -> tuple[int, Event | None]:
    """Drop the months of `kind` that lie wholly before the day, as the owner; how many rows went, and the event of it.

    Record the event before this transaction ends: should it fail then, the same months go under the same event again.

    Raises `Problem`: INVALID for another kind, CONFLICT where a row of a month has not been sealed.
    """
    if kind not in MAY_BE_RETIRED:
        raise invalid(f"what may be retired is {' or '.join(MAY_BE_RETIRED)}", rule="retired-kind", path=("kind",))
    raw = await rows.driver(connection)
    gone, until = 0, date.min
    for month in (await connection.execute(_MONTHS, {"parent": kind})).scalars().all():
        if _after(month, kind) > before:
            continue
        named = sql.Identifier(month)
        found: Any = await (await raw.execute(sql.SQL(_COUNT).format(month=named), {"kind": kind})).fetchone()
        if found[1]:
            raise conflict(f"{found[1]} rows of {month} have not been sealed yet", rule="not-sealed")
        await raw.execute(sql.SQL("DROP TABLE {}").format(named))
        gone, until = gone + found[0], _after(month, kind)
    if gone == 0:
        return 0, None
    facts = {"kind": kind, "before": until.isoformat(), "rows": gone}
    return gone, Event(RETIRED, THE_LOG, "AuditLog", THE_LOG, None, facts)


async def retired(connection: AsyncConnection) -> set[Retired]:
    """What has been retired, as the events say that tell of it; one that was tried twice is told twice."""
    event = tables.event
    facts = await connection.execute(select(event.c.facts).where(event.c.kind == RETIRED))
    return {Retired(each["kind"], each["before"], each["rows"]) for each in facts.scalars()}


async def erased(connection: AsyncConnection) -> set[tuple[str, str]]:
    """Rows that went with a child's record whose time was over, as the events say: the kind and id of each."""
    event = tables.event
    facts = await connection.execute(select(event.c.facts).where(event.c.kind == ERASED))
    return {(str(tables.broken_glass.name), row) for each in facts.scalars() for row in each["glass"]}


def _after(month: str, kind: str) -> date:
    """The day after the last of a month's partition."""
    year, number = (int(part) for part in month.removeprefix(f"{kind}_").split("_"))
    return date(year + number // 12, number % 12 + 1, 1)
