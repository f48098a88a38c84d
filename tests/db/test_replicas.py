"""Queries read from a streaming replica: one that runs, and that is held back as a slow network holds it back."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from hub import examining
from hub.actions import upkeep
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.db.place import WORKER_ROLE, Place, as_role
from hub.db.session import Database
from hub.observe import REGISTRY
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.lending import Lending, a_server, a_template
from tests.replica import Replica, replica_of
from tests.world import World, make_world

CHILDREN = "{ children(first: 5) { nodes { familyName } } }"
CHILD = "query ($id: ID!) { child(id: $id) { familyName } }"
ASK = """mutation ($input: RequestCooperationInput!) { requestCooperation(input: $input) {
  cooperationRequest { id } refusals { message } } }"""
ASKED = "{ cooperationRequests(first: 10) { nodes { id } } }"


@pytest.fixture(scope="module")
def leader() -> Iterator[Lending]:
    """A server of its own: a replica copies it whole."""
    with a_server() as url, a_template(url) as template, Lending.of(url, template) as databases:
        yield databases


@pytest.fixture(scope="module")
def replica(leader: Lending) -> Iterator[Replica]:
    with replica_of(leader.server_url) as running:
        yield running


@pytest.fixture
def owner_url(leader: Lending) -> Iterator[str]:
    with leader.lend() as url:
        yield url


@pytest.fixture
async def read_there(owner_url: str, database_url: str, replica: Replica) -> AsyncIterator[Database]:
    """The hub's database, with a replica to read from."""
    replica.catch_up()
    own = as_role(owner_url, WORKER_ROLE)
    opened = Database(database_url, own_url=own, read_url=replica.address(database_url), pool_size=3)
    yield opened
    await opened.close()


class Portal:
    """Asks as one of the bodies, and knows where its answers came from."""

    def __init__(self, database: Database, world: World, new_id: Callable[[], UUID]) -> None:
        self.database, self.world = database, world
        self.execution = Execution(
            Transactions(database, clock=lambda: NOW, new_id=new_id), clock=lambda: NOW, new_id=new_id
        )

    async def ask(self, document: str, body: UUID, **variables: Any) -> Any:
        return await self.execution.execute(Request(document, None, variables), self.world.caller(body))

    async def child(self, body: UUID) -> Any:
        """The first of the children that exist for the body."""
        nodes = (await self.ask(CHILDREN, body))["data"]["children"]["nodes"]
        return nodes[0] if nodes else None

    async def disclosed(self) -> int:
        async with self.database.begin(None) as connection:
            return await connection.scalar(select(func.count()).select_from(tables.disclosure)) or 0


def reads(outcome: str) -> float:
    return REGISTRY.get_sample_value("hub_replica_reads_total", {"outcome": outcome}) or 0


async def portal_of(database: Database, new_id: Callable[[], UUID], replica: Replica) -> Portal:
    """A portal in the small world, once the replica has it and knows which server leads."""
    async with database.begin(None) as connection:
        world = await make_world(connection, new_id)
    portal = Portal(database, world, new_id)
    replica.catch_up()
    assert await portal.child(world.authority) == {"familyName": "Testchild"}
    replica.catch_up()
    return portal


async def test_a_replica_answers_only_with_what_it_must_have_replayed(
    read_there: Database, new_id: Callable[[], UUID], replica: Replica
) -> None:
    portal = await portal_of(read_there, new_id, replica)
    world, told, behind = portal.world, reads("told"), reads("behind")
    recorded = await portal.disclosed()
    assert recorded == 1, "it was on record before a replica could know its leader"

    assert await portal.child(world.authority) == {"familyName": "Testchild"}
    assert await portal.child(world.board) == {"familyName": "Testchild"}
    assert await portal.child(world.other_board) is None
    assert (reads("told"), reads("behind")) == (told + 3, behind)
    assert await portal.disclosed() == recorded + 2
    single = await portal.ask(CHILD, world.authority, id=to_global("Child", world.child))
    assert single["data"]["child"] == {"familyName": "Testchild"}
    assert reads("told") == told + 3, "one child is read where the record of it is written: that costs less"

    with replica.held_back():
        # Something else has changed meanwhile: that a replica is a little late with it is as if the read were earlier.
        async with read_there.begin(None) as connection:
            await connection.execute(update(tables.contact).values(name="Pat Other"))
        assert await portal.child(world.board) == {"familyName": "Testchild"}
        assert reads("told") == told + 4

        # Who may see what has changed: what is closed is closed everywhere, at once.
        async with read_there.begin(None) as connection:
            await connection.execute(update(tables.responsibility).values(ends_on=date(2026, 11, 1)))
        before = await portal.disclosed()
        assert await portal.child(world.board) is None
        assert await portal.disclosed() == before, "what the replica showed was not told, and so is not on record"
        assert await portal.child(world.authority) == {"familyName": "Testchild"}
        assert await portal.disclosed() == before + 1
        assert (reads("told"), reads("behind")) == (told + 4, behind + 2)
    assert await portal.child(world.board) is None
    assert reads("told") == told + 5


async def test_who_wrote_reads_what_it_wrote(
    read_there: Database, new_id: Callable[[], UUID], replica: Replica
) -> None:
    """A replica that is behind is read by everybody but the client that has just written."""
    portal = await portal_of(read_there, new_id, replica)
    world = portal.world
    asked = {"child": to_global("Child", world.child), "addressedTo": to_global("Organisation", world.trust)}
    asked |= {"function": "EHC_NEEDS_ASSESSMENT", "asked": "Advice"}
    with replica.held_back():
        done = (await portal.ask(ASK, world.authority, input=asked))["data"]["requestCooperation"]
        assert done["refusals"] == []
        async with read_there.begin(None) as connection:  # as if it had opened nothing to anybody
            await connection.execute(text("DELETE FROM replay_mark WHERE about = 'sharing'"))
        told, behind = reads("told"), reads("behind")
        found = (await portal.ask(ASKED, world.authority))["data"]["cooperationRequests"]["nodes"]
        assert found == [{"id": done["cooperationRequest"]["id"]}]
        assert (reads("told"), reads("behind")) == (told, behind + 1)
        assert await portal.child(world.board) == {"familyName": "Testchild"}
        assert reads("told") == told + 1


async def test_who_follows_a_leader_that_is_none_is_not_believed(
    read_there: Database, new_id: Callable[[], UUID], replica: Replica
) -> None:
    """Another leads: until a replica has its mark of the new timeline, the leader is read."""
    portal = await portal_of(read_there, new_id, replica)
    told, behind = reads("told"), reads("behind")
    with replica.held_back():
        async with read_there.begin(None) as connection:
            await connection.execute(text("DELETE FROM replay_mark WHERE about = 'timeline'"))
    for expected in ((told, behind + 1), (told + 1, behind + 1)):
        assert await portal.child(portal.world.authority) == {"familyName": "Testchild"}
        assert (reads("told"), reads("behind")) == expected
        replica.catch_up()


async def test_without_a_leader_nothing_is_told_and_without_a_replica_all_is(
    read_there: Database, owner_url: str, database_url: str, new_id: Callable[[], UUID], replica: Replica
) -> None:
    portal = await portal_of(read_there, new_id, replica)
    nowhere = "postgresql://hub@127.0.0.1:9/hub"
    there = replica.address(database_url)
    leaderless = Database(nowhere, read_url=there, pool_size=1, waits_s=0.1)
    try:
        asked = Request(CHILDREN, None, {})
        answer = await Portal(leaderless, portal.world, new_id).execution.execute(
            asked, portal.world.caller(portal.world.authority)
        )
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["code"] == "BUSY"
    finally:
        await leaderless.close()
    alone = Database(database_url, own_url=as_role(owner_url, WORKER_ROLE), read_url=nowhere, pool_size=1)
    try:
        away = reads("away")
        for _ in range(3):
            assert await Portal(alone, portal.world, new_id).child(portal.world.authority) == {
                "familyName": "Testchild"
            }
        assert reads("away") == away + 1, "it is left alone for some seconds"
    finally:
        await alone.close()


async def test_marks_that_later_ones_cover_are_forgotten(
    read_there: Database, transactions: Transactions, new_id: Callable[[], UUID], replica: Replica
) -> None:
    portal = await portal_of(read_there, new_id, replica)
    for _ in range(3):
        async with read_there.begin(None) as connection:
            await connection.execute(update(tables.child).values(restricted=True))
    mark = tables.replay_mark
    async with transactions.begin(None) as tx:
        newest = await tx.connection.scalar(select(func.max(mark.c.number)).where(mark.c.about == "sharing"))
        assert await upkeep.forget_replay_marks(tx) >= 3
        kept = (await tx.connection.execute(select(mark.c.number).where(mark.c.about == "sharing"))).scalars().all()
        assert kept == [newest]
    replica.catch_up()
    told = reads("told")
    assert await portal.child(portal.world.authority) == {"familyName": "Testchild"}
    assert reads("told") == told + 1


def test_the_doctor_looks_at_replicas(owner_url: str, database_url: str, replica: Replica) -> None:
    replica.catch_up()

    def said(url: str) -> str:
        return " ".join(each.said for each in examining.replicas(Place(owner_url, database_url, database_url, url)))

    assert "a replica answers" in said(replica.address(database_url))
    assert "follows nobody" in said(database_url)
    assert "no replica answers" in said("postgresql://hub@127.0.0.1:9/hub")
    assert said("") == ""
