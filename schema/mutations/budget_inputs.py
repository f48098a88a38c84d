"""What the mutations of personal budgets take."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from hub.law.reg64_decision_makers import Decider
from hub.law.s49_personal_budget import AggregateBecause, Buys
from hub.law.vocabulary import PaymentMechanism, PaymentPeriod
from schema.scalars import Money

_ITEM = "The amount, which you fund."
_ITEM_OR_DIRECT = "The amount, which you fund; left out where the direct payment is named."
_DIRECT = (
    "By which direct payment. Left out: the amount's only one; of a COMBINATION, what is paid otherwise than directly "
    "(PB Regs 2014 reg. 8(1))."
)


@strawberry.input(description="A personal budget was asked for (CFA 2014 s. 49(1), PB Regs 2014 reg. 4(1)).")
class RequestPersonalBudgetInput:
    plan: strawberry.ID = strawberry.field(
        description="The plan: a draft that is being prepared, or one that is reviewed or re-assessed (reg. 4(1))."
    )
    requested_by: Decider = strawberry.field(
        description="Who asked: the parent, or the young person; where one lacks capacity, who stands in (reg. 16)."
    )
    direct_payments: bool = strawberry.field(
        description="Whether direct payments were asked for, which must then be considered (reg. 4(2))."
    )
    on: date = strawberry.field(description="The day on which it was asked for.")
    young_person_lacks_capacity: bool = strawberry.field(
        default=False, description="Whether the young person lacks capacity for this (Mental Capacity Act 2005)."
    )
    has_representative: bool = strawberry.field(
        default=False, description="Whether such a young person has a representative (reg. 16(2))."
    )
    parent_lacks_capacity: bool = strawberry.field(
        default=False, description="Whether the parent lacks capacity for this (reg. 16(1))."
    )


@strawberry.input(description="A share of an amount of a pooled fund (NHS Act 2006 s. 75): whose, and for what.")
class BudgetShareInput:
    provision: strawberry.ID = strawberry.field(description="The provision that the share buys.")
    funder: strawberry.ID = strawberry.field(description="The body that is to fund the share.")
    weight: int = strawberry.field(
        description="How much of the amount falls on it, beside the other shares: 2 is twice 1. No penny is lost."
    )


@strawberry.input(description="An amount to secure particular provision in the plan (CFA 2014 s. 49(2)).")
class BudgetItemInput:
    provision: strawberry.ID | None = strawberry.field(
        default=None, description="The provision it buys; left out where there are `shares`."
    )
    funder: strawberry.ID | None = strawberry.field(
        default=None,
        description="Who is to fund it: the authority, or of health care the responsible commissioning body; left out "
        "where there are `shares`.",
    )
    shares: list[BudgetShareInput] = strawberry.field(
        default_factory=list[BudgetShareInput],
        description="The bodies among which it is divided. Each agrees to its own share (NHS Act 2006 s. 75).",
    )
    amount: Money = strawberry.field(description="Pounds for each period named in `per`.")
    per: PaymentPeriod = strawberry.field(description="The period that the amount is for; it says when it is due.")
    mechanism: PaymentMechanism = strawberry.field(description="How the provision is to be bought.")
    buys: Buys = strawberry.field(
        default=Buys.GOODS_OR_SERVICES, description="What it buys; no direct payment buys a place (reg. 6(2))."
    )
    starts_on: date = strawberry.field(description="The first day for which it is due.")
    ends_on: date | None = strawberry.field(
        default=None, description="The last day; left out: the end of the financial year."
    )
    direct_payments: list[Money] = strawberry.field(
        default_factory=list[Money],
        description="What of the amount each direct payment is, in pounds for each period. Left out: all of what is "
        "paid directly is one; of a COMBINATION, none. What is left is paid otherwise.",
    )


@strawberry.input(description="Provision that is not in the budget (PB Regs 2014 reg. 4A).")
class LeftOutOfBudgetInput:
    provision: strawberry.ID = strawberry.field(description="The provision, secured for an aggregate sum.")
    because: AggregateBecause = strawberry.field(description="Why the amount is not disaggregated (reg. 4A(3)(b)).")
    reasons: str = strawberry.field(default="", description="The reasons; without any it is refused.")


@strawberry.input(description="Prepare a personal budget (CFA 2014 s. 49(1), (2)), or complete one of a return.")
class ProposeBudgetInput:
    budget: strawberry.ID = strawberry.field(description="The budget that was asked for.")
    items: list[BudgetItemInput] = strawberry.field(
        default_factory=list[BudgetItemInput], description="The amounts, for their funders to decide on."
    )
    left_out: list[LeftOutOfBudgetInput] = strawberry.field(
        default_factory=list[LeftOutOfBudgetInput], description="Provision that is left out of it (reg. 4A)."
    )


@strawberry.input(description="Agree to an amount in a personal budget, which you are to fund (CFA 2014 s. 49(2)).")
class AgreeBudgetItemInput:
    item: strawberry.ID = strawberry.field(description=_ITEM)
    amount: Money | None = strawberry.field(
        default=None, description="What you agree to for each period, in pounds; left out: what was proposed."
    )


@strawberry.input(description="Decline an amount in a personal budget, with reasons.")
class DeclineBudgetItemInput:
    item: strawberry.ID = strawberry.field(description=_ITEM)
    reasons: str = strawberry.field(default="", description="Why you do not agree; without any it is refused.")


@strawberry.input(description="Record what was paid under an amount that you agreed to.")
class RecordPaymentInput:
    item: strawberry.ID | None = strawberry.field(default=None, description=_ITEM_OR_DIRECT)
    direct_payment: strawberry.ID | None = strawberry.field(default=None, description=_DIRECT)
    amount: Money = strawberry.field(description="How much, in pounds. No particulars of any account are taken.")
    on: date = strawberry.field(description="The day on which it was paid.")


@strawberry.input(description="Record what the recipient showed to have spent (PB Regs 2014 reg. 8(3)(g)).")
class RecordSpendingInput:
    item: strawberry.ID | None = strawberry.field(default=None, description=_ITEM_OR_DIRECT)
    direct_payment: strawberry.ID | None = strawberry.field(default=None, description=_DIRECT)
    amount: Money = strawberry.field(description="How much, in pounds. No particulars of any account are taken.")
    on: date = strawberry.field(description="The day on which it was spent.")


@strawberry.input(description="Say which weeks of a school year are weeks of term: data of each authority.")
class SetSchoolYearInput:
    name: str = strawberry.field(description="The school year, such as 2026-27.")
    weeks: list[date] = strawberry.field(description="The Mondays of the weeks of term; as many as there are weeks.")
    terms: list[date] = strawberry.field(description="The first day of each term.")


@strawberry.input(description="Have section J follow what direct payments are made (SEND Regs 2014 reg. 12(1)(j)).")
class WriteSectionJInput:
    budget: strawberry.ID = strawberry.field(description="The budget. The draft that is being prepared is written.")


def pounds(amount: Money | None) -> Decimal | None:
    """The amount as a number."""
    return None if amount is None else Decimal(amount)
