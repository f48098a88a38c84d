"""Who answers for a child, and since when (CFA 2014 ss. 24, 26(8)); a change of commissioner (reg. 16)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.actions.checks import asking, body_in_force, checked, lawful, own_child
from hub.actions.duties import About, open_duty
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import responsibilities, succession
from hub.db.queries import ChildIdentity
from hub.errors import invalid
from hub.law.duties import DutyRule
from hub.law.responsibility import (
    Responsibility,
    ResponsibilityGround,
    day_before,
    refuse_to_assign,
    replaced_by,
)
from hub.law.vocabulary import ResponsibilityKind


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is to be recorded. `known_on`: when the body before became aware of the change (reg. 16(2))."""

    child_id: UUID
    body_id: UUID
    kind: ResponsibilityKind
    ground: ResponsibilityGround
    for_provision: str | None
    from_: date
    to: date | None
    known_on: date | None


async def assign(tx: Transaction, assignment: Assignment) -> UUID:
    """The authority records that a body answers for a child; the id of the child.

    A commissioner takes the place of the one before it, which must notify it where a plan is maintained (reg. 16(2)).
    """
    tx.must_have("assessment.write")
    child = await own_child(tx, assignment.child_id)
    await succession.hold(tx.connection, assignment.body_id)
    body = await body_in_force(tx, assignment.body_id, on=assignment.from_)
    await body_in_force(tx, assignment.body_id, on=assignment.to or max(assignment.from_, tx.today))
    known_on = assignment.known_on or tx.today
    if known_on > tx.today:
        raise invalid("nobody is aware of it yet", rule="in-the-future", path=("knownOn",))
    await responsibilities.lock_child(tx.connection, child.owner_id, child.id)
    held = await responsibilities.responsibilities_of(tx.connection, asking(tx), child.id)
    provision = assignment.for_provision
    new = Responsibility(
        body.id,
        assignment.kind,
        checked(provision, "forProvision") if provision else None,
        assignment.ground.meaning,
        assignment.from_,
        assignment.to,
    )
    before = [each.responsibility for each in held]
    refusal = refuse_to_assign(new, before, ground=assignment.ground, held_by=body.kind, born_on=child.date_of_birth)
    lawful(refusal)
    ends, _ = replaced_by(new, before)
    for each in held:
        if each.responsibility in ends:
            last = day_before(new.from_)
            await responsibilities.end_responsibility(tx.connection, each, owner_id=child.owner_id, on=last)
            await _change_clocks(tx, child, old=each.responsibility.body, new=new.body, known_on=known_on)
    await responsibilities.insert_responsibility(
        tx.connection, new, owner_id=child.owner_id, child_id=child.id, row_id=tx.new_id()
    )
    facts = {"body": str(new.body), "kind": new.kind.value, "ground": assignment.ground.value, "from": str(new.from_)}
    await tx.record(Event("responsibility_assigned", child.owner_id, "Child", child.id, child.id, facts))
    return child.id


async def _change_clocks(tx: Transaction, child: ChildIdentity, *, old: UUID, new: UUID, known_on: date) -> None:
    """Where there is a plan, the old commissioner notifies the new one (reg. 16(2)), and the new one, told by this
    record, asks for an assessment or a review if it cannot arrange section G (regs 15(8), 16(3)): 15 working days."""
    plan = await responsibilities.maintained_plan(tx.connection, asking(tx), child.id)
    if plan is not None:
        about = About("Plan", plan["id"], child.owner_id, child.id)
        await open_duty(tx, DutyRule.NOTIFY_COMMISSIONER_OF_CHANGE, about, holder=old, started_on=known_on)
        await open_duty(tx, DutyRule.ASK_FOR_ASSESSMENT_OR_REVIEW, about, holder=new, started_on=tx.today)
