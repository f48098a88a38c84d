"""What was paid and spent under personal budgets, and the weeks of term that amounts are counted by.

A payment is recorded by the body that funds it, and never beyond what was agreed and due. No particulars of any bank
account are taken.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from hub.actions.budgets import add_up, own_item, tell
from hub.actions.checks import asking, lawful
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import budget_money, direct_payments
from hub.db.budgets import KeptItem
from hub.errors import RefusedByLaw, forbidden, invalid
from hub.law.budget_direct_payments import DirectPayment, may_pay
from hub.law.budget_money import Due, SchoolYear, in_pence
from hub.law.decisions import Refusal
from hub.law.vocabulary import OrganisationKind, PaymentMechanism

MOST_WEEKS, MOST_TERMS = 53, 8


async def record_payment(tx: Transaction, *, item_id: UUID, amount: Decimal, on: date) -> UUID:
    """The funder paid under an amount that it agreed to (s. 49(2), PB Regs 2014 reg. 8(1)); the budget's id."""
    item = await own_item(tx, item_id)
    await pay(tx, item, Due(on, _pence(amount)))
    return item.budget.about.id


async def record_spending(tx: Transaction, *, item_id: UUID, amount: Decimal, on: date) -> UUID:
    """The recipient shows what was spent on the provision (PB Regs 2014 reg. 8(3)(g)); the budget's id."""
    item = await own_item(tx, item_id)
    await spend(tx, item, Due(on, _pence(amount)))
    return item.budget.about.id


async def pay(tx: Transaction, item: KeptItem, paid: Due) -> None:
    """Record a payment; raises `RefusedByLaw` where it was not agreed or is not due."""
    direct_payment_id = await direct_payments.of_item(tx.connection, item)
    if item.mechanism is PaymentMechanism.DIRECT_PAYMENT:
        lawful(may_pay(await _direct_payment(tx, direct_payment_id), paid.on))
    account = await budget_money.account_of(tx.connection, item)
    lawful(account.refuse_payment(paid, today=tx.today))
    await budget_money.insert_payment(tx.connection, item, tx.new_id(), paid, direct_payment_id=direct_payment_id)
    await add_up(tx, item.budget.about)
    await tell(tx, item.budget.about, "budget_paid", item=str(item.id), pence=paid.amount, on=paid.on.isoformat())


async def spend(tx: Transaction, item: KeptItem, spent: Due) -> None:
    """Record spending; raises `RefusedByLaw` where nothing had been paid."""
    account = await budget_money.account_of(tx.connection, item)
    lawful(account.refuse_spending(spent, today=tx.today))
    await budget_money.insert_spending(tx.connection, item, tx.new_id(), spent)
    await tell(tx, item.budget.about, "budget_spent", item=str(item.id), pence=spent.amount, on=spent.on.isoformat())


async def set_school_year(tx: Transaction, *, name: str, weeks: Sequence[date], terms: Sequence[date]) -> UUID:
    """The authority says which weeks of a school year are weeks of term, and when its terms begin; its id."""
    tx.must_have("budget.write")
    if tx.caller.organisation_kind is not OrganisationKind.LOCAL_AUTHORITY:
        raise forbidden("a local authority sets its school years", rule="not-an-authority")
    year = SchoolYear(frozenset(weeks), frozenset(terms))
    if not 1 <= len(year.weeks) <= MOST_WEEKS or any(day.weekday() for day in year.weeks):
        raise invalid("weeks of term are given by their Mondays", rule="weeks-of-term", path=("weeks",))
    if not 1 <= len(year.terms) <= MOST_TERMS:
        raise invalid("a school year has terms", rule="terms", path=("terms",))
    year_id = await budget_money.put_school_year(tx.connection, tx.new_id(), tx.caller.organisation, name, year)
    facts = {"name": name, "weeks": len(year.weeks)}
    await tx.record(Event("school_year_set", tx.caller.organisation, "SchoolYear", year_id, None, facts))
    return year_id


async def _direct_payment(tx: Transaction, direct_payment_id: UUID | None) -> DirectPayment | None:
    if direct_payment_id is None:
        return None
    kept = await direct_payments.direct_payment_for_update(tx.connection, direct_payment_id, asking(tx))
    return kept and kept.payment


def _pence(amount: Decimal) -> int:
    pence = in_pence(amount, "amount")
    if isinstance(pence, Refusal):
        raise RefusedByLaw(pence)
    return pence
