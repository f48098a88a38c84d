"""Notices about personal budgets. Before the first payment, and of every decision, in writing and with reasons."""

from datetime import timedelta
from functools import partial

import pytest

from hub.law.budget_direct_payment_events import Undertaking
from hub.law.budget_money import Due
from hub.law.budget_notices import BUDGET_NOTICES, amount_in_words, offer_in_words
from hub.law.decisions import Refusal
from hub.law.notice_terms import NoticeContent, NoticeKind, NoticeTo
from hub.law.notices import Notice, Said, notice, receivers
from hub.law.vocabulary import PaymentPeriod
from tests.law.cases import day

DAY = day("2026-11-16")
FIRST = day("2027-01-01")
SAID = Said(reasons="The rate is lower.", particulars="Mentoring: 200.00 pounds a month.", outcome="It stands.")
K, C, RECIPIENT, FAMILY = NoticeKind, NoticeContent, NoticeTo.RECIPIENT, NoticeTo.FAMILY


def _given(kind: NoticeKind, to: NoticeTo, said: Said = SAID) -> Notice:
    made = notice(kind, to, said, given_on=DAY)
    assert isinstance(made, Notice)
    return made


def test_the_notice_before_the_first_payment_has_the_particulars() -> None:
    """The notice names the child or young person, the goods or services, the amount, any conditions and the days of
    payment (reg. 8(2)), and what the recipient agrees to before anything is paid (reg. 8(3))."""
    words = offer_in_words(
        child="Ada Testchild",
        goods="Mentoring ",
        amount=25_000,
        per=PaymentPeriod.MONTH,
        days=[Due(FIRST, 25_000), Due(day("2027-02-01"), 25_000)],
        conditions=" Not a relative.",
    )
    assert words == (
        "For Ada Testchild: Mentoring. Amount: 250.00 pounds a month. Conditions: Not a relative. "
        "Days of payment: 1 January 2027, 1 February 2027."
    )
    made = _given(K.DIRECT_PAYMENT_OFFERED, RECIPIENT, Said(particulars=words))
    assert (made.provision, receivers(made.kind)) == ("PB Regs 2014 reg. 8(2)", {RECIPIENT})
    assert words in made.text
    assert all(each.meaning in made.text for each in Undertaking)


def test_many_days_of_payment_are_named_by_the_first_and_the_last() -> None:
    """Of many days of payment the notice names the first twelve, how many there are, and the last (reg. 8(2)(e))."""
    days = [Due(FIRST + timedelta(weeks=n), 100) for n in range(40)]
    in_words = partial(
        offer_in_words, child="Ada", goods="Clubs", amount=100, per=PaymentPeriod.TERM_WEEK, conditions=""
    )
    words = in_words(days=days)
    assert words.endswith("19 March 2027 and so on, 40 payments to 1 October 2027.")
    assert "Conditions" not in words
    assert in_words(days=[]).endswith("Days of payment: none yet.")


@pytest.mark.parametrize(
    ("kind", "to", "provision", "says"),
    [
        (K.AMOUNT_DECLINED, FAMILY, "CFA 2014 s. 49(2)", C.DISAGREEMENT_RESOLUTION),
        (K.LEFT_OUT_OF_BUDGET, FAMILY, "PB Regs 2014 reg. 4A", C.DISAGREEMENT_RESOLUTION),
        (K.DIRECT_PAYMENT_REFUSED, FAMILY, "PB Regs 2014 reg. 7(a)", C.REVIEW_RIGHT),
        (K.DIRECT_PAYMENT_REDUCED, RECIPIENT, "PB Regs 2014 reg. 12(1)", C.RECONSIDERATION),
        (K.DIRECT_PAYMENT_REPAYABLE, RECIPIENT, "PB Regs 2014 reg. 13(3)", C.RECONSIDERATION),
        (K.DIRECT_PAYMENT_STOPPED, RECIPIENT, "PB Regs 2014 reg. 14(3)", C.RECONSIDERATION),
        (K.DIRECT_PAYMENT_REVIEWED, FAMILY, "PB Regs 2014 reg. 7(c)", C.OUTCOME),
        (K.DIRECT_PAYMENT_RECONSIDERED, RECIPIENT, "PB Regs 2014 regs 12(3), 13(5), 14(5)", C.OUTCOME),
        (K.DIRECT_PAYMENT_RECONSIDERED, FAMILY, "PB Regs 2014 regs 12(3), 13(5), 14(5)", C.OUTCOME),
    ],
)
def test_every_adverse_decision_is_told_with_reasons(
    kind: NoticeKind, to: NoticeTo, provision: str, says: NoticeContent
) -> None:
    """A refusal is told to the family, with reasons and the right to a review (reg. 7(a)); a reduction, a repayment and
    a stop to the recipient, with reasons and that it is reconsidered once when asked (regs 12 to 14); and what came of
    looking at it once more, with reasons (regs 7(c), 12(3), 13(5), 14(5))."""
    made = _given(kind, to)
    assert made.provision == provision
    assert says in made.contents
    assert "Reasons: The rate is lower." in made.text
    assert SAID.particulars in made.text
    refused = notice(kind, to, Said(particulars="x", outcome="y"), given_on=DAY)
    assert isinstance(refused, Refusal)
    assert (refused.provision, refused.rule) == (provision, "reasons-required")


def test_a_raise_needs_no_reasons_and_a_young_person_is_told_the_choices() -> None:
    """That it is raised is told without reasons (reg. 10(2)); a young person is told what they may say (reg. 15)."""
    assert C.REASONS not in _given(K.DIRECT_PAYMENT_INCREASED, RECIPIENT).contents
    assert "without your consent they stop" in _given(K.YOUNG_PERSON_ASKED, FAMILY).text


def test_a_direct_payment_of_another_law_is_told_under_that_law() -> None:
    """A direct payment for health or social care is not made under these regulations: its notices cite its own law."""
    made = notice(K.DIRECT_PAYMENT_STOPPED, RECIPIENT, SAID, given_on=DAY, under="NHS Act 2006 s. 12A, SI 2013/1617")
    assert isinstance(made, Notice)
    assert made.provision == "NHS Act 2006 s. 12A, SI 2013/1617"


def test_no_notice_of_a_budget_speaks_of_an_appeal() -> None:
    """No appeal lies to the Tribunal against any of these decisions."""
    assert all(C.APPEAL_RIGHT not in required.contents for required in BUDGET_NOTICES.values())


def test_an_amount_is_told_with_what_it_buys() -> None:
    """What a notice is about is said in words, with its amount where there is one."""
    assert amount_in_words(" therapy", 8_000, PaymentPeriod.WEEK) == "therapy: 80.00 pounds a week."
    assert amount_in_words("therapy", None, PaymentPeriod.WEEK) == "therapy."
