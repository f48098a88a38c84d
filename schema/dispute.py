"""Disagreements between partners and redress (CFA 2014 ss. 26(3)(g), 51 to 57)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.law.reg17_disclosure import Part
from hub.law.vocabulary import DisputeKind, DisputeStatus
from schema.duty import ABOUT
from schema.fields import about, column, many, members, node_id, one, row_of, withheld
from schema.node import Node
from schema.organisation import Organisation
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.child import Child

_DISPUTE, _STEP = tables.dispute.c, tables.dispute_step.c


@row_of(tables.dispute_step, part=Part.REDRESS)
class DisputeStep:
    """A step of a dispute."""

    description: str = column(_STEP.description, "What it is.")
    taken_by: Organisation | None = one("Organisation", _STEP.taken_by_id, "Who takes it.")
    due_on: date | None = column(_STEP.due_on, "By when.")
    taken_on: date | None = column(_STEP.taken_on, "When it was taken.")


@row_of(tables.dispute, scope="child.read", part=Part.REDRESS)
class Dispute(Node):
    """A disagreement, mediation, appeal, recommendation or complaint."""

    id: strawberry.ID = node_id(_DISPUTE.id, "Dispute")
    kind: DisputeKind = column(_DISPUTE.kind, "What kind.")
    status: DisputeStatus = column(_DISPUTE.status, "Where it stands.")
    raised_on: date = column(_DISPUTE.raised_on, "When it was raised.")
    outcome: str | None = column(_DISPUTE.outcome, "How it ended.")
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one(
        "Child", _DISPUTE.child_id, "Whom it concerns."
    )
    about: Node | None = about(
        _DISPUTE.about_type, _DISPUTE.about_id, ABOUT, "What it is about: a plan, a request, provision and so on."
    )
    parties: list[Organisation] = members(
        "Organisation", _DISPUTE.parties, "The bodies that are in it.", order=("name",)
    )
    steps: list[DisputeStep] | None = many("DisputeStep", "dispute_id", "Its steps, in order.", order=("ordinal",))
    withheld: list[Withheld] = withheld()
