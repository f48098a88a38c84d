"""Runs the jobs: binds their names to functions. Procrastinate fetches, locks, retries and keeps the periodic ones.

The audit log is sealed and events are delivered beside them, not in the queue: nothing that waits there may keep them
waiting, and a job a minute would leave half a million rows a year.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

import psycopg
import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ProcrastinateException
from sqlalchemy.engine import make_url

from hub import jobs, outbound
from hub.actions import retention, succession, upkeep
from hub.actions.reminders import EVERY, Days, remind
from hub.actions.transaction import Transaction, Transactions
from hub.audit.sealing import Sealer
from hub.auth.keys import audit_signer
from hub.clock import new_id, utc_now
from hub.db.feed import Feed
from hub.db.place import Place
from hub.db.session import Database
from hub.receiving import import_apart, resume_imports
from hub.settings import Settings, days_in
from hub.sparing import spare_the_collector
from hub.tracing import span

log = structlog.get_logger()
SEALED_EVERY_S = 60.0
"""How often the audit log is sealed and its head signed, seconds."""
_PATIENT = RetryStrategy(max_attempts=20, exponential_wait=3)


def make_queue(url: str, transactions: Transactions, *, reminders: Days = EVERY) -> App:
    """The queue on the database at `url`, with every job bound."""
    queue = App(connector=PsycopgConnector(conninfo=make_url(url).render_as_string(hide_password=False)))

    def bind(name: str, work: Callable[[Transaction], Awaitable[int]], *, cron: str) -> None:
        async def run(timestamp: int = 0) -> None:
            with span("job", **{"hub.job": name}):
                async with transactions.begin(None) as tx:
                    count = await work(tx)
            log.info("job_done", job=name, count=count)

        queue.periodic(cron=cron)(queue.task(name=name, retry=_PATIENT)(run))

    async def succeed_body(body: str) -> None:
        over = await succession.carry_out(transactions, UUID(body))
        log.info("job_done", job=jobs.SUCCEED_BODY, count=over.children)

    async def resume_successions(timestamp: int = 0) -> None:
        log.info("job_done", job=jobs.RESUME_SUCCESSIONS, count=await succession.resume(transactions))

    async def import_file(file: str) -> None:
        status = await import_apart(transactions, UUID(file))
        log.info("job_done", job=jobs.IMPORT_FILE, status=status)

    async def resume_files(timestamp: int = 0) -> None:
        log.info("job_done", job=jobs.RESUME_IMPORTS, count=await resume_imports(transactions))

    async def erase_children(timestamp: int = 0) -> None:
        swept = await retention.sweep(transactions)
        log.info("job_done", job=jobs.ERASE_CHILDREN, count=len(swept.erased), payloads=swept.payloads)

    # What a worker that was killed had begun is not tried again by the queue, which does not know that it is dead.
    queue.task(name=jobs.SUCCEED_BODY, retry=_PATIENT)(succeed_body)
    queue.periodic(cron="*/5 * * * *")(queue.task(name=jobs.RESUME_SUCCESSIONS)(resume_successions))
    queue.task(name=jobs.IMPORT_FILE, retry=_PATIENT)(import_file)
    queue.periodic(cron="*/5 * * * *")(queue.task(name=jobs.RESUME_IMPORTS)(resume_files))
    queue.periodic(cron="20 3 * * *")(queue.task(name=jobs.ERASE_CHILDREN, retry=_PATIENT)(erase_children))
    bind(jobs.ANNOUNCE_DUTIES, upkeep.announce_duties, cron="5 0,6 * * *")
    bind(jobs.SWEEP_DUTIES, upkeep.sweep_duties, cron="40 1 * * *")
    bind(jobs.REMIND_OF_DUTIES, partial(remind, days=reminders), cron="10 0,6 * * *")
    bind(jobs.MAKE_PARTITIONS, upkeep.make_partitions, cron="15 1 * * *")
    bind(jobs.FORGET_USED_KEYS, upkeep.forget_used_keys, cron="*/30 * * * *")
    bind(jobs.FORGET_DELIVERIES, upkeep.forget_deliveries, cron="25 2 * * *")
    bind(jobs.FORGET_QUARANTINED, upkeep.forget_quarantined, cron="35 2 * * *")
    bind(jobs.FORGET_REPLAY_MARKS, upkeep.forget_replay_marks, cron="*/10 * * * *")
    return queue


async def run_worker(settings: Settings, place: Place) -> None:
    """Work until told to stop (SIGTERM, SIGINT): jobs that run are finished first."""
    spare_the_collector()
    address = place.for_own_work()
    database = Database(address, pool_size=8, statement_timeout_ms=60_000)
    days = Days(
        days_in(settings.remind_days_before, "HUB_REMIND_DAYS_BEFORE"),
        days_in(settings.remind_unreceived_days, "HUB_REMIND_UNRECEIVED_DAYS"),
    )
    transactions = Transactions(database, clock=utc_now, new_id=new_id)
    queue = make_queue(address, transactions, reminders=days)
    feed = Feed(database)
    told_to_stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, told_to_stop.set)
    async with outbound.sender(settings) as send, feed.running():
        beside = [
            asyncio.create_task(keep_sealing(Sealer(database, audit_signer(settings), clock=utc_now))),
            asyncio.create_task(outbound.keep_delivering(outbound.deliverer(settings, transactions, send), feed)),
        ]
        try:
            await keep_working(queue, told_to_stop)
        finally:
            for each in beside:
                each.cancel()
            await asyncio.wait(beside)
            await database.close()


async def keep_working(queue: App, told_to_stop: asyncio.Event, *, again_after_s: float = 2.0) -> None:
    """Run jobs until told to stop. Procrastinate's worker ends with its connection: then another is begun, until
    PostgreSQL is there again.
    """
    while not told_to_stop.is_set():
        try:
            async with queue.open_async():
                log.info("worker_started")
                await _work_once(queue, told_to_stop)
        except (ProcrastinateException, psycopg.Error, OSError) as error:
            log.warning("worker_without_database", error=type(error).__name__)
        if not told_to_stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(again_after_s):
                    await told_to_stop.wait()


async def _work_once(queue: App, told_to_stop: asyncio.Event) -> None:
    """Until told to stop, when jobs that run have half a minute to finish, or until the worker ends by itself."""
    working = asyncio.create_task(queue.run_worker_async(install_signal_handlers=False, shutdown_graceful_timeout=30))
    stop = asyncio.create_task(told_to_stop.wait())
    await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if told_to_stop.is_set():
        working.cancel()
    with suppress(asyncio.CancelledError):
        await working


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
