"""Re-assessments (CFA 2014 s. 44(2), (3); SEND Regs 2014 regs 23 to 27): asked for, and decided in 15 days."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from hub.actions import duties
from hub.actions.checks import asking, checked, lawful, must_exist
from hub.actions.notices import NoticeKind, Said, give_notice, who_decides
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import assessments, reassessments, reviews
from hub.db.duty_rows import About
from hub.db.reviews import ReviewedPlan
from hub.errors import forbidden
from hub.law.duties import DutyRule
from hub.law.reg23_reassessment import (
    DECIDE,
    FINALISE,
    NoReassessmentBecause,
    ReassessmentAskedBy,
    refuse_decision_day,
    refuse_no,
    refuse_request,
)
from hub.law.reg64_decision_makers import PRESUMED, Capacity
from hub.law.vocabulary import AssessmentDecision

_ASKED_BY = ReassessmentAskedBy


async def request_reassessment(
    tx: Transaction, *, plan_id: UUID, asked_by: ReassessmentAskedBy, on: date, capacity: Capacity = PRESUMED
) -> UUID:
    """A commissioning body asks (reg. 23), or the authority records who asked; the assessment's id.

    Where the commissioning body asks, the authority must re-assess: the 14 weeks run from its notice all the same.
    """
    tx.must_have("redress.write" if asked_by is _ASKED_BY.COMMISSIONING_BODY else "assessment.write")
    plan = must_exist(await reviews.plan_of(tx.connection, plan_id, asking(tx)), "plan")
    return (await _ask(tx, plan, asked_by, on=on, capacity=capacity)).id


async def reassess(
    tx: Transaction, plan: ReviewedPlan, *, reasons: str, on: date, capacity: Capacity = PRESUMED
) -> UUID:
    """The authority re-assesses by itself (s. 44(3)); the plan is final 14 weeks from this day (reg. 27(2))."""
    about = await _ask(tx, plan, _ASKED_BY.AUTHORITY, on=on, capacity=capacity)
    await _decide(tx, about, because_not=None, said=Said(reasons=reasons), capacity=capacity, on=on)
    return about.id


async def _ask(
    tx: Transaction, plan: ReviewedPlan, asked_by: ReassessmentAskedBy, *, on: date, capacity: Capacity
) -> About:
    in_progress = await assessments.in_progress(tx.connection, plan.about.owner_id, plan.about.child_id)
    lawful(
        refuse_request(
            asked_by,
            recorded_by=tx.caller.organisation_kind,
            plan_status=plan.status,
            in_progress=in_progress,
            on=on,
            today=tx.today,
        )
    )
    about = replace(plan.about, type="Assessment", id=tx.new_id())
    familys = asked_by is _ASKED_BY.PARENT_OR_YOUNG_PERSON
    decides = await who_decides(tx, about, on=on, capacity=capacity) if familys else None
    await assessments.insert_assessment(
        tx.connection, about, requested_on=on, requested_by=asked_by.value, decides=decides, reassessment=True
    )
    if asked_by is not _ASKED_BY.AUTHORITY:  # reg. 25(1): 15 days of receiving a request
        await duties.open_duty(tx, DECIDE, about, holder=about.owner_id, started_on=on)
    if asked_by is _ASKED_BY.COMMISSIONING_BODY:
        asked = DutyRule.ASK_FOR_ASSESSMENT_OR_REVIEW
        await duties.meet(tx, plan.about, asked, on=on, holder=tx.caller.organisation)
    await _tell(tx, about, "reassessment_requested", {"asked_by": asked_by.value})
    return about


async def decide_reassessment(
    tx: Transaction,
    *,
    assessment_id: UUID,
    because_not: NoReassessmentBecause | None,
    reasons: str,
    on: date,
    capacity: Capacity = PRESUMED,
) -> None:
    """The authority says whether it re-assesses (reg. 25); `because_not` is why it does not (reg. 24)."""
    tx.must_have("assessment.write")
    asked = must_exist(await reassessments.for_update(tx.connection, assessment_id, asking(tx)), "assessment")
    about = asked.about
    if about.owner_id != tx.caller.organisation:
        raise forbidden("only the responsible authority decides", rule="not-the-responsible-authority")
    lawful(refuse_decision_day(decided=asked.decided, asked_on=asked.asked_on, on=on, today=tx.today))
    said = Said(reasons=checked(reasons, "reasons"))
    if because_not is not None:
        last = await reassessments.last_assessed_on(tx.connection, about)
        lawful(refuse_no(because_not, reasons, asked_by=asked.asked_by, asked_on=asked.asked_on, last_assessed_on=last))
    await _decide(tx, about, because_not=because_not, said=said, capacity=capacity, on=on)


async def _decide(
    tx: Transaction,
    about: About,
    *,
    because_not: NoReassessmentBecause | None,
    said: Said,
    capacity: Capacity,
    on: date,
) -> None:
    will = because_not is None
    decision = AssessmentDecision.WILL_ASSESS if will else AssessmentDecision.WILL_NOT_ASSESS
    await reassessments.decide(tx.connection, about, decision=decision, on=on)
    await duties.meet(tx, about, DECIDE, on=on)
    kind = NoticeKind.WILL_REASSESS if will else NoticeKind.WILL_NOT_REASSESS
    await give_notice(tx, kind, about, said=said, capacity=capacity, given_on=on)
    if will:
        await duties.open_duty(tx, FINALISE, about, holder=about.owner_id, started_on=on)
    await _tell(tx, about, "reassessment_decided", {"decision": decision.value, "on": on.isoformat()})


async def _tell(tx: Transaction, about: About, kind: str, facts: dict[str, str]) -> None:
    await tx.record(Event(kind, about.owner_id, "Assessment", about.id, about.child_id, facts))
