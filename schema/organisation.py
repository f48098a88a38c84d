"""Bodies: local authorities, commissioning bodies, NHS trusts, schools and others."""

from __future__ import annotations

from datetime import date

import strawberry

from hub.db import tables
from hub.law.vocabulary import OrganisationKind
from schema.fields import column, node_id, one, row_of
from schema.node import Node
from schema.scalars import LACode, ODSCode

_ORGANISATION = tables.organisation.c


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
