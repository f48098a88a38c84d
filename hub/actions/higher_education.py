"""A young person asks for the plan for higher education or a disabled students' allowance (SEND Regs 2014 reg. 47)."""

from datetime import date
from uuid import UUID

from hub.actions.checks import lawful
from hub.actions.duties import open_duty
from hub.actions.plan_versions import own_plan
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.law.duties import DutyRule
from hub.law.reg47_higher_education import refuse_request


async def record_request(tx: Transaction, *, plan_id: UUID, on: date) -> UUID:
    """The authority records that it was asked, which starts its 15 working days; answers the duty."""
    plan = await own_plan(tx, plan_id)
    lawful(refuse_request(plan.plan.status, born_on=plan.plan.born_on, on=on, today=tx.today))
    facts = {"on": on.isoformat()}
    await tx.record(Event("plan_asked_for_higher_education", plan.owner_id, "Plan", plan.id, plan.child_id, facts))
    return await open_duty(
        tx, DutyRule.DISCLOSE_PLAN_FOR_HIGHER_EDUCATION, plan.about, holder=plan.owner_id, started_on=on
    )
