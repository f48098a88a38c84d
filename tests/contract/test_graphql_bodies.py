"""Who answers for a child, as the partners use it: responsibility, notification by health bodies, commissioners."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from hub.actions import upkeep
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.duties import RULES, WINDOWS, due_on
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.world import ALL_SCOPES, World

SCOPES = ALL_SCOPES | {"assessment.write", "notification.write", "plan.write", "hub.admin"}
NOTIFY = """mutation($input: NotifySuspectedNeedInput!) { notifySuspectedNeed(input: $input) {
    notification { id } refusals { provision rule path } } }"""
ASSIGN = """mutation($input: AssignResponsibilityInput!) { assignResponsibility(input: $input) {
    child { responsibleAuthority { laCode } responsibilities { body { odsCode laCode } kind from to } }
    refusals { provision rule } } }"""

MET = """mutation($input: MeetDutyInput!) { meetDuty(input: $input) {
    duty { metOn state } refusals { rule provision } } }"""


class Hub:
    """Runs a document as one of the bodies, and looks into the tables."""

    def __init__(self, transactions: Transactions, world: World, new_id: Callable[[], UUID]) -> None:
        self._execution = Execution(transactions, clock=lambda: NOW, new_id=new_id)
        self.transactions, self.world = transactions, world

    async def __call__(self, body: UUID, document: str, given: Mapping[str, Any]) -> Any:
        request = Request(document, None, {"input": given}, None)
        return await self._execution.execute(request, self.world.caller(body, scopes=SCOPES))

    async def ask(self, body: UUID, document: str, **variables: Any) -> Any:
        request = Request(document, None, variables, None)
        return (await self._execution.execute(request, self.world.caller(body, scopes=SCOPES)))["data"]

    async def rows(self, name: str, **equal: Any) -> list[Any]:
        table = tables.metadata.tables[name]
        async with self.transactions.begin(None) as tx:
            found = await tx.connection.execute(
                select(table).where(*(table.c[column] == value for column, value in equal.items()))
            )
            return list(found.mappings())

    async def everything(self) -> dict[str, int]:
        """How many rows of each kind there are: nothing changed where they are as before."""
        names = ("child", "responsibility", "notification", "assessment", "duty", "event", "cooperation_request")
        async with self.transactions.begin(None) as tx:
            return {
                name: await tx.connection.scalar(select(func.count()).select_from(tables.metadata.tables[name])) or 0
                for name in names
            }


@pytest.fixture
def hub_of(transactions: Transactions, world: World, new_id: Callable[[], UUID]) -> Hub:
    return Hub(transactions, world, new_id)


def suspected(world: World, child: Mapping[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    young = {
        "familyName": "Testnew",
        "givenNames": ["Bo"],
        "dateOfBirth": "2023-05-10",
        "sex": "MALE",
        "nhsNumber": "9990000026",
    }
    return {
        "authority": to_global("Organisation", world.authority),
        "child": young | dict(child or {}),
        "opinion": "SEN_AND_DISABILITY",
        "certainty": "PROBABLY_HAS",
        "parentInformedOn": "2026-11-01",
        "discussionOfferedOn": "2026-11-02",
        "voluntaryOrganisations": ["a charity"],
    } | changed


async def test_an_opinion_of_sen_makes_the_authority_responsible_and_starts_its_clocks(hub_of: Hub) -> None:
    """Ss. 23, 24(1)(b), 36(3); regs 5(1)(b), 13(2): six and twenty weeks from the day it becomes responsible."""
    world = hub_of.world
    answer = await hub_of(world.trust, NOTIFY, suspected(world))
    assert answer["data"]["notifySuspectedNeed"]["refusals"] == []
    (notification,) = await hub_of.rows("notification")
    child_id = notification["child_id"]
    (held,) = await hub_of.rows("responsibility", child_id=child_id)
    assert (held["body_id"], held["starts_on"]) == (world.authority, date(2026, 11, 22))
    duties = await hub_of.rows("duty", child_id=child_id)
    assert {(each["rule"].value, each["due_on"]) for each in duties} == {
        ("DECIDE_WHETHER_TO_ASSESS", date(2027, 1, 3)),
        ("FINALISE_PLAN", date(2027, 4, 11)),
    }
    again = await hub_of(world.trust, NOTIFY, suspected(world))
    assert again["data"]["notifySuspectedNeed"]["refusals"] == []
    assert len(await hub_of.rows("notification", child_id=child_id)) == 2
    assert len(await hub_of.rows("duty", child_id=child_id)) == len(duties)
    seen = await hub_of.ask(
        world.authority,
        "query($id: ID!) { child(id: $id) { familyName responsibleAuthority { laCode } notifications { opinion } } }",
        id=to_global("Child", child_id),
    )
    assert seen["child"]["responsibleAuthority"] == {"laCode": "990"}
    assert seen["child"]["notifications"] == [{"opinion": "SEN_AND_DISABILITY"}] * 2


async def test_a_disability_alone_starts_nothing_and_the_number_is_matched_in_one_authority_only(hub_of: Hub) -> None:
    """S. 24 speaks of SEN. What an authority holds is not told; a number of another child's is for a clerk."""
    world = hub_of.world
    given = suspected(world, {"nhsNumber": "9990000018"}, opinion="DISABILITY")
    known = await hub_of(world.trust, NOTIFY, given)
    elsewhere = await hub_of(
        world.trust, NOTIFY, given | {"authority": to_global("Organisation", world.other_authority)}
    )
    for answer in (known, elsewhere):
        assert answer["data"]["notifySuspectedNeed"]["refusals"] == []
    made = await hub_of.rows("child", family_name="Testnew")
    assert {(each["owner_id"], each["nhs_number"], each["nhs_number_status"].value) for each in made} == {
        (world.authority, None, "TO_BE_RESOLVED"),
        (world.other_authority, "9990000018", "PRESENT_NOT_TRACED"),
    }
    (candidate,) = await hub_of.rows("identity_candidate")
    assert candidate["other_child_id"] == world.child
    for each in made:
        assert await hub_of.rows("responsibility", child_id=each["id"]) == []
        assert await hub_of.rows("duty", child_id=each["id"]) == []
    (of_mine,) = (each for each in made if each["owner_id"] == world.authority)
    seen = await hub_of.ask(
        world.authority,
        "query($id: ID!) { child(id: $id) { responsibleAuthority { laCode } recordKeptBy { laCode } } }",
        id=to_global("Child", of_mine["id"]),
    )
    assert seen["child"] == {"responsibleAuthority": None, "recordKeptBy": {"laCode": "990"}}


async def test_an_older_child_is_brought_to_attention_under_section_24(hub_of: Hub) -> None:
    world = hub_of.world
    older = suspected(
        world,
        {"dateOfBirth": "2012-01-02"},
        basis="S24_BROUGHT_TO_ATTENTION",
        opinion="SEN",
        parentInformedOn=None,
        discussionOfferedOn=None,
    )
    assert (await hub_of(world.board, NOTIFY, older))["data"]["notifySuspectedNeed"]["refusals"] == []
    assert len(await hub_of.rows("assessment", responsible_from=date(2026, 11, 22))) == 1


async def test_what_is_out_of_order_is_refused_and_nothing_is_changed(hub_of: Hub) -> None:
    """Every way to get it wrong: the provision is named, and no row is made."""
    world = hub_of.world
    before = await hub_of.everything()
    wrong: list[tuple[UUID, dict[str, Any], str]] = [
        (world.trust, {"parentInformedOn": None}, "parent-not-informed"),
        (world.trust, {"discussionOfferedOn": "2026-10-31"}, "offered-before-informed"),
        (world.trust, {"discussionOfferedOn": "2026-11-23"}, "notified-before-parent"),
        (world.other_authority, {}, "not-a-notifying-body"),
        (world.trust, {"basis": "S24_BROUGHT_TO_ATTENTION"}, "under-compulsory-school-age"),
    ]
    for body, changed, rule in wrong:
        answer = (await hub_of(body, NOTIFY, suspected(world, **changed)))["data"]["notifySuspectedNeed"]
        assert answer["notification"] is None
        assert rule in {each["rule"] for each in answer["refusals"]}, rule
    unkept: tuple[tuple[dict[str, Any], str], ...] = (
        ({"nhsNumber": "9990000027"}, "nhs"),
        ({"givenNames": []}, "familyName"),
        ({"dateOfBirth": "1850-01-01"}, "dateOfBirth"),
    )
    for child, path in unkept:
        assert "errors" in await hub_of(world.trust, NOTIFY, suspected(world, child)), path
    to_a_trust = suspected(world, authority=to_global("Organisation", world.other_trust))
    assert "errors" in await hub_of(world.trust, NOTIFY, to_a_trust)
    assert await hub_of.everything() == before


def assignment(world: World, body: UUID, **changed: Any) -> dict[str, Any]:
    return {
        "child": to_global("Child", world.child),
        "body": to_global("Organisation", body),
        "kind": "COMMISSIONER",
        "ground": "COMMISSIONS_FOR_PERSONS_OF_ITS_AREA",
        "from": "2026-11-22",
        "knownOn": "2026-11-16",
    } | changed


async def test_a_change_of_commissioner_has_its_clock(hub_of: Hub) -> None:
    """Reg. 16(2): the board before notifies the new one within 15 working days beginning with its becoming aware. The
    new one, told by the record, has as many to ask for an assessment or a review (reg. 16(3))."""
    world = hub_of.world
    answer = (await hub_of(world.authority, ASSIGN, assignment(world, world.other_board)))["data"]
    held = answer["assignResponsibility"]["child"]["responsibilities"]
    boards = {each["body"]["odsCode"]: (each["from"], each["to"]) for each in held if each["kind"] == "COMMISSIONER"}
    assert boards["QX2"] == ("2026-11-22", None)
    assert boards["QX1"][1] == "2026-11-21"
    (duty,) = await hub_of.rows("duty", holder_id=world.board)
    assert (duty["rule"].value, duty["due_on"]) == ("NOTIFY_COMMISSIONER_OF_CHANGE", date(2026, 12, 4))
    (asks,) = await hub_of.rows("duty", holder_id=world.other_board)
    assert (asks["rule"].value, asks["due_on"]) == ("ASK_FOR_ASSESSMENT_OR_REVIEW", date(2026, 12, 11))
    gone = await hub_of.ask(
        world.board, "query($id: ID!) { child(id: $id) { id } }", id=to_global("Child", world.child)
    )
    assert gone == {"child": None}
    before = await hub_of.everything()
    wrong: list[tuple[UUID, dict[str, Any], str]] = [
        (world.authority, assignment(world, world.other_board), "recorded-already"),
        (world.authority, assignment(world, world.board, ground="DETAINED"), "detained-persons"),
        (world.authority, assignment(world, world.trust), "wrong-kind-of-body"),
        (world.authority, assignment(world, world.board, ground="SPECIALISED_SERVICE"), "wrong-ground"),
        (world.authority, assignment(world, world.board, **{"from": "2015-01-01"}), "before-birth"),
        (world.authority, assignment(world, world.board, to="2026-11-01"), "dates-out-of-order"),
    ]
    for body, given, rule in wrong:
        refused = (await hub_of(body, ASSIGN, given))["data"]["assignResponsibility"]
        assert [each["rule"] for each in refused["refusals"]] == [rule]
    for body, given in (
        (world.other_board, assignment(world, world.board)),
        (world.other_authority, assignment(world, world.board)),
        (world.authority, assignment(world, world.board, knownOn="2026-11-23")),
    ):
        assert "errors" in await hub_of(body, ASSIGN, given)
    assert await hub_of.everything() == before


TRANSFER = """mutation($input: TransferChildInput!) { transferChild(input: $input) {
    child { responsibleAuthority { laCode } } refusals { rule } } }"""


async def test_a_move_makes_a_second_record_and_starts_its_clocks(hub_of: Hub) -> None:
    """Reg. 15: the plan goes over as final; the old authority keeps its own; each clock is right to the day."""
    world = hub_of.world
    given = {
        "child": to_global("Child", world.child),
        "to": to_global("Organisation", world.other_authority),
        "movedOn": "2026-11-20",
        "knownOn": "2026-11-02",
    }
    before = await hub_of.everything()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"to": to_global("Organisation", world.authority)}, "not-another-authority"),
        ({"to": to_global("Organisation", world.board)}, "not-another-authority"),
        ({"movedOn": "2026-11-23"}, "not-moved-yet"),
        ({"knownOn": "2026-11-23"}, "in-the-future"),
    ]
    for changed, rule in wrong:
        answer = (await hub_of(world.authority, TRANSFER, given | changed))["data"]["transferChild"]
        assert [each["rule"] for each in answer["refusals"]] == [rule]
    assert "errors" in await hub_of(world.other_authority, TRANSFER, given)
    assert await hub_of.everything() == before

    answer = (await hub_of(world.authority, TRANSFER, given))["data"]["transferChild"]
    assert answer == {"child": {"responsibleAuthority": {"laCode": "991"}}, "refusals": []}
    (new,) = await hub_of.rows("child", owner_id=world.other_authority, nhs_number="9990000018")
    (old_plan,) = await hub_of.rows("plan", id=world.plan)
    assert (old_plan["status"].value, old_plan["transferred_to_id"]) == ("TRANSFERRED", world.other_authority)
    (new_plan,) = await hub_of.rows("plan", owner_id=world.other_authority, child_id=new["id"])
    assert new_plan["status"].value == "FINAL"
    assert {each["status"].value for each in await hub_of.rows("provision_agreement", child_id=new["id"])} <= {
        "NOT_RECORDED"
    }
    whole = "query($id: ID!) { child(id: $id) { currentPlan { sections { code } provisions { section } } } }"
    seen = await hub_of.ask(world.other_authority, whole, id=to_global("Child", new["id"]))
    assert len(seen["child"]["currentPlan"]["sections"]) == 12
    assert [each["section"] for each in seen["child"]["currentPlan"]["provisions"]] == ["F", "G"]
    duties = await hub_of.rows("duty")
    clocks = {(each["rule"].value, each["holder_id"]): (each["due_on"], each["met_on"]) for each in duties}
    assert clocks["TRANSFER_PLAN_ONCE_AWARE", world.authority] == (date(2026, 11, 20), date(2026, 11, 22))
    assert clocks["NOTIFY_COMMISSIONER_OF_MOVE_ONCE_AWARE", world.board] == (date(2026, 11, 20), None)
    assert clocks["INFORM_FAMILY_OF_TRANSFER", world.other_authority] == (date(2027, 1, 3), None)
    assert clocks["REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER", world.other_authority][0] == date(2027, 2, 21)
    again = (await hub_of(world.authority, TRANSFER, given))["data"]["transferChild"]
    assert [each["rule"] for each in again["refusals"]] == ["no-plan"]
    inform, review = (
        {"duty": to_global("Duty", next(each["id"] for each in duties if each["rule"].value == rule))}
        for rule in ("INFORM_FAMILY_OF_TRANSFER", "REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER")
    )
    assert "errors" in await hub_of(world.authority, MET, inform)
    met = (await hub_of(world.other_authority, MET, inform))["data"]["meetDuty"]
    assert met == {"duty": {"metOn": "2026-11-22", "state": "MET"}, "refusals": []}
    for duty, rule in ((inform, "already-closed"), (review, "met-by-an-action")):
        refused = (await hub_of(world.other_authority, MET, duty))["data"]["meetDuty"]
        assert [each["rule"] for each in refused["refusals"]] == [rule]


async def test_the_sweep_gives_every_clock_the_day_that_the_law_counts(hub_of: Hub) -> None:
    """Whatever stood in the table, over every rule: after one statement it is the law's day, told once."""
    world = hub_of.world
    started = date(2026, 9, 1)
    rows = [
        {
            "owner_id": world.authority,
            "id": UUID(int=place + 1),
            "child_id": world.child,
            "rule": rule,
            "provision": what.provision,
            "holder_id": world.authority if what.holder.is_body else None,
            "basis": what.basis,
            "started_on": started,
            "due_on": date(2000, 1, 1),
            "about_type": "Plan",
            "about_id": world.plan,
        }
        for place, (rule, what) in enumerate(RULES.items())
    ]
    async with hub_of.transactions.begin(None) as tx:
        await tx.connection.execute(insert(tables.duty), rows)
        changed = await upkeep.sweep_duties(tx)
    kept = await hub_of.rows("duty")
    assert {each["rule"]: each["due_on"] for each in kept} == {rule: due_on(rule, started) for rule in RULES}
    told = [each for each in await hub_of.rows("event") if each["kind"] in ("duty_overdue", "duty_due_soon")]
    soon = [each for each in kept if each["due_on"] <= date(2026, 12, 6)]
    late = [each for each in soon if each["rule"] not in WINDOWS or each["due_on"] >= NOW.date()]
    assert len(told) == len(late)
    assert changed == len(RULES) + len(late)
    async with hub_of.transactions.begin(None) as tx:
        assert await upkeep.sweep_duties(tx) == 0


ASK = """mutation($input: RequestCooperationInput!) { requestCooperation(input: $input) {
    cooperationRequest { id } refusals { rule } } }"""
FORWARD = """mutation($input: ForwardInput!) { forwardCooperationRequest(input: $input) {
    cooperationRequest { status } refusals { rule } } }"""


async def test_a_board_hands_a_request_for_medical_advice_on(hub_of: Hub) -> None:
    """Reg. 6(1)(c): the board names the trust, which is asked in its turn and has its own clock."""
    world = hub_of.world

    async def ask_for(function: str, body: UUID) -> str:
        question = {
            "child": to_global("Child", world.child),
            "addressedTo": to_global("Organisation", body),
            "function": function,
            "asked": "Medical advice.",
        }
        return (await hub_of(world.authority, ASK, question))["data"]["requestCooperation"]["cooperationRequest"]["id"]

    async def forward(body: UUID, request: str, to: UUID) -> Any:
        given = {"cooperationRequest": request, "to": to_global("Organisation", to)}
        return (await hub_of(body, FORWARD, given))["data"]["forwardCooperationRequest"]

    request = await ask_for("EHC_NEEDS_ASSESSMENT", world.board)
    review = await ask_for("PLAN_REVIEW", world.board)
    of_trust = await ask_for("EHC_NEEDS_ASSESSMENT", world.trust)
    before = await hub_of.everything()
    for body, which, to, rule in (
        (world.board, request, world.school, "not-on-the-list"),
        (world.board, request, world.board, "another-body"),
        (world.board, review, world.trust, "not-an-assessment"),
        (world.trust, of_trust, world.other_trust, "not-a-commissioning-body"),
    ):
        assert [each["rule"] for each in (await forward(body, which, to))["refusals"]] == [rule]
    assert await hub_of.everything() == before
    assert await forward(world.board, request, world.other_trust) == {
        "cooperationRequest": {"status": "COMPLIED"},
        "refusals": [],
    }
    (handed,) = await hub_of.rows("cooperation_request", addressed_to_id=world.other_trust)
    assert (handed["requested_by_id"], handed["status"].value, handed["asked"]) == (
        world.authority,
        "SENT",
        "Medical advice.",
    )
    (duty,) = await hub_of.rows("duty", about_id=handed["id"])
    assert (duty["holder_id"], duty["started_on"]) == (world.other_trust, None)
    (own,) = await hub_of.rows(
        "duty", holder_id=world.board, about_type="CooperationRequest", met_on=date(2026, 11, 22)
    )
    assert own["due_on"] == date(2027, 1, 3)
