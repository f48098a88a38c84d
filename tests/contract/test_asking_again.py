"""An EHC needs assessment is asked for (CFA 2014 s. 36(1)) of a child who had one before, as far as a return tells."""

from sqlalchemy import update

from hub.db import tables
from hub.db.session import Database
from schema.ids import to_global
from tests.contract.test_plan_story import Story, story

__all__ = ["story"]


async def test_what_a_return_calls_historical_is_not_being_considered(story: Story, database: Database) -> None:
    """Nobody recorded what came of a historical request; it is over all the same, and another may be made: one."""
    unsaid = {"historical": True, "decision": None, "outcome": None, "outcome_on": None}
    async with database.begin(None) as connection:
        await connection.execute(update(tables.assessment).values(**unsaid))
    given = {"child": to_global("Child", story.world.child), "receivedOn": "2026-11-02", "askedBy": "SCHOOL_OR_COLLEGE"}
    await story.done("requestAssessment", given)
    assert await story.refused("requestAssessment", given) == "already-requested"
