"""Help that is asked for (ss. 28, 29), and what a body keeps of a request to co-operate that was withdrawn."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.cooperation import Recorded
from hub.db.sharing import Asking
from hub.law.s28_cooperation import Enquiry

_ENQUIRY = tables.enquiry


async def insert_withdrawn(connection: AsyncConnection, recorded: Recorded) -> None:
    """Keep for the asked body that its request was withdrawn, and nothing of the child; once, however often."""
    request = recorded.request
    kept = upsert(tables.withdrawn_request).values(
        owner_id=recorded.owner_id,
        id=request.id,
        addressed_to_id=request.addressed_to,
        sent_at=request.sent_at,
        withdrawn_at=request.withdrawn_at,
    )
    await connection.execute(kept.on_conflict_do_nothing())


async def insert_enquiry(connection: AsyncConnection, enquiry: Enquiry) -> None:
    await connection.execute(
        insert(_ENQUIRY).values(
            owner_id=enquiry.asked_by,
            id=enquiry.id,
            child_id=enquiry.child_id,
            addressed_to_id=enquiry.addressed_to,
            provision=enquiry.provision,
            asked=enquiry.asked,
            asked_at=enquiry.asked_at,
        )
    )


async def enquiry_by_id(connection: AsyncConnection, enquiry_id: UUID, asking: Asking) -> Enquiry | None:
    """The enquiry; None for an unknown id and for one the body may not see."""
    which = (_ENQUIRY.c.id == enquiry_id, sharing.may_see(_ENQUIRY, asking))
    row = (await connection.execute(select(_ENQUIRY).where(*which))).first()
    if row is None:
        return None
    return Enquiry(
        id=row.id,
        asked_by=row.owner_id,
        addressed_to=row.addressed_to_id,
        child_id=row.child_id,
        provision=row.provision,
        asked=row.asked,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
    )


async def answer_enquiry(connection: AsyncConnection, enquiry: Enquiry, *, answer: str, at: datetime) -> bool:
    """Keep the answer; false where another came first."""
    which = (_ENQUIRY.c.owner_id == enquiry.asked_by, _ENQUIRY.c.id == enquiry.id, _ENQUIRY.c.answered_at.is_(None))
    answered = update(_ENQUIRY).where(*which).values(answer=answer, answered_at=at).returning(_ENQUIRY.c.id)
    return await connection.scalar(answered) is not None
