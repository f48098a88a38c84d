"""The events of an import, written with the rows that they tell of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.actions.import_changes import Changes
from hub.db import tables
from hub.db.import_return import Row
from hub.law.caller import Caller
from hub.law.identity import Linked


@dataclass(frozen=True, slots=True)
class Said:
    """By which import of whom, when, and of which year; without a caller it is the local operator's."""

    run: UUID
    year: int
    at: datetime
    caller: Caller | None


def event_rows(changes: Changes, said: Said, linked: Mapping[UUID, Linked]) -> list[Row]:
    """One event for each child that is new or changed: which columns, never what stands in them."""
    caller = said.caller
    for_all = {
        "recorded_at": said.at,
        "owner_id": changes.owner_id,
        "about_type": "Child",
        "organisation_id": caller.organisation if caller else None,
        "client_id": caller.client_id if caller else None,
        "person": caller.person if caller else None,
        "token_id": caller.token_id if caller else None,
        "purpose": caller.purpose if caller else None,
    }

    def event(kind: str, child_id: UUID, **facts: Any) -> Row:
        own = {"id": changes.new_id(), "kind": kind, "child_id": child_id, "about_id": child_id}
        return for_all | own | {"facts": {"import_run": said.run, "year": said.year, **facts}}

    new = [event("child_added_by_return", child_id) for child_id in changes.new_children]
    changed = changes.changed_children()
    return new + [event("child_changed_by_return", each, **_changed(changes, each, linked)) for each in changed]


def _changed(changes: Changes, child_id: UUID, linked: Mapping[UUID, Linked]) -> dict[str, Any]:
    """What changed; where the file is a new source of the child, by which rule it is known, on what evidence."""
    columns = sorted(changes.columns[child_id])
    why = linked.get(child_id)
    if why is None or tables.child_source.name not in columns:
        return {"columns": columns}
    return {"columns": columns, "linked_by": why.rule, "evidence": sorted(each.value for each in why.evidence)}
