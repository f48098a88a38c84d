"""What notices about a personal budget and its direct payments must say (PB Regs 2014 regs 4A, 7, 8, 10, 12 to 15).

The notice of a direct payment comes before the first of it, and names the child or young person, the goods or services,
the amount, any conditions and the days of payment (reg. 8(2)). A refusal goes to the family, and says that it may be
reviewed (reg. 7). A reduction, a repayment and a stop go to the recipient, with reasons, and so does what comes of
reconsidering one; of that the family is told too where the recipient is its nominee (regs 12(3), 13(5), 14(5)).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from hub.law.budget_direct_payment_events import Undertaking
from hub.law.budget_money import Due, Pence, in_pounds
from hub.law.budget_payments import EACH
from hub.law.notice_terms import NoticeContent, NoticeKind, NoticeTo, Requirement
from hub.law.vocabulary import PaymentPeriod

_K, _C = NoticeKind, NoticeContent
_FAMILY, _RECIPIENT = NoticeTo.FAMILY, NoticeTo.RECIPIENT
DAYS_IN_FULL = 12


def _regs(numbers: str, *contents: NoticeContent) -> Requirement:
    return Requirement(f"PB Regs 2014 {numbers}", (_C.DECISION, *contents))


BUDGET_NOTICES: Mapping[tuple[NoticeKind, NoticeTo], Requirement] = MappingProxyType(
    {
        (_K.AMOUNT_DECLINED, _FAMILY): Requirement(
            "CFA 2014 s. 49(2)", (_C.DECISION, _C.PARTICULARS, _C.REASONS, _C.DISAGREEMENT_RESOLUTION)
        ),
        (_K.LEFT_OUT_OF_BUDGET, _FAMILY): _regs("reg. 4A", _C.PARTICULARS, _C.REASONS, _C.DISAGREEMENT_RESOLUTION),
        (_K.DIRECT_PAYMENT_REFUSED, _FAMILY): _regs("reg. 7(a)", _C.PARTICULARS, _C.REASONS, _C.REVIEW_RIGHT),
        (_K.DIRECT_PAYMENT_OFFERED, _RECIPIENT): _regs("reg. 8(2)", _C.PARTICULARS, _C.UNDERTAKINGS),
        (_K.DIRECT_PAYMENT_INCREASED, _RECIPIENT): _regs("reg. 10(2)", _C.PARTICULARS),
        (_K.DIRECT_PAYMENT_REDUCED, _RECIPIENT): _regs("reg. 12(1)", _C.PARTICULARS, _C.REASONS, _C.RECONSIDERATION),
        (_K.DIRECT_PAYMENT_REPAYABLE, _RECIPIENT): _regs("reg. 13(3)", _C.PARTICULARS, _C.REASONS, _C.RECONSIDERATION),
        (_K.DIRECT_PAYMENT_STOPPED, _RECIPIENT): _regs("reg. 14(3)", _C.PARTICULARS, _C.REASONS, _C.RECONSIDERATION),
        (_K.DIRECT_PAYMENT_REVIEWED, _FAMILY): _regs("reg. 7(c)", _C.PARTICULARS, _C.OUTCOME, _C.REASONS),
        (_K.DIRECT_PAYMENT_RECONSIDERED, _RECIPIENT): _regs(
            "regs 12(3), 13(5), 14(5)", _C.PARTICULARS, _C.OUTCOME, _C.REASONS
        ),
        (_K.DIRECT_PAYMENT_RECONSIDERED, _FAMILY): _regs(
            "regs 12(3), 13(5), 14(5)", _C.PARTICULARS, _C.OUTCOME, _C.REASONS
        ),
        (_K.YOUNG_PERSON_ASKED, _FAMILY): _regs("reg. 15", _C.PARTICULARS, _C.CHOICES),
    }
)
"""To whom each is given, under which provision, and what it contains, in order."""

BUDGET_STANDING: Mapping[NoticeContent, str] = MappingProxyType(
    {
        _C.UNDERTAKINGS: "Nothing is paid before you agree in writing. "
        + " ".join(each.meaning for each in Undertaking),
        _C.REVIEW_RIGHT: "You may ask for a review of this decision, and say why. You are told in writing what comes "
        "of it, with reasons.",
        _C.RECONSIDERATION: "You may ask once for this decision to be reconsidered, and say why. You are told in "
        "writing what comes of it, with reasons.",
        _C.CHOICES: "You may receive the payments yourself, have them go on to the person who has received them, or "
        "say that they are to stop. Please answer in writing: without your consent they stop.",
    }
)


def offer_in_words(
    *, child: str, goods: str, amount: Pence, per: PaymentPeriod, days: Sequence[Due], conditions: str
) -> str:
    """The particulars of reg. 8(2)(a) to (e)."""
    said = [f"For {child}: {goods.strip()}.", f"Amount: {in_pounds(amount)} pounds {EACH[per]}."]
    if conditions.strip():
        said.append(f"Conditions: {conditions.strip()}")
    named = ", ".join(f"{each.on.day} {each.on:%B %Y}" for each in days[:DAYS_IN_FULL])
    if len(days) > DAYS_IN_FULL:
        last = days[-1].on
        named += f" and so on, {len(days)} payments to {last.day} {last:%B %Y}"
    return " ".join([*said, f"Days of payment: {named or 'none yet'}."])


def amount_in_words(what: str, amount: Pence | None, per: PaymentPeriod) -> str:
    """An amount with what it buys, in words."""
    return f"{what.strip()}." if amount is None else f"{what.strip()}: {in_pounds(amount)} pounds {EACH[per]}."
