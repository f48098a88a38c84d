"""Decisions on direct payments (PB Regs 2014 regs 7, 10, 12 to 14): in writing, with reasons, looked at once more when
asked. What is due, section J and the budget follow."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from hub.actions import duties
from hub.actions.budget_book import (
    add_up,
    decide_budget,
    follow_section_j,
    move_budget,
    put_days,
    rest_of,
    settle,
    tell,
)
from hub.actions.budget_notices import tell_of_decision, tell_of_outcome
from hub.actions.checks import allowed, asking, checked, lawful, must_exist
from hub.actions.direct_payments import own_direct_payment, reschedule, step
from hub.actions.transaction import Transaction
from hub.db import budget_money, budgets, direct_payments
from hub.db.direct_payments import KeptDecision, KeptDirectPayment
from hub.errors import invalid
from hub.law.budget_decisions import (
    DecisionOnDirectPayment,
    ReconsiderationOutcome,
    RepaymentGround,
    StopGround,
    refuse_decision,
    refuse_repayment,
    refuse_stopping,
)
from hub.law.budget_direct_payment_events import Changed, Refused, Restored, Stopped
from hub.law.budget_money import Pence, changed_from, in_pence, in_pounds, reconcile
from hub.law.budget_parts import is_over
from hub.law.duties import DutyRule
from hub.law.s49_personal_budget import BudgetEvent, ItemStatus
from hub.law.s49_personal_budget import refuse_decision as refuse_decision_on_amount

_D = DecisionOnDirectPayment


@dataclass(frozen=True, slots=True)
class Change:
    """What is decided about a direct payment that is being made, with its reasons."""

    decision: DecisionOnDirectPayment
    reasons: str
    on: date
    effective_on: date
    amount: Decimal | None = None
    sufficient: bool = False
    stop_ground: StopGround | None = None
    repayment_ground: RepaymentGround | None = None
    repay_by: date | None = None


async def refuse(tx: Transaction, *, payment_id: UUID, reasons: str, on: date) -> UUID:
    """The funder decides not to make it, with reasons and the right to a review (reg. 7(a)); the budget's id."""
    kept = await own_direct_payment(tx, payment_id)
    said = checked(reasons, "reasons")
    lawful(refuse_decision(_D.REFUSED, kept.payment.regime, said, decided_on=on, effective_on=on, today=tx.today))
    await step(tx, kept, Refused(on), "direct_payment_refused")
    await _decide(tx, kept, _D.REFUSED, reasons=said, decided_on=on, effective_on=on)
    await budget_money.put_dues(tx.connection, kept.item, part=kept.id, agreed=(), new_id=tx.new_id)
    await add_up(tx, kept.item.budget.about)
    return kept.item.budget.about.id


async def change(tx: Transaction, *, payment_id: UUID, made: Change) -> UUID:
    """The funder raises, reduces, stops or asks back (regs 10 to 14), in writing and with reasons; the budget's id."""
    kept = await own_direct_payment(tx, payment_id)
    said = checked(made.reasons, "reasons")
    regime, days = kept.payment.regime, {"decided_on": made.on, "effective_on": made.effective_on}
    lawful(refuse_decision(made.decision, regime, said, **days, today=tx.today))
    match made.decision:
        case _D.INCREASED | _D.REDUCED:
            amount = _amount(made)
            before = kept.payment.amount
            lower = before is not None and amount < before
            if lower is not (made.decision is _D.REDUCED):
                raise invalid("the amount does not change that way", rule="amount-not-changed-so", path=("amount",))
            after = await step(tx, kept, Changed(made.effective_on, amount, made.sufficient), "direct_payment_changed")
            await reschedule(tx, after, made.effective_on)
            await _decide(tx, kept, made.decision, reasons=said, amount=in_pounds(amount), **_was(before), **days)
        case _D.STOPPED:
            await _stop(tx, kept, made, said)
        case _D.REPAYMENT:
            await _ask_back(tx, kept, made, said)
        case _:
            raise invalid(
                "a direct payment that is considered is refused otherwise", rule="refuse-it", path=("change",)
            )
    return kept.item.budget.about.id


async def reconsider(
    tx: Transaction, *, decision_id: UUID, outcome: ReconsiderationOutcome, reasons: str, on: date
) -> UUID:
    """The funder looks at its decision once more, with written reasons (regs 7(b), (c), 12(2) to (4), 13(4), 14(4));
    the budget's id."""
    tx.must_have("budget.write")
    found = must_exist(await direct_payments.decision_by_id(tx.connection, decision_id, asking(tx)), "decision")
    kept = await own_direct_payment(tx, found.direct_payment_id)
    said = checked(reasons, "reasons")
    lawful(found.decision.refuse_reconsideration(said, regime=kept.payment.regime, on=on, today=tx.today))
    if outcome is ReconsiderationOutcome.REVERSED and found.decision.kind is not _D.REPAYMENT:
        await _undo(tx, kept, found, on)
    await direct_payments.set_decision(
        tx.connection, kept, found, reconsidered_on=on, outcome=outcome, outcome_reasons=said
    )
    await tell_of_outcome(tx, kept, found.decision.kind, outcome=outcome, reasons=said)
    await follow_section_j(tx, kept.item.budget)
    await tell(tx, kept.item.budget.about, "decision_reconsidered", decision=str(found.id), outcome=outcome.value)
    return kept.item.budget.about.id


# --- what they share


async def _undo(tx: Transaction, kept: KeptDirectPayment, found: KeptDecision, on: date) -> None:
    """What was decided is as it was before; what it buys must still be in the plan."""
    lawful(
        refuse_decision_on_amount(
            ItemStatus.ENDED, ItemStatus.AGREED, in_the_plan=kept.item.in_the_plan, reconsidered=True
        )
    )
    after = await step(tx, kept, Restored(on, found.amount_before or 0), "direct_payment_decision_reversed")
    if after.payment.starts_on is None:
        await put_days(tx, kept.item, kept.payment.agreed or 0, part=kept.id)
        await budgets.set_item(tx.connection, kept.item, status=ItemStatus.AGREED)
        await decide_budget(tx, kept.item.budget, kept.item.budget.status)
        return
    await budgets.set_item(tx.connection, kept.item, status=ItemStatus.AGREED)
    await reschedule(tx, after, max(found.effective_on, tx.today))
    await move_budget(tx, kept.item.budget, BudgetEvent.PAYMENT_BEGAN)


async def _stop(tx: Transaction, kept: KeptDirectPayment, made: Change, said: str) -> None:
    if made.stop_ground is None:
        raise invalid("say on which ground it stops", rule="stop-ground-required", path=("stopGround",))
    regime, reviewed = kept.payment.regime, kept.reviewed_on is not None
    lawful(refuse_stopping(made.stop_ground, regime, reviewed=reviewed, asked=kept.asked_on is not None))
    await stop(tx, kept, made.stop_ground, decided_on=made.on, effective_on=made.effective_on, reasons=said)
    await settle(tx, kept.item.budget)
    await follow_section_j(tx, kept.item.budget)
    await add_up(tx, kept.item.budget.about)


async def stop(
    tx: Transaction, kept: KeptDirectPayment, ground: StopGround, *, decided_on: date, effective_on: date, reasons: str
) -> None:
    """From its day on nothing is due of the direct payment; its item ends where nothing else is left of it."""
    after = await step(tx, kept, Stopped(effective_on), "direct_payment_stopped")
    item, under = kept.item, await direct_payments.of_item(tx.connection, kept.item)
    account = await budget_money.account_of(tx.connection, item, kept.id)
    agreed = changed_from(account.due, (), effective_on)
    await budget_money.put_dues(tx.connection, item, part=kept.id, agreed=agreed, new_id=tx.new_id)
    if item.status is ItemStatus.AGREED and is_over(rest_of(item, under), [each.status for each in under]):
        await budgets.set_item(tx.connection, item, status=ItemStatus.ENDED)
    days = {"decided_on": decided_on, "effective_on": effective_on}
    await _decide(tx, after, _D.STOPPED, reasons=reasons, stop_ground=ground, **days)
    if not await direct_payments.others_are_paid(tx.connection, kept):
        await duties.end(tx, item.budget.about, DutyRule.REVIEW_DIRECT_PAYMENTS, on=effective_on)


async def _ask_back(tx: Transaction, kept: KeptDirectPayment, made: Change, said: str) -> None:
    if made.repayment_ground is None or made.repay_by is None:
        raise invalid("say on which ground and by when", rule="repayment-incomplete", path=("repaymentGround",))
    amount = _amount(made)
    account = await budget_money.account_of(tx.connection, kept.item, kept.id)
    sums = reconcile(account.due, account.paid, account.spent, by=tx.today)
    demanded = await direct_payments.demanded(tx.connection, kept)
    lawful(
        refuse_repayment(
            amount,
            paid=sums.paid,
            spent=sums.spent,
            demanded=demanded,
            regime=kept.payment.regime,
            by=made.repay_by,
            on=made.on,
        )
    )
    await _decide(
        tx,
        kept,
        _D.REPAYMENT,
        reasons=said,
        decided_on=made.on,
        effective_on=made.effective_on,
        amount=in_pounds(amount),
        repayment_ground=made.repayment_ground,
        repay_by=made.repay_by,
    )


async def _decide(tx: Transaction, kept: KeptDirectPayment, decision: DecisionOnDirectPayment, **values: Any) -> None:
    row_id = tx.new_id()
    await direct_payments.insert_decision(tx.connection, kept, row_id, {"decision": decision, **values})
    amount = values.get("amount")
    await tell_of_decision(
        tx, kept, decision, reasons=values["reasons"], amount=None if amount is None else budgets.pence_of(amount)
    )
    facts = {"decision": decision.value, "direct_payment": str(kept.id)}
    await tell(tx, kept.item.budget.about, "direct_payment_decided", **facts)


def _was(before: Pence | None) -> dict[str, Decimal]:
    return {} if before is None else {"amount_before": in_pounds(before)}


def _amount(made: Change) -> Pence:
    if made.amount is None:
        raise invalid("say how much", rule="amount-required", path=("amount",))
    return allowed(in_pence(made.amount, "amount"))
