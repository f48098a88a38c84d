"""How an amount in a personal budget is divided among its direct payments, and what of it is left (CFA 2014 s. 49(2)).

An amount that is bought by direct payment is divided among its direct payments whole; one that is bought in more than
one way is divided among them and a rest, which is arranged or held by a third party. Each part has its own days and is
paid by itself: no part is paid out of another. A share is the most that its direct payment may be.
"""

from collections.abc import Collection, Sequence

from hub.law.budget_money import S_49_2, Pence, in_pounds, split
from hub.law.decisions import Refusal
from hub.law.vocabulary import DirectPaymentStatus, PaymentMechanism

OVER = frozenset({DirectPaymentStatus.REFUSED, DirectPaymentStatus.STOPPED})


def shares_of(mechanism: PaymentMechanism, amount: Pence, given: Sequence[Pence], *path: str) -> list[Pence] | Refusal:
    """The share of each direct payment under an amount, or why it may not be divided so. Nothing given: of an amount
    that is paid directly, one direct payment has all of it."""
    whole = mechanism is PaymentMechanism.DIRECT_PAYMENT
    if given and not (whole or mechanism is PaymentMechanism.COMBINATION):
        message = "No direct payment is made of what is arranged or held by a third party."
        return Refusal(S_49_2, "no-direct-payment", message, path)
    shares = list(given) or ([amount] if whole else [])
    left = amount - sum(shares)
    if left < 0 or (whole and left):
        wanted = "come to it" if whole else "come to no more"
        message = f"The direct payments divide {in_pounds(amount)} pounds, and {wanted}."
        return Refusal(S_49_2, "shares-do-not-add-up", message, path)
    return shares


def divided(amount: Pence, shares: Sequence[Pence], whole: Pence) -> list[Pence]:
    """Another amount in the same shares of the whole, and the rest as the last: to the penny."""
    return split(amount, [*shares, whole - sum(shares)])


def is_over(rest: Pence, direct_payments: Collection[DirectPaymentStatus]) -> bool:
    """Whether nothing is left of an amount of which direct payments were stopped or refused."""
    return not rest and all(each in OVER for each in direct_payments)
