"""Loading and saving re-assessments: assessments of a child for whom a plan is maintained."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.duty_rows import About
from hub.db.sharing import Asking
from hub.law.reg23_reassessment import ReassessmentAskedBy
from hub.law.vocabulary import AssessmentDecision

_ASSESSMENT = tables.assessment


@dataclass(frozen=True, slots=True)
class AskedReassessment:
    """A re-assessment that was asked for: by whom, when, and whether that is decided."""

    about: About
    asked_by: ReassessmentAskedBy
    asked_on: date
    decided: bool


async def last_assessed_on(connection: AsyncConnection, about: About) -> date | None:
    """The day on which the authority last came to an outcome of an assessment of the child."""
    table = _ASSESSMENT
    latest = select(func.max(table.c.outcome_on)).where(
        table.c.owner_id == about.owner_id, table.c.child_id == about.child_id, table.c.id != about.id
    )
    return (await connection.execute(latest)).scalar_one()


async def for_update(connection: AsyncConnection, assessment_id: UUID, asking: Asking) -> AskedReassessment | None:
    """What was asked for here, locked; None for an unknown id, for one the body may not see, and for any other."""
    table = _ASSESSMENT
    found = select(table).where(
        table.c.id == assessment_id,
        table.c.reassessment,
        table.c.requested_by.in_([each.value for each in ReassessmentAskedBy]),
        sharing.may_see(table, asking),
    )
    row = (await connection.execute(found.with_for_update(of=table))).mappings().first()
    if row is None:
        return None
    about = About("Assessment", row["id"], row["owner_id"], row["child_id"])
    asked_by = ReassessmentAskedBy(row["requested_by"])
    return AskedReassessment(about, asked_by, row["requested_on"], row["decision"] is not None)


async def decide(connection: AsyncConnection, about: About, *, decision: AssessmentDecision, on: date) -> None:
    await connection.execute(
        update(_ASSESSMENT)
        .where(_ASSESSMENT.c.owner_id == about.owner_id, _ASSESSMENT.c.id == about.id)
        .values(decision=decision, decided_on=on)
    )
