"""EHC plans (CFA 2014 ss. 37 to 44): drafted, revised, served, made final, amended. The law decides."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from hub.actions import duties
from hub.actions.budget_plans import go_back, section_j_of_draft, take_over
from hub.actions.checks import allowed, asking, checked, lawful, must_be_responsible, must_exist
from hub.actions.duties import About
from hub.actions.notices import NoticeKind, Said, give_notice
from hub.actions.plan_contents import (
    Rewritten,
    Setting,
    asked_anew,
    not_budgeted,
    passages,
    rewritten,
)
from hub.actions.plan_given import Given
from hub.actions.plan_versions import contents_of, own_plan, plan_event, status_after, written_of
from hub.actions.succession import pointed_to_successors
from hub.actions.transaction import Transaction
from hub.db import assessments, duty_rows, plan_rows, plan_writing
from hub.db.plan_rows import RecordedPlan, Written, copied
from hub.errors import RefusedByLaw
from hub.law.decisions import Refusal
from hub.law.duties import DutyRule
from hub.law.reg12_agreement import Agreement, Asked
from hub.law.reg12_form import refuse_draft, refuse_final, refuse_service, warnings
from hub.law.reg64_decision_makers import PRESUMED, Capacity
from hub.law.s36_assessment import PlanBegun
from hub.law.s37_changes import changes
from hub.law.s37_plan import (
    AmendmentDropped,
    AmendmentProposed,
    Finalised,
    Plan,
    Revised,
    Served,
    Superseded,
    last_day_to_respond,
    refuse_amendment,
)
from hub.law.vocabulary import AgreementStatus, AssessmentOutcome, PlanStatus, SectionCode, Source

_BY_A_WINDOW = (DutyRule.LEAVE_TIME_TO_RESPOND_TO_DRAFT, DutyRule.LEAVE_TIME_TO_RESPOND_TO_AMENDMENT)
EMPTY = Written({})


async def draft_plan(tx: Transaction, *, assessment_id: UUID, given: Given, on: date) -> UUID:
    """The authority prepares a draft from the assessment (ss. 37(1), 38(1)); the version's id."""
    tx.must_have("plan.write")
    found = await assessments.assessment_for_update(tx.connection, assessment_id, asking(tx))
    recorded = must_exist(found, "assessment")
    must_be_responsible(tx, recorded.owner_id)
    allowed(recorded.assessment.after(PlanBegun(on), today=tx.today))
    newest, maintained, drafting = await plan_rows.newest(tx.connection, recorded.owner_id, recorded.child_id)
    lawful(_already(drafting=drafting, maintained=maintained is not None and not recorded.reassessment))
    status = Plan(PlanStatus.DRAFT, recorded.assessment.born_on, on)
    plan = RecordedPlan(
        recorded.owner_id, recorded.child_id, tx.new_id(), assessment_id, newest + 1, maintained, Source.GRAPHQL, status
    )
    await plan_rows.insert_plan(tx.connection, plan)
    await _write(tx, plan, EMPTY, given)
    await assessments.set_decision(tx.connection, recorded, outcome=AssessmentOutcome.PLAN, on=on, reasons=None)
    await duties.end(tx, recorded.about, DutyRule.NOTIFY_NO_PLAN, on=on)
    await tx.record(plan_event("plan_drafted", plan, on=on.isoformat()))
    return plan.id


def _already(*, drafting: bool, maintained: bool) -> Refusal | None:
    if drafting:
        return Refusal("CFA 2014 s. 38(1)", "already-drafting", "A draft for this child is being prepared.")
    if maintained:
        message = "A plan is maintained for this child: amend it, or re-assess."
        return Refusal("CFA 2014 s. 37(1)", "plan-maintained", message)
    return None


async def revise_plan(tx: Transaction, *, plan_id: UUID, given: Given) -> None:
    """The authority changes what a draft says, before or after it was served (s. 38)."""
    plan = await own_plan(tx, plan_id)
    status_after(tx, plan, Revised(tx.today))
    await _write(tx, plan, await written_of(tx, plan), given)
    await tx.record(plan_event("plan_revised", plan))


async def serve_plan(tx: Transaction, *, plan_id: UUID, on: date, capacity: Capacity = PRESUMED) -> None:
    """The draft, or the amendments with the reasons, go to the family, who have 15 days (regs 13(1), 22(2))."""
    plan = await own_plan(tx, plan_id)
    status = status_after(tx, plan, Served(on))
    lawful(*refuse_service(await contents_of(tx, plan, await written_of(tx, plan))))
    await plan_rows.set_plan(tx.connection, plan, status, served_on=on)
    amends = await _amends(tx, plan)
    window = _BY_A_WINDOW[amends]
    await duties.open_duty(tx, window, plan.about, holder=plan.owner_id, started_on=on)
    if amends:
        rule = DutyRule.FINALISE_AMENDED_PLAN
        await duty_rows.meet_childs(tx.connection, plan.owner_id, plan.child_id, DutyRule.SEND_AMENDMENT_NOTICE, on=on)
        await duties.open_duty(tx, rule, plan.about, holder=plan.owner_id, started_on=on)
    kind = NoticeKind.AMENDMENT_PROPOSED if amends else NoticeKind.DRAFT_PLAN
    said = Said(reasons=plan.amendment_reasons or "")
    await give_notice(tx, kind, plan.about, said=said, capacity=capacity, given_on=on)
    await tx.record(plan_event("plan_served", plan, on=on.isoformat()))


async def finalise_plan(
    tx: Transaction,
    *,
    plan_id: UUID,
    on: date,
    section_i: str | None,
    setting_id: UUID | None,
    capacity: Capacity = PRESUMED,
) -> None:
    """The authority makes the plan final and sends it (regs 13(2), 22(3)), with section I (s. 39(4), 40(2))."""
    plan = await own_plan(tx, plan_id)
    status = status_after(tx, plan, Finalised(on))
    if plan.supersedes_id is not None:
        await take_over(tx, owner_id=plan.owner_id, before=plan.supersedes_id, after=plan.id, on=on)
    before = await written_of(tx, plan)
    sections = dict(before.sections)
    if section_i is not None:
        sections[SectionCode.I] = checked(section_i, "sectionI")
    after = replace(before, sections=sections)
    lawful(*refuse_final(await contents_of(tx, plan, after), born_on=plan.plan.born_on, on=on))
    await plan_writing.rewrite(tx.connection, plan, before, after, new_id=tx.new_id)
    await _note_changes(tx, plan, after)
    await plan_rows.set_plan(tx.connection, plan, status, finalised_on=on)
    if setting_id is not None:
        await plan_rows.insert_placement(tx.connection, plan, setting_id=setting_id, on=on, placement_id=tx.new_id())
    await _supersede(tx, plan, on)
    await _meet_by_finalising(tx, plan, on)
    await give_notice(tx, await _sent(tx, plan), plan.about, capacity=capacity, given_on=on)
    await tx.record(plan_event("plan_finalised", plan, on=on.isoformat()))


async def _sent(tx: Transaction, plan: RecordedPlan) -> NoticeKind:
    """As what the plan is sent: made for the first time, amended, or after a re-assessment."""
    if plan.supersedes_id is None:
        return NoticeKind.FINAL_PLAN
    return NoticeKind.AMENDED_PLAN if await _amends(tx, plan) else NoticeKind.REASSESSED_PLAN


async def _supersede(tx: Transaction, plan: RecordedPlan, on: date) -> None:
    """The version before is superseded, and what is owed about it is owed about this one."""
    if plan.supersedes_id is None:
        return
    earlier = await own_plan(tx, plan.supersedes_id)
    status = status_after(tx, earlier, Superseded(on))
    await plan_rows.set_plan(tx.connection, earlier, status)
    await duty_rows.move_open(tx.connection, earlier.about, plan.id)
    await tx.record(plan_event("plan_superseded", earlier, on=on.isoformat()))


async def _meet_by_finalising(tx: Transaction, plan: RecordedPlan, on: date) -> None:
    about = plan.about
    if plan.plan.served_on is not None:  # the time was left when its last day was over, and nobody is late by it
        await duties.meet(tx, about, *_BY_A_WINDOW, on=last_day_to_respond(plan.plan.served_on))
    await duties.meet(tx, about, DutyRule.FINALISE_AMENDED_PLAN, on=on)
    if await _amends(tx, plan):
        return
    first = plan.supersedes_id is None
    if plan.assessment_id is not None:
        assessed = About("Assessment", plan.assessment_id, plan.owner_id, plan.child_id)
        await duties.meet(tx, assessed, DutyRule.FINALISE_PLAN, DutyRule.FINALISE_REASSESSED_PLAN, on=on)
    if not first:
        await duties.end(tx, about, DutyRule.REVIEW_PLAN, on=on)
    rule = DutyRule.REVIEW_PLAN if first else DutyRule.REVIEW_REASSESSED_PLAN
    await duties.open_duty(tx, rule, about, holder=plan.owner_id, started_on=on)


async def propose_amendment(tx: Transaction, *, plan_id: UUID, reasons: str, agreement_by: date | None) -> UUID:
    """The authority begins an amendment: a further version that says what the final one says, to be changed (regs 22,
    28). What nobody recorded of an agreement to section G is now asked for."""
    plan = await own_plan(tx, plan_id)
    status = status_after(tx, plan, AmendmentProposed(tx.today))
    lawful(refuse_amendment(checked(reasons, "reasons")), _refuse_day(tx, agreement_by))
    await plan_rows.set_plan(tx.connection, plan, status)
    newest, _, _ = await plan_rows.newest(tx.connection, plan.owner_id, plan.child_id)
    draft = replace(
        plan,
        id=tx.new_id(),
        version=newest + 1,
        supersedes_id=plan.id,
        source=Source.GRAPHQL,
        plan=Plan(PlanStatus.DRAFT, plan.plan.born_on, tx.today),
        amendment_reasons=reasons,
    )
    await plan_rows.insert_plan(tx.connection, draft)
    of = await written_of(tx, plan)
    sections = {code: text for code, text in of.sections.items() if code is not SectionCode.I}
    after = await pointed_to_successors(tx, copied(replace(of, sections=sections), new_id=tx.new_id))
    unknown = [each.id for each in after.provision if any(one.status in _NOT_KNOWN for one in each.agreements)]
    unasked = [each.id for each in after.provision if each.section is SectionCode.G and not each.agreements]
    after = asked_anew(after, {*unknown, *unasked}, _setting(tx, draft), agreement_by)
    await plan_writing.rewrite(tx.connection, draft, EMPTY, after, new_id=tx.new_id)
    await section_j_of_draft(tx, owner_id=plan.owner_id, before=plan.id)
    await tx.record(plan_event("amendment_proposed", plan))
    await tx.record(plan_event("plan_drafted", draft, on=tx.today.isoformat()))
    return draft.id


_NOT_KNOWN = frozenset({AgreementStatus.NOT_RECORDED, AgreementStatus.NOT_ASKED, AgreementStatus.ASKED})


async def drop_amendment(
    tx: Transaction, *, plan_id: UUID, reasons: str, on: date, capacity: Capacity = PRESUMED
) -> None:
    """The authority decides not to amend, and says why (reg. 22(4)): the final version stands."""
    draft = await own_plan(tx, plan_id)
    if draft.supersedes_id is None:
        message = "This version amends no plan."
        raise RefusedByLaw(Refusal("SEND Regs 2014 reg. 22(4)", "amends-nothing", message))
    status = status_after(tx, draft, AmendmentDropped(on))
    final = await own_plan(tx, draft.supersedes_id)
    await plan_rows.set_plan(tx.connection, final, status_after(tx, final, AmendmentDropped(on)))
    await plan_rows.set_plan(tx.connection, draft, status)
    await go_back(tx, owner_id=draft.owner_id, dropped=draft.id, stands=final.id, on=on)
    await duties.meet(tx, draft.about, DutyRule.FINALISE_AMENDED_PLAN, on=on)
    await duties.end(tx, draft.about, on=on)
    said = Said(reasons=reasons)
    await give_notice(tx, NoticeKind.NOT_AMENDED, final.about, said=said, capacity=capacity, given_on=on)
    await tx.record(plan_event("amendment_dropped", final, on=on.isoformat()))


async def weaknesses(tx: Transaction, plan_id: UUID) -> list[Refusal]:
    """What makes the version weak and stops nothing, and what was advised for it and not taken up."""
    plan = await own_plan(tx, plan_id)
    found = list(warnings(await contents_of(tx, plan, await written_of(tx, plan))))
    if plan.assessment_id is not None:
        for advice, place in await assessments.not_taken_up(tx.connection, plan.owner_id, plan.assessment_id):
            message = "This provision was advised and is in no plan."
            path = ("advice", advice.hex, str(place))
            found.append(Refusal("SEND Regs 2014 reg. 7", "advice-not-taken-up", message, path))
    return found


# --- what they share


async def _amends(tx: Transaction, plan: RecordedPlan) -> bool:
    """Whether the version amends an earlier one; a plan made after a re-assessment has an assessment of its own."""
    if plan.supersedes_id is None:
        return False
    earlier = await own_plan(tx, plan.supersedes_id)
    return earlier.assessment_id == plan.assessment_id


async def _write(tx: Transaction, plan: RecordedPlan, before: Written, given: Given) -> None:
    """Write what is given into the draft, as far as the law lets it."""
    lawful(_refuse_day(tx, given.agreement_by))
    made: Rewritten = rewritten(before, given, _setting(tx, plan))
    lawful(*refuse_draft(await contents_of(tx, plan, made.written)))
    if given.taken_out:
        not_budgeted(await plan_rows.is_budgeted(tx.connection, plan.owner_id, given.taken_out))
    await plan_writing.rewrite(tx.connection, plan, before, made.written, new_id=tx.new_id)
    needs: dict[UUID, UUID] = {}
    provision: dict[UUID, UUID] = {}
    for of, rows, is_needs in ((made.needs, needs, True), (made.provision, provision, False)):
        for each, row_id in of.items():
            advised = await assessments.advised_row(
                tx.connection, plan.owner_id, plan.child_id, advice_id=each.advice_id, place=each.place, needs=is_needs
            )
            rows[must_exist(advised, "place in the advice")] = row_id
    await plan_writing.trace(tx.connection, plan.owner_id, needs=needs, provision=provision)
    await _note_changes(tx, plan, made.written)


async def _note_changes(tx: Transaction, plan: RecordedPlan, after: Written) -> None:
    """Say how the version differs from the one it is to replace."""
    if plan.supersedes_id is None:
        return
    before = await plan_rows.written(tx.connection, plan.owner_id, plan.supersedes_id)
    found = changes(passages(before), passages(after))
    rows = [{"section": each.section, "kind": each.kind, "before": each.before, "after": each.after} for each in found]
    await plan_writing.replace_changes(tx.connection, plan, rows, new_id=tx.new_id)


def _setting(tx: Transaction, plan: RecordedPlan) -> Setting:
    return Setting(plan.owner_id, tx.today, tx.new_id)


def _refuse_day(tx: Transaction, by: date | None) -> Refusal | None:
    asked = Agreement(AgreementStatus.NOT_ASKED).after(Asked(tx.today, by), today=tx.today)
    return asked if isinstance(asked, Refusal) else None
