"""How an attempt to deliver ended, written down: received, to be tried again, or given up."""

from datetime import timedelta
from random import Random
from typing import Any

import structlog

from hub.actions.delivery_schedule import next_try, paused_until
from hub.actions.receivers import turn_off
from hub.actions.telling import Outcome
from hub.actions.transaction import Transaction
from hub.db import deliveries, receivers
from hub.db.deliveries import Delivery
from hub.db.receivers import Receiver
from hub.law.deliveries import DeliveryStatus, OffBecause, ReceiverStatus, Telling

AWAY_LONG = timedelta(seconds=60)
"""A receiver that was away for longer gets at once what waits for it."""
log = structlog.get_logger()


async def keep(tx: Transaction, delivery: Delivery, outcome: Outcome, random: Random) -> None:
    """Write down how an attempt ended."""
    receiver = await receivers.find(tx.connection, delivery.receiver_id, for_update=True)
    if receiver is None:
        return
    if outcome.failed_with is None:
        await _received(tx, receiver, delivery)
    else:
        await _failed(tx, receiver, delivery, outcome, random)
    log.info("delivery_tried", kind=delivery.telling, reference=str(delivery.id), status=outcome.failed_with or "ok")


async def _failed(tx: Transaction, receiver: Receiver, delivery: Delivery, outcome: Outcome, random: Random) -> None:
    code = outcome.failed_with or ""
    if delivery.telling is Telling.TEST:
        return await deliveries.drop(tx.connection, delivery.id)
    failures = receiver.failures + 1
    pause = paused_until(failures=failures, now=tx.now, random=random)
    failing = {"failures": failures, "failing_since": receiver.failing_since or tx.now, "failed_with": code}
    await receivers.set_fields(tx.connection, receiver.id, failing | {"paused_until": pause})
    if delivery.telling is Telling.HEARTBEAT:
        return await deliveries.drop(tx.connection, delivery.id)
    if outcome.gone:
        await turn_off(tx, receiver, OffBecause.GONE)
        return await deliveries.try_again(tx.connection, delivery, due_at=tx.now, failed_with=code)
    due_at = next_try(
        attempts=delivery.attempts,
        first_tried_at=delivery.first_tried_at or tx.now,
        now=tx.now,
        asked_for=outcome.retry_after,
        random=random,
    )
    if due_at is not None:
        return await deliveries.try_again(tx.connection, delivery, due_at=due_at, failed_with=code)
    await deliveries.settle(tx.connection, delivery, DeliveryStatus.DEAD, now=tx.now, failed_with=code)
    if receiver.last_told_at is None or receiver.last_told_at < (delivery.first_tried_at or tx.now):
        await turn_off(tx, receiver, OffBecause.EXHAUSTED)
    return None


async def _received(tx: Transaction, receiver: Receiver, delivery: Delivery) -> None:
    well: dict[str, Any] = dict.fromkeys(("failing_since", "failed_with", "paused_until"))
    well |= {"failures": 0, "last_told_at": tx.now}
    if delivery.telling is Telling.HANDSHAKE and receiver.status is ReceiverStatus.REQUESTED:
        well["status"] = ReceiverStatus.ACTIVE
    await receivers.set_fields(tx.connection, receiver.id, well)
    if delivery.telling is Telling.EVENT:
        await deliveries.settle(tx.connection, delivery, DeliveryStatus.DELIVERED, now=tx.now, failed_with=None)
    else:
        await deliveries.drop(tx.connection, delivery.id)
    if receiver.failing_since is not None and tx.now - receiver.failing_since >= AWAY_LONG:
        await deliveries.pull_forward(tx.connection, receiver.id, now=tx.now)
