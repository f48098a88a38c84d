"""Disputes between partners (CFA 2014 s. 26(3)(g)): opened here by whichever action comes to one.

No statute sets a time. Where the arrangement between the bodies has dispute steps, each stands in the dispute with the
day that its working days end, counted from the step before: a time limit by local agreement, and so no duty row.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from hub.actions.checks import asking, checked, lawful
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import cooperation, disputes, notices, plan_rows, queries
from hub.db.disputes import KeptDispute, KeptStep, ProcedureStep
from hub.db.duty_rows import About
from hub.law.decisions import Refusal
from hub.law.periods import ENGLAND, WorkingDays, last_day
from hub.law.reg12_agreement import Agreement
from hub.law.s26_disputes import (
    PROVIDES_FOR_COMMISSIONER,
    refuse_about_provision,
    refuse_about_request,
    warn_without_steps,
)
from hub.law.s51_redress import Dispute
from hub.law.s51_terms import RedressMatter, RedressStep
from hub.law.vocabulary import DisputeKind, DisputeStatus

__all__ = ["RedressMatter", "open_between_partners", "partners_in", "warnings"]

OPEN = (DisputeStatus.OPEN, DisputeStatus.ESCALATED)


async def open_between_partners(
    tx: Transaction,
    about: About,
    *,
    parties: Collection[UUID],
    matters: Collection[RedressMatter],
    reasons: str,
    on: date | None = None,
) -> UUID:
    """Open a dispute between the caller and other bodies, or answer the one that is open about the same thing.

    `about` is the provision that was left out of section G, the request under s. 31 that was refused or not answered,
    and so on; `parties` are the other bodies. The steps of the arrangement that is in force between them are laid out
    with their days. The caller is taken to have been authorised by the action that calls.
    """
    day = on or tx.today
    there = await disputes.open_dispute_about(tx.connection, asking(tx), about, DisputeKind.BETWEEN_PARTNERS, OPEN)
    if there is not None:
        return there
    everyone = (tx.caller.organisation, *(each for each in parties if each != tx.caller.organisation))
    arrangement, steps = await disputes.procedure(
        tx.connection, authority=about.owner_id, parties=[each for each in everyone if each != about.owner_id], on=day
    )
    dispute = Dispute(DisputeKind.BETWEEN_PARTNERS, DisputeStatus.OPEN, frozenset(matters), day)
    kept = KeptDispute(tx.new_id(), about, everyone, tx.caller.organisation, arrangement, None, dispute)
    await disputes.insert_dispute(tx.connection, kept, decides=None)
    first = KeptStep(
        tx.new_id(), checked(reasons, "reasons"), tx.caller.organisation, RedressStep.POSITION_STATED, taken_on=day
    )
    await disputes.add_steps(tx.connection, kept, [first, *_laid_out(tx, steps, day)])
    facts = {"kind": dispute.kind.value, "about_type": about.type, "about": str(about.id)}
    await tx.record(Event("dispute_raised", about.owner_id, "Dispute", kept.id, about.child_id, facts))
    return kept.id


async def partners_in(tx: Transaction, about: About, *, on: date) -> list[UUID]:
    """The bodies that a dispute about this is with, where it says so itself; `RefusedByLaw` where it is too early.

    Of a request under s. 31: the body that was asked, or those that commission from it. Of provision in section G: the
    bodies that were asked to agree.
    """
    match about.type:
        case "CooperationRequest":
            (recorded,) = await cooperation.requests(tx.connection, asking(tx), ids=[about.id])
            request = recorded.request
            lawful(refuse_about_request(request.status, request.function, due_on=request.due_on, on=on))
            body = await queries.organisation_by_id(tx.connection, request.addressed_to)
            if body is not None and body.kind in PROVIDES_FOR_COMMISSIONER:
                return await notices.commissioners_of(tx.connection, asking(tx), about, on=on)
            return [request.addressed_to]
        case "Provision":
            agreements = await plan_rows.agreements_of(tx.connection, asking(tx), about.id)
            answers = [Agreement(each.status, each.asked_on, each.reply_by) for each in agreements]
            lawful(refuse_about_provision(answers, on=on))
            return [each.commissioner_id for each in agreements]
        case _:
            return []


async def warnings(tx: Transaction, dispute_id: UUID) -> list[Refusal]:
    """What is said of a dispute that has no steps to take (s. 26(1), (3)(g))."""
    found = await disputes.steps_to_take(tx.connection, asking(tx), dispute_id)
    said = None if found is None else warn_without_steps(arrangement=found[0], steps=found[1])
    return [said] if said is not None else []


def _laid_out(tx: Transaction, steps: Collection[ProcedureStep], day: date) -> list[KeptStep]:
    """The steps of the procedure, each due so many working days after the one before; without a number, on no day."""
    laid: list[KeptStep] = []
    for each in steps:
        due = None
        if each.working_days is not None:
            due = day = last_day(WorkingDays(each.working_days), day, ENGLAND)
        laid.append(KeptStep(tx.new_id(), each.description, due_on=due))
    return laid
