"""Decisions on a direct payment, each in writing with reasons, and looked at once more when asked (PB Regs 2014 regs 7,
10, 12 to 14), and the reviews of how it is used (reg. 11).

A refusal carries the right to a review (reg. 7(a)(iii)). A reduction, a demand for repayment and a decision to stop are
each reconsidered once where the recipient asks, after representations, with written reasons; the authority need not do
so again (regs 12(4), 13(7), 14(6)). Repayment is asked only of what was not spent on the provision (reg. 13(2)).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from hub.law.budget_money import Pence
from hub.law.budget_regimes import Regime, provision_of
from hub.law.decisions import Refusal, says_something
from hub.law.term import Term, means


class DecisionOnDirectPayment(Term):
    """What was decided about a direct payment."""

    REFUSED = means("Not to make it (PB Regs 2014 reg. 7).")
    INCREASED = means("To raise the amount (reg. 10(2)).")
    REDUCED = means("To reduce the amount (regs 10(2), (3), 12).")
    REPAYMENT = means("To require repayment (reg. 13).")
    STOPPED = means("To stop making it (reg. 14).")


class StopGround(Term):
    """Why payment stops. The authority must stop for all but CONDITIONS_BROKEN, for which it may."""

    CONSENT_WITHDRAWN = means("The recipient no longer consents to receive it (reg. 14(1)(a)).")
    RECIPIENT_NOT_ELIGIBLE = means("The recipient may no longer receive direct payments (reg. 14(1)(b)).")
    NOT_USED_FOR_PROVISION = means("A review found that it is not used for the provision (reg. 14(1)(c)(i)).")
    NO_LONGER_SECURABLE = means("A review found that the provision cannot be secured so (reg. 14(1)(c)(ii)).")
    ADVERSE_IMPACT = means("It has an adverse impact on other services (reg. 14(1)(d)(i)).")
    INEFFICIENT = means("It is no longer an efficient use of resources (reg. 14(1)(d)(ii)).")
    YOUNG_PERSON_SILENT = means("The young person was asked, and did not consent (reg. 14(1)(e)).")
    YOUNG_PERSON_REFUSES = means("The young person does not consent (reg. 15(4)).")
    NOMINATION_WITHDRAWN = means("The family withdrew or changed the nomination (reg. 5(3)).")
    CONDITIONS_BROKEN = means("The recipient did not keep what was agreed under reg. 8(3) (reg. 14(2)).")
    NOT_IN_THE_PLAN = means("The plan as amended no longer has the provision (CFA 2014 s. 49(2)).")
    PLAN_CEASED = means("The plan has ceased to be maintained (CFA 2014 ss. 45, 49(1)).")
    PLAN_TRANSFERRED = means("The plan was transferred, and the new authority answers (SEND Regs 2014 reg. 15(3)).")


BY_THE_PLAN = frozenset({StopGround.NOT_IN_THE_PLAN, StopGround.PLAN_CEASED, StopGround.PLAN_TRANSFERRED})
"""What happens to the plan brings these about: they are nobody's decision on the direct payment."""

AFTER_REVIEW = frozenset({StopGround.NOT_USED_FOR_PROVISION, StopGround.NO_LONGER_SECURABLE})


class RepaymentGround(Term):
    """Why a direct payment is to be repaid (PB Regs 2014 reg. 13(1))."""

    CIRCUMSTANCES_CHANGED = means("Circumstances changed, and with them what is appropriate (reg. 13(1)(a)).")
    NOT_USED_FOR_PROVISION = means("Some or all was not used to secure the provision (reg. 13(1)(b)).")
    OFFENCE = means("Theft, fraud or another offence may have occurred (reg. 13(1)(c)).")
    DECEASED = means("The child or young person has died (reg. 13(1)(d)).")


class Considered(Term):
    """What a review of a direct payment considers (PB Regs 2014 reg. 11(3))."""

    STILL_BY_DIRECT_PAYMENT = means("Whether to go on by direct payment (reg. 11(3)(a)).")
    USED_EFFECTIVELY = means("Whether it was used effectively (reg. 11(3)(b)).")
    STILL_SUFFICIENT = means("Whether the amount is still sufficient (reg. 11(3)(c)).")
    STILL_SATISFIED = means("Whether the authority is still satisfied as reg. 6 asks (reg. 11(3)(d)).")
    CONDITIONS_KEPT = means("Whether the recipient kept what was agreed (reg. 11(3)(e)).")


class ReconsiderationOutcome(Term):
    """What came of a review of a refusal, or of a reconsideration."""

    UPHELD = means("The decision stands.")
    REVERSED = means("The decision is reversed.")


_D = DecisionOnDirectPayment
_REGS: Mapping[DecisionOnDirectPayment, tuple[str, str]] = MappingProxyType(
    {
        _D.REFUSED: ("7(a)", "7(c)"),
        _D.INCREASED: ("10(2)", "10(2)"),
        _D.REDUCED: ("12(1)", "12(3), (4)"),
        _D.REPAYMENT: ("13(3)", "13(5), (7)"),
        _D.STOPPED: ("14(3)", "14(5), (6)"),
    }
)
"""For each decision: where its written reasons are asked for, and its one reconsideration."""


def refuse_decision(
    kind: DecisionOnDirectPayment, regime: Regime, reasons: str, *, decided_on: date, effective_on: date, today: date
) -> Refusal | None:
    """Why a decision may not be made so: no reasons, or a day out of order."""
    provision = provision_of(regime, _REGS[kind][0])
    if kind is not _D.INCREASED and not says_something(reasons):
        return Refusal(provision, "reasons-required", "Give the reasons in writing.", ("reasons",))
    if decided_on > today:
        return Refusal(provision, "in-the-future", "It has not been decided yet.", ("on",))
    if kind is _D.REDUCED and effective_on <= decided_on:
        message = "Give reasonable notice: a reduction takes effect after the day of its notice."
        return Refusal(provision, "notice-too-short", message, ("effective_on",))
    if effective_on < decided_on:
        message = "It takes effect on the day it is decided, or later."
        return Refusal(provision, "dates-out-of-order", message, ("effective_on",))
    return None


def refuse_stopping(ground: StopGround, regime: Regime, *, reviewed: bool, asked: bool) -> Refusal | None:
    """Why payment may not stop on a ground. `reviewed`: a review under reg. 11 was held; `asked`: the young person was
    asked (reg. 15(1))."""
    if ground in BY_THE_PLAN:
        message = "That follows from the plan, and is recorded when the plan is amended, ceases or is transferred."
        return Refusal("CFA 2014 s. 49(2)", "follows-the-plan", message, ("stop_ground",))
    if ground in AFTER_REVIEW and not reviewed:
        message = "That is for a review of the direct payment to find."
        return Refusal(provision_of(regime, "14(1)(c)"), "review-first", message, ("stop_ground",))
    if ground is StopGround.YOUNG_PERSON_SILENT and not asked:
        message = "The young person was not asked whether it is to go on."
        return Refusal(provision_of(regime, "14(1)(e)"), "young-person-not-asked", message, ("stop_ground",))
    return None


def refuse_repayment(
    amount: Pence, *, paid: Pence, spent: Pence, demanded: Pence, regime: Regime, by: date, on: date
) -> Refusal | None:
    """Why an amount may not be asked back: it was spent on the provision, or asked already, or there is no time for
    it."""
    unspent = paid - spent - demanded
    if amount > unspent:
        message = "Only what has not been spent on the provision, and was not asked back already, may be."
        return Refusal(provision_of(regime, "13(2)"), "already-spent", message, ("amount",))
    if by <= on:
        message = "Set a reasonable time for it."
        return Refusal(provision_of(regime, "13(3)(c)"), "no-time-to-repay", message, ("repay_by",))
    return None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it is kept."""

    kind: DecisionOnDirectPayment
    decided_on: date
    reconsidered_on: date | None = None

    def refuse_reconsideration(self, reasons: str, *, regime: Regime, on: date, today: date) -> Refusal | None:
        """Why it may not be reconsidered, or reviewed: done once already, no reasons, a day out of order."""
        provision = provision_of(regime, _REGS[self.kind][1])
        if self.kind is _D.INCREASED:
            return Refusal(provision, "nothing-to-reconsider", "An increase is not reconsidered.")
        if self.reconsidered_on is not None:
            message = f"It was looked at again on {self.reconsidered_on}, and need not be once more."
            return Refusal(provision, "reconsidered-once", message)
        if not says_something(reasons):
            return Refusal(provision, "reasons-required", "Give the reasons in writing.", ("reasons",))
        if not self.decided_on <= on <= today:
            return Refusal(provision, "dates-out-of-order", "After the decision, and not in the future.", ("on",))
        return None


def refuse_review(
    considered: Collection[Considered], *, on: date, started_on: date | None, today: date
) -> Refusal | None:
    """Why a review of a direct payment is none (reg. 11)."""
    if started_on is None or on < started_on:
        return Refusal("PB Regs 2014 reg. 11(1)", "nothing-to-review", "Nothing has been paid under it.")
    if on > today:
        return Refusal("PB Regs 2014 reg. 11(2)", "in-the-future", "It has not been reviewed yet.", ("on",))
    lacking = [each for each in Considered if each not in considered]
    if lacking:
        message = " ".join(["A review considers:", *(each.meaning for each in lacking)])
        return Refusal("PB Regs 2014 reg. 11(3)", "not-considered", message, ("considered",))
    return None
