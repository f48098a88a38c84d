"""What may be paid from a personal budget, what a line of a statement is, and what section J then says.

Nothing is paid that was not agreed: a payment is made under an amount that its funder agreed to, on or after its days,
and all payments under it come to no more than what was due by then (CFA 2014 s. 49(2); PB Regs 2014 regs 8(1), 10).
A line of a statement that would break this, or that matches nothing, is kept aside with the rule it breaks. A
statement has no particulars of any bank account: none is asked for, and none is kept.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from hub.law.budget_money import S_49_2, Due, Pence, in_pounds, reconcile
from hub.law.decisions import Refusal
from hub.law.s49_personal_budget import ItemStatus
from hub.law.vocabulary import PaymentPeriod


@dataclass(frozen=True, slots=True)
class Account:
    """An amount in a budget with its agreed schedule, and what was paid and spent under it."""

    status: ItemStatus
    due: tuple[Due, ...] = ()
    paid: tuple[Due, ...] = ()
    spent: tuple[Due, ...] = ()

    def owed(self, by: date) -> Pence:
        """What is due and unpaid by the end of a day."""
        return reconcile(self.due, self.paid, self.spent, by=by).owed

    def refuse_payment(self, payment: Due, *, today: date) -> Refusal | None:
        """Why a payment was not agreed."""
        if self.status not in {ItemStatus.AGREED, ItemStatus.ENDED}:
            message = f"Nothing is paid under an amount that stands at {self.status}."
            return Refusal(S_49_2, "not-agreed", message, ("item",))
        if payment.on > today:
            return Refusal(S_49_2, "in-the-future", "It has not been paid yet.", ("on",))
        ever = (*self.paid, payment)
        for day in sorted({each.on for each in ever if each.on >= payment.on}):
            after = reconcile(self.due, ever, (), by=day)
            if after.owed < 0:
                message = (
                    f"By {day} no more than {in_pounds(after.due)} pounds are due, and {in_pounds(after.paid)} paid."
                )
                return Refusal(S_49_2, "more-than-due", message, ("amount",))
        return None

    def refuse_spending(self, spending: Due, *, today: date) -> Refusal | None:
        """Why spending is none. More than was paid may be spent: that is overspent, and owed by nobody."""
        if spending.on > today:
            return Refusal("PB Regs 2014 reg. 8(3)(g)", "in-the-future", "It has not been spent yet.", ("on",))
        if not any(each.on <= spending.on for each in self.paid):
            return Refusal("PB Regs 2014 reg. 8(3)(g)", "nothing-paid", "Nothing had been paid then.", ("on",))
        return None


@dataclass(frozen=True, slots=True)
class ForSectionJ:
    """What section J says of one direct payment: what it buys, the outcomes it serves, and how much."""

    provision: str
    outcomes: Collection[str]
    amount: Pence
    per: PaymentPeriod


EACH = {
    PaymentPeriod.WEEK: "a week",
    PaymentPeriod.TERM_WEEK: "a week of term",
    PaymentPeriod.MONTH: "a month",
    PaymentPeriod.TERM: "a term",
    PaymentPeriod.YEAR: "a year",
    PaymentPeriod.ONCE: "once",
}
NO_DIRECT_PAYMENTS = "No direct payments are made."


def section_j(payments: Iterable[ForSectionJ]) -> str:
    """Section J: the needs and outcomes to be met by direct payments (SEND Regs 2014 reg. 12(1)(j))."""
    lines = [
        f"{each.provision}: by direct payment of {in_pounds(each.amount)} pounds {EACH[each.per]}"
        + (f", for: {'; '.join(each.outcomes)}." if each.outcomes else ".")
        for each in payments
    ]
    return "\n".join(lines) or NO_DIRECT_PAYMENTS
