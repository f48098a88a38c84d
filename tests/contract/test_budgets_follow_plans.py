"""A personal budget follows its plan: amended, dropped, ceased or transferred; over GraphQL, to the penny."""

from sqlalchemy import select

from hub.db import tables
from hub.db.session import Database
from schema.ids import to_global
from tests.contract.followed_budget import Followed, agreed_of, followed
from tests.contract.test_plan_story import of

__all__ = ["followed"]


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
    assert [agreed for _, agreed in agreed_of(teaching, None)] == ["25.00"] * 6
    assert (therapy["status"], therapy["directPayments"][0]["status"]) == ("ENDED", "STOPPED")
    assert agreed_of(therapy, followed.boards)[:2] == [("2026-12-01", "30.00"), ("2027-01-01", None)]
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
