"""Which sources an authority puts first for a field of who a child is."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.actions import precedence
from hub.actions.transaction import Answer, Transaction
from hub.law.precedence import ChildField
from schema.mutations.changing import Refusal, perform, read, refusals, says
from schema.sources import Precedence


@strawberry.input(
    description="Say which sources you put first for a field, in your own records (UK GDPR art. 5(1)(d): accuracy)."
)
class PutSourcesFirstInput:
    field: ChildField = strawberry.field(description="The field (UK GDPR art. 5(1)(d)).")
    sources: list[str] = strawberry.field(
        description="The sources, the first first: a `Source` such as SEN2_RETURN, one case system as "
        "EXTRACT/caseworks, one body as FHIR/RRE01. Empty: your own systems before others, then the latest word (UK "
        "GDPR art. 5(1)(d))."
    )


@strawberry.type(description="The order of the field, or what refused it.")
class PrecedencePayload:
    precedence: Precedence | None = strawberry.field(description="The order as it now is.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class PrecedenceMutations:
    @strawberry.mutation(
        description="An authority says which sources it puts first for a field. What is told from now on, and every "
        "disagreement about the field, is weighed by it (UK GDPR art. 5(1)(d), CFA 2014 s. 24)."
    )
    async def put_sources_first(
        self, info: Info, input: Annotated[PutSourcesFirstInput, says("The field and the order of its sources.")]
    ) -> PrecedencePayload:
        async def effect(tx: Transaction) -> Answer:
            return {"precedence": str(await precedence.put_first(tx, field=input.field, sources=input.sources))}

        answer = await perform(info, effect)
        return PrecedencePayload(
            precedence=await read(info, "Precedence", answer.get("precedence")), refusals=refusals(answer)
        )
