"""Personal budgets and direct payments (CFA 2014 s. 49, SEN (Personal Budgets) Regs 2014)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Interval,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from hub.db import tables
from hub.db.sharing import Sight
from hub.db.sharing_rules import BUDGET_PARTS
from hub.db.tables.base import Pounds
from hub.law.reg17_disclosure import Part
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.vocabulary import BudgetKind, BudgetStatus, DirectPaymentStatus, PaymentMechanism, PaymentPeriod
from schema.encoding import constant
from schema.fields import column, counted, figure, figures, many, node_id, one, part_by, row_of, withheld
from schema.node import Node
from schema.organisation import Organisation
from schema.scalars import Money
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.duty import Duty
    from schema.plan import Plan
    from schema.provision import Provision, ProvisionAgreement
    from schema.review import Review

_BUDGET, _ITEM, _DIRECT, _PAYMENT = (
    tables.personal_budget.c,
    tables.budget_item.c,
    tables.direct_payment.c,
    tables.payment.c,
)


@row_of(tables.budget_item, scope="budget.read", part=part_by("kind", BUDGET_PARTS))
class BudgetItem:
    """What one funder gives for one thing."""

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
    withheld: list[Withheld] = withheld()


# What was paid is on record with the part of the direct payment above it.
@row_of(tables.payment, part=Part.EXISTENCE)
class Payment:
    """Money that was paid."""

    paid_on: date = column(_PAYMENT.paid_on, "The day on which it was paid.")
    amount: Money = column(_PAYMENT.amount, "What was paid on that day, in pounds.")


@row_of(tables.direct_payment, scope="budget.read", part=part_by("kind", BUDGET_PARTS))
class DirectPayment(Node):
    """A direct payment: money paid so that the recipient secures the provision."""

    id: strawberry.ID = node_id(_DIRECT.id, "DirectPayment")
    kind: BudgetKind = column(_DIRECT.kind, "Education, health or social care.")
    payee: str | None = column(
        _DIRECT.payee,
        "The parent or young person to whom it is paid. Open to those who may see the contacts.",
        part=Part.CONTACTS,
    )
    nominee: str | None = column(
        _DIRECT.nominee,
        "Who receives it for them, named in writing (PB Regs 2014 reg. 5). Open to those who may see the contacts.",
        part=Part.CONTACTS,
    )
    amount: Money | None = column(
        _DIRECT.amount,
        "Pounds for each period named in `per`. It must be enough to secure the provision (PB Regs 2014 reg. 10).",
    )
    per: PaymentPeriod = column(_DIRECT.per, "The period that the amount is for; MONTH means so many pounds a month.")
    starts_on: date | None = column(_DIRECT.starts_on, "The first day for which it is paid.")
    ends_on: date | None = column(
        _DIRECT.ends_on, "The last day for which it is paid; absent: until it is changed or stopped."
    )
    notice_served_on: date | None = column(
        _DIRECT.notice_served_on,
        "When the authority served its written notice: amount, what it buys, conditions, days of payment "
        "(PB Regs 2014 reg. 8).",
    )
    agreed_on: date | None = column(
        _DIRECT.agreed_on, "When the recipient agreed in writing (PB Regs 2014 reg. 8). Nothing is paid before."
    )
    premises_consent_on: date | None = column(
        _DIRECT.premises_consent_on,
        "When the head or principal consented in writing to its use on the premises (PB Regs 2014 reg. 9).",
    )
    status: DirectPaymentStatus = column(_DIRECT.status, "Where it stands.")
    payments: list[Payment] | None = many(
        "Payment", "direct_payment_id", "What has been paid under it, earliest first.", order=("paid_on", "id")
    )
    withheld: list[Withheld] = withheld()


def _financial_year(day: ColumnElement[date]) -> ColumnElement[str]:
    """Such as 2026-27, from 1 April: three months before a day in it is in the first year, nine months after in the
    second."""
    before, after = literal_column("interval '3 months'", Interval), literal_column("interval '9 months'", Interval)
    first, second = func.to_char(day - before, constant("YYYY")), func.to_char(day + after, constant("YY"))
    return func.concat(first, constant("-"), second)


def _totals(budget: FromClause, sight: Sight) -> Select[Any]:
    """What the items say, and below it what was paid under them: summed together."""

    def here(row: FromClause) -> ColumnElement[bool]:
        return and_(
            row.c.owner_id == budget.c.owner_id,
            row.c.child_id == budget.c.child_id,
            row.c.personal_budget_id == budget.c.id,
        )

    nothing = cast(null(), Pounds)
    item = sight.rows(tables.budget_item)
    of_items = item.select(
        item.row.c.kind.label("kind"),
        item.row.c.funder_id.label("funder_id"),
        item.row.c.financial_year.label("financial_year"),
        item.row.c.per.label("per"),
        item.row.c.indicative_amount.label("indicative"),
        item.row.c.amount.label("agreed"),
        nothing.label("paid"),
    ).where(here(item.row))
    under, direct = sight.rows(tables.budget_item), sight.rows(tables.direct_payment)
    payment = sight.rows(tables.payment, below=("direct_payment", "direct_payment_id"))
    of_direct = and_(
        payment.row.c.owner_id == direct.row.c.owner_id,
        payment.row.c.child_id == direct.row.c.child_id,
        payment.row.c.direct_payment_id == direct.row.c.id,
    )
    of_item = and_(here(under.row), under.row.c.id == direct.row.c.budget_item_id, under.condition)
    of_payments = (
        select(
            direct.row.c.kind,
            under.row.c.funder_id,
            _financial_year(payment.row.c.paid_on),
            func.coalesce(under.row.c.per, direct.row.c.per),
            nothing,
            nothing,
            payment.row.c.amount,
        )
        .select_from(direct.row.join(payment.row, of_direct).outerjoin(under.row, of_item))
        .where(here(direct.row), direct.condition, payment.condition)
        .correlate(budget)
    )
    amounts = union_all(of_items, of_payments).subquery()
    key = (amounts.c.financial_year, amounts.c.kind, amounts.c.funder_id, amounts.c.per)
    sums = [func.sum(amounts.c[name]).label(name) for name in ("indicative", "agreed", "paid")]
    return select(*key, *sums).group_by(*key).order_by(*key)


@figures(scope="budget.read")
class BudgetTotal:
    """The sums of a personal budget for one kind, funder, financial year and period. Nothing is converted from one
    period to another: an amount a week and an amount a year stand in two totals.
    """

    kind: BudgetKind = figure("kind", Text(), "Education, health or social care.")
    funder: Organisation | None = one(
        "Organisation", Column("funder_id", Uuid()), "Who pays; absent: a direct payment under no item open to you."
    )
    financial_year: str = figure("financial_year", Text(), "The financial year, such as 2026-27.")
    per: PaymentPeriod = figure("per", Text(), "What each indicative and agreed amount is for.")
    indicative: Money | None = figure(
        "indicative", Pounds, "The indicative amounts of the items, added up, in pounds; absent: there is none."
    )
    agreed: Money | None = figure(
        "agreed", Pounds, "The agreed amounts of the items, added up, in pounds; absent: there is none."
    )
    paid: Money | None = figure(
        "paid",
        Pounds,
        "All payments under these items that were made in the financial year, added up, in pounds; absent: there is "
        "none.",
    )


@row_of(tables.personal_budget, scope="budget.read", part=Part.EXISTENCE)
class PersonalBudget(Node):
    """An amount that the authority has identified to secure particular provision in the plan, with a view to the parent
    or young person being involved in securing it (CFA 2014 s. 49(2)).
    """

    id: strawberry.ID = node_id(_BUDGET.id, "PersonalBudget")
    plan: Annotated[Plan, strawberry.lazy("schema.plan")] | None = one(
        "Plan", _BUDGET.plan_id, "The plan it belongs to."
    )
    status: BudgetStatus = column(_BUDGET.status, "Where it stands.")
    requested_on: date | None = column(_BUDGET.requested_on, "When it was asked for.")
    requested_by: str | None = column(
        _BUDGET.requested_by, "Who asked, as the parent or the young person (CFA 2014 s. 49(1)); never a name."
    )
    decider: Decider | None = column(
        _BUDGET.decider, "Who asked, or in whose place, where the family did (SEND Regs 2014 regs 63, 64)."
    )
    decides_because: DecidesBecause | None = column(
        _BUDGET.decides_because,
        "Why it was that person's to ask: the age, and the capacity (SEND Regs 2014 regs 63, 64).",
    )
    items: list[BudgetItem] | None = many(
        "BudgetItem",
        "personal_budget_id",
        "Who pays what for which provision, as far as it is open to you.",
        order=("kind", "id"),
        parts=BUDGET_PARTS.values(),
    )
    totals: list[BudgetTotal] | None = counted(
        "BudgetTotal",
        _totals,
        "What the items and the payments that are open to you add up to.",
        parts=BUDGET_PARTS.values(),
    )
    payments: list[DirectPayment] | None = many(
        "DirectPayment",
        "personal_budget_id",
        "The direct payments in it. Those for health care provision are open to the commissioning body too.",
        order=("kind", "id"),
        parts=BUDGET_PARTS.values(),
    )
    reviews: list[Annotated[Review, strawberry.lazy("schema.review")]] | None = many(
        "Review",
        "plan_id",
        "Reviews of the plan it belongs to.",
        order=("-meeting_on", "id"),
        parts=[Part.REVIEW],
        local="plan_id",
    )
    duties: list[Annotated[Duty, strawberry.lazy("schema.duty")]] | None = many(
        "Duty", "about_id", "The clocks about this budget.", order=("due_on", "id"), parts=[Part.DUTIES]
    )
    withheld: list[Withheld] = withheld()
