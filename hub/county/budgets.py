"""Personal budgets (s. 49): asked for in a window that the law opens, proposed, agreed, paid, stopped or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hub.county import sections
from hub.county.bodies import Body
from hub.county.clocks import About, clock
from hub.county.dates import age_on, days_after, financial_year, on_work_day, work_day_from
from hub.county.people import adult
from hub.county.plans import Arranged, Written
from hub.county.rows import Case
from hub.law.duties import DutyRule, due_on
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
_PENNY = Decimal("0.01")


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
        source=Source.SYNTHETIC,
    )
    if status is BudgetStatus.REQUESTED and nth % 2:
        return
    items = [_item(case, budget_id, each, status, n) for n, each in enumerate(_parts(plan))]
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


def _item(case: Case, budget_id: UUID, each: Arranged, status: BudgetStatus, nth: int) -> _Item:
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
    item_id = case.add(
        "budget_item",
        personal_budget_id=budget_id,
        provision_id=each.id,
        agreement_id=each.agreement_id,
        kind=kind,
        funder_id=_funder(case, each).id,
        financial_year=financial_year(case.today),
        indicative_amount=amount,
        amount=amount if agreed else None,
        per=per,
        mechanism=mechanism,
    )
    return _Item(item_id, kind, amount, mechanism, each)


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
    payment_id = case.add(
        "direct_payment",
        personal_budget_id=budget_id,
        budget_item_id=item.id,
        kind=item.kind,
        payee=payee,
        nominee=adult(case.rng, "Aunt", case.family_name) if case.chance(0.2) else None,
        amount=amount,
        per=PaymentPeriod.MONTH,
        starts_on=starts_on if agreed else None,
        ends_on=ends_on,
        notice_served_on=notice_on if agreed else None,
        agreed_on=agreed_on if agreed else None,
        premises_consent_on=agreed_on if agreed and at_setting else None,
        status=status,
    )
    if pays:
        _pay(case, payment_id, item.amount, amount, starts_on, ends_on or case.today)


def _pay(case: Case, payment_id: UUID, first: Decimal, now: Decimal, starts_on: date, until: date) -> None:
    """A payment on the first working day of each month; the last two of a reduced amount, where it was reduced."""
    days: list[date] = []
    month = starts_on
    while work_day_from(month) < until:
        days.append(work_day_from(month))
        month = (month + timedelta(days=32)).replace(day=1)
    for n, day in enumerate(days):
        case.add("payment", direct_payment_id=payment_id, paid_on=day, amount=now if len(days) - n <= 2 else first)


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
