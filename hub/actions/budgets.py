"""Personal budgets (CFA 2014 s. 49, PB Regs 2014 regs 4, 4A): asked for, proposed, and decided on by each funder."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from hub.actions.checks import asking, checked, lawful, must_be_responsible
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import budget_money, budgets, direct_payments
from hub.db.budgets import KeptBudget, KeptItem
from hub.db.duty_rows import About
from hub.errors import RefusedByLaw, not_found
from hub.law.budget_money import (
    Due,
    Pence,
    Standing,
    in_pence,
    in_pounds,
    last_day_of_financial_year,
    schedule,
    totals,
    whole,
)
from hub.law.budget_payments import section_j
from hub.law.decisions import Refusal
from hub.law.reg64_decision_makers import PRESUMED, Capacity, Decider, decision_maker
from hub.law.s49_personal_budget import (
    BudgetEvent,
    ItemStatus,
    arranged_by,
    budget_after,
    decided,
    refuse_decision,
    refuse_request,
)
from hub.law.vocabulary import BudgetStatus, Source


async def request_budget(
    tx: Transaction, *, plan_id: UUID, by: Decider, direct_payments: bool, on: date, capacity: Capacity = PRESUMED
) -> UUID:
    """The parent or the young person has asked for a personal budget (s. 49(1), reg. 4(1)); its id."""
    tx.must_have("budget.write")
    plan = await budgets.plan_to_budget(tx.connection, plan_id, asking(tx))
    if plan is None:
        raise not_found("plan")
    must_be_responsible(tx, plan.about.owner_id)
    decides = decision_maker(plan.born_on, on, capacity)
    lawful(refuse_request(plan.window, by, decides, on=on, today=tx.today))
    if await budgets.has_budget(tx.connection, plan):
        raise RefusedByLaw(Refusal("CFA 2014 s. 49(1)", "already-asked", "This plan has a personal budget."))
    about = About("PersonalBudget", tx.new_id(), plan.about.owner_id, plan.about.child_id)
    await budgets.insert_budget(
        tx.connection,
        about,
        plan_id,
        status=BudgetStatus.REQUESTED,
        requested_on=on,
        requested_by=by.value.lower().replace("_", " "),
        decider=decides.decider,
        decides_because=decides.because,
        direct_payments_requested=direct_payments,
        source=Source.GRAPHQL,
    )
    await tell(tx, about, "budget_requested", on=on.isoformat())
    return about.id


async def agree_item(tx: Transaction, *, item_id: UUID, amount: Decimal | None = None) -> UUID:
    """The body that is to fund an amount agrees to it, or to another; from then on it owes it (s. 49(2)). The budget's
    id."""
    item = await own_item(tx, item_id)
    agreed = item.indicative if amount is None else in_pence(amount, "amount")
    if agreed is None or isinstance(agreed, Refusal):
        raise RefusedByLaw(agreed or Refusal("CFA 2014 s. 49(2)", "amount-required", "Say how much.", ("amount",)))
    lawful(refuse_decision(item.status, ItemStatus.AGREED, provision_agreed=item.provision_agreed))
    await budgets.set_item(
        tx.connection,
        item,
        status=ItemStatus.AGREED,
        amount=in_pounds(agreed),
        decided_on=tx.today,
        reasons=None,
        arranged_by_id=arranged_by(item.kind, item.funder_id, item.mechanism),
    )
    await budget_money.put_dues(tx.connection, item, agreed=await due_of(tx, item, agreed), new_id=tx.new_id)
    await decide_budget(tx, item.budget, item.budget.status)
    await tell(tx, item.budget.about, "budget_item_agreed", item=str(item.id), pence=agreed)
    return item.budget.about.id


async def decline_item(tx: Transaction, *, item_id: UUID, reasons: str) -> UUID:
    """The body that is to fund an amount does not agree, and says why; the budget's id."""
    item = await own_item(tx, item_id)
    said = checked(reasons, "reasons")
    lawful(refuse_decision(item.status, ItemStatus.DECLINED, reasons=said))
    await budgets.set_item(tx.connection, item, status=ItemStatus.DECLINED, decided_on=tx.today, reasons=said)
    await decide_budget(tx, item.budget, item.budget.status)
    await tell(tx, item.budget.about, "budget_item_declined", item=str(item.id))
    return item.budget.about.id


async def write_section_j(tx: Transaction, *, budget_id: UUID) -> None:
    """The authority has section J of the draft say what direct payments are made (SEND Regs 2014 reg. 12(1)(j))."""
    budget = await own_budget(tx, budget_id)
    if not await follow_section_j(tx, budget):
        message = "No draft is being prepared, and a final plan does not change: propose an amendment first."
        raise RefusedByLaw(Refusal("SEND Regs 2014 reg. 22", "no-draft", message))
    await tell(tx, budget.about, "section_j_written")


# --- what they share with direct payments and what is paid


async def own_budget(tx: Transaction, budget_id: UUID) -> KeptBudget:
    """The budget, for the authority that answers for the child."""
    tx.must_have("budget.write")
    budget = await budgets.budget_for_update(tx.connection, budget_id, asking(tx))
    if budget is None:
        raise not_found("personal budget")
    must_be_responsible(tx, budget.about.owner_id)
    return budget


async def own_item(tx: Transaction, item_id: UUID) -> KeptItem:
    """The item, for the body that is to fund it."""
    tx.must_have("budget.write")
    item = await budgets.item_for_update(tx.connection, item_id, asking(tx))
    if item is None:
        raise not_found("amount in a personal budget")
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
    due = schedule(amount, item.per, first, item.ends_on or last_day_of_financial_year(first), years)
    if isinstance(due, Refusal):
        raise RefusedByLaw(due)
    return due


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
    after = budget_after(budget.status, event)
    if isinstance(after, Refusal):
        raise RefusedByLaw(after)
    return after
