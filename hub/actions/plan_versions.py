"""What every step of a version of a plan begins and ends with: whose it is, what it says, where it stands then, what is
recorded."""

from uuid import UUID

from hub.actions.checks import allowed, asking, must_be_responsible, must_exist
from hub.actions.plan_contents import contents
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import assessments, plan_rows
from hub.db.plan_rows import RecordedPlan, Written
from hub.law.reg12_form import Contents
from hub.law.s37_plan import PlanEvent
from hub.law.vocabulary import PlanStatus


async def own_plan(tx: Transaction, plan_id: UUID) -> RecordedPlan:
    """The version, for the authority that answers for the child."""
    tx.must_have("plan.write")
    plan = must_exist(await plan_rows.plan_for_update(tx.connection, plan_id, asking(tx)), "plan")
    must_be_responsible(tx, plan.owner_id)
    return plan


async def written_of(tx: Transaction, plan: RecordedPlan) -> Written:
    return await plan_rows.written(tx.connection, plan.owner_id, plan.id)


async def contents_of(tx: Transaction, plan: RecordedPlan, of: Written) -> Contents:
    bodies = await assessments.commissioners_of(tx.connection, plan.owner_id, plan.child_id, tx.today)
    return contents(of, bodies)


def status_after(tx: Transaction, plan: RecordedPlan, event: PlanEvent) -> PlanStatus:
    return allowed(plan.plan.after(event, today=tx.today))


def plan_event(kind: str, plan: RecordedPlan, **facts: str) -> Event:
    return Event(kind, plan.owner_id, "Plan", plan.id, plan.child_id, {"version": plan.version, **facts})
