"""Joint commissioning arrangements as they are kept: proposing a version, signing it, bringing it into force."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.sharing import Asking
from hub.law.reg8_time_limit import Part3Function
from hub.law.s26_arrangements import Arrangement, TimeLimit
from hub.law.vocabulary import OrganisationKind

PARTY, ACTING = "PARTY", "ACTING"


@dataclass(frozen=True, slots=True)
class DisputeStep:
    """A step of the procedure to resolve disputes between the parties (s. 26(3)(g))."""

    description: str
    owner_role: str | None
    working_days: int | None


@dataclass(frozen=True, slots=True)
class Text:
    """What arrangements say beside who makes them and what they share."""

    title: str
    clauses: Sequence[tuple[str, str]]
    dispute_steps: Sequence[DisputeStep]
    acting: Sequence[UUID]
    starts_on: date | None


@dataclass(frozen=True, slots=True)
class Version:
    """A version of arrangements as it stands: what the law asks of it before it is signed or superseded."""

    arrangement: Arrangement
    number: int
    answered: frozenset[str]
    starts_on: date | None
    supersedes: UUID | None
    is_superseded: bool


async def insert_version(
    connection: AsyncConnection,
    arrangement: Arrangement,
    text: Text,
    *,
    number: int,
    supersedes: UUID | None,
    proposed: tuple[UUID, datetime],
    ids: Callable[[], UUID],
) -> None:
    """Keep a proposed version: by whom, and when."""
    of_it = {"arrangement_id": arrangement.id}
    await connection.execute(
        insert(tables.arrangement).values(
            id=arrangement.id,
            authority_id=arrangement.authority,
            title=text.title,
            version=number,
            review_on=arrangement.review_on,
            proposed_by_id=proposed[0],
            proposed_at=proposed[1],
            starts_on=text.starts_on,
            supersedes_id=supersedes,
        )
    )
    bodies = [*((each, PARTY) for each in arrangement.parties), *((each, ACTING) for each in text.acting)]
    parties = [of_it | {"id": ids(), "body_id": body, "role": role} for body, role in bodies]
    await connection.execute(insert(tables.arrangement_party), parties)
    clauses = [of_it | {"id": ids(), "requirement": each, "text": words} for each, words in text.clauses]
    steps = [
        of_it
        | {"id": ids(), "ordinal": ordinal, "description": each.description, "owner_role": each.owner_role}
        | {"working_days": each.working_days}
        for ordinal, each in enumerate(text.dispute_steps, start=1)
    ]
    rules = [
        of_it
        | {
            "id": ids(),
            "recipient_kinds": sorted(each.recipient_kinds),
            "recipients": sorted(each.recipients),
            "purposes": sorted(each.purposes),
            "parts": sorted(each.parts),
            "mode": each.mode,
            "basis": each.basis,
            "ground": each.basis.meaning,
            "starts_on": each.starts_on,
            "ends_on": each.ends_on,
        }
        for each in arrangement.rules
    ]
    limits = [
        of_it | {"id": ids(), "function": each.function, "working_days": each.working_days}
        for each in arrangement.limits
    ]
    for table, rows in (
        (tables.arrangement_clause, clauses),
        (tables.arrangement_dispute_step, steps),
        (tables.sharing_rule, rules),
        (tables.arrangement_time_limit, limits),
    ):
        if rows:
            await connection.execute(insert(table), rows)


async def version_for_update(connection: AsyncConnection, asking: Asking, arrangement_id: UUID) -> Version | None:
    """A version that exists for the asking body, locked until the transaction ends; its rules are not read."""
    table = tables.arrangement
    which = (table.c.id == arrangement_id, sharing.may_see(table, asking))
    row = (await connection.execute(select(table).where(*which).with_for_update())).first()
    if row is None:
        return None
    clause = tables.arrangement_clause
    of_it = clause.c.arrangement_id == row.id
    answered = (await connection.execute(select(clause.c.requirement).where(of_it))).scalars()
    later = await connection.scalar(select(table.c.id).where(table.c.supersedes_id == row.id))
    arrangement = await _as_law(connection, row)
    return Version(arrangement, row.version, frozenset(answered), row.starts_on, row.supersedes_id, later is not None)


async def with_limit(
    connection: AsyncConnection, asking: Asking, *, authority: UUID, function: Part3Function
) -> list[Arrangement]:
    """The authority's arrangements that agree a time limit for the function, as far as the asking body is in them.

    Who may rely on them and when is the law's to say (`hub.law.s26_arrangements.agreed_limit`).
    """
    table, limit = tables.arrangement, tables.arrangement_time_limit
    statement = (
        select(table, limit.c.working_days)
        .join(limit, limit.c.arrangement_id == table.c.id)
        .where(table.c.authority_id == authority, limit.c.function == function, sharing.may_see(table, asking))
    )
    return [
        replace(await _as_law(connection, row), limits=(TimeLimit(function, row.working_days),))
        for row in (await connection.execute(statement)).all()
    ]


async def _as_law(connection: AsyncConnection, row: Row[Any]) -> Arrangement:
    """The version in a row of the table, with its parties and who of them has signed."""
    party, body = tables.arrangement_party, tables.organisation
    parties = await connection.execute(
        select(party.c.body_id, party.c.signed_at, body.c.kind)
        .join(body, body.c.id == party.c.body_id)
        .where(party.c.arrangement_id == row.id, party.c.role == PARTY)
    )
    found = parties.all()
    return Arrangement(
        id=row.id,
        authority=row.authority_id,
        parties={each.body_id: OrganisationKind(each.kind) for each in found},
        signed=frozenset(each.body_id for each in found if each.signed_at is not None),
        in_force_from=row.in_force_from,
        in_force_to=row.in_force_to,
        review_on=row.review_on,
    )


async def is_of_authority(connection: AsyncConnection, asking: Asking, arrangement_id: UUID, authority: UUID) -> bool:
    """Whether the arrangements exist for the asking body and are those of the authority."""
    table = tables.arrangement
    which = (table.c.id == arrangement_id, table.c.authority_id == authority, sharing.may_see(table, asking))
    return await connection.scalar(select(table.c.id).where(*which)) is not None


async def sign(connection: AsyncConnection, arrangement_id: UUID, body: UUID, *, at: datetime) -> None:
    party = tables.arrangement_party
    which = (party.c.arrangement_id == arrangement_id, party.c.body_id == body, party.c.role == PARTY)
    await connection.execute(update(party).where(*which).values(signed_at=at))


async def bring_into_force(connection: AsyncConnection, version: Version, *, from_: date) -> None:
    """From this day, before which the version that it supersedes ends."""
    table = tables.arrangement
    await connection.execute(update(table).where(table.c.id == version.arrangement.id).values(in_force_from=from_))
    if version.supersedes is not None:
        before = from_ - timedelta(days=1)
        await connection.execute(update(table).where(table.c.id == version.supersedes).values(in_force_to=before))
