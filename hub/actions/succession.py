"""A body is abolished and another takes its place (an integrated care board's merger), for all its children.

It is asked for in one transaction, and carried out by the worker in steps, each a transaction of its own. A step is
done once, whoever takes it: a crash costs the step that it cut short, and nothing that was done is done again.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

from hub import jobs
from hub.actions.checks import body_of, lawful
from hub.actions.transaction import Transaction, Transactions
from hub.audit import Event
from hub.db import queries, succession
from hub.db.plan_rows import Written
from hub.db.succession import CHILDREN_AT_ONCE, Repointed
from hub.law.responsibility import refuse_succession, refuse_to_ask_for_succession


async def succeed_body(tx: Transaction, *, old: UUID, new: UUID, on: date) -> UUID:
    """NHS England has the new body answer from the day for whom the old one answered; the old body's id.

    The worker carries it out. The same once more asks for nothing new.
    """
    tx.must_have("hub.admin")
    lawful(refuse_to_ask_for_succession(tx.caller.organisation_kind))
    if await keep(tx, old=old, new=new, on=on, requested_by=tx.caller.organisation):
        await tx.enqueue(jobs.Job(jobs.SUCCEED_BODY, {"body": str(old)}))
    return old


async def keep(tx: Transaction, *, old: UUID, new: UUID, on: date, requested_by: UUID | None = None) -> bool:
    """Keep that the succession was asked for, by the operator where nobody is named; False where it was before."""
    before, after = await body_of(tx, old), await body_of(tx, new)
    kept = await succession.of_body(tx.connection, old)
    if kept is not None and (kept.new, kept.on) == (new, on):
        return False
    goes_on = await succession.of_body(tx.connection, new) is None
    lawful(
        refuse_succession(
            before.kind,
            after.kind,
            same=old == new,
            old_until=before.in_force_to,
            succeeded_otherwise=kept is not None,
            new_exists=goes_on and after.in_force(on) and after.in_force(tx.today),
            on=on,
            today=tx.today,
        )
    )
    asked = await succession.ask(
        tx.connection,
        succession_id=tx.new_id(),
        old=old,
        new=new,
        on=on,
        requested_by=requested_by,
        now=tx.now,
    )
    if asked:
        facts = {"to": str(new), "on": str(on)}
        await tx.record(Event("succession_requested", old, "Organisation", old, None, facts))
    return asked


async def carry_out(transactions: Transactions, old: UUID, *, most: int = CHILDREN_AT_ONCE) -> Repointed:
    """Take every step that is left of the body's succession; how much went over in all of them.

    Several may carry it out at once: each waits for the step that another takes.
    """
    while True:
        async with transactions.begin(None) as tx:
            if not await _step(tx, old, most):
                kept = await succession.of_body(tx.connection, old)
                return kept.over if kept else Repointed(0, 0, 0)


async def resume(transactions: Transactions) -> int:
    """Carry out what was asked for and is not finished, as after a crash; how many successions they were."""
    async with transactions.begin(None) as tx:
        waiting = await succession.unfinished(tx.connection)
    for old in waiting:
        await carry_out(transactions, old)
    return len(waiting)


async def _step(tx: Transaction, old: UUID, most: int) -> bool:
    """Whether there was a step to take."""
    before = await queries.organisation_by_id(tx.connection, old)
    reason = f"s. 26(8)(b): succession to {before.name if before else old}"
    after = await succession.step(tx.connection, old, reason=reason, now=tx.now, most=most)
    if after is not None and after.over.children == 0 and after.finished_at is None:
        for arrangement, authority in await succession.arrangements_go_over(tx.connection, after):
            facts = {"from": str(old), "to": str(after.new), "on": str(after.on)}
            await tx.record(Event("arrangement_succeeded", authority, "Arrangement", arrangement, None, facts))
    if after is not None and after.finished_at is not None:
        over = after.over
        facts = {"from": str(old), "on": str(after.on), "children": str(over.children), "duties": str(over.duties)}
        await tx.record(Event("body_succeeded", after.new, "Organisation", after.new, None, facts))
    return after is not None


async def pointed_to_successors(tx: Transaction, written: Written) -> Written:
    """The same, with each body that was succeeded in the place of its successor: what the version before said stays
    there, and a new version says who commissions from now on. What was agreed stays as it was agreed."""
    bodies = {each.commissioner_id for each in written.provision if each.commissioner_id is not None}
    now = {body: await succession.newest_of(tx.connection, body) for body in bodies}
    return replace(
        written,
        provision=tuple(
            replace(each, commissioner_id=now[each.commissioner_id]) if each.commissioner_id is not None else each
            for each in written.provision
        ),
    )
