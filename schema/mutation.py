"""The root of every change. Each mutation is one action of `hub.actions`, in one transaction.

A refusal by law is data: `refusals` says which provision refuses, and nothing has changed. Anything else that goes
wrong is an error with `extensions.code`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry.types import Info

from hub.actions import cooperation
from hub.actions.transaction import Answer, Once, Transaction, Transactions, refusals_of
from hub.db import advice as advising
from hub.errors import invalid
from hub.law.vocabulary import Source
from schema.advice import Advice
from schema.cooperation import CooperationRequest
from schema.ids import row_of_type
from schema.inputs import (
    AcceptInput,
    AcknowledgeInput,
    ClaimTimeExceptionInput,
    DeclineInput,
    ProveServiceInput,
    RequestCooperationInput,
    SubmitAdviceInput,
    WithdrawInput,
)
from schema.reading import reader_of


@strawberry.type(description="The law says no. Nothing has changed.")
class Refusal:
    provision: str = strawberry.field(description="The provision, as a lawyer cites it.")
    rule: str = strawberry.field(description="A stable code of the rule.")
    message: str = strawberry.field(description="What the law asks.")
    path: list[str] = strawberry.field(description="The field at fault, where there is one.")


@strawberry.type(description="The request after the change, or what refused it.")
class CooperationRequestPayload:
    cooperation_request: CooperationRequest | None = strawberry.field(description="The request as it now stands.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type(description="The advice that was stored, or what refused it.")
class AdvicePayload:
    advice: Advice | None = strawberry.field(description="The advice.")
    cooperation_request: CooperationRequest | None = strawberry.field(description="The request that it answers.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


def _says(description: str) -> Any:
    return strawberry.argument(description=description)


def _request_id(given: Any) -> Any:
    return row_of_type(given.cooperation_request, "CooperationRequest", argument="cooperationRequest")


@strawberry.type(
    description="Everything that can be changed. Send `Idempotency-Key`, so that a retry does nothing twice."
)
class Mutation:
    @strawberry.mutation(description="An authority asks a body to co-operate (CFA 2014 s. 31(1)).")
    async def request_cooperation(
        self,
        info: Info,
        input: Annotated[RequestCooperationInput, _says("Whom you ask, about which child, and for what.")],
    ) -> CooperationRequestPayload:
        child_id = row_of_type(input.child, "Child", argument="child")
        addressed_to = row_of_type(input.addressed_to, "Organisation", argument="addressedTo")

        async def effect(tx: Transaction) -> Answer:
            request_id = await cooperation.request_cooperation(
                tx, child_id=child_id, addressed_to=addressed_to, function=input.function, asked=input.asked
            )
            return {"request": str(request_id)}

        return await _changed(info, effect)

    @strawberry.mutation(description="The asked body acknowledges a request: receipt, if none was earlier.")
    async def acknowledge_cooperation_request(
        self, info: Info, input: Annotated[AcknowledgeInput, _says("Which request you have.")]
    ) -> CooperationRequestPayload:
        return await _step(info, input, lambda tx, request_id: cooperation.acknowledge(tx, request_id=request_id))

    @strawberry.mutation(description="The authority shows when the body was served: receipt, if that was the earliest.")
    async def prove_service(
        self,
        info: Info,
        input: Annotated[ProveServiceInput, _says("Which request, and when the body was served with it.")],
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
        self, info: Info, input: Annotated[AcceptInput, _says("Which request you will comply with.")]
    ) -> CooperationRequestPayload:
        return await _step(info, input, lambda tx, request_id: cooperation.accept(tx, request_id=request_id))

    @strawberry.mutation(description="The asked body decides not to comply, with written reasons (s. 31(2), (3)).")
    async def decline_cooperation_request(
        self,
        info: Info,
        input: Annotated[
            DeclineInput, _says("Which request you decline, on which ground of s. 31(2), and your written reasons.")
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
            ClaimTimeExceptionInput, _says("Which request, which exception of reg. 8(2), what happened and when.")
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

    @strawberry.mutation(description="The authority withdraws a request.")
    async def withdraw_cooperation_request(
        self, info: Info, input: Annotated[WithdrawInput, _says("Which request you withdraw.")]
    ) -> CooperationRequestPayload:
        return await _step(info, input, lambda tx, request_id: cooperation.withdraw(tx, request_id=request_id))

    @strawberry.mutation(description="The asked body complies with its advice (regs 6(1), 8(1)).")
    async def submit_advice(
        self, info: Info, input: Annotated[SubmitAdviceInput, _says("Which request it answers, and the advice.")]
    ) -> AdvicePayload:
        request_id = _request_id(input)
        given = _advice(input)

        async def effect(tx: Transaction) -> Answer:
            advice_id = await cooperation.submit_advice(tx, request_id=request_id, advice=given, source=Source.GRAPHQL)
            return {"request": str(request_id), "advice": str(advice_id)}

        answer = await _perform(info, effect)
        return AdvicePayload(
            advice=await _read(info, "Advice", answer.get("advice")),
            cooperation_request=await _read(info, "CooperationRequest", answer.get("request")),
            refusals=_refusals(answer),
        )


async def _step(
    info: Info, given: Any, action: Callable[[Transaction, Any], Awaitable[None]]
) -> CooperationRequestPayload:
    """A mutation that takes one step of a request."""
    request_id = _request_id(given)

    async def effect(tx: Transaction) -> Answer:
        await action(tx, request_id)
        return {"request": str(request_id)}

    return await _changed(info, effect)


async def _changed(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> CooperationRequestPayload:
    answer = await _perform(info, effect)
    return CooperationRequestPayload(
        cooperation_request=await _read(info, "CooperationRequest", answer.get("request")), refusals=_refusals(answer)
    )


async def _perform(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
    """The action's answer, the same one again for a repeated `Idempotency-Key`.

    The key is good for one mutation field of one request: its response key is part of it, so that a document with two
    mutations does both.
    """
    context = info.context
    transactions = cast(Transactions, context.transactions)
    await reader_of(info).close(last=False)
    once = None
    if context.idempotency_key is not None:
        asked = json.dumps([info.field_name, context.request_hash])
        key = f"{context.idempotency_key}/{info.path.key}"
        once = Once(key, hashlib.sha256(asked.encode()).hexdigest())
    return await transactions.perform(reader_of(info).caller, effect, once=once)


async def _read(info: Info, type_name: str, row_id: str | None) -> Any:
    if row_id is None:
        return None
    return await reader_of(info).node(type_name, UUID(row_id))


def _refusals(answer: Answer) -> list[Refusal]:
    return [
        Refusal(
            provision=each.provision,
            rule=each.rule,
            message=each.message,
            path=[_in_schema(step) for step in each.path],
        )
        for each in refusals_of(answer)
    ]


def _in_schema(name: str) -> str:
    """A field of the law as the schema writes it: given_on, givenOn."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _advice(given: SubmitAdviceInput) -> advising.Advice:
    return advising.Advice(
        kind=given.kind,
        given_on=given.given_on,
        author=given.author,
        registration=given.registration,
        needs=tuple(given.needs),
        outcomes=tuple(given.outcomes),
        provision=tuple(advising.AdvisedProvision(**asdict(cast(Any, each))) for each in given.provision),
        documents=tuple(
            advising.Attachment(each.title, each.media_type, _bytes(each.content, place))
            for place, each in enumerate(given.documents)
        ),
    )


def _bytes(content: str, place: int) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        path = ("documents", str(place), "content")
        raise invalid("the content is not Base64", rule="base64", path=path) from error
