"""A job exists if and only if the rows it is about do; the worker does each once."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, text

from hub import jobs
from hub.actions import cooperation, upkeep
from hub.actions.transaction import Once, Transaction, Transactions
from hub.db import tables
from hub.law.duties import DutyState
from hub.law.reg8_time_limit import Part3Function
from hub.worker import make_queue
from tests.conftest import NOW
from tests.world import World

WAITING = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = :name")


async def _waiting(tx: Transaction, name: str) -> int:
    return int(await tx.connection.scalar(WAITING, {"name": name}) or 0)


async def _ask(transactions: Transactions, world: World) -> None:
    async with transactions.begin(world.caller(world.authority)) as tx:
        await cooperation.request_cooperation(
            tx,
            child_id=world.child,
            addressed_to=world.trust,
            function=Part3Function.EHC_NEEDS_ASSESSMENT,
            asked="advice",
        )


async def test_a_row_its_event_and_its_job_come_together(transactions: Transactions, world: World) -> None:
    await _ask(transactions, world)
    async with transactions.begin(world.caller(world.trust)) as tx:
        request_id = await tx.connection.scalar(select(tables.cooperation_request.c.id))
        assert request_id is not None
        await cooperation.acknowledge(tx, request_id=request_id)
    async with transactions.begin(None) as tx:
        kinds = (
            await tx.connection.execute(select(tables.event.c.kind).order_by(tables.event.c.recorded_at))
        ).scalars()
        assert sorted(kinds) == ["cooperation_request_received", "cooperation_requested"]
        assert await _waiting(tx, jobs.ANNOUNCE_DUTIES) == 1
        assert await tx.connection.scalar(select(tables.cooperation_request.c.received_at)) == NOW


async def test_nothing_is_left_of_a_transaction_that_fails(transactions: Transactions, world: World) -> None:
    async def cut_short() -> None:
        async with transactions.begin(world.caller(world.authority)) as tx:
            request_id = await cooperation.request_cooperation(
                tx,
                child_id=world.child,
                addressed_to=world.trust,
                function=Part3Function.EHC_NEEDS_ASSESSMENT,
                asked="advice",
            )
            await cooperation.prove_service(tx, request_id=request_id, served_at=NOW)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await cut_short()
    async with transactions.begin(None) as tx:
        for table in (tables.cooperation_request, tables.duty, tables.event):
            assert await tx.connection.scalar(select(func.count()).select_from(table)) == 0
        assert await _waiting(tx, jobs.ANNOUNCE_DUTIES) == 0


async def test_only_one_of_a_job_waits_when_that_is_asked(transactions: Transactions) -> None:
    for _ in range(2):
        async with transactions.begin(None) as tx:
            await tx.enqueue(jobs.Job("once", only_one="once"))
            await tx.enqueue(jobs.Job("once", only_one="once"))
    async with transactions.begin(None) as tx:
        assert await _waiting(tx, "once") == 1


async def test_the_worker_says_once_that_a_duty_is_overdue(
    transactions: Transactions, world: World, database_url: str
) -> None:
    await _ask(transactions, world)
    due_on = NOW.date() - timedelta(days=1)
    async with transactions.begin(None) as tx:
        await tx.connection.execute(tables.duty.update().values(started_on=due_on - timedelta(weeks=6), due_on=due_on))
        await tx.enqueue(jobs.Job(jobs.ANNOUNCE_DUTIES))
        await tx.enqueue(jobs.Job(jobs.ANNOUNCE_DUTIES))
        await tx.enqueue(jobs.Job(jobs.MAKE_PARTITIONS))
        await tx.enqueue(jobs.Job(jobs.FORGET_USED_KEYS))
    queue = make_queue(database_url, transactions)
    async with queue.open_async():
        await queue.run_worker_async(wait=False, install_signal_handlers=False)
    async with transactions.begin(None) as tx:
        said = select(func.count()).select_from(tables.event).where(tables.event.c.kind == "duty_overdue")
        assert await tx.connection.scalar(said) == 1
        assert await tx.connection.scalar(select(tables.duty.c.announced_state)) == DutyState.OVERDUE
        failed = text("SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'")
        assert await tx.connection.scalar(failed) == 0


async def test_old_keys_are_forgotten(transactions: Transactions) -> None:
    async with transactions.begin(None) as tx:
        rows = [
            {"client_id": "c", "key": str(age), "request_hash": "h", "created_at": NOW - timedelta(days=age)}
            | {"organisation_id": UUID(int=1)}
            for age in (1, 8)
        ]
        await tx.connection.execute(insert(tables.idempotency_key), rows)
        assert await upkeep.forget_used_keys(tx) == 1


async def test_twenty_racing_calls_with_one_key_do_it_once(transactions: Transactions, world: World) -> None:
    caller = world.caller(world.authority)

    async def effect(tx: Transaction) -> dict[str, str]:
        request_id = await cooperation.request_cooperation(
            tx,
            child_id=world.child,
            addressed_to=world.trust,
            function=Part3Function.PLAN_REVIEW,
            asked="come to the review",
        )
        return {"request": str(request_id)}

    calls = [transactions.perform(caller, effect, once=Once("one", "hash")) for _ in range(20)]
    answers = await asyncio.gather(*calls)
    assert len({answer["request"] for answer in answers}) == 1
    async with transactions.begin(None) as tx:
        assert await tx.connection.scalar(select(func.count()).select_from(tables.cooperation_request)) == 1
