"""Whoever tries what is not for them is put on record before the refusal leaves (security: rows 24 and 44)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from hub import observe
from hub.actions.transaction import Transactions
from hub.audit import Operation
from hub.db import tables
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.contract.fhir_world import fhir_world
from tests.world import World

CHILD = "query Look($id: ID!) { child(id: $id) { familyName } }"
NODE = "query Look($id: ID!) { node(id: $id) { id } }"
BESIDE = "query Look($id: ID!) { found: child(id: $id) { familyName } children(first: 1) { totalCount } }"
BY_NUMBER = 'query Look { child(nhsNumber: "9990000018") { familyName } }'
PLAN = "query Look($id: ID!) { plan(id: $id) { version } }"


@pytest.fixture(params=[True, False], ids=["compiled", "resolved"])
def execution(request: pytest.FixtureRequest, transactions: Transactions, new_id: Callable[[], UUID]) -> Execution:
    return Execution(transactions, clock=lambda: NOW, new_id=new_id, compiled=request.param)


class Attempts:
    """Asks, and answers what has been put on record of denied attempts since the last time."""

    def __init__(self, execution: Execution, transactions: Transactions) -> None:
        self._execution = execution
        self._transactions = transactions
        self._seen = 0

    async def __call__(self, caller: Caller, document: str, variables: Any = None) -> tuple[Any, list[Any]]:
        answer = await self._execution.execute(Request(document, None, variables), caller)
        return answer, await self.recorded()

    async def recorded(self) -> list[Any]:
        table = tables.denied_attempt
        async with self._transactions.begin(None) as tx:
            rows = (await tx.connection.execute(select(table).order_by(table.c.recorded_in, table.c.id))).all()
        new, self._seen = rows[self._seen :], len(rows)
        return list(new)


@pytest.fixture
def attempts(execution: Execution, transactions: Transactions) -> Attempts:
    return Attempts(execution, transactions)


async def test_a_look_at_a_child_that_is_not_for_you_is_recorded_as_one_at_nobody(
    attempts: Attempts, world: World
) -> None:
    """Hidden or unknown: the same answer and the same record, so that neither it nor its time tells which it was."""
    stranger = world.caller(world.other_trust)
    for document, kind, hidden in (
        (CHILD, "Child", world.child),
        (NODE, "Child", world.child),
        (BESIDE, "Child", world.child),
        (NODE, "Plan", world.plan),
        (PLAN, "Plan", world.plan),
    ):
        answers: list[Any] = []
        for row_id in (hidden, uuid4()):
            answer, recorded = await attempts(stranger, document, {"id": to_global(kind, row_id)})
            answers.append(answer)
            [row] = recorded
            assert (row.code, row.rule) == ("NOT_FOUND", "not-found")
            assert (row.organisation_id, row.client_id) == (world.other_trust, stranger.client_id)
            assert (row.token_id, row.purpose) == (stranger.token_id, stranger.purpose)
            assert (row.operation, row.operation_hash) == ("graphql:Look", Operation("", document).hash)
            assert str(hidden) not in str(row)
        assert answers[0] == answers[1]
    _, recorded = await attempts(stranger, BY_NUMBER)
    assert len(recorded) == 1
    for document, kind, own in (
        (CHILD, "Child", world.child),
        (BESIDE, "Child", world.child),
        (PLAN, "Plan", world.plan),
    ):
        answer, recorded = await attempts(world.caller(world.authority), document, {"id": to_global(kind, own)})
        assert "errors" not in answer
        assert recorded == []


async def test_a_refusal_is_recorded_by_its_rule(attempts: Attempts, world: World) -> None:
    poor = world.caller(world.authority, scopes=frozenset())
    answer, recorded = await attempts(poor, CHILD, {"id": to_global("Child", world.child)})
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert [(row.code, row.rule) for row in recorded] == [("FORBIDDEN", "scope-missing")]
    _, recorded = await attempts(world.caller(world.authority), "query { children(first: 101) { totalCount } }")
    assert recorded == [], "bad input is no attempt"


BREAK = """mutation Break($input: BreakGlassInput!) {
    breakGlass(input: $input) { brokenGlass { id } refusals { rule } } }"""


async def test_who_tries_to_break_the_glass_and_may_not_is_on_record_and_counted(
    attempts: Attempts, world: World
) -> None:
    """Row 44: without the purpose, without a reason, and not a body with the duty. Nothing is opened, and whoever
    watches the metrics sees it."""
    stated, reason = Purpose.SAFEGUARDING, "Brought in alone at night."
    for body, purpose, said, rule in (
        (world.other_trust, Purpose.OWN_FUNCTIONS, reason, "safeguarding-not-stated"),
        (world.other_trust, stated, " ", "reason-required"),
        (world.school, stated, reason, "not-a-safeguarding-body"),
    ):
        caller = replace(world.caller(body, purpose=purpose), purposes=frozenset(Purpose))
        before = counted(rule)
        asked = {"input": {"child": to_global("Child", world.child), "reason": said}}
        answer, recorded = await attempts(caller, BREAK, asked)
        assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN", "rule": rule}
        assert [(row.code, row.rule, row.organisation_id, row.purpose) for row in recorded] == [
            ("FORBIDDEN", rule, body, purpose)
        ]
        assert counted(rule) == before + 1
        answer, _ = await attempts(caller, CHILD, {"id": to_global("Child", world.child)})
        assert answer["data"]["child"] is None


def counted(rule: str) -> float:
    return observe.REGISTRY.get_sample_value("hub_denied_attempts_total", {"rule": rule}) or 0


@pytest.mark.parametrize("execution", [True], indirect=True, ids=["compiled"])
async def test_what_cannot_be_recorded_is_not_answered(attempts: Attempts, world: World, owner_url: str) -> None:
    """Fault 21: the right to insert is gone, and so is every answer that would have to be recorded."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("REVOKE INSERT ON denied_attempt, disclosure FROM hub_serving")
    stranger = world.caller(world.other_trust)
    for caller in (stranger, world.caller(world.authority)):
        with pytest.raises(RuntimeError, match="42501"):
            await attempts(caller, NODE, {"id": to_global("Child", world.child)})


async def test_the_fhir_face_records_them_too(world: World, transactions: Transactions) -> None:
    async with fhir_world(world, transactions) as face:
        table = tables.denied_attempt
        for path in (f"/Patient/{world.child}", f"/Patient/{uuid4()}", f"/Task/{uuid4()}"):
            assert (await face.other_trust.get(path)).status_code == 404
        async with transactions.begin(None) as tx:
            rows = (await tx.connection.execute(select(table).order_by(table.c.recorded_in))).all()
        assert [row.operation for row in rows] == ["fhir:GET /Patient/{id}"] * 2 + ["fhir:GET /Task/{id}"]
        assert {(row.code, row.rule, row.organisation_id) for row in rows} == {
            ("NOT_FOUND", "not-found", world.other_trust)
        }
