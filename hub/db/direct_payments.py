"""Loading and saving direct payments and the decisions on them. Speaks in law values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import budgets, sharing, tables
from hub.db.budgets import KeptBudget, KeptItem, in_pence_or_none, pence_of
from hub.db.duty_rows import About
from hub.db.sharing import Asking
from hub.law.budget_decisions import Decision, DecisionOnDirectPayment
from hub.law.budget_direct_payments import DirectPayment
from hub.law.budget_money import Pence, in_pounds
from hub.law.budget_payments import ForSectionJ
from hub.law.budget_regimes import Regime
from hub.law.s37_plan import CHANGEABLE
from hub.law.vocabulary import DirectPaymentStatus, SectionCode

_DIRECT, _DECISION, _SECTION = tables.direct_payment, tables.direct_payment_decision, tables.plan_section


@dataclass(frozen=True, slots=True)
class KeptDirectPayment:
    """A direct payment with the item that it is under. `goods`, `payee`, `nominee`: as its notice has them."""

    id: UUID
    item: KeptItem
    payment: DirectPayment
    reviewed_on: date | None = None
    goods: str = ""
    asked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The share of an item's amount that a direct payment is."""

    id: UUID
    share: Pence
    status: DirectPaymentStatus


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """A decision with the direct payment that it is on, and what was changed by it."""

    id: UUID
    direct_payment_id: UUID
    decision: Decision
    effective_on: date
    amount_before: Pence | None


async def direct_payment_for_update(
    connection: AsyncConnection, payment_id: UUID, asking: Asking
) -> KeptDirectPayment | None:
    """The direct payment, locked with its item; None for an unknown id and for one the body may not see."""
    found = select(_DIRECT).where(_DIRECT.c.id == payment_id, sharing.may_see(_DIRECT, asking))
    row = (await connection.execute(found.with_for_update(of=_DIRECT))).mappings().first()
    if row is None or row["budget_item_id"] is None:
        return None
    return await _kept(connection, row)


async def statuses(connection: AsyncConnection, about: About) -> list[DirectPaymentStatus]:
    """Where the direct payments in a budget stand."""
    mine = (_DIRECT.c.owner_id == about.owner_id, _DIRECT.c.personal_budget_id == about.id)
    return list((await connection.execute(select(_DIRECT.c.status).where(*mine))).scalars())


async def of_item_kept(connection: AsyncConnection, item: KeptItem) -> list[KeptDirectPayment]:
    """Every direct payment under an item whose budget is locked."""
    mine = (_DIRECT.c.owner_id == item.budget.about.owner_id, _DIRECT.c.budget_item_id == item.id)
    found = select(_DIRECT).where(*mine).order_by(_DIRECT.c.id).with_for_update(of=_DIRECT)
    rows = (await connection.execute(found)).mappings().all()
    return [await _kept(connection, row) for row in rows]


async def _kept(connection: AsyncConnection, row: RowMapping) -> KeptDirectPayment:
    item = await budgets.item_of(connection, row["owner_id"], row["budget_item_id"])
    payment = DirectPayment(
        row["status"],
        row["regime"] or Regime.PB_REGS_2014,
        item.budget.born_on,
        None if item.agreed is None else in_pence_or_none(row["share"]),
        in_pence_or_none(row["amount"]),
        row["recipient"],
        row["on_premises"],
        row["notice_served_on"],
        row["agreed_on"],
        row["premises_consent_on"],
        row["starts_on"],
        row["ends_on"],
        row["young_persons_wish"],
    )
    return KeptDirectPayment(
        row["id"], item, payment, row["reviewed_on"], row["goods"] or "", row["young_person_asked_on"]
    )


async def insert_direct_payment(
    connection: AsyncConnection, budget: KeptBudget, item_id: UUID, row_id: UUID, **values: Any
) -> None:
    about = budget.about
    await connection.execute(
        insert(_DIRECT).values(
            owner_id=about.owner_id,
            child_id=about.child_id,
            id=row_id,
            personal_budget_id=about.id,
            budget_item_id=item_id,
            status=DirectPaymentStatus.CONSIDERED,
            **values,
        )
    )


async def save_direct_payment(connection: AsyncConnection, kept: KeptDirectPayment, **values: Any) -> None:
    """The direct payment as it now stands, with whatever else is said of it."""
    payment = kept.payment
    of_it = (_DIRECT.c.owner_id == kept.item.budget.about.owner_id) & (_DIRECT.c.id == kept.id)
    row = {
        "status": payment.status,
        "regime": payment.regime,
        "recipient": payment.recipient,
        "amount": None if payment.amount is None else in_pounds(payment.amount),
        "on_premises": payment.on_premises,
        "notice_served_on": payment.notice_served_on,
        "agreed_on": payment.agreed_on,
        "premises_consent_on": payment.premises_consent_on,
        "starts_on": payment.starts_on,
        "ends_on": payment.ends_on,
        "young_persons_wish": payment.wish,
        **values,
    }
    await connection.execute(update(_DIRECT).where(of_it).values(**row))


async def of_item(connection: AsyncConnection, item: KeptItem) -> list[Part]:
    """The direct payments among which an item's amount is divided."""
    of_it = (_DIRECT.c.owner_id == item.budget.about.owner_id) & (_DIRECT.c.budget_item_id == item.id)
    found = select(_DIRECT.c.id, _DIRECT.c.share, _DIRECT.c.status).where(of_it).order_by(_DIRECT.c.id)
    return [Part(row.id, in_pence_or_none(row.share) or 0, row.status) for row in await connection.execute(found)]


async def item_of(connection: AsyncConnection, payment_id: UUID, asking: Asking) -> UUID | None:
    """The item that a direct payment is under; None for an unknown id and for one the body may not see."""
    found = select(_DIRECT.c.budget_item_id).where(_DIRECT.c.id == payment_id, sharing.may_see(_DIRECT, asking))
    return (await connection.execute(found)).scalar_one_or_none()


async def set_share(connection: AsyncConnection, item: KeptItem, part: UUID, share: Pence) -> None:
    of_it = (_DIRECT.c.owner_id == item.budget.about.owner_id) & (_DIRECT.c.id == part)
    await connection.execute(update(_DIRECT).where(of_it).values(share=in_pounds(share)))


async def insert_decision(
    connection: AsyncConnection, kept: KeptDirectPayment, row_id: UUID, made: Mapping[str, Any]
) -> None:
    about = kept.item.budget.about
    row = {"owner_id": about.owner_id, "child_id": about.child_id, "id": row_id, "direct_payment_id": kept.id}
    await connection.execute(insert(_DECISION).values(**row, kind=kept.item.kind, **made))


async def decision_by_id(connection: AsyncConnection, decision_id: UUID, asking: Asking) -> KeptDecision | None:
    """The decision, locked until the transaction ends; None for an unknown id and for one the body may not see."""
    found = select(_DECISION).where(_DECISION.c.id == decision_id, sharing.may_see(_DECISION, asking))
    row = (await connection.execute(found.with_for_update(of=_DECISION))).mappings().first()
    if row is None:
        return None
    decision = Decision(row["decision"], row["decided_on"], row["reconsidered_on"])
    before = in_pence_or_none(row["amount_before"])
    return KeptDecision(row["id"], row["direct_payment_id"], decision, row["effective_on"], before)


async def set_decision(
    connection: AsyncConnection, kept: KeptDirectPayment, decision: KeptDecision, **values: Any
) -> None:
    of_it = (_DECISION.c.owner_id == kept.item.budget.about.owner_id) & (_DECISION.c.id == decision.id)
    await connection.execute(update(_DECISION).where(of_it).values(**values))


async def demanded(connection: AsyncConnection, kept: KeptDirectPayment) -> Pence:
    """What has been asked back already, and was not reversed."""
    of_it = (_DECISION.c.owner_id == kept.item.budget.about.owner_id) & (_DECISION.c.direct_payment_id == kept.id)
    standing = _DECISION.c.outcome.is_distinct_from("REVERSED")
    total = select(func.sum(_DECISION.c.amount)).where(
        of_it, _DECISION.c.decision == DecisionOnDirectPayment.REPAYMENT, standing
    )
    return pence_of(Decimal(await connection.scalar(total) or 0))


async def in_section_j(connection: AsyncConnection, budget: KeptBudget) -> list[ForSectionJ]:
    """The direct payments that section J names: those agreed to in writing that have not stopped."""
    item, provision, link, outcome = (
        tables.budget_item.c,
        tables.provision.c,
        tables.provision_outcome.c,
        tables.outcome.c,
    )
    named = (DirectPaymentStatus.AGREED, DirectPaymentStatus.PAYING, DirectPaymentStatus.REDUCED)
    served = (
        select(func.array_agg(outcome.description))
        .join_from(tables.outcome, tables.provision_outcome, link.outcome_id == outcome.id)
        .where(link.owner_id == _DIRECT.c.owner_id, link.provision_id == provision.id)
        .correlate_except(tables.outcome, tables.provision_outcome)
        .scalar_subquery()
    )
    statement = (
        select(provision.description, served.label("outcomes"), _DIRECT.c.amount, _DIRECT.c.per)
        .join(tables.budget_item, (item.owner_id == _DIRECT.c.owner_id) & (item.id == _DIRECT.c.budget_item_id))
        .join(tables.provision, (provision.owner_id == item.owner_id) & (provision.id == item.provision_id))
        .where(
            _DIRECT.c.owner_id == budget.about.owner_id,
            _DIRECT.c.personal_budget_id == budget.about.id,
            _DIRECT.c.status.in_(named),
        )
        .order_by(provision.section, provision.ordinal, _DIRECT.c.id)
    )
    rows = await connection.execute(statement)
    return [ForSectionJ(row.description, sorted(row.outcomes or ()), pence_of(row.amount), row.per) for row in rows]


async def write_section_j(connection: AsyncConnection, budget: KeptBudget, text: str, *, row_id: UUID) -> bool:
    """Write section J into the draft that is being prepared; False where there is none, for a final version never
    changes."""
    plan = tables.plan.c
    draft = await connection.scalar(
        select(plan.id)
        .where(plan.owner_id == budget.about.owner_id, plan.child_id == budget.about.child_id)
        .where(plan.status.in_(CHANGEABLE))
        .order_by(plan.version.desc())
        .limit(1)
    )
    if draft is None:
        return False
    in_it = (_SECTION.c.owner_id == budget.about.owner_id) & (_SECTION.c.plan_id == draft)
    written = await connection.execute(
        update(_SECTION).where(in_it, _SECTION.c.code == SectionCode.J).values(text=text).returning(_SECTION.c.id)
    )
    if written.first() is None:
        await connection.execute(
            insert(_SECTION).values(
                owner_id=budget.about.owner_id,
                id=row_id,
                child_id=budget.about.child_id,
                plan_id=draft,
                code=SectionCode.J,
                text=text,
            )
        )
    return True


async def others_are_paid(connection: AsyncConnection, kept: KeptDirectPayment) -> bool:
    """Whether another direct payment in the budget is in payment."""
    paying = (DirectPaymentStatus.PAYING, DirectPaymentStatus.REDUCED)
    others = exists().where(
        _DIRECT.c.owner_id == kept.item.budget.about.owner_id,
        _DIRECT.c.personal_budget_id == kept.item.budget.about.id,
        _DIRECT.c.id != kept.id,
        _DIRECT.c.status.in_(paying),
    )
    return bool(await connection.scalar(select(others)))
