"""What could not be applied of a file or a message, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, FromClause, Integer, Select, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB

from hub.db import tables
from hub.db.sharing import Sight
from hub.law.vocabulary import Source
from schema.encoding import constant
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


@row_of(tables.quarantined_item, scope="record.import")
class QuarantinedItem(Node):
    """A part of a file or a message that was kept aside, because it breaks a rule. The rest was applied."""

    id: strawberry.ID = node_id(_ITEM.id, "QuarantinedItem")
    kind: Source = column(_ITEM.kind, "What it came in.")
    place: str = column(_ITEM.place, "Where in it: the line, the element's path or the FHIRPath.")
    problems: list[QuarantineProblem] = counted("QuarantineProblem", _problems, "Everything that is wrong with it.")
    size: int = computed(_size, "Its size in bytes. The content itself is not shown: it may be about anybody.")
    sender: Organisation | None = one("Organisation", _ITEM.sender_id, "The body that sent it.")
    quarantined_at: datetime = column(_ITEM.quarantined_at, "When it was kept aside.")
    resolved_at: datetime | None = column(
        _ITEM.resolved_at, "When it was put right, by a later file; absent: it has not been."
    )
