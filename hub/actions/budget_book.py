"""How a personal budget is kept: loaded for who may change it, its days, its sums, its standing, and section J."""

from datetime import date
from uuid import UUID

from hub.actions.checks import allowed, asking, must_be_responsible, must_exist
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import budget_money, budgets, direct_payments
from hub.db.budgets import KeptBudget, KeptItem
from hub.db.direct_payments import Part
from hub.db.duty_rows import About
from hub.errors import RefusedByLaw
from hub.law.budget_money import (
    Due,
    Pence,
    Standing,
    in_pounds,
    last_day_of_financial_year,
    schedule,
    totals,
    whole,
)
from hub.law.budget_parts import OVER, divided
from hub.law.budget_payments import section_j
from hub.law.decisions import Refusal
from hub.law.s49_personal_budget import BudgetEvent, ItemStatus, budget_after, decided
from hub.law.vocabulary import BudgetStatus, DirectPaymentStatus


async def own_budget(tx: Transaction, budget_id: UUID) -> KeptBudget:
    """The budget, for the authority that answers for the child."""
    tx.must_have("budget.write")
    budget = must_exist(await budgets.budget_for_update(tx.connection, budget_id, asking(tx)), "personal budget")
    must_be_responsible(tx, budget.about.owner_id)
    return budget


async def own_item(tx: Transaction, item_id: UUID) -> KeptItem:
    """The item, for the body that is to fund it."""
    tx.must_have("budget.write")
    found = await budgets.item_for_update(tx.connection, item_id, asking(tx))
    item = must_exist(found, "amount in a personal budget")
    must_fund(tx, item)
    return item


def must_fund(tx: Transaction, item: KeptItem) -> None:
    """Raises `RefusedByLaw` unless the caller is the body that funds the item."""
    if item.funder_id != tx.caller.organisation:
        raise RefusedByLaw(Refusal("CFA 2014 s. 49(2)", "not-the-funder", "This is for the body that is to fund it."))


async def due_of(tx: Transaction, item: KeptItem, amount: Pence, *, starts_on: date | None = None) -> tuple[Due, ...]:
    """What is due of the item at this amount, from its first day or a later one; raises `RefusedByLaw`."""
    first = max(day for day in (item.starts_on, starts_on, date.min) if day is not None)
    if item.ends_on is not None and first > item.ends_on:
        return ()
    years = await budget_money.school_years(tx.connection, item.budget.about.owner_id)
    return allowed(schedule(amount, item.per, first, item.ends_on or last_day_of_financial_year(first), years))


async def put_agreed(tx: Transaction, item: KeptItem, amount: Pence, whole_amount: Pence) -> None:
    """An item is agreed to at an amount: each of its direct payments has its share of it, and the rest its own days.

    `whole_amount`: what the shares divide now. No share is due of a direct payment that was refused or stopped.
    """
    under = await direct_payments.of_item(tx.connection, item)
    before = [each.share for each in under]
    *shares, rest = divided(amount, before, max(whole_amount, sum(before)))
    for each, share in zip(under, shares, strict=True):
        await direct_payments.set_share(tx.connection, item, each.id, share)
        if each.status not in OVER:
            await put_days(tx, item, share, part=each.id)
    await put_days(tx, item, rest)


async def put_days(tx: Transaction, item: KeptItem, amount: Pence, *, part: UUID | None = None) -> None:
    """A part of an item is due in full, on all its days."""
    due = await due_of(tx, item, amount) if amount else ()
    await budget_money.put_dues(tx.connection, item, part=part, agreed=due, new_id=tx.new_id)


def rest_of(item: KeptItem, under: list[Part]) -> Pence:
    """What of an item's agreed amount is paid otherwise than directly."""
    return (item.agreed or 0) - sum(each.share for each in under)


async def settle(tx: Transaction, budget: KeptBudget) -> None:
    """Where the budget stands once something in it has stopped or ended."""
    statuses = await budgets.statuses(tx.connection, budget.about)
    if ItemStatus.AGREED in statuses:
        paying = {DirectPaymentStatus.PAYING, DirectPaymentStatus.REDUCED}
        directly = set(await direct_payments.statuses(tx.connection, budget.about))
        event = BudgetEvent.PAYMENT_STOPPED
        if DirectPaymentStatus.STOPPED not in directly or directly & paying:
            return
    elif ItemStatus.PROPOSED in statuses or ItemStatus.ENDED not in statuses:
        return
    else:
        event = BudgetEvent.ENDED
    after = budget_after(budget.status, event)
    if not isinstance(after, Refusal):
        await budgets.set_budget(tx.connection, budget.about, status=after)


async def follow_section_j(tx: Transaction, budget: KeptBudget) -> bool:
    """Section J of the draft that is being prepared follows; where there is none, the budget says that it is behind."""
    text = section_j(await direct_payments.in_section_j(tx.connection, budget))
    written = await direct_payments.write_section_j(tx.connection, budget, text, row_id=tx.new_id())
    await budgets.set_budget(tx.connection, budget.about, section_j_behind=not written)
    return written


async def move_budget(tx: Transaction, budget: KeptBudget, event: BudgetEvent) -> None:
    """The budget after the event."""
    await budgets.set_budget(tx.connection, budget.about, status=status_after(budget, event))


async def add_up(tx: Transaction, about: About) -> None:
    """Keep what the whole budget comes to, for those to whom it is open."""
    found = whole(totals(await budget_money.amounts(tx.connection, about)))
    await budgets.set_budget(
        tx.connection,
        about,
        whole_indicative=in_pounds(found[Standing.INDICATIVE]),
        whole_agreed=in_pounds(found[Standing.AGREED]),
        whole_paid=in_pounds(found[Standing.PAID]),
    )


async def tell(tx: Transaction, about: About, kind: str, **facts: str | int) -> None:
    await tx.record(Event(kind, about.owner_id, "PersonalBudget", about.id, about.child_id, dict(facts)))


async def decide_budget(tx: Transaction, budget: KeptBudget, status: BudgetStatus) -> None:
    """Once every funder has decided, the budget is agreed or refused."""
    event = decided(await budgets.statuses(tx.connection, budget.about))
    if event is not None:
        after = budget_after(status, event)
        if not isinstance(after, Refusal):
            await budgets.set_budget(tx.connection, budget.about, status=after)
    await add_up(tx, budget.about)


def status_after(budget: KeptBudget, event: BudgetEvent) -> BudgetStatus:
    return allowed(budget_after(budget.status, event))
