"""The second record of a child who moves: what goes with the plan is written into the new authority's keeping.

Every row gets an id of its own, made from its old id and the new owner, so that what points to it is found again.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    Uuid,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.duty_rows import About
from hub.law.duties import DutyRule
from hub.law.s49_personal_budget import ItemStatus
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    BudgetStatus,
    DirectPaymentStatus,
    PlanStatus,
    ResponsibilityKind,
    Source,
)

_CHILD, _PLAN = tables.child, tables.plan
_WITH_THE_PLAN: Sequence[Table] = (
    tables.plan_section,
    tables.need,
    tables.outcome,
    tables.provision,
    tables.placement,
)
_REFERENCES = {
    "plan_id",
    "need_id",
    "provision_id",
    "outcome_id",
    "agreement_id",
    "personal_budget_id",
    "budget_item_id",
    "direct_payment_id",
}


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


async def copy_budgets(
    connection: AsyncConnection, *, owner_id: UUID, child_id: UUID, plan_id: UUID, to: UUID, on: date
) -> None:
    """The personal budgets of the plan as the new authority has them (`child_id`: its record), to be decided on anew:
    what falls due from the day is indicated, and nothing is agreed or owed. Who was paid is not told."""
    budget, item, due, direct = tables.personal_budget, tables.budget_item, tables.amount_due, tables.direct_payment
    standing = budget.c.status.not_in((BudgetStatus.REFUSED, BudgetStatus.ENDED))
    mine = (budget.c.owner_id == owner_id, budget.c.plan_id == plan_id, standing)
    nothing = dict.fromkeys(("whole_indicative", "whole_agreed", "whole_paid"), null())
    decided_by = or_(budget.c.status == BudgetStatus.REQUESTED, budget.c.status == BudgetStatus.NOT_RECORDED)
    values = _values(budget, to, child_id) | nothing
    values |= {
        "status": case((decided_by, budget.c.status), else_=literal(BudgetStatus.PROPOSED, budget.c.status.type)),
        "section_j_behind": literal(value=False),
        "source": literal(Source.RECORDED, budget.c.source.type),
    }
    await _insert(connection, budget, values, *mine)
    of_plan = select(tables.provision.c.id).where(
        tables.provision.c.owner_id == owner_id, tables.provision.c.plan_id == plan_id
    )
    later = (due.c.owner_id == item.c.owner_id, due.c.budget_item_id == item.c.id, due.c.due_on >= on)
    first = select(func.min(due.c.due_on)).where(*later).scalar_subquery()
    lasting = and_(
        item.c.status.in_((ItemStatus.PROPOSED, ItemStatus.AGREED)),
        or_(item.c.provision_id.is_(None), item.c.provision_id.in_(of_plan)),
        first.is_not(None),
    )
    items = select(item.c.id).where(
        item.c.owner_id == owner_id, item.c.personal_budget_id.in_(select(budget.c.id).where(*mine)), lasting
    )
    values = _values(item, to, child_id) | dict.fromkeys(("amount", "decided_on", "reasons", "arranged_by_id"), null())
    values |= {
        "status": literal(ItemStatus.PROPOSED, item.c.status.type),
        "indicative_amount": func.coalesce(item.c.amount, item.c.indicative_amount),
        "funder_id": _funded_by(item, to),
        "starts_on": first,
        "pool_id": _anew(item.c.pool_id, to),
    }
    await _insert(connection, item, values, item.c.owner_id == owner_id, item.c.id.in_(items))
    told = {"owner_id", "id", "child_id", "personal_budget_id", "budget_item_id", "kind", "regime", "per", "share"}
    values = {name: value for name, value in _values(direct, to, child_id).items() if name in told}
    values["status"] = literal(DirectPaymentStatus.CONSIDERED, direct.c.status.type)
    await _insert(connection, direct, values, direct.c.owner_id == owner_id, direct.c.budget_item_id.in_(items))
    values = _values(due, to, child_id) | {
        "indicative_amount": func.coalesce(due.c.agreed_amount, due.c.indicative_amount),
        "agreed_amount": null(),
        "funder_id": _funded_by(due, to),
    }
    of_items = (due.c.owner_id == owner_id, due.c.budget_item_id.in_(items), due.c.due_on >= on)
    await _insert(connection, due, values, *of_items)


def _funded_by(table: Table, to: UUID) -> ColumnElement[Any]:
    """Health care stays the commissioning body's to decide on; all other is the new authority's."""
    health = table.c.kind == BudgetKind.HEALTH
    return case((health, table.c.funder_id), else_=literal(to, Uuid))


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
