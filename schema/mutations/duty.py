"""Recording what relieves the time limit of a duty (SEND Regs 2014 regs 5(4), 10(4), 27(3), 44(3))."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.actions import duties, higher_education
from hub.actions.transaction import Answer, Transaction
from hub.law.duties import Relief
from schema.duty import Duty
from schema.ids import row_of_type
from schema.mutations.changing import Refusal, perform, read, refusals, says


@strawberry.input(
    description="Record why it was impractical to act in time (SEND Regs 2014 regs 5(4), 10(4), 13(3), 27(3), 44(3))."
)
class ExcuseDutyInput:
    duty: strawberry.ID = strawberry.field(description="The duty, which you owe.")
    ground: Relief = strawberry.field(description="Which exception; each rule lists its own (regs 5(4), 10(4), 27(3)).")
    explanation: str = strawberry.field(
        default="", description="What happened, in words. It relieves the time limit and never the duty."
    )
    from_: date | None = strawberry.field(
        name="from",
        default=None,
        description="The first day it lasted, itself counted; needed for an absence or a closure (reg. 10(4)(a), (d)).",
    )
    to: date | None = strawberry.field(
        default=None,
        description="The last day it lasted, itself counted; needed for an absence or a closure (reg. 10(4)(a), (d)).",
    )


@strawberry.input(
    description="Say that a duty was met outside the hub (SEND Regs 2014 regs 15(4), (7), (8), 16(2), (3), 47)."
)
class MeetDutyInput:
    duty: strawberry.ID = strawberry.field(description="The duty, which you owe, or which is about a child of yours.")
    on: date | None = strawberry.field(default=None, description="The day on which it was done. Left out: today.")


@strawberry.input(
    description="Record that a young person asks for the plan to be sent to an institution of higher education, or for "
    "a disabled students' allowance (SEND Regs 2014 reg. 47)."
)
class RecordHigherEducationRequestInput:
    plan: strawberry.ID = strawberry.field(description="The plan that you maintain (reg. 47).")
    on: date = strawberry.field(description="The day on which the young person asked (reg. 47).")


@strawberry.type(description="The duty after the change, or what refused it.")
class DutyPayload:
    duty: Duty | None = strawberry.field(description="The duty as it now stands.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class DutyMutations:
    @strawberry.mutation(
        description="The body that owes a duty, or the authority whose record it is, says that it was met outside the "
        "hub: the family informed of a transfer (SEND Regs 2014 reg. 15(4)), the new commissioning body notified (regs "
        "15(7), 16(2)), an assessment or a review asked for (regs 15(8), 16(3)), the plan sent for higher education "
        "(reg. 47). Every other duty is met by what meets it."
    )
    async def meet_duty(
        self, info: Info, input: Annotated[MeetDutyInput, says("Which duty, and when it was met.")]
    ) -> DutyPayload:
        duty_id = row_of_type(input.duty, "Duty", argument="duty")

        async def effect(tx: Transaction) -> Answer:
            await duties.say_met(tx, duty_id=duty_id, on=input.on or tx.today)
            return {"duty": str(duty_id)}

        answer = await perform(info, effect)
        return DutyPayload(duty=await read(info, "Duty", answer.get("duty")), refusals=refusals(answer))

    @strawberry.mutation(
        description="The authority records that a young person asks for the plan for higher education or a disabled "
        "students' allowance: it sends the plan within 15 working days (SEND Regs 2014 reg. 47). `meetDuty` says that "
        "it was sent."
    )
    async def record_higher_education_request(
        self,
        info: Info,
        input: Annotated[RecordHigherEducationRequestInput, says("Which plan, and when.")],
    ) -> DutyPayload:
        plan_id = row_of_type(input.plan, "Plan", argument="plan")

        async def effect(tx: Transaction) -> Answer:
            return {"duty": str(await higher_education.record_request(tx, plan_id=plan_id, on=input.on))}

        answer = await perform(info, effect)
        return DutyPayload(duty=await read(info, "Duty", answer.get("duty")), refusals=refusals(answer))

    @strawberry.mutation(
        description="The body that owes a duty records what relieves its time limit (SEND Regs 2014 regs 5(4), 10(4), "
        "13(3), 27(3), 44(3)): a fact with who, when and why. The duty stands."
    )
    async def excuse_duty(
        self,
        info: Info,
        input: Annotated[ExcuseDutyInput, says("Which duty, which exception, what happened and when.")],
    ) -> DutyPayload:
        duty_id = row_of_type(input.duty, "Duty", argument="duty")

        async def effect(tx: Transaction) -> Answer:
            await duties.excuse(
                tx,
                duty_id=duty_id,
                ground=input.ground,
                explanation=input.explanation,
                from_=input.from_,
                to=input.to,
            )
            return {"duty": str(duty_id)}

        answer = await perform(info, effect)
        return DutyPayload(duty=await read(info, "Duty", answer.get("duty")), refusals=refusals(answer))
