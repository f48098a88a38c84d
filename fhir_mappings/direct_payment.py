"""A direct payment in a personal budget (PB Regs 2014 regs 5 to 15) as a part of its item's Contract, both ways.

FHIR has nothing of it: all of it travels in sub-extensions. To whom it is paid by name does not, nor any bank account.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fhir_mappings import budget_systems
from fhir_mappings.extension import Pence, Piece, coded, complex_, dated, flagged, priced, worded
from hub.law.budget_decisions import DecisionOnDirectPayment, ReconsiderationOutcome, RepaymentGround, StopGround
from hub.law.budget_direct_payment_events import Recipient, Undertaking, YoungPersonsWish
from hub.law.budget_regimes import Regime
from hub.law.vocabulary import DirectPaymentStatus, PaymentPeriod


@dataclass(frozen=True, slots=True)
class DueOn:
    """What was indicated, and is agreed, for a day."""

    on: date
    indicative: Pence | None = None
    agreed: Pence | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What was paid, or spent, on a day."""

    on: date
    amount: Pence


@dataclass(frozen=True, slots=True)
class Undertaken:
    """One of the things that the recipient agreed to (reg. 8(3))."""

    what: Undertaking


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with its reasons, and what came of it when it was looked at once more (regs 7, 10, 12 to 14)."""

    decision: DecisionOnDirectPayment
    decided_on: date
    effective_on: date
    reasons: str | None = None
    amount: Pence | None = None
    amount_before: Pence | None = None
    stop_ground: StopGround | None = None
    repayment_ground: RepaymentGround | None = None
    repay_by: date | None = None
    reconsidered_on: date | None = None
    outcome: ReconsiderationOutcome | None = None
    outcome_reasons: str | None = None


@dataclass(frozen=True, slots=True)
class DirectPayment:
    """A direct payment for an item, without whom it is paid to."""

    id: UUID
    status: DirectPaymentStatus
    per: PaymentPeriod
    regime: Regime | None = None
    recipient: Recipient | None = None
    amount: Pence | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    notice_served_on: date | None = None
    agreed_on: date | None = None
    premises_consent_on: date | None = None
    reviewed_on: date | None = None
    share: Pence | None = None
    goods: str | None = None
    conditions: str | None = None
    on_premises: bool = False
    undertakings: tuple[Undertaken, ...] = ()
    young_person_asked_on: date | None = None
    young_persons_wish: YoungPersonsWish | None = None
    decisions: tuple[Decided, ...] = ()
    dues: tuple[DueOn, ...] = ()
    payments: tuple[Moved, ...] = ()
    spending: tuple[Moved, ...] = ()


_DUE = (dated("on", "on"), priced("indicative", "indicative"), priced("agreed", "agreed"))
_MOVED = (dated("on", "on"), priced("amount", "amount"))
_UNDERTAKEN = (coded("what", "what", budget_systems.UNDERTAKING),)
_DECIDED = (
    coded("decision", "decision", budget_systems.DECISION_ON_DIRECT_PAYMENT),
    dated("decided", "decided_on"),
    dated("effective", "effective_on"),
    worded("reasons", "reasons"),
    priced("amount", "amount"),
    priced("amountBefore", "amount_before"),
    coded("stopGround", "stop_ground", budget_systems.STOP_GROUND),
    coded("repaymentGround", "repayment_ground", budget_systems.REPAYMENT_GROUND),
    dated("repayBy", "repay_by"),
    dated("reconsidered", "reconsidered_on"),
    coded("outcome", "outcome", budget_systems.RECONSIDERATION_OUTCOME),
    worded("outcomeReasons", "outcome_reasons"),
)
MONEY_PIECES: tuple[Piece, ...] = (
    complex_("dueOn", "dues", _DUE, DueOn, many=True),
    complex_("payment", "payments", _MOVED, Moved, many=True),
    complex_("spending", "spending", _MOVED, Moved, many=True),
)
"""What is due on which days, what was paid, and what was spent."""

LIFE_PIECES: tuple[Piece, ...] = (
    priced("share", "share"),
    worded("goods", "goods"),
    worded("conditions", "conditions"),
    flagged("onPremises", "on_premises"),
    complex_("undertaking", "undertakings", _UNDERTAKEN, Undertaken, many=True),
    dated("youngPersonAsked", "young_person_asked_on"),
    coded("youngPersonsWish", "young_persons_wish", budget_systems.YOUNG_PERSONS_WISH),
    complex_("decision", "decisions", _DECIDED, Decided, many=True),
)
"""What it is for, what the recipient undertook, and what was decided."""
