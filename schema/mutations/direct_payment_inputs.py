"""What the mutations of direct payments take."""

from __future__ import annotations

from datetime import date

import strawberry

from hub.law.budget_decisions import (
    Considered,
    DecisionOnDirectPayment,
    ReconsiderationOutcome,
    RepaymentGround,
    StopGround,
)
from hub.law.budget_direct_payment_events import Recipient, Undertaking, YoungPersonsWish
from hub.law.budget_regimes import Exclusion, Requirement
from schema.scalars import Money

_PAYMENT = "The direct payment, which you fund."
_REASONS = "The reasons in writing; without any it is refused."


@strawberry.input(description="Offer a direct payment: your written notice to the recipient (PB Regs 2014 reg. 8(2)).")
class OfferDirectPaymentInput:
    direct_payment: strawberry.ID = strawberry.field(description=_PAYMENT)
    on: date = strawberry.field(description="The day of the notice.")
    recipient: Recipient = strawberry.field(description="To whom it is made (reg. 5(1)).")
    payee: str = strawberry.field(description="The parent or young person, by name.")
    nominee: str = strawberry.field(default="", description="Whom they nominated in writing, by name (reg. 5(1)(c)).")
    goods: str = strawberry.field(description="The goods or services that it is to buy (reg. 8(2)(b)).")
    conditions: str = strawberry.field(default="", description="On what it may be spent (reg. 8(2)(d)).")
    amount: Money = strawberry.field(
        description="Pounds for each period of the item, at most what its funder agreed to. Its days are the item's."
    )
    sufficient: bool = strawberry.field(
        description="Whether it is sufficient to secure the provision (reg. 10(1)); otherwise it is refused."
    )
    satisfied: list[Requirement] = strawberry.field(
        description="Of what you are satisfied: all that the law it is made under asks (regs 5(2), 6(1))."
    )
    exclusions: list[Exclusion] = strawberry.field(
        default_factory=list[Exclusion], description="Orders that the recipient is under (Schedule)."
    )
    on_premises: bool = strawberry.field(
        default=False, description="Whether it is used in a school, college or early years setting (reg. 9)."
    )


@strawberry.input(description="The recipient agreed in writing (PB Regs 2014 reg. 8(3), (4)).")
class AcceptDirectPaymentInput:
    direct_payment: strawberry.ID = strawberry.field(description=_PAYMENT)
    on: date = strawberry.field(description="The day of the recipient's notice.")
    undertakings: list[Undertaking] = strawberry.field(description="What the recipient agreed to: all seven.")
    family_consents: bool = strawberry.field(
        default=False, description="Of a nominee: whether the family consented in writing (reg. 8(4)(a))."
    )
    nominee_responsible: bool = strawberry.field(
        default=False, description="Of a nominee: whether it confirmed being responsible (reg. 8(4)(b))."
    )


@strawberry.input(description="Whoever is in charge of the premises consented in writing (PB Regs 2014 reg. 9).")
class ConsentToPremisesInput:
    direct_payment: strawberry.ID = strawberry.field(description=_PAYMENT)
    on: date = strawberry.field(description="The day of the consent.")


@strawberry.input(description="Begin a direct payment (PB Regs 2014 reg. 8(1)).")
class StartDirectPaymentInput:
    direct_payment: strawberry.ID = strawberry.field(description=_PAYMENT)
    on: date = strawberry.field(description="The first day for which it is paid.")


@strawberry.input(description="Decide not to make a direct payment (PB Regs 2014 reg. 7(a)).")
class RefuseDirectPaymentInput:
    direct_payment: strawberry.ID = strawberry.field(description=_PAYMENT)
    reasons: str = strawberry.field(default="", description=_REASONS)
    on: date = strawberry.field(description="The day of the decision.")


@strawberry.input(description="Raise, reduce or stop a direct payment, or ask it back (PB Regs 2014 regs 10 to 14).")
class ChangeDirectPaymentInput:
    direct_payment: strawberry.ID = strawberry.field(description=_PAYMENT)
    change: DecisionOnDirectPayment = strawberry.field(description="What is decided.")
    reasons: str = strawberry.field(default="", description=_REASONS)
    on: date = strawberry.field(description="The day of the decision and its notice.")
    effective_on: date | None = strawberry.field(
        default=None, description="From when it counts; a reduction, after its notice (reg. 12(1)). Left out: `on`."
    )
    amount: Money | None = strawberry.field(
        default=None, description="The new amount for each period, or what is to be repaid, in pounds."
    )
    sufficient: bool = strawberry.field(
        default=False, description="Whether the new amount is sufficient, or offsets unused money (reg. 10(2), (3))."
    )
    stop_ground: StopGround | None = strawberry.field(default=None, description="Of a stop: the ground (reg. 14).")
    repayment_ground: RepaymentGround | None = strawberry.field(
        default=None, description="Of a repayment: the ground (reg. 13(1))."
    )
    repay_by: date | None = strawberry.field(default=None, description="Of a repayment: by when (reg. 13(3)(c)).")


@strawberry.input(description="Look at a decision once more, when asked (PB Regs 2014 regs 7(b), 12(2), 13(4), 14(4)).")
class ReconsiderDirectPaymentInput:
    decision: strawberry.ID = strawberry.field(description="The decision, which was yours.")
    outcome: ReconsiderationOutcome = strawberry.field(description="Whether it stands.")
    reasons: str = strawberry.field(
        default="", description="The reasons, after the representations were considered; without any it is refused."
    )
    on: date = strawberry.field(description="The day of the reconsideration.")


@strawberry.input(description="Review how a direct payment is made and used (PB Regs 2014 reg. 11).")
class ReviewDirectPaymentInput:
    direct_payment: strawberry.ID = strawberry.field(description=_PAYMENT)
    considered: list[Considered] = strawberry.field(description="What was considered: all five of reg. 11(3).")
    on: date = strawberry.field(description="The day of the review.")


@strawberry.input(description="Ask a young person, a child until then, what is to be (PB Regs 2014 reg. 15(1)).")
class AskYoungPersonInput:
    direct_payment: strawberry.ID = strawberry.field(description=_PAYMENT)


@strawberry.input(description="A child has become a young person, and said what is to be (PB Regs 2014 reg. 15).")
class RecordYoungPersonsWishInput:
    direct_payment: strawberry.ID = strawberry.field(description=_PAYMENT)
    wish: YoungPersonsWish = strawberry.field(
        description="To receive it, or that it goes on as before. Who does not consent is no longer paid for: stop it."
    )
    payee: str = strawberry.field(default="", description="The young person, by name, who is to receive it.")
    on: date = strawberry.field(description="The day of the notice in writing.")
