"""Direct payments and the decisions on them (PB Regs 2014; for health and social care, their own law)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.db.sharing_parts import BUDGET_PARTS
from hub.law.budget_decisions import DecisionOnDirectPayment, ReconsiderationOutcome, RepaymentGround, StopGround
from hub.law.budget_direct_payment_events import Recipient, YoungPersonsWish
from hub.law.budget_regimes import Regime
from hub.law.reg17_disclosure import Part
from hub.law.vocabulary import BudgetKind, DirectPaymentStatus, PaymentPeriod
from schema.fields import column, many, node_id, part_by, row_of, withheld
from schema.node import Node
from schema.scalars import Money
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.budget_item import Payment

_DIRECT, _DECISION = tables.direct_payment.c, tables.direct_payment_decision.c


@row_of(tables.direct_payment_decision, scope="budget.read", part=part_by("kind", BUDGET_PARTS))
class DirectPaymentDecision(Node):
    """A decision on a direct payment, in writing and with reasons (PB Regs 2014 regs 7, 10, 12 to 14); it is looked at
    once more where the recipient asks.
    """

    id: strawberry.ID = node_id(_DECISION.id, "DirectPaymentDecision")
    decision: DecisionOnDirectPayment = column(_DECISION.decision, "What was decided.")
    decided_on: date = column(_DECISION.decided_on, "The day of the decision and its notice.")
    effective_on: date = column(_DECISION.effective_on, "The day from which it counts.")
    reasons: str | None = column(_DECISION.reasons, "The reasons, as the recipient was given them.")
    amount: Money | None = column(
        _DECISION.amount, "The new amount for each period; of a repayment, what is asked back. In pounds."
    )
    amount_before: Money | None = column(_DECISION.amount_before, "The amount for each period before, in pounds.")
    stop_ground: StopGround | None = column(_DECISION.stop_ground, "Why payment stops (reg. 14).")
    repayment_ground: RepaymentGround | None = column(_DECISION.repayment_ground, "Why it is asked back (reg. 13(1)).")
    repay_by: date | None = column(_DECISION.repay_by, "By when it is to be repaid (reg. 13(3)(c)).")
    reconsidered_on: date | None = column(
        _DECISION.reconsidered_on, "When it was reviewed or reconsidered; it need not be again."
    )
    outcome: ReconsiderationOutcome | None = column(_DECISION.outcome, "What came of that.")
    outcome_reasons: str | None = column(_DECISION.outcome_reasons, "The written reasons for it.")


@row_of(tables.direct_payment, scope="budget.read", part=part_by("kind", BUDGET_PARTS))
class DirectPayment(Node):
    """A direct payment: money paid so that the recipient secures the provision."""

    id: strawberry.ID = node_id(_DIRECT.id, "DirectPayment")
    kind: BudgetKind = column(_DIRECT.kind, "Education, health or social care.")
    payee: str | None = column(
        _DIRECT.payee,
        "The parent or young person to whom it is paid. Open to those who may see the contacts.",
        part=Part.CONTACTS,
    )
    nominee: str | None = column(
        _DIRECT.nominee,
        "Who receives it for them, named in writing (PB Regs 2014 reg. 5). Open to those who may see the contacts.",
        part=Part.CONTACTS,
    )
    amount: Money | None = column(
        _DIRECT.amount,
        "Pounds for each period named in `per`. It must be enough to secure the provision (PB Regs 2014 reg. 10).",
    )
    share: Money | None = column(
        _DIRECT.share,
        "What of the item's amount it is, in pounds for each period, and the most that it may be (CFA 2014 s. 49(2)).",
    )
    per: PaymentPeriod = column(_DIRECT.per, "The period that the amount is for; MONTH means so many pounds a month.")
    starts_on: date | None = column(_DIRECT.starts_on, "The first day for which it is paid.")
    ends_on: date | None = column(
        _DIRECT.ends_on, "The last day for which it is paid; absent: until it is changed or stopped."
    )
    notice_served_on: date | None = column(
        _DIRECT.notice_served_on,
        "When the authority served its written notice: amount, what it buys, conditions, days of payment "
        "(PB Regs 2014 reg. 8).",
    )
    agreed_on: date | None = column(
        _DIRECT.agreed_on, "When the recipient agreed in writing (PB Regs 2014 reg. 8). Nothing is paid before."
    )
    regime: Regime | None = column(_DIRECT.regime, "The law under which it is made.")
    recipient: Recipient | None = column(_DIRECT.recipient, "To whom it is made (PB Regs 2014 reg. 5(1)).")
    goods: str | None = column(_DIRECT.goods, "What it is to buy, as the notice says (PB Regs 2014 reg. 8(2)(b)).")
    conditions: str | None = column(
        _DIRECT.conditions, "How it may be spent, as the notice says (PB Regs 2014 reg. 8(2)(d))."
    )
    on_premises: bool = column(
        _DIRECT.on_premises, "Whether it is used in a school, college or early years setting (PB Regs 2014 reg. 9)."
    )
    young_person_asked_on: date | None = column(
        _DIRECT.young_person_asked_on,
        "When the young person, a child until then, was asked what is to be (PB Regs 2014 reg. 15(1)).",
    )
    young_persons_wish: YoungPersonsWish | None = column(
        _DIRECT.young_persons_wish, "What the young person, a child until then, said (PB Regs 2014 reg. 15)."
    )
    reviewed_on: date | None = column(_DIRECT.reviewed_on, "When its use was last reviewed (PB Regs 2014 reg. 11).")
    decisions: list[DirectPaymentDecision] | None = many(
        "DirectPaymentDecision",
        "direct_payment_id",
        "The decisions on it with their reasons, earliest first.",
        order=("decided_on", "id"),
    )
    premises_consent_on: date | None = column(
        _DIRECT.premises_consent_on,
        "When the head or principal consented in writing to its use on the premises (PB Regs 2014 reg. 9).",
    )
    status: DirectPaymentStatus = column(_DIRECT.status, "Where it stands.")
    payments: list[Annotated[Payment, strawberry.lazy("schema.budget_item")]] | None = many(
        "Payment", "direct_payment_id", "What has been paid under it, earliest first.", order=("paid_on", "id")
    )
    withheld: list[Withheld] = withheld()
