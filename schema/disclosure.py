"""The record of who was shown what of a child's record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import ColumnElement, FromClause, Uuid, any_, func, select, union_all

from hub.db import tables
from hub.db.guarded import issue
from hub.db.sharing import Sight
from hub.law.reg17_disclosure import Part, Purpose
from schema.fields import column, node_id, one, row_of
from schema.ids import row_of_type
from schema.narrowing import Narrowing
from schema.node import Node
from schema.organisation import Organisation
from schema.values import Value

if TYPE_CHECKING:
    from schema.child import Child

_DISCLOSURE = tables.disclosure.c


def _of_record(row: FromClause, value: Value, sight: Sight) -> ColumnElement[bool]:
    """Of the child, under its own id or that of a record which has become part of it: what is on record stays as it
    was written.
    """
    child = value.sql(Uuid(), lambda text: row_of_type(text, "Child", argument="child"))
    merge = issue(tables.identity_merge)
    seen = Sight.of(merge, sight.asking).sees(merge)
    former = select(merge.c.former_child_id).where(seen, merge.c.child_id == child, merge.c.split_at.is_(None))
    return row.c.child_id == any_(func.array(union_all(select(child), former).scalar_subquery()))


OF_RECORD = Narrowing(_of_record, frozenset(), None, None)


@row_of(tables.disclosure, scope="audit.read", part=Part.EXISTENCE)
class Disclosure(Node):
    """One answer in which something of a child's record was shown. It was on record before the answer left."""

    id: strawberry.ID = node_id(_DISCLOSURE.id, "Disclosure")
    at: datetime = column(_DISCLOSURE.recorded_at, "When the answer was given.")
    organisation: Organisation = one("Organisation", _DISCLOSURE.organisation_id, "The body that was shown it.")
    client_id: str | None = column(_DISCLOSURE.client_id, "The client that asked.")
    person: str | None = column(_DISCLOSURE.person, "The person who asked, where one signed in.")
    purpose: Purpose = column(_DISCLOSURE.purpose, "The purpose that was stated.")
    ground: str = column(_DISCLOSURE.ground, "The provisions that opened what was shown.")
    operation: str = column(
        _DISCLOSURE.operation, "The way and the name of what was asked, such as `graphql:DutiesDue`."
    )
    parts: list[Part] = column(
        _DISCLOSURE.parts_shown,
        "The parts of the record that the answer covered. A part counts as shown even if the record held "
        "nothing there.",
    )
    withheld_parts: list[Part] = column(
        _DISCLOSURE.parts_withheld, "The parts that were asked for and were kept from the body."
    )
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one(
        "Child", _DISCLOSURE.child_id, "Whose record; absent where that record has become part of another since."
    )
