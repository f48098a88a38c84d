"""Keeping the rows of duties: a clock that is opened, met, ended or relieved. The law says when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.sharing import Asking
from hub.law.duties import DutyBasis, DutyRule

_DUTY, _EXCEPTION = tables.duty, tables.duty_exception


@dataclass(frozen=True, slots=True)
class About:
    """What a duty is about: a row of a child's record, by the name of its type in the schema."""

    type: str
    id: UUID
    owner_id: UUID
    child_id: UUID


@dataclass(frozen=True, slots=True)
class KeptDuty:
    """A duty as it is kept."""

    id: UUID
    about: About
    rule: DutyRule
    holder_id: UUID | None
    basis: DutyBasis
    started_on: date | None
    due_on: date | None
    met_on: date | None = None
    ended_on: date | None = None
    excused: bool = False


@dataclass(frozen=True, slots=True)
class Relieved:
    """An exception as it is recorded: which, what happened, who says so, when, and the days it covers."""

    id: UUID
    ground: str
    explanation: str
    recorded_by: UUID
    recorded_at: datetime
    from_: date | None
    to: date | None


async def put_duty(connection: AsyncConnection, duty: KeptDuty, *, provision: str) -> UUID:
    """Open the duty, or start it anew where the same holder has it already about the same thing; its id.

    What was met, ended or relieved of an earlier run of the clock is no longer.
    """
    running = {
        "provision": provision,
        "basis": duty.basis,
        "started_on": duty.started_on,
        "due_on": duty.due_on,
        "met_on": duty.met_on,
        "ended_on": duty.ended_on,
        "excused": duty.excused,
    }
    statement = upsert(_DUTY).values(
        owner_id=duty.about.owner_id,
        id=duty.id,
        child_id=duty.about.child_id,
        rule=duty.rule,
        holder_id=duty.holder_id,
        about_type=duty.about.type,
        about_id=duty.about.id,
        **running,
    )
    kept = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["owner_id", "about_id", "rule", "holder_id"], set_=running
        ).returning(_DUTY.c.id)
    )
    return kept.scalar_one()


async def meet_duties(
    connection: AsyncConnection, about: About, rules: Collection[DutyRule], *, on: date, holder: UUID | None = None
) -> None:
    """Those of the duties that are open have been met on the day."""
    await connection.execute(update(_DUTY).where(*_open(about, rules, holder)).values(met_on=on))


async def was_met_late(connection: AsyncConnection, about: About, rule: DutyRule) -> bool:
    """Whether the duty was met, and after its last day."""
    late = select(_DUTY.c.id).where(
        _DUTY.c.owner_id == about.owner_id,
        _DUTY.c.about_id == about.id,
        _DUTY.c.rule == rule,
        _DUTY.c.met_on > _DUTY.c.due_on,
    )
    return (await connection.execute(late)).first() is not None


async def meet_duty(connection: AsyncConnection, duty: KeptDuty, *, on: date) -> None:
    """The duty was met on the day."""
    which = (_DUTY.c.owner_id == duty.about.owner_id, _DUTY.c.id == duty.id)
    await connection.execute(update(_DUTY).where(*which).values(met_on=on))


async def end_duties(
    connection: AsyncConnection,
    about: About,
    rules: Collection[DutyRule] | None,
    *,
    on: date,
    holder: UUID | None = None,
) -> None:
    """Those of the duties that are open have fallen away; `rules` None: all about this."""
    await connection.execute(update(_DUTY).where(*_open(about, rules, holder)).values(ended_on=on))


async def meet_childs(connection: AsyncConnection, owner_id: UUID, child_id: UUID, rule: DutyRule, *, on: date) -> None:
    """The duty that is open about the child, whatever else it is about, has been met on the day."""
    await connection.execute(
        update(_DUTY)
        .where(
            _DUTY.c.owner_id == owner_id,
            _DUTY.c.child_id == child_id,
            _DUTY.c.rule == rule,
            _DUTY.c.met_on.is_(None),
            _DUTY.c.ended_on.is_(None),
        )
        .values(met_on=on)
    )


async def end_childs(connection: AsyncConnection, owner_id: UUID, child_id: UUID, *, about_type: str, on: date) -> None:
    """What is open about the child's rows of one type has fallen away: a plan that ceases is reviewed no more."""
    await connection.execute(
        update(_DUTY)
        .where(
            _DUTY.c.owner_id == owner_id,
            _DUTY.c.child_id == child_id,
            _DUTY.c.about_type == about_type,
            _DUTY.c.met_on.is_(None),
            _DUTY.c.ended_on.is_(None),
        )
        .values(ended_on=on)
    )


async def move_open(connection: AsyncConnection, about: About, to: UUID) -> None:
    """What is still owed about one thing is owed about the one that takes its place."""
    await connection.execute(update(_DUTY).where(*_open(about, None, None)).values(about_id=to))


def _open(about: About, rules: Collection[DutyRule] | None, holder: UUID | None) -> list[ColumnElement[bool]]:
    return [
        _DUTY.c.owner_id == about.owner_id,
        _DUTY.c.about_id == about.id,
        _DUTY.c.met_on.is_(None),
        _DUTY.c.ended_on.is_(None),
        *([_DUTY.c.rule.in_(list(rules))] if rules is not None else []),
        *([_DUTY.c.holder_id == holder] if holder is not None else []),
    ]


async def duty_for_update(connection: AsyncConnection, duty_id: UUID, asking: Asking) -> KeptDuty | None:
    """The duty, locked until the transaction ends; None for an unknown id and for one the body may not see."""
    statement = select(_DUTY).where(_DUTY.c.id == duty_id, sharing.may_see(_DUTY, asking)).with_for_update(of=_DUTY)
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        return None
    return KeptDuty(
        row["id"],
        About(row["about_type"], row["about_id"], row["owner_id"], row["child_id"]),
        row["rule"],
        row["holder_id"],
        row["basis"],
        row["started_on"],
        row["due_on"],
        row["met_on"],
        row["ended_on"],
        row["excused"],
    )


async def relieve(connection: AsyncConnection, duty: KeptDuty, relieved: Relieved) -> None:
    """Record the exception, and that it relieves the time limit of the duty."""
    await connection.execute(
        insert(_EXCEPTION).values(
            owner_id=duty.about.owner_id,
            id=relieved.id,
            child_id=duty.about.child_id,
            duty_id=duty.id,
            ground=relieved.ground,
            explanation=relieved.explanation,
            recorded_by_id=relieved.recorded_by,
            recorded_at=relieved.recorded_at,
            starts_on=relieved.from_,
            ends_on=relieved.to,
        )
    )
    which = (_DUTY.c.owner_id == duty.about.owner_id, _DUTY.c.id == duty.id)
    await connection.execute(update(_DUTY).where(*which).values(excused=True))
