"""Loading and saving personal budgets, their items and what is due, paid and spent under them. Speaks in law values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, Table, exists, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.duty_rows import About
from hub.db.sharing import Asking
from hub.law.budget_money import Amount, Due, Pence, SchoolYear, Standing, in_pounds
from hub.law.budget_payments import Account
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

_BUDGET, _ITEM, _DUE = tables.personal_budget, tables.budget_item, tables.amount_due
_PAYMENT, _SPENDING, _PLAN = tables.payment, tables.spending, tables.plan


@dataclass(frozen=True, slots=True)
class KeptBudget:
    """A budget with where it is kept, and the plan and the child that it is of."""

    about: About
    plan_id: UUID
    plan_status: PlanStatus
    born_on: date
    status: BudgetStatus
    direct_payments_requested: bool = False


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An amount in a budget as it is kept. `provision_agreed`: in section G, how the funder's agreement stands."""

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


async def has_budget(connection: AsyncConnection, plan: OfPlan) -> bool:
    """Whether the plan has a personal budget that is neither refused nor ended."""
    over = (BudgetStatus.REFUSED, BudgetStatus.ENDED)
    held = exists().where(
        _BUDGET.c.owner_id == plan.about.owner_id, _BUDGET.c.plan_id == plan.about.id, _BUDGET.c.status.not_in(over)
    )
    return bool(await connection.scalar(select(held)))


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
    return KeptItem(
        item["id"],
        _kept(budget),
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
    )


async def provision_to_buy(
    connection: AsyncConnection, budget: KeptBudget, ids: Collection[UUID]
) -> dict[UUID, ProvisionToBuy]:
    """Those of the provisions that stand in the budget's plan."""
    provision, agreement = tables.provision, tables.provision_agreement
    of_plan = (provision.c.owner_id == budget.about.owner_id) & (provision.c.plan_id == budget.plan_id)
    rows = await connection.execute(select(provision.c.id, provision.c.section).where(of_plan, provision.c.id.in_(ids)))
    answers = await connection.execute(
        select(agreement.c.provision_id, agreement.c.commissioner_id, agreement.c.id, agreement.c.status).where(
            agreement.c.owner_id == budget.about.owner_id, agreement.c.provision_id.in_(ids)
        )
    )
    agreements: dict[UUID, dict[UUID, tuple[UUID, AgreementStatus]]] = {}
    for each in answers:
        agreements.setdefault(each.provision_id, {})[each.commissioner_id] = (each.id, each.status)
    return {row.id: ProvisionToBuy(row.id, row.section, agreements.get(row.id, {})) for row in rows}


async def insert_budget(connection: AsyncConnection, about: About, plan_id: UUID, **values: Any) -> None:
    await connection.execute(insert(_BUDGET).values(**_key(about), id=about.id, plan_id=plan_id, **values))


async def set_budget(connection: AsyncConnection, about: About, **values: Any) -> None:
    await connection.execute(
        update(_BUDGET).where(_BUDGET.c.owner_id == about.owner_id, _BUDGET.c.id == about.id).values(**values)
    )


async def insert_item(connection: AsyncConnection, about: About, item_id: UUID, **values: Any) -> None:
    """An item of the budget."""
    row = {**_key(about), "id": item_id, "personal_budget_id": about.id, **values}
    await connection.execute(insert(_ITEM).values(**row))


async def set_item(connection: AsyncConnection, item: KeptItem, **values: Any) -> None:
    of_it = (_ITEM.c.owner_id == item.budget.about.owner_id) & (_ITEM.c.id == item.id)
    await connection.execute(update(_ITEM).where(of_it).values(**values))


async def statuses(connection: AsyncConnection, about: About) -> list[ItemStatus]:
    """Where the items of the budget stand."""
    of_it = (_ITEM.c.owner_id == about.owner_id) & (_ITEM.c.personal_budget_id == about.id)
    return list((await connection.execute(select(_ITEM.c.status).where(of_it))).scalars())


async def put_dues(
    connection: AsyncConnection,
    item: KeptItem,
    *,
    indicative: Sequence[Due] | None = None,
    agreed: Sequence[Due] | None = None,
    new_id: Any,
) -> None:
    """The schedule of an item: one row a day. Days on which nothing is agreed any more stay, without an agreed
    amount."""
    mine = (_DUE.c.owner_id == item.budget.about.owner_id) & (_DUE.c.budget_item_id == item.id)
    for name, dues in (("indicative_amount", indicative), ("agreed_amount", agreed)):
        if dues is None:
            continue
        await connection.execute(update(_DUE).where(mine).values({name: None}))
        rows = [
            {
                **_key(item.budget.about),
                "id": new_id(),
                "personal_budget_id": item.budget.about.id,
                "budget_item_id": item.id,
                "kind": item.kind,
                "funder_id": item.funder_id,
                "due_on": due.on,
                name: in_pounds(due.amount),
            }
            for due in dues
        ]
        if rows:
            statement = upsert(_DUE).values(rows)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["owner_id", "budget_item_id", "due_on"], set_={name: statement.excluded[name]}
                )
            )


async def account_of(connection: AsyncConnection, item: KeptItem) -> Account:
    """The agreed schedule of an item, and what was paid and spent under it."""

    async def dues(table: Table, day: str, amount: str) -> tuple[Due, ...]:
        of_it = (table.c.owner_id == item.budget.about.owner_id) & (table.c.budget_item_id == item.id)
        found = select(table.c[day], table.c[amount]).where(of_it, table.c[amount].is_not(None)).order_by(table.c[day])
        return tuple(Due(row[0], pence_of(row[1])) for row in await connection.execute(found))

    return Account(
        item.status,
        await dues(_DUE, "due_on", "agreed_amount"),
        await dues(_PAYMENT, "paid_on", "amount"),
        await dues(_SPENDING, "spent_on", "amount"),
    )


async def amounts(connection: AsyncConnection, about: About) -> list[Amount]:
    """Everything in a budget that is added up."""
    mine = (_DUE.c.owner_id == about.owner_id) & (_DUE.c.personal_budget_id == about.id)
    found: list[Amount] = []
    for row in (await connection.execute(select(_DUE).where(mine))).mappings():
        for standing, name in ((Standing.INDICATIVE, "indicative_amount"), (Standing.AGREED, "agreed_amount")):
            if row[name] is not None:
                found.append(Amount(row["kind"], row["funder_id"], row["due_on"], standing, pence_of(row[name])))
    of_item = (_ITEM.c.owner_id == _PAYMENT.c.owner_id) & (_ITEM.c.id == _PAYMENT.c.budget_item_id)
    paid = (
        select(_PAYMENT.c.kind, _ITEM.c.funder_id, _PAYMENT.c.paid_on, _PAYMENT.c.amount)
        .join(_ITEM, of_item)
        .where(_ITEM.c.owner_id == about.owner_id, _ITEM.c.personal_budget_id == about.id)
    )
    return found + [
        Amount(row.kind, row.funder_id, row.paid_on, Standing.PAID, pence_of(row.amount))
        for row in await connection.execute(paid)
    ]


async def insert_payment(
    connection: AsyncConnection, item: KeptItem, payment_id: UUID, paid: Due, *, direct_payment_id: UUID | None
) -> None:
    await connection.execute(
        insert(_PAYMENT).values(**_under(item, payment_id, paid), paid_on=paid.on, direct_payment_id=direct_payment_id)
    )


async def insert_spending(connection: AsyncConnection, item: KeptItem, spending_id: UUID, spent: Due) -> None:
    await connection.execute(insert(_SPENDING).values(**_under(item, spending_id, spent), spent_on=spent.on))


async def school_years(connection: AsyncConnection, authority_id: UUID) -> list[SchoolYear]:
    """The weeks and terms of the authority's school years."""
    year = tables.school_year
    rows = await connection.execute(select(year.c.weeks, year.c.terms).where(year.c.authority_id == authority_id))
    return [SchoolYear(frozenset(row.weeks), frozenset(row.terms)) for row in rows]


async def put_school_year(
    connection: AsyncConnection, year_id: UUID, authority_id: UUID, name: str, year: SchoolYear
) -> UUID:
    """Set a school year, in the place of what was set for it before; its id."""
    days = {"weeks": sorted(year.weeks), "terms": sorted(year.terms)}
    statement = upsert(tables.school_year).values(id=year_id, authority_id=authority_id, name=name, **days)
    kept = await connection.execute(
        statement.on_conflict_do_update(index_elements=["authority_id", "name"], set_=days).returning(
            tables.school_year.c.id
        )
    )
    return kept.scalar_one()


def pence_of(pounds: Decimal) -> Pence:
    """The pence of an amount that is kept, which has two decimals."""
    return int(pounds * 100)


def in_pence_or_none(pounds: Decimal | None) -> Pence | None:
    return None if pounds is None else pence_of(pounds)


def _under(item: KeptItem, row_id: UUID, moved: Due) -> dict[str, Any]:
    about = item.budget.about
    return {
        **_key(about),
        "id": row_id,
        "budget_item_id": item.id,
        "kind": item.kind,
        "amount": in_pounds(moved.amount),
    }


def _key(about: About) -> dict[str, UUID]:
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
    )
