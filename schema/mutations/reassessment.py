"""Re-assessments: asked for, and decided in 15 days (CFA 2014 s. 44(2), (3), SEND Regs 2014 regs 23 to 27)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.actions import reassessment
from hub.actions.transaction import Answer, Transaction
from hub.law.reg23_reassessment import NoReassessmentBecause, ReassessmentAskedBy
from schema.assessment import Assessment
from schema.ids import row_of_type
from schema.mutations.capacity import CapacityInput, capacity_of, of_notice
from schema.mutations.changing import Refusal, perform, read, refusals, says


@strawberry.input(description="Ask for a re-assessment, or record who asked (CFA 2014 s. 44(2), reg. 23).")
class RequestReassessmentInput:
    plan: strawberry.ID = strawberry.field(description="The plan that is maintained.")
    asked_by: ReassessmentAskedBy = strawberry.field(description="Who asks (CFA 2014 s. 44(2), (3), reg. 23).")
    capacity: CapacityInput | None = strawberry.field(
        default=None, description="What is known of capacity, where the family asks (regs 63, 64). Left out: presumed."
    )
    on: date | None = strawberry.field(
        default=None,
        description="The day on which it was asked for; 15 days run from it (reg. 25(1)). Left out: today.",
    )


@strawberry.input(description="Decide whether to re-assess (SEND Regs 2014 regs 24, 25).")
class DecideReassessmentInput:
    assessment: strawberry.ID = strawberry.field(description="The re-assessment that was asked for.")
    because_not: NoReassessmentBecause | None = strawberry.field(
        default=None, description="Why you do not re-assess (reg. 24). Left out: you do."
    )
    reasons: str = strawberry.field(default="", description="The reasons for not re-assessing (reg. 25(2)).")
    on: date | None = strawberry.field(default=None, description="The day of the decision. Left out: today.")
    capacity: CapacityInput | None = of_notice()


@strawberry.type(description="The re-assessment after the change, or what refused it.")
class ReassessmentPayload:
    assessment: Assessment | None = strawberry.field(description="The re-assessment as it now stands.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class ReassessmentMutations:
    @strawberry.mutation(
        description="A responsible commissioning body asks for a re-assessment (reg. 23), or the authority records "
        "that the family or the school did, or that it re-assesses by itself (CFA 2014 s. 44(2), (3)). It has 15 days "
        "to say whether (reg. 25(1))."
    )
    async def request_reassessment(
        self, info: Info, input: Annotated[RequestReassessmentInput, says("Of which plan, and who asks.")]
    ) -> ReassessmentPayload:
        plan_id = row_of_type(input.plan, "Plan", argument="plan")

        async def effect(tx: Transaction) -> Answer:
            asked = await reassessment.request_reassessment(
                tx,
                plan_id=plan_id,
                asked_by=input.asked_by,
                on=input.on or tx.today,
                capacity=capacity_of(input.capacity),
            )
            return {"assessment": str(asked)}

        return await _changed(info, effect)

    @strawberry.mutation(
        description="The authority says whether it re-assesses (regs 24, 25). It must where the commissioning "
        "body asked (reg. 23). The plan is final 14 weeks from the notice (reg. 27(2))."
    )
    async def decide_reassessment(
        self, info: Info, input: Annotated[DecideReassessmentInput, says("Which, whether, and why not.")]
    ) -> ReassessmentPayload:
        assessment_id = row_of_type(input.assessment, "Assessment", argument="assessment")

        async def effect(tx: Transaction) -> Answer:
            await reassessment.decide_reassessment(
                tx,
                assessment_id=assessment_id,
                because_not=input.because_not,
                reasons=input.reasons,
                on=input.on or tx.today,
                capacity=capacity_of(input.capacity),
            )
            return {"assessment": str(assessment_id)}

        return await _changed(info, effect)


async def _changed(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> ReassessmentPayload:
    answer = await perform(info, effect)
    return ReassessmentPayload(
        assessment=await read(info, "Assessment", answer.get("assessment")), refusals=refusals(answer)
    )
