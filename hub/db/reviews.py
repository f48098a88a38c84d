"""Loading and saving reviews of plans. Speaks in law values."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.duty_rows import About
from hub.db.sharing import Asking
from hub.law.s44_review import Invited, Review
from hub.law.vocabulary import PlanStatus, ReviewKind, Source

_REVIEW, _PLAN = tables.review, tables.plan


@dataclass(frozen=True, slots=True)
class KeptReview:
    """A review with where it is kept, and the plan that it is of."""

    about: About
    plan_id: UUID
    kind: ReviewKind
    review: Review
    due_on: date | None = None
    transfer_on: date | None = None

    @property
    def plan(self) -> About:
        return About("Plan", self.plan_id, self.about.owner_id, self.about.child_id)


@dataclass(frozen=True, slots=True)
class ReviewedPlan:
    """A plan that is to be reviewed."""

    about: About
    status: PlanStatus


async def plan_of(connection: AsyncConnection, plan_id: UUID, asking: Asking) -> ReviewedPlan | None:
    """The plan, locked until the transaction ends; None for an unknown id and for one the body may not see."""
    statement = select(_PLAN).where(_PLAN.c.id == plan_id, sharing.may_see(_PLAN, asking)).with_for_update(of=_PLAN)
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        return None
    return ReviewedPlan(About("Plan", row["id"], row["owner_id"], row["child_id"]), row["status"])


async def review_for_update(connection: AsyncConnection, review_id: UUID, asking: Asking) -> KeptReview | None:
    """The review, locked until the transaction ends; None for an unknown id and for one the body may not see."""
    found = _with_plan().where(_REVIEW.c.id == review_id, sharing.may_see(_REVIEW, asking))
    row = (await connection.execute(found.with_for_update(of=_REVIEW))).mappings().first()
    return None if row is None else _kept(row)


async def awaited(connection: AsyncConnection, plan: ReviewedPlan, kind: ReviewKind) -> KeptReview | None:
    """The child's review of the kind that is due and of which no meeting was held."""
    found = _with_plan().where(
        _REVIEW.c.owner_id == plan.about.owner_id,
        _REVIEW.c.child_id == plan.about.child_id,
        _REVIEW.c.kind == kind,
        _REVIEW.c.meeting_on.is_(None),
        _REVIEW.c.decision.is_(None),
    )
    row = (await connection.execute(found.order_by(_REVIEW.c.due_on, _REVIEW.c.id).limit(1))).mappings().first()
    return None if row is None else _kept(row)


async def insert_review(connection: AsyncConnection, kept: KeptReview) -> None:
    await connection.execute(
        insert(_REVIEW).values(
            owner_id=kept.about.owner_id,
            id=kept.about.id,
            child_id=kept.about.child_id,
            kind=kept.kind,
            source=Source.GRAPHQL,
            **_changing(kept),
        )
    )


async def update_review(connection: AsyncConnection, kept: KeptReview) -> None:
    await connection.execute(
        update(_REVIEW)
        .where(_REVIEW.c.owner_id == kept.about.owner_id, _REVIEW.c.id == kept.about.id)
        .values(**_changing(kept))
    )


def _with_plan() -> Any:
    of_it = (_PLAN.c.owner_id == _REVIEW.c.owner_id) & (_PLAN.c.id == _REVIEW.c.plan_id)
    return select(_REVIEW, _PLAN.c.status.label("plan_status")).join(_PLAN, of_it)


def _changing(kept: KeptReview) -> dict[str, Any]:
    review = kept.review
    return {
        "plan_id": kept.plan_id,
        "due_on": kept.due_on,
        "transfer_on": kept.transfer_on,
        "planned_for": review.planned_for,
        "notice_given_on": review.notice_given_on,
        "invited": sorted(each.value for each in review.invited) if review.invited else None,
        "papers_sent_on": review.papers_sent_on,
        "meeting_on": review.meeting_on,
        "report_on": review.report_on,
        "decision": review.decision,
        "decided_on": review.decided_on,
        "reasons": review.reasons,
    }


def _kept(row: RowMapping) -> KeptReview:
    review = Review(
        row["plan_status"],
        row["planned_for"],
        row["notice_given_on"],
        frozenset(Invited(each) for each in row["invited"] or ()),
        row["papers_sent_on"],
        row["meeting_on"],
        row["report_on"],
        row["decision"],
        row["decided_on"],
        row["reasons"],
    )
    about = About("Review", row["id"], row["owner_id"], row["child_id"])
    return KeptReview(about, row["plan_id"], row["kind"], review, row["due_on"], row["transfer_on"])
