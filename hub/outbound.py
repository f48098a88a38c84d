"""Events out, as a worker does it: what sends them and in which forms, and the loop that never ends."""

import asyncio
from random import SystemRandom
from uuid import UUID

import structlog

from adapters.nhs_fhir.subscription_notification import Notification
from adapters.portal_webhook import Webhook
from adapters.posting import Sender
from hub.actions.delivering import Deliverer
from hub.actions.telling import Send
from hub.actions.transaction import Transactions
from hub.auth.keys import delivery_key
from hub.auth.sealed import Sealing
from hub.clock import utc_now
from hub.db.feed import Feed
from hub.law.deliveries import ReceiverKind
from hub.settings import Settings
from schema.ids import to_global
from schema.subscribing import cursor_of

LAST_S = 20.0
"""How long what is being delivered may take when the worker stops, seconds."""
log = structlog.get_logger()


def sender(settings: Settings) -> Sender:
    """What sends deliveries, as the settings say."""
    return Sender(clock=utc_now, production=settings.production, ca_file=settings.delivery_ca_file)


def deliverer(settings: Settings, transactions: Transactions, send: Send) -> Deliverer:
    """Deliveries in both forms, on these transactions."""
    return Deliverer(
        transactions,
        forms={
            ReceiverKind.WEBHOOK: Webhook(global_id=to_global, cursor=cursor_of),
            ReceiverKind.FHIR_SUBSCRIPTION: Notification(settings),
        },
        send=send,
        sealing=Sealing(delivery_key(settings)),
        production=settings.production,
        random=SystemRandom(),
    )


async def keep_delivering(deliveries: Deliverer, feed: Feed) -> None:
    """Derive and send deliveries for ever. Each receiver is told beside the others: a slow one keeps nobody waiting."""
    under_way: dict[UUID, asyncio.Task[None]] = {}
    try:
        while True:
            horizon = feed.horizon
            try:
                await deliveries.derive()
                for receiver_id in await deliveries.due():
                    if receiver_id not in under_way:
                        under_way[receiver_id] = asyncio.create_task(_send_to(deliveries, receiver_id))
            except Exception as error:
                _complain(error)
                await asyncio.sleep(1)
            await feed.beyond(horizon)
            under_way = {key: task for key, task in under_way.items() if not task.done()}
    finally:
        if under_way:
            await asyncio.wait(under_way.values(), timeout=LAST_S)


async def _send_to(deliveries: Deliverer, receiver_id: UUID) -> None:
    try:
        await deliveries.send_to(receiver_id)
    except Exception as error:
        _complain(error)


def _complain(error: Exception) -> None:
    """What goes wrong is tried again: what is to be delivered waits in the database."""
    log.error("events_not_delivered", error=type(error).__name__, exc_info=error)
