"""A child with a plan moves to another area (SEND Regs 2014 reg. 15): a second record begins; the first is kept."""

from datetime import date
from uuid import UUID

from hub.actions.budget_plans import end_budgets
from hub.actions.checks import asking, body_in_force, lawful, must_be_responsible, must_exist, own_child
from hub.actions.duties import About, meet, open_duty
from hub.actions.notices import NoticeKind, Said, give_notice
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import notices, responsibilities, reviews, transfers
from hub.db.queries import ChildIdentity
from hub.law.budget_decisions import StopGround
from hub.law.duties import DutyRule
from hub.law.reg15_transfer import (
    Move,
    authoritys_clock,
    commissioners_clock,
    refuse_informing,
    refuse_transfer,
    review_clock,
)
from hub.law.reg64_decision_makers import PRESUMED, Capacity
from hub.law.responsibility import Responsibility, ResponsibilityGround, commissioners_on, day_before
from hub.law.vocabulary import ResponsibilityKind


async def transfer(tx: Transaction, *, child_id: UUID, to: UUID, moved_on: date, known_on: date | None) -> UUID:
    """The old authority transfers the plan: its own record of the child, which says so from now on.

    The old authority keeps what it held, and no more is added to it by the new one. The clocks of reg. 15(2), (4), (5)
    and (7) start.
    """
    tx.must_have("plan.write")
    child = await own_child(tx, child_id)
    body = await body_in_force(tx, to, on=tx.today, path="to")
    move = Move(child.owner_id, to, moved_on, known_on or min(moved_on, tx.today))
    await responsibilities.lock_child(tx.connection, child.owner_id, child.id)
    plan = await responsibilities.maintained_plan(tx.connection, asking(tx), child.id)
    since = (plan or {}).get("finalised_on") or child.date_of_birth
    lawful(refuse_transfer(move, to=body.kind, has_plan=plan is not None, since=since, today=tx.today))
    if plan is None:
        return child.id
    reviewed_on = await transfers.last_reviewed_on(tx.connection, owner_id=child.owner_id, plan=plan)
    await transfers.end_authoritys_duties(tx.connection, owner_id=child.owner_id, child_id=child.id, on=tx.today)
    await transfers.mark_transferred(tx.connection, owner_id=child.owner_id, plan_id=plan["id"], to=to, on=moved_on)
    await _old_clocks(tx, child, move, About("Plan", plan["id"], child.owner_id, child.id))
    await _pass_on(tx, child, move)
    async with tx.in_records_of(to):
        new_child, new_plan = await _new_record(tx, child, move, plan_id=plan["id"], reviewed_on=reviewed_on)
    await end_budgets(tx, owner_id=child.owner_id, plan_id=plan["id"], ground=StopGround.PLAN_TRANSFERRED, on=moved_on)
    facts = {"to": str(to), "moved_on": str(moved_on)}
    await tx.record(Event("plan_transferred", child.owner_id, "Plan", plan["id"], child.id, facts))
    await tx.record(Event("plan_received", to, "Plan", new_plan, new_child, {"from": str(child.owner_id)}))
    return child.id


async def inform_family(
    tx: Transaction, *, plan_id: UUID, will_assess: bool, review_on: date, on: date, capacity: Capacity = PRESUMED
) -> None:
    """The new authority tells the family of the transfer, and what it proposes (reg. 15(4))."""
    tx.must_have("plan.write")
    plan = must_exist(await reviews.plan_of(tx.connection, plan_id, asking(tx)), "plan")
    must_be_responsible(tx, plan.about.owner_id)
    received_on = await transfers.received_on(tx.connection, plan.about)
    told = await notices.was_given(tx.connection, asking(tx), plan.about, NoticeKind.PLAN_TRANSFERRED)
    lawful(refuse_informing(received_on, told=told, review_on=review_on, on=on, today=tx.today))
    said = Said(will_assess=will_assess, review_on=review_on)
    await give_notice(tx, NoticeKind.PLAN_TRANSFERRED, plan.about, said=said, capacity=capacity, given_on=on)
    await meet(tx, plan.about, DutyRule.INFORM_FAMILY_OF_TRANSFER, on=on)
    about = plan.about
    await tx.record(Event("transfer_told", about.owner_id, "Plan", about.id, about.child_id, {"on": on.isoformat()}))


async def _new_record(
    tx: Transaction, child: ChildIdentity, move: Move, *, plan_id: UUID, reviewed_on: date | None
) -> tuple[UUID, UUID]:
    """(child, plan) of the new authority's record, with its clocks (reg. 15(3) to (5))."""
    to, known = move.new, None
    if child.nhs_number is not None:
        known = await responsibilities.child_with_number(tx.connection, owner_id=to, nhs_number=child.nhs_number)
    new_child, new_plan = await transfers.copy_record(
        tx.connection,
        owner_id=child.owner_id,
        child_id=child.id,
        plan_id=plan_id,
        to=to,
        into=known[0] if known and known[1] == child.date_of_birth else None,
        now=tx.now,
    )
    await transfers.copy_budgets(
        tx.connection, owner_id=child.owner_id, child_id=new_child, plan_id=plan_id, to=to, on=move.moved_on
    )
    responsible = Responsibility(
        to, ResponsibilityKind.AUTHORITY, None, ResponsibilityGround.MOVED_TO_AREA.meaning, move.moved_on
    )
    await responsibilities.insert_responsibility(
        tx.connection, responsible, owner_id=to, child_id=new_child, row_id=tx.new_id()
    )
    about = About("Plan", new_plan, to, new_child)
    await open_duty(tx, DutyRule.INFORM_FAMILY_OF_TRANSFER, about, holder=to, started_on=tx.today)
    review = review_clock(transferred_on=tx.today, reviewed_on=reviewed_on)
    await open_duty(tx, review.rule, about, holder=to, started_on=review.started_on)
    return new_child, new_plan


async def _old_clocks(tx: Transaction, child: ChildIdentity, move: Move, about: About) -> None:
    """The old authority's clock, met by this transfer, and that of each of its commissioning bodies."""
    clock = authoritys_clock(move)
    await open_duty(tx, clock.rule, about, holder=move.old, started_on=clock.started_on)
    await meet(tx, about, clock.rule)
    held = await responsibilities.responsibilities_of(tx.connection, asking(tx), child.id)
    clock = commissioners_clock(move)
    for body in sorted(commissioners_on((each.responsibility for each in held), day_before(move.moved_on))):
        await open_duty(tx, clock.rule, about, holder=body, started_on=clock.started_on)


async def _pass_on(tx: Transaction, child: ChildIdentity, move: Move) -> None:
    """In the old record the old authority answers to the day before the move, the new one from it (reg. 15(3))."""
    held = await responsibilities.responsibilities_of(tx.connection, asking(tx), child.id)
    for each in held:
        one = each.responsibility
        if one.kind is ResponsibilityKind.AUTHORITY and one.to is None:
            last = max(one.from_, day_before(move.moved_on))
            await responsibilities.end_responsibility(tx.connection, each, owner_id=child.owner_id, on=last)
    answers = Responsibility(
        move.new, ResponsibilityKind.AUTHORITY, None, ResponsibilityGround.MOVED_TO_AREA.meaning, move.moved_on
    )
    await responsibilities.insert_responsibility(
        tx.connection, answers, owner_id=child.owner_id, child_id=child.id, row_id=tx.new_id()
    )
