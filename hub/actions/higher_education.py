"""A young person asks for the plan for higher education or a disabled students' allowance (SEND Regs 2014 reg. 47)."""

from datetime import date
from uuid import UUID

from hub.actions.checks import asking, lawful, must_be_responsible
from hub.actions.duties import About, open_duty
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import plan_rows
from hub.errors import not_found
from hub.law.duties import DutyRule
from hub.law.reg47_higher_education import refuse_request


async def record_request(tx: Transaction, *, plan_id: UUID, on: date) -> UUID:
    """The authority records that it was asked, which starts its 15 working days; answers the duty."""
    tx.must_have("plan.write")
    plan = await plan_rows.plan_for_update(tx.connection, plan_id, asking(tx))
    if plan is None:
        raise not_found("plan")
    must_be_responsible(tx, plan.owner_id)
    lawful(refuse_request(plan.plan.status, born_on=plan.plan.born_on, on=on, today=tx.today))
    about = About("Plan", plan.id, plan.owner_id, plan.child_id)
    facts = {"on": on.isoformat()}
    await tx.record(Event("plan_asked_for_higher_education", plan.owner_id, "Plan", plan.id, plan.child_id, facts))
    return await open_duty(tx, DutyRule.DISCLOSE_PLAN_FOR_HIGHER_EDUCATION, about, holder=plan.owner_id, started_on=on)
