"""Reviews of plans (CFA 2014 s. 44, SEND Regs 2014 regs 18 to 22)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.law.reg17_disclosure import Part
from hub.law.s44_review import Invited
from hub.law.vocabulary import ReviewDecision, ReviewKind
from schema.fields import column, many, node_id, one, row_of, withheld
from schema.history import Event, history_of
from schema.node import Node
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.duty import Duty
    from schema.notice import Notice
    from schema.plan import Plan

_REVIEW = tables.review.c


@row_of(tables.review, scope="plan.read", part=Part.REVIEW)
class Review(Node):
    """A review of a plan."""

    id: strawberry.ID = node_id(_REVIEW.id, "Review")
    plan: Annotated[Plan, strawberry.lazy("schema.plan")] | None = one(
        "Plan", _REVIEW.plan_id, "The version of the plan that is reviewed."
    )
    kind: ReviewKind = column(_REVIEW.kind, "Why it is reviewed.")
    due_on: date | None = column(
        _REVIEW.due_on,
        "The last day for the review, 12 months from the making of the plan or the last review (CFA 2014 s. 44(1)).",
    )
    planned_for: date | None = column(
        _REVIEW.planned_for, "The day of the meeting, as those who are invited were told (regs 20(3), 21(3))."
    )
    notice_given_on: date | None = column(_REVIEW.notice_given_on, "When they were told.")
    invited: list[Invited] | None = column(_REVIEW.invited, "Who was invited (SEND Regs 2014 regs 20(2), 21(2)).")
    papers_sent_on: date | None = column(
        _REVIEW.papers_sent_on, "When the advice was sent to them; due two weeks before (regs 20(4), 21(4))."
    )
    transfer_on: date | None = column(
        _REVIEW.transfer_on, "Of a phase transfer: the day of the transfer (SEND Regs 2014 reg. 18)."
    )
    meeting_on: date | None = column(_REVIEW.meeting_on, "When the meeting was held.")
    report_on: date | None = column(
        _REVIEW.report_on,
        "When the report of the meeting was sent; due within two weeks of it (SEND Regs 2014 regs 20(9), 21(8)).",
    )
    decision: ReviewDecision | None = column(
        _REVIEW.decision,
        "What the authority decided; due within four weeks of the meeting (SEND Regs 2014 regs 20(10), 21(9)).",
    )
    decided_on: date | None = column(_REVIEW.decided_on, "When it decided.")
    reasons: str | None = column(_REVIEW.reasons, "Why, as the family was told (regs 20(11), 21(10)).")
    notices: list[Annotated[Notice, strawberry.lazy("schema.notice")]] | None = many(
        "Notice", "about_id", "Notices that were given about it.", order=("-given_at", "id"), parts=[Part.NOTICES]
    )
    duties: list[Annotated[Duty, strawberry.lazy("schema.duty")]] | None = many(
        "Duty", "about_id", "The clocks about this review.", order=("due_on", "id"), parts=[Part.DUTIES]
    )
    history: list[Event] | None = history_of()
    withheld: list[Withheld] = withheld()
