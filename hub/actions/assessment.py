"""EHC needs assessments (CFA 2014 s. 36): asked for, decided, advice sought and come, and no plan."""

from datetime import date
from uuid import UUID

from hub.actions import duties
from hub.actions.checks import (
    allowed,
    asking,
    body_in_force,
    checked,
    child_of,
    lawful,
    must_be_responsible,
    must_exist,
)
from hub.actions.duties import About
from hub.actions.notices import NoticeKind, Said, give_notice
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import assessments, notices
from hub.db.assessments import RecordedAssessment
from hub.errors import invalid
from hub.law.duties import DutyRule
from hub.law.notices import SETTINGS
from hub.law.reg64_decision_makers import PRESUMED, Capacity, DecisionMaker, decision_maker
from hub.law.s36_assessment import (
    AskedBy,
    AssessmentEvent,
    AssessmentStage,
    Decided,
    NoPlanDecided,
    refuse_considering,
    refuse_deciding,
    refuse_request,
)
from hub.law.vocabulary import AssessmentDecision, AssessmentOutcome


async def request_assessment(
    tx: Transaction,
    *,
    child_id: UUID,
    received_on: date,
    asked_by: AskedBy,
    detained: bool,
    setting_id: UUID | None = None,
    capacity: Capacity = PRESUMED,
) -> UUID:
    """The authority records a request, or that it has become responsible (s. 36(1), (3)); the assessment's id.

    That it considers an assessment is told (reg. 4(2)): `setting_id` is whose head or principal is told, too. Where the
    family asked, whose it was to ask stands with it: by age, and by `capacity` (regs 63, 64).
    """
    tx.must_have("assessment.write")
    child = await child_of(tx, child_id)
    must_be_responsible(tx, child.owner_id)
    lawful(
        refuse_request(
            born_on=child.date_of_birth,
            received_on=received_on,
            today=tx.today,
            detained=detained,
            plan_maintained=await assessments.is_maintained(tx.connection, child.owner_id, child.id),
            in_progress=await assessments.in_progress(tx.connection, child.owner_id, child.id),
        )
    )
    familys = asked_by is AskedBy.PARENT_OR_YOUNG_PERSON
    decides = decision_maker(child.date_of_birth, received_on, capacity) if familys else None
    about = await _begin(
        tx, owner_id=child.owner_id, child_id=child.id, began_on=received_on, asked_by=asked_by, decides=decides
    )
    await _tell_considering(tx, about, setting_id, capacity)
    return about.id


async def consider_assessment(
    tx: Transaction, *, assessment_id: UUID, setting_id: UUID | None = None, capacity: Capacity = PRESUMED
) -> None:
    """The authority tells that it considers an assessment (reg. 4(2)) for which nobody asked it: a body brought the
    child to its attention (s. 24(1)(b))."""
    recorded = await own_assessment(tx, assessment_id)
    told = await notices.was_given(tx.connection, asking(tx), recorded.about, NoticeKind.CONSIDERING_ASSESSMENT)
    lawful(refuse_considering(recorded.assessment.stage, reassessment=recorded.reassessment, told=told))
    await _tell_considering(tx, recorded.about, setting_id, capacity)
    await tx.record(event_of("assessment_considered", recorded))


async def _tell_considering(tx: Transaction, about: About, setting_id: UUID | None, capacity: Capacity) -> None:
    settings: list[UUID] = []
    if setting_id is not None:
        setting = await body_in_force(tx, setting_id, on=tx.today, path="setting")
        if setting.kind not in SETTINGS:
            raise invalid("this is no school, institution or provider", rule="not-a-setting", path=("setting",))
        settings.append(setting.id)
    await give_notice(tx, NoticeKind.CONSIDERING_ASSESSMENT, about, capacity=capacity, settings=settings)


async def _begin(
    tx: Transaction,
    *,
    owner_id: UUID,
    child_id: UUID,
    began_on: date,
    asked_by: AskedBy,
    decides: DecisionMaker | None,
) -> About:
    """Begin to consider an assessment: the six weeks start (reg. 5(1))."""
    about = About("Assessment", tx.new_id(), owner_id, child_id)
    asked = asked_by is not AskedBy.BROUGHT_TO_ATTENTION
    await assessments.insert_assessment(
        tx.connection,
        about,
        requested_on=began_on if asked else None,
        requested_by=asked_by.value,
        decides=decides,
        responsible_from=None if asked else began_on,
    )
    for rule in (DutyRule.DECIDE_WHETHER_TO_ASSESS, DutyRule.FINALISE_PLAN):
        await duties.open_duty(tx, rule, about, holder=owner_id, started_on=began_on)
    facts = {"asked_by": asked_by.value, "on": began_on.isoformat()}
    await tx.record(Event("assessment_requested", owner_id, "Assessment", about.id, child_id, facts))
    return about


async def decide_assessment(
    tx: Transaction,
    *,
    assessment_id: UUID,
    decision: AssessmentDecision,
    reasons: str,
    on: date,
    capacity: Capacity = PRESUMED,
) -> None:
    """The authority decides whether to assess (reg. 5(1)), with reasons where it will not (s. 36(5))."""
    recorded = await own_assessment(tx, assessment_id)
    lawful(refuse_deciding(decision, reassessment=recorded.reassessment))
    checked(reasons, "reasons")
    before = recorded.assessment.stage
    stage = stage_after(tx, recorded, Decided(decision, reasons, on))
    withdrawn = before is AssessmentStage.ASSESSING
    await assessments.set_decision(
        tx.connection,
        recorded,
        decision=None if withdrawn else decision,
        outcome=AssessmentOutcome.WITHDRAWN if withdrawn else None,
        on=on,
        reasons=reasons or None,
    )
    await _keep_clocks(tx, recorded, stage, on)
    if stage in _TOLD:
        said = Said(reasons=reasons)
        await give_notice(tx, _TOLD[stage], recorded.about, said=said, capacity=capacity, given_on=on)
    facts = {"decision": decision.value, "on": on.isoformat()}
    await tx.record(event_of("assessment_decided", recorded, **facts))


_TOLD = {
    AssessmentStage.ASSESSING: NoticeKind.WILL_ASSESS,
    AssessmentStage.NOT_ASSESSED: NoticeKind.WILL_NOT_ASSESS,
}


async def _keep_clocks(tx: Transaction, recorded: RecordedAssessment, stage: AssessmentStage, on: date) -> None:
    """The six weeks are over; sixteen to refuse a plan begin to matter, and a refusal ends the twenty to make it."""
    about, holder, began = recorded.about, recorded.owner_id, recorded.assessment.began_on
    if recorded.reassessment:
        return
    if stage is AssessmentStage.WITHDRAWN:
        await duties.end(tx, about, on=on)
        return
    await duties.meet(tx, about, DutyRule.DECIDE_WHETHER_TO_ASSESS, on=on)
    if stage is AssessmentStage.NOT_ASSESSED:
        await duties.open_duty(tx, DutyRule.NOTIFY_NOT_NECESSARY, about, holder=holder, started_on=began)
        await duties.meet(tx, about, DutyRule.NOTIFY_NOT_NECESSARY, on=on)
        await duties.end(tx, about, DutyRule.FINALISE_PLAN, on=on)
        return
    await duties.open_duty(tx, DutyRule.NOTIFY_NO_PLAN, about, holder=holder, started_on=began)
    if recorded.assessment.stage is AssessmentStage.NOT_ASSESSED:
        await duties.open_duty(tx, DutyRule.FINALISE_PLAN, about, holder=holder, started_on=began)


async def decide_no_plan(
    tx: Transaction, *, assessment_id: UUID, reasons: str, on: date, capacity: Capacity = PRESUMED
) -> None:
    """The authority decides that there is to be no plan, with reasons (s. 36(9), reg. 10(1))."""
    recorded = await own_assessment(tx, assessment_id)
    stage_after(tx, recorded, NoPlanDecided(checked(reasons, "reasons"), on))
    await assessments.set_decision(tx.connection, recorded, outcome=AssessmentOutcome.NO_PLAN, on=on, reasons=reasons)
    about = recorded.about
    await duties.meet(tx, about, DutyRule.NOTIFY_NO_PLAN, on=on)
    await duties.end(tx, about, DutyRule.FINALISE_PLAN, DutyRule.FINALISE_REASSESSED_PLAN, on=on)
    await give_notice(tx, NoticeKind.NO_PLAN, about, said=Said(reasons=reasons), capacity=capacity, given_on=on)
    await tx.record(event_of("no_plan_decided", recorded, on=on.isoformat()))


async def own_assessment(tx: Transaction, assessment_id: UUID) -> RecordedAssessment:
    """The assessment, for the authority that answers for the child."""
    tx.must_have("assessment.write")
    found = await assessments.assessment_for_update(tx.connection, assessment_id, asking(tx))
    recorded = must_exist(found, "assessment")
    must_be_responsible(tx, recorded.owner_id)
    return recorded


def stage_after(tx: Transaction, recorded: RecordedAssessment, event: AssessmentEvent) -> AssessmentStage:
    return allowed(recorded.assessment.after(event, today=tx.today))


def event_of(kind: str, recorded: RecordedAssessment, **facts: str) -> Event:
    return Event(kind, recorded.owner_id, "Assessment", recorded.id, recorded.child_id, facts)
