"""`hub bench --succession`: one board in the place of another, for all its children, each with a duty that it owes."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import uvloop
from sqlalchemy import func, insert, literal, select

from hub.actions import succession
from hub.actions.transaction import Transaction, Transactions
from hub.bench import printed
from hub.bench.scratch import Scratch
from hub.clock import new_id, utc_now
from hub.db import tables
from hub.db.place import WORKER_ROLE, as_role
from hub.db.session import Database, take_time
from hub.db.succession import Repointed
from hub.law.duties import RULES, DutyBasis, DutyRule, due_on
from hub.law.vocabulary import OrganisationKind, ResponsibilityKind

Say = Callable[[str], None]
ONE_BOARD = 4
"""So many authorities have one board between them."""
_RULE = DutyRule.NOTIFY_COMMISSIONER_OF_CHANGE


def measure(scratch: Scratch, *, say: Say) -> None:
    """Measure and print."""
    uvloop.run(_measure(scratch, say))


async def _measure(scratch: Scratch, say: Say) -> None:
    database = Database(as_role(scratch.owner_url, WORKER_ROLE), pool_size=1)
    transactions = Transactions(database, clock=utc_now, new_id=new_id)
    try:
        async with transactions.begin(None) as tx:
            old, new = await _boards(tx)
            await _owe(tx, old)
        began = time.perf_counter()
        over = await _succeed(transactions, old, new)
        seconds = time.perf_counter() - began
    finally:
        await database.close()
    row = [printed.number(seconds), *(f"{count:,}" for count in (over.children, over.duties, over.requests))]
    say(printed.table(["one board in the place of another, seconds", "children", "duties", "requests"], [row]))


async def _succeed(transactions: Transactions, old: UUID, new: UUID) -> Repointed:
    async with transactions.begin(None) as tx:
        await succession.keep(tx, old=old, new=new, on=tx.today)
    return await succession.carry_out(transactions, old)


async def _boards(tx: Transaction) -> tuple[UUID, UUID]:
    """The board that has the most children, and a new one."""
    held, body = tables.responsibility, tables.organisation
    largest = (
        select(held.c.body_id)
        .where(held.c.kind == ResponsibilityKind.COMMISSIONER, held.c.ends_on.is_(None))
        .group_by(held.c.body_id)
        .order_by(func.count().desc())
        .limit(1)
    )
    old, new = (await tx.connection.execute(largest)).scalar_one(), uuid4()
    await tx.connection.execute(
        insert(body).values(id=new, name="Successor", kind=OrganisationKind.INTEGRATED_CARE_BOARD, ods_code="ZZBENCH")
    )
    return old, new


async def _owe(tx: Transaction, board: UUID) -> None:
    """The board owes something for each of its children."""
    await take_time(tx.connection)
    duty, held = tables.duty, tables.responsibility
    started_on: date = tx.today - timedelta(days=7)
    columns = ("owner_id", "id", "child_id", "rule", "provision", "holder_id", "basis", "started_on", "due_on")
    owed = (
        select(
            held.c.owner_id,
            func.gen_random_uuid(),
            held.c.child_id,
            literal(_RULE, duty.c.rule.type),
            literal(RULES[_RULE].provision),
            held.c.body_id,
            literal(DutyBasis.STATUTORY, duty.c.basis.type),
            literal(started_on),
            literal(due_on(_RULE, started_on)),
            literal("Child"),
            held.c.child_id,
        )
        .where(held.c.body_id == board, held.c.ends_on.is_(None))
        .distinct(held.c.owner_id, held.c.child_id)
    )
    await tx.connection.execute(insert(duty).from_select([*columns, "about_type", "about_id"], owed))
