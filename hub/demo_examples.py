"""What GraphiQL's ready tabs put into their variables in a demo, so that each can be run as it stands.

A name is a variable's, or its operation's and its own. Looked up at each start: runs of the tabs use them up.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.reg8_time_limit import Part3Function
from hub.law.s31_cooperation import CooperationStatus
from schema.ids import to_global

AUTHORITY, BOARD = "990", "ZZQ90"
_WAITS = (CooperationStatus.SENT, CooperationStatus.RECEIVED, CooperationStatus.ACCEPTED)


async def examples(connection: AsyncConnection, today: date) -> Mapping[str, str]:
    """The examples by name; one that the database has no more is left out."""
    body = tables.organisation.c
    authority: UUID | None = await connection.scalar(select(body.id).where(body.la_code == AUTHORITY))
    board: UUID | None = await connection.scalar(select(body.id).where(body.ods_code == BOARD))
    first = today.replace(day=1)
    found: dict[str, str | None] = {
        "child": _global("Child", await connection.scalar(_shown(authority))),
        "body": _global("Organisation", authority),
        "addressedTo": _global("Organisation", board),
        "from": str(first),
        "to": str((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)),
        "givenOn": str(today),
    }
    waiting: list[Any] = list((await connection.execute(_waiting(authority, board))).scalars())
    for operation, request in zip(("ComplyWithRequest", "DeclineRequest"), waiting, strict=False):
        found[f"{operation}.cooperationRequest"] = _global("CooperationRequest", request)
    return {name: said for name, said in found.items() if said is not None}


def _global(kind: str, identity: UUID | None) -> str | None:
    return None if identity is None else to_global(kind, identity)


def _shown(authority: UUID | None) -> Select[Any]:
    """A child of the authority whose record somebody has been shown, if there is one."""
    child, shown = tables.child.c, tables.disclosure.c
    seen = select(shown.child_id).where(shown.child_id == child.id).exists()
    return select(child.id).where(child.owner_id == authority).order_by(seen.desc(), child.id).limit(1)


def _waiting(authority: UUID | None, board: UUID | None) -> Select[Any]:
    """Two requests that wait for the board's answer: first one for an assessment, which advice answers."""
    asked = tables.cooperation_request.c
    assessed = asked.function == Part3Function.EHC_NEEDS_ASSESSMENT
    return (
        select(asked.id)
        .where(asked.requested_by_id == authority, asked.addressed_to_id == board, asked.status.in_(_WAITS))
        .order_by(assessed.desc(), asked.sent_at.desc(), asked.id)
        .limit(2)
    )
