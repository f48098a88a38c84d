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
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import strawberry
from strawberry.types import Info

from hub.actions import cooperation
from hub.actions.transaction import Answer, Once, Transaction, Transactions, refusals_of
from hub.db import advice as advising
from hub.errors import invalid
from hub.law.reg8_time_limit import Part3Function, TimeExceptionGround
from hub.law.s31_cooperation import RefusalGround
from hub.law.vocabulary import AdviceKind, Source
from schema.advice import Advice
from schema.cooperation import CooperationRequest
from schema.ids import row_of_type
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


@strawberry.input(description="Ask a body to co-operate (CFA 2014 s. 31(1)).")
class RequestCooperationInput:
    child: strawberry.ID = strawberry.field(description="The child, whose responsible authority you are.")
    addressed_to: strawberry.ID = strawberry.field(description="The body: one of those that s. 31(1) lists.")
    function: Part3Function = strawberry.field(description="The function under Part 3 in which you ask.")
    asked: str = strawberry.field(description="What you ask for, in words that the body can act on.")


@strawberry.input(description="Acknowledge a request: receipt, if none was earlier.")
class AcknowledgeInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")


@strawberry.input(description="Show when a body was served with your request: receipt, if none was earlier.")
class ProveServiceInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request that you made.")
    served_at: datetime = strawberry.field(description="When it was served, with its offset from UTC.")


@strawberry.input(description="Say that you will comply.")
class AcceptInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")


@strawberry.input(description="Decide not to comply, with written reasons (s. 31(2), (3)).")
class DeclineInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")
    ground: RefusalGround | None = strawberry.field(default=None, description="Which ground of s. 31(2).")
    reasons: str = strawberry.field(default="", description="The written reasons.")


@strawberry.input(description="Say why it is impractical to comply within six weeks (reg. 8(2)).")
class ClaimTimeExceptionInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")
    ground: TimeExceptionGround = strawberry.field(description="Which of reg. 8(2)(a) to (c).")
    explanation: str = strawberry.field(default="", description="What happened.")
    from_: date | None = strawberry.field(
        name="from", default=None, description="The first day; needed for an absence."
    )
    to: date | None = strawberry.field(default=None, description="The last day; needed for an absence.")


@strawberry.input(description="Withdraw a request that you made.")
class WithdrawInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request.")


@strawberry.input(description="Provision that you advise, specified and quantified.")
class AdvisedProvisionInput:
    description: str = strawberry.field(description="What is advised.")
    frequency: str | None = strawberry.field(default=None, description="How often, and for how long.")
    minutes_per_week: int | None = strawberry.field(default=None, description="Minutes in a week, on average.")
    delivered_by: str | None = strawberry.field(default=None, description="The role of who would deliver it.")
    qualification: str | None = strawberry.field(default=None, description="The qualification that this takes.")
    setting: str | None = strawberry.field(default=None, description="Where it would be delivered.")


@strawberry.input(description="A document.")
class DocumentInput:
    title: str = strawberry.field(description="Its title.")
    media_type: str = strawberry.field(description="Its media type, such as application/pdf.")
    content: str = strawberry.field(
        description="Its content, in Base64. A request is at most 100,000 bytes: send larger documents by FHIR."
    )


@strawberry.input(description="Comply with a request by giving advice (SEND Regs 2014 regs 6(1), 8(1)).")
class SubmitAdviceInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")
    kind: AdviceKind = strawberry.field(description="Which advice.")
    given_on: date = strawberry.field(description="The day on which it was given.")
    author: str | None = strawberry.field(default=None, description="Who wrote it.")
    registration: str | None = strawberry.field(default=None, description="The author's professional registration.")
    needs: list[str] = strawberry.field(default_factory=list[str], description="The needs, one an entry.")
    outcomes: list[str] = strawberry.field(default_factory=list[str], description="The outcomes, one an entry.")
    provision: list[AdvisedProvisionInput] = strawberry.field(
        default_factory=list[AdvisedProvisionInput], description="The provision that may be required."
    )
    documents: list[DocumentInput] = strawberry.field(default_factory=list[DocumentInput], description="The documents.")


def _request_id(given: Any) -> Any:
    return row_of_type(given.cooperation_request, "CooperationRequest", argument="cooperationRequest")


@strawberry.type(
    description="Everything that can be changed. Send `Idempotency-Key`, so that a retry does nothing twice."
)
class Mutation:
    @strawberry.mutation(description="An authority asks a body to co-operate (CFA 2014 s. 31(1)).")
    async def request_cooperation(self, info: Info, input: RequestCooperationInput) -> CooperationRequestPayload:  # noqa: A002
        child_id = row_of_type(input.child, "Child", argument="child")
        addressed_to = row_of_type(input.addressed_to, "Organisation", argument="addressedTo")

        async def effect(tx: Transaction) -> Answer:
            request_id = await cooperation.request_cooperation(
                tx, child_id=child_id, addressed_to=addressed_to, function=input.function, asked=input.asked
            )
            return {"request": str(request_id)}

        return await _changed(info, effect)

    @strawberry.mutation(description="The asked body acknowledges a request: receipt, if none was earlier.")
    async def acknowledge_cooperation_request(self, info: Info, input: AcknowledgeInput) -> CooperationRequestPayload:  # noqa: A002
        return await _step(info, input, lambda tx, request_id: cooperation.acknowledge(tx, request_id=request_id))

    @strawberry.mutation(description="The authority shows when the body was served: receipt, if that was the earliest.")
    async def prove_service(self, info: Info, input: ProveServiceInput) -> CooperationRequestPayload:  # noqa: A002
        if input.served_at.tzinfo is None:
            raise invalid("an instant needs its offset from UTC", rule="instant-without-offset", path=("servedAt",))
        return await _step(
            info,
            input,
            lambda tx, request_id: cooperation.prove_service(tx, request_id=request_id, served_at=input.served_at),
        )

    @strawberry.mutation(description="The asked body says that it will comply.")
    async def accept_cooperation_request(self, info: Info, input: AcceptInput) -> CooperationRequestPayload:  # noqa: A002
        return await _step(info, input, lambda tx, request_id: cooperation.accept(tx, request_id=request_id))

    @strawberry.mutation(description="The asked body decides not to comply, with written reasons (s. 31(2), (3)).")
    async def decline_cooperation_request(self, info: Info, input: DeclineInput) -> CooperationRequestPayload:  # noqa: A002
        return await _step(
            info,
            input,
            lambda tx, request_id: cooperation.decline(
                tx, request_id=request_id, ground=input.ground, reasons=input.reasons
            ),
        )

    @strawberry.mutation(description="The asked body says why six weeks are impractical (reg. 8(2)).")
    async def claim_time_exception(self, info: Info, input: ClaimTimeExceptionInput) -> CooperationRequestPayload:  # noqa: A002
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
    async def withdraw_cooperation_request(self, info: Info, input: WithdrawInput) -> CooperationRequestPayload:  # noqa: A002
        return await _step(info, input, lambda tx, request_id: cooperation.withdraw(tx, request_id=request_id))

    @strawberry.mutation(description="The asked body complies with its advice (regs 6(1), 8(1)).")
    async def submit_advice(self, info: Info, input: SubmitAdviceInput) -> AdvicePayload:  # noqa: A002
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
    await reader_of(info).close()
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
