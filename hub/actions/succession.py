"""A body is abolished and another takes its place (an integrated care board's merger), for all its children at once."""

from datetime import date
from uuid import UUID

from hub.actions.checks import lawful
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import queries, succession
from hub.db.succession import Repointed, Succession
from hub.errors import not_found
from hub.law.responsibility import refuse_succession


async def succeed(tx: Transaction, *, old: UUID, new: UUID, on: date) -> Repointed:
    """The new body answers from the day for whom the old one answered; how much went over.

    It is the operator's act, over all authorities' records, and no caller's.
    """
    before = await queries.organisation_by_id(tx.connection, old)
    after = await queries.organisation_by_id(tx.connection, new)
    if before is None or after is None:
        raise not_found("organisation")
    lawful(
        refuse_succession(
            before.kind,
            after.kind,
            same=old == new,
            old_until=before.in_force_to,
            new_exists=after.in_force(on),
            on=on,
            today=tx.today,
        )
    )
    reason = f"s. 26(8)(b): succession to {before.name}"
    over = await succession.succeed(tx.connection, Succession(old, new, on, reason), now=tx.now)
    facts = {"from": str(old), "on": str(on), "children": str(over.children), "duties": str(over.duties)}
    await tx.record(Event("body_succeeded", new, "Organisation", new, None, facts))
    return over
