"""Personal budgets and direct payments (CFA 2014 s. 49, SEN (Personal Budgets) Regs 2014)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.db.sharing_rules import BUDGET_PARTS
from hub.law.reg17_disclosure import Part
from hub.law.vocabulary import BudgetKind, BudgetStatus, DirectPaymentStatus, PaymentMechanism, PaymentPeriod
from schema.fields import column, many, node_id, one, part_by, row_of, withheld
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
    funder: Organisation | None = one("Organisation", _ITEM.funder_id, "Who pays.")
    financial_year: str = column(_ITEM.financial_year, "The financial year, such as 2026-27.")
    indicative_amount: Money | None = column(_ITEM.indicative_amount, "The indicative amount, in pounds.")
    amount: Money | None = column(_ITEM.amount, "The agreed amount, in pounds.")
    per: PaymentPeriod = column(_ITEM.per, "What the amount is for.")
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

    paid_on: date = column(_PAYMENT.paid_on, "When.")
    amount: Money = column(_PAYMENT.amount, "How much, in pounds.")


@row_of(tables.direct_payment, scope="budget.read", part=part_by("kind", BUDGET_PARTS))
class DirectPayment(Node):
    """A direct payment: money paid so that the recipient secures the provision."""

    id: strawberry.ID = node_id(_DIRECT.id, "DirectPayment")
    kind: BudgetKind = column(_DIRECT.kind, "Education, health or social care.")
    payee: str | None = column(_DIRECT.payee, "The parent or young person.", part=Part.CONTACTS)
    nominee: str | None = column(_DIRECT.nominee, "Whom they named to receive it.", part=Part.CONTACTS)
    amount: Money | None = column(_DIRECT.amount, "How much, in pounds.")
    per: PaymentPeriod = column(_DIRECT.per, "What the amount is for.")
    starts_on: date | None = column(_DIRECT.starts_on, "The first day.")
    ends_on: date | None = column(_DIRECT.ends_on, "The last day.")
    notice_served_on: date | None = column(_DIRECT.notice_served_on, "When the notice was served (PB Regs reg. 8).")
    agreed_on: date | None = column(_DIRECT.agreed_on, "When the recipient agreed in writing (PB Regs reg. 8).")
    premises_consent_on: date | None = column(
        _DIRECT.premises_consent_on, "When the head or principal consented to its use on the premises (PB Regs reg. 9)."
    )
    status: DirectPaymentStatus = column(_DIRECT.status, "Where it stands.")
    payments: list[Payment] | None = many(
        "Payment", "direct_payment_id", "What has been paid.", order=("paid_on", "id")
    )
    withheld: list[Withheld] = withheld()


@row_of(tables.personal_budget, scope="budget.read", part=Part.EXISTENCE)
class PersonalBudget(Node):
    """A personal budget: an amount identified to secure particular provision, so that the family is involved in it."""

    id: strawberry.ID = node_id(_BUDGET.id, "PersonalBudget")
    plan: Annotated[Plan, strawberry.lazy("schema.plan")] | None = one(
        "Plan", _BUDGET.plan_id, "The plan it belongs to."
    )
    status: BudgetStatus = column(_BUDGET.status, "Where it stands.")
    requested_on: date | None = column(_BUDGET.requested_on, "When it was asked for.")
    requested_by: str | None = column(_BUDGET.requested_by, "The capacity in which it was asked for.")
    items: list[BudgetItem] | None = many(
        "BudgetItem",
        "personal_budget_id",
        "Who pays what for which provision, as far as it is open to you.",
        order=("kind", "id"),
        parts=BUDGET_PARTS.values(),
    )
    payments: list[DirectPayment] | None = many(
        "DirectPayment", "personal_budget_id", "Direct payments.", order=("kind", "id"), parts=BUDGET_PARTS.values()
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
