"""Whether two records are one child's: a person of the authority whose records they are decides."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.actions import identity
from hub.actions.transaction import Answer, Transaction
from hub.law.vocabulary import IdentityDecision
from schema.child import Child
from schema.identity import IdentityCandidate
from schema.ids import row_of_type
from schema.mutations.changing import Refusal, perform, read, refusals, says


@strawberry.input(
    description="Decide on a pair of your records that may be one child's. It needs a token with a person in it "
    "(UK GDPR art. 5(1)(d): accuracy)."
)
class DecideIdentityInput:
    candidate: strawberry.ID = strawberry.field(description="The pair (UK GDPR art. 5(1)(d)).")
    decision: IdentityDecision = strawberry.field(
        description="One record, two, or two again of one (UK GDPR art. 5(1)(d))."
    )
    keep: strawberry.ID | None = strawberry.field(
        default=None,
        description="With MERGE: the record that stays, whose id is the child's from then on; left out: the older one "
        "(UK GDPR art. 5(1)(d)).",
    )
    reason: str | None = strawberry.field(
        default=None, description="Why, in a line; kept with the pair (UK GDPR art. 5(2): accountability)."
    )


@strawberry.type(description="The pair after the decision, or what refused it.")
class IdentityPayload:
    child: Child | None = strawberry.field(description="The child: after a merge the record that stays.")
    candidate: IdentityCandidate | None = strawberry.field(description="The pair as it now stands.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class IdentityMutations:
    @strawberry.mutation(
        description="A person of the authority decides whether two of its records are one child's (UK GDPR art. "
        "5(1)(d)). MERGE: all that is recorded of either is of one record, and what that has not, such as a number, it "
        "takes from the other. SPLIT takes a merge back: each row returns, with what was recorded below it since."
    )
    async def decide_identity(
        self, info: Info, input: Annotated[DecideIdentityInput, says("The pair, and what is decided.")]
    ) -> IdentityPayload:
        candidate_id = row_of_type(input.candidate, "IdentityCandidate", argument="candidate")
        keep = None if input.keep is None else row_of_type(input.keep, "Child", argument="keep")

        async def effect(tx: Transaction) -> Answer:
            child = await identity.decide(
                tx, candidate_id=candidate_id, decision=input.decision, keep=keep, why=input.reason
            )
            return {"child": str(child), "candidate": str(candidate_id)}

        answer = await perform(info, effect)
        return IdentityPayload(
            child=await read(info, "Child", answer.get("child")),
            candidate=await read(info, "IdentityCandidate", answer.get("candidate")),
            refusals=refusals(answer),
        )
