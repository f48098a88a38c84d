"""Health bodies' notifications to the authority (CFA 2014 ss. 23, 24(1)(b))."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.law.reg17_disclosure import Part
from hub.law.vocabulary import AssessmentDecision, Certainty, NotificationBasis, Opinion
from schema.fields import column, first_of, node_id, one, row_of, withheld
from schema.history import Event, history_of
from schema.node import Node
from schema.organisation import Organisation
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.child import Child
    from schema.duty import Duty

_NOTIFICATION = tables.notification.c


@row_of(tables.notification, scope="notification.read", part=Part.NOTIFICATION)
class Notification(Node):
    """A health body's opinion that a child has, or probably has, SEN or a disability."""

    id: strawberry.ID = node_id(_NOTIFICATION.id, "Notification")
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one("Child", _NOTIFICATION.child_id, "The child.")
    notified_by: Organisation = one(
        "Organisation", _NOTIFICATION.notified_by_id, "The health body that formed the opinion."
    )
    to_authority: Organisation = one("Organisation", _NOTIFICATION.to_authority_id, "The authority it was brought to.")
    basis: NotificationBasis = column(
        _NOTIFICATION.basis, "Section 23, or section 24(1)(b) above compulsory school age."
    )
    opinion: Opinion = column(
        _NOTIFICATION.opinion, "What the body is of the opinion that the child has: SEN, a disability, or both."
    )
    certainty: Certainty = column(
        _NOTIFICATION.certainty,
        "Whether the body thinks that the child has it, or probably has it (CFA 2014 s. 23(1)).",
    )
    parent_informed_on: date | None = column(
        _NOTIFICATION.parent_informed_on, "When the parent was informed (s. 23(2)(a))."
    )
    discussion_offered_on: date | None = column(
        _NOTIFICATION.discussion_offered_on, "When the parent was offered a discussion (s. 23(2)(b))."
    )
    notified_at: datetime = column(_NOTIFICATION.notified_at, "When it was sent.")
    received_at: datetime | None = column(_NOTIFICATION.received_at, "When the authority received it.")
    voluntary_organisations: list[str] | None = column(
        _NOTIFICATION.voluntary_organisations, "Voluntary organisations the parent was told of (s. 23(4))."
    )
    determination: AssessmentDecision | None = column(
        _NOTIFICATION.determination, "What the authority determined (s. 36(3))."
    )
    duty: Annotated[Duty, strawberry.lazy("schema.duty")] | None = first_of(
        "Duty", "about_id", "The authority's duty that it starts.", order=("due_on",), parts=[Part.DUTIES]
    )
    history: list[Event] | None = history_of()
    withheld: list[Withheld] = withheld()
