"""An assessment and a plan as the authority and a commissioning body make them, over GraphQL: each step in order."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from hub.actions.transaction import Transactions
from hub.db import tables
from hub.db.session import Database
from hub.law.vocabulary import PlanStatus, SectionCode
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from tests.world import World

DRAFTED = [code.value for code in SectionCode if code is not SectionCode.I]
SECTIONS = [{"code": code, "text": f"what section {code} says"} for code in DRAFTED]


class Story:
    """Asks as the bodies of the world, on a day that is set."""

    def __init__(self, database: Database, world: World, new_id: Callable[[], UUID]) -> None:
        self.now = datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.transactions = Transactions(database, clock=lambda: self.now, new_id=new_id)
        self.execution = Execution(self.transactions, clock=lambda: self.now, new_id=new_id)
        self.world = world

    def on(self, day: str) -> "Story":
        self.now = datetime.fromisoformat(f"{day}T09:00:00+00:00")
        return self

    async def ask(self, body: UUID, document: str, variables: Mapping[str, Any]) -> Any:
        answer = await self.execution.execute(Request(document, None, variables, None), self.world.caller(body))
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def do(self, name: str, given: Mapping[str, Any], *, body: UUID | None = None, shows: str = "") -> Any:
        """What a mutation answers; `shows` is what is asked of it beside the refusals."""
        kind = f"{name[0].upper()}{name[1:]}Input!"
        document = (
            f"mutation($given: {kind}) {{ done: {name}(input: $given) {{ {shows} refusals {{ rule provision }} }} }}"
        )
        return (await self.ask(body or self.world.authority, document, {"given": given}))["done"]

    async def done(self, name: str, given: Mapping[str, Any], *, body: UUID | None = None, shows: str = "") -> Any:
        answer = await self.do(name, given, body=body, shows=shows)
        assert answer["refusals"] == [], (name, answer)
        return answer

    async def refused(self, name: str, given: Mapping[str, Any], *, body: UUID | None = None) -> str:
        refusals = (await self.do(name, given, body=body))["refusals"]
        assert all(each["provision"] for each in refusals)
        return refusals[0]["rule"] if refusals else ""


@pytest.fixture
async def story(database: Database, world: World, new_id: Callable[[], UUID]) -> Story:
    """The child of the world, whose plan and assessment are past: a new assessment begins."""
    async with database.begin(None) as connection:
        await connection.execute(update(tables.plan).values(status=PlanStatus.CEASED))
        await connection.execute(update(tables.assessment).values(outcome="NO_PLAN", outcome_on=date(2026, 10, 25)))
    return Story(database, world, new_id)


def of(world: World, name: str) -> str:
    return to_global("Organisation", getattr(world, name))


async def assessed(story: Story) -> str:
    """An assessment for which all advice has been sought; its id."""
    given = {"child": to_global("Child", story.world.child), "receivedOn": "2026-11-02", "askedBy": "SCHOOL_OR_COLLEGE"}
    made = await story.done("requestAssessment", given, shows="assessment { id duties { rule dueOn } }")
    assert made["assessment"]["duties"] == [
        {"rule": "DECIDE_WHETHER_TO_ASSESS", "dueOn": "2026-12-14"},
        {"rule": "FINALISE_PLAN", "dueOn": "2027-03-22"},
    ]
    assessment = made["assessment"]["id"]
    await story.done("decideAssessment", {"assessment": assessment, "decision": "WILL_ASSESS", "on": "2026-11-02"})
    for kind in ("PARENT", "EDUCATION", "PSYCHOLOGICAL", "SOCIAL_CARE"):
        sought = {"assessment": assessment, "kind": kind, "askedOn": "2026-11-02", "noRepresentations": True}
        await story.done("seekAdvice", sought)
    board = of(story.world, "board")
    medical = {"assessment": assessment, "kind": "MEDICAL", "askedOn": "2026-11-02", "organisation": board}
    assert await story.refused("seekAdvice", medical) == "representations-go-with-it"
    letter = {"title": "letter", "mediaType": "text/plain", "content": "aGVsbG8="}
    made = await story.done(
        "seekAdvice",
        medical | {"representations": [letter]},
        shows="adviceRequest { representations cooperationRequest { status addressedTo { odsCode } } }",
    )
    assert made["adviceRequest"] == {
        "representations": True,
        "cooperationRequest": {"status": "SENT", "addressedTo": {"odsCode": "QX1"}},
    }
    return assessment


def contents(world: World) -> dict[str, Any]:
    said = {
        "frequency": "weekly",
        "minutesPerWeek": 45,
        "deliveredBy": "therapist",
        "qualification": "HCPC",
        "setting": "school",
    }
    return {
        "sections": SECTIONS,
        "needs": [
            {"key": "n1", "section": "B", "description": "a need for teaching"},
            {"key": "n2", "section": "C", "description": "a need for therapy"},
        ],
        "outcomes": [{"key": "o1", "description": "an outcome"}],
        "provisions": [
            {"section": "F", "description": "teaching", "need": "n1", "outcomes": ["o1"], **said},
            {
                "section": "G",
                "description": "therapy",
                "need": "n2",
                "outcomes": ["o1"],
                "commissioner": of(world, "board"),
                "provider": of(world, "trust"),
                **said,
            },
        ],
        "agreementBy": "2026-11-10",
    }


PLAN = "plan { id status version provisions { id section agreements { status replyBy } } } warnings { rule }"


async def drafted(story: Story) -> tuple[str, str, str]:
    """(plan, provision in F, provision in G) of a draft."""
    given = {"assessment": await assessed(story), "on": "2026-11-02", "contents": contents(story.world)}
    made = await story.done("draftPlan", given, shows=PLAN)
    plan = made["plan"]
    assert made["warnings"] == []
    assert [each["agreements"] for each in plan["provisions"]] == [[], [{"status": "ASKED", "replyBy": "2026-11-10"}]]
    return plan["id"], plan["provisions"][0]["id"], plan["provisions"][1]["id"]


async def final(story: Story) -> tuple[str, str, str]:
    plan, in_f, in_g = await drafted(story)
    await story.done("agreeProvision", {"provision": in_g}, body=story.world.board)
    await story.done("servePlan", {"plan": plan, "on": "2026-11-02"})
    await story.on("2026-11-17").done("finalisePlan", {"plan": plan, "on": "2026-11-17", "sectionI": "a school"})
    return plan, in_f, in_g


async def test_a_plan_with_unagreed_provision_is_not_final_until_it_is_left_out(story: Story) -> None:
    """Reg. 12(2), s. 26(3)(g): declined with reasons, left out with reasons, and open to the steps of a dispute."""
    plan, _, in_g = await drafted(story)
    board = story.world.board
    assert await story.refused("finalisePlan", {"plan": plan, "on": "2026-11-02"}) == "out-of-order"
    await story.done("servePlan", {"plan": plan, "on": "2026-11-02"})
    assert await story.refused("servePlan", {"plan": plan, "on": "2026-11-02"}) == "out-of-order"
    story.on("2026-11-16")
    last = {"plan": plan, "on": "2026-11-16", "sectionI": "a school"}
    assert await story.refused("finalisePlan", last) == "time-to-respond"
    story.on("2026-11-17")
    last["on"] = "2026-11-17"
    assert await story.refused("finalisePlan", last) == "not-agreed"
    assert await story.refused("declineProvision", {"provision": in_g}, body=board) == "reasons-required"
    await story.done("declineProvision", {"provision": in_g, "reasons": "No such service."}, body=board)
    assert await story.refused("finalisePlan", last) == "not-agreed"
    left = {"provision": in_g, "reasons": "The plan is due."}
    shown = "dispute { kind parties { name } steps { description step } } warnings { rule }"
    made = await story.done("leaveOutProvision", left, shows=shown)
    assert made["warnings"] == [{"rule": "no-arrangement"}]
    assert made["dispute"]["steps"] == [{"description": "The plan is due.", "step": "POSITION_STATED"}]
    assert made["dispute"]["kind"] == "BETWEEN_PARTNERS"
    assert {each["name"] for each in made["dispute"]["parties"]} == {"Northmere", "Mere and Vale ICB"}
    assert await story.refused("finalisePlan", last | {"sectionI": None}) == "section-missing"
    made = await story.done("finalisePlan", last, shows="plan { status finalisedOn duties { rule dueOn metOn } }")
    assert made["plan"]["status"] == "FINAL"
    assert {"rule": "REVIEW_PLAN", "dueOn": "2027-11-16", "metOn": None} in made["plan"]["duties"]


async def test_an_amendment_is_a_further_version_that_shows_what_changed(story: Story) -> None:
    """Regs 22, 28: the final version does not change; what was agreed and is unchanged stays agreed."""
    plan, in_f, _ = await final(story)
    assert await story.refused("revisePlan", {"plan": plan, "contents": {}}) == "out-of-order"
    assert await story.refused("proposeAmendment", {"plan": plan}) == "reasons-required"
    made = await story.done("proposeAmendment", {"plan": plan, "reasons": "The review found progress."}, shows=PLAN)
    draft = made["plan"]
    assert (draft["status"], draft["version"]) == ("DRAFT", 3)
    assert draft["provisions"][1]["agreements"] == [{"status": "AGREED", "replyBy": "2026-11-10"}]
    change = {
        "id": draft["provisions"][0]["id"],
        "section": "F",
        "description": "more teaching",
        "minutesPerWeek": 90,
    }
    changes = "plan { id changes { section kind before after } }"
    made = await story.done("revisePlan", {"plan": draft["id"], "contents": {"provisions": [change]}}, shows=changes)
    assert made["plan"]["changes"] == [
        {
            "section": "F",
            "kind": "CHANGED",
            "before": "teaching (weekly; 45 minutes a week; therapist; HCPC; school)",
            "after": "more teaching (90 minutes a week)",
        },
        {"section": "I", "kind": "REMOVED", "before": "a school", "after": None},
    ]
    assert in_f != change["id"]
    await story.done("servePlan", {"plan": draft["id"], "on": "2026-11-17"})
    story.on("2026-12-02")
    refused = await story.refused("finalisePlan", {"plan": draft["id"], "on": "2026-12-02", "sectionI": "a school"})
    assert refused == "need-without-provision"
    needs = (await story.ask(story.world.authority, NEEDS, {"id": draft["id"]}))["plan"]["needs"]
    again = change | {"need": needs[0]["id"]}
    await story.done("revisePlan", {"plan": draft["id"], "contents": {"provisions": [again]}})
    await story.done("finalisePlan", {"plan": draft["id"], "on": "2026-12-02", "sectionI": "a school"})
    status = "query($id: ID!) { plan(id: $id) { status duties { rule } } }"
    assert (await story.ask(story.world.authority, status, {"id": plan}))["plan"]["status"] == "SUPERSEDED"
    rules = [
        each["rule"] for each in (await story.ask(story.world.authority, status, {"id": draft["id"]}))["plan"]["duties"]
    ]
    assert {"REVIEW_PLAN", "FINALISE_AMENDED_PLAN", "LEAVE_TIME_TO_RESPOND_TO_AMENDMENT"} <= set(rules)


NEEDS = "query($id: ID!) { plan(id: $id) { needs { id } } }"


async def test_what_was_delivered_is_reported_against_what_was_planned(story: Story) -> None:
    """S. 42: by month, by whom, and why less."""
    _, in_f, in_g = await final(story)
    month = {"provision": in_g, "month": "2026-11-17", "deliveredMinutes": 100}
    assert await story.refused("reportDelivery", month, body=story.world.board) == "shortfall-reason-required"
    month["shortfallReason"] = "The post was vacant."
    shown = "provision { deliveries { period plannedMinutes deliveredMinutes reportedBy { odsCode } shortfallReason } }"
    made = await story.done("reportDelivery", month, body=story.world.board, shows=shown)
    assert made["provision"]["deliveries"] == [
        {
            "period": "2026-11",
            "plannedMinutes": 193,
            "deliveredMinutes": 100,
            "reportedBy": {"odsCode": "QX1"},
            "shortfallReason": "The post was vacant.",
        }
    ]
    assert await story.refused("reportDelivery", {"provision": in_f, "month": "2027-01-01", "deliveredMinutes": 9})


async def test_advice_is_traced_into_the_plan_and_what_is_not_taken_up_is_said(story: Story) -> None:
    """Reg. 7: provision that was advised became provision in the plan, or is shown as not taken up."""
    assessment = await assessed(story)
    ids = "query($id: ID!) { node(id: $id) { ... on Assessment { adviceRequests { id kind advice { id } } } } }"
    sought = (await story.ask(story.world.authority, ids, {"id": assessment}))["node"]["adviceRequests"]
    request = next(each["id"] for each in sought if each["kind"] == "PSYCHOLOGICAL")
    given = {
        "adviceRequest": request,
        "kind": "PSYCHOLOGICAL",
        "givenOn": "2026-11-02",
        "receivedOn": "2026-11-02",
        "needs": ["a need"],
        "provision": [{"description": "teaching"}, {"description": "counselling"}],
    }
    made = await story.done("recordAdvice", given, shows="adviceRequest { receivedOn advice { id } }")
    advice = made["adviceRequest"]["advice"]["id"]
    assert await story.refused("recordAdvice", given) == "already-received"
    plan = contents(story.world)
    plan["provisions"][0]["fromAdvice"] = [{"advice": advice, "place": 1}]
    plan["needs"][0]["fromAdvice"] = [{"advice": advice, "place": 1}]
    made = await story.done("draftPlan", {"assessment": assessment, "on": "2026-11-02", "contents": plan}, shows=PLAN)
    assert made["warnings"] == [{"rule": "advice-not-taken-up"}]
    became = (
        "query($id: ID!) { node(id: $id) { ... on Advice { needs { becameNeed { description } } "
        "provision { becameProvision { description } } } } }"
    )
    seen = (await story.ask(story.world.authority, became, {"id": advice}))["node"]
    assert seen["needs"] == [{"becameNeed": {"description": "a need for teaching"}}]
    assert seen["provision"] == [{"becameProvision": {"description": "teaching"}}, {"becameProvision": None}]


async def test_ceasing_takes_notice_and_the_time_to_appeal(story: Story) -> None:
    """S. 45(4): maintained until the two months are over; then ceased, and its duties end."""
    plan, _, _ = await final(story)
    reason = {"plan": plan, "reason": "NEEDS_MET_WITHOUT_PLAN"}
    assert await story.refused("ceasePlan", reason | {"on": "2026-11-17"}) == "notice-first"
    await story.done("notifyCeasing", reason | {"on": "2026-11-17"})
    story.on("2027-01-17")
    assert await story.refused("ceasePlan", reason | {"on": "2027-01-17"}) == "appeal-period"
    story.on("2027-01-18")
    made = await story.done("ceasePlan", reason | {"on": "2027-01-18"}, shows="plan { status duties { rule state } }")
    assert made["plan"]["status"] == "CEASED"
    assert {"rule": "REVIEW_PLAN", "state": "ENDED"} in made["plan"]["duties"]
    for name, given in (("proposeAmendment", {"reasons": "x"}), ("servePlan", {"on": "2027-01-18"})):
        assert await story.refused(name, {"plan": plan} | given) == "out-of-order"


async def test_a_limit_is_relieved_by_what_happened(story: Story) -> None:
    """Reg. 10(4): a recorded fact; an absence of four weeks while the twenty weeks ran."""
    assessment = await assessed(story)
    asked = "query($id: ID!) { node(id: $id) { ... on Assessment { duties { id rule state exceptions { ground } } } } }"
    duties = (await story.ask(story.world.authority, asked, {"id": assessment}))["node"]["duties"]
    duty = next(each["id"] for each in duties if each["rule"] == "FINALISE_PLAN")
    story.on("2027-01-05")
    given = {
        "duty": duty,
        "ground": "ABSENT_FROM_AREA",
        "explanation": "Abroad.",
        "from": "2026-11-20",
        "to": "2026-12-16",
    }
    assert await story.refused("excuseDuty", given) == "too-short"
    made = await story.done("excuseDuty", given | {"to": "2026-12-17"}, shows="duty { state exceptions { ground } }")
    assert made["duty"] == {"state": "EXCUSED", "exceptions": [{"ground": "ABSENT_FROM_AREA"}]}


async def test_every_step_by_the_wrong_body_is_refused_and_changes_nothing(story: Story, database: Database) -> None:
    """The commissioning body takes no step of the authority's, nor the authority one of the body's; a stranger finds
    nothing. No row of the plan changes."""
    plan, in_f, in_g = await drafted(story)
    world = story.world
    authoritys: dict[str, dict[str, Any]] = {
        "revisePlan": {"plan": plan, "contents": {}},
        "servePlan": {"plan": plan, "on": "2026-11-02"},
        "finalisePlan": {"plan": plan, "on": "2026-11-02"},
        "proposeAmendment": {"plan": plan, "reasons": "x"},
        "dropAmendment": {"plan": plan, "on": "2026-11-02"},
        "notifyCeasing": {"plan": plan, "reason": "OTHER", "on": "2026-11-02"},
        "ceasePlan": {"plan": plan, "reason": "DECEASED", "on": "2026-11-02"},
        "leaveOutProvision": {"provision": in_g, "reasons": "x"},
    }
    before = await _rows(database)
    for name, given in authoritys.items():
        assert await story.refused(name, given, body=world.board) == "not-the-responsible-authority", name
    for name, given in (("agreeProvision", {}), ("declineProvision", {"reasons": "x"})):
        refused = await story.refused(name, {"provision": in_g} | given)
        assert refused == "not-the-responsible-commissioner"
    assert await story.refused("agreeProvision", {"provision": in_f}) == "not-the-responsible-commissioner"
    document = "mutation($given: ServePlanInput!) { servePlan(input: $given) { refusals { rule } } }"
    request = Request(document, None, {"given": authoritys["servePlan"]}, None)
    answer = await story.execution.execute(request, world.caller(world.other_authority))
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert await _rows(database) == before


async def _rows(database: Database) -> list[Any]:
    async with database.begin(None) as connection:
        of_plan = (await connection.execute(select(tables.plan).order_by(tables.plan.c.id))).all()
        answers = (
            await connection.execute(select(tables.provision_agreement).order_by(tables.provision_agreement.c.id))
        ).all()
        events = await connection.scalar(select(func.count()).select_from(tables.event))
        return [of_plan, answers, events]
