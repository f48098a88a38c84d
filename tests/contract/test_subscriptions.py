"""What a subscription tells, to whom, and what is on record of it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, update

from hub.actions import cooperation
from hub.actions.notices import NoticeKind, give_notice
from hub.actions.transaction import Transactions
from hub.audit import Event
from hub.db import tables
from hub.db.duty_rows import About
from hub.db.feed import Feed
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.law.reg8_time_limit import Part3Function
from hub.law.reg17_disclosure import Part
from schema.answer import Answer, Request
from schema.execution import Execution
from schema.ids import to_global
from schema.subscribing import cursor_of
from tests.conftest import NOW
from tests.world import ALL_SCOPES, World

REQUESTS = """subscription($after: String, $authority: LACode, $addressedTo: ODSCode) {
  changed: cooperationRequestChanged(after: $after, authority: $authority, addressedTo: $addressedTo) {
    cursor kind at cooperationRequest { id status child { familyName } }
  } }"""
KINDS = "subscription($after: String) { changed: cooperationRequestChanged(after: $after) { cursor kind } }"
DUTIES = """subscription($after: String, $holder: ID, $states: [DutyState!]) {
  changed: dutyChanged(after: $after, holder: $holder, states: $states) { cursor kind duty { state } } }"""
NOTICES = """subscription($after: String, $authority: LACode, $kinds: [NoticeKind!]) {
  changed: noticeGiven(after: $after, authority: $authority, kinds: $kinds) {
    cursor kind notice { kind givenTo addressedTo { name } text } } }"""
PLANS = """subscription($after: String, $authority: LACode) {
  changed: planChanged(after: $after, authority: $authority) { kind plan { id sections { code } } } }"""

CallerOf: TypeAlias = Callable[[], Awaitable[Caller]]
Responses: TypeAlias = AsyncGenerator[Answer]


class Subscriber:
    """Who subscribes and acts in these tests."""

    def __init__(self, transactions: Transactions, feed: Feed, world: World, new_id: Callable[[], UUID]) -> None:
        self.transactions, self.feed, self.world = transactions, feed, world
        self.execution = Execution(transactions, clock=lambda: NOW, new_id=new_id)
        self.stack = AsyncExitStack()

    async def now(self) -> str:
        """The cursor from which everything is new."""
        return cursor_of(await self.feed.now())

    async def everything_can_be_told(self) -> None:
        """Wait until nothing that is committed is above the horizon."""
        now = await self.feed.now()
        async with asyncio.timeout(60):
            while self.feed.horizon < now.recorded_in:
                await self.feed.beyond(self.feed.horizon)

    async def subscribe(self, caller: Caller | CallerOf, document: str, **variables: Any) -> Responses:
        async def same() -> Caller:
            assert isinstance(caller, Caller)
            return caller

        request = Request(document, None, variables)
        caller_of = same if isinstance(caller, Caller) else caller
        responses = self.execution.stream(request, caller_of=caller_of, feed=self.feed)
        return await self.stack.enter_async_context(aclosing(responses))

    async def request(self, body: UUID | None = None) -> UUID:
        """The authority asks a body, the trust unless said otherwise, for advice."""
        async with self.transactions.begin(self.world.caller(self.world.authority)) as tx:
            return await cooperation.request_cooperation(
                tx,
                child_id=self.world.child,
                addressed_to=body or self.world.trust,
                function=Part3Function.EHC_NEEDS_ASSESSMENT,
                asked="advice",
            )

    async def accept(self, request_id: UUID) -> None:
        async with self.transactions.begin(self.world.caller(self.world.trust)) as tx:
            await cooperation.accept(tx, request_id=request_id)

    async def tell_of_plan(self, kind: str) -> None:
        async with self.transactions.begin(None) as tx:
            await tx.record(Event(kind, self.world.authority, "Plan", self.world.plan, self.world.child))

    async def disclosures(self) -> list[Any]:
        async with self.transactions.database.begin(None) as connection:
            return list((await connection.execute(select(tables.disclosure))).all())


@pytest.fixture
async def subscriber(transactions: Transactions, world: World, new_id: Callable[[], UUID]) -> AsyncIterator[Subscriber]:
    feed = Feed(transactions.database)
    made = Subscriber(transactions, feed, world, new_id)
    async with feed.running(), made.stack:
        yield made


async def response(responses: Responses) -> Any:
    """The next response; None when there are no more."""
    async with asyncio.timeout(60):
        answer = await anext(responses, None)
    return None if answer is None else orjson.loads(answer.body)


async def event(responses: Responses) -> Any:
    """The next event."""
    answer = await response(responses)
    assert answer is not None
    assert "errors" not in answer, answer
    return answer["data"]["changed"]


async def test_each_step_of_a_request_is_told_as_it_is_when_it_is_told(subscriber: Subscriber, world: World) -> None:
    stream = await subscriber.subscribe(world.caller(world.authority), REQUESTS, after=await subscriber.now())
    request_id = await subscriber.request()
    told = await event(stream)
    assert told["kind"] == "cooperation_requested"
    assert told["at"] == "2026-11-22T12:00:00+00:00"
    assert told["cooperationRequest"] == {
        "id": to_global("CooperationRequest", request_id),
        "status": "SENT",
        "child": {"familyName": "Testchild"},
    }
    await subscriber.accept(request_id)
    told = await event(stream)
    assert (told["kind"], told["cooperationRequest"]["status"]) == ("cooperation_accepted", "ACCEPTED")


async def test_a_notice_is_told_to_whom_it_is_addressed(subscriber: Subscriber, world: World) -> None:
    """Regs 5(2), 25(1): the authority follows all that it gives, the responsible commissioning body its own, in words;
    another body hears of none."""
    start, own = await subscriber.now(), world.caller(world.authority)
    about = About("Assessment", world.assessment, world.authority, world.child)
    async with subscriber.transactions.begin(own) as tx:
        for kind in (NoticeKind.WILL_REASSESS, NoticeKind.WILL_ASSESS):
            await give_notice(tx, kind, about)
    all_of_them = await subscriber.subscribe(own, NOTICES, after=start)
    told = [(await event(all_of_them))["notice"] for _ in range(3)]
    assert sorted((each["kind"], each["givenTo"]) for each in told) == [
        ("WILL_ASSESS", "COMMISSIONER"),
        ("WILL_ASSESS", "FAMILY"),
        ("WILL_REASSESS", "FAMILY"),
    ]
    boards = await subscriber.subscribe(world.caller(world.board), NOTICES, after=start)
    mine = await event(boards)
    assert (mine["kind"], mine["notice"]["addressedTo"]) == ("notice_given", {"name": "Mere and Vale ICB"})
    assert "will secure an EHC needs assessment" in mine["notice"]["text"]
    some = await subscriber.subscribe(own, NOTICES, after=start, kinds=["WILL_REASSESS"], authority="990")
    assert (await event(some))["notice"]["kind"] == "WILL_REASSESS"
    others = await subscriber.subscribe(world.caller(world.other_board), NOTICES, after=start)
    waiting = asyncio.ensure_future(response(others))
    await subscriber.everything_can_be_told()
    await asyncio.sleep(0.2)
    subscriber.feed.stop()
    assert (await waiting)["errors"][0]["extensions"] == {"code": "BUSY", "rule": "stopping"}


async def test_without_a_cursor_only_what_is_new_is_told(subscriber: Subscriber, world: World) -> None:
    old = await subscriber.request()
    stream = await subscriber.subscribe(world.caller(world.authority), REQUESTS)
    first = asyncio.ensure_future(event(stream))
    new: set[str] = set()
    while not first.done():
        new.add(to_global("CooperationRequest", await subscriber.request()))
        await asyncio.sleep(0.05)
    told = (await first)["cooperationRequest"]["id"]
    assert told in new
    assert told != to_global("CooperationRequest", old)


async def test_after_a_cursor_nothing_is_missed_and_nothing_is_told_twice(subscriber: Subscriber, world: World) -> None:
    start = await subscriber.now()
    asked = [to_global("CooperationRequest", await subscriber.request()) for _ in range(3)]
    stream = await subscriber.subscribe(world.caller(world.authority), REQUESTS, after=start)
    told = [await event(stream) for _ in range(3)]
    assert [each["cooperationRequest"]["id"] for each in told] == asked
    again = await subscriber.subscribe(world.caller(world.authority), REQUESTS, after=told[0]["cursor"])
    assert [(await event(again))["cursor"] for _ in range(2)] == [each["cursor"] for each in told[1:]]


async def test_what_is_told_is_on_record_before_it_is_sent(subscriber: Subscriber, world: World) -> None:
    stream = await subscriber.subscribe(world.caller(world.authority), REQUESTS, after=await subscriber.now())
    for count in (1, 2):
        await subscriber.request()
        await event(stream)
        disclosures = await subscriber.disclosures()
        assert len(disclosures) == count
        assert set(disclosures[-1].parts_shown) == {Part.COOPERATION, Part.EXISTENCE, Part.IDENTITY}


async def test_an_event_without_its_object_shows_nothing_of_a_child(subscriber: Subscriber, world: World) -> None:
    """Nor is it receipt: nobody has read the request."""
    stream = await subscriber.subscribe(world.caller(world.trust), KINDS, after=await subscriber.now())
    request_id = await subscriber.request()
    assert (await event(stream))["kind"] == "cooperation_requested"
    await subscriber.accept(request_id)
    assert (await event(stream))["kind"] == "cooperation_accepted"
    assert await subscriber.disclosures() == []


async def test_to_the_body_that_is_asked_being_told_is_receipt(subscriber: Subscriber, world: World) -> None:
    stream = await subscriber.subscribe(world.caller(world.trust), REQUESTS, after=await subscriber.now())
    await subscriber.request()
    told = [await event(stream) for _ in range(2)]
    assert [(each["kind"], each["cooperationRequest"]["status"]) for each in told] == [
        ("cooperation_requested", "SENT"),
        ("cooperation_request_received", "RECEIVED"),
    ]


async def test_what_does_not_exist_for_the_caller_is_not_told(subscriber: Subscriber, world: World) -> None:
    stream = await subscriber.subscribe(world.caller(world.other_trust), REQUESTS, after=await subscriber.now())
    await subscriber.request(world.trust)
    own = await subscriber.request(world.other_trust)
    assert (await event(stream))["cooperationRequest"]["id"] == to_global("CooperationRequest", own)


@pytest.mark.parametrize(
    ("narrowed", "told"),
    [({"addressedTo": "RX2"}, 1), ({"authority": "990"}, 0), ({"authority": "990", "addressedTo": "RX2"}, 1)],
)
async def test_requests_can_be_narrowed_by_body(subscriber: Subscriber, world: World, narrowed: Any, told: int) -> None:
    start = await subscriber.now()
    asked = [await subscriber.request(world.trust), await subscriber.request(world.other_trust)]
    stream = await subscriber.subscribe(world.caller(world.authority), REQUESTS, after=start, **narrowed)
    assert (await event(stream))["cooperationRequest"]["id"] == to_global("CooperationRequest", asked[told])


async def test_a_duty_is_told_of_when_what_it_belongs_to_changes(subscriber: Subscriber, world: World) -> None:
    holder = to_global("Organisation", world.trust)
    stream = await subscriber.subscribe(
        world.caller(world.authority), DUTIES, after=await subscriber.now(), holder=holder
    )
    await subscriber.request(world.other_trust)
    request_id = await subscriber.request()
    assert (await event(stream))["duty"] == {"state": "WAITING_TO_START"}
    async with subscriber.transactions.begin(world.caller(world.trust)) as tx:
        await cooperation.receive(tx, [request_id])
    told = await event(stream)
    assert (told["kind"], told["duty"]) == ("cooperation_request_received", {"state": "RUNNING"})


async def test_duties_can_be_narrowed_by_what_they_are_now(subscriber: Subscriber, world: World) -> None:
    start = await subscriber.now()
    await subscriber.request()
    running = await subscriber.request()
    async with subscriber.transactions.begin(world.caller(world.trust)) as tx:
        await cooperation.receive(tx, [running])
    caller = world.caller(world.authority)
    stream = await subscriber.subscribe(caller, DUTIES, after=start, states=["RUNNING", "OVERDUE"])
    assert (await event(stream))["duty"] == {"state": "RUNNING"}


async def test_a_plan_is_told_of_with_what_is_open_of_it(subscriber: Subscriber, world: World) -> None:
    start = await subscriber.now()
    await subscriber.tell_of_plan("plan_finalised")
    stream = await subscriber.subscribe(world.caller(world.board), PLANS, after=start, authority="990")
    told = await event(stream)
    assert (told["kind"], told["plan"]["id"]) == ("plan_finalised", to_global("Plan", world.plan))
    assert "G" in {each["code"] for each in told["plan"]["sections"]}


async def test_when_the_caller_may_ask_no_longer_the_stream_ends(subscriber: Subscriber, world: World) -> None:
    """Between two events its client is disabled: the second is not told."""
    may_ask = True

    async def caller_of() -> Caller:
        if not may_ask:
            raise Problem(Kind.UNAUTHENTICATED, "the token has expired", rule="token-expired")
        return world.caller(world.authority)

    stream = await subscriber.subscribe(caller_of, REQUESTS, after=await subscriber.now())
    await subscriber.request()
    await event(stream)
    may_ask = False
    await subscriber.request()
    ended = await response(stream)
    assert ended["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED", "rule": "token-expired"}
    assert "data" not in ended
    assert await response(stream) is None
    assert len(await subscriber.disclosures()) == 1


async def test_when_the_relationship_ends_no_further_event_is_told(subscriber: Subscriber, world: World) -> None:
    """Another body becomes the commissioner: what is done about the plan is not the board's business any more."""
    stream = await subscriber.subscribe(world.caller(world.board), PLANS, after=await subscriber.now())
    await subscriber.tell_of_plan("plan_served")
    assert (await event(stream))["kind"] == "plan_served"
    async with subscriber.transactions.database.begin(None) as connection:
        await connection.execute(update(tables.responsibility).values(ends_on=date(2026, 11, 21)))
    await subscriber.tell_of_plan("plan_finalised")
    await subscriber.everything_can_be_told()
    subscriber.feed.stop()
    assert (await response(stream))["errors"][0]["extensions"]["rule"] == "stopping"


WRONG: list[tuple[str, Any, str | None]] = [
    (REQUESTS, {"after": "nonsense"}, "cursor-malformed"),
    (REQUESTS, {"after": ""}, "cursor-malformed"),
    (REQUESTS, {"after": "é"}, "cursor-malformed"),
    (REQUESTS, {"after": "WyJldmVudCIsIC0xLCAiIiwgIiJd"}, "cursor-malformed"),
    (REQUESTS, {"after": "WyJldmVudCIsIDEsIDIsIDNd"}, "cursor-malformed"),
    (DUTIES, {"holder": "nonsense"}, "id-malformed"),
    (REQUESTS, {"authority": "nonsense"}, None),
    ("subscription { planChanged { kind } dutyChanged { kind } }", {}, None),
    ("subscription { planChanged { colour } }", {}, None),
]


async def test_a_wrong_argument_ends_it_before_it_begins(subscriber: Subscriber, world: World) -> None:
    for document, variables, rule in WRONG:
        stream = await subscriber.subscribe(world.caller(world.authority), document, **variables)
        answer = await response(stream)
        extensions = answer["errors"][0]["extensions"]
        assert (extensions["code"], extensions.get("rule"), "data" in answer) == ("INVALID", rule, False), variables
        assert await response(stream) is None


async def test_a_subscription_takes_the_scope_of_what_it_tells(subscriber: Subscriber, world: World) -> None:
    for document, scope in ((KINDS, "cooperation.read"), (DUTIES, "child.read"), (PLANS, "plan.read")):
        caller = world.caller(world.authority, scopes=ALL_SCOPES - {scope})
        answer = await response(await subscriber.subscribe(caller, document))
        assert (answer["errors"][0]["extensions"]["code"], "data" in answer) == ("FORBIDDEN", False)


async def test_a_query_and_a_mutation_have_one_response_each(subscriber: Subscriber, world: World) -> None:
    stream = await subscriber.subscribe(world.caller(world.authority), "{ viewer { clientId } }")
    assert await response(stream) == {"data": {"viewer": {"clientId": "client-of-990"}}}
    assert await response(stream) is None


async def test_when_the_hub_stops_who_waits_is_told(subscriber: Subscriber, world: World) -> None:
    stream = await subscriber.subscribe(world.caller(world.authority), KINDS, after=await subscriber.now())
    waiting = asyncio.ensure_future(response(stream))
    await asyncio.sleep(0.1)
    subscriber.feed.stop()
    assert (await waiting)["errors"][0]["extensions"] == {"code": "BUSY", "rule": "stopping"}
    assert await response(stream) is None


async def test_a_subscription_is_not_answered_at_once(subscriber: Subscriber, world: World) -> None:
    request = Request(KINDS, None, None)
    answer = await subscriber.execution.execute(request, world.caller(world.authority))
    assert "text/event-stream" in answer["errors"][0]["message"]
    assert "data" not in answer
