"""Tells receivers of events: each that concerns one becomes a delivery, and each delivery is sent until it is received.

What a receiver is told is derived from the feed, by a place that is kept with the receiver: the place and the
deliveries up to it are written in one transaction, so that none is missed and none is made twice, whichever worker does
it and whenever it dies. A delivery has one id for ever. Before each attempt the guard is asked again, behind the second
lock, and that something is told of a child is on record before it leaves.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import structlog

from hub.actions.addresses import read_address
from hub.actions.delivery_outcomes import keep
from hub.actions.receivers import caller_of, turn_off
from hub.actions.telling import WITHHELD, Form, Letter, Outcome, Rendered, Send, Topic, disclose, may_know
from hub.actions.transaction import Transaction, Transactions
from hub.audit import Operation
from hub.auth.sealed import NotOpenedError, Sealing
from hub.db import deliveries, feed, receivers
from hub.db.deliveries import Delivery
from hub.db.feed import Place, Told
from hub.db.receivers import Receiver
from hub.db.session import behind_the_lock
from hub.db.sharing import Asking
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.law.deliveries import DeliveryStatus, OffBecause, ReceiverKind, ReceiverStatus, SecretKind, Telling

LEASE_S = 60.0
"""How long a delivery that was taken up is nobody else's, seconds: longer than any attempt takes."""
AT_ONCE = 4
"""How many deliveries are under way to one receiver; to one that fails, one."""
RECEIVERS_AT_ONCE = 32
"""So many are sent to side by side; the others wait for their turn, and what waits for them is not taken up before."""
EVENTS_AT_ONCE = 200
log = structlog.get_logger()


class Deliverer:
    """Derives deliveries and sends them. Any number may work on one database."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        forms: Mapping[ReceiverKind, Form],
        send: Send,
        sealing: Sealing,
        production: bool,
        random: Random,
        lease_s: float = LEASE_S,
    ) -> None:
        self._transactions = transactions
        self._forms = forms
        self._send = send
        self._sealing = sealing
        self._production = production
        self._random = random
        self._lease_s = lease_s
        self._under_way = asyncio.Semaphore(RECEIVERS_AT_ONCE)

    async def derive(self) -> int:
        """Make the deliveries of what was done since the last look, for every receiver; how many."""
        async with self._transactions.begin(None) as tx:
            active = await receivers.all_of_them(tx.connection, ReceiverStatus.ACTIVE)
            newest = await feed.newest(tx.connection, below=await feed.horizon_of(tx.connection))
        made = 0
        for each in active:
            try:
                if each.place.recorded_in <= newest or _has_ended(each, tx.now):
                    made += await self._derive_all(each.id)
                elif _needs_heartbeat(each, tx.now):
                    await self._beat(each.id)
            except Exception as error:  # what is wrong with one receiver keeps no other from being told
                log.error("events_not_derived", reference=str(each.id), exc_info=error)
        return made

    async def _derive_all(self, receiver_id: UUID) -> int:
        made, goes_on = 0, True
        while goes_on:
            count, goes_on = await self._derive_some(receiver_id)
            made += count
        return made

    async def _beat(self, receiver_id: UUID) -> None:
        """Nothing was told for as long as the receiver said: tell it that the hub is there."""
        async with self._transactions.begin(None) as tx:
            receiver = await receivers.find(tx.connection, receiver_id, for_update=True, skip_locked=True)
            if receiver is not None and _needs_heartbeat(receiver, tx.now):
                # Counted as told from now, or every worker would make one until it has arrived.
                await receivers.set_fields(tx.connection, receiver_id, {"last_told_at": tx.now})
                await deliveries.add_other(
                    tx.connection, receiver, Telling.HEARTBEAT, delivery_id=tx.new_id(), topic="heartbeat", now=tx.now
                )

    async def _derive_some(self, receiver_id: UUID) -> tuple[int, bool]:
        """The next deliveries of one receiver: how many, and whether there may be more. Where another worker makes
        them, none."""
        async with self._transactions.begin(None) as tx:
            receiver = await receivers.find(tx.connection, receiver_id, for_update=True, skip_locked=True)
            if receiver is None or receiver.status is not ReceiverStatus.ACTIVE:
                return 0, False
            if _has_ended(receiver, tx.now):
                await turn_off(tx, receiver, OffBecause.ENDED)
                return 0, False
            caller = await caller_of(tx, receiver, production=self._production)
            if caller is None:
                await turn_off(tx, receiver, OffBecause.CLIENT_CANNOT_ACT)
                return 0, False
            horizon = await feed.horizon_of(tx.connection)
            found, end = await self._events(tx, receiver, caller, horizon)
            await deliveries.add_events(tx.connection, receiver, found, now=tx.now)
            place = receivers.place_values(end or Place(horizon))
            await receivers.set_fields(tx.connection, receiver.id, place)
            return len(found), end is not None

    async def _events(
        self, tx: Transaction, receiver: Receiver, caller: Caller, horizon: int
    ) -> tuple[list[tuple[str, Told]], Place | None]:
        """The next events by topic, in order; and the last place looked at, where there may be more after it."""
        found: list[tuple[str, Told]] = []
        end: Place | None = None
        async with behind_the_lock(tx.connection, caller.organisation):
            for topic in self._topics(receiver, caller):
                events = await feed.events(
                    tx.connection,
                    topic.about_type,
                    Asking.of(caller, tx.today, tx.now),
                    after=receiver.place,
                    below=horizon,
                    conditions=topic.conditions,
                    most=EVENTS_AT_ONCE,
                    kinds=topic.kinds,
                )
                found += [(topic.name, each) for each in events]
                if len(events) == EVENTS_AT_ONCE:
                    last = events[-1].place
                    end = last if end is None else min(end, last)
        found.sort(key=lambda each: each[1].place)
        return (found, None) if end is None else ([each for each in found if each[1].place <= end], end)

    def _topics(self, receiver: Receiver, caller: Caller) -> list[Topic]:
        known = self._forms[receiver.kind].topics
        return [known[name] for name in receiver.topics if name in known and known[name].may_be_told(caller)]

    async def due(self) -> list[UUID]:
        """The receivers that something can be sent to now."""
        async with self._transactions.begin(None) as tx:
            return await deliveries.due_receivers(tx.connection, now=tx.now)

    async def send_due(self) -> int:
        """Send everything that can be sent now, to all receivers side by side; how many attempts were made."""
        return sum(await asyncio.gather(*(self.send_to(each) for each in await self.due())))

    async def send_to(self, receiver_id: UUID) -> int:
        """Send everything that can be sent to one receiver now; how many attempts were made."""
        attempts = 0
        while count := await self._send_some(receiver_id):
            attempts += count
        return attempts

    async def _send_some(self, receiver_id: UUID) -> int:
        async with self._under_way:
            claimed = await self._claim(receiver_id)
            await asyncio.gather(*(self._deliver(each) for each in claimed))
        return len(claimed)

    async def try_out(self, receiver_id: UUID) -> Outcome:
        """Send a test to a receiver, once, and answer how it went; nothing is kept of it."""
        async with self._transactions.begin(None) as tx:
            receiver = await receivers.find(tx.connection, receiver_id)
            if receiver is None:
                return Outcome("receiver-unknown")
            test = tx.new_id()
            await deliveries.add_other(
                tx.connection, receiver, Telling.TEST, delivery_id=test, topic="test", now=tx.now
            )
            claimed = await self._take_up(tx, receiver, only=test)
        return await self._deliver(claimed[0]) if claimed else Outcome("not-claimed")

    async def _claim(self, receiver_id: UUID) -> list[Delivery]:
        async with self._transactions.begin(None) as tx:
            receiver = await receivers.find(tx.connection, receiver_id)
            if receiver is None or receiver.status is ReceiverStatus.OFF:
                return []
            if receiver.paused_until is not None and receiver.paused_until > tx.now:
                return []
            return await self._take_up(tx, receiver)

    async def _take_up(self, tx: Transaction, receiver: Receiver, only: UUID | None = None) -> list[Delivery]:
        return await deliveries.claim(
            tx.connection,
            receiver,
            now=tx.now,
            most=AT_ONCE if receiver.failing_since is None else 1,
            lease_s=self._lease_s,
            claim_id=tx.new_id(),
            only=only,
        )

    async def _deliver(self, delivery: Delivery) -> Outcome:
        """Send one. Where the database is away, the claim ends by itself and it is taken up again."""
        try:
            letter = await self._prepare(delivery)
            outcome = WITHHELD if letter is None else await self._send(letter)
        except NotOpenedError:
            outcome = Outcome("secret-not-opened")
        except Problem as problem:
            if problem.kind is Kind.BUSY:
                return Outcome("busy")
            outcome = Outcome(problem.rule)
        except Exception as error:
            log.error("delivery_not_sent", reference=str(delivery.id), exc_info=error)
            outcome = Outcome("fault-of-the-hub")
        if outcome != WITHHELD:
            async with self._transactions.begin(None) as tx:
                await keep(tx, delivery, outcome, self._random)
        return outcome

    async def _prepare(self, delivery: Delivery) -> Letter | None:
        """What to send; None where it is not to be sent, which is written down. What it discloses is on record then."""
        async with self._transactions.begin(None) as tx:
            receiver = await receivers.find(tx.connection, delivery.receiver_id)
            caller = await caller_of(tx, receiver, production=self._production) if receiver else None
            if receiver is None:
                return None
            if caller is None:
                await turn_off(tx, receiver, OffBecause.CLIENT_CANNOT_ACT)
                return None
            if not await self._may_know(tx, receiver, caller, delivery):
                await deliveries.settle(
                    tx.connection, delivery, DeliveryStatus.WITHHELD, now=tx.now, failed_with="not-found"
                )
                return None
            rendered = await self._rendered(tx, receiver, caller, delivery)
            to = read_address(receiver.address, production=self._production)
            return Letter(
                id=delivery.id,
                at=tx.now,
                address=receiver.address,
                destination=await receivers.destination(tx.connection, receiver.client_id, to.host, to.port),
                rendered=rendered,
                secrets=await self._secrets(tx, receiver),
            )

    async def _may_know(self, tx: Transaction, receiver: Receiver, caller: Caller, delivery: Delivery) -> bool:
        """Whether what the delivery is about exists for the receiver now."""
        if delivery.about is None:
            return True
        topic = next((each for each in self._topics(receiver, caller) if each.name == delivery.topic), None)
        if topic is None:
            return False
        asking = Asking.of(caller, tx.today, tx.now)
        async with behind_the_lock(tx.connection, caller.organisation):
            return await may_know(tx.connection, topic, delivery.about, asking)

    async def _rendered(self, tx: Transaction, receiver: Receiver, caller: Caller, delivery: Delivery) -> Rendered:
        """What is sent, with what it discloses put on record."""
        form, is_first = self._forms[receiver.kind], delivery.number is None
        delivery = await _numbered(tx, delivery)
        theirs = Transaction(tx.connection, caller=caller, now=tx.now, new_id=tx.new_id)
        async with behind_the_lock(tx.connection, caller.organisation):
            rendered = await form.render(theirs, receiver, delivery)
            if is_first and delivery.about is not None:
                operation = Operation(f"delivery:{delivery.topic}", f"{receiver.kind} {receiver.content}")
                await disclose(theirs, delivery.about, form.topics[delivery.topic].part, operation)
        return rendered

    async def _secrets(self, tx: Transaction, receiver: Receiver) -> list[tuple[SecretKind, bytes]]:
        """Raises `NotOpenedError`."""
        kept = await receivers.secrets(tx.connection, receiver.id, now=tx.now)
        return [(each.kind, self._sealing.open(each.sealed, of=each.id)) for each in kept]


def _has_ended(receiver: Receiver, now: datetime) -> bool:
    return receiver.ends_at is not None and receiver.ends_at <= now


def _needs_heartbeat(receiver: Receiver, now: datetime) -> bool:
    if receiver.heartbeat_s is None or receiver.status is not ReceiverStatus.ACTIVE or receiver.failing_since:
        return False
    return now - (receiver.last_told_at or receiver.updated_at) >= timedelta(seconds=receiver.heartbeat_s)


async def _numbered(tx: Transaction, delivery: Delivery) -> Delivery:
    """With the number under which the receiver is told of this event."""
    if delivery.about is None or delivery.number is not None:
        return delivery
    number = await receivers.next_number(tx.connection, delivery.receiver_id)
    await deliveries.give_number(tx.connection, delivery.id, number)
    return replace(delivery, number=number)
