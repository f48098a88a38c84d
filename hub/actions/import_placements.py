"""The placements of a plan: those it names (module 4) and those attended (module 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from hub.actions.import_changes import Changes
from hub.actions.import_record import Record
from hub.actions.sen2_return import ActivePlan, NamedPlan, Placement
from hub.db import tables
from hub.db.import_return import Row

SETTING = ("urn", "ukprn", "sen_setting")
"""The columns that say which setting a placement is at."""


def keep_placements(
    changes: Changes,
    named: NamedPlan,
    active: ActivePlan,
    plan_id: UUID,
    record: Record,
    settings: Mapping[str, UUID],
) -> None:
    """Set the return's placements against the plan's: the same setting first, then the same rank and start."""
    child_id, of_plan = record.child_id, [row for row in record.of("placement") if row["plan_id"] == plan_id]
    in_plan: Sequence[Placement] = named.placements
    if named.residential is not None or named.work_based is not None:
        in_plan = [replace(each, residential=named.residential, work_based=named.work_based) for each in in_plan]
    for named_in_plan, said in ((True, in_plan), (False, active.placements)):
        left = [row for row in of_plan if row["named_in_plan"] is named_in_plan]
        chosen = _pair([_columns(each, settings) for each in said], left)
        for columns, current in chosen:
            fixed = {"plan_id": plan_id, "named_in_plan": named_in_plan}
            changes.keep(tables.placement, child_id, current, columns, **fixed)
        if not named_in_plan:
            _end_main_placement(changes, child_id, [columns for columns, _ in chosen], left)


def _columns(placement: Placement, settings: Mapping[str, UUID]) -> dict[str, Any]:
    return {
        "setting_id": settings.get(placement.urn) if placement.urn else None,
        "urn": placement.urn,
        "ukprn": placement.ukprn,
        "sen_setting": placement.setting,
        "sen_setting_other": placement.setting_other,
        "rank": placement.rank,
        "starts_on": placement.entered_on,
        "ends_on": placement.left_on,
        "residential": placement.residential,
        "work_based": placement.work_based,
        "sen_unit": placement.sen_unit,
        "resourced_provision": placement.resourced_provision,
    }


def _pair(said: list[dict[str, Any]], left: list[Row]) -> list[tuple[dict[str, Any], Row | None]]:
    """Each placement of the return with the row it is about; what is taken leaves `left`."""
    chosen: list[Row | None] = [None] * len(said)
    for alike in (_same, _same_setting, _same_rank):
        for position, columns in enumerate(said):
            if chosen[position] is None:
                found = next((row for row in left if alike(row, columns)), None)
                if found is not None:
                    chosen[position] = found
                    left.remove(found)
    return list(zip(said, chosen, strict=True))


def _same(row: Row, said: Mapping[str, Any]) -> bool:
    return all(row[name] == said[name] for name in (*SETTING, "starts_on", "rank"))


def _same_setting(row: Row, said: Mapping[str, Any]) -> bool:
    """At the same setting, and not known to have begun on another day: a child may come back to a school."""
    began = (row["starts_on"], said["starts_on"])
    return all(row[name] == said[name] for name in SETTING) and (None in began or began[0] == began[1])


def _same_rank(row: Row, said: Mapping[str, Any]) -> bool:
    """A correction of which setting it is."""
    return row["rank"] == said["rank"] and row["starts_on"] == said["starts_on"]


def _end_main_placement(changes: Changes, child_id: UUID, said: list[dict[str, Any]], left: list[Row]) -> None:
    """A main placement that the return no longer has ended, at the latest, when the one it has instead began."""
    began = [each["starts_on"] for each in said if each["rank"] == 1 and each["starts_on"] is not None]
    for row in left:
        open_main = row["rank"] == 1 and row["ends_on"] is None and row["starts_on"] is not None
        later = [day for day in began if open_main and day > row["starts_on"]]
        if later:
            changes.keep(tables.placement, child_id, row, {"ends_on": min(later)})
