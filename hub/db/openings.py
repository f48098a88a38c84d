"""What opens a record beside the statute, as it is kept: consents, decisions to disclose, broken glass."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.sharing import Asking
from hub.law.caller import Caller
from hub.law.reg17_consent import Consent
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import DisclosureDecision
from hub.law.safeguarding import BrokenGlass


@dataclass(frozen=True, slots=True)
class Kept:
    """Where something is kept: its id, whose record it belongs to and of which child."""

    owner_id: UUID
    id: UUID
    child_id: UUID


async def insert_consent(connection: AsyncConnection, kept: Kept, consent: Consent, *, given_by: str) -> None:
    await connection.execute(
        insert(tables.consent).values(
            owner_id=kept.owner_id,
            id=kept.id,
            child_id=kept.child_id,
            given_by=given_by,
            capacity=consent.giver,
            capacity_basis=consent.basis,
            parts=sorted(consent.parts),
            recipients=sorted(consent.recipients),
            purposes=sorted(consent.purposes),
            while_providing=consent.while_providing,
            given_on=consent.given_on,
            ends_on=consent.ends_on,
        )
    )


async def consent_for_update(
    connection: AsyncConnection, asking: Asking, consent_id: UUID
) -> tuple[Kept, Consent] | None:
    """A consent that exists for the asking body, locked until the transaction ends."""
    table = tables.consent
    which = (table.c.id == consent_id, sharing.may_see(table, asking))
    row = (await connection.execute(select(table).where(*which).with_for_update())).first()
    if row is None:
        return None
    return Kept(row.owner_id, row.id, row.child_id), Consent(
        giver=row.capacity,
        basis=row.capacity_basis,
        recipients=frozenset(row.recipients),
        purposes=frozenset(Purpose(word) for word in row.purposes),
        parts=frozenset(Part(word) for word in row.parts),
        given_on=row.given_on,
        ends_on=row.ends_on,
        withdrawn_on=row.withdrawn_on,
        while_providing=row.while_providing,
    )


async def withdraw_consent(connection: AsyncConnection, kept: Kept, *, on: date) -> None:
    table = tables.consent
    which = (table.c.owner_id == kept.owner_id, table.c.id == kept.id)
    await connection.execute(update(table).where(*which).values(withdrawn_on=on))


async def insert_decision(
    connection: AsyncConnection, kept: Kept, decision: DisclosureDecision, *, at: datetime
) -> None:
    await connection.execute(
        insert(tables.disclosure_decision).values(
            owner_id=kept.owner_id,
            id=kept.id,
            child_id=kept.child_id,
            ground=decision.ground,
            recipients=sorted(decision.recipients),
            purposes=sorted(decision.purposes),
            parts=sorted(decision.parts),
            arrangement_id=decision.arrangement,
            while_providing=decision.while_providing,
            officer=decision.officer,
            reasons=decision.reasons,
            undertaking_on=decision.undertaking_on,
            decided_at=at,
            starts_on=decision.starts_on,
            ends_on=decision.ends_on,
        )
    )


async def decision_for_update(
    connection: AsyncConnection, asking: Asking, decision_id: UUID
) -> tuple[Kept, bool] | None:
    """A decision that exists for the asking body, and whether it was revoked; locked until the transaction ends."""
    table = tables.disclosure_decision
    which = (table.c.id == decision_id, sharing.may_see(table, asking))
    row = (await connection.execute(select(table).where(*which).with_for_update())).first()
    return None if row is None else (Kept(row.owner_id, row.id, row.child_id), row.revoked_at is not None)


async def revoke_decision(connection: AsyncConnection, kept: Kept, *, at: datetime) -> None:
    table = tables.disclosure_decision
    which = (table.c.owner_id == kept.owner_id, table.c.id == kept.id)
    await connection.execute(update(table).where(*which).values(revoked_at=at))


async def behind_glass(
    connection: AsyncConnection, *, child_id: UUID | None, nhs_number: str | None
) -> list[tuple[UUID, UUID]]:
    """(owner, child) of the records that a body would break the glass over. Whoever asks is recorded at once."""
    asked = func.behind_glass(bindparam("child", child_id, Uuid()), nhs_number).table_valued("owner_id", "child_id")
    rows = (await connection.execute(select(asked.c.owner_id, asked.c.child_id))).all()
    return [(row.owner_id, row.child_id) for row in rows]


async def insert_broken_glass(
    connection: AsyncConnection, kept: Kept, glass: BrokenGlass, *, caller: Caller, reason: str
) -> str | None:
    """Keep it, and answer whom it is told to: the privacy officer whom the owning body has named, if it has."""
    officer = tables.privacy_officer
    alerted = await connection.scalar(select(officer.c.contact).where(officer.c.body_id == kept.owner_id))
    await connection.execute(
        insert(tables.broken_glass).values(
            owner_id=kept.owner_id,
            id=kept.id,
            child_id=kept.child_id,
            body_id=glass.body,
            client_id=caller.client_id,
            person=caller.person,
            reason=reason,
            opened_at=glass.opened_at,
            ends_at=glass.ends_at,
            alerted=alerted,
        )
    )
    return alerted


async def glass_broken(connection: AsyncConnection, asking: Asking, glass_id: UUID) -> Kept | None:
    """Where broken glass is kept that exists for the asking body."""
    table = tables.broken_glass
    which = (table.c.id == glass_id, sharing.may_see(table, asking))
    row = (await connection.execute(select(table.c.owner_id, table.c.id, table.c.child_id).where(*which))).first()
    return None if row is None else Kept(row.owner_id, row.id, row.child_id)


async def acknowledge_glass(
    connection: AsyncConnection, kept: Kept, *, row_id: UUID, caller: Caller, finding: str, at: datetime
) -> bool:
    """Keep that the alert was acknowledged; False where it was before, and nothing is kept."""
    values = {"owner_id": kept.owner_id, "id": row_id, "child_id": kept.child_id, "broken_glass_id": kept.id}
    by = {"client_id": caller.client_id, "person": caller.person, "finding": finding, "acknowledged_at": at}
    table = tables.glass_acknowledgement
    statement = upsert(table).values(**values, **by).on_conflict_do_nothing().returning(table.c.id)
    return (await connection.execute(statement)).first() is not None


async def alerts_open(connection: AsyncConnection) -> int:
    """How many alerts of broken glass nobody has acknowledged, in all bodies' records."""
    return int(await connection.scalar(select(func.glass_unacknowledged())) or 0)


async def set_restricted(connection: AsyncConnection, owner_id: UUID, child_id: UUID, *, restricted: bool) -> None:
    table = tables.child
    which = (table.c.owner_id == owner_id, table.c.id == child_id)
    await connection.execute(update(table).where(*which).values(restricted=restricted))


async def name_privacy_officer(
    connection: AsyncConnection, body_id: UUID, *, name: str, contact: str, at: datetime
) -> None:
    """The body's officer from now on."""
    named = {"name": name, "contact": contact, "named_at": at}
    statement = upsert(tables.privacy_officer).values(body_id=body_id, **named)
    await connection.execute(statement.on_conflict_do_update(index_elements=["body_id"], set_=named))
