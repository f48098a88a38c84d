"""Who answers for a child (CFA 2014 ss. 24, 26(8))."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.actions import responsibilities, transfers
from hub.actions.transaction import Answer, Transaction
from hub.law.responsibility import ResponsibilityGround
from hub.law.vocabulary import ResponsibilityKind
from schema.child import Child
from schema.ids import row_of_type
from schema.mutations.capacity import CapacityInput, capacity_of, of_notice
from schema.mutations.changing import Refusal, perform, read, refusals, says
from schema.plan import Plan


@strawberry.input(description="Record that a body answers for a child (CFA 2014 ss. 24, 26(8)).")
class AssignResponsibilityInput:
    child: strawberry.ID = strawberry.field(description="The child of your record.")
    body: strawberry.ID = strawberry.field(
        description="The body: an authority (s. 24), an integrated care board (s. 26(8)(b)) or NHS England "
        "(s. 26(8)(a))."
    )
    kind: ResponsibilityKind = strawberry.field(description="As what it answers.")
    ground: ResponsibilityGround = strawberry.field(
        description="Why it answers. Detained young people are refused (CFA 2014 ss. 70 to 75, SI 2015/62)."
    )
    from_: date = strawberry.field(
        name="from", description="The first day; a commissioner of the same kind answers to the day before."
    )
    to: date | None = strawberry.field(default=None, description="The last day; left out: until further notice.")
    for_provision: str | None = strawberry.field(
        default=None, description="For which provision; left out: for all of its kind (s. 42(4))."
    )
    known_on: date | None = strawberry.field(
        default=None,
        description="When the commissioner before became aware of the change; left out: today. Its 15 working days to "
        "notify the new one are counted from it (SEND Regs 2014 reg. 16(2)).",
    )


@strawberry.input(description="Transfer a plan, because the child or young person moved (SEND Regs 2014 reg. 15).")
class TransferChildInput:
    child: strawberry.ID = strawberry.field(description="The child of your record, for whom you maintain a plan.")
    to: strawberry.ID = strawberry.field(description="The authority to whose area the child moved (reg. 15(1)).")
    moved_on: date = strawberry.field(description="The day of the move (reg. 15(2)); today or earlier.")
    known_on: date | None = strawberry.field(
        default=None,
        description="The day on which you became aware of the move (reg. 15(2), (7)); left out: the day of the move.",
    )


@strawberry.input(description="Tell the family that a plan was transferred to you (SEND Regs 2014 reg. 15(4)).")
class InformFamilyOfTransferInput:
    plan: strawberry.ID = strawberry.field(description="The plan, as it is in your record.")
    will_assess: bool = strawberry.field(description="Whether you propose to make an EHC needs assessment.")
    review_on: date = strawberry.field(description="When you propose to review the plan (reg. 15(5)).")
    on: date | None = strawberry.field(default=None, description="The day on which it is told. Left out: today.")
    capacity: CapacityInput | None = of_notice()


@strawberry.type(description="The plan after the change, or what refused it.")
class TransferredPlanPayload:
    plan: Plan | None = strawberry.field(description="The plan, as it was transferred.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type(description="The child after the change, or what refused it.")
class ChildPayload:
    child: Child | None = strawberry.field(description="The child, as the record now stands.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class ResponsibilityMutations:
    @strawberry.mutation(
        description="The authority records which body answers for a child, for what, from when and why (CFA 2014 "
        "ss. 24, 26(8)). A new commissioner takes the place of the one before (SEND Regs 2014 reg. 16)."
    )
    async def assign_responsibility(
        self, info: Info, input: Annotated[AssignResponsibilityInput, says("Which body, for which child, and why.")]
    ) -> ChildPayload:
        assignment = responsibilities.Assignment(
            child_id=row_of_type(input.child, "Child", argument="child"),
            body_id=row_of_type(input.body, "Organisation", argument="body"),
            kind=input.kind,
            ground=input.ground,
            for_provision=input.for_provision,
            from_=input.from_,
            to=input.to,
            known_on=input.known_on,
        )

        async def effect(tx: Transaction) -> Answer:
            return {"child": str(await responsibilities.assign(tx, assignment))}

        answer = await perform(info, effect)
        return ChildPayload(child=await read(info, "Child", answer.get("child")), refusals=refusals(answer))

    @strawberry.mutation(
        description="The old authority transfers the plan of a child who moved: the new authority's record begins, and "
        "the clocks of SEND Regs 2014 reg. 15(2), (4), (5) and (7) start."
    )
    async def transfer_child(
        self, info: Info, input: Annotated[TransferChildInput, says("Which child, to which authority, since when.")]
    ) -> ChildPayload:
        child_id = row_of_type(input.child, "Child", argument="child")
        to = row_of_type(input.to, "Organisation", argument="to")

        async def effect(tx: Transaction) -> Answer:
            moved = await transfers.transfer(
                tx, child_id=child_id, to=to, moved_on=input.moved_on, known_on=input.known_on
            )
            return {"child": str(moved)}

        answer = await perform(info, effect)
        return ChildPayload(child=await read(info, "Child", answer.get("child")), refusals=refusals(answer))

    @strawberry.mutation(
        description="The new authority tells the family that the plan was transferred to it, whether it proposes to "
        "assess, and when to review; due six weeks from the transfer (SEND Regs 2014 reg. 15(4))."
    )
    async def inform_family_of_transfer(
        self, info: Info, input: Annotated[InformFamilyOfTransferInput, says("Of which plan, and what you propose.")]
    ) -> TransferredPlanPayload:
        plan_id = row_of_type(input.plan, "Plan", argument="plan")

        async def effect(tx: Transaction) -> Answer:
            await transfers.inform_family(
                tx,
                plan_id=plan_id,
                will_assess=input.will_assess,
                review_on=input.review_on,
                on=input.on or tx.today,
                capacity=capacity_of(input.capacity),
            )
            return {"plan": str(plan_id)}

        answer = await perform(info, effect)
        return TransferredPlanPayload(plan=await read(info, "Plan", answer.get("plan")), refusals=refusals(answer))
