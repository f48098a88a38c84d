"""The record of who was shown what of a child's record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.law.reg17_disclosure import Part, Purpose
from schema.fields import column, node_id, one, row_of
from schema.node import Node
from schema.organisation import Organisation

if TYPE_CHECKING:
    from schema.child import Child

_DISCLOSURE = tables.disclosure.c


@row_of(tables.disclosure, scope="audit.read", part=Part.EXISTENCE)
class Disclosure(Node):
    """One answer in which something of a child's record was shown. It was on record before the answer left."""

    id: strawberry.ID = node_id(_DISCLOSURE.id, "Disclosure")
    at: datetime = column(_DISCLOSURE.recorded_at, "When.")
    organisation: Organisation = one("Organisation", _DISCLOSURE.organisation_id, "The body that was shown it.")
    client_id: str | None = column(_DISCLOSURE.client_id, "The client that asked.")
    person: str | None = column(_DISCLOSURE.person, "The person who asked, where one signed in.")
    purpose: Purpose = column(_DISCLOSURE.purpose, "The purpose that was stated.")
    ground: str = column(_DISCLOSURE.ground, "The provisions that opened what was shown.")
    operation: str = column(
        _DISCLOSURE.operation, "The way and the name of what was asked, such as `graphql:DutiesDue`."
    )
    parts: list[Part] = column(_DISCLOSURE.parts_shown, "The parts of the record that were shown.")
    withheld_parts: list[Part] = column(
        _DISCLOSURE.parts_withheld, "The parts that were asked for and were kept from the body."
    )
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one(
        "Child", _DISCLOSURE.child_id, "Whose record."
    )
