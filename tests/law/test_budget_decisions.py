"""Decisions on direct payments. In writing, with reasons, and looked at once more when asked."""

import pytest

from hub.law.budget_decisions import (
    AFTER_REVIEW,
    BY_THE_PLAN,
    Considered,
    Decision,
    DecisionOnDirectPayment,
    StopGround,
    refuse_decision,
    refuse_repayment,
    refuse_review,
    refuse_stopping,
)
from hub.law.budget_regimes import Regime
from hub.law.decisions import Refusal
from tests.law.cases import day

TODAY = day("2026-11-22")
ON = day("2026-11-20")
D = DecisionOnDirectPayment
PB = Regime.PB_REGS_2014


def _rule(refusal: Refusal | None) -> str | None:
    return refusal.rule if refusal else None


def _decided(
    kind: DecisionOnDirectPayment, reasons: str = "The need is less.", on: str = "2026-11-20", **days: str
) -> str | None:
    effective = day(days.get("effective", "2026-12-20"))
    return _rule(refuse_decision(kind, PB, reasons, decided_on=day(on), effective_on=effective, today=TODAY))


@pytest.mark.parametrize("kind", DecisionOnDirectPayment)
def test_every_decision_against_the_recipient_has_written_reasons(kind: DecisionOnDirectPayment) -> None:
    """A refusal (reg. 7(a)(ii)), a reduction (reg. 12(1)), a demand for repayment (reg. 13(3)(a)) and a stop
    (reg. 14(3)) each give reasons in writing."""
    assert _decided(kind) is None
    assert _decided(kind, " ") == (None if kind is D.INCREASED else "reasons-required")


def test_a_reduction_takes_effect_after_its_notice() -> None:
    """A reduction is on reasonable notice (reg. 12(1)): not on the day of it. Nothing takes effect before it is
    decided, nor is decided on a day to come."""
    assert _decided(D.REDUCED, effective="2026-11-20") == "notice-too-short"
    assert _decided(D.STOPPED, effective="2026-11-20") is None
    assert _decided(D.STOPPED, effective="2026-11-19") == "dates-out-of-order"
    assert _decided(D.STOPPED, on="2026-11-23") == "in-the-future"


@pytest.mark.parametrize("ground", StopGround)
def test_some_grounds_are_for_a_review_to_find(ground: StopGround) -> None:
    """That the money is not used for the provision, or that this can no longer be secured so, is found by a review
    (reg. 14(1)(c)); the other grounds need none. That the young person did not consent is for after they were asked
    (reg. 14(1)(e)). What follows from the plan is nobody's decision on the direct payment."""
    follows = "follows-the-plan" if ground in BY_THE_PLAN else None
    assert _rule(refuse_stopping(ground, PB, reviewed=True, asked=True)) == follows
    unreviewed = "review-first" if ground in AFTER_REVIEW else follows
    assert _rule(refuse_stopping(ground, PB, reviewed=False, asked=True)) == unreviewed
    unasked = "young-person-not-asked" if ground is StopGround.YOUNG_PERSON_SILENT else follows
    assert _rule(refuse_stopping(ground, PB, reviewed=True, asked=False)) == unasked


def _repaid(amount: int, *, demanded: int = 0, by: str = "2026-12-31") -> str | None:
    return _rule(refuse_repayment(amount, paid=10_000, spent=6_000, demanded=demanded, regime=PB, by=day(by), on=ON))


def test_only_what_was_not_spent_is_asked_back() -> None:
    """Repayment is asked only of what has not been spent on the provision (reg. 13(2)), once, and with time to repay
    (reg. 13(3)(c))."""
    assert _repaid(4_000) is None
    assert _repaid(4_001) == "already-spent"
    assert _repaid(4_000, demanded=1) == "already-spent"
    assert _repaid(4_000, by="2026-11-20") == "no-time-to-repay"


def _again(decision: Decision, reasons: str = "The need is as it was.", on: str = "2026-11-21") -> str | None:
    return _rule(decision.refuse_reconsideration(reasons, regime=PB, on=day(on), today=TODAY))


@pytest.mark.parametrize("kind", [D.REFUSED, D.REDUCED, D.REPAYMENT, D.STOPPED])
def test_a_decision_is_looked_at_once_more(kind: DecisionOnDirectPayment) -> None:
    """Where asked, a refusal is reviewed (reg. 7(b)) and a reduction, a demand or a stop reconsidered, with written
    reasons; once, and not again (regs 12(4), 13(7), 14(6))."""
    assert _again(Decision(kind, ON)) is None
    assert _again(Decision(kind, ON, reconsidered_on=ON)) == "reconsidered-once"
    assert _again(Decision(kind, ON), reasons="") == "reasons-required"
    assert _again(Decision(kind, ON), on="2026-11-19") == "dates-out-of-order"
    assert _again(Decision(kind, ON), on="2026-11-23") == "dates-out-of-order"


def test_an_increase_is_not_reconsidered() -> None:
    """Nobody asks that an increase be reconsidered."""
    assert _again(Decision(D.INCREASED, ON)) == "nothing-to-reconsider"


def test_a_review_considers_all_of_regulation_11() -> None:
    """A review considers each of the five things of reg. 11(3), of a direct payment that is being made."""
    started = day("2026-09-01")
    every = frozenset(Considered)
    assert refuse_review(every, on=ON, started_on=started, today=TODAY) is None
    lacking = refuse_review(every - {Considered.USED_EFFECTIVELY}, on=ON, started_on=started, today=TODAY)
    assert _rule(lacking) == "not-considered"
    assert _rule(refuse_review(every, on=day("2026-11-23"), started_on=started, today=TODAY)) == "in-the-future"
    for since in (None, day("2026-11-21")):
        assert _rule(refuse_review(every, on=ON, started_on=since, today=TODAY)) == "nothing-to-review"
