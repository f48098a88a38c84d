"""What was done: the events of the record, as the history of what each is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.db import tables
from hub.db.sharing_parts import EVENT_PARTS
from schema.fields import column, many, one, part_by, row_of
from schema.organisation import Organisation

_EVENT = tables.event.c


@row_of(tables.event, part=part_by("about_type", EVENT_PARTS))
class Event:
    """Something that was done."""

    kind: str = column(_EVENT.kind, "What was done, such as cooperation_request_received.")
    recorded_at: datetime = column(_EVENT.recorded_at, "When it was done.")
    organisation: Organisation | None = one(
        "Organisation", _EVENT.organisation_id, "Who did it; absent: the hub itself."
    )


def history_of() -> Any:
    """The history of the row that a type stands for."""
    return many("Event", "about_id", "What was done, in order.", order=("recorded_at", "id"))
