"""Runs the jobs: binds their names to functions. Procrastinate fetches, locks, retries and keeps the periodic ones.

The audit log is sealed beside them and not in the queue: nothing that waits there may keep a seal waiting, and a job a
minute would leave half a million rows a year.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from random import SystemRandom
from uuid import UUID

import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy
from sqlalchemy.engine import make_url

from adapters.nhs_fhir.subscription_notification import Notification
from adapters.portal_webhook import Webhook
from adapters.posting import Sender
from hub import jobs
from hub.actions import succession, upkeep
from hub.actions.delivering import Deliverer
from hub.actions.reminders import EVERY, Days, remind
from hub.actions.telling import Send
from hub.actions.transaction import Transaction, Transactions
from hub.audit.sealing import Sealer
from hub.auth.keys import audit_signer, delivery_key
from hub.auth.sealed import Sealing
from hub.clock import new_id, utc_now
from hub.db.feed import Feed
from hub.db.place import Place
from hub.db.session import Database
from hub.law.deliveries import ReceiverKind
from hub.settings import Settings, days_in
from schema.ids import to_global
from schema.subscribing import cursor_of

log = structlog.get_logger()
SEALED_EVERY_S = 60.0
"""How often the audit log is sealed and its head signed, seconds."""
_LAST_S = 20.0
"""How long what is being delivered may take when the worker stops, seconds."""
_PATIENT = RetryStrategy(max_attempts=20, exponential_wait=3)


def make_queue(url: str, transactions: Transactions, *, reminders: Days = EVERY) -> App:
    """The queue on the database at `url`, with every job bound."""
    queue = App(connector=PsycopgConnector(conninfo=make_url(url).render_as_string(hide_password=False)))

    def bind(name: str, work: Callable[[Transaction], Awaitable[int]], *, cron: str) -> None:
        async def run(timestamp: int = 0) -> None:
            async with transactions.begin(None) as tx:
                count = await work(tx)
            log.info("job_done", job=name, count=count)

        queue.periodic(cron=cron)(queue.task(name=name, retry=_PATIENT)(run))

    async def succeed_body(body: str) -> None:
        over = await succession.carry_out(transactions, UUID(body))
        log.info("job_done", job=jobs.SUCCEED_BODY, count=over.children)

    async def resume_successions(timestamp: int = 0) -> None:
        log.info("job_done", job=jobs.RESUME_SUCCESSIONS, count=await succession.resume(transactions))

    # What a worker that was killed had begun is not tried again by the queue, which does not know that it is dead.
    queue.task(name=jobs.SUCCEED_BODY, retry=_PATIENT)(succeed_body)
    queue.periodic(cron="*/5 * * * *")(queue.task(name=jobs.RESUME_SUCCESSIONS)(resume_successions))
    bind(jobs.ANNOUNCE_DUTIES, upkeep.announce_duties, cron="5 0,6 * * *")
    bind(jobs.SWEEP_DUTIES, upkeep.sweep_duties, cron="40 1 * * *")
    bind(jobs.REMIND_OF_DUTIES, partial(remind, days=reminders), cron="10 0,6 * * *")
    bind(jobs.MAKE_PARTITIONS, upkeep.make_partitions, cron="15 1 * * *")
    bind(jobs.FORGET_USED_KEYS, upkeep.forget_used_keys, cron="*/30 * * * *")
    bind(jobs.FORGET_DELIVERIES, upkeep.forget_deliveries, cron="25 2 * * *")
    return queue


async def run_worker(settings: Settings, place: Place) -> None:
    """Work until told to stop (SIGTERM, SIGINT): jobs that run are finished first."""
    address = place.for_own_work()
    database = Database(address, pool_size=4, statement_timeout_ms=60_000)
    days = Days(
        days_in(settings.remind_days_before, "HUB_REMIND_DAYS_BEFORE"),
        days_in(settings.remind_unreceived_days, "HUB_REMIND_UNRECEIVED_DAYS"),
    )
    transactions = Transactions(database, clock=utc_now, new_id=new_id)
    queue = make_queue(address, transactions, reminders=days)
    feed = Feed(database)
    async with sender(settings) as send, feed.running():
        beside = [
            asyncio.create_task(keep_sealing(Sealer(database, audit_signer(settings), clock=utc_now))),
            asyncio.create_task(keep_delivering(deliverer(settings, transactions, send), feed)),
        ]
        try:
            async with queue.open_async():
                log.info("worker_started")
                await queue.run_worker_async(install_signal_handlers=True, shutdown_graceful_timeout=30)
        finally:
            for each in beside:
                each.cancel()
            await asyncio.wait(beside)
            await database.close()


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
    under_way: dict[UUID, asyncio.Task[int]] = {}
    try:
        while True:
            horizon = feed.horizon
            try:
                await deliveries.derive()
                for receiver_id in await deliveries.due():
                    if receiver_id not in under_way or under_way[receiver_id].done():
                        under_way[receiver_id] = asyncio.create_task(_send_to(deliveries, receiver_id))
                under_way = {key: task for key, task in under_way.items() if not task.done()}
            except Exception as error:
                log.error("events_not_delivered", error=type(error).__name__, reason=str(error))
                await asyncio.sleep(1)
            await feed.beyond(horizon)
    finally:
        if under_way:
            await asyncio.wait(under_way.values(), timeout=_LAST_S)


async def _send_to(deliveries: Deliverer, receiver_id: UUID) -> int:
    try:
        return await deliveries.send_to(receiver_id)
    except Exception as error:
        log.error("events_not_delivered", error=type(error).__name__, reason=str(error))
        return 0


async def keep_sealing(sealer: Sealer, *, every_s: float = SEALED_EVERY_S) -> None:
    """Seal the audit log for ever. What goes wrong is logged, and tried again: what is recorded stays to be sealed."""
    while True:
        try:
            rows = await sealer.seal()
            if rows:
                log.info("audit_log_sealed", rows=rows)
        except Exception as error:
            log.error("audit_log_not_sealed", error=type(error).__name__, reason=str(error))
        await asyncio.sleep(every_s)
