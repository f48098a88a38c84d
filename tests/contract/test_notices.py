"""Notices over GraphQL: after each step of a plan's life exactly those that the regulations ask for, and no other."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from hub.db import tables
from hub.db.session import Database
from hub.law.notices import MAY_BE_APPEALED, REQUIRED, NoticeKind, NoticeTo, receivers
from hub.law.s44_review import Invited
from schema.answer import Request
from schema.ids import to_global
from tests.contract.test_plan_story import Story, contents, of, story
from tests.world import ALL_SCOPES, World

__all__ = ["story"]  # a fixture

SCOPES = ALL_SCOPES | {"review.write", "redress.write"}
NOTICES = """{ children { nodes { notices { id kind givenTo addressedTo { name } decider decidesBecause provision
    contents text givenOn givenBy { name } about { id __typename } } } } }"""
SCHOOL, BOARD, NEXT_BOARD = "Mere Primary School", "Mere and Vale ICB", "Dale ICB"
BODIES = {NoticeTo.FAMILY: None, NoticeTo.COMMISSIONER: BOARD, NoticeTo.SETTING: SCHOOL}
EVERYBODY = [each.value for each in Invited]


class Told(Story):
    """Takes steps, and says which notices each has given."""

    def __init__(self, database: Database, world: World, new_id: Callable[[], UUID]) -> None:
        super().__init__(database, world, new_id)
        self.seen: set[str] = set()
        self.board = BOARD
        self.keys = 0

    async def ask(self, body: UUID, document: str, variables: Mapping[str, Any], key: str | None = None) -> Any:
        request = Request(document, None, variables, key)
        answer = await self.execution.execute(request, self.world.caller(body, scopes=SCOPES))
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def new(self, body: UUID | None = None) -> list[Any]:
        """The notices that were not there the last time."""
        children = (await self.ask(body or self.world.authority, NOTICES, {}))["children"]["nodes"]
        found = [each for child in children for each in child["notices"] if each["id"] not in self.seen]
        self.seen |= {each["id"] for each in found}
        return found

    async def gives(self, name: str, given: Mapping[str, Any], *kinds: NoticeKind, shows: str = "") -> Any:
        """The step is taken twice under one key, and has then given each notice of these kinds once, as it must be."""
        takes = INPUTS.get(name, f"{name[0].upper()}{name[1:]}Input")
        document = f"mutation($given: {takes}!) {{ done: {name}(input: $given) {{ {shows} refusals {{ rule }} }} }}"
        self.keys += 1
        answer = await self.ask(self.world.authority, document, {"given": given}, key=f"step {self.keys}")
        assert answer["done"]["refusals"] == [], (name, answer)
        assert await self.ask(self.world.authority, document, {"given": given}, key=f"step {self.keys}") == answer
        found = await self.new()
        told = sorted(
            (each["kind"], each["givenTo"], each["addressedTo"] and each["addressedTo"]["name"]) for each in found
        )
        bodies = BODIES | {NoticeTo.COMMISSIONER: self.board}
        assert told == sorted(
            ((kind.value, to.value, bodies[to]) for kind in kinds for to in receivers(kind)), key=lambda each: each[:2]
        )
        for each in found:
            self._holds(each)
        return answer["done"]

    def _holds(self, each: Any) -> None:
        """A notice is as the regulation asks, of this day, and the family's says whose it is."""
        required = REQUIRED[NoticeKind(each["kind"]), NoticeTo(each["givenTo"])]
        assert each["provision"] == required.provision
        assert each["contents"] == [content.value for content in required.contents]
        assert len(each["text"].split("\n\n")) == len(required.contents)
        assert each["givenOn"] == self.now.date().isoformat()
        assert each["givenBy"] == {"name": "Northmere"}
        assert (each["decider"] is not None) == (each["givenTo"] == "FAMILY")
        if set(MAY_BE_APPEALED) <= set(required.contents):
            assert "First-tier Tribunal" in each["text"]


INPUTS: dict[str, str] = dict.fromkeys(("circulateReviewAdvice", "holdReview", "reportReview"), "ReviewStepInput")
K = NoticeKind


@pytest.fixture
def told(story: Story, database: Database, world: World, new_id: Callable[[], UUID]) -> Told:
    """In the world of the story, whose plan and assessment are past."""
    return Told(database, world, new_id)


async def _assessing(told: Told) -> str:
    """An assessment that will be made, with the advice of reg. 6(1) sought; its id."""
    given = {
        "child": to_global("Child", told.world.child),
        "receivedOn": "2026-11-02",
        "askedBy": "PARENT_OR_YOUNG_PERSON",
        "setting": of(told.world, "school"),
    }
    made = await told.gives("requestAssessment", given, K.CONSIDERING_ASSESSMENT, shows="assessment { id }")
    assessment = made["assessment"]["id"]
    decision = {"assessment": assessment, "on": "2026-11-02"}
    assert await told.refused("decideAssessment", decision | {"decision": "WILL_NOT_ASSESS"}) == "reasons-required"
    assert await told.new() == []
    await told.gives("decideAssessment", decision | {"decision": "WILL_ASSESS"}, K.WILL_ASSESS)
    await _seek(told, assessment)
    return str(assessment)


async def _seek(told: Told, assessment: str) -> None:
    today = told.now.date().isoformat()
    for kind in ("PARENT", "EDUCATION", "PSYCHOLOGICAL", "SOCIAL_CARE", "MEDICAL"):
        sought = {"assessment": assessment, "kind": kind, "askedOn": today, "noRepresentations": True}
        await told.done("seekAdvice", sought | ({"organisation": of(told.world, "board")} if kind == "MEDICAL" else {}))
    assert await told.new() == []


async def _final(told: Told, plan: str, served: NoticeKind, sent: NoticeKind, *, days: tuple[str, str]) -> None:
    """Served on the first of the days and made final on the second."""
    told.on(days[0])
    await told.gives("servePlan", {"plan": plan, "on": days[0]}, served)
    last = {"plan": plan, "sectionI": "the school", "setting": of(told.world, "school")}
    assert await told.refused("finalisePlan", last | {"on": days[0]}) == "time-to-respond"
    assert await told.new() == []
    told.on(days[1])
    await told.gives("finalisePlan", last | {"on": days[1]}, sent)


async def _first_plan(told: Told) -> str:
    given = {"assessment": await _assessing(told), "on": "2026-11-02", "contents": contents(told.world)}
    made = await told.gives("draftPlan", given, shows="plan { id provisions { id } }")
    plan, in_g = made["plan"]["id"], made["plan"]["provisions"][1]["id"]
    await told.done("agreeProvision", {"provision": in_g}, body=told.world.board)
    await _final(told, plan, K.DRAFT_PLAN, K.FINAL_PLAN, days=("2026-11-02", "2026-11-17"))
    return str(plan)


async def _amended(told: Told, plan: str) -> str:
    """An amendment is begun and dropped, and another is made."""
    why = {"plan": plan, "reasons": "Progress was found."}
    draft = (await told.gives("proposeAmendment", why, shows="plan { id }"))["plan"]["id"]
    await told.gives("servePlan", {"plan": draft, "on": "2026-11-17"}, K.AMENDMENT_PROPOSED)
    dropped = {"plan": draft, "on": "2026-11-17"}
    assert await told.refused("dropAmendment", dropped) == "reasons-required"
    assert await told.new() == []
    await told.gives("dropAmendment", dropped | {"reasons": "The plan serves as it is."}, K.NOT_AMENDED)
    told.on("2026-11-18")
    draft = (await told.gives("proposeAmendment", why, shows="plan { id }"))["plan"]["id"]
    await _final(told, draft, K.AMENDMENT_PROPOSED, K.AMENDED_PLAN, days=("2026-11-18", "2026-12-03"))
    return str(draft)


async def _reassessed(told: Told, plan: str) -> str:
    """A review ends in a re-assessment (s. 44(3)), after which the plan is replaced (reg. 27)."""
    arranged = {"plan": plan, "kind": "ANNUAL", "invited": EVERYBODY, "attendsSetting": True}
    at_once = arranged | {"meetingOn": "2026-12-04"}
    assert await told.refused("arrangeReview", at_once) == "two-weeks-notice"
    made = await told.gives(
        "arrangeReview", arranged | {"meetingOn": "2027-01-11"}, K.REVIEW_MEETING, shows="review { id }"
    )
    review = {"review": made["review"]["id"]}
    await told.gives("circulateReviewAdvice", review)
    told.on("2027-01-11")
    await told.gives("holdReview", review)
    await told.gives("reportReview", review)
    assert await told.refused("decideReview", review | {"decision": "REASSESS"}) == "reasons-required"
    assert await told.new() == []
    decision = {"decision": "REASSESS", "reasons": "The needs have changed."}
    await told.gives("decideReview", review | decision, K.WILL_REASSESS)
    asked = "{ children { nodes { assessments { id reassessment } } } }"
    (child,) = (await told.ask(told.world.authority, asked, {}))["children"]["nodes"]
    (assessment,) = (each["id"] for each in child["assessments"] if each["reassessment"])
    second = {"assessment": assessment, "decision": "WILL_ASSESS", "on": "2027-01-11"}
    assert await told.refused("decideAssessment", second) == "re-assessment"
    await _seek(told, assessment)
    later = contents(told.world) | {"agreementBy": "2027-01-20"}
    made = await told.gives(
        "draftPlan",
        {"assessment": assessment, "on": "2027-01-11", "contents": later},
        shows="plan { id provisions { id section } }",
    )
    for each in made["plan"]["provisions"]:
        if each["section"] == "G":
            await told.done("agreeProvision", {"provision": each["id"]}, body=told.world.board)
    draft = str(made["plan"]["id"])
    await _final(told, draft, K.DRAFT_PLAN, K.REASSESSED_PLAN, days=("2027-01-12", "2027-01-27"))
    return draft


async def test_each_step_gives_the_notices_of_its_regulation(told: Told) -> None:
    """From the request to the end of the plan: who is told, of what, in which words, on which day; once, also when the
    request is sent twice; and nobody of a step that is refused or that the regulations do not name. The commissioning
    body is the one that is responsible on the day (reg. 16), and sees what is addressed to it alone."""
    plan = await _reassessed(told, await _amended(told, await _first_plan(told)))
    change = {
        "child": to_global("Child", told.world.child),
        "body": of(told.world, "other_board"),
        "kind": "COMMISSIONER",
        "ground": "COMMISSIONS_FOR_PERSONS_OF_ITS_AREA",
        "from": "2027-01-28",
    }
    told.on("2027-01-28")
    told.seen.clear()
    assert {each["addressedTo"]["name"] for each in await told.new(told.world.board)} == {BOARD}
    await told.new()
    await told.gives("assignResponsibility", change)
    told.board = NEXT_BOARD
    ceasing = {"plan": plan, "on": "2027-01-28", "reasons": "The outcomes were met."}
    assert await told.refused("considerCeasing", ceasing | {"reasons": ""}) == "reasons-required"
    await told.gives("considerCeasing", ceasing, K.CONSIDERING_CEASING)
    lacks = {"capacity": {"parentLacks": True}, "reason": "OTHER"}
    assert await told.refused("notifyCeasing", ceasing | lacks | {"reasons": " "}) == "reasons-required"
    assert await told.new() == []
    await told.gives("notifyCeasing", ceasing | lacks, K.CEASE)
    told.seen.clear()
    (cease,) = await told.new(told.world.other_board)
    assert (cease["kind"], cease["addressedTo"]["name"]) == ("CEASE", NEXT_BOARD)
    whose = {each["kind"]: (each["decider"], each["decidesBecause"]) for each in await told.new() if each["decider"]}
    assert whose["CEASE"] == ("PARENTS_REPRESENTATIVE", "PARENT_LACKS_CAPACITY")
    assert whose["FINAL_PLAN"] == ("PARENT", "NOT_OVER_SCHOOL_AGE")
    told.on("2027-04-01")
    await told.gives("ceasePlan", {"plan": plan, "reason": "OTHER", "on": "2027-04-01"})


async def test_a_no_is_told_with_its_reasons_and_how_to_appeal(told: Told, database: Database) -> None:
    """Regs 4(2), 5, 10: where a body brought the child to its attention the authority says that it considers an
    assessment, once; then that it will not assess, comes to another view, and decides that there is to be no plan."""
    world, row_id = told.world, UUID(int=7)
    owed = {"owner_id": world.authority, "child_id": world.child, "id": row_id, "source": "GRAPHQL"}
    async with database.begin(None) as connection:
        await connection.execute(insert(tables.assessment).values(**owed, responsible_from=told.now.date()))
    assessment = to_global("Assessment", row_id)
    considered = {"assessment": assessment, "setting": of(world, "school")}
    document = "mutation($given: ConsiderAssessmentInput!) { considerAssessment(input: $given) { refusals { rule } } }"
    request = Request(document, None, {"given": considered | {"setting": of(world, "trust")}}, None)
    answer = await told.execution.execute(request, world.caller(world.authority, scopes=SCOPES))
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"
    assert await told.new() == []
    await told.gives("considerAssessment", considered, K.CONSIDERING_ASSESSMENT)
    assert await told.refused("considerAssessment", considered) == "already-told"
    assert await told.refused("considerAssessment", considered, body=world.board) == "not-the-responsible-authority"
    decision = {"assessment": assessment, "on": "2026-11-02"}
    no = decision | {"decision": "WILL_NOT_ASSESS", "reasons": "The school meets the needs."}
    await told.gives("decideAssessment", no, K.WILL_NOT_ASSESS)
    await told.gives("decideAssessment", decision | {"decision": "WILL_ASSESS"}, K.WILL_ASSESS)
    none = decision | {"reasons": "The needs can be met without one."}
    assert await told.refused("decideNoPlan", none) == "advice-not-sought"
    await _seek(told, assessment)
    assert await told.refused("decideNoPlan", decision) == "reasons-required"
    assert await told.new() == []
    await told.gives("decideNoPlan", none, K.NO_PLAN)
    assert await told.refused("decideNoPlan", none) == "out-of-order"
    assert await told.new() == []


async def test_the_new_authority_tells_the_family_of_a_transfer(told: Told, database: Database) -> None:
    """Reg. 15(4): that the plan was transferred, whether it proposes to assess and when to review it; its clock is
    met. The old authority has nothing to tell."""
    world = told.world
    async with database.begin(None) as connection:
        await connection.execute(update(tables.plan).values(status="FINAL"))
    moved = {"child": to_global("Child", world.child), "to": of(world, "other_authority"), "movedOn": "2026-11-01"}
    await told.gives("transferChild", moved)
    plans = "{ children { nodes { currentPlan { id duties { rule dueOn metOn } } } } }"
    children = (await told.ask(world.other_authority, plans, {}))["children"]["nodes"]
    (plan,) = (each["currentPlan"]["id"] for each in children if each["currentPlan"])
    tells = {"plan": plan, "willAssess": False, "reviewOn": "2027-01-20"}
    early = await told.refused("informFamilyOfTransfer", tells | {"on": "2026-11-01"}, body=world.other_authority)
    assert early == "dates-out-of-order"
    shown = "plan { notices { kind givenTo text givenBy { name } } duties { rule metOn } }"
    told.on("2026-11-09")
    made = await told.done("informFamilyOfTransfer", tells, body=world.other_authority, shows=shown)
    (notice,) = made["plan"]["notices"]
    assert (notice["kind"], notice["givenTo"], notice["givenBy"]["name"]) == ("PLAN_TRANSFERRED", "FAMILY", "Southvale")
    assert "does not propose to make an EHC needs assessment" in notice["text"]
    assert "by 20 January 2027" in notice["text"]
    assert {"rule": "INFORM_FAMILY_OF_TRANSFER", "metOn": "2026-11-09"} in made["plan"]["duties"]
    assert await told.refused("informFamilyOfTransfer", tells, body=world.other_authority) == "already-told"
    old = tells | {"plan": to_global("Plan", world.plan)}
    assert await told.refused("informFamilyOfTransfer", old) == "not-transferred"
