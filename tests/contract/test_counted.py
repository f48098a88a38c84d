"""How many there are of few tells of whom they are: what a filter picks out is on record, shown or not."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.s31_cooperation import CooperationStatus
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.contract.scene import Scene, scene
from tests.world import World

__all__ = ["scene"]  # a fixture

NAMED = '{ children(filter: {familyNameStartsWith: "Testch", bornFrom: "2016-03-04", bornTo: "2016-03-04"}'

BEYOND = "WyJjaGlsZHJlbi1mYW1pbHktbmFtZSIsICJaIiwgIjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCJd"
"""The cursor of somebody called Z."""


@pytest.fixture(params=[True, False], ids=["compiled", "resolved"])
def execution(request: pytest.FixtureRequest, transactions: Transactions, new_id: Callable[[], UUID]) -> Execution:
    return Execution(transactions, clock=lambda: NOW, new_id=new_id, compiled=request.param)


async def recorded(execution: Execution, scene: Scene, body: UUID, document: str, **variables: Any) -> list[Any]:
    """What one question left on record: the child, the parts shown and those withheld."""
    before = len(await scene.rows(tables.disclosure))
    answer = await execution.execute(Request(document, None, variables), scene.world.caller(body))
    assert "errors" not in answer, answer
    disclosure = tables.disclosure.c
    asked = select(disclosure.child_id, disclosure.parts_shown, disclosure.parts_withheld)
    async with scene.transactions.begin(None) as tx:
        rows = (await tx.connection.execute(asked.order_by(disclosure.recorded_in, disclosure.id))).all()
    return [(row.child_id, set(row.parts_shown), set(row.parts_withheld)) for row in rows[before:]]


@pytest.mark.parametrize(
    "asked",
    [
        NAMED + ") { totalCount } }",
        NAMED + ", first: 1) { totalCount } }",
        NAMED + f', after: "{BEYOND}") {{ totalCount nodes {{ id }} }} }}',
    ],
    ids=["alone", "with a page", "beside a page that does not hold it"],
)
async def test_whom_a_filter_picks_out_is_on_record(execution: Execution, scene: Scene, asked: str) -> None:
    """Else a body could find out who a child is, letter by letter, and leave no trace."""
    world = scene.world
    told = (world.child, {"EXISTENCE", "IDENTITY"}, set[str]())
    assert await recorded(execution, scene, world.authority, asked) == [told]
    assert await recorded(execution, scene, world.other_trust, asked) == []


async def test_what_is_about_a_child_is_counted_on_record(execution: Execution, scene: Scene) -> None:
    world = scene.world
    asked = "query($child: ID!) { plans(filter: {child: $child}) { totalCount } }"
    told = (world.child, {"EXISTENCE"}, set[str]())
    child = to_global("Child", world.child)
    assert await recorded(execution, scene, world.board, asked, child=child) == [told]
    assert await recorded(execution, scene, world.board, asked, child=to_global("Child", world.other_child)) == []


@pytest.mark.parametrize("asked", ["{ children { totalCount } }", "{ plans(filter: {}) { totalCount } }"])
async def test_how_many_there_are_in_all_tells_of_nobody(execution: Execution, scene: Scene, asked: str) -> None:
    assert await recorded(execution, scene, scene.world.authority, asked) == []


async def test_many_are_a_figure(execution: Execution, scene: Scene) -> None:
    """Of more than twenty nobody can tell whom they are, as on a board."""
    asked = "{ cooperationRequests(filter: {statuses: [SENT]}) { totalCount } }"
    for _ in range(20):
        await scene.request(CooperationStatus.SENT, days=1)
    told = (scene.world.child, {"COOPERATION"}, set[str]())
    assert await recorded(execution, scene, scene.world.authority, asked) == [told]
    await scene.request(CooperationStatus.SENT, days=1)
    assert await recorded(execution, scene, scene.world.authority, asked) == []


async def test_to_count_a_request_is_not_to_receive_it(execution: Execution, scene: Scene, world: World) -> None:
    await scene.request(CooperationStatus.SENT, days=1)
    asked = "{ cooperationRequests(filter: {statuses: [SENT]}) { totalCount } }"
    assert len(await recorded(execution, scene, world.trust, asked)) == 1
    (request,) = await scene.rows(tables.cooperation_request)
    assert request["received_at"] is None
