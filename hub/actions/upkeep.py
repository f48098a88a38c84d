"""What the hub does by itself: says when a duty falls due or late, makes room for new records, forgets keys."""

from datetime import timedelta

from sqlalchemy import Text, case, cast, delete, exists, func, insert, literal, select, text, update

from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import dead_letters, duty_sweep, quarantine, tables
from hub.db.duties import state_of
from hub.law.duties import DutyState
from hub.law.imports import RESOLVED_KEPT_FOR, WAITING_KEPT_FOR

IDENTIFIER_KEYS = "fhir:none-exist:"
KEYS_KEPT_FOR = timedelta(days=7)
EXPIRED_KEPT_FOR = timedelta(hours=1)
"""Clocks differ, and a code that comes again an hour later still ends the token that it was redeemed for."""
DELIVERIES_KEPT_FOR = timedelta(days=30)
"""After which what was delivered can be asked for no more."""
DEAD_KEPT_FOR = timedelta(days=180)
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
        .cte("changed")
    )
    late = cast(changed.c.announced_state, Text) == DutyState.OVERDUE.value
    told = select(
        func.gen_random_uuid(),
        literal(tx.now),
        case((late, "duty_overdue"), else_="duty_due_soon"),
        changed.c.owner_id,
        changed.c.child_id,
        literal("Duty"),
        changed.c.id,
        func.jsonb_build_object("rule", cast(changed.c.rule, Text)),
    )
    columns = ("id", "recorded_at", "kind", "owner_id", "child_id", "about_type", "about_id", "facts")
    telling = insert(tables.event).from_select(columns, told).execution_options(preserve_rowcount=True)
    return (await tx.connection.execute(telling)).rowcount


async def sweep_duties(tx: Transaction) -> int:
    """Look at every duty, each night: the last day as the law now counts it, and what has become due or late.

    How many were changed or announced.
    """
    return await duty_sweep.rederive(tx.connection) + await announce_duties(tx)


async def make_partitions(tx: Transaction) -> int:
    """Make the partitions of this and the next two months; how many were missing."""
    made = await tx.connection.scalar(text("SELECT make_partitions(:first, 3)"), {"first": tx.today})
    return int(made or 0)


async def forget_used_keys(tx: Transaction) -> int:
    """Forget idempotency keys after a week, and what has expired of assertions, proofs, codes and revocations.

    What is forgotten could not be used again: its age alone would have it refused. How many rows went. The keys of
    conditional creates stay: they are the identifiers by which senders know what they made.
    """
    keys = tables.idempotency_key.c
    old = delete(tables.idempotency_key).where(
        keys.created_at < tx.now - KEYS_KEPT_FOR, ~keys.key.startswith(IDENTIFIER_KEYS)
    )
    gone = (await tx.connection.execute(old)).rowcount
    for table in (tables.used_assertion, tables.used_proof, tables.authorization_code, tables.denied_token):
        expired = delete(table).where(table.c.expires_at < tx.now - EXPIRED_KEPT_FOR)
        gone += (await tx.connection.execute(expired)).rowcount
    return gone


async def forget_replay_marks(tx: Transaction) -> int:
    """Forget what a later mark about the same covers: who has replayed the later one has replayed the earlier."""
    mark, later = tables.replay_mark, tables.replay_mark.alias()
    covered = exists().where(later.c.about == mark.c.about, later.c.number > mark.c.number)
    return (await tx.connection.execute(delete(mark).where(covered))).rowcount


async def forget_deliveries(tx: Transaction) -> int:
    """Forget deliveries that ended long ago; how many. That something was disclosed stays on record."""
    return await dead_letters.forget(
        tx.connection, delivered_before=tx.now - DELIVERIES_KEPT_FOR, dead_before=tx.now - DEAD_KEPT_FOR
    )


async def forget_quarantined(tx: Transaction) -> int:
    """Forget what left the quarantine long ago, and erase what nobody decided on for as long as it may be kept; how
    many items. That each was decided on, or was not, stays on record.
    """
    gone = await quarantine.forget(tx.connection, resolved_before=tx.now - RESOLVED_KEPT_FOR)
    expired = await quarantine.expire(tx.connection, before=tx.now - WAITING_KEPT_FOR, at=tx.now)
    for owner_id, item_id in expired:
        await tx.record(Event("quarantine_expired", owner_id, "QuarantinedItem", item_id))
    return gone + len(expired)
