"""The versions of a plan that one request led to, as a return sees them: it knows a plan, and not its versions."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from hub.db.import_return import Row
from hub.law.s37_plan import CHANGEABLE


def versions_from(plans: Iterable[Row], assessment_id: UUID | None) -> list[Row]:
    """The versions made after the assessment, and those that amend or replace them, in order.

    Without an assessment: those of a plan that came from another authority (SEND Regs 2014 reg. 15).
    """
    every = list(plans)
    found = [row for row in every if row["assessment_id"] == assessment_id and _begins(row, assessment_id)]
    held = {row["id"] for row in found}
    while further := [row for row in every if row["id"] not in held and row["supersedes_id"] in held]:
        found += further
        held.update(row["id"] for row in further)
    return sorted(found, key=lambda row: (row["version"], row["id"]))


def _begins(row: Row, assessment_id: UUID | None) -> bool:
    return assessment_id is not None or row["supersedes_id"] is None


def current(versions: Sequence[Row]) -> Row | None:
    """The version that is or was in force: the last that is no draft; else the last."""
    return next((row for row in reversed(versions) if not is_draft(row)), versions[-1] if versions else None)


def as_of(versions: Sequence[Row], day: date) -> Row | None:
    """The version that was in force on the day, or had been: one that was made final on an unknown day was by then."""
    return current([row for row in versions if not is_draft(row) and (row["finalised_on"] or day) <= day])


def is_draft(row: Row) -> bool:
    return row["status"] in CHANGEABLE


def of_plans(rows: Iterable[Row], versions: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows that belong to any of the versions."""
    held = {row["id"] for row in versions}
    return [row for row in rows if row["plan_id"] in held]
