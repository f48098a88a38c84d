"""Reviews of plans (CFA 2014 s. 44, SEND Regs 2014 regs 18 to 21): each mutation is one step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.types import Info

from hub.actions import reviews
from hub.actions.transaction import Answer, Transaction
from hub.law.s44_review import Invited, Phase
from hub.law.vocabulary import ReviewDecision, ReviewKind
from schema.ids import row_of_type
from schema.mutations.capacity import CapacityInput, capacity_of, of_notice
from schema.mutations.changing import Refusal, perform, read, refusals, says
from schema.review import Review


@strawberry.input(description="Arrange a review meeting (SEND Regs 2014 regs 20(2), (3), 21(2), (3)).")
class ArrangeReviewInput:
    plan: strawberry.ID = strawberry.field(description="The plan, which you maintain.")
    kind: ReviewKind = strawberry.field(description="Why it is reviewed (CFA 2014 s. 44, regs 15(5), 18).")
    meeting_on: date = strawberry.field(description="The day of the meeting, at least two weeks ahead (reg. 20(3)).")
    invited: list[Invited] = strawberry.field(
        description="Who is invited: those of regs 20(2), 21(2), a health care professional among them."
    )
    attends_setting: bool = strawberry.field(
        description="Whether the child attends a school, college or early years provider (reg. 20(1))."
    )
    phase: Phase | None = strawberry.field(
        default=None, description="Of a phase transfer: which; it decides the clock (reg. 18)."
    )
    transfer_on: date | None = strawberry.field(
        default=None, description="Of a phase transfer: the day of the transfer (reg. 18)."
    )
    capacity: CapacityInput | None = of_notice()


@strawberry.input(description="Say when a step of a review was taken.")
class ReviewStepInput:
    review: strawberry.ID = strawberry.field(description="The review.")
    on: date | None = strawberry.field(default=None, description="The day. Left out: today.")


@strawberry.input(description="Decide after a review (SEND Regs 2014 regs 20(10), 21(9)).")
class DecideReviewInput:
    review: strawberry.ID = strawberry.field(description="The review, of which the report was sent.")
    decision: ReviewDecision = strawberry.field(description="To keep, amend or cease the plan, or to re-assess.")
    reasons: str = strawberry.field(
        default="", description="The reasons, which the family's notice gives (regs 20(11), 21(10))."
    )
    on: date | None = strawberry.field(default=None, description="The day of the decision. Left out: today.")
    capacity: CapacityInput | None = of_notice()


@strawberry.type(description="The review after the change, or what refused it.")
class ReviewPayload:
    review: Review | None = strawberry.field(description="The review as it now stands.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class ReviewMutations:
    @strawberry.mutation(
        description="The authority gives the review meeting a day, at least two weeks ahead, and invites those who "
        "must be; the family and each responsible commissioning body have notice (regs 20(2), (3), 21(2), (3)). Again: "
        "another day."
    )
    async def arrange_review(
        self, info: Info, input: Annotated[ArrangeReviewInput, says("Of which plan, when, and who is invited.")]
    ) -> ReviewPayload:
        arranging = reviews.Arranging(
            row_of_type(input.plan, "Plan", argument="plan"),
            input.kind,
            input.meeting_on,
            frozenset(input.invited),
            input.attends_setting,
            input.phase,
            input.transfer_on,
            capacity_of(input.capacity),
        )

        async def effect(tx: Transaction) -> Answer:
            return {"review": str(await reviews.arrange_review(tx, arranging))}

        return await _changed(info, effect)

    @strawberry.mutation(
        description="The advice gathered for the meeting was sent to those who are invited; due two weeks before it "
        "(regs 20(4), 21(4))."
    )
    async def circulate_review_advice(
        self, info: Info, input: Annotated[ReviewStepInput, says("For which review, and when.")]
    ) -> ReviewPayload:
        return await _step(info, input, lambda tx, of, on: reviews.circulate_review_advice(tx, review_id=of, on=on))

    @strawberry.mutation(
        description="The meeting was held, on the day of which notice was given (CFA 2014 s. 44(1)). The report is due "
        "in two weeks, the decision in four (regs 20(9), (10), 21(8), (9))."
    )
    async def hold_review(
        self, info: Info, input: Annotated[ReviewStepInput, says("Which review, and when.")]
    ) -> ReviewPayload:
        return await _step(info, input, lambda tx, of, on: reviews.hold_review(tx, review_id=of, on=on))

    @strawberry.mutation(description="The report of the meeting was sent (regs 20(9), 21(8)).")
    async def report_review(
        self, info: Info, input: Annotated[ReviewStepInput, says("Of which review, and when.")]
    ) -> ReviewPayload:
        return await _step(info, input, lambda tx, of, on: reviews.report_review(tx, review_id=of, on=on))

    @strawberry.mutation(
        description="The authority decides after a review, and notifies the family with its reasons and, where it may "
        "appeal, how (regs 20(10), (11), 21(9), (10)). To amend: the notice of amendment is due within the same four "
        "weeks. To re-assess: the re-assessment begins (CFA 2014 s. 44(3))."
    )
    async def decide_review(
        self, info: Info, input: Annotated[DecideReviewInput, says("After which review, what, and why.")]
    ) -> ReviewPayload:
        async def decide(tx: Transaction, review_id: UUID, on: date) -> None:
            await reviews.decide_review(
                tx,
                review_id=review_id,
                decision=input.decision,
                reasons=input.reasons,
                on=on,
                capacity=capacity_of(input.capacity),
            )

        return await _step(info, input, decide)


async def _step(
    info: Info,
    given: ReviewStepInput | DecideReviewInput,
    action: Callable[[Transaction, UUID, date], Awaitable[None]],
) -> ReviewPayload:
    review_id = row_of_type(given.review, "Review", argument="review")

    async def effect(tx: Transaction) -> Answer:
        await action(tx, review_id, given.on or tx.today)
        return {"review": str(review_id)}

    return await _changed(info, effect)


async def _changed(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> ReviewPayload:
    answer = await perform(info, effect)
    return ReviewPayload(review=await read(info, "Review", answer.get("review")), refusals=refusals(answer))
