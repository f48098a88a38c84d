"""Loading and saving versions of plans with what is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Table, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.duty_rows import About
from hub.db.sharing import Asking
from hub.law.s37_plan import CHANGEABLE, MAINTAINED, Plan
from hub.law.s37_provision import Planned
from hub.law.vocabulary import AgreementStatus, PlanStatus, SectionCode, Source

_PLAN, _SECTION, _NEED, _OUTCOME = tables.plan, tables.plan_section, tables.need, tables.outcome
_PROVISION, _LINK, _AGREEMENT = tables.provision, tables.provision_outcome, tables.provision_agreement


@dataclass(frozen=True, slots=True)
class Need:
    """A need in a plan; `continues_id`: the need of the version before that it continues."""

    id: UUID
    section: SectionCode
    description: str
    area: str | None = None
    sen_type: str | None = None
    rank: int | None = None
    continues_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome in a plan."""

    id: UUID
    ordinal: int
    description: str
    by_when: date | None = None
    continues_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """A commissioning body's answer about provision."""

    id: UUID
    commissioner_id: UUID
    status: AgreementStatus
    asked_on: date | None = None
    reply_by: date | None = None
    decided_on: date | None = None
    reasons: str | None = None
    left_out_on: date | None = None
    left_out_reasons: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision(Planned):
    """Provision in a plan, with the outcomes it serves and, in section G, the answers about it."""

    id: UUID
    ordinal: int
    need_id: UUID | None = None
    continues_id: UUID | None = None
    outcome_ids: frozenset[UUID] = frozenset()
    agreements: tuple[Agreement, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """Everything in a version."""

    sections: Mapping[SectionCode, str]
    needs: tuple[Need, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    provision: tuple[Provision, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedPlan:
    """A version with where it is kept."""

    owner_id: UUID
    child_id: UUID
    id: UUID
    assessment_id: UUID | None
    version: int
    supersedes_id: UUID | None
    source: Source
    plan: Plan
    amendment_reasons: str | None = None

    @property
    def about(self) -> About:
        return About("Plan", self.id, self.owner_id, self.child_id)

    @property
    def key(self) -> dict[str, UUID]:
        return {"owner_id": self.owner_id, "child_id": self.child_id, "plan_id": self.id}


async def plan_for_update(connection: AsyncConnection, plan_id: UUID, asking: Asking) -> RecordedPlan | None:
    """The version, locked until the transaction ends; None for an unknown id and for one the body may not see."""
    child = tables.child
    statement = (
        select(_PLAN, child.c.date_of_birth)
        .join(child, (child.c.owner_id == _PLAN.c.owner_id) & (child.c.id == _PLAN.c.child_id))
        .where(_PLAN.c.id == plan_id, sharing.may_see(_PLAN, asking))
        .with_for_update(of=_PLAN)
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        return None
    days = ("drafted_on", "served_on", "finalised_on", "cease_notified_on")
    return RecordedPlan(
        row["owner_id"],
        row["child_id"],
        row["id"],
        row["assessment_id"],
        row["version"],
        row["supersedes_id"],
        row["source"],
        Plan(row["status"], row["date_of_birth"], **{day: row[day] for day in days}),
        row["amendment_reasons"],
    )


async def plan_of_provision(connection: AsyncConnection, provision_id: UUID, asking: Asking) -> UUID | None:
    """The plan that provision stands in, where the provision exists for the body."""
    statement = select(_PROVISION.c.plan_id).where(_PROVISION.c.id == provision_id, sharing.may_see(_PROVISION, asking))
    return (await connection.execute(statement)).scalar_one_or_none()


async def newest(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> tuple[int, UUID | None, bool]:
    """The number of the newest version, the id of the one that is maintained, and whether one is being drafted."""
    statement = select(_PLAN.c.id, _PLAN.c.version, _PLAN.c.status).where(
        _PLAN.c.owner_id == owner_id, _PLAN.c.child_id == child_id
    )
    rows = (await connection.execute(statement)).all()
    maintained = next((row.id for row in rows if row.status in MAINTAINED), None)
    drafting = any(row.status in CHANGEABLE for row in rows)
    return max((row.version for row in rows), default=0), maintained, drafting


async def insert_plan(connection: AsyncConnection, recorded: RecordedPlan) -> None:
    await connection.execute(
        insert(_PLAN).values(
            owner_id=recorded.owner_id,
            id=recorded.id,
            child_id=recorded.child_id,
            assessment_id=recorded.assessment_id,
            status=recorded.plan.status,
            version=recorded.version,
            drafted_on=recorded.plan.drafted_on,
            supersedes_id=recorded.supersedes_id,
            amendment_reasons=recorded.amendment_reasons,
            source=recorded.source,
        )
    )


async def set_plan(connection: AsyncConnection, recorded: RecordedPlan, status: PlanStatus, **values: Any) -> None:
    await connection.execute(
        update(_PLAN)
        .where(_PLAN.c.owner_id == recorded.owner_id, _PLAN.c.id == recorded.id)
        .values(status=status, **values)
    )


async def insert_placement(
    connection: AsyncConnection, recorded: RecordedPlan, *, setting_id: UUID, on: date, placement_id: UUID
) -> None:
    """The institution that the plan names (section I)."""
    await connection.execute(
        insert(tables.placement).values(
            **recorded.key, id=placement_id, setting_id=setting_id, named_in_plan=True, rank=1, starts_on=on
        )
    )


async def written(connection: AsyncConnection, owner_id: UUID, plan_id: UUID) -> Written:
    """Everything in the version."""

    async def rows(table: Table, *order: str) -> Sequence[RowMapping]:
        found = select(table).where(table.c.owner_id == owner_id, table.c.plan_id == plan_id)
        return (await connection.execute(found.order_by(*(table.c[name] for name in order)))).mappings().all()

    provision = await rows(_PROVISION, "section", "ordinal")
    ids = [row["id"] for row in provision]
    links: dict[UUID, set[UUID]] = {}
    found = select(_LINK).where(_LINK.c.owner_id == owner_id, _LINK.c.provision_id.in_(ids))
    for row in await connection.execute(found):
        links.setdefault(row.provision_id, set()).add(row.outcome_id)
    answers: dict[UUID, list[Agreement]] = {}
    asked = select(_AGREEMENT).where(_AGREEMENT.c.owner_id == owner_id, _AGREEMENT.c.provision_id.in_(ids))
    for row in (await connection.execute(asked.order_by(_AGREEMENT.c.id))).mappings():
        answers.setdefault(row["provision_id"], []).append(Agreement(**_own(Agreement, row)))
    return Written(
        {row["code"]: row["text"] for row in await rows(_SECTION, "code")},
        tuple(Need(**_own(Need, row)) for row in await rows(_NEED, "section", "rank", "id")),
        tuple(Outcome(**_own(Outcome, row)) for row in await rows(_OUTCOME, "ordinal")),
        tuple(
            Provision(
                **_own(Provision, row),
                outcome_ids=frozenset(links.get(row["id"], ())),
                agreements=tuple(answers.get(row["id"], ())),
            )
            for row in provision
        ),
    )


def _own(cls: type[Any], row: RowMapping) -> dict[str, Any]:
    return {each.name: row[each.name] for each in fields(cls) if each.name in row}


async def agreements_of(connection: AsyncConnection, asking: Asking, provision_id: UUID) -> list[Agreement]:
    """The answers about provision, as far as the body may see them."""
    found = select(_AGREEMENT).where(_AGREEMENT.c.provision_id == provision_id, sharing.may_see(_AGREEMENT, asking))
    rows = (await connection.execute(found.order_by(_AGREEMENT.c.id))).mappings()
    return [Agreement(**_own(Agreement, row)) for row in rows]


async def is_budgeted(connection: AsyncConnection, owner_id: UUID, provision_ids: frozenset[UUID]) -> bool:
    """Whether some of the provision is in a personal budget."""
    item = tables.budget_item
    held = exists().where(item.c.owner_id == owner_id, item.c.provision_id.in_(provision_ids))
    return bool(await connection.scalar(select(held)))


async def appeal(connection: AsyncConnection, owner_id: UUID, plan_id: UUID) -> tuple[date | None, bool]:
    """The last day to appeal that is on record for the plan, and whether an appeal about it is not determined."""
    duty, dispute = tables.duty, tables.dispute
    last = select(duty.c.due_on).where(
        duty.c.owner_id == owner_id, duty.c.about_id == plan_id, duty.c.rule.like("APPEAL_AFTER_%")
    )
    days = [day for day in (await connection.execute(last)).scalars() if day is not None]
    waiting = or_(dispute.c.status == "OPEN", dispute.c.status == "ESCALATED")
    is_open = exists().where(
        dispute.c.owner_id == owner_id, dispute.c.about_id == plan_id, dispute.c.kind == "APPEAL", waiting
    )
    return max(days, default=None), bool(await connection.scalar(select(is_open)))


def copied(of: Written, *, new_id: Any) -> Written:
    """The same contents for a further version, each row continuing the one it was made from."""
    needs = {each.id: new_id() for each in of.needs}
    outcomes = {each.id: new_id() for each in of.outcomes}
    return Written(
        of.sections,
        tuple(replace(each, id=needs[each.id], continues_id=each.id) for each in of.needs),
        tuple(replace(each, id=outcomes[each.id], continues_id=each.id) for each in of.outcomes),
        tuple(
            replace(
                each,
                id=new_id(),
                continues_id=each.id,
                need_id=needs.get(each.need_id) if each.need_id else None,
                outcome_ids=frozenset(outcomes[one] for one in each.outcome_ids if one in outcomes),
                agreements=tuple(replace(one, id=new_id()) for one in each.agreements),
            )
            for each in of.provision
        ),
    )
