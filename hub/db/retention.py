"""An authority's schedule and its holds; the days that the periods of its children's records count from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.retention import Choice, CountedFrom, Matter, Recorded
from hub.law.retention_holds import Hold, HoldGround, Unfinished

_CHOICE, _HOLD = tables.retention_choice, tables.retention_hold


@dataclass(frozen=True, slots=True)
class KeptChoice:
    """A line of an authority's schedule, with why and by whom it was chosen."""

    choice: Choice
    reason: str
    chosen_by: str
    chosen_at: datetime


@dataclass(frozen=True, slots=True)
class KeptHold:
    """A hold as it was placed. `child_id` None: on all records of the owner."""

    id: UUID
    owner_id: UUID
    child_id: UUID | None
    hold: Hold
    reason: str
    placed_by: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """A child's record, as far as its keeping goes."""

    child_id: UUID
    recorded: Recorded
    unfinished: frozenset[Unfinished]
    holds: tuple[Hold, ...]


async def one_at_a_time(connection: AsyncConnection, owner_id: UUID) -> None:
    """Nothing of this owner's is erased while its schedule or a hold changes, until the transaction ends."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"retention:{owner_id}"}
    )


async def schedule(connection: AsyncConnection, owner_id: UUID) -> list[KeptChoice]:
    """The authority's own schedule."""
    found = await connection.execute(
        select(_CHOICE).where(_CHOICE.c.owner_id == owner_id).order_by(_CHOICE.c.matter, _CHOICE.c.counted_from)
    )
    return [
        KeptChoice(
            Choice(Matter(row.matter), CountedFrom(row.counted_from), row.years),
            row.reason,
            row.chosen_by,
            row.chosen_at,
        )
        for row in found
    ]


async def owners(connection: AsyncConnection) -> list[UUID]:
    """The bodies that have adopted a schedule."""
    return list(
        (await connection.execute(select(_CHOICE.c.owner_id).distinct().order_by(_CHOICE.c.owner_id))).scalars()
    )


async def choose(
    connection: AsyncConnection, owner_id: UUID, choice: Choice, *, row_id: UUID, reason: str, by: str, at: datetime
) -> UUID:
    """Put a line into the schedule, in the place of the one about the same; its id."""
    said = {"years": choice.years, "reason": reason, "chosen_by": by, "chosen_at": at}
    line = upsert(_CHOICE).values(
        owner_id=owner_id, id=row_id, matter=choice.matter, counted_from=choice.counted_from, **said
    )
    kept = line.on_conflict_do_update(index_elements=["owner_id", "matter", "counted_from"], set_=said)
    return (await connection.execute(kept.returning(_CHOICE.c.id))).scalar_one()


async def drop_choice(connection: AsyncConnection, owner_id: UUID, matter: Matter) -> int:
    """Take a matter out of the schedule: it is kept for good; how many lines it had."""
    gone = await connection.execute(delete(_CHOICE).where(_CHOICE.c.owner_id == owner_id, _CHOICE.c.matter == matter))
    return gone.rowcount


async def place(connection: AsyncConnection, kept: KeptHold) -> None:
    await connection.execute(
        insert(_HOLD).values(
            owner_id=kept.owner_id,
            id=kept.id,
            child_id=kept.child_id,
            ground=kept.hold.ground,
            until_on=kept.hold.until,
            reason=kept.reason,
            placed_by=kept.placed_by,
            placed_at=kept.placed_at,
        )
    )


async def release(connection: AsyncConnection, hold_id: UUID, *, reason: str, by: str, at: datetime) -> KeptHold | None:
    """End a hold that is not over; None where there is none."""
    ended = await connection.execute(
        update(_HOLD)
        .where(_HOLD.c.id == hold_id, _HOLD.c.released_at.is_(None))
        .values(released_by=by, release_reason=reason, released_at=at)
        .returning(_HOLD)
    )
    row = ended.first()
    return None if row is None else _kept(row)


async def holds(connection: AsyncConnection, owner_id: UUID, *, on: date) -> list[KeptHold]:
    """The owner's holds that are not over, those on all its records first."""
    found = await connection.execute(
        select(_HOLD)
        .where(_HOLD.c.owner_id == owner_id, _HOLD.c.released_at.is_(None))
        .order_by(_HOLD.c.child_id.is_not(None), _HOLD.c.placed_at, _HOLD.c.id)
    )
    return [kept for kept in map(_kept, found) if kept.hold.stops(on)]


def _kept(row: Any) -> KeptHold:
    return KeptHold(
        row.id,
        row.owner_id,
        row.child_id,
        Hold(HoldGround(row.ground), row.until_on),
        row.reason,
        row.placed_by,
        row.placed_at,
    )


async def born_before(
    connection: AsyncConnection, owner_id: UUID, day: date, *, after: tuple[date, UUID] | None, most: int
) -> list[tuple[date, UUID]]:
    """The owner's children who were born before the day, the oldest first: day of birth and id."""
    child = tables.child
    which = select(child.c.date_of_birth, child.c.id).where(child.c.owner_id == owner_id, child.c.date_of_birth < day)
    if after is not None:
        born_on, last = after
        later = (child.c.date_of_birth > born_on) | ((child.c.date_of_birth == born_on) & (child.c.id > last))
        which = which.where(child.c.date_of_birth >= born_on, later)
    found = await connection.execute(which.order_by(child.c.date_of_birth, child.c.id).limit(most))
    return [(row.date_of_birth, row.id) for row in found]


async def lock_child(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> bool:
    """Nobody else changes the record until this transaction ends; False where it is no more."""
    child = tables.child
    which = select(child.c.id).where(child.c.owner_id == owner_id, child.c.id == child_id)
    return (await connection.execute(which.with_for_update())).first() is not None


async def records(connection: AsyncConnection, owner_id: UUID, child_ids: Collection[UUID]) -> list[Record]:
    """What keeps each of these children's records, and since when it counts; in the order of their birth."""
    if not child_ids:
        return []
    found = await connection.execute(_FACTS, {"owner": owner_id, "children": list(child_ids)})
    return [_record(row) for row in found.mappings()]


def _record(row: Any) -> Record:
    matters = {Matter.HEALTH: row["last_advice_on"] is not None, Matter.MONEY: row["has_budget"]}
    return Record(
        row["id"],
        Recorded(
            born_on=row["date_of_birth"],
            last_entry_on=row["last_entry_on"],
            matters=frozenset(matter for matter, is_there in matters.items() if is_there),
            died_on=row["died_on"],
            last_advice_on=row["last_advice_on"],
            last_payment_on=row["last_payment_on"],
        ),
        frozenset(each for each in Unfinished if row[each.value.lower()]),
        tuple(Hold(HoldGround(each["ground"]), _day(each["until_on"])) for each in row["holds"]),
    )


def _day(said: str | None) -> date | None:
    return None if said is None else date.fromisoformat(said)


# What the hub says by itself (that a duty falls due) is no entry, nor is a hold: nobody changed the record.
_NO_ENTRY = "('duty_due_soon', 'duty_overdue', 'record_held', 'hold_released')"
_HEALTH_BODIES = "('INTEGRATED_CARE_BOARD', 'NHS_ENGLAND', 'NHS_TRUST', 'LOCAL_HEALTH_BOARD')"
_OF_THE_CHILD = "of_it.owner_id = c.owner_id AND of_it.child_id = c.id"


def _exists(table: str, condition: str) -> str:
    return f"EXISTS (SELECT FROM {table} of_it WHERE {_OF_THE_CHILD} AND {condition})"


def _last(table: str, column: str, more: str = "true") -> str:
    return f"(SELECT max(of_it.{column}) FROM {table} of_it WHERE {_OF_THE_CHILD} AND {more})"  # noqa: S608 (as above)


_UNFINISHED = {
    Unfinished.PLAN: _exists("plan", "of_it.status NOT IN ('CEASED', 'TRANSFERRED', 'SUPERSEDED')"),
    Unfinished.ASSESSMENT: _exists(
        "assessment",
        "NOT of_it.historical AND of_it.outcome IS NULL "
        "AND coalesce(of_it.decision, 'WILL_ASSESS') NOT IN ('WILL_NOT_ASSESS', 'WITHDRAWN')",
    ),
    Unfinished.REQUEST: _exists("cooperation_request", "of_it.status IN ('SENT', 'RECEIVED', 'ACCEPTED')"),
    Unfinished.REDRESS: _exists("dispute", "of_it.status IN ('OPEN', 'ESCALATED')"),
    Unfinished.BUDGET: _exists("personal_budget", "of_it.status NOT IN ('ENDED', 'REFUSED', 'NOT_RECORDED')"),
    Unfinished.GLASS: _exists(
        "broken_glass",
        "NOT EXISTS (SELECT FROM glass_acknowledgement a WHERE a.owner_id = of_it.owner_id "
        "AND a.broken_glass_id = of_it.id)",
    ),
    Unfinished.IDENTITY: (
        "EXISTS (SELECT FROM identity_candidate of_it WHERE of_it.owner_id = c.owner_id AND of_it.decision IS NULL "
        "AND (of_it.child_id = c.id OR of_it.other_child_id = c.id))"
    ),
}
_FACTS = text(
    f"""
SELECT c.id, c.date_of_birth,
    (greatest(c.updated_at, (SELECT max(e.recorded_at) FROM event e
        WHERE e.owner_id = c.owner_id AND e.child_id = c.id AND e.kind NOT IN {_NO_ENTRY})
    ) AT TIME ZONE 'Europe/London')::date AS last_entry_on,
    {_last("plan", "ceased_on", "of_it.cease_reason = 'DECEASED'")} AS died_on,
    {_last("advice", "given_on", f"of_it.given_by_id IN (SELECT id FROM organisation WHERE kind IN {_HEALTH_BODIES})")}
        AS last_advice_on,
    {_exists("personal_budget", "true")} AS has_budget,
    greatest({_last("payment", "paid_on")}, {_last("spending", "spent_on")}, {_last("amount_due", "due_on")},
        {_last("budget_item", "ends_on")}, {_last("direct_payment", "ends_on")}) AS last_payment_on,
    {", ".join(f"{exists} AS {word.lower()}" for word, exists in _UNFINISHED.items())},
    coalesce((SELECT jsonb_agg(jsonb_build_object('ground', h.ground, 'until_on', h.until_on) ORDER BY h.ground, h.id)
        FROM retention_hold h WHERE h.owner_id = c.owner_id AND h.released_at IS NULL
        AND (h.child_id = c.id OR h.child_id IS NULL)), '[]') AS holds
FROM child c WHERE c.owner_id = :owner AND c.id = ANY(CAST(:children AS uuid[])) ORDER BY c.date_of_birth, c.id
"""  # noqa: S608 (our own words)
)
