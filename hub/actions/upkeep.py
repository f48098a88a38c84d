"""What the hub does by itself: says when a duty falls due or late, makes room for new records, forgets keys."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, text, update

from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import tables
from hub.db.duties import state_of
from hub.law.duties import DutyState

KEYS_KEPT_FOR = timedelta(days=7)
EXPIRED_KEPT_FOR = timedelta(hours=1)
"""Clocks differ, and a code that comes again an hour later still ends the token that it was redeemed for."""
_SAID = (DutyState.DUE_SOON, DutyState.OVERDUE)


async def announce_duties(tx: Transaction) -> int:
    """Record an event for each duty that has become due soon or late since the last look; how many there were."""
    duty = tables.duty
    state = state_of(duty, tx.today)
    changed = (
        update(duty)
        .where(state.in_([each.value for each in _SAID]), state.is_distinct_from(duty.c.announced_state))
        .values(announced_state=state)
        .returning(duty.c.owner_id, duty.c.id, duty.c.child_id, duty.c.rule, duty.c.announced_state)
    )
    rows: list[Any] = list((await tx.connection.execute(changed)).all())
    for row in rows:
        kind = "duty_overdue" if row.announced_state is DutyState.OVERDUE else "duty_due_soon"
        await tx.record(Event(kind, row.owner_id, "Duty", row.id, row.child_id, {"rule": row.rule.value}))
    return len(rows)


async def make_partitions(tx: Transaction) -> int:
    """Make the partitions of this and the next two months; how many were missing."""
    made = await tx.connection.scalar(text("SELECT make_partitions(:first, 3)"), {"first": tx.today})
    return int(made or 0)


async def forget_used_keys(tx: Transaction) -> int:
    """Forget idempotency keys after a week, and what has expired of assertions, proofs, codes and revocations.

    What is forgotten could not be used again: its age alone would have it refused. How many rows went.
    """
    old = delete(tables.idempotency_key).where(tables.idempotency_key.c.created_at < tx.now - KEYS_KEPT_FOR)
    gone = (await tx.connection.execute(old)).rowcount
    for table in (tables.used_assertion, tables.used_proof, tables.authorization_code, tables.denied_token):
        expired = delete(table).where(table.c.expires_at < tx.now - EXPIRED_KEPT_FOR)
        gone += (await tx.connection.execute(expired)).rowcount
    return gone
