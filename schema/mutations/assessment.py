"""EHC needs assessments (CFA 2014 s. 36): each mutation is one action of `hub.actions.assessment`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.types import Info

from hub.actions import advice_sought, assessment
from hub.actions.advice_sought import Seeking
from hub.actions.transaction import Answer, Transaction
from schema.assessment import AdviceRequest, Assessment
from schema.ids import row_of_type
from schema.mutations.assessment_inputs import (
    ConsiderAssessmentInput,
    DecideAssessmentInput,
    DecideNoPlanInput,
    RecordAdviceInput,
    RequestAssessmentInput,
    SeekAdviceInput,
)
from schema.mutations.capacity import capacity_of
from schema.mutations.changing import Refusal, perform, read, refusals, says
from schema.mutations.cooperation import advice_of, attachments_of


@strawberry.type(description="The assessment after the change, or what refused it.")
class AssessmentPayload:
    assessment: Assessment | None = strawberry.field(description="The assessment as it now stands.")
    advice_request: AdviceRequest | None = strawberry.field(description="The advice that is sought, or has come.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class AssessmentMutations:
    @strawberry.mutation(
        description="The authority records that an EHC needs assessment was asked for, or that it became responsible "
        "(CFA 2014 s. 36(1), (3)). Its six weeks start."
    )
    async def request_assessment(
        self, info: Info, input: Annotated[RequestAssessmentInput, says("For whom, by whom and since when.")]
    ) -> AssessmentPayload:
        child_id = row_of_type(input.child, "Child", argument="child")

        async def effect(tx: Transaction) -> Answer:
            made = await assessment.request_assessment(
                tx,
                child_id=child_id,
                received_on=input.received_on,
                asked_by=input.asked_by,
                detained=input.detained,
                setting_id=_body(input.setting, "setting"),
                capacity=capacity_of(input.capacity),
            )
            return {"assessment": str(made)}

        return await _changed(info, effect)

    @strawberry.mutation(
        description="The authority tells the family, each responsible commissioning body and the head or principal "
        "that it considers an assessment (SEND Regs 2014 reg. 4(2)), where a body brought the child to its attention. "
        "A request that it records is told of by itself."
    )
    async def consider_assessment(
        self, info: Info, input: Annotated[ConsiderAssessmentInput, says("Which assessment, and who is told.")]
    ) -> AssessmentPayload:
        setting = _body(input.setting, "setting")
        return await _step(
            info,
            input.assessment,
            lambda tx, row: assessment.consider_assessment(
                tx, assessment_id=row, setting_id=setting, capacity=capacity_of(input.capacity)
            ),
        )

    @strawberry.mutation(description="The authority decides whether to assess (SEND Regs 2014 reg. 5(1)).")
    async def decide_assessment(
        self, info: Info, input: Annotated[DecideAssessmentInput, says("Which assessment, what you decide and why.")]
    ) -> AssessmentPayload:
        return await _step(
            info,
            input.assessment,
            lambda tx, row: assessment.decide_assessment(
                tx,
                assessment_id=row,
                decision=input.decision,
                reasons=input.reasons,
                on=input.on,
                capacity=capacity_of(input.capacity),
            ),
        )

    @strawberry.mutation(
        description="The authority seeks advice (SEND Regs 2014 reg. 6(1)); of a body of CFA 2014 s. 31(1), by a "
        "request to co-operate, whose six weeks start when the body has it (reg. 8(1))."
    )
    async def seek_advice(
        self, info: Info, input: Annotated[SeekAdviceInput, says("Which advice, of whom, and what goes with it.")]
    ) -> AssessmentPayload:
        assessment_id = row_of_type(input.assessment, "Assessment", argument="assessment")
        earlier = input.sufficient
        seeking = Seeking(
            kind=input.kind,
            asked_on=input.asked_on,
            asked_of=input.asked_of,
            organisation_id=_body(input.organisation, "organisation"),
            identified_by_id=_body(input.identified_by, "identifiedBy"),
            words=input.words,
            representations=attachments_of(input.representations, "representations"),
            no_representations=input.no_representations,
            earlier_advice_id=row_of_type(earlier.earlier_advice, "Advice", argument="sufficient") if earlier else None,
            provider_satisfied=earlier.provider_satisfied if earlier else None,
            authority_satisfied=earlier.authority_satisfied if earlier else None,
            parent_satisfied=earlier.parent_satisfied if earlier else None,
        )

        async def effect(tx: Transaction) -> Answer:
            made = await advice_sought.seek_advice(tx, assessment_id=assessment_id, seeking=seeking)
            return {"assessment": str(assessment_id), "advice_request": str(made)}

        return await _changed(info, effect)

    @strawberry.mutation(
        description="The authority records advice that came from the family, a head, a psychologist or its own social "
        "care (SEND Regs 2014 reg. 6(1)). A body of CFA 2014 s. 31(1) submits its own."
    )
    async def record_advice(
        self, info: Info, input: Annotated[RecordAdviceInput, says("Which advice came, when, and what it says.")]
    ) -> AssessmentPayload:
        request_id = row_of_type(input.advice_request, "AdviceRequest", argument="adviceRequest")
        given = advice_of(input)

        async def effect(tx: Transaction) -> Answer:
            await advice_sought.record_advice(
                tx, advice_request_id=request_id, advice=given, received_on=input.received_on
            )
            return {"advice_request": str(request_id)}

        return await _changed(info, effect)

    @strawberry.mutation(description="The authority decides that there is to be no plan (SEND Regs 2014 reg. 10(1)).")
    async def decide_no_plan(
        self, info: Info, input: Annotated[DecideNoPlanInput, says("After which assessment, and why.")]
    ) -> AssessmentPayload:
        return await _step(
            info,
            input.assessment,
            lambda tx, row: assessment.decide_no_plan(
                tx, assessment_id=row, reasons=input.reasons, on=input.on, capacity=capacity_of(input.capacity)
            ),
        )


async def _step(
    info: Info, given: strawberry.ID, action: Callable[[Transaction, UUID], Awaitable[None]]
) -> AssessmentPayload:
    assessment_id = row_of_type(given, "Assessment", argument="assessment")

    async def effect(tx: Transaction) -> Answer:
        await action(tx, assessment_id)
        return {"assessment": str(assessment_id)}

    return await _changed(info, effect)


async def _changed(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> AssessmentPayload:
    answer = await perform(info, effect)
    return AssessmentPayload(
        assessment=await read(info, "Assessment", answer.get("assessment")),
        advice_request=await read(info, "AdviceRequest", answer.get("advice_request")),
        refusals=refusals(answer),
    )


def _body(given: strawberry.ID | None, argument: str) -> UUID | None:
    return row_of_type(given, "Organisation", argument=argument) if given is not None else None
