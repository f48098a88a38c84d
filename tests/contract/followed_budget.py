"""A plan that is final and has a budget, for whoever tests what becomes of it: over GraphQL, to the penny."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from hub.db import tables
from hub.db.session import Database
from hub.law.budget_direct_payment_events import Undertaking
from hub.law.budget_regimes import Requirement
from hub.law.vocabulary import PlanStatus
from schema.answer import Request
from tests.contract.test_plan_story import Story, drafted, of
from tests.world import ALL_SCOPES, World

SCOPES = ALL_SCOPES | {"budget.write", "review.write"}
SHOWN = """query($id: ID!) { node(id: $id) { ... on PersonalBudget { status sectionJBehind plan { id status version
    sections { code text } } items { id kind status amount provision { id description } due { dueOn agreed indicative
    directPayment { id } } directPayments { id status share amount decisions { id decision stopGround reasons } } paid {
    amount funder { name } } } notices { kind givenTo provision text givenBy { name } } } } }"""


class Followed(Story):
    """A plan, final, with a budget: teaching in more than one way, therapy by the board's direct payment."""

    plan: str
    in_f: str
    in_g: str
    budget: str
    teaching: str
    therapy: str
    direct: str
    boards: str

    async def ask(self, body: UUID, document: str, variables: Any) -> Any:
        caller = self.world.caller(body, scopes=SCOPES)
        answer = await self.execution.execute(Request(document, None, variables, None), caller)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def seen(self, budget: str | None = None, body: UUID | None = None) -> Any:
        given = {"id": budget or self.budget}
        return (await self.ask(body or self.world.authority, SHOWN, given))["node"]

    async def items(self) -> tuple[Any, Any]:
        """(teaching, therapy) as they stand."""
        found = {each["kind"]: each for each in (await self.seen())["items"]}
        return found["EDUCATION"], found["HEALTH"]

    async def paid(self, direct: str, body: UUID, goods: str, amount: str) -> None:
        """A direct payment is offered, agreed to, and begun on 1 December."""
        offer = {"directPayment": direct, "on": self.now.date().isoformat(), "recipient": "PARENT", "goods": goods}
        offer |= {"payee": "Pat Testchild", "amount": amount, "sufficient": True}
        await self.done("offerDirectPayment", offer | {"satisfied": [each.value for each in Requirement]}, body=body)
        said = {"undertakings": [each.value for each in Undertaking], "on": offer["on"], "directPayment": direct}
        await self.done("acceptDirectPayment", said, body=body)
        await self.done("startDirectPayment", {"directPayment": direct, "on": "2026-12-01"}, body=body)


@pytest.fixture
async def followed(database: Database, world: World, new_id: Callable[[], UUID]) -> Followed:
    """The plan is final on 17 November 2026, and both direct payments begin on 1 December."""
    async with database.begin(None) as connection:
        await connection.execute(update(tables.plan).values(status=PlanStatus.CEASED))
        await connection.execute(update(tables.assessment).values(outcome="NO_PLAN", outcome_on=date(2026, 10, 25)))
    told = Followed(database, world, new_id)
    board = world.board
    told.plan, told.in_f, told.in_g = await drafted(told)
    asked = {"plan": told.plan, "requestedBy": "PARENT", "directPayments": True, "on": "2026-11-02"}
    made = await told.done("requestPersonalBudget", asked, shows="personalBudget { id }")
    told.budget = made["personalBudget"]["id"]
    days = {"per": "MONTH", "startsOn": "2026-12-01", "endsOn": "2027-05-31"}
    teaching = {
        "provision": told.in_f,
        "funder": of(world, "authority"),
        "amount": "100.00",
        "mechanism": "COMBINATION",
    }
    therapy = {"provision": told.in_g, "funder": of(world, "board"), "amount": "30.00", "mechanism": "DIRECT_PAYMENT"}
    wrong = teaching | days | {"directPayments": ["60.00", "40.01"]}
    given: dict[str, Any] = {"budget": told.budget, "items": [wrong]}
    assert await told.refused("proposeBudget", given) == "shares-do-not-add-up"
    given["items"] = [teaching | days | {"directPayments": ["60.00", "15.00"]}, therapy | days]
    await told.done("proposeBudget", given)
    await told.done("agreeProvision", {"provision": told.in_g}, body=board)
    first, second = await told.items()
    told.teaching, told.therapy = first["id"], second["id"]
    (told.direct,) = [each["id"] for each in first["directPayments"] if each["share"] == "60.00"]
    told.boards = second["directPayments"][0]["id"]
    await told.done("agreeBudgetItem", {"item": told.teaching})
    await told.done("agreeBudgetItem", {"item": told.therapy}, body=board)
    await told.done("servePlan", {"plan": told.plan, "on": "2026-11-02"})
    told.on("2026-11-17")
    await told.done("finalisePlan", {"plan": told.plan, "on": "2026-11-17", "sectionI": "a school"})
    told.on("2026-12-01")
    await told.paid(told.direct, world.authority, "tutoring", "60.00")
    await told.paid(told.boards, board, "therapy by a therapist of ours", "30.00")
    return told


def agreed_of(item: Any, direct: str | None) -> list[tuple[str, str | None]]:
    """(day, what is agreed) of a part of the item."""
    return [
        (each["dueOn"], each["agreed"])
        for each in item["due"]
        if (each["directPayment"]["id"] if each["directPayment"] else None) == direct
    ]
