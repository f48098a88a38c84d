"""Raising a dispute, taking a step in it, and ending it (CFA 2014 ss. 26(3)(f), (g), 51 to 57)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.types import Info

from hub.actions import redress
from hub.actions.disputes import warnings
from hub.actions.transaction import Answer, Transaction
from hub.law.s51_redress import Step
from schema.dispute import Dispute
from schema.ids import from_global, row_of_type
from schema.mutations.capacity import capacity_of
from schema.mutations.changing import Refusal, perform, read, refusals, says, values_of
from schema.mutations.redress_inputs import (
    RaiseDisputeInput,
    RecordDisputeStepInput,
    ResolveDisputeInput,
)


@strawberry.type(description="The dispute after the change, or what refused it.")
class DisputePayload:
    dispute: Dispute | None = strawberry.field(description="The dispute as it now stands.")
    warnings: list[Refusal] = strawberry.field(
        description="What stops nothing: that a dispute between partners has no steps, for want of an arrangement that "
        "is in force, or of steps in it (CFA 2014 s. 26(1), (3)(g))."
    )
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class RedressMutations:
    @strawberry.mutation(
        description="A body raises a dispute with its partners (CFA 2014 s. 26(3)(g)) or records a complaint; or the "
        "authority records that the family wants mediation (reg. 35), that it appeals (CFA 2014 s. 51), or what the "
        "Tribunal recommends on health and social care (Rec Regs 2017). The clocks start. About a request under s. 31 "
        "or provision in section G, a dispute with partners is with the bodies that it asks, once they refuse or are "
        "silent past their day."
    )
    async def raise_dispute(
        self, info: Info, input: Annotated[RaiseDisputeInput, says("Which kind, about what, and with whom.")]
    ) -> DisputePayload:
        parties = tuple(row_of_type(each, "Organisation", argument="parties") for each in input.parties)
        raised = redress.Raised(
            input.kind,
            from_global(input.about, argument="about"),
            frozenset(input.matters),
            parties,
            input.description,
            input.on,
            capacity_of(input.capacity),
        )

        async def effect(tx: Transaction) -> Answer:
            return await _answer(tx, await redress.raise_dispute(tx, raised))

        return await _changed(info, effect)

    @strawberry.mutation(
        description="A body that is in a dispute takes a step: mediation (regs 35 to 42), the Tribunal's order "
        "(reg. 44), the five-week answer to a recommendation (Rec Regs 2017 regs 6, 7), a position, an escalation. A "
        "step out of order, or another body's, is refused."
    )
    async def record_dispute_step(
        self, info: Info, input: Annotated[RecordDisputeStepInput, says("In which dispute, which step, and when.")]
    ) -> DisputePayload:
        dispute_id = row_of_type(input.dispute, "Dispute", argument="dispute")

        async def effect(tx: Transaction) -> Answer:
            step = Step(
                input.step,
                input.on or tx.today,
                input.description,
                input.held_on,
                input.shorter_notice_agreed,
                input.follows,
            )
            await redress.record_step(
                tx, dispute_id=dispute_id, step=step, appealed=input.order, complied_with=input.complied_with
            )
            return await _answer(tx, dispute_id)

        return await _changed(info, effect)

    @strawberry.mutation(
        description="A dispute is ended, by agreement or without one; its open clocks end (CFA 2014 s. 26(3)(g)). A "
        "recommendation that a body has not answered is not over (Rec Regs 2017 reg. 6(3))."
    )
    async def resolve_dispute(
        self, info: Info, input: Annotated[ResolveDisputeInput, says("Which dispute, and how it ended.")]
    ) -> DisputePayload:
        dispute_id = row_of_type(input.dispute, "Dispute", argument="dispute")

        async def effect(tx: Transaction) -> Answer:
            await redress.resolve_dispute(tx, dispute_id=dispute_id, status=input.status, outcome=input.outcome)
            return await _answer(tx, dispute_id)

        return await _changed(info, effect)


async def _changed(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> DisputePayload:
    answer = await perform(info, effect)
    return DisputePayload(
        dispute=await read(info, "Dispute", answer.get("dispute")),
        warnings=refusals(answer, "warnings"),
        refusals=refusals(answer),
    )


async def _answer(tx: Transaction, dispute_id: UUID) -> Answer:
    return {"dispute": str(dispute_id), "warnings": values_of(await warnings(tx, dispute_id))}
