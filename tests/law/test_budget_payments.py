"""What may be paid from a personal budget. Never what was not agreed, and no penny more than is due."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hub.law.budget_money import Due, changed_from, schedule
from hub.law.budget_payments import NO_DIRECT_PAYMENTS, Account, ForSectionJ, section_j
from hub.law.decisions import Refusal
from hub.law.s49_personal_budget import ItemStatus, refuse_decision
from hub.law.vocabulary import PaymentPeriod
from tests.law.cases import day, every_case

TODAY = day("2026-11-22")
FIRST = day("2026-09-01")
MONTHLY = (Due(FIRST, 10_000), Due(day("2026-10-01"), 10_000), Due(day("2026-11-01"), 10_000))
AGREED = Account(ItemStatus.AGREED, MONTHLY)


def _paid(account: Account, on: str, amount: int) -> str | None:
    refusal = account.refuse_payment(Due(day(on), amount), today=TODAY)
    return refusal.rule if refusal else None


def test_nothing_is_paid_that_was_not_agreed() -> None:
    """Nothing is paid under an amount that is proposed, declined or left out; what was agreed and has ended may still
    be settled."""
    for status in ItemStatus:
        settled = status in {ItemStatus.AGREED, ItemStatus.ENDED}
        assert _paid(replace(AGREED, status=status), "2026-09-01", 10_000) == (None if settled else "not-agreed")


def test_no_more_is_paid_than_is_due_by_then() -> None:
    """All payments up to a day come to no more than what was due by it; less may be paid, and is then owed."""
    assert _paid(AGREED, "2026-08-31", 1) == "more-than-due"
    assert _paid(AGREED, "2026-09-01", 10_001) == "more-than-due"
    assert _paid(AGREED, "2026-10-15", 20_000) is None
    assert _paid(AGREED, "2026-11-23", 1) == "in-the-future"
    part = replace(AGREED, paid=(Due(FIRST, 9_000),))
    assert part.owed(FIRST) == 1_000
    assert part.owed(TODAY) == 21_000


def test_a_payment_that_is_recorded_late_counts_from_its_own_day() -> None:
    """A payment is held against what was due on its day and on every later day on which something was paid."""
    later = replace(AGREED, paid=(Due(day("2026-11-01"), 30_000),))
    assert _paid(later, "2026-09-01", 1) == "more-than-due"


def test_nothing_is_owed_under_an_amount_that_has_no_schedule() -> None:
    """An amount that is only proposed, or known from a return alone, has no days, and nothing of it is owed."""
    assert Account(ItemStatus.PROPOSED).owed(TODAY) == 0


def test_what_was_spent_is_shown_and_may_be_more_than_was_paid() -> None:
    """The recipient shows what was spent (reg. 8(3)(g)), of money that had been paid, on a day that is past."""
    account = replace(AGREED, paid=(Due(FIRST, 10_000),))
    for on, rule in (("2026-11-23", "in-the-future"), ("2026-08-31", "nothing-paid")):
        refusal = account.refuse_spending(Due(day(on), 100), today=TODAY)
        assert refusal is not None
        assert refusal.rule == rule
    assert account.refuse_spending(Due(FIRST, 20_000), today=TODAY) is None


def test_section_j_says_what_direct_payments_are_for() -> None:
    """Section J names each direct payment with its amount, and the outcomes it is to meet; without any it says so."""
    each = ForSectionJ("Speech therapy", ["Talks with friends"], 12_345, PaymentPeriod.MONTH)
    assert section_j([each]) == ("Speech therapy: by direct payment of 123.45 pounds a month, for: Talks with friends.")
    assert section_j([replace(each, outcomes=())]).endswith("123.45 pounds a month.")
    assert section_j([]) == NO_DIRECT_PAYMENTS


@dataclass(frozen=True)
class Decide:
    to: ItemStatus


@dataclass(frozen=True)
class Change:
    """From a day on, another amount; none: it stops."""

    after: int
    amount: int


@dataclass(frozen=True)
class Pay:
    after: int
    amount: int


STEPS = st.lists(
    st.builds(Decide, st.sampled_from(ItemStatus))
    | st.builds(Change, st.integers(0, 100), st.integers(0, 20_000))
    | st.builds(Pay, st.integers(0, 82), st.integers(1, 30_000)),
    max_size=25,
)


def _monthly(amount: int) -> tuple[Due, ...]:
    due = schedule(amount, PaymentPeriod.MONTH, FIRST, day("2026-12-31"))
    assert not isinstance(due, Refusal)
    return due if amount else ()


def _after(account: Account, step: Decide | Change | Pay) -> Account:
    match step:
        case Decide(to):
            permitted = refuse_decision(account.status, to, reasons="Said why.") is None
            return replace(account, status=to, due=account.due or _monthly(10_000)) if permitted else account
        case Change(after, amount):
            now = _monthly(amount) if account.due else ()
            return replace(account, due=changed_from(account.due, now, max(TODAY, FIRST + timedelta(days=after))))
        case Pay(after, amount):
            payment = Due(FIRST + timedelta(days=after), amount)
            permitted = account.refuse_payment(payment, today=TODAY) is None
            return replace(account, paid=(*account.paid, payment)) if permitted else account


@every_case
@given(STEPS)
def test_no_sequence_of_steps_pays_what_was_not_agreed(steps: list[Decide | Change | Pay]) -> None:
    """Whatever is decided, changed, stopped and paid in whatever order: what was paid by any day is never more than
    what was agreed and due by then, and every penny that is due is either paid or owed."""
    account = Account(ItemStatus.PROPOSED)
    for step in steps:
        account = _after(account, step)
        for by in (*{each.on for each in account.paid}, TODAY):
            paid = sum(each.amount for each in account.paid if each.on <= by)
            agreed = sum(each.amount for each in account.due if each.on <= by)
            assert paid <= agreed
            assert account.owed(by) == agreed - paid
        assert not account.paid or account.status in {ItemStatus.AGREED, ItemStatus.ENDED}
    assert all(one.on < other.on for one, other in pairwise(account.due))
