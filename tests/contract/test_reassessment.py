"""Re-assessments over GraphQL: who asks, what the authority may answer, and the clocks (regs 23 to 27)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.vocabulary import AssessmentOutcome
from schema.ids import to_global
from tests.conftest import NOW
from tests.contract.test_graphql_story import Ask, ask
from tests.world import ALL_SCOPES, World

__all__ = ["ask"]  # a fixture

SCOPES = ALL_SCOPES | {"assessment.write", "redress.write"}
SHOWN = "assessment { id decision decidedOn duties { rule dueOn metOn } } refusals { provision rule }"
REQUEST = f"mutation($input: RequestReassessmentInput!) {{ done: requestReassessment(input: $input) {{ {SHOWN} }} }}"
DECIDE = f"mutation($input: DecideReassessmentInput!) {{ done: decideReassessment(input: $input) {{ {SHOWN} }} }}"


class Reassessing:
    """Asks for re-assessments in the small world, whose assessment has come to its outcome."""

    def __init__(self, ask: Ask, world: World) -> None:
        self.ask, self.world = ask, world

    async def done(self, body: UUID, document: str, **given: Any) -> Any:
        answer = await self.ask(body, document, {"input": given}, scopes=SCOPES)
        return answer["data"]["done"] if "errors" not in answer else answer["errors"][0]["extensions"]

    async def asked(self, body: UUID, by: str, **given: Any) -> Any:
        return await self.done(body, REQUEST, plan=to_global("Plan", self.world.plan), askedBy=by, **given)


@pytest.fixture
async def reassessing(ask: Ask, world: World, transactions: Transactions) -> Reassessing:
    over = {"outcome": AssessmentOutcome.PLAN, "outcome_on": NOW.date()}
    async with transactions.begin(None) as tx:
        await tx.connection.execute(update(tables.assessment).values(**over))
    return Reassessing(ask, world)


def _clocks(assessment: Any) -> dict[str, Any]:
    return {each["rule"]: (each["dueOn"], each["metOn"]) for each in assessment["duties"]}


async def test_the_authority_must_reassess_where_the_commissioning_body_asks(reassessing: Reassessing) -> None:
    """Reg. 23; it says so in 15 days, and the plan is final in 14 weeks (regs 25(1), 27(2))."""
    world = reassessing.world
    made = await reassessing.asked(world.board, "COMMISSIONING_BODY")
    assert made["refusals"] == []
    assessment = {"assessment": made["assessment"]["id"]}
    assert (await reassessing.asked(world.authority, "AUTHORITY"))["refusals"][0]["rule"] == "already-in-progress"
    no = await reassessing.done(world.authority, DECIDE, **assessment, becauseNot="NOT_NECESSARY", reasons="No.")
    assert no["refusals"] == [{"provision": "SEND Regs 2014 reg. 23", "rule": "must-reassess"}]
    yes = await reassessing.done(world.authority, DECIDE, **assessment)
    assert yes["assessment"]["decision"] == "WILL_ASSESS"
    assert _clocks(yes["assessment"]) == {
        "DECIDE_WHETHER_TO_REASSESS": ("2026-12-07", "2026-11-22"),
        "FINALISE_REASSESSED_PLAN": ("2027-02-28", None),
    }
    again = await reassessing.done(world.authority, DECIDE, **assessment)
    assert again["refusals"][0]["rule"] == "already-decided"


async def test_the_authority_may_refuse_the_family(reassessing: Reassessing, transactions: Transactions) -> None:
    """With the ground of reg. 24 and reasons; the notice says how to appeal (reg. 25(2))."""
    world = reassessing.world
    made = await reassessing.asked(world.authority, "PARENT_OR_YOUNG_PERSON", on="2026-11-20")
    assessment = {"assessment": made["assessment"]["id"]}
    assert (await reassessing.done(world.board, DECIDE, **assessment))["code"] == "FORBIDDEN"
    recent = {"becauseNot": "ASSESSED_WITHIN_SIX_MONTHS"}
    silent = await reassessing.done(world.authority, DECIDE, **assessment, **recent)
    assert silent["refusals"][0]["rule"] == "reasons-required"
    no = await reassessing.done(world.authority, DECIDE, **assessment, **recent, reasons="Assessed this month.")
    assert no["assessment"]["decision"] == "WILL_NOT_ASSESS"
    clocks = _clocks(no["assessment"])
    assert clocks.pop("DECIDE_WHETHER_TO_REASSESS")[1] is not None
    assert clocks == dict.fromkeys(("CONTACT_MEDIATION_ADVISER", "APPEAL_AFTER_DECISION"), ("2027-01-22", None))
    async with transactions.begin(None) as tx:
        text = await tx.connection.scalar(select(tables.notice.c.text))
    assert "Assessed this month." in text
    assert "First-tier Tribunal" in text


async def test_who_may_not_ask(reassessing: Reassessing, transactions: Transactions) -> None:
    """The board speaks for itself alone, and so does the authority; for others there is no plan."""
    world = reassessing.world
    for body, by in ((world.board, "AUTHORITY"), (world.authority, "COMMISSIONING_BODY")):
        assert (await reassessing.asked(body, by))["refusals"][0]["rule"] == "not-yours-to-ask"
    assert (await reassessing.asked(world.other_authority, "AUTHORITY"))["code"] == "NOT_FOUND"
    assert (await reassessing.asked(world.other_board, "COMMISSIONING_BODY"))["code"] == "NOT_FOUND"
    async with transactions.begin(None) as tx:
        assert await tx.connection.scalar(select(func.count()).select_from(tables.assessment)) == 1
