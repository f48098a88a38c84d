"""Direct payments. Considered, offered by a notice, agreed to in writing, paid, changed with reasons, stopped."""

from dataclasses import replace
from itertools import product

import pytest

from hub.law.budget_direct_payment_events import (
    Accepted,
    Changed,
    DirectPaymentEvent,
    Offered,
    PremisesConsented,
    Recipient,
    Refused,
    Restored,
    Started,
    Stopped,
    Undertaking,
    Wished,
    YoungPersonsWish,
)
from hub.law.budget_direct_payments import TRANSITIONS, DirectPayment, may_pay
from hub.law.budget_regimes import Exclusion, Regime, Requirement
from hub.law.vocabulary import DirectPaymentStatus
from tests.law.cases import day

TODAY = day("2026-11-22")
ON = day("2026-11-20")
S = DirectPaymentStatus
CONSIDERED = DirectPayment(S.CONSIDERED, Regime.PB_REGS_2014, day("2016-03-04"), agreed=10_000)
OFFER = Offered(
    ON, Recipient.PARENT, "the mother", "speech therapy", 10_000, sufficient=True, satisfied=frozenset(Requirement)
)
ACCEPT = Accepted(ON, frozenset(Undertaking))
EVENTS: tuple[DirectPaymentEvent, ...] = (
    OFFER,
    ACCEPT,
    PremisesConsented(ON),
    Started(ON),
    Changed(ON, 9_000, sufficient=True),
    Stopped(ON),
    Refused(ON),
    Restored(ON, 10_000),
    Wished(ON, YoungPersonsWish.CONTINUE),
)


def _becomes(payment: DirectPayment, *events: DirectPaymentEvent) -> DirectPayment:
    for event in events:
        after = payment.after(event, today=TODAY)
        assert isinstance(after, DirectPayment), after
        payment = after
    return payment


def _rules(payment: DirectPayment, event: DirectPaymentEvent) -> set[str]:
    return {each.rule for each in payment.refusals(event, today=TODAY)}


PAYING = _becomes(CONSIDERED, OFFER, ACCEPT, Started(ON))


def _named(each: DirectPaymentStatus | DirectPaymentEvent) -> str:
    return str(each) if isinstance(each, DirectPaymentStatus) else type(each).__name__


@pytest.mark.parametrize(("status", "event"), list(product(S, EVENTS)), ids=_named)
def test_a_direct_payment_goes_as_its_table_says(status: DirectPaymentStatus, event: DirectPaymentEvent) -> None:
    """A step that is not in the table of direct payments is refused, and nothing happens."""
    grown = replace(PAYING, status=status, born_on=day("2008-03-04"), wish=YoungPersonsWish.CONTINUE)
    event = replace(event, recipient=Recipient.YOUNG_PERSON) if isinstance(event, Offered) else event
    after = grown.after(event, today=TODAY)
    if (status, type(event)) not in TRANSITIONS:
        assert _rules(grown, event) == {"out-of-order"}
        return
    assert isinstance(after, DirectPayment)
    expected = S.REDUCED if isinstance(event, Changed) else TRANSITIONS[status, type(event)]
    assert after.status is expected


def test_nothing_has_happened_on_a_day_to_come_but_what_is_set_for_it() -> None:
    """A notice, an agreement or a consent is of today or before; payment may be set to begin, change or stop later."""
    tomorrow = day("2026-11-23")
    assert _rules(CONSIDERED, replace(OFFER, on=tomorrow)) == {"in-the-future"}
    assert _rules(PAYING, Changed(tomorrow, 9_000, sufficient=True)) == set()
    assert _rules(PAYING, Stopped(tomorrow)) == set()


def test_the_notice_names_the_child_the_goods_and_a_sufficient_amount() -> None:
    """The notice says for whom, what is to be bought and how much (reg. 8(2)); the amount is sufficient (reg. 10(1)),
    and no more than its funder agreed to."""
    assert _rules(CONSIDERED, OFFER) == set()
    assert _rules(CONSIDERED, replace(OFFER, payee=" ", goods="")) == {"notice-incomplete"}
    assert _rules(CONSIDERED, replace(OFFER, sufficient=False)) == {"amount-not-sufficient"}
    assert _rules(CONSIDERED, replace(OFFER, amount=10_001)) == {"more-than-agreed"}
    assert _rules(replace(CONSIDERED, agreed=None), OFFER) == {"more-than-agreed"}


def test_it_is_paid_to_the_parent_of_a_child_or_to_the_young_person() -> None:
    """It is paid to the child's parent, the young person, or whom one of them nominated in writing (reg. 5(1))."""
    young = replace(CONSIDERED, born_on=day("2008-03-04"))
    assert _rules(CONSIDERED, replace(OFFER, recipient=Recipient.YOUNG_PERSON)) == {"not-the-recipient"}
    assert _rules(young, OFFER) == {"not-the-recipient"}
    assert _rules(young, replace(OFFER, recipient=Recipient.YOUNG_PERSON)) == set()
    for recipient in (Recipient.NOMINEE, Recipient.NOMINATED_ORGANISATION):
        assert _rules(CONSIDERED, replace(OFFER, recipient=recipient)) == {"notice-incomplete"}
        assert _rules(CONSIDERED, replace(OFFER, recipient=recipient, nominee="an aunt")) == set()


def test_a_recipient_must_be_one_to_whom_it_may_be_made() -> None:
    """A recipient who may not receive it is offered none (reg. 5(2), Schedule), nor where a condition of reg. 6(1) is
    not satisfied."""
    excluded = replace(OFFER, exclusions=frozenset({Exclusion.DRUG_REHABILITATION}))
    assert _rules(CONSIDERED, excluded) == {"excluded-recipient"}
    unsatisfied = replace(OFFER, satisfied=OFFER.satisfied - {Requirement.EFFICIENT})
    assert _rules(CONSIDERED, unsatisfied) == {"efficient"}


@pytest.mark.parametrize("missing", Undertaking)
def test_all_seven_undertakings_come_before_payment(missing: Undertaking) -> None:
    """The recipient agrees in writing to each of the seven things of reg. 8(3)."""
    offered = _becomes(CONSIDERED, OFFER)
    lacking = Accepted(ON, frozenset(Undertaking) - {missing})
    assert _rules(offered, lacking) == {"undertaking-missing"}
    assert _rules(replace(offered, regime=Regime.CHILDREN_ACT_1989_S17A), lacking) == set()


def test_a_nominee_confirms_and_is_consented_to() -> None:
    """Where the recipient is a nominee, the family consents in writing and the nominee confirms being responsible as a
    principal (reg. 8(4))."""
    nominee = _becomes(CONSIDERED, replace(OFFER, recipient=Recipient.NOMINEE, nominee="an aunt"))
    for consents, responsible in ((False, False), (True, False), (False, True)):
        accepted = replace(ACCEPT, family_consents=consents, nominee_responsible=responsible)
        assert _rules(nominee, accepted) == {"nominee-not-confirmed"}
    assert _rules(nominee, replace(ACCEPT, family_consents=True, nominee_responsible=True)) == set()


def test_the_recipient_agrees_upon_receipt_of_the_notice() -> None:
    """The recipient agrees upon receipt of the notice (reg. 8(3)), and nothing is paid for days before that
    (reg. 8(1))."""
    offered = _becomes(CONSIDERED, OFFER)
    assert _rules(offered, replace(ACCEPT, on=day("2026-11-19"))) == {"dates-out-of-order"}
    agreed = _becomes(offered, ACCEPT)
    assert _rules(agreed, Started(day("2026-11-19"))) == {"dates-out-of-order"}


def test_whoever_is_in_charge_of_the_premises_consents_first() -> None:
    """What is used in a school, college or early years setting is paid for only with the written consent of the head,
    the principal or the provider (reg. 9)."""
    agreed = _becomes(CONSIDERED, replace(OFFER, on_premises=True), ACCEPT)
    assert _rules(agreed, Started(ON)) == {"premises-consent-missing"}
    assert _becomes(agreed, PremisesConsented(ON), Started(ON)).status is S.PAYING


def test_the_amount_may_change_and_stays_sufficient() -> None:
    """The amount may be raised or reduced where the new one is sufficient, or unused money is offset (reg. 10(2), (3));
    never above what its funder agreed to."""
    assert _rules(PAYING, Changed(ON, 9_000, sufficient=False)) == {"amount-not-sufficient"}
    assert _rules(PAYING, Changed(ON, 10_001, sufficient=True)) == {"more-than-agreed"}
    assert _rules(PAYING, Changed(ON, 10_000, sufficient=True)) == {"nothing-changed"}
    reduced = _becomes(PAYING, Changed(ON, 8_000, sufficient=True))
    assert (reduced.status, reduced.amount) == (S.REDUCED, 8_000)
    raised = _becomes(reduced, Changed(ON, 9_000, sufficient=True))
    assert (raised.status, raised.amount) == (S.PAYING, 9_000)


def test_a_reversed_decision_is_undone() -> None:
    """A reduction, a stop or a refusal that is reversed leaves things as they were before it (regs 7(b), 12(2),
    14(4))."""
    reduced = _becomes(PAYING, Changed(ON, 8_000, sufficient=True), Restored(ON, 10_000))
    assert (reduced.status, reduced.amount) == (S.PAYING, 10_000)
    stopped = _becomes(PAYING, Stopped(ON))
    assert stopped.ends_on == day("2026-11-19")
    assert _becomes(stopped, Restored(ON, 0)) == PAYING
    assert _becomes(CONSIDERED, Refused(ON), Restored(ON, 0)) == CONSIDERED


def test_what_was_stopped_before_it_began_goes_back_to_where_it_stood() -> None:
    """A direct payment that was stopped before anything was paid, and then counts again, is agreed to or considered as
    it was: it is not in payment."""
    agreed = _becomes(CONSIDERED, OFFER, ACCEPT)
    assert _becomes(agreed, Stopped(ON), Restored(ON, 0)) == agreed
    assert _becomes(CONSIDERED, Stopped(ON), Restored(ON, 0)) == CONSIDERED


def test_a_young_person_is_asked_whether_it_goes_on() -> None:
    """When the child is over compulsory school age, the young person is asked about what a parent or nominee receives
    (reg. 15(1)), while it is agreed to or paid and nothing was said yet."""
    refusal = PAYING.refuse_asking(TODAY)
    assert refusal is not None
    assert refusal.rule == "still-a-child"
    grown = replace(PAYING, born_on=day("2008-03-04"))
    assert grown.refuse_asking(TODAY) is None
    for other in (
        replace(grown, status=S.STOPPED),
        replace(grown, wish=YoungPersonsWish.CONTINUE),
        replace(grown, recipient=Recipient.YOUNG_PERSON),
    ):
        refusal = other.refuse_asking(TODAY)
        assert refusal is not None
        assert refusal.rule == "nothing-to-ask"


def test_a_child_who_becomes_a_young_person_says_whether_it_goes_on() -> None:
    """When the child becomes a young person, it goes to the young person or on to the parent as the young person says
    in writing (reg. 15(2), (3)); it is not begun for a parent before that."""
    assert _rules(PAYING, Wished(ON, YoungPersonsWish.RECEIVE)) == {"still-a-child"}
    grown = replace(PAYING, born_on=day("2008-03-04"))
    assert _becomes(grown, Wished(ON, YoungPersonsWish.RECEIVE)).recipient is Recipient.YOUNG_PERSON
    assert _becomes(grown, Wished(ON, YoungPersonsWish.CONTINUE)).recipient is Recipient.PARENT
    agreed = replace(grown, status=S.AGREED)
    assert _rules(agreed, Started(ON)) == {"young-person-not-asked"}
    assert _rules(replace(agreed, wish=YoungPersonsWish.CONTINUE), Started(ON)) == set()


def test_nothing_is_paid_before_it_begins_or_after_it_ends() -> None:
    """Payment is made while the direct payment is in payment, and for no day before or after. An amount that is to be
    paid directly is not paid while there is no direct payment (PB Regs 2014 reg. 8(1))."""
    assert may_pay(PAYING, ON) is None
    assert may_pay(replace(PAYING, status=S.STOPPED, ends_on=ON), ON) is None
    for payment, on in (
        (None, ON),
        (_becomes(CONSIDERED, OFFER, ACCEPT), ON),
        (PAYING, day("2026-11-19")),
        (replace(PAYING, status=S.STOPPED, ends_on=ON), day("2026-11-21")),
    ):
        refusal = may_pay(payment, on)
        assert refusal is not None
        assert refusal.rule == "not-in-payment"


def test_the_table_of_direct_payments_is_printed_from_the_transitions() -> None:
    """The table at the end of this book is the one that the hub runs on."""
    assert "| **REFUSED** | - | - | - | - | - | - | - | CONSIDERED | - |" in TRANSITIONS.as_markdown()
