"""An authority's schedule and holds, and erasing what their time is over: one child, one transaction.

Only the hub's own work erases: the law says of what (`hub.law.retention`), by the authority's schedule, and asks again
in the transaction that erases, with the record locked. A hold that comes first keeps it; one that comes later finds
nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from hub.actions.checks import lawful
from hub.actions.transaction import Transaction, Transactions
from hub.audit import Event
from hub.db import erasure, retention
from hub.db.retention import KeptHold, Record
from hub.errors import invalid, not_found
from hub.law.periods import years_on
from hub.law.retention import Choice, CountedFrom, Matter, refuse_choice, rules_on, suggested
from hub.law.retention_holds import Due, Hold, Kept, judge, refuse_hold

CHILDREN_AT_ONCE = 500
PAYLOADS_AT_ONCE = 200
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to become of a child's record."""

    child_id: UUID
    kept: Kept | Due


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep erased, or would erase. `payloads`: of how many files and messages that had their own period."""

    looked_at: int
    erased: list[UUID] = field(default_factory=list[UUID])
    payloads: int = 0


async def adopt(tx: Transaction, matter: Matter, *, reason: str) -> tuple[Choice, ...]:
    """The body takes the rules on a matter as they are into its schedule."""
    choices = suggested(matter, tx.today)
    for each in choices:
        await choose(tx, each, reason=reason)
    return choices


async def choose(tx: Transaction, choice: Choice, *, reason: str) -> None:
    """The body chooses a period of its own for a matter, with why. Refused by law: shorter than a binding rule."""
    lawful(*refuse_choice(choice, on=tx.today))
    owner, by = tx.caller.organisation, _by(tx)
    _must_say_why(reason)
    await retention.one_at_a_time(tx.connection, owner)
    row_id = await retention.choose(tx.connection, owner, choice, row_id=tx.new_id(), reason=reason, by=by, at=tx.now)
    facts = {"matter": choice.matter, "counted_from": choice.counted_from, "years": choice.years}
    await tx.record(Event("retention_chosen", owner, "RetentionChoice", row_id, None, facts))


async def drop(tx: Transaction, matter: Matter) -> None:
    """The body takes a matter out of its schedule: nothing of it is erased any more."""
    owner = tx.caller.organisation
    await retention.one_at_a_time(tx.connection, owner)
    if not await retention.drop_choice(tx.connection, owner, matter):
        raise not_found("line of the schedule")
    await tx.record(Event("retention_dropped", owner, "RetentionChoice", owner, None, {"matter": matter}))


async def hold(tx: Transaction, child_id: UUID | None, held: Hold, *, reason: str) -> UUID:
    """The body holds a child's record, or (None) all its records, whatever its schedule says."""
    lawful(*refuse_hold(reason, held.until, today=tx.today))
    owner = tx.caller.organisation
    await retention.one_at_a_time(tx.connection, owner)
    if child_id is not None and not await retention.lock_child(tx.connection, owner, child_id):
        raise not_found("child")
    kept = KeptHold(tx.new_id(), owner, child_id, held, reason, _by(tx), tx.now)
    await retention.place(tx.connection, kept)
    facts = {"ground": held.ground, "until": None if held.until is None else held.until.isoformat()}
    await tx.record(Event("record_held", owner, "RetentionHold", kept.id, child_id, facts))
    return kept.id


async def release(tx: Transaction, hold_id: UUID, *, reason: str) -> KeptHold:
    """The body releases a hold, with why."""
    _must_say_why(reason)
    owner = tx.caller.organisation
    await retention.one_at_a_time(tx.connection, owner)
    released = await retention.release(tx.connection, hold_id, reason=reason, by=_by(tx), at=tx.now)
    if released is None or released.owner_id != owner:
        raise not_found("hold")
    facts = {"ground": released.hold.ground}
    await tx.record(Event("hold_released", owner, "RetentionHold", hold_id, released.child_id, facts))
    return released


async def judged(
    tx: Transaction, owner: UUID, choices: Sequence[Choice], child_ids: Collection[UUID], *, on: date
) -> list[Judged]:
    """What the law says of these records on a day."""
    found = await retention.records(tx.connection, owner, child_ids)
    return [Judged(each.child_id, _judge(each, choices, on)) for each in found]


def _judge(record: Record, choices: Sequence[Choice], on: date) -> Kept | Due:
    return judge(record.recorded, choices, holds=record.holds, unfinished=record.unfinished, on=on)


async def due(transactions: Transactions, owner: UUID, *, on: date | None = None) -> list[Judged]:
    """Every record of the owner's whose period of birth is over on the day: what is to be erased, and what keeps it."""
    found: list[Judged] = []
    after: tuple[date, UUID] | None = None
    while True:
        async with transactions.begin(None) as tx:
            day = on or tx.today
            choices = [each.choice for each in await retention.schedule(tx.connection, owner)]
            born_before = _born_before(choices, day)
            if born_before is None:
                return found
            page = await retention.born_before(tx.connection, owner, born_before, after=after, most=CHILDREN_AT_ONCE)
            found += await judged(tx, owner, choices, [child for _, child in page], on=day)
        if len(page) < CHILDREN_AT_ONCE:
            return found
        after = page[-1]


def _born_before(choices: Sequence[Choice], on: date) -> date | None:
    """Nobody who was born on this day or later can be due on the day; None: nobody at all."""
    chosen = {each.counted_from: each.years for each in choices if each.matter is Matter.SEN}
    if not chosen:
        return None
    rules = {each.counted_from: each.years for each in rules_on(on) if each.matter is Matter.SEN}
    years = {**rules, **chosen}[CountedFrom.BIRTH]
    return None if years is None else years_on(on, -years) + timedelta(days=1)


async def sweep(transactions: Transactions, owner: UUID | None = None, *, dry_run: bool = False) -> Swept:
    """Erase what is due: of one owner, or of all that have a schedule. Each child goes whole or not at all.

    Whoever sweeps beside it, or was killed in the middle, has left each child either there or gone.
    """
    async with transactions.begin(None) as tx:
        all_owners = await retention.owners(tx.connection) if owner is None else [owner]
    looked_at, erased, payloads = 0, list[UUID](), 0
    for each in all_owners:
        found = await due(transactions, each)
        looked_at += len(found)
        for one in found:
            if isinstance(one.kept, Due) and (dry_run or await _erased(transactions, each, one.child_id)):
                erased.append(one.child_id)
        if not dry_run:
            payloads += await _old_payloads(transactions, each)
    return Swept(looked_at, erased, payloads)


async def _erased(transactions: Transactions, owner: UUID, child_id: UUID) -> bool:
    """Whether it was erased. What cannot be keeps nobody else: it is logged, and tried again the next night."""
    try:
        async with transactions.begin(None) as tx:
            return await erase_if_due(tx, owner, child_id)
    except DBAPIError as error:  # its text quotes a row
        log.error("child_not_erased", reference=str(child_id), error=type(error.orig).__name__)
        return False


async def erase_if_due(tx: Transaction, owner: UUID, child_id: UUID) -> bool:
    """Erase a child's record where the law still says so, with the record locked; whether it was erased."""
    await retention.one_at_a_time(tx.connection, owner)
    if not await retention.lock_child(tx.connection, owner, child_id):
        return False
    choices = [each.choice for each in await retention.schedule(tx.connection, owner)]
    (found,) = await judged(tx, owner, choices, [child_id], on=tx.today)
    if not isinstance(found.kept, Due):
        return False
    gone = await erasure.erase(tx.connection, owner, child_id)
    # No day: of the day on which its time was over one could tell the day of birth.
    facts = {
        "rules": list(found.kept.rules),
        "longest": found.kept.longest,
        "rows": {table: len(ids) for table, ids in gone.items()},
        "glass": [str(each) for each in gone.get("broken_glass", ())],
    }
    await tx.record(Event("child_erased", owner, "Child", child_id, child_id, facts))
    return True


async def _old_payloads(transactions: Transactions, owner: UUID) -> int:
    """Erase files and messages that are older than the owner's schedule keeps them; how many."""
    count = 0
    while True:
        async with transactions.begin(None) as tx:
            await retention.one_at_a_time(tx.connection, owner)
            kept = [each.choice for each in await retention.schedule(tx.connection, owner)]
            years = next((each.years for each in kept if each.matter is Matter.RAW), None)
            if years is None or await retention.holds(tx.connection, owner, on=tx.today):
                return count
            gone = await erasure.forget_payloads_before(
                tx.connection, owner, years_on(tx.today, -years), most=PAYLOADS_AT_ONCE
            )
            if gone:
                facts = {"rule": f"{Matter.RAW}/{CountedFrom.RECEIPT}", "files": len(gone)}
                await tx.record(Event("payloads_erased", owner, "RetentionChoice", owner, None, facts))
        count += len(gone)
        if len(gone) < PAYLOADS_AT_ONCE:
            return count


def _by(tx: Transaction) -> str:
    return tx.caller.person or tx.caller.client_id


def _must_say_why(reason: str) -> None:
    if not reason.strip():
        raise invalid("say why", rule="reason-required", path=("reason",))
