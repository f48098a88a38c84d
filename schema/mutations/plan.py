"""EHC plans and the provision in them (CFA 2014 ss. 37 to 46): each mutation is one action."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.types import Info

from hub.actions import plan, plan_ceasing, provision
from hub.actions.disputes import warnings
from hub.actions.transaction import Answer, Transaction
from schema.dispute import Dispute
from schema.ids import row_of_type
from schema.mutations.capacity import capacity_of
from schema.mutations.changing import Refusal, perform, read, refusals, says, values_of
from schema.mutations.plan_contents import given_of
from schema.mutations.plan_inputs import (
    AgreeProvisionInput,
    CeasePlanInput,
    ConsiderCeasingInput,
    DeclineProvisionInput,
    DraftPlanInput,
    DropAmendmentInput,
    FinalisePlanInput,
    LeaveOutProvisionInput,
    NotifyCeasingInput,
    ProposeAmendmentInput,
    ReportDeliveryInput,
    RevisePlanInput,
    ServePlanInput,
)
from schema.plan import Plan
from schema.provision import Provision


@strawberry.type(description="The version after the change, or what refused it.")
class PlanPayload:
    plan: Plan | None = strawberry.field(description="The version as it now stands.")
    warnings: list[Refusal] = strawberry.field(
        description="What makes the plan weak and stops nothing: provision that is not specified and quantified, a "
        "need that nothing meets, advice that was not taken up."
    )
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type(description="The provision after the change, or what refused it.")
class ProvisionPayload:
    provision: Provision | None = strawberry.field(description="The provision as it now stands.")
    dispute: Dispute | None = strawberry.field(description="The dispute that leaving it out opened (s. 26(3)(g)).")
    warnings: list[Refusal] = strawberry.field(
        description="What stops nothing: that the dispute has no steps, for want of an arrangement that is in force, "
        "or of steps in it (CFA 2014 s. 26(1), (3)(g))."
    )
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class PlanMutations:
    @strawberry.mutation(description="The authority prepares a draft plan (CFA 2014 ss. 37(1), 38(1)).")
    async def draft_plan(
        self, info: Info, input: Annotated[DraftPlanInput, says("After which assessment, and what is in it.")]
    ) -> PlanPayload:
        assessment_id = row_of_type(input.assessment, "Assessment", argument="assessment")
        given = given_of(input.contents)
        return await _made(info, lambda tx: plan.draft_plan(tx, assessment_id=assessment_id, given=given, on=input.on))

    @strawberry.mutation(description="The authority changes what a draft says (CFA 2014 s. 38).")
    async def revise_plan(
        self, info: Info, input: Annotated[RevisePlanInput, says("Which draft, and what is to be otherwise.")]
    ) -> PlanPayload:
        given = given_of(input.contents)
        return await _step(info, input.plan, lambda tx, row: plan.revise_plan(tx, plan_id=row, given=given))

    @strawberry.mutation(
        description="The authority serves the draft on the family, who have 15 days beginning with that day to respond "
        "(SEND Regs 2014 regs 13(1), 22(2)(c))."
    )
    async def serve_plan(
        self, info: Info, input: Annotated[ServePlanInput, says("Which draft, and when it was served.")]
    ) -> PlanPayload:
        return await _step(
            info,
            input.plan,
            lambda tx, row: plan.serve_plan(tx, plan_id=row, on=input.on, capacity=capacity_of(input.capacity)),
        )

    @strawberry.mutation(
        description="The authority makes the plan final (SEND Regs 2014 regs 13(2), 22(3)): not before the family's 15 "
        "days are over, nor with health care provision that is not agreed (reg. 12(2))."
    )
    async def finalise_plan(
        self, info: Info, input: Annotated[FinalisePlanInput, says("Which draft, when, and what section I says.")]
    ) -> PlanPayload:
        setting = row_of_type(input.setting, "Organisation", argument="setting") if input.setting else None
        return await _step(
            info,
            input.plan,
            lambda tx, row: plan.finalise_plan(
                tx,
                plan_id=row,
                on=input.on,
                section_i=input.section_i,
                setting_id=setting,
                capacity=capacity_of(input.capacity),
            ),
        )

    @strawberry.mutation(
        description="The authority begins an amendment: a further version, which says what the final one says until it "
        "is revised (SEND Regs 2014 regs 22, 28). The answer has the further version."
    )
    async def propose_amendment(
        self, info: Info, input: Annotated[ProposeAmendmentInput, says("Which plan, and why it is to be amended.")]
    ) -> PlanPayload:
        plan_id = row_of_type(input.plan, "Plan", argument="plan")
        return await _made(
            info,
            lambda tx: plan.propose_amendment(
                tx, plan_id=plan_id, reasons=input.reasons, agreement_by=input.agreement_by
            ),
        )

    @strawberry.mutation(description="The authority decides not to amend after all (SEND Regs 2014 reg. 22(4)).")
    async def drop_amendment(
        self, info: Info, input: Annotated[DropAmendmentInput, says("Which amendment, and when that is notified.")]
    ) -> PlanPayload:
        return await _step(
            info,
            input.plan,
            lambda tx, row: plan.drop_amendment(
                tx, plan_id=row, reasons=input.reasons, on=input.on, capacity=capacity_of(input.capacity)
            ),
        )

    @strawberry.mutation(
        description="The authority says that it considers ceasing to maintain the plan, and asks the family and the "
        "head or principal of the institution that is named for their views (SEND Regs 2014 reg. 31(1))."
    )
    async def consider_ceasing(
        self, info: Info, input: Annotated[ConsiderCeasingInput, says("Which plan, why, and when it is told.")]
    ) -> PlanPayload:
        return await _step(
            info,
            input.plan,
            lambda tx, row: plan_ceasing.consider_ceasing(
                tx, plan_id=row, reasons=input.reasons, on=input.on, capacity=capacity_of(input.capacity)
            ),
        )

    @strawberry.mutation(
        description="The authority notifies that it will cease to maintain the plan, and goes on maintaining it until "
        "the time to appeal is over (CFA 2014 s. 45(4), SEND Regs 2014 reg. 31)."
    )
    async def notify_ceasing(
        self, info: Info, input: Annotated[NotifyCeasingInput, says("Which plan, why, and when it is notified.")]
    ) -> PlanPayload:
        return await _step(
            info,
            input.plan,
            lambda tx, row: plan_ceasing.notify_ceasing(
                tx,
                plan_id=row,
                reason=input.reason,
                reasons=input.reasons,
                on=input.on,
                capacity=capacity_of(input.capacity),
            ),
        )

    @strawberry.mutation(
        description="The authority ceases to maintain the plan (CFA 2014 s. 45): after the time to appeal and any "
        "appeal; or at the end of the academic year of the 25th birthday (s. 46)."
    )
    async def cease_plan(
        self, info: Info, input: Annotated[CeasePlanInput, says("Which plan, why, and when.")]
    ) -> PlanPayload:
        return await _step(
            info, input.plan, lambda tx, row: plan_ceasing.cease_plan(tx, plan_id=row, reason=input.reason, on=input.on)
        )

    @strawberry.mutation(
        description="A responsible commissioning body agrees to provision in section G (SEND Regs 2014 reg. 12(2))."
    )
    async def agree_provision(
        self, info: Info, input: Annotated[AgreeProvisionInput, says("Which provision.")]
    ) -> ProvisionPayload:
        return await _provided(info, input.provision, lambda tx, row: provision.agree_provision(tx, provision_id=row))

    @strawberry.mutation(
        description="A responsible commissioning body declines provision in section G (SEND Regs 2014 reg. 12(2))."
    )
    async def decline_provision(
        self, info: Info, input: Annotated[DeclineProvisionInput, says("Which provision, and why not.")]
    ) -> ProvisionPayload:
        return await _provided(
            info,
            input.provision,
            lambda tx, row: provision.decline_provision(tx, provision_id=row, reasons=input.reasons),
        )

    @strawberry.mutation(
        description="The authority leaves provision out of section G that was declined or not answered in time; the "
        "steps for disputes between partners are open (CFA 2014 s. 26(3)(g))."
    )
    async def leave_out_provision(
        self, info: Info, input: Annotated[LeaveOutProvisionInput, says("Which provision, and why.")]
    ) -> ProvisionPayload:
        return await _provided(
            info,
            input.provision,
            lambda tx, row: provision.leave_out_provision(tx, provision_id=row, reasons=input.reasons),
        )

    @strawberry.mutation(
        description="Who secures or provides provision reports what was delivered in a month (CFA 2014 s. 42)."
    )
    async def report_delivery(
        self, info: Info, input: Annotated[ReportDeliveryInput, says("Which provision, which month, how much.")]
    ) -> ProvisionPayload:
        return await _provided(
            info,
            input.provision,
            lambda tx, row: provision.report_delivery(
                tx,
                provision_id=row,
                month=input.month.replace(day=1),
                planned=input.planned_minutes,
                delivered=input.delivered_minutes,
                shortfall_reason=input.shortfall_reason,
            ),
        )


async def _step(
    info: Info, given: strawberry.ID, action: Callable[[Transaction, UUID], Awaitable[None]]
) -> PlanPayload:
    plan_id = row_of_type(given, "Plan", argument="plan")

    async def effect(tx: Transaction) -> UUID:
        await action(tx, plan_id)
        return plan_id

    return await _made(info, effect)


async def _made(info: Info, action: Callable[[Transaction], Awaitable[UUID]]) -> PlanPayload:
    async def effect(tx: Transaction) -> Answer:
        plan_id = await action(tx)
        return {"plan": str(plan_id), "warnings": values_of(await plan.weaknesses(tx, plan_id))}

    answer = await perform(info, effect)
    return PlanPayload(
        plan=await read(info, "Plan", answer.get("plan")),
        warnings=refusals(answer, "warnings"),
        refusals=refusals(answer),
    )


async def _provided(
    info: Info, given: strawberry.ID, action: Callable[[Transaction, UUID], Awaitable[UUID | None]]
) -> ProvisionPayload:
    provision_id = row_of_type(given, "Provision", argument="provision")

    async def effect(tx: Transaction) -> Answer:
        dispute = await action(tx, provision_id)
        said = await warnings(tx, dispute) if dispute else []
        return {
            "provision": str(provision_id),
            "dispute": str(dispute) if dispute else None,
            "warnings": values_of(said),
        }

    answer = await perform(info, effect)
    return ProvisionPayload(
        provision=await read(info, "Provision", answer.get("provision")),
        dispute=await read(info, "Dispute", answer.get("dispute")),
        warnings=refusals(answer, "warnings"),
        refusals=refusals(answer),
    )
