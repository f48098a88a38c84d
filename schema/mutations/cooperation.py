"""Asking a body to co-operate and answering it (CFA 2014 s. 31): each mutation is one action of `hub.actions`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Annotated, Any, cast

import strawberry
from strawberry.types import Info

from hub.actions import cooperation
from hub.actions.transaction import Answer, Transaction
from hub.db import advice as advising
from hub.errors import invalid
from hub.law.vocabulary import Source
from schema.advice import Advice
from schema.cooperation import CooperationRequest
from schema.ids import row_of_type
from schema.mutations.assessment_inputs import RecordAdviceInput
from schema.mutations.changing import Refusal, perform, read, refusals, says
from schema.mutations.cooperation_inputs import (
    AcceptInput,
    AcknowledgeInput,
    ClaimTimeExceptionInput,
    DeclineInput,
    DocumentInput,
    ForwardInput,
    ProveServiceInput,
    RequestCooperationInput,
    RequestCooperationOfSeveralInput,
    SubmitAdviceInput,
    WithdrawInput,
)


@strawberry.type(description="The request after the change, or what refused it.")
class CooperationRequestPayload:
    cooperation_request: CooperationRequest | None = strawberry.field(description="The request as it now stands.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type(description="The requests that were made, one for each body, or what refused them all.")
class CooperationRequestsPayload:
    cooperation_requests: list[CooperationRequest] = strawberry.field(
        description="The requests, in the order in which the bodies were named."
    )
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type(description="The advice that was stored, or what refused it.")
class AdvicePayload:
    advice: Advice | None = strawberry.field(description="The advice.")
    cooperation_request: CooperationRequest | None = strawberry.field(description="The request that it answers.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


def _request_id(given: Any) -> Any:
    return row_of_type(given.cooperation_request, "CooperationRequest", argument="cooperationRequest")


@strawberry.type
class CooperationMutations:
    @strawberry.mutation(description="An authority asks a body to co-operate (CFA 2014 s. 31(1)).")
    async def request_cooperation(
        self,
        info: Info,
        input: Annotated[RequestCooperationInput, says("Whom you ask, about which child, and for what.")],
    ) -> CooperationRequestPayload:
        child_id = row_of_type(input.child, "Child", argument="child")
        addressed_to = row_of_type(input.addressed_to, "Organisation", argument="addressedTo")
        attachments = attachments_of(input.attachments, "attachments")

        async def effect(tx: Transaction) -> Answer:
            request_id = await cooperation.request_cooperation(
                tx,
                child_id=child_id,
                addressed_to=addressed_to,
                function=input.function,
                asked=input.asked,
                attachments=attachments,
            )
            return {"request": str(request_id)}

        return await _changed(info, effect)

    @strawberry.mutation(
        description="An authority asks several bodies the same (CFA 2014 s. 31(1)): a request to each, with its own "
        "clock and answer. Where one may not be asked, none is."
    )
    async def request_cooperation_of_several(
        self,
        info: Info,
        input: Annotated[RequestCooperationOfSeveralInput, says("Whom you ask, about which child, and for what.")],
    ) -> CooperationRequestsPayload:
        child_id = row_of_type(input.child, "Child", argument="child")
        bodies = [row_of_type(each, "Organisation", argument="addressedTo") for each in input.addressed_to]
        attachments = attachments_of(input.attachments, "attachments")

        async def effect(tx: Transaction) -> Answer:
            made = await cooperation.request_of_several(
                tx,
                child_id=child_id,
                addressed_to=bodies,
                function=input.function,
                asked=input.asked,
                attachments=attachments,
            )
            return {"requests": [str(each) for each in made]}

        answer = await perform(info, effect)
        requests: list[Any] = [await read(info, "CooperationRequest", each) for each in answer.get("requests", ())]
        return CooperationRequestsPayload(cooperation_requests=requests, refusals=refusals(answer))

    @strawberry.mutation(description="The asked body acknowledges a request: receipt, if none was earlier.")
    async def acknowledge_cooperation_request(
        self, info: Info, input: Annotated[AcknowledgeInput, says("Which request you have.")]
    ) -> CooperationRequestPayload:
        return await _step(info, input, lambda tx, request_id: cooperation.acknowledge(tx, request_id=request_id))

    @strawberry.mutation(description="The authority shows when the body was served: receipt, if that was the earliest.")
    async def prove_service(
        self,
        info: Info,
        input: Annotated[ProveServiceInput, says("Which request, and when the body was served with it.")],
    ) -> CooperationRequestPayload:
        if input.served_at.tzinfo is None:
            raise invalid("an instant needs its offset from UTC", rule="instant-without-offset", path=("servedAt",))
        return await _step(
            info,
            input,
            lambda tx, request_id: cooperation.prove_service(tx, request_id=request_id, served_at=input.served_at),
        )

    @strawberry.mutation(description="The asked body says that it will comply.")
    async def accept_cooperation_request(
        self, info: Info, input: Annotated[AcceptInput, says("Which request you will comply with.")]
    ) -> CooperationRequestPayload:
        return await _step(info, input, lambda tx, request_id: cooperation.accept(tx, request_id=request_id))

    @strawberry.mutation(description="The asked body decides not to comply, with written reasons (s. 31(2), (3)).")
    async def decline_cooperation_request(
        self,
        info: Info,
        input: Annotated[
            DeclineInput, says("Which request you decline, on which ground of s. 31(2), and your written reasons.")
        ],
    ) -> CooperationRequestPayload:
        return await _step(
            info,
            input,
            lambda tx, request_id: cooperation.decline(
                tx, request_id=request_id, ground=input.ground, reasons=input.reasons
            ),
        )

    @strawberry.mutation(description="The asked body says why six weeks are impractical (reg. 8(2)).")
    async def claim_time_exception(
        self,
        info: Info,
        input: Annotated[
            ClaimTimeExceptionInput, says("Which request, which exception of reg. 8(2), what happened and when.")
        ],
    ) -> CooperationRequestPayload:
        return await _step(
            info,
            input,
            lambda tx, request_id: cooperation.claim_time_exception(
                tx,
                request_id=request_id,
                ground=input.ground,
                explanation=input.explanation,
                from_=input.from_,
                to=input.to,
            ),
        )

    @strawberry.mutation(
        description="The responsible commissioning body identifies who gives medical advice, and hands the request on "
        "(SEND Regs 2014 reg. 6(1)(c)). Yours is then answered; the body that you name is asked by the authority."
    )
    async def forward_cooperation_request(
        self, info: Info, input: Annotated[ForwardInput, says("Which request, and who gives the advice.")]
    ) -> CooperationRequestPayload:
        to = row_of_type(input.to, "Organisation", argument="to")

        async def action(tx: Transaction, request_id: Any) -> None:
            await cooperation.forward(tx, request_id=request_id, to=to)

        return await _step(info, input, action)

    @strawberry.mutation(description="The authority withdraws a request.")
    async def withdraw_cooperation_request(
        self, info: Info, input: Annotated[WithdrawInput, says("Which request you withdraw.")]
    ) -> CooperationRequestPayload:
        return await _step(info, input, lambda tx, request_id: cooperation.withdraw(tx, request_id=request_id))

    @strawberry.mutation(description="The asked body complies with its advice (regs 6(1), 8(1)).")
    async def submit_advice(
        self, info: Info, input: Annotated[SubmitAdviceInput, says("Which request it answers, and the advice.")]
    ) -> AdvicePayload:
        request_id = _request_id(input)
        given = advice_of(input)

        async def effect(tx: Transaction) -> Answer:
            advice_id = await cooperation.submit_advice(tx, request_id=request_id, advice=given, source=Source.GRAPHQL)
            return {"request": str(request_id), "advice": str(advice_id)}

        answer = await perform(info, effect)
        return AdvicePayload(
            advice=await read(info, "Advice", answer.get("advice")),
            cooperation_request=await read(info, "CooperationRequest", answer.get("request")),
            refusals=refusals(answer),
        )


async def _step(
    info: Info, given: Any, action: Callable[[Transaction, Any], Awaitable[object]]
) -> CooperationRequestPayload:
    """A mutation that takes one step of a request."""
    request_id = _request_id(given)

    async def effect(tx: Transaction) -> Answer:
        await action(tx, request_id)
        return {"request": str(request_id)}

    return await _changed(info, effect)


async def _changed(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> CooperationRequestPayload:
    answer = await perform(info, effect)
    return CooperationRequestPayload(
        cooperation_request=await read(info, "CooperationRequest", answer.get("request")), refusals=refusals(answer)
    )


def advice_of(given: SubmitAdviceInput | RecordAdviceInput) -> advising.Advice:
    """The advice in an input."""
    return advising.Advice(
        kind=given.kind,
        given_on=given.given_on,
        author=given.author,
        registration=given.registration,
        needs=tuple(given.needs),
        outcomes=tuple(given.outcomes),
        provision=tuple(advising.AdvisedProvision(**asdict(cast(Any, each))) for each in given.provision),
        documents=tuple(attachments_of(given.documents, "documents")),
    )


def attachments_of(given: Sequence[DocumentInput], argument: str) -> list[advising.Attachment]:
    """The documents in an input; raises `Problem` INVALID for one that is not Base64."""
    return [
        advising.Attachment(each.title, each.media_type, _bytes(each.content, argument, place))
        for place, each in enumerate(given)
    ]


def _bytes(content: str, argument: str, place: int) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        path = (argument, str(place), "content")
        raise invalid("the content is not Base64", rule="base64", path=path) from error
