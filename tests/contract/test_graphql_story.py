"""The schema as the partners use it: a request is made, received, answered; and each sees what the law opens to it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.reg17_disclosure import Purpose
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.world import ALL_SCOPES, World


class Ask:
    """Runs a document as one of the bodies of the world."""

    def __init__(self, transactions: Transactions, world: World, new_id: Callable[[], UUID]) -> None:
        self._execution = Execution(transactions, clock=lambda: NOW, new_id=new_id)
        self._world = world

    async def __call__(
        self,
        body: UUID,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        purpose: Purpose = Purpose.OWN_FUNCTIONS,
        scopes: frozenset[str] = ALL_SCOPES,
    ) -> Any:
        caller = self._world.caller(body, purpose=purpose, scopes=scopes)
        request = Request(document, None, variables, key)
        return await self._execution.execute(request, caller)


@pytest.fixture
def ask(transactions: Transactions, world: World, new_id: Callable[[], UUID]) -> Ask:
    return Ask(transactions, world, new_id)


REQUEST = """
mutation Ask($input: RequestCooperationInput!) {
  requestCooperation(input: $input) {
    cooperationRequest { id status receivedAt dueOn duty { state basis holder { odsCode } } child { familyName } }
    refusals { provision rule message path }
  }
}
"""
WHOLE_CHILD = """
query Whole($id: ID!) {
  child(id: $id) {
    familyName postcode
    contacts { name }
    currentPlan {
      sections { code text }
      needs { section provisions { section } }
      outcomes { description provisions { section } }
      provisions { section minutesPerWeek annualCost agreements { status } outcomes { description } }
      personalBudget { items { kind amount funder { name } } }
      placement { urn }
      withheld { fields rule reason }
    }
    cooperationRequests { id status }
    advice { kind needs { description } provision { description } outcomes }
    withheld { fields rule reason }
  }
}
"""


def the_request(world: World, to: UUID | None = None) -> dict[str, Any]:
    return {
        "input": {
            "child": to_global("Child", world.child),
            "addressedTo": to_global("Organisation", to or world.trust),
            "function": "EHC_NEEDS_ASSESSMENT",
            "asked": "Advice on speech, language and communication needs.",
        }
    }


async def asked(ask: Ask, world: World) -> str:
    answer = await ask(world.authority, REQUEST, the_request(world))
    return answer["data"]["requestCooperation"]["cooperationRequest"]["id"]


async def test_the_authority_sees_the_whole_record(ask: Ask, world: World) -> None:
    answer = await ask(world.authority, WHOLE_CHILD, {"id": to_global("Child", world.child)})
    assert "errors" not in answer
    child = answer["data"]["child"]
    assert child["familyName"] == "Testchild"
    assert child["postcode"] == "ZZ99 3WZ"
    assert child["withheld"] == []
    plan = child["currentPlan"]
    assert [each["code"] for each in plan["sections"]] == ["A", "B", "C", "D", "E", "F", "G", "H1", "H2", "I", "J", "K"]
    assert plan["provisions"][0]["annualCost"] == "1234.50"
    assert plan["outcomes"][0]["provisions"] == [{"section": "F"}, {"section": "G"}]
    assert [each["kind"] for each in plan["personalBudget"]["items"]] == ["EDUCATION", "HEALTH"]


async def test_the_commissioner_sees_the_health_parts_and_is_told_what_is_withheld(ask: Ask, world: World) -> None:
    """Reg. 12(2): the body that agrees section G sees C, E and G, not D or H."""
    answer = await ask(world.board, WHOLE_CHILD, {"id": to_global("Child", world.child)})
    child = answer["data"]["child"]
    assert child["familyName"] == "Testchild"
    assert child["postcode"] is None
    assert child["contacts"] is None
    assert child["cooperationRequests"] is None
    withheld = {field for each in child["withheld"] for field in each["fields"]}
    assert {"postcode", "contacts", "cooperationRequests"} <= withheld
    plan = child["currentPlan"]
    assert [each["code"] for each in plan["sections"]] == ["C", "E", "G"]
    assert [each["section"] for each in plan["provisions"]] == ["G"]
    assert [each["kind"] for each in plan["personalBudget"]["items"]] == ["HEALTH"]
    assert plan["placement"] is None
    assert any("SECTION_D" in each["reason"] for each in plan["withheld"])


@pytest.mark.parametrize("body", ["trust", "other_trust", "other_authority"])
async def test_for_a_body_without_a_relationship_the_child_does_not_exist(ask: Ask, world: World, body: str) -> None:
    stranger = getattr(world, body)
    for_known = await ask(stranger, WHOLE_CHILD, {"id": to_global("Child", world.child)})
    for_unknown = await ask(stranger, WHOLE_CHILD, {"id": to_global("Child", UUID(int=1))})
    assert for_known == for_unknown == {"data": {"child": None}}
    plan = to_global("Plan", world.plan)
    lists = "children { totalCount } plans { totalCount } provisions { totalCount }"
    document = f"query($id: ID!) {{ node(id: $id) {{ id }} {lists} }}"
    answer = await ask(stranger, document, {"id": plan})
    assert answer["data"]["node"] is None
    assert answer["data"]["plans"]["totalCount"] == answer["data"]["provisions"]["totalCount"] == 0


async def test_a_request_waits_unreceived_until_the_trust_has_it(ask: Ask, world: World) -> None:
    """Reg. 8(1): the six weeks run from the date on which the body receives the request."""
    answer = await ask(world.authority, REQUEST, the_request(world))
    request = answer["data"]["requestCooperation"]["cooperationRequest"]
    assert request["status"] == "SENT"
    assert request["receivedAt"] is None
    assert request["dueOn"] is None
    assert request["duty"] == {"state": "WAITING_TO_START", "basis": "STATUTORY", "holder": {"odsCode": "RX1"}}
    acknowledge = """mutation($id: ID!) { acknowledgeCooperationRequest(input: {cooperationRequest: $id}) {
        cooperationRequest { status receiptBy dueOn duty { state } } refusals { rule } } }"""
    answer = await ask(world.trust, acknowledge, {"id": request["id"]})
    after = answer["data"]["acknowledgeCooperationRequest"]["cooperationRequest"]
    assert after == {
        "status": "RECEIVED",
        "receiptBy": "ACKNOWLEDGED",
        "dueOn": "2027-01-03",
        "duty": {"state": "RUNNING"},
    }


async def test_the_trust_that_was_asked_sees_the_question_and_the_child_and_no_more(ask: Ask, world: World) -> None:
    await asked(ask, world)
    answer = await ask(world.trust, WHOLE_CHILD, {"id": to_global("Child", world.child)})
    child = answer["data"]["child"]
    assert child["familyName"] == "Testchild"
    assert child["currentPlan"] is None
    assert len(child["cooperationRequests"]) == 1
    assert child["advice"] == []
    other = await ask(world.other_trust, WHOLE_CHILD, {"id": to_global("Child", world.child)})
    assert other == {"data": {"child": None}}


async def test_advice_answers_the_request_and_the_authority_sees_it(ask: Ask, world: World) -> None:
    request_id = await asked(ask, world)
    submit = """mutation($input: SubmitAdviceInput!) { submitAdvice(input: $input) {
        advice { kind author needs { description } provision { description minutesPerWeek } outcomes
            documents { size } }
        cooperationRequest { status duty { state metOn } } refusals { rule } } }"""
    given = {
        "cooperationRequest": request_id,
        "kind": "MEDICAL",
        "givenOn": "2026-11-20",
        "author": "A. Therapist",
        "needs": ["a need"],
        "outcomes": ["first outcome", "second outcome"],
        "provision": [{"description": "therapy", "minutesPerWeek": 60}],
        "documents": [{"title": "report", "mediaType": "text/plain", "content": "aGVsbG8="}],
    }
    answer = await ask(world.trust, submit, {"input": given}, key="k1")
    done = answer["data"]["submitAdvice"]
    assert done["refusals"] == []
    assert done["cooperationRequest"] == {"status": "COMPLIED", "duty": {"state": "MET", "metOn": "2026-11-22"}}
    assert done["advice"]["outcomes"] == ["first outcome", "second outcome"]
    assert done["advice"]["documents"] == [{"size": 5}]
    seen = (await ask(world.authority, WHOLE_CHILD, {"id": to_global("Child", world.child)}))["data"]["child"]["advice"]
    assert seen == [
        {
            "kind": "MEDICAL",
            "needs": [{"description": "a need"}],
            "provision": [{"description": "therapy"}],
            "outcomes": ["first outcome", "second outcome"],
        }
    ]


async def test_declining_without_reasons_is_refused_citing_the_act_and_changes_nothing(ask: Ask, world: World) -> None:
    """S. 31(3): a body that decides not to comply must give written reasons."""
    request_id = await asked(ask, world)
    decline = """mutation($input: DeclineInput!) { declineCooperationRequest(input: $input) {
        cooperationRequest { status declined { ground reasons } } refusals { provision rule path } } }"""
    given = {"cooperationRequest": request_id, "ground": "ADVERSE_EFFECT_ON_FUNCTIONS", "reasons": "  "}
    answer = await ask(world.trust, decline, {"input": given})
    assert answer["data"]["declineCooperationRequest"] == {
        "cooperationRequest": None,
        "refusals": [{"provision": "CFA 2014 s. 31(3)", "rule": "written-reasons-required", "path": ["reasons"]}],
    }
    now = await ask(
        world.authority,
        "query($id: ID!) { node(id: $id) { ... on CooperationRequest { status version } } }",
        {"id": request_id},
    )
    assert now["data"]["node"] == {"status": "SENT", "version": 1}
    given["reasons"] = "The service for this age group has been decommissioned."
    answer = await ask(world.trust, decline, {"input": given})
    request = answer["data"]["declineCooperationRequest"]["cooperationRequest"]
    assert request["status"] == "DECLINED"
    assert request["declined"]["ground"] == "ADVERSE_EFFECT_ON_FUNCTIONS"


async def test_a_school_cannot_be_asked_under_section_31(ask: Ask, world: World) -> None:
    answer = await ask(world.authority, REQUEST, the_request(world, to=world.school))
    refusals = answer["data"]["requestCooperation"]["refusals"]
    assert [each["rule"] for each in refusals] == ["not-on-the-list"]
    assert answer["data"]["requestCooperation"]["cooperationRequest"] is None


async def test_the_same_key_does_it_once_and_another_request_with_it_is_refused(
    ask: Ask, world: World, transactions: Transactions
) -> None:
    first = await ask(world.authority, REQUEST, the_request(world), key="once")
    second = await ask(world.authority, REQUEST, the_request(world), key="once")
    assert first == second
    third = await ask(world.authority, REQUEST, the_request(world, to=world.other_trust), key="once")
    assert third["errors"][0]["extensions"]["code"] == "CONFLICT"
    async with transactions.begin(None) as tx:
        assert await tx.connection.scalar(select(func.count()).select_from(tables.cooperation_request)) == 1


async def test_every_answer_about_a_child_is_on_record(ask: Ask, world: World, transactions: Transactions) -> None:
    await ask(world.board, WHOLE_CHILD, {"id": to_global("Child", world.child)})
    async with transactions.begin(None) as tx:
        rows = (await tx.connection.execute(select(tables.disclosure))).mappings().all()
    assert len(rows) == 1
    row = rows[0]
    assert (row["organisation_id"], row["child_id"], row["purpose"]) == (
        world.board,
        world.child,
        Purpose.OWN_FUNCTIONS,
    )
    assert {"IDENTITY", "SECTION_C", "SECTION_G"} <= set(row["parts_shown"])
    assert {"CONTACTS", "SECTION_D"} <= set(row["parts_withheld"])
    assert "s. 42" in row["ground"]


async def test_a_purpose_that_opens_nothing_shows_nothing(ask: Ask, world: World) -> None:
    answer = await ask(world.authority, WHOLE_CHILD, {"id": to_global("Child", world.child)}, purpose=Purpose.RESEARCH)
    assert answer == {"data": {"child": None}}


async def test_a_scope_that_is_missing_is_named(ask: Ask, world: World) -> None:
    scopes = frozenset({"child.read"})
    answer = await ask(world.authority, "{ children { nodes { familyName currentPlan { status } } } }", scopes=scopes)
    assert answer["data"]["children"]["nodes"][0] == {"familyName": "Testchild", "currentPlan": None}
    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN", "rule": "scope-missing"}
    assert "plan.read" in answer["errors"][0]["message"]


READ = "query($id: ID!) { node(id: $id) { ... on CooperationRequest { status receiptBy receivedAt asked } } }"


async def test_reading_a_request_is_receipt_by_the_body_it_is_addressed_to_and_nobody_else(
    ask: Ask, world: World
) -> None:
    """Receipt is the earliest of retrieval by the body's system, acknowledgement and proof of service."""
    request_id = await asked(ask, world)
    assert (await ask(world.authority, READ, {"id": request_id}))["data"]["node"]["status"] == "SENT"
    await ask(world.trust, READ, {"id": request_id})
    read = (await ask(world.authority, READ, {"id": request_id}))["data"]["node"]
    assert (read["status"], read["receiptBy"]) == ("RECEIVED", "RETRIEVED")


async def test_two_mutations_in_one_document_each_do_their_own(ask: Ask, world: World) -> None:
    """Many at once, on a pool smaller than their number: none holds a connection while it waits for another."""
    two = REQUEST.replace("requestCooperation(input", "a: requestCooperation(input").replace(
        "refusals { provision rule message path }\n  }\n}",
        "refusals { rule }\n  }\n  "
        "b: requestCooperation(input: $input) { cooperationRequest { id } refusals { rule } } }",
    )
    answers = await asyncio.gather(*(ask(world.authority, two, the_request(world)) for _ in range(12)))
    assert all("errors" not in answer for answer in answers)
    ids = {answer["data"][name]["cooperationRequest"]["id"] for answer in answers for name in ("a", "b")}
    assert len(ids) == 24


async def test_what_was_shown_is_on_record_by_its_part(ask: Ask, world: World, transactions: Transactions) -> None:
    await ask(world.authority, "{ duties { totalCount nodes { rule } } assessments { nodes { decision } } }")
    await ask(world.authority, "{ children { totalCount } }")
    async with transactions.begin(None) as tx:
        rows = (await tx.connection.execute(select(tables.disclosure))).mappings().all()
    assert len(rows) == 1, "a count alone shows nothing of any child"
    assert "ASSESSMENT" in rows[0]["parts_shown"]


async def test_a_filter_takes_the_scope_of_what_it_looks_into(ask: Ask, world: World) -> None:
    document = "{ children(filter: {hasCurrentPlan: true}) { totalCount } }"
    answer = await ask(world.authority, document, scopes=frozenset({"child.read"}))
    assert answer["errors"][0]["extensions"]["rule"] == "scope-missing"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"needs": ["", " - "]}, "advice-empty"),
        ({"kind": "PARENT"}, "advice-kind"),
        ({"givenOn": "1990-01-01"}, "advice-before-birth"),
        ({"author": "x" * 30_000}, "text-too-long"),
    ],
)
async def test_advice_that_says_nothing_or_cannot_be_is_refused(
    ask: Ask, world: World, change: Mapping[str, Any], rule: str
) -> None:
    submit = "mutation($input: SubmitAdviceInput!) { submitAdvice(input: $input) { advice { id } } }"
    given = {"cooperationRequest": await asked(ask, world), "kind": "MEDICAL", "givenOn": "2026-11-20", "needs": ["a"]}
    answer = await ask(world.trust, submit, {"input": given | change})
    assert answer["errors"][0]["extensions"]["rule"] == rule
