"""Direct payments of the county (PB Regs 2014): notice, agreement, consent, payments, decisions, the first review."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hub.county.clocks import About, clock
from hub.county.dates import days_after, on_work_day, work_day_from
from hub.county.people import adult
from hub.county.plans import Arranged, Written
from hub.county.rows import Case
from hub.law.budget_decisions import DecisionOnDirectPayment, StopGround
from hub.law.budget_direct_payment_events import Recipient
from hub.law.budget_regimes import regime_of
from hub.law.duties import DutyRule, due_on
from hub.law.reg64_decision_makers import over_compulsory_school_age
from hub.law.vocabulary import BudgetKind, DirectPaymentStatus, PaymentMechanism, PaymentPeriod, ReviewKind, Source

_HAS_PAID = frozenset({DirectPaymentStatus.PAYING, DirectPaymentStatus.REDUCED, DirectPaymentStatus.STOPPED})
_DECISIONS: Mapping[DirectPaymentStatus, tuple[DecisionOnDirectPayment, str, StopGround | None]] = {
    DirectPaymentStatus.REDUCED: (
        DecisionOnDirectPayment.REDUCED,
        "The provision now costs less, and the amount is still sufficient.",
        None,
    ),
    DirectPaymentStatus.STOPPED: (
        DecisionOnDirectPayment.STOPPED,
        "The recipient wrote that they no longer consent to receive it.",
        StopGround.CONSENT_WITHDRAWN,
    ),
    DirectPaymentStatus.REFUSED: (
        DecisionOnDirectPayment.REFUSED,
        "Buying it so would leave the service too few places for others with plans.",
        None,
    ),
}
_PENNY = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Item:
    """An item that has been written. `funder_id`: who pays."""

    id: UUID
    kind: BudgetKind
    amount: Decimal
    mechanism: PaymentMechanism
    arranged: Arranged
    funder_id: UUID


def starts_on_of(asked_on: date) -> date:
    """The first of the third month after it was asked for."""
    return (asked_on.replace(day=1) + timedelta(days=97)).replace(day=1)


def direct_payment(
    case: Case, plan: Written, budget_id: UUID, item: Item, status: DirectPaymentStatus, asked_on: date, payee: str
) -> None:
    """A direct payment: notice, agreement and consent come before the first payment (PB Regs 2014 regs 8, 9)."""
    pays = status in _HAS_PAID
    agreed = pays or status is DirectPaymentStatus.AGREED
    starts_on = starts_on_of(asked_on)
    notice_on = days_after(asked_on, 24)
    agreed_on = days_after(notice_on, 8)
    at_setting = item.kind is BudgetKind.EDUCATION
    stopped = status is DirectPaymentStatus.STOPPED
    ends_on = on_work_day(case.today - timedelta(days=case.days(20, 60))) if stopped else None
    amount = (item.amount * Decimal("0.8")).quantize(_PENNY) if status is DirectPaymentStatus.REDUCED else item.amount
    nominee = adult(case.rng, "Aunt", case.family_name) if case.chance(0.2) else None
    payment_id = case.add(
        "direct_payment",
        personal_budget_id=budget_id,
        budget_item_id=item.id,
        kind=item.kind,
        regime=regime_of(item.kind, case.born, asked_on),
        recipient=_recipient(case, asked_on, nominee) if agreed else None,
        on_premises=at_setting,
        payee=payee,
        nominee=nominee,
        share=item.amount,
        amount=amount,
        per=PaymentPeriod.MONTH,
        starts_on=starts_on if agreed else None,
        ends_on=ends_on,
        notice_served_on=notice_on if agreed else None,
        agreed_on=agreed_on if agreed else None,
        premises_consent_on=agreed_on if agreed and at_setting else None,
        status=status,
    )
    for row in case.book.rows["amount_due"]:
        if row["budget_item_id"] == item.id:
            row["direct_payment_id"] = payment_id
    changed_on = ends_on + timedelta(days=1) if ends_on else _two_months_ago(case.today, starts_on)
    if status in _DECISIONS:
        _decide(case, payment_id, item, status, amount, changed_on if pays else notice_on)
    if pays:
        _pay(case, payment_id, item, amount, changed_on, starts_on, ends_on or case.today)


def _recipient(case: Case, on: date, nominee: str | None) -> Recipient:
    """Whom the law lets it be made to."""
    if nominee:
        return Recipient.NOMINEE
    return Recipient.YOUNG_PERSON if over_compulsory_school_age(case.born, on) else Recipient.PARENT


def _two_months_ago(today: date, starts_on: date) -> date:
    """The first of the month before the last: a reduction counts from then, and after the first payment."""
    first = (today.replace(day=1) - timedelta(days=33)).replace(day=1)
    return max(first, starts_on + timedelta(days=32))


def _decide(
    case: Case, payment_id: UUID, item: Item, status: DirectPaymentStatus, amount: Decimal, effective_on: date
) -> None:
    """The decision in writing (PB Regs 2014 regs 7, 12, 14), and what is due after it."""
    decision, reasons, ground = _DECISIONS[status]
    reduced = status is DirectPaymentStatus.REDUCED
    case.add(
        "direct_payment_decision",
        direct_payment_id=payment_id,
        kind=item.kind,
        decision=decision,
        decided_on=min(effective_on - timedelta(days=28 if reduced else 0), case.today),
        effective_on=effective_on,
        reasons=reasons,
        amount=amount if reduced else None,
        amount_before=item.amount if reduced else None,
        stop_ground=ground,
    )
    for row in case.book.rows["amount_due"]:
        if row["budget_item_id"] == item.id and row["agreed_amount"] is not None and row["due_on"] >= effective_on:
            row["agreed_amount"] = amount if reduced else None


def _pay(
    case: Case, payment_id: UUID, item: Item, now: Decimal, changed_on: date, starts_on: date, until: date
) -> None:
    """A payment on the first working day of each month, most of it spent; a reduced amount from its day."""
    month = starts_on
    while work_day_from(month) < until:
        amount = now if month >= changed_on else item.amount
        under = {"budget_item_id": item.id, "direct_payment_id": payment_id, "kind": item.kind}
        paid_on = work_day_from(month)
        case.add("payment", **under, funder_id=item.funder_id, paid_on=paid_on, amount=amount)
        spent = (amount * Decimal("0.9")).quantize(_PENNY)
        case.add("spending", **under, spent_on=paid_on, amount=spent)
        month = (month + timedelta(days=32)).replace(day=1)


def first_review(case: Case, plan: Written, budget_id: UUID, starts_on: date) -> None:
    """At least once within three months of the first payment (PB Regs 2014 reg. 11(2)(a))."""
    due = due_on(DutyRule.REVIEW_DIRECT_PAYMENTS, starts_on)
    planned = on_work_day(due - timedelta(days=case.days(2, 20)))
    held_on = planned if planned < case.today else None
    case.add(
        "review",
        plan_id=plan.id,
        kind=ReviewKind.DIRECT_PAYMENT,
        due_on=due,
        meeting_on=held_on,
        source=Source.SYNTHETIC,
    )
    about = About("PersonalBudget", budget_id)
    clock(case, DutyRule.REVIEW_DIRECT_PAYMENTS, about, started_on=starts_on, met_on=held_on)
