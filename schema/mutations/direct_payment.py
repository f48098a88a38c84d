"""Direct payments (PB Regs 2014 regs 5 to 15): each mutation is one step, by the body that funds it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.types import Info

from hub.actions import direct_payment_decisions, direct_payments
from hub.actions.direct_payment_decisions import Change
from hub.actions.transaction import Transaction
from hub.errors import RefusedByLaw
from hub.law.budget_direct_payment_events import Accepted, Offered
from hub.law.budget_money import in_pence
from hub.law.decisions import Refusal as RefusedAmount
from schema.ids import row_of_type
from schema.mutations.budget import PersonalBudgetPayload, answered
from schema.mutations.budget_inputs import pounds
from schema.mutations.changing import says
from schema.mutations.direct_payment_inputs import (
    AcceptDirectPaymentInput,
    AskYoungPersonInput,
    ChangeDirectPaymentInput,
    ConsentToPremisesInput,
    OfferDirectPaymentInput,
    ReconsiderDirectPaymentInput,
    RecordYoungPersonsWishInput,
    RefuseDirectPaymentInput,
    ReviewDirectPaymentInput,
    StartDirectPaymentInput,
)


def _row(given: strawberry.ID) -> UUID:
    return row_of_type(given, "DirectPayment", argument="directPayment")


@strawberry.type
class DirectPaymentMutations:
    @strawberry.mutation(
        description="The funder offers a direct payment by its written notice, to a recipient to whom the law lets it "
        "be made and where every condition is satisfied (PB Regs 2014 regs 5, 6, 8(2), 10)."
    )
    async def offer_direct_payment(
        self, info: Info, input: Annotated[OfferDirectPaymentInput, says("What the notice says, and to whom.")]
    ) -> PersonalBudgetPayload:
        payment_id = _row(input.direct_payment)

        async def effect(tx: Transaction) -> UUID:
            amount = in_pence(input.amount, "amount")
            if isinstance(amount, RefusedAmount):
                raise RefusedByLaw(amount)
            offered = Offered(
                input.on,
                input.recipient,
                input.payee,
                input.goods,
                amount,
                input.sufficient,
                frozenset(input.satisfied),
                frozenset(input.exclusions),
                input.nominee,
                input.on_premises,
            )
            return await direct_payments.offer(tx, payment_id=payment_id, offered=offered, conditions=input.conditions)

        return await answered(info, effect)

    @strawberry.mutation(
        description="The recipient agreed in writing to all that is asked; of a nominee, the family consented "
        "(PB Regs 2014 reg. 8(3), (4)). Section J of a draft follows."
    )
    async def accept_direct_payment(
        self, info: Info, input: Annotated[AcceptDirectPaymentInput, says("What was agreed to.")]
    ) -> PersonalBudgetPayload:
        payment_id = _row(input.direct_payment)
        accepted = Accepted(input.on, frozenset(input.undertakings), input.family_consents, input.nominee_responsible)
        return await answered(info, lambda tx: direct_payments.accept(tx, payment_id=payment_id, accepted=accepted))

    @strawberry.mutation(
        description="The head, the principal or the early years provider consented in writing to its use on the "
        "premises (PB Regs 2014 reg. 9)."
    )
    async def consent_to_premises(
        self, info: Info, input: Annotated[ConsentToPremisesInput, says("Which direct payment, and when.")]
    ) -> PersonalBudgetPayload:
        payment_id = _row(input.direct_payment)
        return await answered(
            info, lambda tx: direct_payments.consent_to_premises(tx, payment_id=payment_id, on=input.on)
        )

    @strawberry.mutation(
        description="It is paid from this day on: not before the recipient agreed, nor without the consent that its "
        "use on premises asks for (PB Regs 2014 regs 8(1), 9). A first review falls due (reg. 11(2)(a))."
    )
    async def start_direct_payment(
        self, info: Info, input: Annotated[StartDirectPaymentInput, says("Which direct payment, and from when.")]
    ) -> PersonalBudgetPayload:
        payment_id = _row(input.direct_payment)
        return await answered(info, lambda tx: direct_payments.start(tx, payment_id=payment_id, on=input.on))

    @strawberry.mutation(
        description="The funder decides not to make a direct payment, in writing with reasons; a review may be asked "
        "for (PB Regs 2014 reg. 7)."
    )
    async def refuse_direct_payment(
        self, info: Info, input: Annotated[RefuseDirectPaymentInput, says("Which, and why.")]
    ) -> PersonalBudgetPayload:
        payment_id = _row(input.direct_payment)
        return await answered(
            info,
            lambda tx: direct_payment_decisions.refuse(tx, payment_id=payment_id, reasons=input.reasons, on=input.on),
        )

    @strawberry.mutation(
        description="The funder raises, reduces or stops a direct payment or asks for repayment, in writing with "
        "reasons (PB Regs 2014 regs 10 to 14). What is due, and section J of a draft, follow."
    )
    async def change_direct_payment(
        self, info: Info, input: Annotated[ChangeDirectPaymentInput, says("What is decided, and why.")]
    ) -> PersonalBudgetPayload:
        payment_id = _row(input.direct_payment)
        made = Change(
            input.change,
            input.reasons,
            input.on,
            input.effective_on or input.on,
            pounds(input.amount),
            input.sufficient,
            input.stop_ground,
            input.repayment_ground,
            input.repay_by,
        )
        return await answered(info, lambda tx: direct_payment_decisions.change(tx, payment_id=payment_id, made=made))

    @strawberry.mutation(
        description="The funder looks at its decision once more where the recipient asks, with written reasons: once, "
        "and no more (PB Regs 2014 regs 7(b), 12(2) to (4), 13(4) to (7), 14(4) to (6))."
    )
    async def reconsider_direct_payment(
        self, info: Info, input: Annotated[ReconsiderDirectPaymentInput, says("Which decision, and what came of it.")]
    ) -> PersonalBudgetPayload:
        decision_id = row_of_type(input.decision, "DirectPaymentDecision", argument="decision")
        return await answered(
            info,
            lambda tx: direct_payment_decisions.reconsider(
                tx, decision_id=decision_id, outcome=input.outcome, reasons=input.reasons, on=input.on
            ),
        )

    @strawberry.mutation(
        description="The funder reviews how a direct payment is made and used (PB Regs 2014 reg. 11): within three "
        "months of the first, and with each review of the plan."
    )
    async def review_direct_payment(
        self, info: Info, input: Annotated[ReviewDirectPaymentInput, says("What was considered, and when.")]
    ) -> PersonalBudgetPayload:
        payment_id = _row(input.direct_payment)
        considered = frozenset(input.considered)
        return await answered(
            info,
            lambda tx: direct_payments.review(tx, payment_id=payment_id, considered=considered, on=input.on),
        )

    @strawberry.mutation(
        description="The child is over compulsory school age, and is asked in writing whether the direct payments that "
        "a parent or nominee receives are to go on (PB Regs 2014 reg. 15(1)). Without an answer they stop."
    )
    async def ask_young_person(
        self, info: Info, input: Annotated[AskYoungPersonInput, says("About which direct payment.")]
    ) -> PersonalBudgetPayload:
        payment_id = _row(input.direct_payment)
        return await answered(info, lambda tx: direct_payments.ask(tx, payment_id=payment_id))

    @strawberry.mutation(
        description="The child has become a young person, and says in writing whether to receive the direct payment or "
        "that it goes on as before (PB Regs 2014 reg. 15(2), (3)). Otherwise it is stopped (regs 14(1)(e), 15(4))."
    )
    async def record_young_persons_wish(
        self, info: Info, input: Annotated[RecordYoungPersonsWishInput, says("What the young person said.")]
    ) -> PersonalBudgetPayload:
        payment_id = _row(input.direct_payment)
        return await answered(
            info,
            lambda tx: direct_payments.wish(tx, payment_id=payment_id, said=input.wish, payee=input.payee, on=input.on),
        )
