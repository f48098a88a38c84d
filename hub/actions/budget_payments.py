"""What was paid and spent under personal budgets, and the weeks of term that amounts are counted by.

A payment is recorded by the body that funds it, and never beyond what was agreed and due. No particulars of any bank
account are taken.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from hub.actions.budget_book import add_up, own_item, tell
from hub.actions.checks import allowed, asking, lawful
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import budget_money, direct_payments
from hub.db.budgets import KeptItem
from hub.errors import forbidden, invalid, not_found
from hub.law.budget_direct_payments import DirectPayment, may_pay
from hub.law.budget_money import Due, SchoolYear, in_pence
from hub.law.vocabulary import OrganisationKind, PaymentMechanism

MOST_WEEKS, MOST_TERMS = 53, 8


async def record_payment(
    tx: Transaction, *, amount: Decimal, on: date, item_id: UUID | None = None, payment_id: UUID | None = None
) -> UUID:
    """The funder paid under an amount that it agreed to (s. 49(2), PB Regs 2014 reg. 8(1)); the budget's id.

    `payment_id`: by this direct payment. Of an amount that is divided among several, or bought in more than one way,
    what is paid otherwise than directly is the rest.
    """
    item, part = await _paid_under(tx, item_id, payment_id)
    paid = Due(on, allowed(in_pence(amount, "amount")))
    if part is not None or item.mechanism is PaymentMechanism.DIRECT_PAYMENT:
        lawful(may_pay(await _direct_payment(tx, part), paid.on))
    account = await budget_money.account_of(tx.connection, item, part)
    lawful(account.refuse_payment(paid, today=tx.today))
    await budget_money.insert_payment(tx.connection, item, part, tx.new_id(), paid)
    await add_up(tx, item.budget.about)
    await tell(tx, item.budget.about, "budget_paid", item=str(item.id), pence=paid.amount, on=paid.on.isoformat())
    return item.budget.about.id


async def record_spending(
    tx: Transaction, *, amount: Decimal, on: date, item_id: UUID | None = None, payment_id: UUID | None = None
) -> UUID:
    """The recipient shows what was spent on the provision (PB Regs 2014 reg. 8(3)(g)); the budget's id."""
    item, part = await _paid_under(tx, item_id, payment_id)
    spent = Due(on, allowed(in_pence(amount, "amount")))
    account = await budget_money.account_of(tx.connection, item, part)
    lawful(account.refuse_spending(spent, today=tx.today))
    await budget_money.insert_spending(tx.connection, item, part, tx.new_id(), spent)
    await tell(tx, item.budget.about, "budget_spent", item=str(item.id), pence=spent.amount, on=spent.on.isoformat())
    return item.budget.about.id


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


async def _paid_under(tx: Transaction, item_id: UUID | None, payment_id: UUID | None) -> tuple[KeptItem, UUID | None]:
    """The item, and the direct payment by which it is paid; None: what of it is paid otherwise."""
    tx.must_have("budget.write")
    under = None if payment_id is None else await direct_payments.item_of(tx.connection, payment_id, asking(tx))
    if payment_id is not None and (under is None or item_id not in {None, under}):
        raise not_found("direct payment")
    found = under or item_id
    if found is None:
        raise invalid("say under which amount, or by which direct payment", rule="item-required", path=("item",))
    item = await own_item(tx, found)
    parts = await direct_payments.of_item(tx.connection, item)
    if payment_id is not None or item.mechanism is not PaymentMechanism.DIRECT_PAYMENT:
        return item, payment_id
    if len(parts) > 1:
        raise invalid("say by which of its direct payments", rule="direct-payment-required", path=("directPayment",))
    return item, parts[0].id if parts else None


async def _direct_payment(tx: Transaction, direct_payment_id: UUID | None) -> DirectPayment | None:
    if direct_payment_id is None:
        return None
    kept = await direct_payments.direct_payment_for_update(tx.connection, direct_payment_id, asking(tx))
    return kept and kept.payment
