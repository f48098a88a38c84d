"""Loading and saving personal budgets, their items and what is due, paid and spent under them. Speaks in law values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, succession, tables
from hub.db.duty_rows import About
from hub.db.sharing import Asking
from hub.law.budget_money import Pence
from hub.law.s37_plan import CHANGEABLE, MAINTAINED
from hub.law.s49_personal_budget import ItemStatus, Window
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    BudgetStatus,
    PaymentMechanism,
    PaymentPeriod,
    PlanStatus,
    SectionCode,
)

_BUDGET, _ITEM = tables.personal_budget, tables.budget_item
_PLAN = tables.plan


@dataclass(frozen=True, slots=True)
class KeptBudget:
    """A budget with where it is kept, and the plan and the child that it is of."""

    about: About
    plan_id: UUID
    plan_status: PlanStatus
    born_on: date
    status: BudgetStatus
    direct_payments_requested: bool = False
    section_j_behind: bool = False


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An amount in a budget as it is kept. `provision_agreed`: in section G, how the funder's agreement stands. `buys`:
    the provision in words. `in_the_plan`: that stands in the plan, which is maintained or being prepared."""

    id: UUID
    budget: KeptBudget
    provision_id: UUID | None
    kind: BudgetKind
    funder_id: UUID
    per: PaymentPeriod
    mechanism: PaymentMechanism
    status: ItemStatus
    indicative: Pence | None
    agreed: Pence | None
    starts_on: date | None
    ends_on: date | None
    provision_agreed: AgreementStatus | None = None
    buys: str = ""
    in_the_plan: bool = True


@dataclass(frozen=True, slots=True)
class OfPlan:
    """The plan that a budget would be for."""

    about: About
    status: PlanStatus
    born_on: date
    window: Window


@dataclass(frozen=True, slots=True)
class ProvisionToBuy:
    """Provision of the plan, with who answers for it in section G and how their agreements stand."""

    id: UUID
    section: SectionCode
    agreements: Mapping[UUID, tuple[UUID, AgreementStatus]]
    description: str


async def plan_to_budget(connection: AsyncConnection, plan_id: UUID, asking: Asking) -> OfPlan | None:
    """The plan, locked until the transaction ends; None for an unknown id and for one the body may not see."""
    statement = _with_child(select(_PLAN, tables.child.c.date_of_birth)).where(
        _PLAN.c.id == plan_id, sharing.may_see(_PLAN, asking)
    )
    row = (await connection.execute(statement.with_for_update(of=_PLAN))).mappings().first()
    if row is None:
        return None
    review, assessment = tables.review.c, tables.assessment.c
    arranged = or_(review.planned_for.is_not(None), review.meeting_on.is_not(None))
    reviewed = exists().where(
        review.owner_id == row["owner_id"], review.plan_id == plan_id, arranged, review.decision.is_(None)
    )
    reassessed = exists().where(
        assessment.owner_id == row["owner_id"],
        assessment.child_id == row["child_id"],
        assessment.reassessment,
        assessment.decision == "WILL_ASSESS",
        assessment.outcome.is_(None),
    )
    under = (await connection.execute(select(reviewed, reassessed))).one()
    about = About("Plan", row["id"], row["owner_id"], row["child_id"])
    return OfPlan(about, row["status"], row["date_of_birth"], Window(row["status"], under[0], under[1]))


async def budget_of(connection: AsyncConnection, plan: OfPlan) -> KeptBudget | None:
    """The personal budget that is neither refused nor ended, of the version or of the one that it is to replace."""
    over = (BudgetStatus.REFUSED, BudgetStatus.ENDED)
    version, mine = _PLAN.alias(), (_BUDGET.c.owner_id == plan.about.owner_id)
    before = select(version.c.supersedes_id).where(
        version.c.owner_id == plan.about.owner_id, version.c.id == plan.about.id
    )
    of_it = or_(_BUDGET.c.plan_id == plan.about.id, _BUDGET.c.plan_id.in_(before))
    found = _budgets().where(mine, of_it, _BUDGET.c.status.not_in(over)).order_by(_BUDGET.c.id)
    row = (await connection.execute(found.with_for_update(of=_BUDGET))).mappings().first()
    return None if row is None else _kept(row)


async def of_plan(connection: AsyncConnection, owner_id: UUID, plan_id: UUID) -> list[KeptBudget]:
    """Every budget of a version, locked."""
    found = _budgets().where(_BUDGET.c.owner_id == owner_id, _BUDGET.c.plan_id == plan_id).order_by(_BUDGET.c.id)
    return [_kept(row) for row in (await connection.execute(found.with_for_update(of=_BUDGET))).mappings()]


async def items_of(connection: AsyncConnection, budget: KeptBudget) -> list[KeptItem]:
    """Every item of a budget."""
    mine = (_ITEM.c.owner_id == budget.about.owner_id, _ITEM.c.personal_budget_id == budget.about.id)
    ids = (await connection.execute(select(_ITEM.c.id).where(*mine).order_by(_ITEM.c.id))).scalars().all()
    return [await item_of(connection, budget.about.owner_id, item_id) for item_id in ids]


async def budget_for_update(connection: AsyncConnection, budget_id: UUID, asking: Asking) -> KeptBudget | None:
    """The budget, locked until the transaction ends; None for an unknown id and for one the body may not see."""
    found = _budgets().where(_BUDGET.c.id == budget_id, sharing.may_see(_BUDGET, asking))
    row = (await connection.execute(found.with_for_update(of=_BUDGET))).mappings().first()
    return None if row is None else _kept(row)


async def item_for_update(connection: AsyncConnection, item_id: UUID, asking: Asking) -> KeptItem | None:
    """The item and its budget, locked; None for an unknown id and for one the body may not see."""
    found = select(_ITEM.c.personal_budget_id, _ITEM.c.owner_id).where(
        _ITEM.c.id == item_id, sharing.may_see(_ITEM, asking)
    )
    row = (await connection.execute(found.with_for_update(of=_ITEM))).first()
    return None if row is None else await item_of(connection, row.owner_id, item_id)


async def item_of(connection: AsyncConnection, owner_id: UUID, item_id: UUID) -> KeptItem:
    """An item that is known to exist for the caller, with its budget, locked."""
    item = (
        (await connection.execute(select(_ITEM).where(_ITEM.c.owner_id == owner_id, _ITEM.c.id == item_id)))
        .mappings()
        .one()
    )
    found = _budgets().where(_BUDGET.c.owner_id == owner_id, _BUDGET.c.id == item["personal_budget_id"])
    budget = (await connection.execute(found.with_for_update(of=_BUDGET))).mappings().one()
    agreement = tables.provision_agreement
    agreed = await connection.scalar(
        select(agreement.c.status).where(agreement.c.owner_id == owner_id, agreement.c.id == item["agreement_id"])
    )
    kept = _kept(budget)
    buys, in_the_plan = await _bought(connection, kept, item["provision_id"])
    return KeptItem(
        item["id"],
        kept,
        item["provision_id"],
        item["kind"],
        item["funder_id"],
        item["per"],
        item["mechanism"],
        item["status"],
        in_pence_or_none(item["indicative_amount"]),
        in_pence_or_none(item["amount"]),
        item["starts_on"],
        item["ends_on"],
        agreed if item["kind"] is BudgetKind.HEALTH else None,
        buys,
        in_the_plan,
    )


async def _bought(connection: AsyncConnection, budget: KeptBudget, provision_id: UUID | None) -> tuple[str, bool]:
    """What an item buys, in words, and whether that stands in the plan that the budget is of, or in its draft."""
    provision, alive = tables.provision, budget.plan_status in {*MAINTAINED, *CHANGEABLE}
    if provision_id is None:
        return "", alive
    of_plan = (_PLAN.c.owner_id == provision.c.owner_id) & (_PLAN.c.id == provision.c.plan_id)
    found = select(provision.c.description, _PLAN.c.id, _PLAN.c.status, _PLAN.c.supersedes_id).join(_PLAN, of_plan)
    mine = (provision.c.owner_id == budget.about.owner_id, provision.c.id == provision_id)
    row = (await connection.execute(found.where(*mine))).one()
    of_draft = row.status in CHANGEABLE and row.supersedes_id == budget.plan_id
    return row.description, alive and (row.id == budget.plan_id or of_draft)


async def provision_to_buy(
    connection: AsyncConnection, budget: KeptBudget, ids: Collection[UUID]
) -> dict[UUID, ProvisionToBuy]:
    """Those of the provisions that stand in the budget's plan, or in the draft that is to amend or replace it. For a
    body that was succeeded its successor answers."""
    provision, agreement = tables.provision, tables.provision_agreement
    draft = (_PLAN.c.supersedes_id == budget.plan_id) & _PLAN.c.status.in_(CHANGEABLE)
    plans = select(_PLAN.c.id).where(
        _PLAN.c.owner_id == budget.about.owner_id, or_(_PLAN.c.id == budget.plan_id, draft)
    )
    of_plan = (provision.c.owner_id == budget.about.owner_id) & provision.c.plan_id.in_(plans)
    rows = await connection.execute(
        select(provision.c.id, provision.c.section, provision.c.description).where(of_plan, provision.c.id.in_(ids))
    )
    answers = await connection.execute(
        select(agreement.c.provision_id, agreement.c.commissioner_id, agreement.c.id, agreement.c.status).where(
            agreement.c.owner_id == budget.about.owner_id, agreement.c.provision_id.in_(ids)
        )
    )
    agreements: dict[UUID, dict[UUID, tuple[UUID, AgreementStatus]]] = {}
    for each in answers:
        answers_now = await succession.newest_of(connection, each.commissioner_id)
        agreements.setdefault(each.provision_id, {})[answers_now] = (each.id, each.status)
    return {row.id: ProvisionToBuy(row.id, row.section, agreements.get(row.id, {}), row.description) for row in rows}


async def insert_budget(connection: AsyncConnection, about: About, plan_id: UUID, **values: Any) -> None:
    await connection.execute(insert(_BUDGET).values(**key_of(about), id=about.id, plan_id=plan_id, **values))


async def set_budget(connection: AsyncConnection, about: About, **values: Any) -> None:
    await connection.execute(
        update(_BUDGET).where(_BUDGET.c.owner_id == about.owner_id, _BUDGET.c.id == about.id).values(**values)
    )


async def insert_item(connection: AsyncConnection, about: About, item_id: UUID, **values: Any) -> None:
    """An item of the budget."""
    row = {**key_of(about), "id": item_id, "personal_budget_id": about.id, **values}
    await connection.execute(insert(_ITEM).values(**row))


async def set_item(connection: AsyncConnection, item: KeptItem, **values: Any) -> None:
    of_it = (_ITEM.c.owner_id == item.budget.about.owner_id) & (_ITEM.c.id == item.id)
    await connection.execute(update(_ITEM).where(of_it).values(**values))


async def statuses(connection: AsyncConnection, about: About) -> list[ItemStatus]:
    """Where the items of the budget stand."""
    of_it = (_ITEM.c.owner_id == about.owner_id) & (_ITEM.c.personal_budget_id == about.id)
    return list((await connection.execute(select(_ITEM.c.status).where(of_it))).scalars())


def pence_of(pounds: Decimal) -> Pence:
    """The pence of an amount that is kept, which has two decimals."""
    return int(pounds * 100)


def in_pence_or_none(pounds: Decimal | None) -> Pence | None:
    return None if pounds is None else pence_of(pounds)


def key_of(about: About) -> dict[str, UUID]:
    return {"owner_id": about.owner_id, "child_id": about.child_id}


def _with_child(statement: Select[Any]) -> Select[Any]:
    child = tables.child
    return statement.join(child, (child.c.owner_id == _PLAN.c.owner_id) & (child.c.id == _PLAN.c.child_id))


def _budgets() -> Select[Any]:
    of_plan = (_PLAN.c.owner_id == _BUDGET.c.owner_id) & (_PLAN.c.id == _BUDGET.c.plan_id)
    found = select(_BUDGET, _PLAN.c.status.label("plan_status"), tables.child.c.date_of_birth)
    return _with_child(found.join(_PLAN, of_plan))


def _kept(row: RowMapping) -> KeptBudget:
    return KeptBudget(
        About("PersonalBudget", row["id"], row["owner_id"], row["child_id"]),
        row["plan_id"],
        row["plan_status"],
        row["date_of_birth"],
        row["status"],
        row["direct_payments_requested"],
        row["section_j_behind"],
    )
