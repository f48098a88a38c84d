"""Personal budgets beside the journey: pooled funds, what is left out, weeks of term, returns, reversals."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from hub.db import tables
from hub.db.session import Database
from hub.law.budget_direct_payment_events import Undertaking
from hub.law.budget_regimes import Requirement
from hub.law.purposes import Purpose
from hub.law.reg17_grounds import Ground
from hub.law.vocabulary import BudgetKind, BudgetStatus, PlanStatus, SharingMode
from schema.answer import Request
from schema.ids import to_global
from tests.contract.test_plan_story import Story, of
from tests.world import ALL_SCOPES, World

SCOPES = ALL_SCOPES | {"budget.write", "review.write"}


class Budgeting(Story):
    """The world's plan as a draft with a budget that was asked for."""

    budget: str
    known: frozenset[str] = frozenset()
    """Notices that have been seen."""

    purpose = Purpose.OWN_FUNCTIONS

    async def ask(self, body: UUID, document: str, variables: Any) -> Any:
        caller = self.world.caller(body, scopes=SCOPES, purpose=self.purpose)
        answer = await self.execution.execute(Request(document, None, variables, None), caller)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def item(self, provision: UUID, funder: str, amount: str = "100.00", **more: Any) -> dict[str, Any]:
        given = {"provision": to_global("Provision", provision), "funder": of(self.world, funder), "amount": amount}
        days = {"startsOn": "2026-11-02", "endsOn": "2027-01-31"}
        return {**given, "per": "MONTH", "mechanism": "DIRECT_PAYMENT", **days, **more}

    async def items(self) -> list[dict[str, Any]]:
        shows = (
            "query($id: ID!) { node(id: $id) { ... on PersonalBudget { status wholeAgreed items { id kind status "
            "indicativeAmount amount pool aggregateBecause arrangedBy { name } due { dueOn indicative agreed } "
            "directPayments { id status amount regime decisions { id decision outcome } } } } } }"
        )
        self.seen = (await self.ask(self.world.authority, shows, {"id": self.budget}))["node"]
        return [each for each in self.seen["items"] if each["due"] or each["status"] == "LEFT_OUT"]

    async def told_last(self) -> tuple[str, str, str]:
        """(kind, to whom, text) of the last notice about the budget."""
        shows = "query($id: ID!) { node(id: $id) { ... on PersonalBudget { notices { id kind givenTo text } } } }"
        notices = (await self.ask(self.world.authority, shows, {"id": self.budget}))["node"]["notices"]
        new = [each for each in notices if each["id"] not in self.known]
        self.known |= {each["id"] for each in new}
        (notice,) = new
        return notice["kind"], notice["givenTo"], notice["text"]


@pytest.fixture
async def story(database: Database, world: World, new_id: Callable[[], UUID]) -> Budgeting:
    async with database.begin(None) as connection:
        await connection.execute(update(tables.plan).values(status=PlanStatus.DRAFT))
        await connection.execute(update(tables.personal_budget).values(status=BudgetStatus.REFUSED))
    told = Budgeting(database, world, new_id)
    plan = to_global("Plan", world.plan)
    asked = {"plan": plan, "requestedBy": "PARENT", "directPayments": True, "on": "2026-11-02"}
    made = await told.done("requestPersonalBudget", asked, shows="personalBudget { id }")
    told.budget = made["personalBudget"]["id"]
    return told


async def test_a_pooled_amount_is_divided_to_the_penny_and_each_funder_agrees_to_its_own(story: Budgeting) -> None:
    """NHS Act 2006 s. 75: a hundred pounds, one and two thirds."""
    world = story.world
    pooled = story.item(world.provision_f, "authority", mechanism="ARRANGEMENT")
    del pooled["provision"], pooled["funder"]
    pooled["shares"] = [
        {"provision": to_global("Provision", world.provision_f), "funder": of(world, "authority"), "weight": 1},
        {"provision": to_global("Provision", world.provision_g), "funder": of(world, "board"), "weight": 2},
    ]
    await story.done("proposeBudget", {"budget": story.budget, "items": [pooled]})
    first, second = await story.items()
    assert (first["indicativeAmount"], second["indicativeAmount"]) == ("33.33", "66.67")
    assert first["pool"] == second["pool"] is not None
    await story.done("agreeBudgetItem", {"item": first["id"]})
    await story.items()
    assert story.seen["status"] == "PROPOSED"
    await story.done("agreeBudgetItem", {"item": second["id"], "amount": "60.00"}, body=world.board)
    await story.items()
    assert (story.seen["status"], story.seen["wholeAgreed"]) == ("AGREED", "279.99")


async def test_provision_is_left_out_with_reasons(story: Budgeting) -> None:
    """PB Regs 2014 reg. 4A; with nothing agreed to, the budget is refused."""
    left = {"provision": to_global("Provision", story.world.provision_f), "because": "INEFFICIENT"}
    given = {"budget": story.budget, "leftOut": [left]}
    assert await story.refused("proposeBudget", given) == "reasons-required"
    left["reasons"] = "One contract for all the county's schools."
    await story.done("proposeBudget", given)
    (item,) = await story.items()
    assert (item["status"], item["aggregateBecause"]) == ("LEFT_OUT", "INEFFICIENT")
    assert story.seen["status"] == "REFUSED"


async def test_direct_payments_may_be_asked_for_later_in_the_window(story: Budgeting, database: Database) -> None:
    """Reg. 4(1), (2): the budget is the same, and until then nothing of it is paid directly."""
    async with database.begin(None) as connection:
        await connection.execute(update(tables.personal_budget).values(direct_payments_requested=False))
    given = {"budget": story.budget, "items": [story.item(story.world.provision_f, "authority")]}
    assert await story.refused("proposeBudget", given) == "direct-payments-not-asked"
    asked = {"plan": to_global("Plan", story.world.plan), "requestedBy": "PARENT", "on": "2026-11-02"}
    assert await story.refused("requestPersonalBudget", asked | {"directPayments": False}) == "already-asked"
    made = await story.done(
        "requestPersonalBudget", asked | {"directPayments": True}, shows="personalBudget { id directPaymentsRequested }"
    )
    assert made["personalBudget"] == {"id": story.budget, "directPaymentsRequested": True}
    await story.done("proposeBudget", given)
    assert await story.refused("requestPersonalBudget", asked | {"directPayments": True}) == "already-asked"


async def test_weeks_of_term_are_data_of_the_authority(story: Budgeting) -> None:
    weekly = {"budget": story.budget, "items": [story.item(story.world.provision_f, "authority", per="TERM_WEEK")]}
    assert await story.refused("proposeBudget", weekly) == "school-year-not-set"
    year = {"name": "2026-27", "weeks": ["2026-11-09", "2026-11-16", "2027-01-11"], "terms": ["2027-01-11"]}
    made = await story.done("setSchoolYear", year, shows="termWeeks schoolYear { name weeks terms termWeeks }")
    assert made["termWeeks"] == 3
    assert made["schoolYear"] == year | {"termWeeks": 3}
    seen = '{ organisation(laCode: "990") { schoolYears { name termWeeks } } }'
    for body in (story.world.authority, story.world.board):
        found = (await story.ask(body, seen, {}))["organisation"]
        assert found == {"schoolYears": [{"name": "2026-27", "termWeeks": 3}]}
    await story.done("proposeBudget", weekly)
    (item,) = await story.items()
    assert [each["dueOn"] for each in item["due"]] == year["weeks"]


async def test_a_budget_that_a_return_reported_owes_nothing_until_it_is_completed(
    story: Budgeting, database: Database
) -> None:
    async with database.begin(None) as connection:
        await connection.execute(update(tables.personal_budget).values(status=BudgetStatus.NOT_RECORDED))
    assert await story.items() == []
    await story.done(
        "proposeBudget", {"budget": story.budget, "items": [story.item(story.world.provision_f, "authority")]}
    )
    (item,) = await story.items()
    assert [each["agreed"] for each in item["due"]] == [None, None, None]
    await story.done("agreeBudgetItem", {"item": item["id"]})
    (item,) = await story.items()
    assert [each["agreed"] for each in item["due"]] == ["100.00"] * 3
    assert item["arrangedBy"] == {"name": "Northmere"}


async def _agreed(story: Budgeting) -> tuple[str, str]:
    """(the item, its direct payment)."""
    await story.done(
        "proposeBudget", {"budget": story.budget, "items": [story.item(story.world.provision_f, "authority")]}
    )
    (item,) = await story.items()
    await story.done("agreeBudgetItem", {"item": item["id"]})
    return item["id"], item["directPayments"][0]["id"]


def _offer(direct: str) -> dict[str, Any]:
    satisfied = [each.value for each in Requirement]
    return {
        "directPayment": direct,
        "on": "2026-11-02",
        "recipient": "NOMINEE",
        "payee": "Pat Testchild",
        "nominee": "Sam Testchild",
        "goods": "mentoring",
        "amount": "100.00",
        "sufficient": True,
        "satisfied": satisfied,
    }


async def test_a_refusal_that_is_reversed_is_considered_again(story: Budgeting) -> None:
    """PB Regs 2014 reg. 7(b), (c): while it is refused nothing is owed; once, and not again."""
    _, direct = await _agreed(story)
    no = {"directPayment": direct, "on": "2026-11-02"}
    assert await story.refused("refuseDirectPayment", no) == "reasons-required"
    await story.done("refuseDirectPayment", no | {"reasons": "It would close the group for the others."})
    kind, to, text = await story.told_last()
    assert (kind, to) == ("DIRECT_PAYMENT_REFUSED", "FAMILY")
    assert "It would close the group for the others." in text
    assert "review" in text
    (item,) = await story.items()
    assert [each["agreed"] for each in item["due"]] == [None] * 3
    (decision,) = item["directPayments"][0]["decisions"]
    again = {"decision": decision["id"], "outcome": "REVERSED", "reasons": "There is room.", "on": "2026-11-02"}
    await story.done("reconsiderDirectPayment", again)
    kind, to, text = await story.told_last()
    assert (kind, to, "There is room." in text) == ("DIRECT_PAYMENT_REVIEWED", "FAMILY", True)
    (item,) = await story.items()
    assert item["directPayments"][0]["status"] == "CONSIDERED"
    assert [each["agreed"] for each in item["due"]] == ["100.00"] * 3
    assert await story.refused("reconsiderDirectPayment", again) == "reconsidered-once"


async def test_a_stop_that_is_reversed_pays_again_and_a_raise_needs_no_reasons(story: Budgeting) -> None:
    """PB Regs 2014 regs 8(4), 10(2), 14."""
    item_id, direct = await _agreed(story)
    lower = _offer(direct) | {"amount": "80.00"}
    await story.done("offerDirectPayment", lower)
    accepted = {"directPayment": direct, "on": "2026-11-02", "undertakings": [each.value for each in Undertaking]}
    assert await story.refused("acceptDirectPayment", accepted) == "nominee-not-confirmed"
    confirmed = accepted | {"familyConsents": True, "nomineeResponsible": True}
    await story.done("acceptDirectPayment", confirmed)
    await story.done("startDirectPayment", {"directPayment": direct, "on": "2026-11-02"})
    await story.done("recordPayment", {"item": item_id, "amount": "80.00", "on": "2026-11-02"})
    changed = {"directPayment": direct, "on": "2026-11-02"}
    more = changed | {"change": "INCREASED", "effectiveOn": "2026-12-01", "amount": "90.00", "sufficient": True}
    await story.told_last()
    await story.done("changeDirectPayment", more)
    kind, to, text = await story.told_last()
    assert (kind, to, "90.00" in text) == ("DIRECT_PAYMENT_INCREASED", "RECIPIENT", True)
    (item,) = await story.items()
    assert [each["agreed"] for each in item["due"]] == ["80.00", "90.00", "90.00"]
    stop = changed | {"change": "STOPPED", "effectiveOn": "2026-12-15", "reasons": "It was not spent on mentoring."}
    unreviewed = stop | {"stopGround": "NOT_USED_FOR_PROVISION"}
    assert await story.refused("changeDirectPayment", unreviewed) == "review-first"
    await story.done("changeDirectPayment", stop | {"stopGround": "CONDITIONS_BROKEN"})
    (item,) = await story.items()
    assert (story.seen["status"], item["status"]) == ("ENDED", "ENDED")
    assert [each["agreed"] for each in item["due"]] == ["80.00", "90.00", None]
    stopped = next(each for each in item["directPayments"][0]["decisions"] if each["decision"] == "STOPPED")
    back = {"decision": stopped["id"], "outcome": "REVERSED", "reasons": "The receipts came.", "on": "2026-11-02"}
    await story.done("reconsiderDirectPayment", back)
    (item,) = await story.items()
    assert (story.seen["status"], item["status"]) == ("IN_PAYMENT", "AGREED")
    assert [each["agreed"] for each in item["due"]] == ["80.00", "90.00", "90.00"]


async def test_the_total_is_open_where_the_arrangement_says_so(
    story: Budgeting, database: Database, new_id: Callable[[], UUID]
) -> None:
    """CFA 2014 s. 26(3)(d), (e): by statute a commissioning body sees the health part alone."""
    world = story.world
    await _agreed(story)
    shows = "query($id: ID!) { node(id: $id) { ... on PersonalBudget { wholeAgreed items { kind } } } }"
    story.purpose = Purpose.PERSONAL_BUDGET
    closed = (await story.ask(world.board, shows, {"id": story.budget}))["node"]
    assert closed is None or closed["wholeAgreed"] is None
    arrangement = new_id()
    async with database.begin(None) as connection:
        await connection.execute(
            insert(tables.arrangement).values(
                id=arrangement,
                authority_id=world.authority,
                title="Joint commissioning",
                version=1,
                in_force_from=date(2026, 1, 1),
                review_on=date(2027, 1, 1),
            )
        )
        for body in (world.authority, world.board):
            signed = {"arrangement_id": arrangement, "body_id": body, "role": "PARTY", "signed_at": story.now}
            await connection.execute(insert(tables.arrangement_party).values(id=new_id(), **signed))
        await connection.execute(
            insert(tables.sharing_rule).values(
                id=new_id(),
                arrangement_id=arrangement,
                recipient_kinds=[],
                recipients=[world.board],
                purposes=["PERSONAL_BUDGET"],
                parts=["EXISTENCE", "BUDGET_TOTAL"],
                mode=SharingMode.CONTENT,
                basis=Ground.STATUTE,
                ground="CFA 2014 s. 26(3)(d), (e)",
                starts_on=date(2026, 1, 1),
            )
        )
    opened = (await story.ask(world.board, shows, {"id": story.budget}))["node"]
    assert opened == {"wholeAgreed": "300.00", "items": []}


async def test_what_the_whole_comes_to_is_what_the_days_come_to(story: Budgeting, database: Database) -> None:
    await _agreed(story)
    async with database.begin(None) as connection:
        due = (await connection.execute(select(tables.amount_due.c.agreed_amount))).scalars()
        kept = await connection.scalar(
            select(tables.personal_budget.c.whole_agreed).where(tables.personal_budget.c.whole_agreed.is_not(None))
        )
    assert kept == sum((each for each in due if each is not None), Decimal(0)) == Decimal("300.00")


async def test_an_amount_to_be_paid_directly_waits_for_its_direct_payment(story: Budgeting, database: Database) -> None:
    """PB Regs 2014 reg. 8(1): that the funder agreed to it is not enough."""
    item = tables.budget_item.c
    async with database.begin(None) as connection:
        found = await connection.execute(select(item.id).where(item.kind == BudgetKind.EDUCATION))
    paid = {"item": to_global("BudgetItem", found.scalar_one()), "amount": "1.00", "on": "2026-11-02"}
    assert await story.refused("recordPayment", paid) == "not-in-payment"
