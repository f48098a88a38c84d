"""Personal budgets (s. 49): asked for in a window that the law opens, proposed, agreed, paid, stopped or refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from hub.county import sections
from hub.county.bodies import Body
from hub.county.dates import days_after
from hub.county.direct_payments import Item, direct_payment, first_review, starts_on_of
from hub.county.people import adult
from hub.county.plans import Arranged, Written
from hub.county.rows import Case
from hub.county.school_years import school_years
from hub.law.budget_money import financial_year, in_pounds, last_day_of_financial_year, schedule
from hub.law.decisions import Refusal
from hub.law.s49_personal_budget import Buys, ItemStatus
from hub.law.school_years import age_on
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    BudgetStatus,
    DirectPaymentStatus,
    PaymentMechanism,
    PaymentPeriod,
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
_A_YEAR: Mapping[PaymentPeriod, int] = {
    PaymentPeriod.MONTH: 12,
    PaymentPeriod.YEAR: 1,
    PaymentPeriod.TERM: 3,
    PaymentPeriod.TERM_WEEK: 39,
    PaymentPeriod.WEEK: 52,
}
_PENNY = Decimal("0.01")
_ITEM_STATUS = {BudgetStatus.REFUSED: ItemStatus.DECLINED, BudgetStatus.ENDED: ItemStatus.ENDED}


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
        direct_payment(case, plan, budget_id, each, statuses[(n + nth) % len(statuses)], asked_on, payee)
    if status in _DECIDED and paid:
        text = sections.direct_payment_text(case, [each.arranged.provided.what for each in paid])
        case.add("plan_section", plan_id=plan.id, code=SectionCode.J, text=text)
    if status in {BudgetStatus.IN_PAYMENT, BudgetStatus.SUSPENDED} and paid:
        first_review(case, plan, budget_id, starts_on_of(asked_on))


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


def _item(case: Case, budget_id: UUID, each: Arranged, status: BudgetStatus, asked_on: date, nth: int) -> Item:
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
    starts_on = starts_on_of(asked_on)
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
    return Item(item_id, kind, amount, mechanism, each, _funder(case, each).id)


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
