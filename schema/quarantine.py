"""What could not be applied of a file or a message, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import Boolean, ColumnElement, DateTime, FromClause, Integer, Select, Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from hub.db import tables
from hub.db.sharing import Sight
from hub.law.imports import DiscardReason, QuarantineForm, QuarantineResolution, QuarantineStep
from hub.law.vocabulary import Source
from schema.encoding import constant, global_id
from schema.fields import column, computed, counted, figure, figures, node_id, one, row_of
from schema.node import Node
from schema.organisation import Organisation

_ITEM = tables.quarantined_item.c


def _size(item: FromClause, _: Sight) -> ColumnElement[int]:
    return func.octet_length(item.c.content, type_=Integer)


def _problems(item: FromClause, _: Sight) -> Select[Any]:
    each = func.jsonb_array_elements(item.c.problems, type_=JSONB).table_valued("problem", with_ordinality="nth")
    each = each.render_derived()
    said = [each.c.problem.op("->>")(constant(name)).label(name) for name in ("place", "rule", "message")]
    return select(*said).select_from(each).order_by(each.c.nth)


@figures(scope="record.import")
class QuarantineProblem:
    """One thing that is wrong, in words that never carry a child's data."""

    place: str = figure("place", Text(), "Where: the line, the element's path or the FHIRPath.")
    rule: str = figure("rule", Text(), "A stable code of the rule that it breaks.")
    message: str = figure("message", Text(), "What the rule asks.")


def _steps(item: FromClause, _: Sight) -> Select[Any]:
    each = func.jsonb_array_elements(item.c.steps, type_=JSONB).table_valued("step", with_ordinality="nth")
    each = each.render_derived()
    said = [each.c.step.op("->>")(constant(name)).label(name) for name in ("step", "person", "client", "why", "reason")]
    at = cast(each.c.step.op("->>")(constant("at")), DateTime(timezone=True)).label("at")
    return select(*said, at).select_from(each).order_by(each.c.nth)


def _is_mended(item: FromClause, _: Sight) -> ColumnElement[bool]:
    return item.c.mended.is_not(None)


@figures(scope="record.import")
class QuarantineHistoryStep:
    """Something that was done with an item, by whom and why."""

    step: QuarantineStep = figure("step", Text(), "What was done.")
    at: datetime = figure("at", DateTime(timezone=True), "When.")
    person: str | None = figure("person", Text(), "Who did it.")
    client_id: str | None = figure("client", Text(), "By which system.", named="clientId")
    why: str | None = figure("why", Text(), "Why, in that person's words. Seen by your body alone.")
    reason: DiscardReason | None = figure("reason", Text(), "Why it was put aside for good.")


@row_of(tables.quarantined_item, scope="record.import")
class QuarantinedItem(Node):
    """A part of a file, or a message, that was kept aside because it breaks a rule. The rest of the file was applied.

    It waits to be mended and replayed, or put aside for good, by a person of the body whose file or message it was.
    """

    id: strawberry.ID = node_id(_ITEM.id, "QuarantinedItem")
    kind: Source = column(_ITEM.kind, "What it came in.")
    form: QuarantineForm = column(_ITEM.form, "What it is, and so how it is read.")
    place: str = column(_ITEM.place, "Where in it: the line, the element's path or the FHIRPath.")
    problems: list[QuarantineProblem] = counted("QuarantineProblem", _problems, "Everything that is wrong with it.")
    size: int = computed(
        _size,
        "Its size in bytes. What it says may be about anybody: `openQuarantined` shows it, and puts that on record.",
    )
    sha256: str = column(_ITEM.sha256, "SHA-256 of it as it came, in hexadecimal.")
    version: int = column(_ITEM.version, "Its version: say it when you mend, replay or discard it.")
    mended: bool = computed(_is_mended, "Whether a person has corrected what it says.", of=Boolean())
    child_id: strawberry.ID | None = column(
        _ITEM.chosen_child_id,
        "The id of the child of yours that a person says it is about: ask `child` for more.",
        encoding=global_id("Child"),
    )
    as_new_child: bool = column(_ITEM.as_new_child, "Whether a person says that it is about a child you have not had.")
    steps: list[QuarantineHistoryStep] = counted(
        "QuarantineHistoryStep", _steps, "What was done with it, by whom and why, in order."
    )
    sender: Organisation | None = one("Organisation", _ITEM.sender_id, "The body that sent it.")
    quarantined_at: datetime = column(_ITEM.quarantined_at, "When it was kept aside.")
    resolved_at: datetime | None = column(_ITEM.resolved_at, "When it left the quarantine; absent: it waits.")
    resolution: QuarantineResolution | None = column(_ITEM.resolution, "How it left the quarantine.")
