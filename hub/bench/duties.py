"""`hub bench --duties`: the nightly sweep over every duty."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import uvloop
from sqlalchemy import func, select, update

from hub.actions import upkeep
from hub.actions.transaction import Transaction, Transactions
from hub.bench import printed
from hub.bench.scratch import Scratch
from hub.clock import new_id, utc_now
from hub.db import tables
from hub.db.place import WORKER_ROLE, as_role
from hub.db.session import Database, take_time

Say = Callable[[str], None]


def measure(scratch: Scratch, *, say: Say) -> None:
    """Measure and print."""
    uvloop.run(_measure(scratch, say))


async def _measure(scratch: Scratch, say: Say) -> None:
    database = Database(as_role(scratch.owner_url, WORKER_ROLE), pool_size=1)
    transactions = Transactions(database, clock=utc_now, new_id=new_id)

    async def timed(work: Callable[[Transaction], Awaitable[int]]) -> tuple[float, int]:
        async with transactions.begin(None) as tx:
            began = time.perf_counter()
            count = await work(tx)
        return time.perf_counter() - began, count

    try:
        async with transactions.begin(None) as tx:
            await take_time(tx.connection)
            children = await tx.connection.scalar(select(func.count()).select_from(tables.child)) or 0
            duties = await tx.connection.scalar(select(func.count()).select_from(tables.duty)) or 0
        rows = [await _row("sweep: announce what is due or late", timed, upkeep.sweep_duties)]
        rows.append(await _row("sweep: nothing has changed", timed, upkeep.sweep_duties))
        async with transactions.begin(None) as tx:
            await take_time(tx.connection)
            await tx.connection.execute(update(tables.duty).values(due_on=tables.duty.c.due_on + timedelta(days=1)))
        rows.append(await _row("sweep: every clock is counted anew", timed, upkeep.sweep_duties))
    finally:
        await database.close()
    say(f"{children:,} children, {duties:,} duties")
    say(printed.table(["", "seconds", "rows"], rows))


async def _row(
    name: str,
    timed: Callable[[Callable[[Transaction], Awaitable[int]]], Awaitable[tuple[float, int]]],
    work: Callable[[Transaction], Awaitable[int]],
) -> list[str]:
    seconds, count = await timed(work)
    return [name, printed.number(seconds), f"{count:,}"]
