"""Recording what relieves the time limit of a duty (SEND Regs 2014 regs 5(4), 10(4), 27(3), 44(3))."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.actions import duties
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


@strawberry.type(description="The duty after the change, or what refused it.")
class DutyPayload:
    duty: Duty | None = strawberry.field(description="The duty as it now stands.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class DutyMutations:
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
