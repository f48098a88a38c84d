"""The authority prepares a personal budget (CFA 2014 s. 49(1), (2), PB Regs 2014 reg. 4A): amounts for particular
provision in the plan, each for its funder to decide on, and what is left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from hub.actions.budget_book import decide_budget, own_budget, status_after, tell
from hub.actions.budget_notices import tell_of_amount
from hub.actions.checks import allowed, checked, lawful
from hub.actions.notices import NoticeKind
from hub.actions.transaction import Transaction
from hub.db import budget_money, budgets, direct_payments
from hub.db.budgets import KeptBudget, KeptItem, ProvisionToBuy
from hub.errors import invalid, not_found
from hub.law.budget_money import (
    Pence,
    financial_year,
    in_pence,
    in_pounds,
    last_day_of_financial_year,
    schedule,
    split,
)
from hub.law.budget_parts import divided, shares_of
from hub.law.budget_regimes import regime_of
from hub.law.decisions import Refusal
from hub.law.s49_personal_budget import (
    KIND_OF_SECTION,
    AggregateBecause,
    BudgetEvent,
    Buys,
    ItemStatus,
    Proposed,
    refuse_item,
    refuse_leaving_out,
)
from hub.law.vocabulary import BudgetStatus, PaymentMechanism, PaymentPeriod


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a pooled amount that falls on one body's provision, by weight."""

    provision_id: UUID
    funder_id: UUID
    weight: int


@dataclass(frozen=True, slots=True)
class GivenItem:
    """An amount as it is proposed: for one provision and funder, or for several that share it by weight."""

    shares: Sequence[Share]
    amount: Decimal
    per: PaymentPeriod
    mechanism: PaymentMechanism
    buys: Buys
    starts_on: date
    ends_on: date | None = None
    direct_payments: Sequence[Decimal] = ()
    """What of it each direct payment is; nothing given: all of what is paid directly is one."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Provision that is left out of the budget (PB Regs 2014 reg. 4A)."""

    provision_id: UUID
    because: AggregateBecause
    reasons: str


async def propose_budget(
    tx: Transaction, *, budget_id: UUID, items: Sequence[GivenItem], left_out: Sequence[LeftOut] = ()
) -> None:
    """The authority prepares the budget (s. 49(1), (2)): amounts for provision in the plan, for their funders to decide
    on. What a return only reported is completed so."""
    budget = await own_budget(tx, budget_id)
    if not items and not left_out:
        raise invalid("propose something", rule="nothing-proposed", path=("items",))
    status = status_after(budget, BudgetEvent.PROPOSED)
    ids = {share.provision_id for each in items for share in each.shares} | {each.provision_id for each in left_out}
    there = await budgets.provision_to_buy(tx.connection, budget, ids)
    _must_be_lawful(budget, items, left_out, there)
    for place, each in enumerate(items):
        await _propose(tx, budget, each, there, str(place))
    for each in left_out:
        await _leave_out(tx, budget, each, there[each.provision_id])
    await budgets.set_budget(tx.connection, budget.about, status=status)
    await decide_budget(tx, budget, status)
    await tell(tx, budget.about, "budget_proposed")


def _must_be_lawful(
    budget: KeptBudget, items: Sequence[GivenItem], left_out: Sequence[LeftOut], there: dict[UUID, ProvisionToBuy]
) -> None:
    found: list[Refusal | None] = []
    for place, each in enumerate(items):
        for share in each.shares:
            provision = there.get(share.provision_id)
            proposed = Proposed(
                provision.section if provision else None,
                share.funder_id,
                each.mechanism,
                each.buys,
                provision.agreements if provision else (),
            )
            asked = budget.direct_payments_requested or budget.status is BudgetStatus.NOT_RECORDED
            authority = budget.about.owner_id
            found.append(refuse_item(proposed, authority, direct_payments_asked=asked, path=str(place)))
    for place, each in enumerate(left_out):
        found.append(refuse_leaving_out(each.because, each.reasons, path=str(place)))
        if each.provision_id not in there:
            raise not_found("provision in this plan")
    lawful(*found)


async def _propose(
    tx: Transaction, budget: KeptBudget, given: GivenItem, there: dict[UUID, ProvisionToBuy], place: str
) -> None:
    """One amount, as one item; or as several, which are shares of it to the penny."""
    amount = allowed(in_pence(given.amount, "items", place, "amount"))
    if any(share.weight < 1 for share in given.shares):
        raise invalid("a share weighs 1 or more", rule="share-weight", path=("items", place, "shares"))
    where = ("items", place, "directPayments")
    direct = [allowed(in_pence(each, *where)) for each in given.direct_payments]
    by_direct_payment = allowed(shares_of(given.mechanism, amount, direct, *where))
    pool_id = tx.new_id() if len(given.shares) > 1 else None
    parts = split(amount, [share.weight for share in given.shares])
    for share, part in zip(given.shares, parts, strict=True):
        item = await _insert(tx, budget, given, share, there[share.provision_id], part, pool_id)
        *directly, rest = divided(part, by_direct_payment, amount)
        for one in directly:
            await _pay_directly(tx, item, one)
        await _indicate(tx, item, rest)


async def _insert(
    tx: Transaction,
    budget: KeptBudget,
    given: GivenItem,
    share: Share,
    provision: ProvisionToBuy,
    amount: Pence,
    pool_id: UUID | None,
) -> KeptItem:
    kind = KIND_OF_SECTION[provision.section]
    agreement_id, agreement = provision.agreements.get(share.funder_id, (None, None))
    item = KeptItem(
        tx.new_id(),
        budget,
        provision.id,
        kind,
        share.funder_id,
        given.per,
        given.mechanism,
        ItemStatus.PROPOSED,
        amount,
        None,
        given.starts_on,
        given.ends_on or last_day_of_financial_year(given.starts_on),
        agreement,
        provision.description,
    )
    await budgets.insert_item(
        tx.connection,
        budget.about,
        item.id,
        provision_id=provision.id,
        agreement_id=agreement_id,
        kind=kind,
        funder_id=share.funder_id,
        financial_year=financial_year(given.starts_on),
        indicative_amount=in_pounds(amount),
        per=given.per,
        mechanism=given.mechanism,
        buys=given.buys,
        status=ItemStatus.PROPOSED,
        starts_on=item.starts_on,
        ends_on=item.ends_on,
        pool_id=pool_id,
    )
    return item


async def _pay_directly(tx: Transaction, item: KeptItem, share: Pence) -> None:
    """A direct payment of this share of the item is considered."""
    regime, payment_id = regime_of(item.kind, item.budget.born_on, tx.today), tx.new_id()
    await direct_payments.insert_direct_payment(
        tx.connection,
        item.budget,
        item.id,
        payment_id,
        kind=item.kind,
        per=item.per,
        regime=regime,
        share=in_pounds(share),
    )
    await _indicate(tx, item, share, part=payment_id)


async def _indicate(tx: Transaction, item: KeptItem, amount: Pence, *, part: UUID | None = None) -> None:
    """On which days it would be due; without any amount only whether it could be."""
    if item.starts_on is None or item.ends_on is None:
        return
    years = await budget_money.school_years(tx.connection, item.budget.about.owner_id)
    due = allowed(schedule(amount, item.per, item.starts_on, item.ends_on, years))
    await budget_money.put_dues(tx.connection, item, part=part, indicative=due, new_id=tx.new_id)


async def _leave_out(tx: Transaction, budget: KeptBudget, each: LeftOut, provision: ProvisionToBuy) -> None:
    """The provision is not in the budget, and the family is told why (reg. 4A)."""
    kind, funder = KIND_OF_SECTION[provision.section], budget.about.owner_id
    per, mechanism, item_id = PaymentPeriod.YEAR, PaymentMechanism.ARRANGEMENT, tx.new_id()
    reasons = checked(each.reasons, "leftOut")
    await budgets.insert_item(
        tx.connection,
        budget.about,
        item_id,
        provision_id=provision.id,
        kind=kind,
        funder_id=funder,
        financial_year=financial_year(tx.today),
        per=per,
        mechanism=mechanism,
        status=ItemStatus.LEFT_OUT,
        aggregate_because=each.because,
        reasons=reasons,
        decided_on=tx.today,
    )
    item = await budgets.item_of(tx.connection, funder, item_id)
    await tell_of_amount(tx, item, NoticeKind.LEFT_OUT_OF_BUDGET, reasons=reasons)
