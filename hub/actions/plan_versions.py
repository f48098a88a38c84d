"""What every step of a version of a plan begins and ends with: whose it is, what it says, where it stands then, what is
recorded."""

from typing import Any
from uuid import UUID

from hub.actions.checks import asking, must_be_responsible
from hub.actions.duties import About
from hub.actions.plan_contents import contents
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import assessments, plan_rows
from hub.db.plan_rows import RecordedPlan, Written
from hub.errors import RefusedByLaw, not_found
from hub.law.decisions import Refusal
from hub.law.s37_plan import PlanEvent
from hub.law.vocabulary import PlanStatus


async def own_plan(tx: Transaction, plan_id: UUID) -> RecordedPlan:
    """The version, for the authority that answers for the child."""
    tx.must_have("plan.write")
    plan = await plan_rows.plan_for_update(tx.connection, plan_id, asking(tx))
    if plan is None:
        raise not_found("plan")
    must_be_responsible(tx, plan.owner_id)
    return plan


async def written_of(tx: Transaction, plan: RecordedPlan) -> Written:
    return await plan_rows.written(tx.connection, plan.owner_id, plan.id)


async def contents_of(tx: Transaction, plan: RecordedPlan, of: Written) -> Any:
    bodies = await assessments.commissioners_of(tx.connection, plan.owner_id, plan.child_id, tx.today)
    return contents(of, bodies)


def status_after(tx: Transaction, plan: RecordedPlan, event: PlanEvent) -> PlanStatus:
    after = plan.plan.after(event, today=tx.today)
    if isinstance(after, Refusal):
        raise RefusedByLaw(after)
    return after


def about_plan(plan: RecordedPlan) -> About:
    return About("Plan", plan.id, plan.owner_id, plan.child_id)


def plan_event(kind: str, plan: RecordedPlan, **facts: str) -> Event:
    return Event(kind, plan.owner_id, "Plan", plan.id, plan.child_id, {"version": plan.version, **facts})
