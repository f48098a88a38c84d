"""An authority ceases to maintain an EHC plan (CFA 2014 s. 45): it says so, notifies, and ends it. The law decides."""

from datetime import date
from uuid import UUID

from hub.actions import duties
from hub.actions.budget_plans import end_budgets
from hub.actions.checks import lawful
from hub.actions.notices import NoticeKind, Said, give_notice
from hub.actions.plan_versions import own_plan, plan_event, status_after
from hub.actions.transaction import Transaction
from hub.db import duty_rows, plan_rows
from hub.law.budget_decisions import StopGround
from hub.law.reg64_decision_makers import PRESUMED, Capacity
from hub.law.s37_plan import Ceased, CeaseNotified, CeaseReason, ceasing_in_words, refuse_considering


async def consider_ceasing(
    tx: Transaction, *, plan_id: UUID, reasons: str, on: date, capacity: Capacity = PRESUMED
) -> None:
    """The authority considers ceasing to maintain the plan: it says so, and asks for views (reg. 31(1))."""
    plan = await own_plan(tx, plan_id)
    lawful(refuse_considering(plan.plan, on=on, today=tx.today))
    said = Said(reasons=reasons)
    await give_notice(tx, NoticeKind.CONSIDERING_CEASING, plan.about, said=said, capacity=capacity, given_on=on)
    await tx.record(plan_event("ceasing_considered", plan, on=on.isoformat()))


async def notify_ceasing(
    tx: Transaction, *, plan_id: UUID, reason: CeaseReason, reasons: str, on: date, capacity: Capacity = PRESUMED
) -> None:
    """The authority notifies its decision to cease to maintain the plan, and goes on maintaining it (reg. 31(2))."""
    plan = await own_plan(tx, plan_id)
    status = status_after(tx, plan, CeaseNotified(on, reason))
    await plan_rows.set_plan(tx.connection, plan, status, cease_notified_on=on, cease_reason=reason.value)
    said = Said(reasons=ceasing_in_words(reason, reasons))
    await give_notice(tx, NoticeKind.CEASE, plan.about, said=said, capacity=capacity, given_on=on)
    await tx.record(plan_event("ceasing_notified", plan, on=on.isoformat(), reason=reason.value))


async def cease_plan(tx: Transaction, *, plan_id: UUID, reason: CeaseReason, on: date) -> None:
    """The authority ceases to maintain the plan (s. 45), once the time to appeal is over and no appeal waits."""
    plan = await own_plan(tx, plan_id)
    until, is_open = await plan_rows.appeal(tx.connection, plan.owner_id, plan.id)
    status = status_after(tx, plan, Ceased(on, reason, until, is_open))
    await plan_rows.set_plan(tx.connection, plan, status, ceased_on=on, cease_reason=reason.value)
    await end_budgets(tx, owner_id=plan.owner_id, plan_id=plan.id, ground=StopGround.PLAN_CEASED, on=on)
    await duties.end(tx, plan.about, on=on)
    await duty_rows.end_childs(tx.connection, plan.owner_id, plan.child_id, about_type="Review", on=on)
    await tx.record(plan_event("plan_ceased", plan, on=on.isoformat(), reason=reason.value))
