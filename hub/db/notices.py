"""Keeping notices, each as data and as text, once given never changed; and to whom they go."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.duty_rows import About
from hub.db.sharing import Asking
from hub.db.sharing_rules import COMMISSIONERS
from hub.law.notices import Notice, NoticeKind, NoticeTo
from hub.law.reg64_decision_makers import DecisionMaker


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice as it is kept. The family's and a recipient's are addressed to no body; of the family's `decides` says
    whose it is."""

    id: UUID
    about: About
    notice: Notice
    addressed_to: UUID | None
    decides: DecisionMaker | None
    given_on: date
    given_at: datetime
    given_by: UUID


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


async def settings_of(connection: AsyncConnection, asking: Asking, about: About, *, on: date) -> list[UUID]:
    """The schools, institutions and early years providers that are told of what is decided, as far as they are known.

    Of an assessment, whoever was told that it is considered (regs 5(2), 10(2)); of a plan, the one that it names (regs
    13(2)(b), 22(3)(b), 27(2)(b), 31(2)); of a review, the one that is attended (reg. 20(2)(b)).
    """
    match about.type:
        case "Assessment":
            return await _told(connection, asking, about)
        case "Plan":
            return await _placed(connection, asking, about, about.id, on=on, named=True)
        case "Review":
            review = tables.review
            mine = (review.c.owner_id == about.owner_id, review.c.id == about.id)
            plan_id = (await connection.execute(select(review.c.plan_id).where(*mine))).scalar_one()
            return await _placed(connection, asking, about, plan_id, on=on, named=False)
        case _:
            return []


async def was_given(connection: AsyncConnection, asking: Asking, about: About, kind: NoticeKind) -> bool:
    """Whether a notice of the kind was given about this."""
    table = tables.notice
    given = select(table.c.id).where(
        table.c.owner_id == about.owner_id,
        table.c.about_id == about.id,
        table.c.kind == kind,
        sharing.may_see(table, asking),
    )
    return (await connection.execute(given.limit(1))).first() is not None


async def _told(connection: AsyncConnection, asking: Asking, about: About) -> list[UUID]:
    table = tables.notice
    told = select(table.c.addressed_to_id).where(
        table.c.owner_id == about.owner_id,
        table.c.about_id == about.id,
        table.c.kind == NoticeKind.CONSIDERING_ASSESSMENT,
        table.c.given_to == NoticeTo.SETTING,
        sharing.may_see(table, asking),
    )
    return list((await connection.execute(told.distinct().order_by(table.c.addressed_to_id))).scalars())


async def _placed(
    connection: AsyncConnection, asking: Asking, about: About, plan_id: UUID, *, on: date, named: bool
) -> list[UUID]:
    table = tables.placement
    placed = select(table.c.setting_id).where(
        table.c.owner_id == about.owner_id,
        table.c.plan_id == plan_id,
        table.c.setting_id.is_not(None),
        table.c.ends_on.is_(None) | (table.c.ends_on >= on),
        sharing.may_see(table, asking),
        *((table.c.named_in_plan,) if named else ()),
    )
    return list((await connection.execute(placed.distinct().order_by(table.c.setting_id))).scalars())
