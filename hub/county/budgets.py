"""Personal budgets (s. 49): asked for in a window that the law opens, proposed, agreed, paid, stopped or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hub.county import sections
from hub.county.bodies import Body
from hub.county.clocks import About, clock
from hub.county.dates import age_on, days_after, on_work_day, work_day_from
from hub.county.people import adult
from hub.county.plans import Arranged, Written
from hub.county.rows import Case
from hub.county.school_years import school_years
from hub.law.budget_decisions import DecisionOnDirectPayment, StopGround
from hub.law.budget_direct_payment_events import Recipient
from hub.law.budget_money import financial_year, in_pounds, last_day_of_financial_year, schedule
from hub.law.budget_regimes import regime_of
from hub.law.decisions import Refusal
from hub.law.duties import DutyRule, due_on
from hub.law.reg64_decision_makers import over_compulsory_school_age
from hub.law.s49_personal_budget import Buys, ItemStatus
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    BudgetStatus,
    DirectPaymentStatus,
    PaymentMechanism,
    PaymentPeriod,
    ReviewKind,
    SectionCode,
    Source,
)

_KINDS: Mapping[SectionCode, BudgetKind] = {
    SectionCode.F: BudgetKind.EDUCATION,
    SectionCode.G: BudgetKind.HEALTH,
    SectionCode.H1: BudgetKind.SOCIAL_CARE,
    SectionCode.H2: BudgetKind.SOCIAL_CARE,
}
_DECIDED = frozenset(
    {
        BudgetStatus.AGREED,
        BudgetStatus.IN_PAYMENT,
        BudgetStatus.SUSPENDED,
        BudgetStatus.ENDED,
        BudgetStatus.NOT_RECORDED,
    }
)
_PAYMENTS: Mapping[BudgetStatus, tuple[DirectPaymentStatus, ...]] = {
    BudgetStatus.REQUESTED: (DirectPaymentStatus.CONSIDERED,),
    BudgetStatus.PROPOSED: (DirectPaymentStatus.OFFERED, DirectPaymentStatus.CONSIDERED),
    BudgetStatus.AGREED: (DirectPaymentStatus.AGREED,),
    BudgetStatus.IN_PAYMENT: (DirectPaymentStatus.PAYING, DirectPaymentStatus.REDUCED),
    BudgetStatus.SUSPENDED: (DirectPaymentStatus.STOPPED,),
    BudgetStatus.ENDED: (DirectPaymentStatus.STOPPED,),
    BudgetStatus.REFUSED: (DirectPaymentStatus.REFUSED,),
    BudgetStatus.NOT_RECORDED: (),
}
_HAS_PAID = frozenset({DirectPaymentStatus.PAYING, DirectPaymentStatus.REDUCED, DirectPaymentStatus.STOPPED})
_A_YEAR: Mapping[PaymentPeriod, int] = {
    PaymentPeriod.MONTH: 12,
    PaymentPeriod.YEAR: 1,
    PaymentPeriod.TERM: 3,
    PaymentPeriod.TERM_WEEK: 39,
    PaymentPeriod.WEEK: 52,
}
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
_ITEM_STATUS = {BudgetStatus.REFUSED: ItemStatus.DECLINED, BudgetStatus.ENDED: ItemStatus.ENDED}


@dataclass(frozen=True, slots=True)
class _Item:
    """An item that has been written."""

    id: UUID
    kind: BudgetKind
    amount: Decimal
    mechanism: PaymentMechanism
    arranged: Arranged


def ask(case: Case, plan: Written, status: BudgetStatus, asked_on: date, nth: int) -> None:
    """Write a personal budget as it stands, asked for on a day within the window of PB Regs 2014 reg. 4(1)."""
    not_recorded = status is BudgetStatus.NOT_RECORDED
    payee = adult(case.rng, "Mother", case.family_name)
    budget_id = case.add(
        "personal_budget",
        plan_id=plan.id,
        status=status,
        requested_on=None if not_recorded else asked_on,
        requested_by=None if not_recorded else "young person" if age_on(case.born, asked_on) >= 16 else "parent",
        direct_payments_requested=not not_recorded,
        section_j_behind=False,
        source=Source.SYNTHETIC,
    )
    if status is BudgetStatus.REQUESTED and nth % 2:
        return
    parts: Sequence[Arranged] = () if not_recorded else _parts(plan)
    items = [_item(case, budget_id, each, status, asked_on, n) for n, each in enumerate(parts)]
    statuses = _PAYMENTS[status]
    paid = [each for each in items if each.mechanism is PaymentMechanism.DIRECT_PAYMENT]
    for n, each in enumerate(paid if statuses else []):
        _direct_payment(case, plan, budget_id, each, statuses[(n + nth) % len(statuses)], asked_on, payee)
    if status in _DECIDED and paid:
        text = sections.direct_payment_text(case, [each.arranged.provided.what for each in paid])
        case.add("plan_section", plan_id=plan.id, code=SectionCode.J, text=text)
    if status in {BudgetStatus.IN_PAYMENT, BudgetStatus.SUSPENDED} and paid:
        _first_review(case, plan, budget_id, _starts_on(asked_on))


def _parts(plan: Written) -> Sequence[Arranged]:
    """The provision that money is asked for: something of each section, with a price."""
    priced = [
        each
        for each in plan.provisions
        if each.section in _KINDS and each.provided.annual_cost > 0 and each.agreement is not AgreementStatus.LEFT_OUT
    ]
    parts: list[Arranged] = []
    for section, most in ((SectionCode.H1, 2), (SectionCode.H2, 1), (SectionCode.G, 1), (SectionCode.F, 2)):
        parts += [each for each in priced if each.section is section][:most]
    return sorted(parts, key=lambda each: each.provided.work.cost is not None)  # what is bought once comes last


def _funder(case: Case, each: Arranged) -> Body:
    return each.commissioner if each.section is SectionCode.G else case.owner


def _item(case: Case, budget_id: UUID, each: Arranged, status: BudgetStatus, asked_on: date, nth: int) -> _Item:
    kind = _KINDS[each.section]
    yearly = each.provided.annual_cost
    per = tuple(_A_YEAR)[(nth + case.days(0, 4)) % 5]
    amount = (yearly / _A_YEAR[per]).quantize(_PENNY)
    mechanism = PaymentMechanism.DIRECT_PAYMENT
    if nth or each.provided.work.cost is not None:
        mechanism = tuple(PaymentMechanism)[(nth + case.days(0, 3)) % 4]
    if mechanism is PaymentMechanism.DIRECT_PAYMENT:
        per, amount = PaymentPeriod.MONTH, (yearly / 12).quantize(_PENNY)
    if each.provided.work.cost is not None and each.provided.work.cost < 3000:
        per, amount = PaymentPeriod.ONCE, yearly
    agreed = status in _DECIDED
    starts_on = _starts_on(asked_on)
    ends_on = max(last_day_of_financial_year(case.today), starts_on)
    item_id = case.add(
        "budget_item",
        personal_budget_id=budget_id,
        provision_id=each.id,
        agreement_id=each.agreement_id,
        kind=kind,
        funder_id=_funder(case, each).id,
        financial_year=financial_year(starts_on),
        indicative_amount=amount,
        amount=amount if agreed else None,
        per=per,
        mechanism=mechanism,
        buys=Buys.GOODS_OR_SERVICES,
        status=_ITEM_STATUS.get(status, ItemStatus.AGREED if agreed else ItemStatus.PROPOSED),
        starts_on=starts_on,
        ends_on=ends_on,
        decided_on=days_after(asked_on, 20) if agreed else None,
    )
    _due(case, budget_id, item_id, each, amount, per, starts_on, ends_on, agreed=agreed)
    return _Item(item_id, kind, amount, mechanism, each)


def _due(
    case: Case,
    budget_id: UUID,
    item_id: UUID,
    each: Arranged,
    amount: Decimal,
    per: PaymentPeriod,
    starts_on: date,
    ends_on: date,
    *,
    agreed: bool,
) -> None:
    """On which days it is due, as the law has it."""
    due = schedule(int(amount * 100), per, starts_on, ends_on, school_years(starts_on, ends_on))
    if isinstance(due, Refusal):
        raise ValueError(due.message)
    for one in due:
        case.add(
            "amount_due",
            personal_budget_id=budget_id,
            budget_item_id=item_id,
            kind=_KINDS[each.section],
            funder_id=_funder(case, each).id,
            due_on=one.on,
            indicative_amount=in_pounds(one.amount),
            agreed_amount=in_pounds(one.amount) if agreed else None,
        )


def _starts_on(asked_on: date) -> date:
    """The first of the third month after it was asked for."""
    return (asked_on.replace(day=1) + timedelta(days=97)).replace(day=1)


def _direct_payment(
    case: Case, plan: Written, budget_id: UUID, item: _Item, status: DirectPaymentStatus, asked_on: date, payee: str
) -> None:
    """A direct payment: notice, agreement and consent come before the first payment (PB Regs 2014 regs 8, 9)."""
    pays = status in _HAS_PAID
    agreed = pays or status is DirectPaymentStatus.AGREED
    starts_on = _starts_on(asked_on)
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
        amount=amount,
        per=PaymentPeriod.MONTH,
        starts_on=starts_on if agreed else None,
        ends_on=ends_on,
        notice_served_on=notice_on if agreed else None,
        agreed_on=agreed_on if agreed else None,
        premises_consent_on=agreed_on if agreed and at_setting else None,
        status=status,
    )
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
    case: Case, payment_id: UUID, item: _Item, status: DirectPaymentStatus, amount: Decimal, effective_on: date
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
    case: Case, payment_id: UUID, item: _Item, now: Decimal, changed_on: date, starts_on: date, until: date
) -> None:
    """A payment on the first working day of each month, most of it spent; a reduced amount from its day."""
    month = starts_on
    while work_day_from(month) < until:
        amount = now if month >= changed_on else item.amount
        under = {"budget_item_id": item.id, "kind": item.kind}
        paid_on = work_day_from(month)
        case.add("payment", **under, direct_payment_id=payment_id, paid_on=paid_on, amount=amount)
        spent = (amount * Decimal("0.9")).quantize(_PENNY)
        case.add("spending", **under, spent_on=paid_on, amount=spent)
        month = (month + timedelta(days=32)).replace(day=1)


def _first_review(case: Case, plan: Written, budget_id: UUID, starts_on: date) -> None:
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
