"""Bodies: local authorities, commissioning bodies, NHS trusts, schools and others."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.law.vocabulary import OrganisationKind
from schema.fields import column, first_of, many, node_id, one, row_of
from schema.node import Node
from schema.scalars import LACode, ODSCode

if TYPE_CHECKING:
    from schema.school_year import SchoolYear

_ORGANISATION, _SUCCESSION = tables.organisation.c, tables.succession.c


@row_of(tables.organisation)
class Organisation(Node):
    """A body. Codes and validity are public; a body that was merged names its successor."""

    id: strawberry.ID = node_id(_ORGANISATION.id, "Organisation")
    name: str = column(_ORGANISATION.name, "Its name.")
    kind: OrganisationKind = column(_ORGANISATION.kind, "What kind of body it is.")
    ods_code: ODSCode | None = column(_ORGANISATION.ods_code, "Its Organisation Data Service code, for NHS bodies.")
    la_code: LACode | None = column(_ORGANISATION.la_code, "Its three-digit code, for local authorities.")
    urn: str | None = column(_ORGANISATION.urn, "Its unique reference number, for schools and colleges.")
    in_force_from: date | None = column(_ORGANISATION.in_force_from, "The first day on which it existed, if known.")
    in_force_to: date | None = column(
        _ORGANISATION.in_force_to, "The last day on which it existed; absent: it still does."
    )
    successor: Organisation | None = one(
        "Organisation", _ORGANISATION.successor_id, "The body that took over its functions (CCG to ICB to merged ICB)."
    )
    school_years: list[Annotated[SchoolYear, strawberry.lazy("schema.school_year")]] = many(
        "SchoolYear",
        "authority_id",
        "Of an authority, the school years whose weeks of term it has set: amounts for TERM_WEEK and TERM in personal "
        "budgets are due by them (CFA 2014 s. 49(2)).",
        order=("name", "id"),
        owned=False,
    )
    succession: Succession | None = first_of(
        "Succession",
        "old_id",
        "How far its succession has come, where one was asked for in this hub (CFA 2014 s. 26(8)).",
        order=("id",),
        owned=False,
    )


@row_of(tables.succession)
class Succession(Node):
    """A body takes the place of another for all its children: asked for at once, carried out by the hub in steps."""

    id: strawberry.ID = node_id(_SUCCESSION.id, "Succession")
    predecessor: Organisation = one("Organisation", _SUCCESSION.old_id, "The body that is abolished.")
    successor: Organisation = one("Organisation", _SUCCESSION.new_id, "The body that takes its place.")
    from_: date = column(_SUCCESSION.starts_on, "The first day on which the successor answers.", named="from")
    children_total: int | None = column(
        _SUCCESSION.children_total, "The children for whom the body answered; absent: it has not been begun."
    )
    children_done: int = column(_SUCCESSION.children, "The children for whom the successor answers by now.")
    duties_done: int = column(_SUCCESSION.duties, "The open duties that the successor owes by now.")
    requests_done: int = column(
        _SUCCESSION.requests, "The open requests to co-operate (CFA 2014 s. 31) that it has taken over by now."
    )
    requested_at: datetime = column(_SUCCESSION.requested_at, "When it was asked for.")
    requested_by: Organisation | None = one(
        "Organisation", _SUCCESSION.requested_by_id, "The body that asked for it; absent: who runs the hub."
    )
    finished_at: datetime | None = column(_SUCCESSION.finished_at, "When it was complete; absent: it is not yet.")
