"""The plan that a return tells of, set against the version that was in force on the day of the return.

A plan may have been amended since: what the return says is then of the version before, and the newer one is left alone.
"""

from typing import Any
from uuid import UUID

from hub.actions.import_changes import Changes
from hub.actions.import_placements import keep_placements
from hub.actions.import_record import Record, Returned
from hub.actions.plan_chain import as_of, of_plans, versions_from
from hub.actions.plan_chain import current as plan_now
from hub.actions.sen2_return import ActivePlan, CeaseReason, NamedPlan, Request
from hub.db import tables
from hub.db.import_return import Row
from hub.law.vocabulary import BudgetStatus, PlanStatus, ReviewDecision, ReviewKind, SectionCode, Source


def keep_plan(
    changes: Changes, request: Request, assessment_id: UUID | None, record: Record, returned: Returned
) -> None:
    """Gather what the return says of the plan that the assessment led to, and of what belongs to it."""
    named = (request.assessment.named_plan if request.assessment else None) or NamedPlan()
    active = request.active_plan or ActivePlan()
    versions = versions_from(record.of("plan"), assessment_id)
    now = plan_now(versions)
    then = as_of(versions, returned.header.reference_date) or now
    said: dict[str, Any] = {
        "finalised_on": named.starts_on if then is None or then["version"] == 1 else None,
        "personal_budget_reported": named.personal_budget,
        "organised_arrangements_reported": named.organised_arrangements,
        "direct_payment_reported": named.direct_payment,
        "transferred_from": active.transfer_from,
        "phase_transfer_due_on": active.phase_transfer_due_on,
        "phase_transfer_final_on": active.phase_transfer_final_on,
    }
    if then is now:
        said |= _how_it_stands(named, now)
    child_id, source = record.child_id, returned.header.source
    fixed = {"assessment_id": assessment_id, "version": 1, "source": source}
    row = changes.keep(tables.plan, child_id, then, said, **fixed)
    keep_placements(changes, named, active, row["id"], record, returned.settings)
    _keep_needs(changes, active, row["id"], record)
    _keep_review(changes, active, row["id"], child_id, of_plans(record.of("review"), versions), source)
    if named.personal_budget and not of_plans(record.of("personal_budget"), [*versions, row]):
        budget = {"plan_id": row["id"], "status": BudgetStatus.NOT_RECORDED, "source": source}
        unknown = {"direct_payments_requested": False, "section_j_behind": False}
        changes.add(tables.personal_budget, child_id, budget | unknown)


def _how_it_stands(named: NamedPlan, current: Row | None) -> dict[str, Any]:
    transferred = current is not None and current["status"] == PlanStatus.TRANSFERRED
    return {
        "status": _status(named, current),
        "ceased_on": named.ceased_on,
        "cease_reason": named.cease_reason.name if named.cease_reason and not transferred else None,
    }


def _status(named: NamedPlan, current: Row | None) -> PlanStatus | None:
    """The plan's status where the return says one: it knows plans in force and plans that ceased, nothing between."""
    if named.cease_reason is CeaseReason.TRANSFERRED_TO_OTHER_AUTHORITY:
        return PlanStatus.TRANSFERRED
    if named.ceased:
        return PlanStatus.CEASED
    if current is None or current["status"] in {PlanStatus.DRAFT, PlanStatus.SERVED}:
        return PlanStatus.FINAL
    return None


def _keep_needs(changes: Changes, active: ActivePlan, plan_id: UUID, record: Record) -> None:
    of_plan = [row for row in record.of("need") if row["plan_id"] == plan_id and row["section"] == SectionCode.B]
    for need in active.needs:
        current = next((row for row in of_plan if row["rank"] == need.rank), None)
        said: dict[str, Any] = {"sen_type": need.sen_type.value}
        if current is None or current["sen_type"] != need.sen_type.value:
            said["description"] = need.sen_type.full_name  # words of the plan's own are kept while the type is the same
        fixed = {"plan_id": plan_id, "section": SectionCode.B, "rank": need.rank}
        changes.keep(tables.need, record.child_id, current, said, **fixed)


def _keep_review(
    changes: Changes, active: ActivePlan, plan_id: UUID, child_id: UUID, reviews: list[Row], source: Source
) -> None:
    """The latest review, of whichever version.

    A decision dated before the meeting was of an earlier one, and is left out (and warned of).
    """
    meeting, decided = active.review_meeting_on, active.last_review_on
    if meeting is None and decided is None:
        return
    if meeting is not None and decided is not None and decided < meeting:
        decided = None
    same = [row for row in reviews if meeting is not None and row["meeting_on"] == meeting]
    same += [
        row
        for row in reviews
        if decided is not None and row["decided_on"] == decided and (meeting is None or row["meeting_on"] is None)
    ]
    said = {
        "meeting_on": meeting,
        "decision": ReviewDecision[active.review_outcome.name] if active.review_outcome else None,
        "decided_on": decided,
        "amendment_drafted_on": active.review_drafted_on,
    }
    changes.keep(
        tables.review,
        child_id,
        next(iter(same), None),
        said,
        plan_id=plan_id,
        kind=ReviewKind.ANNUAL,
        source=source,
    )
