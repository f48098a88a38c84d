"""What one funder gives for one thing in a personal budget: on which days it is due, and what was paid and spent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, cast, func, select

from hub.db import tables
from hub.db.sharing import Sight
from hub.db.sharing_parts import BUDGET_PARTS
from hub.db.tables.base import Pounds
from hub.law.reg17_disclosure import Part
from hub.law.s49_personal_budget import AggregateBecause, Buys, ItemStatus
from hub.law.vocabulary import BudgetKind, PaymentMechanism, PaymentPeriod
from schema.encoding import HEX, constant
from schema.fields import column, counted, figure, figures, many, node_id, one, part_by, row_of, withheld
from schema.node import Node
from schema.organisation import Organisation
from schema.scalars import Money
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.child import Child
    from schema.direct_payment import DirectPayment
    from schema.personal_budget import PersonalBudget
    from schema.provision import Provision, ProvisionAgreement

_ITEM, _DUE = tables.budget_item.c, tables.amount_due.c
_PAYMENT, _SPENDING = tables.payment.c, tables.spending.c


def _reconciled(item: FromClause, sight: Sight) -> Select[Any]:
    """What was due by today, paid and spent. The twin of `hub.law.budget_money.reconcile`."""

    def come_to(table: Table, day: str, amount: str) -> ColumnElement[Any]:
        found = sight.rows(table)
        here = and_(
            found.row.c.owner_id == item.c.owner_id,
            found.row.c.child_id == item.c.child_id,
            found.row.c.budget_item_id == item.c.id,
            found.row.c[day] <= sight.asking.today,
        )
        total = func.coalesce(func.sum(found.row.c[amount]), cast(constant("0"), Pounds))
        return found.select(total).where(here).scalar_subquery()

    sums = select(
        come_to(tables.amount_due, "due_on", "agreed_amount").label("due"),
        come_to(tables.payment, "paid_on", "amount").label("paid"),
        come_to(tables.spending, "spent_on", "amount").label("spent"),
    ).subquery()
    none = cast(constant("0"), Pounds)
    shown: list[ColumnElement[Any]] = [
        *(sums.c[name] for name in ("due", "paid", "spent")),
        (sums.c.due - sums.c.paid).label("owed"),
        func.greatest(sums.c.paid - sums.c.spent, none).label("unspent"),
        func.greatest(sums.c.spent - sums.c.paid, none).label("overspent"),
    ]
    return select(*shown)


@figures(scope="budget.read")
class Reconciliation:
    """What was due by today against what was paid and spent, in pounds."""

    due: Money = figure("due", Pounds, "What is agreed and was due by today.")
    paid: Money = figure("paid", Pounds, "What was paid.")
    spent: Money = figure("spent", Pounds, "What the recipient showed to have spent.")
    owed: Money = figure("owed", Pounds, "Due and not paid.")
    unspent: Money = figure(
        "unspent", Pounds, "Paid and not spent: it may be offset (PB Regs 2014 reg. 10(3)) or asked back (reg. 13(2))."
    )
    overspent: Money = figure("overspent", Pounds, "Spent beyond what was paid, which nobody owes.")


@row_of(tables.budget_item, scope="budget.read", part=part_by("kind", BUDGET_PARTS))
class BudgetItem(Node):
    """What one funder gives for one thing."""

    id: strawberry.ID = node_id(_ITEM.id, "BudgetItem")
    budget: Annotated[PersonalBudget, strawberry.lazy("schema.personal_budget")] | None = one(
        "PersonalBudget", _ITEM.personal_budget_id, "The personal budget it is in."
    )
    kind: BudgetKind = column(_ITEM.kind, "Education, health or social care.")
    funder: Organisation | None = one("Organisation", _ITEM.funder_id, "The body that pays.")
    financial_year: str = column(_ITEM.financial_year, "The financial year, such as 2026-27.")
    indicative_amount: Money | None = column(
        _ITEM.indicative_amount,
        "What is indicated before anything is agreed, in pounds, for each period named in `per`.",
    )
    amount: Money | None = column(
        _ITEM.amount, "The agreed amount, in pounds, for each period named in `per`; absent until it is agreed."
    )
    per: PaymentPeriod = column(_ITEM.per, "The period that both amounts are for; MONTH means so many pounds a month.")
    mechanism: PaymentMechanism = column(_ITEM.mechanism, "How the provision is bought.")
    provision: Annotated[Provision, strawberry.lazy("schema.provision")] | None = one(
        "Provision",
        _ITEM.provision_id,
        "The provision it buys, where that is open to you.",
        parts=[Part.SECTION_F, Part.SECTION_G, Part.SECTION_H1, Part.SECTION_H2],
    )
    agreement: Annotated[ProvisionAgreement, strawberry.lazy("schema.provision")] | None = one(
        "ProvisionAgreement",
        _ITEM.agreement_id,
        "The commissioning body's agreement, for a health item.",
        parts=[Part.SECTION_G],
    )
    status: ItemStatus = column(_ITEM.status, "Where it stands with its funder.")
    buys: Buys = column(_ITEM.buys, "What it is to buy. No direct payment buys a place (PB Regs 2014 reg. 6(2)).")
    starts_on: date | None = column(_ITEM.starts_on, "The first day for which it is due.")
    ends_on: date | None = column(_ITEM.ends_on, "The last day for which it is due.")
    decided_on: date | None = column(_ITEM.decided_on, "When its funder agreed, or declined.")
    reasons: str | None = column(_ITEM.reasons, "Why its funder does not agree, or why it is left out.")
    aggregate_because: AggregateBecause | None = column(
        _ITEM.aggregate_because, "Why it cannot be disaggregated from an aggregate sum (PB Regs 2014 reg. 4A)."
    )
    pool: str | None = column(
        _ITEM.pool_id,
        "Items with the same are shares of one amount of a pooled fund (NHS Act 2006 s. 75), to the penny; each "
        "funder agrees to its own.",
        encoding=HEX,
    )
    arranged_by: Organisation | None = one(
        "Organisation",
        _ITEM.arranged_by_id,
        "Whose duty is done by what a direct payment buys (CFA 2014 s. 49(5) to (7)): it counts as secured by the "
        "authority, or as arranged by the commissioning body.",
    )
    due: list[AmountDue] | None = many(
        "AmountDue", "budget_item_id", "What is due on which days, earliest first.", order=("due_on", "id")
    )
    direct_payments: list[Annotated[DirectPayment, strawberry.lazy("schema.direct_payment")]] | None = many(
        "DirectPayment",
        "budget_item_id",
        "The direct payments by which it is paid. They have their shares of it, and what is left is paid otherwise.",
        order=("id",),
    )
    paid: list[Payment] | None = many(
        "Payment", "budget_item_id", "What has been paid under it, earliest first.", order=("paid_on", "id")
    )
    spent: list[Spending] | None = many(
        "Spending",
        "budget_item_id",
        "What the recipient showed to have spent (PB Regs 2014 reg. 8(3)(g)), earliest first.",
        order=("spent_on", "id"),
    )
    reconciliation: list[Reconciliation] | None = counted(
        "Reconciliation", _reconciled, "What was due by today against what was paid and spent: one row."
    )
    withheld: list[Withheld] = withheld()


@row_of(tables.amount_due, scope="budget.read", part=part_by("kind", BUDGET_PARTS))
class AmountDue(Node):
    """What is due on a day from one funder for one thing, and why: the item says which provision it buys, and who
    agreed to it when. Money is due only once its funder has agreed.
    """

    id: strawberry.ID = node_id(_DUE.id, "AmountDue")
    kind: BudgetKind = column(_DUE.kind, "Education, health or social care.")
    funder: Organisation | None = one("Organisation", _DUE.funder_id, "The body that owes it.")
    due_on: date = column(_DUE.due_on, "The day on which it is due.")
    direct_payment: Annotated[DirectPayment, strawberry.lazy("schema.direct_payment")] | None = one(
        "DirectPayment",
        _DUE.direct_payment_id,
        "The direct payment that is due (PB Regs 2014 reg. 8(2)(e)); absent: it is paid otherwise.",
    )
    indicative: Money | None = column(_DUE.indicative_amount, "What was indicated for that day, in pounds.")
    agreed: Money | None = column(
        _DUE.agreed_amount, "What is agreed for that day and owed, in pounds; absent: nothing is, or no longer."
    )
    item: BudgetItem | None = one("BudgetItem", _DUE.budget_item_id, "What it is for.")
    budget: Annotated[PersonalBudget, strawberry.lazy("schema.personal_budget")] | None = one(
        "PersonalBudget", _DUE.personal_budget_id, "The personal budget it is in."
    )
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one("Child", _DUE.child_id, "Whom it concerns.")


@row_of(tables.spending, part=part_by("kind", BUDGET_PARTS))
class Spending:
    """Money that the recipient showed to have spent on the provision."""

    spent_on: date = column(_SPENDING.spent_on, "The day on which it was spent.")
    amount: Money = column(_SPENDING.amount, "What was spent on that day, in pounds.")


@row_of(tables.payment, part=part_by("kind", BUDGET_PARTS))
class Payment:
    """Money that was paid."""

    paid_on: date = column(_PAYMENT.paid_on, "The day on which it was paid.")
    amount: Money = column(_PAYMENT.amount, "What was paid on that day, in pounds.")
    funder: Organisation | None = one(
        "Organisation", _PAYMENT.funder_id, "The body that paid: the item's funder that day (CFA 2014 s. 49(2))."
    )
