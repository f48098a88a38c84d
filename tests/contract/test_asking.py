"""Asking partners, as they do it: several at once, with attachments, a time they agreed, help, and a withdrawal."""

import base64
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.s26_arrangements import REQUIREMENTS
from hub.law.vocabulary import Sex, Source
from schema.ids import to_global
from tests.conftest import NOW
from tests.contract.test_graphql_story import Ask, ask
from tests.world import ALL_SCOPES, World

__all__ = ["ask"]  # a fixture

SCOPES = ALL_SCOPES | {"arrangement.write"}
SHOWN = """id status dueOn clockBasis agreedWorkingDays agreedIn { title } addressedTo { odsCode }
    duty { basis provision dueOn state } attachments { title mediaType size }"""
SEVERAL = f"""mutation($input: RequestCooperationOfSeveralInput!) {{ done: requestCooperationOfSeveral(input: $input) {{
    cooperationRequests {{ {SHOWN} }} refusals {{ rule provision path }} }} }}"""
ACKNOWLEDGE = f"""mutation($input: AcknowledgeInput!) {{ done: acknowledgeCooperationRequest(input: $input) {{
    cooperationRequest {{ {SHOWN} }} refusals {{ rule }} }} }}"""
WITHDRAW = """mutation($input: WithdrawInput!) { done: withdrawCooperationRequest(input: $input) {
    cooperationRequest { id status } refusals { rule } } }"""
WITHDRAWN = """{ withdrawnRequests { nodes { cooperationRequest status requestedBy { laCode } addressedTo { odsCode }
    sentAt withdrawnAt } } }"""
LEFT = """query($child: ID!, $request: ID!) {
    child(id: $child) { id } cooperationRequests { nodes { id } } duties { nodes { id } }
    node(id: $request) { id } }"""
HELP = """mutation($input: AskForHelpInput!) { done: askForHelp(input: $input) {
    enquiry { id provision asked } refusals { rule provision path } } }"""
ANSWER = """mutation($input: AnswerEnquiryInput!) { done: answerEnquiry(input: $input) {
    enquiry { answer answeredAt } refusals { rule } } }"""
ENQUIRIES = "{ enquiries { nodes { asked answer requestedBy { laCode } } } children { totalCount } }"
OF_CHILD = "query($id: ID!) { child(id: $id) { enquiries { asked answer } } }"
PROPOSE = """mutation($input: ProposeArrangementInput!) { done: proposeArrangement(input: $input) {
    arrangement { id timeLimits { function workingDays } } refusals { rule path } } }"""
SIGN = """mutation($input: SignArrangementInput!) { done: signArrangement(input: $input) {
    arrangement { inForceFrom } refusals { rule } } }"""
REPORT = {
    "title": "What we think",
    "mediaType": "text/plain",
    "content": base64.b64encode(b"She sleeps badly.").decode(),
}


class Partners:
    """Does what a body does, and answers what came of it."""

    def __init__(self, ask: Ask, world: World) -> None:
        self.ask, self.world = ask, world

    async def do(self, body: UUID, document: str, **given: Any) -> Any:
        answer = await self.ask(body, document, {"input": given}, scopes=SCOPES)
        return answer["errors"][0]["extensions"] if "errors" in answer else answer["data"]["done"]

    async def read(self, body: UUID, document: str, variables: Mapping[str, Any] | None = None) -> Any:
        return (await self.ask(body, document, variables, scopes=SCOPES))["data"]

    async def several(self, *bodies: UUID, function: str = "EHC_NEEDS_ASSESSMENT", **given: Any) -> Any:
        plain = {"child": self.child, "function": function, "asked": "Advice, please."}
        to = [to_global("Organisation", each) for each in bodies]
        return await self.do(self.world.authority, SEVERAL, **plain | {"addressedTo": to} | given)

    async def agreed(self, *limits: tuple[str, int], sign: bool = True, **given: Any) -> Any:
        world = self.world
        proposed = {
            "title": "How we work together",
            "authority": to_global("Organisation", world.authority),
            "parties": [to_global("Organisation", each) for each in (world.authority, world.board)],
            "clauses": [{"requirement": each, "text": "Agreed."} for each in REQUIREMENTS],
            "timeLimits": [{"function": function, "workingDays": days} for function, days in limits],
        }
        made = await self.do(world.authority, PROPOSE, **proposed | given)
        for body in (world.authority, world.board) if sign and made.get("arrangement") else ():
            assert (await self.do(body, SIGN, arrangement=made["arrangement"]["id"]))["refusals"] == []
        return made

    @property
    def child(self) -> str:
        return to_global("Child", self.world.child)


@pytest.fixture
def partners(ask: Ask, world: World) -> Partners:
    return Partners(ask, world)


async def _counts(transactions: Transactions) -> list[int]:
    counted = (tables.cooperation_request, tables.duty, tables.document, tables.event, tables.enquiry)
    async with transactions.begin(None) as tx:
        return [await tx.connection.scalar(select(func.count()).select_from(table)) or 0 for table in counted]


async def test_several_bodies_are_asked_at_once_or_none(partners: Partners, transactions: Transactions) -> None:
    """S. 31(1), reg. 6(3): a request to each, with its own clock and copies of what the family said; where one may not
    be asked, nothing has happened."""
    world = partners.world
    before = await _counts(transactions)
    school = await partners.several(world.trust, world.school)
    assert [each["rule"] for each in school["refusals"]] == ["not-on-the-list"]
    for wrong in ((), (world.trust, world.trust), (world.trust,) * 21):
        assert (await partners.several(*wrong))["rule"] == "bodies-to-ask"
    broken = REPORT | {"content": "no base64!"}
    assert (await partners.several(world.trust, attachments=[broken]))["rule"] == "base64"
    assert await _counts(transactions) == before
    made = await partners.several(world.trust, world.other_trust, attachments=[REPORT])
    assert made["refusals"] == []
    first, second = made["cooperationRequests"]
    assert [first["addressedTo"]["odsCode"], second["addressedTo"]["odsCode"]] == ["RX1", "RX2"]
    sent = {"title": "What we think", "mediaType": "text/plain", "size": 17}
    for body, own, other in ((world.trust, first, second), (world.other_trust, second, first)):
        got = (await partners.do(body, ACKNOWLEDGE, cooperationRequest=own["id"]))["cooperationRequest"]
        assert got["attachments"] == [sent]
        assert (got["clockBasis"], got["dueOn"], got["duty"]["basis"]) == ("STATUTORY", "2027-01-03", "STATUTORY")
        assert (await partners.do(body, ACKNOWLEDGE, cooperationRequest=other["id"]))["code"] == "NOT_FOUND"


async def test_a_time_that_the_two_agreed_is_the_clock_where_the_statute_has_none(partners: Partners) -> None:
    """S. 26(3)(e): working days from receipt, from the arrangement that is named; between its parties alone."""
    world = partners.world
    await partners.agreed(("PLAN_REVIEW", 10), ("TRANSFER", 3))
    made = await partners.several(world.board, world.trust, function="PLAN_REVIEW")
    theirs, others = made["cooperationRequests"]
    assert (theirs["clockBasis"], theirs["agreedWorkingDays"], theirs["dueOn"]) == ("LOCAL_AGREEMENT", 10, None)
    assert theirs["duty"] == {
        "basis": "LOCAL_AGREEMENT",
        "provision": "CFA 2014 ss. 26(3)(e), 31(2)",
        "dueOn": None,
        "state": "WAITING_TO_START",
    }
    assert (others["clockBasis"], others["agreedWorkingDays"], others["agreedIn"]) == ("NONE", None, None)
    got = (await partners.do(world.board, ACKNOWLEDGE, cooperationRequest=theirs["id"]))["cooperationRequest"]
    assert (got["dueOn"], got["duty"]["dueOn"]) == ("2026-12-04", "2026-12-04")  # ten working days from a Sunday
    assert got["agreedIn"] == {"title": "How we work together"}
    got = (await partners.do(world.trust, ACKNOWLEDGE, cooperationRequest=others["id"]))["cooperationRequest"]
    assert (got["dueOn"], got["duty"]["basis"]) == (None, "NONE")
    assessed = await partners.several(world.board)
    assert assessed["cooperationRequests"][0]["clockBasis"] == "STATUTORY"


@pytest.mark.parametrize(
    ("limits", "given", "rule"),
    [
        ((("PLAN_REVIEW", 10),), {"sign": False}, None),
        ((("PLAN_REVIEW", 10),), {"startsOn": "2026-12-01"}, None),
        ((("PLAN_REVIEW", 10),), {"reviewOn": (NOW.date() - timedelta(days=1)).isoformat()}, None),
        ((("SECURING_PROVISION", 10),), {}, None),
        ((("EHC_NEEDS_ASSESSMENT", 60),), {}, "limit-is-statutory"),
        ((("REASSESSMENT", 5),), {}, "limit-is-statutory"),
        ((("PLAN_REVIEW", 0),), {}, "working-days"),
        ((("PLAN_REVIEW", 10), ("PLAN_REVIEW", 20)), {}, "one-limit-a-function"),
    ],
)
async def test_nothing_is_agreed_by_an_arrangement_that_is_not_in_force(
    partners: Partners, limits: tuple[tuple[str, int], ...], given: dict[str, Any], rule: str | None
) -> None:
    """Unsigned, not begun, stale or for another function: no clock. The statute's own is not theirs to change."""
    world = partners.world
    made = await partners.agreed(*limits, **given)
    assert [each["rule"] for each in made["refusals"]] == ([rule] if rule else [])
    (request,) = (await partners.several(world.board, function="PLAN_REVIEW"))["cooperationRequests"]
    assert (request["clockBasis"], request["agreedWorkingDays"]) == ("NONE", None)


async def test_a_withdrawn_request_is_told_and_nothing_of_the_child(
    partners: Partners, transactions: Transactions
) -> None:
    """The body sees which of its requests was withdrawn, and when; not the request, its duty or the child; and no other
    body sees anything. To withdraw it again changes nothing."""
    world = partners.world
    (made,) = (await partners.several(world.trust, attachments=[REPORT]))["cooperationRequests"]
    await partners.do(world.trust, ACKNOWLEDGE, cooperationRequest=made["id"])
    assert (await partners.read(world.trust, WITHDRAWN))["withdrawnRequests"]["nodes"] == []
    done = await partners.do(world.authority, WITHDRAW, cooperationRequest=made["id"])
    assert done["cooperationRequest"] == {"id": made["id"], "status": "WITHDRAWN"}
    again = await partners.do(world.authority, WITHDRAW, cooperationRequest=made["id"])
    assert [each["rule"] for each in again["refusals"]] == ["already-answered"]
    told = {
        "cooperationRequest": made["id"],
        "status": "WITHDRAWN",
        "requestedBy": {"laCode": "990"},
        "addressedTo": {"odsCode": "RX1"},
        "sentAt": "2026-11-22T12:00:00+00:00",
        "withdrawnAt": "2026-11-22T12:00:00+00:00",
    }
    for body in (world.trust, world.authority):
        assert (await partners.read(body, WITHDRAWN))["withdrawnRequests"]["nodes"] == [told]
    for stranger in (world.other_trust, world.board, world.other_authority):
        assert (await partners.read(stranger, WITHDRAWN))["withdrawnRequests"]["nodes"] == []
    left = await partners.read(world.trust, LEFT, {"child": partners.child, "request": made["id"]})
    empty: dict[str, Any] = {"nodes": []}
    assert left == {"child": None, "cooperationRequests": empty, "duties": empty, "node": None}
    assert "child_id" not in tables.withdrawn_request.c


async def test_help_is_asked_of_partners_and_schools(partners: Partners, transactions: Transactions) -> None:
    """Ss. 28 and 29: without a clock or grounds of refusal, and opening nothing: the school has the words alone."""
    world = partners.world
    school, other = (to_global("Organisation", each) for each in (world.school, world.other_authority))
    before = await _counts(transactions)
    refused: tuple[tuple[UUID, dict[str, Any], str], ...] = (
        (world.authority, {"addressedTo": other}, "not-a-partner"),
        (world.trust, {"addressedTo": school}, "only-an-authority-asks"),
    )
    for body, given, rule in refused:
        assert (await partners.do(body, HELP, asked="Help?", **given))["refusals"][0]["rule"] == rule
    wrong: tuple[tuple[UUID, dict[str, Any], str], ...] = (
        (world.authority, {"asked": " "}, "INVALID"),
        (world.authority, {"asked": "x" * 20_001}, "INVALID"),
        (world.other_authority, {"asked": "Help?", "child": partners.child}, "NOT_FOUND"),
        (world.authority, {"asked": "Help?", "addressedTo": to_global("Organisation", world.child)}, "NOT_FOUND"),
    )
    for body, given, code in wrong:
        assert (await partners.do(body, HELP, **{"addressedTo": school} | given))["code"] == code
    assert await _counts(transactions) == before
    made = await partners.do(
        world.authority, HELP, addressedTo=school, child=partners.child, asked="Could she be seen in the mornings?"
    )
    enquiry = made["enquiry"]
    assert enquiry["provision"] == "CFA 2014 s. 29"
    assert (await _counts(transactions))[1] == before[1]  # no clock
    seen = await partners.read(world.school, ENQUIRIES)
    assert seen["children"] == {"totalCount": 0}
    assert seen["enquiries"]["nodes"] == [
        {"asked": "Could she be seen in the mornings?", "answer": None, "requestedBy": {"laCode": "990"}}
    ]
    assert (await partners.read(world.trust, ENQUIRIES))["enquiries"]["nodes"] == []
    answer = {"enquiry": enquiry["id"], "answer": "Yes, from nine."}
    assert (await partners.do(world.trust, ANSWER, **answer))["code"] == "NOT_FOUND"
    assert (await partners.do(world.authority, ANSWER, **answer))["code"] == "FORBIDDEN"
    assert (await partners.do(world.school, ANSWER, **answer | {"answer": ""}))["code"] == "INVALID"
    done = await partners.do(world.school, ANSWER, **answer)
    assert done["enquiry"] == {"answer": "Yes, from nine.", "answeredAt": "2026-11-22T12:00:00+00:00"}
    again = await partners.do(world.school, ANSWER, **answer)
    assert [each["rule"] for each in again["refusals"]] == ["already-answered"]
    kept = await partners.read(world.authority, OF_CHILD, {"id": partners.child})
    assert kept["child"]["enquiries"] == [{"asked": "Could she be seen in the mornings?", "answer": "Yes, from nine."}]
    assert (await partners.read(world.board, OF_CHILD, {"id": partners.child}))["child"]["enquiries"] == []
    assert (await partners.read(world.school, OF_CHILD, {"id": partners.child})) == {"child": None}


async def test_who_asked_for_an_assessment_stands_with_it(partners: Partners, transactions: Transactions) -> None:
    """Regs 63, 64: the parent asks for a child; who stands in for a parent without capacity; of a school nothing."""
    world = partners.world
    ask_for = """mutation($input: RequestAssessmentInput!) { done: requestAssessment(input: $input) {
        assessment { decider decidesBecause } refusals { rule } } }"""
    by = {
        "PARENT_OR_YOUNG_PERSON": ({"parentLacks": True}, "PARENTS_REPRESENTATIVE", "PARENT_LACKS_CAPACITY"),
        "SCHOOL_OR_COLLEGE": (None, None, None),
    }
    for asked_by, (capacity, decider, because) in by.items():
        child = UUID(int=len(asked_by))
        young = {"family_name": "Rivers", "given_names": ["Jo"], "date_of_birth": date(2018, 5, 6), "sex": Sex.MALE}
        kept = {"owner_id": world.authority, "id": child, "source": Source.RECORDED, "updated_at": NOW}
        async with transactions.begin(None) as tx:
            await tx.connection.execute(insert(tables.child).values(**young, **kept))
        given = {"child": to_global("Child", child), "receivedOn": "2026-11-20", "askedBy": asked_by}
        done = await partners.do(world.authority, ask_for, **given | ({"capacity": capacity} if capacity else {}))
        assert done == {"assessment": {"decider": decider, "decidesBecause": because}, "refusals": []}
