"""How an amount is divided among its direct payments. To the penny, and no part is paid out of another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.budget_money import MOST
from hub.law.budget_parts import divided, is_over, shares_of
from hub.law.decisions import Refusal
from hub.law.vocabulary import DirectPaymentStatus, PaymentMechanism
from tests.law.cases import every_case

DIRECT, COMBINATION = PaymentMechanism.DIRECT_PAYMENT, PaymentMechanism.COMBINATION


def _shares(mechanism: PaymentMechanism, *given: int) -> list[int] | str:
    shares = shares_of(mechanism, 10_000, given, "directPayments")
    return shares.rule if isinstance(shares, Refusal) else shares


def test_what_is_paid_directly_is_divided_among_its_direct_payments_whole() -> None:
    """An amount that is bought by direct payment is one direct payment, or several that come to it (s. 49(2), (3))."""
    assert _shares(DIRECT) == [10_000]
    assert _shares(DIRECT, 6_000, 4_000) == [6_000, 4_000]
    assert _shares(DIRECT, 6_000, 3_999) == "shares-do-not-add-up"
    assert _shares(DIRECT, 6_000, 4_001) == "shares-do-not-add-up"


def test_a_combination_is_divided_among_direct_payments_and_a_rest() -> None:
    """Of an amount that is bought in more than one way the direct payments are a part, and the rest is arranged or held
    by a third party."""
    assert _shares(COMBINATION) == []
    assert _shares(COMBINATION, 2_500, 2_500) == [2_500, 2_500]
    assert _shares(COMBINATION, 10_001) == "shares-do-not-add-up"


@pytest.mark.parametrize("mechanism", [PaymentMechanism.ARRANGEMENT, PaymentMechanism.THIRD_PARTY])
def test_no_direct_payment_is_made_of_what_is_arranged(mechanism: PaymentMechanism) -> None:
    """What is arranged, or held by a third party, is no direct payment."""
    assert _shares(mechanism) == []
    assert _shares(mechanism, 100) == "no-direct-payment"


@every_case
@given(st.integers(0, MOST), st.lists(st.integers(1, MOST), min_size=1, max_size=5), st.integers(0, MOST))
def test_another_amount_is_divided_in_the_same_shares(amount: int, shares: list[int], rest: int) -> None:
    """A funder may agree to another amount than was proposed: its direct payments and the rest have the same shares of
    it, and come to it."""
    parts = divided(amount, shares, sum(shares) + rest)
    assert sum(parts) == amount
    assert len(parts) == len(shares) + 1
    assert rest or not parts[-1]
    assert divided(sum(shares) + rest, shares, sum(shares) + rest) == [*shares, rest]


def test_an_amount_is_over_when_nothing_is_left_of_it() -> None:
    """What is paid directly is over once each of its direct payments was stopped or refused; what is bought in more
    than one way goes on for the rest."""
    stopped, refused, paying = DirectPaymentStatus.STOPPED, DirectPaymentStatus.REFUSED, DirectPaymentStatus.PAYING
    assert is_over(0, [stopped, refused])
    assert not is_over(0, [stopped, paying])
    assert not is_over(1, [stopped])
