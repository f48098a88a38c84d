"""Provision in a plan: agreed, declined, left out (SEND Regs 2014 reg. 12(2)), and what was delivered of it (s. 42)."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from hub.actions.checks import allowed, asking, checked, lawful, must_be_responsible
from hub.actions.disputes import RedressMatter, open_between_partners
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import assessments, plan_rows, plan_writing, provision_rows, succession
from hub.db.plan_rows import Provision, RecordedPlan
from hub.errors import RefusedByLaw, forbidden, invalid, not_found
from hub.law.decisions import Refusal
from hub.law.reg12_agreement import REG_12_2, Agreed, Agreement, AgreementEvent, Declined, LeftOut
from hub.law.s37_plan import CHANGEABLE, MAINTAINED
from hub.law.s42_securing import planned_minutes, refuse_report
from hub.law.vocabulary import AgreementStatus, SectionCode, Source


@dataclass(frozen=True, slots=True)
class Found:
    """Provision with the version it stands in."""

    plan: RecordedPlan
    provision: Provision


async def agree_provision(tx: Transaction, *, provision_id: UUID) -> None:
    """A responsible commissioning body agrees to provision in section G (reg. 12(2))."""
    await _answer(tx, provision_id, Agreed(tx.today), None)


async def decline_provision(tx: Transaction, *, provision_id: UUID, reasons: str) -> None:
    """A responsible commissioning body does not agree, and says why."""
    await _answer(tx, provision_id, Declined(tx.today, checked(reasons, "reasons")), reasons)


async def _answer(tx: Transaction, provision_id: UUID, event: Agreed | Declined, reasons: str | None) -> None:
    tx.must_have("provision.agree")
    found = await _in_draft(tx, provision_id)
    acts_for = await succession.in_the_place_of(tx.connection, tx.caller.organisation)
    own = next((one for one in found.provision.agreements if one.commissioner_id in acts_for), None)
    answering = await assessments.commissioners_of(tx.connection, found.plan.owner_id, found.plan.child_id, tx.today)
    if own is None or tx.caller.organisation not in answering:
        message = "This is for the responsible commissioning body that was asked to agree."
        raise RefusedByLaw(Refusal(REG_12_2, "not-the-responsible-commissioner", message))
    status = _after(tx, own, found.provision, event)
    answered = replace(own, commissioner_id=tx.caller.organisation, status=status, decided_on=tx.today, reasons=reasons)
    await plan_writing.set_agreement(tx.connection, found.plan.owner_id, answered)
    kind = "provision_agreed" if status is AgreementStatus.AGREED else "provision_declined"
    await tx.record(_event(kind, found))


async def leave_out_provision(tx: Transaction, *, provision_id: UUID, reasons: str) -> UUID:
    """The authority leaves provision out that was declined, or not answered in time; the id of the dispute it opens."""
    tx.must_have("plan.write")
    found = await _in_draft(tx, provision_id)
    must_be_responsible(tx, found.plan.owner_id)
    checked(reasons, "reasons")
    if found.provision.section is not SectionCode.G or not found.provision.agreements:
        raise RefusedByLaw(Refusal(REG_12_2, "not-section-g", "Only provision in section G is left out so."))
    for each in found.provision.agreements:
        status = _after(tx, each, found.provision, LeftOut(tx.today, reasons))
        left_out = replace(each, status=status, left_out_on=tx.today, left_out_reasons=reasons)
        await plan_writing.set_agreement(tx.connection, found.plan.owner_id, left_out)
    await tx.record(_event("provision_left_out", found))
    return await open_between_partners(
        tx,
        replace(found.plan.about, type="Provision", id=provision_id),
        parties=[each.commissioner_id for each in found.provision.agreements],
        matters=[RedressMatter.HEALTH],
        reasons=reasons,
    )


async def report_delivery(
    tx: Transaction,
    *,
    provision_id: UUID,
    month: date,
    planned: int | None,
    delivered: int,
    shortfall_reason: str | None,
) -> None:
    """The authority, the commissioning body or the provider reports what was delivered in a month (s. 42)."""
    tx.must_have("provision.report")
    found = await _found(tx, provision_id)
    each, plan = found.provision, found.plan
    acts_for = await succession.in_the_place_of(tx.connection, tx.caller.organisation)
    if acts_for.isdisjoint({plan.owner_id, each.commissioner_id, each.provider_id}):
        raise forbidden("this is for those who secure or provide it", rule="not-the-securing-body")
    if delivered < 0 or (planned is not None and planned < 0):
        raise invalid("minutes are not negative", rule="minutes", path=("deliveredMinutes",))
    if planned is None and each.minutes_per_week is not None:
        planned = planned_minutes(each.minutes_per_week, month)
    lawful(
        refuse_report(
            each.section,
            month=month,
            planned=planned,
            delivered=delivered,
            reason=checked(shortfall_reason, "shortfallReason") if shortfall_reason else None,
            maintained=plan.plan.status in MAINTAINED,
            from_=each.starts_on or plan.plan.finalised_on,
            today=tx.today,
        )
    )
    await provision_rows.put_delivery(
        tx.connection,
        owner_id=plan.owner_id,
        child_id=plan.child_id,
        delivery_id=tx.new_id(),
        provision_id=provision_id,
        period=f"{month:%Y-%m}",
        planned_minutes=planned or 0,
        delivered_minutes=delivered,
        reported_by_id=tx.caller.organisation,
        source=Source.GRAPHQL,
        shortfall_reason=shortfall_reason or None,
    )
    facts = {"period": f"{month:%Y-%m}", "planned": planned or 0, "delivered": delivered}
    await tx.record(Event("delivery_reported", plan.owner_id, "Provision", provision_id, plan.child_id, facts))


async def _in_draft(tx: Transaction, provision_id: UUID) -> Found:
    """The provision, in a version that is not final: what a final version says does not change."""
    found = await _found(tx, provision_id)
    if found.plan.plan.status not in CHANGEABLE:
        message = f"This version of the plan stands at {found.plan.plan.status}, and does not change."
        raise RefusedByLaw(Refusal(REG_12_2, "out-of-order", message))
    return found


async def _found(tx: Transaction, provision_id: UUID) -> Found:
    plan_id = await plan_rows.plan_of_provision(tx.connection, provision_id, asking(tx))
    plan = await plan_rows.plan_for_update(tx.connection, plan_id, asking(tx)) if plan_id else None
    if plan is None:
        raise not_found("provision")
    written = await plan_rows.written(tx.connection, plan.owner_id, plan.id)
    return Found(plan, next(each for each in written.provision if each.id == provision_id))


def _after(tx: Transaction, each: plan_rows.Agreement, provision: Provision, event: AgreementEvent) -> AgreementStatus:
    others = [_answer_of(one) for one in provision.agreements if one.id != each.id]
    return allowed(replace(_answer_of(each), others=others).after(event, today=tx.today))


def _answer_of(each: plan_rows.Agreement) -> Agreement:
    return Agreement(each.status, each.asked_on, each.reply_by)


def _event(kind: str, found: Found) -> Event:
    facts = {"provision": str(found.provision.id), "version": found.plan.version}
    return Event(kind, found.plan.owner_id, "Plan", found.plan.id, found.plan.child_id, facts)
