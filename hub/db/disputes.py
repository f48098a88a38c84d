"""Loading and saving disputes and the steps taken in them. Speaks in law values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.duty_rows import About
from hub.db.sharing import Asking
from hub.law.reg44_orders import AppealedMatter
from hub.law.reg64_decision_makers import DecisionMaker
from hub.law.s51_redress import Dispute
from hub.law.s51_terms import RedressMatter, RedressStep
from hub.law.vocabulary import DisputeKind, DisputeStatus

_DISPUTE, _STEP = tables.dispute, tables.dispute_step


@dataclass(frozen=True, slots=True)
class KeptDispute:
    """A dispute with where it is kept and who is in it. `self_` is what a duty about it is about."""

    id: UUID
    about: About
    parties: tuple[UUID, ...]
    raised_by: UUID | None
    arrangement_id: UUID | None
    appealed: AppealedMatter | None
    dispute: Dispute
    answered_by: frozenset[UUID] = frozenset()
    """The commissioning bodies that have answered a recommendation (Rec Regs 2017 reg. 6(3))."""

    @property
    def self_(self) -> About:
        return About("Dispute", self.id, self.about.owner_id, self.about.child_id)


@dataclass(frozen=True, slots=True)
class KeptStep:
    """A step as it is kept: `taken_on` is absent while it is only due."""

    id: UUID
    description: str
    taken_by: UUID | None = None
    step: RedressStep | None = None
    due_on: date | None = None
    taken_on: date | None = None
    held_on: date | None = None
    follows: bool | None = None


@dataclass(frozen=True, slots=True)
class ProcedureStep:
    """A step of the arrangement's procedure (CFA 2014 s. 26(3)(g)), with the working days that it takes."""

    ordinal: int
    description: str
    working_days: int | None


_ABOUT = {
    "CooperationRequest": tables.cooperation_request,
    "Assessment": tables.assessment,
    "Plan": tables.plan,
    "Provision": tables.provision,
    "Review": tables.review,
    "PersonalBudget": tables.personal_budget,
    "Notification": tables.notification,
}
"""What a dispute can be about, by the name of its type in the schema."""


async def about_row(connection: AsyncConnection, asking: Asking, type_name: str, row_id: UUID) -> About | None:
    """What a dispute is about, where it exists for the asking body; None for an unknown id or another type."""
    table = _ABOUT.get(type_name)
    if table is None:
        return None
    found = select(table.c.owner_id, table.c.child_id).where(table.c.id == row_id, sharing.may_see(table, asking))
    row = (await connection.execute(found)).first()
    return None if row is None else About(type_name, row_id, row.owner_id, row.child_id)


async def insert_dispute(connection: AsyncConnection, kept: KeptDispute, *, decides: DecisionMaker | None) -> None:
    await connection.execute(
        insert(_DISPUTE).values(
            owner_id=kept.about.owner_id,
            id=kept.id,
            child_id=kept.about.child_id,
            kind=kept.dispute.kind,
            about_type=kept.about.type,
            about_id=kept.about.id,
            parties=list(kept.parties),
            status=kept.dispute.status,
            raised_on=kept.dispute.raised_on,
            raised_by_id=kept.raised_by,
            matters=sorted(each.value for each in kept.dispute.matters),
            decider=decides.decider if decides else None,
            decides_because=decides.because if decides else None,
            appealed=kept.appealed,
            arrangement_id=kept.arrangement_id,
        )
    )


async def dispute_for_update(connection: AsyncConnection, dispute_id: UUID, asking: Asking) -> KeptDispute | None:
    """The dispute, locked until the transaction ends; None for an unknown id and for one the body may not see."""
    statement = select(_DISPUTE).where(_DISPUTE.c.id == dispute_id, sharing.may_see(_DISPUTE, asking))
    row = (await connection.execute(statement.with_for_update(of=_DISPUTE))).mappings().first()
    if row is None:
        return None
    taken = select(_STEP.c.step, _STEP.c.taken_by_id).where(
        _STEP.c.owner_id == row["owner_id"],
        _STEP.c.dispute_id == dispute_id,
        _STEP.c.step.is_not(None),
        _STEP.c.taken_on.is_not(None),
    )
    steps = (await connection.execute(taken.order_by(_STEP.c.ordinal))).all()
    matters = frozenset(RedressMatter(each) for each in row["matters"] or ())
    return KeptDispute(
        row["id"],
        About(row["about_type"], row["about_id"], row["owner_id"], row["child_id"]),
        tuple(row["parties"]),
        row["raised_by_id"],
        row["arrangement_id"],
        row["appealed"],
        Dispute(row["kind"], row["status"], matters, row["raised_on"], tuple(step for step, _ in steps)),
        frozenset(by for step, by in steps if step is RedressStep.HEALTH_RESPONSE),
    )


async def open_dispute_about(
    connection: AsyncConnection, asking: Asking, about: About, kind: DisputeKind, statuses: Collection[DisputeStatus]
) -> UUID | None:
    """A dispute of the kind about the same thing that still stands so."""
    found = select(_DISPUTE.c.id).where(
        _DISPUTE.c.owner_id == about.owner_id,
        _DISPUTE.c.about_id == about.id,
        _DISPUTE.c.kind == kind,
        _DISPUTE.c.status.in_(list(statuses)),
        sharing.may_see(_DISPUTE, asking),
    )
    return (await connection.execute(found.limit(1))).scalar_one_or_none()


async def change_dispute(
    connection: AsyncConnection,
    kept: KeptDispute,
    *,
    status: DisputeStatus,
    outcome: str | None = None,
    ended_on: date | None = None,
    appealed: AppealedMatter | None = None,
) -> None:
    """How the dispute now stands; what is not given stays as it was."""
    values = {"outcome": outcome, "ended_on": ended_on, "appealed": appealed}
    await connection.execute(
        update(_DISPUTE)
        .where(_DISPUTE.c.owner_id == kept.about.owner_id, _DISPUTE.c.id == kept.id)
        .values(status=status, **{name: value for name, value in values.items() if value is not None})
    )


async def add_steps(connection: AsyncConnection, kept: KeptDispute, steps: Sequence[KeptStep]) -> None:
    """Further steps, in order, after those there are."""
    before = select(func.coalesce(func.max(_STEP.c.ordinal), 0)).where(
        _STEP.c.owner_id == kept.about.owner_id, _STEP.c.dispute_id == kept.id
    )
    last = (await connection.execute(before)).scalar_one()
    rows = [
        {
            "owner_id": kept.about.owner_id,
            "id": each.id,
            "child_id": kept.about.child_id,
            "dispute_id": kept.id,
            "ordinal": place,
            "description": each.description,
            "taken_by_id": each.taken_by,
            "step": each.step,
            "due_on": each.due_on,
            "taken_on": each.taken_on,
            "held_on": each.held_on,
            "follows": each.follows,
        }
        for place, each in enumerate(steps, start=last + 1)
    ]
    if rows:
        await connection.execute(insert(_STEP), rows)


async def take_next_due(connection: AsyncConnection, kept: KeptDispute, *, by: UUID, on: date) -> None:
    """The earliest step of the procedure that is due has been taken."""
    due = (
        select(_STEP.c.id)
        .where(
            _STEP.c.owner_id == kept.about.owner_id,
            _STEP.c.dispute_id == kept.id,
            _STEP.c.step.is_(None),
            _STEP.c.taken_on.is_(None),
        )
        .order_by(_STEP.c.ordinal)
        .limit(1)
    )
    await connection.execute(
        update(_STEP)
        .where(_STEP.c.owner_id == kept.about.owner_id, _STEP.c.id.in_(due))
        .values(taken_on=on, taken_by_id=by)
    )


async def procedure(
    connection: AsyncConnection, *, authority: UUID, parties: Collection[UUID], on: date
) -> tuple[UUID | None, tuple[ProcedureStep, ...]]:
    """The arrangement in force between the authority and any of the parties, and its dispute steps in order."""
    arrangement, party, step = tables.arrangement, tables.arrangement_party, tables.arrangement_dispute_step
    in_force = (
        select(arrangement.c.id)
        .join(party, party.c.arrangement_id == arrangement.c.id)
        .where(
            arrangement.c.authority_id == authority,
            party.c.body_id.in_(list(parties)),
            arrangement.c.in_force_from <= on,
            arrangement.c.in_force_to.is_(None) | (arrangement.c.in_force_to >= on),
        )
        .order_by(arrangement.c.in_force_from.desc(), arrangement.c.id)
        .limit(1)
    )
    found = (await connection.execute(in_force)).scalar_one_or_none()
    if found is None:
        return None, ()
    steps = select(step).where(step.c.arrangement_id == found).order_by(step.c.ordinal, step.c.id)
    rows = (await connection.execute(steps)).mappings()
    return found, tuple(ProcedureStep(row["ordinal"], row["description"], row["working_days"]) for row in rows)


async def steps_to_take(connection: AsyncConnection, asking: Asking, dispute_id: UUID) -> tuple[bool, int] | None:
    """Whether the dispute has an arrangement, and how many steps of its procedure; None: it is not between partners."""
    found = select(_DISPUTE.c.owner_id, _DISPUTE.c.kind, _DISPUTE.c.arrangement_id).where(
        _DISPUTE.c.id == dispute_id, sharing.may_see(_DISPUTE, asking)
    )
    row = (await connection.execute(found)).first()
    if row is None or row.kind is not DisputeKind.BETWEEN_PARTNERS:
        return None
    laid_out = select(func.count()).where(
        _STEP.c.owner_id == row.owner_id, _STEP.c.dispute_id == dispute_id, _STEP.c.step.is_(None)
    )
    return row.arrangement_id is not None, (await connection.execute(laid_out)).scalar_one()
