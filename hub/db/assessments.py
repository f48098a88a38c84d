"""Loading and saving EHC needs assessments and the advice sought for them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.duty_rows import About
from hub.db.sharing import Asking
from hub.law.reg64_decision_makers import DecisionMaker
from hub.law.s36_assessment import Assessment, stage_of
from hub.law.s37_plan import MAINTAINED
from hub.law.vocabulary import AdviceKind, AssessmentDecision, AssessmentOutcome, ResponsibilityKind, Source

_ASSESSMENT, _ASKED, _PLAN = tables.assessment, tables.advice_request, tables.plan
_KNOWN = frozenset({Source.GRAPHQL, Source.RECORDED})


@dataclass(frozen=True, slots=True)
class RecordedAssessment:
    """An assessment with where it is kept."""

    owner_id: UUID
    child_id: UUID
    id: UUID
    reassessment: bool
    assessment: Assessment

    @property
    def about(self) -> About:
        return About("Assessment", self.id, self.owner_id, self.child_id)


@dataclass(frozen=True, slots=True)
class SoughtAdvice:
    """Advice that is sought: of whom, when, and what is settled of earlier advice."""

    id: UUID
    assessment_id: UUID
    kind: AdviceKind
    asked_on: date
    asked_of: str | None = None
    organisation_id: UUID | None = None
    identified_by_id: UUID | None = None
    received_on: date | None = None
    advice_id: UUID | None = None
    cooperation_request_id: UUID | None = None
    representations: bool | None = None
    provider_satisfied: bool | None = None
    authority_satisfied: bool | None = None
    parent_satisfied: bool | None = None


async def insert_assessment(
    connection: AsyncConnection,
    about: About,
    *,
    requested_on: date | None = None,
    requested_by: str | None = None,
    decides: DecisionMaker | None = None,
    responsible_from: date | None = None,
    reassessment: bool = False,
    source: Source = Source.GRAPHQL,
) -> None:
    """An assessment on which nothing is decided: asked for, or owed since the authority became responsible."""
    await connection.execute(
        insert(_ASSESSMENT).values(
            owner_id=about.owner_id,
            id=about.id,
            child_id=about.child_id,
            requested_on=requested_on,
            requested_by=requested_by,
            decider=decides.decider if decides else None,
            decides_because=decides.because if decides else None,
            responsible_from=responsible_from,
            reassessment=reassessment,
            historical=False,
            source=source,
        )
    )


async def assessment_for_update(
    connection: AsyncConnection, assessment_id: UUID, asking: Asking
) -> RecordedAssessment | None:
    """The assessment, locked until the transaction ends; None for an unknown id and for one the body may not see."""
    child = tables.child
    statement = (
        select(_ASSESSMENT, child.c.date_of_birth)
        .join(child, (child.c.owner_id == _ASSESSMENT.c.owner_id) & (child.c.id == _ASSESSMENT.c.child_id))
        .where(_ASSESSMENT.c.id == assessment_id, sharing.may_see(_ASSESSMENT, asking))
        .with_for_update(of=_ASSESSMENT)
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        return None
    kinds = select(_ASKED.c.kind).where(_ASKED.c.owner_id == row["owner_id"], _ASKED.c.assessment_id == assessment_id)
    sought = frozenset((await connection.execute(kinds)).scalars())
    return RecordedAssessment(
        row["owner_id"],
        row["child_id"],
        row["id"],
        row["reassessment"],
        Assessment(
            stage_of(row["decision"], row["outcome"]),
            row["date_of_birth"],
            row["responsible_from"] or row["requested_on"],
            row["decided_on"],
            sought,
            row["source"] in _KNOWN,
        ),
    )


async def set_decision(
    connection: AsyncConnection,
    recorded: RecordedAssessment,
    *,
    decision: AssessmentDecision | None = None,
    outcome: AssessmentOutcome | None = None,
    on: date,
    reasons: str | None,
) -> None:
    """What the authority decided: whether to assess, or what follows the assessment."""
    values: dict[str, Any] = {}
    if decision is not None:
        values |= {"decision": decision, "decided_on": on, "decision_reasons": reasons}
    if outcome is not None:
        values |= {"outcome": outcome, "outcome_on": on, "outcome_reasons": reasons}
    await connection.execute(
        update(_ASSESSMENT)
        .where(_ASSESSMENT.c.owner_id == recorded.owner_id, _ASSESSMENT.c.id == recorded.id)
        .values(**values)
    )


async def insert_advice_request(
    connection: AsyncConnection, recorded: RecordedAssessment, sought: SoughtAdvice
) -> None:
    await connection.execute(
        insert(_ASKED).values(
            owner_id=recorded.owner_id,
            child_id=recorded.child_id,
            **{name: getattr(sought, name) for name in SoughtAdvice.__slots__},
        )
    )


async def advice_request_for_update(
    connection: AsyncConnection, advice_request_id: UUID, asking: Asking
) -> tuple[UUID, SoughtAdvice] | None:
    """The authority that asked, and what it asked; None for an unknown id and for one the body may not see."""
    statement = select(_ASKED).where(_ASKED.c.id == advice_request_id, sharing.may_see(_ASKED, asking))
    row = (await connection.execute(statement.with_for_update(of=_ASKED))).mappings().first()
    if row is None:
        return None
    return row["owner_id"], SoughtAdvice(**{name: row[name] for name in SoughtAdvice.__slots__})


async def is_maintained(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> bool:
    """Whether the authority maintains a plan for the child."""
    of_child = (_PLAN.c.owner_id == owner_id, _PLAN.c.child_id == child_id)
    return bool(await connection.scalar(select(exists().where(*of_child, _PLAN.c.status.in_(MAINTAINED)))))


def is_open() -> ColumnElement[bool]:
    """Of an assessment that is asked for or made, and has no outcome. One that a return calls historical is over,
    though nobody recorded how."""
    table = _ASSESSMENT
    undecided = or_(table.c.decision.is_(None), table.c.decision == AssessmentDecision.WILL_ASSESS)
    return and_(table.c.outcome.is_(None), undecided, table.c.historical.is_(False))


async def in_progress(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> bool:
    """Whether an assessment of the child is asked for or under way."""
    of_child = (_ASSESSMENT.c.owner_id == owner_id, _ASSESSMENT.c.child_id == child_id)
    return bool(await connection.scalar(select(exists().where(*of_child, is_open()))))


async def commissioners_of(connection: AsyncConnection, owner_id: UUID, child_id: UUID, day: date) -> frozenset[UUID]:
    """The responsible commissioning bodies of a child on a day (s. 42(4))."""
    held = tables.responsibility
    statement = select(held.c.body_id).where(
        held.c.owner_id == owner_id,
        held.c.child_id == child_id,
        held.c.kind != ResponsibilityKind.AUTHORITY,
        held.c.starts_on <= day,
        func.coalesce(held.c.ends_on, day) >= day,
    )
    return frozenset((await connection.execute(statement)).scalars())


async def advised_row(
    connection: AsyncConnection, owner_id: UUID, child_id: UUID, *, advice_id: UUID, place: int, needs: bool
) -> UUID | None:
    """The id of the need or provision in this place of the advice, counted from 1."""
    table = tables.advised_need if needs else tables.advised_provision
    statement = select(table.c.id).where(
        table.c.owner_id == owner_id,
        table.c.child_id == child_id,
        table.c.advice_id == advice_id,
        table.c.ordinal == place,
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def not_taken_up(connection: AsyncConnection, owner_id: UUID, assessment_id: UUID) -> list[tuple[UUID, int]]:
    """(advice, place) of the provision that was advised for the assessment and is in no plan."""
    advised = tables.advised_provision
    statement = (
        select(advised.c.advice_id, advised.c.ordinal)
        .join(_ASKED, (_ASKED.c.owner_id == advised.c.owner_id) & (_ASKED.c.advice_id == advised.c.advice_id))
        .where(_ASKED.c.owner_id == owner_id, _ASKED.c.assessment_id == assessment_id, advised.c.provision_id.is_(None))
        .order_by(advised.c.advice_id, advised.c.ordinal)
        .distinct()
    )
    return [(row.advice_id, row.ordinal) for row in await connection.execute(statement)]
