"""Asking partners and schools for help, and answering (CFA 2014 ss. 28, 29)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.actions import enquiries
from hub.actions.transaction import Answer, Transaction
from schema.enquiry import Enquiry
from schema.ids import row_of_type
from schema.mutations.changing import Refusal, perform, read, refusals, says


@strawberry.input(description="Ask a partner or a school for help (CFA 2014 ss. 28, 29).")
class AskForHelpInput:
    addressed_to: strawberry.ID = strawberry.field(
        description="The partner (s. 28) or the school (s. 29). Another authority is asked under s. 31."
    )
    child: strawberry.ID | None = strawberry.field(
        default=None,
        description="The child, whose responsible authority you are. The body does not see it: ss. 28 and 29 open no "
        "record (SEND Regs 2014 reg. 17(1)).",
    )
    asked: str = strawberry.field(
        description="What you ask. The body has these words and nothing else: say no more of a child than it takes "
        "(SEND Regs 2014 reg. 17(1))."
    )


@strawberry.input(description="Answer a request for help (CFA 2014 ss. 28, 29).")
class AnswerEnquiryInput:
    enquiry: strawberry.ID = strawberry.field(description="The enquiry, addressed to you.")
    answer: str = strawberry.field(description="Your answer, in words. It is given once.")


@strawberry.type(description="The enquiry after the change, or what refused it.")
class EnquiryPayload:
    enquiry: Enquiry | None = strawberry.field(description="The enquiry as it now stands.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class EnquiryMutations:
    @strawberry.mutation(
        description="An authority asks a partner (CFA 2014 s. 28) or a school (s. 29) for help. No clock starts, there "
        "are no grounds of refusal, and nothing of a record is opened."
    )
    async def ask_for_help(
        self, info: Info, input: Annotated[AskForHelpInput, says("Whom you ask, and for what.")]
    ) -> EnquiryPayload:
        addressed_to = row_of_type(input.addressed_to, "Organisation", argument="addressedTo")
        child_id = row_of_type(input.child, "Child", argument="child") if input.child is not None else None

        async def effect(tx: Transaction) -> Answer:
            made = await enquiries.ask_for_help(tx, addressed_to=addressed_to, asked=input.asked, child_id=child_id)
            return {"enquiry": str(made)}

        return await _changed(info, effect)

    @strawberry.mutation(description="The body that was asked for help answers (CFA 2014 ss. 28, 29).")
    async def answer_enquiry(
        self, info: Info, input: Annotated[AnswerEnquiryInput, says("Which enquiry, and your answer.")]
    ) -> EnquiryPayload:
        enquiry_id = row_of_type(input.enquiry, "Enquiry", argument="enquiry")

        async def effect(tx: Transaction) -> Answer:
            await enquiries.answer_enquiry(tx, enquiry_id=enquiry_id, answer=input.answer)
            return {"enquiry": str(enquiry_id)}

        return await _changed(info, effect)


async def _changed(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> EnquiryPayload:
    answer = await perform(info, effect)
    return EnquiryPayload(enquiry=await read(info, "Enquiry", answer.get("enquiry")), refusals=refusals(answer))
