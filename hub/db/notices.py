"""Keeping notices: each as data and as text, once given never changed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.duty_rows import About
from hub.db.sharing import Asking
from hub.db.sharing_rules import COMMISSIONERS
from hub.law.notices import Notice
from hub.law.reg64_decision_makers import DecisionMaker


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice as it is kept. Without `addressed_to` it is the family's, and `decides` says whose."""

    id: UUID
    about: About
    notice: Notice
    addressed_to: UUID | None
    decides: DecisionMaker | None
    given_by: UUID
    given_on: date
    given_at: datetime


async def insert_notice(connection: AsyncConnection, kept: KeptNotice) -> None:
    await connection.execute(
        insert(tables.notice).values(
            owner_id=kept.about.owner_id,
            id=kept.id,
            child_id=kept.about.child_id,
            kind=kept.notice.kind,
            given_to=kept.notice.to,
            addressed_to_id=kept.addressed_to,
            decider=kept.decides.decider if kept.decides else None,
            decides_because=kept.decides.because if kept.decides else None,
            provision=kept.notice.provision,
            contents=[each.value for each in kept.notice.contents],
            text=kept.notice.text,
            about_type=kept.about.type,
            about_id=kept.about.id,
            given_on=kept.given_on,
            given_at=kept.given_at,
            given_by_id=kept.given_by,
        )
    )


async def commissioners_of(connection: AsyncConnection, asking: Asking, about: About, *, on: date) -> list[UUID]:
    """The commissioning bodies responsible for the child on a day (CFA 2014 s. 42(4)), as the record has them."""
    held = tables.responsibility
    bodies = select(held.c.body_id).where(
        held.c.owner_id == about.owner_id,
        held.c.child_id == about.child_id,
        held.c.kind.in_(COMMISSIONERS),
        held.c.starts_on <= on,
        held.c.ends_on.is_(None) | (held.c.ends_on >= on),
        sharing.may_see(held, asking),
    )
    return list((await connection.execute(bodies.distinct().order_by(held.c.body_id))).scalars())
