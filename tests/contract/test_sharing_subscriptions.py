"""A subscription is asked again at each event: when what opened the record has ended, nothing more is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, update

from hub.actions import disclosure
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.db.feed import Feed
from hub.law.caller import Caller
from hub.law.reg17_consent import CapacityBasis, Consent, ConsentGiver
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import DisclosureDecision, Ground
from hub.law.vocabulary import SharingMode
from tests.conftest import NOW
from tests.contract.test_subscriptions import PLANS, Subscriber, event
from tests.world import ALL_SCOPES, World

TODAY = NOW.date()


@dataclass(frozen=True)
class Following:
    """Who follows, and how what lets it follow begins and ends."""

    body: Callable[[World], UUID]
    purpose: Purpose
    begin: Callable[[Transactions, World], Awaitable[UUID | None]]
    end: Callable[[Transactions, World, UUID | None], Awaitable[None]]


def authority(world: World) -> Caller:
    return world.caller(world.authority, scopes=ALL_SCOPES | {"arrangement.write"})


async def decide(transactions: Transactions, world: World) -> UUID:
    decision = DisclosureDecision(
        ground=Ground.INTERESTS_OF_THE_CHILD,
        recipients=frozenset({world.other_trust}),
        purposes=frozenset({Purpose.PROVISION_DELIVERY}),
        parts=frozenset({Part.SECTION_F}),
        officer="Plan co-ordinator",
        reasons="To deliver it.",
        starts_on=TODAY,
    )
    async with transactions.begin(authority(world)) as tx:
        return await disclosure.decide_disclosure(tx, child_id=world.child, decision=decision)


async def revoke(transactions: Transactions, world: World, decision: UUID | None) -> None:
    assert decision is not None
    async with transactions.begin(authority(world)) as tx:
        await disclosure.revoke_disclosure(tx, decision_id=decision)


async def consent(transactions: Transactions, world: World) -> UUID:
    given = Consent(
        giver=ConsentGiver.PARENT,
        basis=CapacityBasis.CHILD_DOES_NOT_UNDERSTAND,
        recipients=frozenset({world.other_trust}),
        purposes=frozenset({Purpose.ANNUAL_REVIEW}),
        parts=frozenset({Part.SECTION_A}),
        given_on=TODAY,
    )
    async with transactions.begin(authority(world)) as tx:
        return await disclosure.record_consent(tx, child_id=world.child, given_by="Pat Testchild", consent=given)


async def withdraw(transactions: Transactions, world: World, consent_id: UUID | None) -> None:
    assert consent_id is not None
    async with transactions.begin(authority(world)) as tx:
        await disclosure.withdraw_consent(tx, consent_id=consent_id, on=None)


async def arrange(transactions: Transactions, world: World) -> UUID:
    """Arrangements in force, which the authority's decision on this child takes over (reg. 17(1)(a))."""
    arrangement, since = uuid4(), TODAY - timedelta(days=30)
    of_it: dict[str, Any] = {"arrangement_id": arrangement}
    rule = {
        "recipient_kinds": [],
        "recipients": [world.other_trust],
        "purposes": [Purpose.ANNUAL_REVIEW],
        "parts": [Part.SECTION_F],
        "mode": SharingMode.CONTENT,
        "ground": "reg. 17(1)(a)",
        "starts_on": since,
    }
    async with transactions.begin(None) as tx:
        run = tx.connection.execute
        await run(
            insert(tables.arrangement).values(
                id=arrangement, authority_id=world.authority, title="Together", version=1, in_force_from=since
            )
        )
        for body in (world.authority, world.board):
            await run(
                insert(tables.arrangement_party).values(**of_it, id=uuid4(), body_id=body, role="PARTY", signed_at=NOW)
            )
        await run(insert(tables.sharing_rule).values(**of_it, id=uuid4(), **rule))
    taking_over = DisclosureDecision(
        ground=Ground.INTERESTS_OF_THE_CHILD,
        recipients=frozenset({world.other_trust}),
        purposes=frozenset({Purpose.ANNUAL_REVIEW}),
        parts=frozenset(),
        officer="Plan co-ordinator",
        reasons="To prepare the review.",
        starts_on=TODAY,
        arrangement=arrangement,
    )
    async with transactions.begin(authority(world)) as tx:
        await disclosure.decide_disclosure(tx, child_id=world.child, decision=taking_over)
    return arrangement


async def supersede(transactions: Transactions, _: World, arrangement: UUID | None) -> None:
    """As another version does that comes into force: the decision stands, and there is nothing that it takes over."""
    async with transactions.begin(None) as tx:
        ended = update(tables.arrangement).where(tables.arrangement.c.id == arrangement)
        await tx.connection.execute(ended.values(in_force_to=TODAY - timedelta(days=1)))


async def is_there(_: Transactions, __: World) -> None:
    """The commissioner's responsibility is part of the small world."""


async def pass_on(transactions: Transactions, world: World, _: UUID | None) -> None:
    """Another body is the responsible commissioner from today."""
    held = tables.responsibility
    async with transactions.begin(None) as tx:
        ended = update(held).where(held.c.body_id == world.board).values(ends_on=TODAY - timedelta(days=1))
        await tx.connection.execute(ended)


@pytest.fixture
async def subscriber(transactions: Transactions, world: World, new_id: Callable[[], UUID]) -> AsyncIterator[Subscriber]:
    feed = Feed(transactions.database)
    made = Subscriber(transactions, feed, world, new_id)
    async with feed.running(), made.stack:
        yield made


@pytest.mark.parametrize(
    "following",
    [
        Following(lambda world: world.other_trust, Purpose.PROVISION_DELIVERY, decide, revoke),
        Following(lambda world: world.other_trust, Purpose.ANNUAL_REVIEW, consent, withdraw),
        Following(lambda world: world.other_trust, Purpose.ANNUAL_REVIEW, arrange, supersede),
        Following(lambda world: world.board, Purpose.OWN_FUNCTIONS, is_there, pass_on),
    ],
    ids=["decision revoked", "consent withdrawn", "arrangement superseded", "responsibility ended"],
)
async def test_nothing_more_is_told_when_what_opened_the_record_has_ended(
    subscriber: Subscriber, transactions: Transactions, world: World, following: Following
) -> None:
    follower = replace(world.caller(following.body(world), purpose=following.purpose), purposes=frozenset(Purpose))
    opened = await following.begin(transactions, world)
    start = await subscriber.now()
    theirs = await subscriber.subscribe(follower, PLANS, after=start)
    own = await subscriber.subscribe(authority(world), PLANS, after=start)
    await subscriber.tell_of_plan("plan_amended")
    assert (await event(theirs))["kind"] == (await event(own))["kind"] == "plan_amended"
    await following.end(transactions, world, opened)
    await subscriber.tell_of_plan("plan_finalised")
    waiting = asyncio.ensure_future(event(theirs))
    assert (await event(own))["kind"] == "plan_finalised"
    await subscriber.everything_can_be_told()
    await asyncio.sleep(0.3)
    assert not waiting.done()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting


GLASS = """subscription($after: String) { changed: glassBroken(after: $after) {
    kind brokenGlass { reason alertedTo acknowledgement { finding } } } }"""


async def test_a_privacy_officer_watches_for_broken_glass(
    subscriber: Subscriber, transactions: Transactions, world: World
) -> None:
    """The body whose record it is is told at once, and again when somebody has reviewed it; another body never."""
    start = await subscriber.now()
    own = await subscriber.subscribe(authority(world), GLASS, after=start)
    other = await subscriber.subscribe(world.caller(world.other_authority), GLASS, after=start)
    waiting = asyncio.ensure_future(event(other))
    safeguarding = replace(
        world.caller(world.other_trust, purpose=Purpose.SAFEGUARDING), purposes=frozenset({Purpose.SAFEGUARDING})
    )
    async with transactions.begin(safeguarding) as tx:
        (glass,) = await disclosure.break_glass(
            tx, sought=disclosure.Sought(world.child, None), reason="Alone at night."
        )
    told = await event(own)
    broken = {"reason": "Alone at night.", "alertedTo": "BODY", "acknowledgement": None}
    assert told == {"kind": "glass_broken", "brokenGlass": broken}
    async with transactions.begin(authority(world)) as tx:
        await disclosure.acknowledge_glass(tx, glass_id=glass, finding="Justified.")
    told = await event(own)
    assert told["kind"] == "glass_acknowledged"
    assert told["brokenGlass"]["acknowledgement"] == {"finding": "Justified."}
    await subscriber.everything_can_be_told()
    assert not waiting.done()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
