"""The second record of a child who moves: what goes with the plan is written into the new authority's keeping.

Every row gets an id of its own, made from its old id and the new owner, so that what points to it is found again.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, Uuid, cast, func, insert, literal, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.duty_rows import About
from hub.law.duties import DutyRule
from hub.law.vocabulary import AgreementStatus, PlanStatus, ResponsibilityKind, Source

_CHILD, _PLAN = tables.child, tables.plan
_WITH_THE_PLAN: Sequence[Table] = (
    tables.plan_section,
    tables.need,
    tables.outcome,
    tables.provision,
    tables.placement,
)
_REFERENCES = {"plan_id", "need_id", "provision_id", "outcome_id"}


async def copy_record(
    connection: AsyncConnection,
    *,
    owner_id: UUID,
    child_id: UUID,
    plan_id: UUID,
    to: UUID,
    into: UUID | None,
    now: datetime,
) -> tuple[UUID, UUID]:
    """(child, plan) of the new record. `into`: the record that the new authority has of this child already."""
    new_child = into or await _copy_child(connection, owner_id, child_id, to, now)
    plan = await _copy_plan(connection, owner_id, plan_id, to, new_child)
    for table in _WITH_THE_PLAN:
        values = _values(table, to, new_child)
        chosen = (table.c.owner_id == owner_id, table.c.plan_id == plan_id)
        await _insert(connection, table, values, *chosen)
    await _copy_links(connection, owner_id, plan_id, to)
    await _copy_agreements(connection, owner_id, plan_id, to, new_child)
    await _copy_commissioners(connection, owner_id, child_id, to, new_child)
    return new_child, plan


async def mark_transferred(connection: AsyncConnection, *, owner_id: UUID, plan_id: UUID, to: UUID, on: date) -> None:
    """The old authority's plan is kept as it was, and shown as gone (reg. 15(3))."""
    which = (_PLAN.c.owner_id == owner_id, _PLAN.c.id == plan_id)
    gone = {"status": PlanStatus.TRANSFERRED, "transferred_to_id": to, "ceased_on": on}
    await connection.execute(update(_PLAN).where(*which).values(**gone))


async def received_on(connection: AsyncConnection, plan: About) -> date | None:
    """The day on which the plan was transferred to who maintains it; None: it was not."""
    duty = tables.duty
    started = select(duty.c.started_on).where(
        duty.c.owner_id == plan.owner_id,
        duty.c.about_id == plan.id,
        duty.c.rule == DutyRule.INFORM_FAMILY_OF_TRANSFER,
    )
    return (await connection.execute(started.limit(1))).scalar_one_or_none()


async def end_authoritys_duties(connection: AsyncConnection, *, owner_id: UUID, child_id: UUID, on: date) -> None:
    """What the old authority still owed for the child falls away: the new one answers."""
    duty = tables.duty
    open_ = (
        duty.c.owner_id == owner_id,
        duty.c.child_id == child_id,
        duty.c.holder_id == owner_id,
        duty.c.met_on.is_(None),
        duty.c.ended_on.is_(None),
    )
    await connection.execute(update(duty).where(*open_).values(ended_on=on))


async def last_reviewed_on(connection: AsyncConnection, *, owner_id: UUID, plan: dict[str, Any]) -> date | None:
    """The last review of the child's plan, or the day the plan was made. A review is complete with its decision."""
    review = tables.review
    held = select(func.max(func.coalesce(review.c.decided_on, review.c.meeting_on))).where(
        review.c.owner_id == owner_id, review.c.child_id == plan["child_id"]
    )
    return (await connection.scalar(held)) or plan["finalised_on"]


def _anew(column: ColumnElement[Any], to: UUID) -> ColumnElement[Any]:
    """The id that a row has in the new record; none, where it points to nothing."""
    return cast(func.md5(cast(column, Text).op("||")(literal(str(to)))), Uuid)


def _values(table: Table, to: UUID, child: UUID) -> dict[str, ColumnElement[Any]]:
    values: dict[str, ColumnElement[Any]] = {}
    for column in table.columns:
        if column.name == "id" or column.name in _REFERENCES:
            values[column.name] = _anew(column, to)
        else:
            values[column.name] = column
    return values | {"owner_id": literal(to, Uuid), "child_id": literal(child, Uuid)}


async def _insert(
    connection: AsyncConnection, table: Table, values: dict[str, ColumnElement[Any]], *which: ColumnElement[bool]
) -> None:
    copied = select(*(value.label(name) for name, value in values.items())).where(*which)
    await connection.execute(insert(table).from_select(list(values), copied))


async def _copy_child(connection: AsyncConnection, owner: UUID, child_id: UUID, to: UUID, now: datetime) -> UUID:
    values: dict[str, ColumnElement[Any]] = {column.name: column for column in _CHILD.columns}
    values |= {
        "owner_id": literal(to, Uuid),
        "id": _anew(_CHILD.c.id, to),
        "version": literal(1),
        "updated_at": literal(now),
        "source": literal(Source.RECORDED, _CHILD.c.source.type),
    }
    await _insert(connection, _CHILD, values, _CHILD.c.owner_id == owner, _CHILD.c.id == child_id)
    return await _id_anew(connection, child_id, to)


async def _copy_plan(connection: AsyncConnection, owner: UUID, plan_id: UUID, to: UUID, child: UUID) -> UUID:
    """The plan as if the new authority had made it: final, the first version of the new record."""
    values = _values(_PLAN, to, child) | {
        "assessment_id": null(),
        "supersedes_id": null(),
        "transferred_to_id": null(),
        "ceased_on": null(),
        "version": literal(1),
        "status": literal(PlanStatus.FINAL, _PLAN.c.status.type),
        "source": literal(Source.RECORDED, _PLAN.c.source.type),
    }
    await _insert(connection, _PLAN, values, _PLAN.c.owner_id == owner, _PLAN.c.id == plan_id)
    return await _id_anew(connection, plan_id, to)


async def _copy_links(connection: AsyncConnection, owner: UUID, plan_id: UUID, to: UUID) -> None:
    link, provision = tables.provision_outcome, tables.provision
    values = {
        "owner_id": literal(to, Uuid),
        "provision_id": _anew(link.c.provision_id, to),
        "outcome_id": _anew(link.c.outcome_id, to),
    }
    of_plan = select(provision.c.id).where(provision.c.owner_id == owner, provision.c.plan_id == plan_id)
    await _insert(connection, link, values, link.c.owner_id == owner, link.c.provision_id.in_(of_plan))


async def _copy_agreements(connection: AsyncConnection, owner: UUID, plan_id: UUID, to: UUID, child: UUID) -> None:
    """What was agreed was agreed with the old authority: it is not known for the new one, until the next amendment."""
    table, provision = tables.provision_agreement, tables.provision
    values = _values(table, to, child) | {
        "status": literal(AgreementStatus.NOT_RECORDED, table.c.status.type),
        "decided_on": null(),
        "reasons": null(),
    }
    of_plan = select(provision.c.id).where(provision.c.owner_id == owner, provision.c.plan_id == plan_id)
    await _insert(connection, table, values, table.c.owner_id == owner, table.c.provision_id.in_(of_plan))


async def _copy_commissioners(connection: AsyncConnection, owner: UUID, child_id: UUID, to: UUID, child: UUID) -> None:
    """The commissioners answer on, until the new authority records others (reg. 15(7), (8))."""
    table = tables.responsibility
    held = (
        table.c.owner_id == owner,
        table.c.child_id == child_id,
        table.c.kind != ResponsibilityKind.AUTHORITY,
        table.c.ends_on.is_(None),
    )
    await _insert(connection, table, _values(table, to, child), *held)


async def _id_anew(connection: AsyncConnection, row_id: UUID, to: UUID) -> UUID:
    found = await connection.scalar(select(_anew(literal(row_id, Uuid), to)))
    if found is None:
        raise AssertionError("an id is made of an id")
    return found
