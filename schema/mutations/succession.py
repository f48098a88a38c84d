"""A commissioning body takes the place of another (CFA 2014 s. 26(8))."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.actions.succession import succeed_body
from hub.actions.transaction import Answer, Transaction
from schema.ids import row_of_type
from schema.mutations.changing import Refusal, perform, read, refusals, says
from schema.organisation import Organisation


@strawberry.input(
    description="Have one commissioning body take the place of another, which is abolished (CFA 2014 s. 26(8); "
    "National Health Service Act 2006 s. 14Z25)."
)
class SucceedBodyInput:
    body: strawberry.ID = strawberry.field(description="The body that is abolished (s. 26(8)).")
    successor: strawberry.ID = strawberry.field(
        description="The body of the same kind that takes its place (s. 26(8))."
    )
    from_: date = strawberry.field(
        name="from",
        description="The first day of the successor; today or earlier. The old body answers to the day before.",
    )


@strawberry.type(description="The body after the change, or what refused it.")
class OrganisationPayload:
    organisation: Organisation | None = strawberry.field(
        description="The body that is succeeded; its `succession` says how far that has come."
    )
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was accepted.")


@strawberry.type
class SuccessionMutations:
    @strawberry.mutation(
        description="NHS England has a commissioning body take the place of another for all its children, with what it "
        "still owes (CFA 2014 s. 26(8)). It is accepted at once and carried out by the hub: `Organisation.succession` "
        "says how far it has come."
    )
    async def succeed_body(
        self, info: Info, input: Annotated[SucceedBodyInput, says("Which body takes the place of which, since when.")]
    ) -> OrganisationPayload:
        old = row_of_type(input.body, "Organisation", argument="body")
        new = row_of_type(input.successor, "Organisation", argument="successor")

        async def effect(tx: Transaction) -> Answer:
            return {"organisation": str(await succeed_body(tx, old=old, new=new, on=input.from_))}

        answer = await perform(info, effect)
        return OrganisationPayload(
            organisation=await read(info, "Organisation", answer.get("organisation")), refusals=refusals(answer)
        )
