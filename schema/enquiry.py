"""Help that is asked for (CFA 2014 ss. 28, 29), and what is left of requests to co-operate that were withdrawn."""

from __future__ import annotations

from datetime import datetime

import strawberry
from sqlalchemy import ColumnElement, FromClause

from hub.db import tables
from hub.db.sharing import Sight
from hub.law.s31_cooperation import CooperationStatus
from schema.encoding import constant, global_id
from schema.fields import column, computed, node_id, one, row_of
from schema.node import Node
from schema.organisation import Organisation

_ENQUIRY, _WITHDRAWN = tables.enquiry.c, tables.withdrawn_request.c


def _status(_: FromClause, __: Sight) -> ColumnElement[str]:
    return constant(CooperationStatus.WITHDRAWN.value)


@row_of(tables.withdrawn_request, scope="cooperation.read")
class WithdrawnRequest(Node):
    """A request to co-operate that the authority withdrew, for the body that was asked and for the authority.

    The request itself no longer exists for the body, nor the record of the child by it: this says which one it was.
    """

    id: strawberry.ID = node_id(_WITHDRAWN.id, "WithdrawnRequest")
    cooperation_request: strawberry.ID = column(
        _WITHDRAWN.id,
        "The global id that the request had, for what you keep of it. Nothing can be read by it any more, but by the "
        "authority.",
        encoding=global_id("CooperationRequest"),
    )
    status: CooperationStatus = computed(_status, "WITHDRAWN.")
    requested_by: Organisation = one("Organisation", _WITHDRAWN.owner_id, "The authority that asked.")
    addressed_to: Organisation = one("Organisation", _WITHDRAWN.addressed_to_id, "The body that was asked.")
    sent_at: datetime = column(_WITHDRAWN.sent_at, "When it was sent.")
    withdrawn_at: datetime = column(_WITHDRAWN.withdrawn_at, "When it was withdrawn: nothing can be answered any more.")


@row_of(tables.enquiry, scope="cooperation.read")
class Enquiry(Node):
    """A request for help to a partner or a school (CFA 2014 ss. 28, 29): it has no clock, and no ground of refusal.

    It exists for the authority and for the body that is asked, and opens nothing of a child's record. Which child it
    is about says `Child.enquiries`, to those for whom the child exists.
    """

    id: strawberry.ID = node_id(_ENQUIRY.id, "Enquiry")
    requested_by: Organisation = one("Organisation", _ENQUIRY.owner_id, "The authority that asks.")
    addressed_to: Organisation = one("Organisation", _ENQUIRY.addressed_to_id, "The partner or the school.")
    provision: str = column(_ENQUIRY.provision, "The duty to co-operate: CFA 2014 s. 28, or of a school s. 29.")
    asked: str = column(_ENQUIRY.asked, "What is asked, in the authority's own words.")
    asked_at: datetime = column(_ENQUIRY.asked_at, "When it was asked.")
    answer: str | None = column(_ENQUIRY.answer, "What the body answered; absent: nothing yet.")
    answered_at: datetime | None = column(_ENQUIRY.answered_at, "When it answered.")
