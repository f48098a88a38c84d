"""Personal budgets (CFA 2014 s. 49, PB Regs 2014 regs 4, 4A): asked for, proposed, and decided on by each funder."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from hub.actions.budget_book import decide_budget, follow_section_j, own_budget, own_item, put_agreed, tell
from hub.actions.budget_notices import tell_of_amount
from hub.actions.checks import allowed, asking, checked, lawful, must_be_responsible, must_exist
from hub.actions.notices import NoticeKind
from hub.actions.transaction import Transaction
from hub.db import budgets
from hub.db.budgets import KeptBudget
from hub.db.duty_rows import About
from hub.errors import RefusedByLaw
from hub.law.budget_money import in_pence, in_pounds
from hub.law.decisions import Refusal
from hub.law.reg64_decision_makers import PRESUMED, Capacity, Decider, decision_maker
from hub.law.s49_personal_budget import ItemStatus, arranged_by, refuse_decision, refuse_request
from hub.law.vocabulary import BudgetStatus, Source


async def request_budget(
    tx: Transaction, *, plan_id: UUID, by: Decider, direct_payments: bool, on: date, capacity: Capacity = PRESUMED
) -> UUID:
    """The parent or the young person has asked for a personal budget (s. 49(1), reg. 4(1)); its id."""
    tx.must_have("budget.write")
    plan = must_exist(await budgets.plan_to_budget(tx.connection, plan_id, asking(tx)), "plan")
    must_be_responsible(tx, plan.about.owner_id)
    decides = decision_maker(plan.born_on, on, capacity)
    lawful(refuse_request(plan.window, by, decides, on=on, today=tx.today))
    kept = await budgets.budget_of(tx.connection, plan)
    if kept is not None:
        return await _ask_more(tx, kept, direct_payments=direct_payments, on=on)
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


async def _ask_more(tx: Transaction, kept: KeptBudget, *, direct_payments: bool, on: date) -> UUID:
    """There is a budget, of this version of the plan or of the one before: direct payments may still be asked for, at
    any time in the window (PB Regs 2014 reg. 4(1), (2))."""
    if kept.direct_payments_requested or not direct_payments:
        raise RefusedByLaw(Refusal("CFA 2014 s. 49(1)", "already-asked", "This plan has a personal budget."))
    await budgets.set_budget(tx.connection, kept.about, direct_payments_requested=True)
    await tell(tx, kept.about, "direct_payments_requested", on=on.isoformat())
    return kept.about.id


async def agree_item(tx: Transaction, *, item_id: UUID, amount: Decimal | None = None) -> UUID:
    """The body that is to fund an amount agrees to it, or to another; from then on it owes it (s. 49(2)). The budget's
    id."""
    item = await own_item(tx, item_id)
    agreed = item.indicative if amount is None else allowed(in_pence(amount, "amount"))
    if agreed is None:
        raise RefusedByLaw(Refusal("CFA 2014 s. 49(2)", "amount-required", "Say how much.", ("amount",)))
    lawful(
        refuse_decision(
            item.status, ItemStatus.AGREED, provision_agreed=item.provision_agreed, in_the_plan=item.in_the_plan
        )
    )
    await budgets.set_item(
        tx.connection,
        item,
        status=ItemStatus.AGREED,
        amount=in_pounds(agreed),
        decided_on=tx.today,
        reasons=None,
        arranged_by_id=arranged_by(item.kind, item.funder_id, item.mechanism),
    )
    await put_agreed(tx, item, agreed, item.indicative or agreed)
    await decide_budget(tx, item.budget, item.budget.status)
    await tell(tx, item.budget.about, "budget_item_agreed", item=str(item.id), pence=agreed)
    return item.budget.about.id


async def decline_item(tx: Transaction, *, item_id: UUID, reasons: str) -> UUID:
    """The body that is to fund an amount does not agree, and says why; the budget's id."""
    item = await own_item(tx, item_id)
    said = checked(reasons, "reasons")
    lawful(refuse_decision(item.status, ItemStatus.DECLINED, reasons=said))
    await budgets.set_item(tx.connection, item, status=ItemStatus.DECLINED, decided_on=tx.today, reasons=said)
    await tell_of_amount(tx, item, NoticeKind.AMOUNT_DECLINED, reasons=said)
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
