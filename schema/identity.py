"""Pairs of records that may be one child's, for somebody to decide."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.law.reg17_disclosure import Part
from hub.law.vocabulary import IdentityDecision
from schema.fields import column, node_id, one, row_of
from schema.node import Node

if TYPE_CHECKING:
    from schema.child import Child

_CANDIDATE = tables.identity_candidate.c


@row_of(tables.identity_candidate, scope="child.read", part=Part.IDENTITY)
class IdentityCandidate(Node):
    """Two records of one authority that may be one child's. Only a person decides; nothing is merged by itself."""

    id: strawberry.ID = node_id(_CANDIDATE.id, "IdentityCandidate")
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one(
        "Child", _CANDIDATE.child_id, "One of the records."
    )
    other_child: Annotated[Child, strawberry.lazy("schema.child")] | None = one(
        "Child",
        _CANDIDATE.other_child_id,
        "The other record; absent once it has become part of the first.",
        same_child=False,
    )
    reasons: list[str] = column(_CANDIDATE.reasons, "Codes of what agrees and what differs.")
    score: int | None = column(
        _CANDIDATE.score,
        "How likely it is that they are one child's, in bits of evidence; from 100 on, a rule of the hub links them. "
        "It only orders the work: a person decides.",
    )
    found_at: datetime = column(_CANDIDATE.found_at, "When the likeness was found.")
    decision: IdentityDecision | None = column(_CANDIDATE.decision, "What was decided; absent: nothing yet.")
    decided_at: datetime | None = column(_CANDIDATE.decided_at, "When it was decided.")
    decision_reason: str | None = column(
        _CANDIDATE.decision_reason, "Why it was decided so, in the words of who decided."
    )
