"""Direct payments (PB Regs 2014 regs 5 to 15), each step by the body that funds them. The law decides."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from hub.actions import duties
from hub.actions.budget_book import add_up, due_of, follow_section_j, move_budget, must_fund, tell
from hub.actions.budget_notices import ask_young_person, tell_of_offer
from hub.actions.checks import allowed, asking, checked, lawful, must_exist
from hub.actions.transaction import Transaction
from hub.db import budget_money, direct_payments, reviews
from hub.db.budgets import KeptBudget
from hub.db.direct_payments import KeptDirectPayment
from hub.db.reviews import KeptReview, ReviewedPlan
from hub.law.budget_decisions import Considered, refuse_review
from hub.law.budget_direct_payment_events import (
    Accepted,
    DirectPaymentEvent,
    Offered,
    PremisesConsented,
    Started,
    Undertaking,
    Wished,
    YoungPersonsWish,
)
from hub.law.budget_money import changed_from
from hub.law.budget_regimes import Regime
from hub.law.duties import DutyRule, due_on
from hub.law.s44_review import Review
from hub.law.s49_personal_budget import BudgetEvent
from hub.law.vocabulary import ReviewKind


async def offer(tx: Transaction, *, payment_id: UUID, offered: Offered, conditions: str) -> UUID:
    """The funder serves its notice (reg. 8(2)) on a recipient to whom it may be made; the budget's id."""
    kept = await own_direct_payment(tx, payment_id)
    goods, conditions = checked(offered.goods, "goods"), checked(conditions, "conditions")
    after = await step(
        tx,
        kept,
        offered,
        "direct_payment_offered",
        payee=checked(offered.payee, "payee"),
        nominee=checked(offered.nominee, "nominee") or None,
        goods=goods,
        conditions=conditions or None,
    )
    days = await due_of(tx, kept.item, offered.amount)
    await tell_of_offer(tx, after, goods=goods, conditions=conditions, days=days)
    return kept.item.budget.about.id


async def accept(tx: Transaction, *, payment_id: UUID, accepted: Accepted) -> UUID:
    """The recipient has agreed in writing (reg. 8(3), (4)); section J follows. The budget's id."""
    kept = await own_direct_payment(tx, payment_id)
    said = sorted(each.value for each in Undertaking if each in accepted.undertakings)
    await step(tx, kept, accepted, "direct_payment_accepted", undertakings=said)
    await follow_section_j(tx, kept.item.budget)
    return kept.item.budget.about.id


async def consent_to_premises(tx: Transaction, *, payment_id: UUID, on: date) -> UUID:
    """Whoever is in charge of the premises has consented in writing (reg. 9); the budget's id."""
    kept = await own_direct_payment(tx, payment_id)
    await step(tx, kept, PremisesConsented(on), "premises_consented")
    return kept.item.budget.about.id


async def start(tx: Transaction, *, payment_id: UUID, on: date) -> UUID:
    """It is paid from this day (reg. 8(1)), and reviewed within three months (reg. 11(2)(a)); the budget's id."""
    kept = await own_direct_payment(tx, payment_id)
    after = await step(tx, kept, Started(on), "direct_payment_started")
    await reschedule(tx, after, on, anew=True)
    budget = kept.item.budget
    await move_budget(tx, budget, BudgetEvent.PAYMENT_BEGAN)
    reviewed = after.payment.regime is Regime.PB_REGS_2014
    if reviewed and await reviews.awaited(tx.connection, _plan(budget), ReviewKind.DIRECT_PAYMENT) is None:
        rule = DutyRule.REVIEW_DIRECT_PAYMENTS
        about = replace(budget.about, type="Review", id=tx.new_id())
        kind, due = ReviewKind.DIRECT_PAYMENT, due_on(rule, on)
        await reviews.insert_review(
            tx.connection, KeptReview(about, budget.plan_id, kind, Review(budget.plan_status), due)
        )
        await duties.open_duty(tx, rule, budget.about, holder=budget.about.owner_id, started_on=on)
    return budget.about.id


async def review(tx: Transaction, *, payment_id: UUID, considered: frozenset[Considered], on: date) -> UUID:
    """The funder reviews how it is made and used (reg. 11); the budget's id."""
    kept = await own_direct_payment(tx, payment_id)
    lawful(refuse_review(considered, on=on, started_on=kept.payment.starts_on, today=tx.today))
    await direct_payments.save_direct_payment(tx.connection, kept, reviewed_on=on)
    budget = kept.item.budget
    awaited = await reviews.awaited(tx.connection, _plan(budget), ReviewKind.DIRECT_PAYMENT)
    if awaited is not None and kept.payment.regime is Regime.PB_REGS_2014:
        held = replace(awaited, review=replace(awaited.review, meeting_on=on, report_on=on))
        await reviews.update_review(tx.connection, held)
        await duties.meet(tx, budget.about, DutyRule.REVIEW_DIRECT_PAYMENTS, on=on)
    await tell(tx, budget.about, "direct_payment_reviewed", direct_payment=str(kept.id), on=on.isoformat())
    return budget.about.id


async def wish(tx: Transaction, *, payment_id: UUID, said: YoungPersonsWish, payee: str, on: date) -> UUID:
    """The young person, a child until then, says in writing what is to be (reg. 15(2), (3)); the budget's id."""
    kept = await own_direct_payment(tx, payment_id)
    receives = said is YoungPersonsWish.RECEIVE
    values: dict[str, Any] = {"payee": checked(payee, "payee"), "nominee": None} if receives and payee else {}
    await step(tx, kept, Wished(on, said), "young_person_wished", **values)
    return kept.item.budget.about.id


async def ask(tx: Transaction, *, payment_id: UUID) -> UUID:
    """The young person, over compulsory school age since it was begun for a parent or nominee, is asked whether it is
    to go on (reg. 15(1)); the budget's id."""
    kept = await own_direct_payment(tx, payment_id)
    lawful(kept.payment.refuse_asking(tx.today))
    await ask_young_person(tx, kept)
    await direct_payments.save_direct_payment(tx.connection, kept, young_person_asked_on=tx.today)
    await tell(tx, kept.item.budget.about, "young_person_asked", direct_payment=str(kept.id))
    return kept.item.budget.about.id


# --- what they share


async def own_direct_payment(tx: Transaction, payment_id: UUID) -> KeptDirectPayment:
    """The direct payment, for the body that funds it."""
    tx.must_have("budget.write")
    found = await direct_payments.direct_payment_for_update(tx.connection, payment_id, asking(tx))
    kept = must_exist(found, "direct payment")
    must_fund(tx, kept.item)
    return kept


def _plan(budget: KeptBudget) -> ReviewedPlan:
    return ReviewedPlan(replace(budget.about, type="Plan", id=budget.plan_id), budget.plan_status)


async def step(
    tx: Transaction, kept: KeptDirectPayment, event: DirectPaymentEvent, told: str, **values: Any
) -> KeptDirectPayment:
    lawful(*kept.payment.refusals(event, today=tx.today))
    changed = replace(kept, payment=allowed(kept.payment.after(event, today=tx.today)))
    await direct_payments.save_direct_payment(tx.connection, changed, **values)
    await tell(tx, kept.item.budget.about, told, direct_payment=str(kept.id), on=event.on.isoformat())
    return changed


async def reschedule(tx: Transaction, kept: KeptDirectPayment, on: date, *, anew: bool = False) -> None:
    """What is due of a direct payment follows it from a day on; section J and the sums follow too."""
    item, payment = kept.item, kept.payment
    if payment.amount is not None:
        account = await budget_money.account_of(tx.connection, item, kept.id)
        now = await due_of(tx, item, payment.amount, starts_on=payment.starts_on)
        agreed = changed_from(account.due, now, on, anew=anew)
        await budget_money.put_dues(tx.connection, item, part=kept.id, agreed=agreed, new_id=tx.new_id)
    await follow_section_j(tx, item.budget)
    await add_up(tx, item.budget.about)
