"""A personal budget follows its plan (CFA 2014 s. 49(1), (2)).

It is a budget of the plan, for particular provision in it. The version that amends or replaces another takes over its
budgets: each item buys what continues the provision that it was for. What the new version no longer has ends on its
day, and so does everything when the plan ceases (s. 45) or goes to another authority (SEND Regs 2014 reg. 15(3)): no
more falls due, direct payments stop with reasons, and what was due before may still be settled.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from hub.actions.budget_book import add_up, follow_section_j, settle, tell
from hub.actions.direct_payment_decisions import stop
from hub.actions.duties import end
from hub.actions.transaction import Transaction
from hub.db import budget_money, budget_plans, budgets, direct_payments
from hub.db.budget_plans import Continued
from hub.db.budgets import KeptBudget, KeptItem
from hub.law.budget_decisions import StopGround
from hub.law.budget_money import changed_from
from hub.law.budget_parts import OVER
from hub.law.decisions import Refusal
from hub.law.s49_personal_budget import KIND_OF_SECTION, BudgetEvent, ItemStatus, budget_after

_LASTS = frozenset({ItemStatus.PROPOSED, ItemStatus.AGREED})


async def take_over(tx: Transaction, *, owner_id: UUID, before: UUID, after: UUID, on: date) -> None:
    """The version that becomes final takes over the budgets of the one before; its section J says so."""
    now = await budget_plans.continued_in(tx.connection, owner_id, after)
    for budget in await budgets.of_plan(tx.connection, owner_id, before):
        await _move(tx, budget, now, on=on)
        await budget_plans.of_plan_now(tx.connection, budget, after)
        await follow_section_j(tx, budget)
        await add_up(tx, budget.about)
        await tell(tx, budget.about, "budget_taken_over", plan=str(after), on=on.isoformat())


async def go_back(tx: Transaction, *, owner_id: UUID, dropped: UUID, stands: UUID, on: date) -> None:
    """An amendment is dropped: what was to buy provision in it buys what that was made from, or ends."""
    now = await budget_plans.continues(tx.connection, owner_id, dropped)
    stays = await budget_plans.continued_in(tx.connection, owner_id, stands)
    for budget in await budgets.of_plan(tx.connection, owner_id, stands):
        if await _move(tx, budget, {**stays, **now}, on=on):
            await follow_section_j(tx, budget)
        await add_up(tx, budget.about)


async def end_budgets(tx: Transaction, *, owner_id: UUID, plan_id: UUID, ground: StopGround, on: date) -> None:
    """The plan is not maintained any more by who maintained it: its budgets end that day."""
    for budget in await budgets.of_plan(tx.connection, owner_id, plan_id):
        after = budget_after(budget.status, BudgetEvent.ENDED)
        if isinstance(after, Refusal):
            continue
        for item in await budgets.items_of(tx.connection, budget):
            await _end(tx, item, ground, on=on)
        await budgets.set_budget(tx.connection, budget.about, status=after)
        await end(tx, budget.about, on=on)
        await add_up(tx, budget.about)
        await tell(tx, budget.about, "budget_ended", ground=ground.value, on=on.isoformat())


async def section_j_of_draft(tx: Transaction, *, owner_id: UUID, before: UUID) -> None:
    """A draft is begun: where section J of the version before did not say what direct payments are made, its does."""
    for budget in await budgets.of_plan(tx.connection, owner_id, before):
        if budget.section_j_behind:
            await follow_section_j(tx, budget)


async def _move(tx: Transaction, budget: KeptBudget, now: Mapping[UUID, Continued], *, on: date) -> bool:
    """Each item of the budget buys what it bought as it is now; what there is no more ends. Whether something did."""
    ended = False
    for item in await budgets.items_of(tx.connection, budget):
        if item.provision_id is None:
            continue
        there = now.get(item.provision_id)
        if there is not None and KIND_OF_SECTION.get(there.section) is item.kind:
            await budget_plans.buys_now(tx.connection, item, there.id)
        else:
            await _end(tx, item, StopGround.NOT_IN_THE_PLAN, on=on)
            ended = True
    if ended:
        await settle(tx, budget)
    return ended


async def _end(tx: Transaction, item: KeptItem, ground: StopGround, *, on: date) -> None:
    """Nothing is due of the item from the day on, and its direct payments stop, with their notices."""
    if item.status not in _LASTS:
        return
    for kept in await direct_payments.of_item_kept(tx.connection, item):
        if kept.payment.status not in OVER:
            await stop(tx, kept, ground, decided_on=tx.today, effective_on=on, reasons=ground.meaning)
    rest = await budget_money.account_of(tx.connection, item)
    agreed = changed_from(rest.due, (), on)
    await budget_money.put_dues(tx.connection, item, agreed=agreed, new_id=tx.new_id)
    await budgets.set_item(tx.connection, item, status=ItemStatus.ENDED)
