"""Redress: raising a dispute, taking a step in it, and ending it (CFA 2014 ss. 26(3)(f), (g), 51 to 57).

The law decides who may do what and when (`hub.law.s51_redress`); which clocks a step starts and stops is in
`hub.actions.redress_clocks`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.actions import duties, redress_clocks
from hub.actions.checks import allowed, asking, body_in_force, checked, lawful, must_exist
from hub.actions.disputes import OPEN, open_between_partners, partners_in
from hub.actions.notices import who_decides
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import disputes, notices
from hub.db.disputes import KeptDispute, KeptStep
from hub.db.duty_rows import About
from hub.errors import RefusedByLaw, forbidden, invalid
from hub.law.decisions import Refusal
from hub.law.duties import DutyRule
from hub.law.reg44_orders import AppealedMatter
from hub.law.reg64_decision_makers import PRESUMED, Capacity
from hub.law.s51_redress import (
    FIRST_STATUS,
    MAY_RAISE,
    Dispute,
    Step,
    actors,
    after,
    refuse_to_end,
    refuse_to_raise,
)
from hub.law.s51_terms import Actor, RedressMatter, RedressStep
from hub.law.vocabulary import DisputeKind, DisputeStatus

NAMES_PARTIES = frozenset({DisputeKind.BETWEEN_PARTNERS, DisputeKind.COMPLAINT})
TOLD_TO_COMMISSIONERS = frozenset({DisputeKind.MEDIATION, DisputeKind.RECOMMENDATION})


@dataclass(frozen=True, slots=True)
class Raised:
    """A dispute as it is raised. `about`: the type and id of a row of the child's record."""

    kind: DisputeKind
    about: tuple[str, UUID]
    matters: frozenset[RedressMatter]
    parties: tuple[UUID, ...]
    description: str
    on: date | None = None
    capacity: Capacity = PRESUMED


async def raise_dispute(tx: Transaction, raised: Raised) -> UUID:
    """A body raises a dispute, or the authority records a mediation, an appeal or a recommendation; the dispute's id.

    Commissioning bodies are in every mediation and recommendation that is about health care.
    """
    tx.must_have("redress.write")
    about = must_exist(await disputes.about_row(tx.connection, asking(tx), *raised.about), "what it is about")
    day = raised.on or tx.today
    others = await _others(tx, raised, about)
    if raised.kind is DisputeKind.BETWEEN_PARTNERS:
        partners = await partners_in(tx, about, on=day)
        others = _with(others, [each for each in partners if each != tx.caller.organisation])
    by = _by(tx, about)
    lawful(refuse_to_raise(raised.kind, raised.matters, by=by, others=len(others), on=day, today=tx.today))
    there = await disputes.open_dispute_about(
        tx.connection, asking(tx), about, raised.kind, (*OPEN, DisputeStatus.ORDERED)
    )
    if there is not None:
        message = "Such a dispute about this is open already."
        raise RefusedByLaw(Refusal(MAY_RAISE[raised.kind][0], "already-raised", message, ("about",)))
    if raised.kind is DisputeKind.BETWEEN_PARTNERS:
        return await open_between_partners(
            tx, about, parties=others, matters=raised.matters, reasons=_said(raised.description), on=day
        )
    return await _record(tx, raised, about, others=others, day=day)


async def record_step(
    tx: Transaction,
    *,
    dispute_id: UUID,
    step: Step,
    appealed: AppealedMatter | None = None,
    complied_with: DutyRule | None = None,
) -> None:
    """A body takes a step in a dispute that it is in.

    `appealed`: what an order is, or what an appeal that is not opposed is about; `complied_with`: which of the duties
    of the order was met.
    """
    kept = await _in_dispute(tx, dispute_id)
    checked(step.said, "description")
    status = allowed(after(kept.dispute, step, by=_by(tx, kept.about), today=tx.today))
    lawful(redress_clocks.refuse_what_it_takes(kept, step, tx.caller.organisation, appealed, complied_with))
    taken = KeptStep(
        tx.new_id(),
        step.said or step.step.meaning,
        tx.caller.organisation,
        step.step,
        taken_on=step.on,
        held_on=step.held_on,
        follows=step.follows,
    )
    if step.step is RedressStep.ESCALATED:
        await disputes.take_next_due(tx.connection, kept, by=tx.caller.organisation, on=step.on)
    await disputes.add_steps(tx.connection, kept, [taken])
    ended_on = step.on if status is not kept.dispute.status and status not in OPEN else None
    await disputes.change_dispute(tx.connection, kept, status=status, ended_on=ended_on, appealed=appealed)
    await redress_clocks.keep(tx, kept, step, appealed=appealed, complied_with=complied_with)
    await _tell(tx, kept, "dispute_step_taken", {"step": step.step.value, "status": status.value})


async def resolve_dispute(tx: Transaction, *, dispute_id: UUID, status: DisputeStatus, outcome: str) -> None:
    """A dispute is ended in words: by who raised it, or by the authority whose record it is."""
    kept = await _in_dispute(tx, dispute_id)
    if tx.caller.organisation not in {kept.raised_by, kept.about.owner_id}:
        raise forbidden("who raised a dispute ends it, or the responsible authority", rule="not-yours-to-end")
    lawful(refuse_to_end(kept.dispute, status, checked(outcome, "outcome")), redress_clocks.unanswered(kept))
    await disputes.change_dispute(tx.connection, kept, status=status, outcome=outcome, ended_on=tx.today)
    await duties.end(tx, kept.self_)
    await _tell(tx, kept, "dispute_resolved", {"status": status.value})


async def _record(tx: Transaction, raised: Raised, about: About, *, others: Collection[UUID], day: date) -> UUID:
    """A mediation, an appeal, a recommendation or a complaint: the family's, and so whoever decides for the child."""
    dispute = Dispute(raised.kind, FIRST_STATUS[raised.kind], raised.matters, day)
    everyone = (tx.caller.organisation, *others)
    kept = KeptDispute(tx.new_id(), about, everyone, tx.caller.organisation, None, None, dispute)
    decides = await who_decides(tx, about, on=day, capacity=raised.capacity)
    await disputes.insert_dispute(tx.connection, kept, decides=decides)
    first = KeptStep(tx.new_id(), _said(raised.description), tx.caller.organisation, taken_on=day)
    await disputes.add_steps(tx.connection, kept, [first])
    await redress_clocks.start(tx, kept)
    facts = {"kind": raised.kind.value, "about_type": about.type, "about": str(about.id)}
    await _tell(tx, kept, "dispute_raised", facts)
    return kept.id


async def _others(tx: Transaction, raised: Raised, about: About) -> list[UUID]:
    """The other bodies in it: those that are named, and the commissioning bodies where health care is in issue."""
    if raised.parties and raised.kind not in NAMES_PARTIES:
        raise invalid("the bodies in it follow from its kind", rule="parties-not-named", path=("parties",))
    named = [each for each in dict.fromkeys(raised.parties) if each != tx.caller.organisation]
    for each in named:
        await body_in_force(tx, each, on=tx.today, path="parties")
    if about.owner_id not in {*named, tx.caller.organisation}:
        named.append(about.owner_id)
    if raised.kind in TOLD_TO_COMMISSIONERS and RedressMatter.HEALTH in raised.matters:
        bodies = await notices.commissioners_of(tx.connection, asking(tx), about, on=tx.today)
        return _with(named, bodies)
    return named


def _with(bodies: list[UUID], others: Collection[UUID]) -> list[UUID]:
    return list(dict.fromkeys([*bodies, *others]))


async def _in_dispute(tx: Transaction, dispute_id: UUID) -> KeptDispute:
    """The dispute, for a body that is in it; for anyone who may not see it, it does not exist."""
    tx.must_have("redress.write")
    kept = must_exist(await disputes.dispute_for_update(tx.connection, dispute_id, asking(tx)), "dispute")
    if tx.caller.organisation not in {*kept.parties, kept.about.owner_id}:
        raise forbidden("only a body that is in the dispute may do this", rule="not-in-the-dispute")
    return kept


def _by(tx: Transaction, about: About) -> frozenset[Actor]:
    return actors(tx.caller.organisation_kind, owns=about.owner_id == tx.caller.organisation)


def _said(description: str) -> str:
    if not checked(description, "description").strip():
        raise invalid("say what it is about", rule="description-required", path=("description",))
    return description


async def _tell(tx: Transaction, kept: KeptDispute, kind: str, facts: dict[str, str]) -> None:
    await tx.record(Event(kind, kept.about.owner_id, "Dispute", kept.id, kept.about.child_id, facts))
