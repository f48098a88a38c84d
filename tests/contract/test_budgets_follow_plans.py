"""A personal budget follows its plan, and its amounts are divided among direct payments: over GraphQL, to the penny."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from adapters.la_statement.reading import read_statement
from hub.actions import quarantine
from hub.actions.quarantine import Mending
from hub.actions.statements import import_statement
from hub.db import tables
from hub.db.session import Database
from hub.law.budget_direct_payment_events import Undertaking
from hub.law.budget_regimes import Requirement
from hub.law.vocabulary import PlanStatus
from hub.settings import Settings
from hub.ways_in import ways_in
from schema.answer import Request
from schema.ids import to_global
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


def _agreed(item: Any, direct: str | None) -> list[tuple[str, str | None]]:
    """(day, what is agreed) of a part of the item."""
    return [
        (each["dueOn"], each["agreed"])
        for each in item["due"]
        if (each["directPayment"]["id"] if each["directPayment"] else None) == direct
    ]


async def _amended(told: Followed, *, without_therapy: bool) -> str:
    """An amended version is final on 20 December; its id."""
    told.on("2026-12-05")
    given = {"plan": told.plan, "reasons": "The review found progress."}
    shows = "plan { id provisions { id section } sections { code text } }"
    draft = (await told.done("proposeAmendment", given, shows=shows))["plan"]
    assert "tutoring" not in str(draft["sections"])
    assert "teaching: by direct payment of 60.00 pounds a month" in str(draft["sections"])
    if without_therapy:
        (gone,) = [each["id"] for each in draft["provisions"] if each["section"] == "G"]
        needs = "query($id: ID!) { plan(id: $id) { needs { id section } } }"
        found = (await told.ask(told.world.authority, needs, {"id": draft["id"]}))["plan"]["needs"]
        (need,) = [each["id"] for each in found if each["section"] == "C"]
        await told.done("revisePlan", {"plan": draft["id"], "contents": {"takenOut": [gone, need]}})
    await told.done("servePlan", {"plan": draft["id"], "on": "2026-12-05"})
    told.on("2026-12-20")
    await told.done("finalisePlan", {"plan": draft["id"], "on": "2026-12-20", "sectionI": "a school"})
    return str(draft["id"])


async def test_the_parts_of_an_amount_are_paid_each_by_itself(followed: Followed) -> None:
    """A hundred pounds: two direct payments of 60 and 15, and 25 that are arranged. No part is paid out of another."""
    (other,) = [each["id"] for each in (await followed.items())[0]["directPayments"] if each["share"] == "15.00"]
    teaching = {"item": followed.teaching, "on": "2026-12-01"}
    direct = {"directPayment": followed.direct, "on": "2026-12-01"}
    assert await followed.refused("recordPayment", direct | {"amount": "60.01"}) == "more-than-due"
    assert await followed.refused("recordPayment", teaching | {"amount": "25.01"}) == "more-than-due"
    waits = {"directPayment": other, "on": "2026-12-01", "amount": "1.00"}
    assert await followed.refused("recordPayment", waits) == "not-in-payment"
    await followed.done("recordPayment", teaching | {"amount": "25.00"})
    await followed.done("recordPayment", direct | {"amount": "60.00"})
    await followed.done("recordSpending", direct | {"amount": "60.00"})
    assert await followed.refused("recordSpending", waits) == "nothing-paid"
    refused = {"directPayment": other, "on": "2026-12-01", "reasons": "It would close the group for the others."}
    await followed.done("refuseDirectPayment", refused)
    item, _ = await followed.items()
    assert {each for _, each in _agreed(item, other)} == {None}
    assert {each for _, each in _agreed(item, None)} == {"25.00"}
    stop = {"directPayment": followed.direct, "change": "STOPPED", "on": "2026-12-01", "effectiveOn": "2026-12-15"}
    stop |= {"reasons": "It was not kept to.", "stopGround": "CONDITIONS_BROKEN"}
    assert await followed.refused("changeDirectPayment", stop | {"stopGround": "PLAN_CEASED"}) == "follows-the-plan"
    assert await followed.refused("changeDirectPayment", stop | {"stopGround": "YOUNG_PERSON_SILENT"}) == (
        "young-person-not-asked"
    )
    await followed.done("changeDirectPayment", stop)
    item, _ = await followed.items()
    assert item["status"] == "AGREED"
    back = {"directPayment": followed.direct, "change": "REPAYMENT", "on": "2026-12-01", "repayBy": "2027-01-31"}
    back |= {"amount": "0.01", "repaymentGround": "NOT_USED_FOR_PROVISION", "reasons": "Not spent on it."}
    assert await followed.refused("changeDirectPayment", back) == "already-spent"


async def test_a_line_of_a_statement_names_a_direct_payment(followed: Followed) -> None:
    """Its own part is paid of it and no other; a line that waits is mended by a person of the funder, and paid once."""
    funder = replace(followed.world.caller(followed.world.authority, scopes=SCOPES | {"record.import"}), person="b")
    lines = (
        f"{followed.direct},2026-12-01,60.00,",
        f"{followed.direct},2026-12-01,,41.50",
        f"{followed.boards},2026-12-01,1,",
    )
    content = "\n".join(["item,date,paid,spent", *lines, f"{followed.teaching},2026-12-01,25.01,"]).encode()
    async with followed.transactions.begin(funder) as tx:
        report = await import_statement(tx, lines=read_statement(content), content=content)
    assert (report.recorded, dict(report.aside)) == (2, {4: "not-the-funder", 5: "more-than-due"})
    async with followed.transactions.begin(None) as tx:
        waits = (await tx.connection.execute(select(tables.quarantined_item))).mappings().all()
    (too_much,) = [each["id"] for each in waits if each["problems"][0]["rule"] == "more-than-due"]
    mended = Mending(content=f"{followed.teaching},2026-12-01,25.00,".encode())
    ways = ways_in(Settings())
    async with followed.transactions.begin(funder) as tx:
        await quarantine.mend(tx, too_much, mended, version=1, why="typed wrongly", ways=ways)
    for _ in range(2):
        async with followed.transactions.begin(funder) as tx:
            assert (await quarantine.replay(tx, too_much, ways=ways)).applied
    item, _ = await followed.items()
    assert sorted(each["amount"] for each in item["paid"]) == ["25.00", "60.00"]


async def test_an_amended_plan_takes_over_its_budget_and_ends_what_it_no_longer_has(followed: Followed) -> None:
    """CFA 2014 s. 49(1), (2): the items buy what continues their provision; therapy that is in the plan no more ends
    with its direct payment on the day, with reasons, and what was due before may still be paid."""
    amended = await _amended(followed, without_therapy=True)
    seen = await followed.seen()
    assert (seen["plan"]["id"], seen["plan"]["status"], seen["status"]) == (amended, "FINAL", "IN_PAYMENT")
    assert seen["sectionJBehind"] is False
    (in_j,) = [each["text"] for each in seen["plan"]["sections"] if each["code"] == "J"]
    assert in_j == "teaching: by direct payment of 60.00 pounds a month, for: an outcome."
    teaching, therapy = await followed.items()
    assert (teaching["status"], teaching["provision"]["description"]) == ("AGREED", "teaching")
    assert [agreed for _, agreed in _agreed(teaching, None)] == ["25.00"] * 6
    assert (therapy["status"], therapy["directPayments"][0]["status"]) == ("ENDED", "STOPPED")
    assert _agreed(therapy, followed.boards)[:2] == [("2026-12-01", "30.00"), ("2027-01-01", None)]
    (stopped,) = therapy["directPayments"][0]["decisions"]
    assert stopped["stopGround"] == "NOT_IN_THE_PLAN"
    told = [each for each in seen["notices"] if each["kind"] == "DIRECT_PAYMENT_STOPPED"]
    assert [(each["givenTo"], each["provision"]) for each in told] == [
        ("RECIPIENT", "NHS Act 2006 s. 12A, SI 2013/1617")
    ]
    board = followed.world.board
    late = {"directPayment": followed.boards, "on": "2026-12-19", "amount": "30.00"}
    await followed.done("recordPayment", late, body=board)
    assert await followed.refused("recordPayment", late | {"amount": "0.01"}, body=board) == "more-than-due"
    assert await followed.refused("agreeBudgetItem", {"item": followed.therapy}, body=board) == "not-in-the-plan"
    again = {"decision": stopped["id"], "outcome": "REVERSED", "on": "2026-12-20", "reasons": "It is needed."}
    assert await followed.refused("reconsiderDirectPayment", again, body=board) == "not-in-the-plan"


async def test_an_amended_plan_with_the_same_provision_changes_no_amount(followed: Followed) -> None:
    """What continues is agreed to and owed as it was: the board's agreement to the therapy goes over too."""
    before = await followed.items()
    await _amended(followed, without_therapy=False)
    for old, new in zip(before, await followed.items(), strict=True):
        assert new["provision"]["id"] != old["provision"]["id"]
        assert {name: new[name] for name in ("status", "amount", "due")} == {
            name: old[name] for name in ("status", "amount", "due")
        }
    given = {"plan": followed.plan, "requestedBy": "PARENT", "directPayments": True, "on": "2026-12-20"}
    assert await followed.refused("requestPersonalBudget", given) == "outside-the-window"


async def test_a_dropped_amendment_takes_its_amounts_with_it(followed: Followed) -> None:
    """In the window of a draft amounts are proposed for what is new in it; when it is dropped there is nothing they
    could be for, and what bought the same as before goes on."""
    followed.on("2026-12-05")
    given = {"plan": followed.plan, "reasons": "The review found progress."}
    shows = "plan { id provisions { id section } }"
    draft = (await followed.done("proposeAmendment", given, shows=shows))["plan"]
    asked = {"plan": draft["id"], "requestedBy": "PARENT", "directPayments": True, "on": "2026-12-05"}
    assert await followed.refused("requestPersonalBudget", asked) == "already-asked"
    said = {"frequency": "weekly", "minutesPerWeek": 30, "deliveredBy": "tutor", "qualification": "QTS"}
    new = {"section": "F", "description": "reading", "setting": "home", **said}
    made = await followed.done(
        "revisePlan",
        {"plan": draft["id"], "contents": {"provisions": [new]}},
        shows="plan { provisions { id description } }",
    )
    (reading,) = [each["id"] for each in made["plan"]["provisions"] if each["description"] == "reading"]
    copy = next(each["id"] for each in draft["provisions"] if each["section"] == "F")
    item = {"funder": of(followed.world, "authority"), "amount": "10.00", "per": "MONTH", "mechanism": "ARRANGEMENT"}
    item |= {"startsOn": "2027-01-01", "endsOn": "2027-03-31"}
    items = [item | {"provision": reading}, item | {"provision": copy}]
    await followed.done("proposeBudget", {"budget": followed.budget, "items": items})
    drop = {"plan": draft["id"], "on": "2026-12-05", "reasons": "The plan serves as it is."}
    await followed.done("dropAmendment", drop)
    found = {each["provision"]["description"]: each for each in (await followed.seen())["items"] if not each["amount"]}
    assert (found["reading"]["status"], found["teaching"]["status"]) == ("ENDED", "PROPOSED")
    assert found["teaching"]["provision"]["id"] == followed.in_f


async def test_a_budget_ends_with_its_plan(followed: Followed) -> None:
    """CFA 2014 ss. 45, 49(1): from the day nothing is due, and every direct payment has stopped with its reasons."""
    followed.on("2027-01-10")
    await followed.done("ceasePlan", {"plan": followed.plan, "on": "2027-01-10", "reason": "DECEASED"})
    seen = await followed.seen()
    assert (seen["status"], {each["status"] for each in seen["items"]}) == ("ENDED", {"ENDED"})
    due = [each for item in seen["items"] for each in item["due"] if each["agreed"]]
    assert {each["dueOn"] for each in due} == {"2026-12-01", "2027-01-01"}
    grounds = [
        one["stopGround"] for item in seen["items"] for each in item["directPayments"] for one in each["decisions"]
    ]
    assert grounds == ["PLAN_CEASED"] * 3
    assert [each["kind"] for each in seen["notices"]].count("DIRECT_PAYMENT_STOPPED") == 3


async def test_a_budget_is_decided_on_anew_by_the_authority_that_the_child_moves_to(
    followed: Followed, database: Database
) -> None:
    """SEND Regs 2014 reg. 15(3): the old authority owes nothing from the day of the move; in the new one's record the
    same amounts are proposed, and nothing is owed until their funders agree. Whom it was paid to is not told."""
    world = followed.world
    followed.on("2027-01-10")
    moved = {"child": to_global("Child", world.child), "to": of(world, "other_authority"), "movedOn": "2027-01-04"}
    await followed.done("transferChild", moved)
    seen = await followed.seen()
    assert (seen["status"], {each["status"] for each in seen["items"]}) == ("ENDED", {"ENDED"})
    assert {each["dueOn"] for item in seen["items"] for each in item["due"] if each["agreed"]} == {
        "2026-12-01",
        "2027-01-01",
    }
    async with database.begin(None) as connection:
        budget = tables.personal_budget.c
        found = await connection.execute(select(budget.id).where(budget.owner_id == world.other_authority))
        payee = tables.direct_payment.c
        payees = await connection.execute(select(payee.payee).where(payee.owner_id == world.other_authority))
        new = to_global("PersonalBudget", found.scalar_one())
        assert set(payees.scalars()) == {None}
    there = await followed.seen(new, world.other_authority)
    assert (there["status"], there["plan"]["status"]) == ("PROPOSED", "FINAL")
    teaching, therapy = sorted(there["items"], key=lambda each: str(each["kind"]))
    assert {each["status"] for each in (teaching, therapy)} == {"PROPOSED"}
    assert {each["agreed"] for each in teaching["due"]} == {None}
    assert sorted({each["dueOn"] for each in teaching["due"]})[0] == "2027-02-01"
    await followed.done("agreeBudgetItem", {"item": teaching["id"]}, body=world.other_authority)
    there = await followed.seen(new, world.other_authority)
    (teaching,) = [each for each in there["items"] if each["kind"] == "EDUCATION"]
    assert sum(float(each["agreed"] or 0) for each in teaching["due"]) == 400.0
    late = {"directPayment": followed.direct, "on": "2027-01-04", "amount": "60.00"}
    assert await followed.refused("recordPayment", late) == "not-in-payment"
    await followed.done("recordPayment", late | {"on": "2027-01-03"})
