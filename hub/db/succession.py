"""One body in the place of another, for all its children: a statement a table for each stretch of children.

A stretch is thousands of children, in the order of their records, and one transaction. How far it has come is kept
with it: whoever goes on after a crash begins where it stopped, and what went over is not found a second time.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.session import take_time
from hub.db.succession_rows import Repointed, Stretch, Succession, arrangements_go_over, bring_over, lasts

__all__ = ["CHILDREN_AT_ONCE", "Repointed", "Succession", "arrangements_go_over"]

CHILDREN_AT_ONCE = 10_000
_SUCCESSION, _BODY, _HELD = tables.succession, tables.organisation, tables.responsibility


async def ask(
    connection: AsyncConnection,
    *,
    succession_id: UUID,
    old: UUID,
    new: UUID,
    on: date,
    requested_by: UUID | None,
    now: datetime,
) -> bool:
    """Keep that it was asked for; False where a succession of the old body is kept already."""
    kept = (
        upsert(_SUCCESSION)
        .values(id=succession_id, old_id=old, new_id=new, starts_on=on, requested_at=now, requested_by_id=requested_by)
        .on_conflict_do_nothing()
        .returning(_SUCCESSION.c.id)
    )
    return (await connection.execute(kept)).first() is not None


async def of_body(connection: AsyncConnection, old: UUID) -> Succession | None:
    """The succession of the body, as far as it has come."""
    row = (await connection.execute(select(_SUCCESSION).where(_SUCCESSION.c.old_id == old))).mappings().first()
    return None if row is None else _value(row)


async def unfinished(connection: AsyncConnection) -> list[UUID]:
    """The bodies whose succession was asked for, and is not finished."""
    waiting = select(_SUCCESSION.c.old_id).where(_SUCCESSION.c.finished_at.is_(None))
    return list((await connection.execute(waiting.order_by(_SUCCESSION.c.requested_at))).scalars())


async def newest_of(connection: AsyncConnection, body: UUID) -> UUID:
    """The body that stands in the place of this one now: itself, where it was not succeeded."""
    before: set[UUID] = set()
    while body not in before:
        before.add(body)
        body = await connection.scalar(select(_BODY.c.successor_id).where(_BODY.c.id == body)) or body
    return body


async def hold(connection: AsyncConnection, body: UUID) -> None:
    """Nobody abolishes the body until the transaction ends; where somebody is about to, that is waited for."""
    await connection.execute(select(_BODY.c.id).where(_BODY.c.id == body).with_for_update(read=True))


async def in_the_place_of(connection: AsyncConnection, body: UUID) -> frozenset[UUID]:
    """The body, and all whose place it took."""
    return frozenset((await connection.execute(select(func.in_the_place_of(body)))).scalars())


async def step(
    connection: AsyncConnection, old: UUID, *, reason: str, now: datetime, most: int = CHILDREN_AT_ONCE
) -> Succession | None:
    """The next step of a succession, which nobody else takes at the same time; how far it has come, or None where there
    was none left.

    The first abolishes the old body, so that no child is given to it any more; each other brings a stretch over.
    """
    await take_time(connection)
    row = (
        (await connection.execute(select(_SUCCESSION).where(_SUCCESSION.c.old_id == old).with_for_update()))
        .mappings()
        .one()
    )
    succession = _value(row)
    if succession.finished_at is not None:
        return None
    if succession.total is None:
        return await _abolish(connection, succession)
    after = None if row["after_child_id"] is None else (row["after_owner_id"], row["after_child_id"])
    upto = await _last_of(connection, succession, after, most)
    # The last stretch is all that is left anywhere: what is owed for a child whom the body answered for once, too.
    stretch = Stretch(after if upto else None, upto)
    over = await bring_over(connection, succession, stretch, reason=reason, now=now)
    changed = {
        "children": _SUCCESSION.c.children + over.children,
        "duties": _SUCCESSION.c.duties + over.duties,
        "requests": _SUCCESSION.c.requests + over.requests,
        "finished_at": None if upto else now,
    }
    if upto is not None:
        changed |= {"after_owner_id": upto[0], "after_child_id": upto[1]}
    return await _set(connection, succession, changed)


async def _abolish(connection: AsyncConnection, succession: Succession) -> Succession:
    gone = {"in_force_to": succession.on - timedelta(days=1), "successor_id": succession.new}
    await connection.execute(update(_BODY).where(_BODY.c.id == succession.old).values(**gone))
    children = select(_HELD.c.owner_id, _HELD.c.child_id).where(lasts(succession)).distinct().subquery()
    total = await connection.scalar(select(func.count()).select_from(children))
    return await _set(connection, succession, {"children_total": total or 0})


async def _set(connection: AsyncConnection, succession: Succession, changed: dict[str, Any]) -> Succession:
    changing = update(_SUCCESSION).where(_SUCCESSION.c.id == succession.id).values(**changed).returning(_SUCCESSION)
    return _value((await connection.execute(changing)).mappings().one())


async def _last_of(
    connection: AsyncConnection, succession: Succession, after: tuple[UUID, UUID] | None, most: int
) -> tuple[UUID, UUID] | None:
    """The last child of the next stretch; None where the rest is no more than one."""
    children = (
        select(_HELD.c.owner_id, _HELD.c.child_id)
        .where(lasts(succession), Stretch(after, None).has(_HELD))
        .distinct()
        .order_by(_HELD.c.owner_id, _HELD.c.child_id)
        .offset(most - 1)
        .limit(2)
    )
    found = (await connection.execute(children)).all()
    return (found[0][0], found[0][1]) if len(found) > 1 else None


def _value(row: Any) -> Succession:
    over = Repointed(row["children"], row["duties"], row["requests"])
    return Succession(
        row["id"], row["old_id"], row["new_id"], row["starts_on"], row["children_total"], over, row["finished_at"]
    )
