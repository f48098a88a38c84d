"""Notices about a personal budget and its direct payments (PB Regs 2014 regs 4A, 7, 8, 10, 12 to 15), given by the body
that funds what is decided on, in the transaction that decides."""

from collections.abc import Collection, Sequence

from hub.actions.checks import child_of
from hub.actions.notices import NoticeKind, Said, give_notice
from hub.actions.transaction import Transaction
from hub.db.budgets import KeptItem
from hub.db.direct_payments import KeptDirectPayment
from hub.law.budget_decisions import DecisionOnDirectPayment, ReconsiderationOutcome
from hub.law.budget_direct_payment_events import NOMINATED
from hub.law.budget_money import Due, Pence, in_pounds
from hub.law.budget_notices import amount_in_words, offer_in_words
from hub.law.budget_regimes import CITED, Regime
from hub.law.notice_terms import NoticeTo

_D, _K = DecisionOnDirectPayment, NoticeKind
_KINDS = {
    _D.REFUSED: _K.DIRECT_PAYMENT_REFUSED,
    _D.INCREASED: _K.DIRECT_PAYMENT_INCREASED,
    _D.REDUCED: _K.DIRECT_PAYMENT_REDUCED,
    _D.REPAYMENT: _K.DIRECT_PAYMENT_REPAYABLE,
    _D.STOPPED: _K.DIRECT_PAYMENT_STOPPED,
}


async def tell_of_amount(tx: Transaction, item: KeptItem, kind: NoticeKind, *, reasons: str) -> None:
    """The family is told why an amount is not agreed, or is left out of the budget."""
    said = Said(reasons=reasons, particulars=amount_in_words(item.buys, item.indicative, item.per))
    await give_notice(tx, kind, item.budget.about, said=said)


async def tell_of_offer(
    tx: Transaction, kept: KeptDirectPayment, *, goods: str, conditions: str, days: Sequence[Due]
) -> None:
    """The notice before the first payment, to who is to receive it (reg. 8(2))."""
    child = await child_of(tx, kept.item.budget.about.child_id)
    words = offer_in_words(
        child=" ".join([*child.given_names, child.family_name]),
        goods=goods,
        amount=kept.payment.amount or 0,
        per=kept.item.per,
        days=days,
        conditions=conditions,
    )
    await _give(tx, kept, _K.DIRECT_PAYMENT_OFFERED, Said(particulars=words))


async def tell_of_decision(
    tx: Transaction, kept: KeptDirectPayment, decision: DecisionOnDirectPayment, *, reasons: str, amount: Pence | None
) -> None:
    """The recipient is told of a decision with its reasons; of a refusal, the family."""
    if decision is _D.REPAYMENT:
        words = f"{_what(kept)}: {in_pounds(amount or 0)} pounds are asked back."
    else:
        words = amount_in_words(_what(kept), amount or kept.payment.amount, kept.item.per)
    await _give(tx, kept, _KINDS[decision], Said(reasons=reasons, particulars=words))


async def tell_of_outcome(
    tx: Transaction,
    kept: KeptDirectPayment,
    decision: DecisionOnDirectPayment,
    *,
    outcome: ReconsiderationOutcome,
    reasons: str,
) -> None:
    """What came of looking at a decision once more: to the recipient, and to the family where that is another."""
    words = amount_in_words(_what(kept), kept.payment.amount, kept.item.per)
    said = Said(reasons=reasons, particulars=words, outcome=outcome.meaning)
    if decision is _D.REFUSED:
        await _give(tx, kept, _K.DIRECT_PAYMENT_REVIEWED, said)
        return
    to = [NoticeTo.RECIPIENT, *([NoticeTo.FAMILY] if kept.payment.recipient in NOMINATED else [])]
    await _give(tx, kept, _K.DIRECT_PAYMENT_RECONSIDERED, said, to=to)


async def ask_young_person(tx: Transaction, kept: KeptDirectPayment) -> None:
    """The young person, a child until then, is asked what is to be (reg. 15)."""
    words = amount_in_words(_what(kept), kept.payment.amount, kept.item.per)
    await _give(tx, kept, _K.YOUNG_PERSON_ASKED, Said(particulars=words))


async def _give(
    tx: Transaction,
    kept: KeptDirectPayment,
    kind: NoticeKind,
    said: Said,
    *,
    to: Collection[NoticeTo] | None = None,
) -> None:
    regime = kept.payment.regime
    under = None if regime is Regime.PB_REGS_2014 else CITED[regime]
    await give_notice(tx, kind, kept.item.budget.about, said=said, to_whom=to, under=under)


def _what(kept: KeptDirectPayment) -> str:
    return (kept.goods or kept.item.buys or "The provision").rstrip(".")
