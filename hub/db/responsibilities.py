"""Who answers for a child, as recorded, and the records of children that a notification or a transfer makes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.sharing import Asking
from hub.law.responsibility import Responsibility
from hub.law.s37_plan import MAINTAINED
from hub.law.vocabulary import NHSNumberStatus, Sex, Source

_RESPONSIBILITY, _CHILD, _PLAN = tables.responsibility, tables.child, tables.plan


@dataclass(frozen=True, slots=True)
class Kept:
    """A responsibility with its id."""

    id: UUID
    responsibility: Responsibility


@dataclass(frozen=True, slots=True)
class NewChild:
    """Who a child is, as another body says."""

    family_name: str
    given_names: tuple[str, ...]
    date_of_birth: date
    sex: Sex
    nhs_number: str | None
    postcode: str | None
    upn: str | None = None


async def lock_child(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> None:
    """Nobody else changes who answers for the child until the transaction ends."""
    await connection.execute(
        select(_CHILD.c.id).where(_CHILD.c.owner_id == owner_id, _CHILD.c.id == child_id).with_for_update()
    )


async def responsibilities_of(connection: AsyncConnection, asking: Asking, child_id: UUID) -> list[Kept]:
    """Who answers, answered and will answer for the child, by the records that the body may see."""
    table = _RESPONSIBILITY
    statement = select(table).where(table.c.child_id == child_id, sharing.may_see(table, asking))
    rows = (await connection.execute(statement.order_by(table.c.starts_on, table.c.id))).mappings()
    return [Kept(row["id"], _responsibility(row)) for row in rows]


async def insert_responsibility(
    connection: AsyncConnection, responsibility: Responsibility, *, owner_id: UUID, child_id: UUID, row_id: UUID
) -> None:
    await connection.execute(
        insert(_RESPONSIBILITY).values(
            owner_id=owner_id,
            id=row_id,
            child_id=child_id,
            body_id=responsibility.body,
            kind=responsibility.kind,
            for_provision=responsibility.for_provision,
            reason=responsibility.reason,
            starts_on=responsibility.from_,
            ends_on=responsibility.to,
        )
    )


async def end_responsibility(connection: AsyncConnection, kept: Kept, *, owner_id: UUID, on: date) -> None:
    which = (_RESPONSIBILITY.c.owner_id == owner_id, _RESPONSIBILITY.c.id == kept.id)
    await connection.execute(update(_RESPONSIBILITY).where(*which).values(ends_on=on))


async def maintained_plan(connection: AsyncConnection, asking: Asking, child_id: UUID) -> dict[str, Any] | None:
    """The final plan that an authority maintains for the child, locked."""
    statement = (
        select(_PLAN)
        .where(_PLAN.c.child_id == child_id, _PLAN.c.status.in_(MAINTAINED), sharing.may_see(_PLAN, asking))
        .order_by(_PLAN.c.version.desc())
        .limit(1)
        .with_for_update(of=_PLAN)
    )
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else dict(row)


async def child_with_number(
    connection: AsyncConnection, *, owner_id: UUID, nhs_number: str
) -> tuple[UUID, date] | None:
    """(id, date of birth) of the child with this number in one authority's own records.

    It stands outside the guard: the authority's own work of filing what was sent to it. No sender is told of it.
    """
    which = (_CHILD.c.owner_id == owner_id, _CHILD.c.nhs_number == nhs_number)
    row = (await connection.execute(select(_CHILD.c.id, _CHILD.c.date_of_birth).where(*which))).first()
    return None if row is None else (row.id, row.date_of_birth)


async def insert_child(
    connection: AsyncConnection,
    child: NewChild,
    *,
    owner_id: UUID,
    child_id: UUID,
    number_status: NHSNumberStatus | None,
    source: Source,
    now: datetime,
) -> None:
    await connection.execute(
        insert(_CHILD).values(
            owner_id=owner_id,
            id=child_id,
            family_name=child.family_name,
            given_names=list(child.given_names),
            date_of_birth=child.date_of_birth,
            sex=child.sex,
            postcode=child.postcode,
            nhs_number=child.nhs_number,
            nhs_number_status=number_status,
            upn=child.upn,
            source=source,
            updated_at=now,
        )
    )


async def suspect_same_child(
    connection: AsyncConnection,
    *,
    owner_id: UUID,
    child_id: UUID,
    other_id: UUID,
    reasons: list[str],
    row_id: UUID,
    now: datetime,
) -> None:
    """Two records of one authority that may be one child: its clerk decides."""
    await connection.execute(
        insert(tables.identity_candidate).values(
            owner_id=owner_id,
            id=row_id,
            child_id=child_id,
            other_child_id=other_id,
            reasons=reasons,
            found_at=now,
        )
    )


async def responsibilities_in_record(
    connection: AsyncConnection, *, owner_id: UUID, child_id: UUID
) -> list[Responsibility]:
    """Who answers for the child by one authority's own record, for the filing of what was sent to it."""
    table = _RESPONSIBILITY
    found = select(table).where(table.c.owner_id == owner_id, table.c.child_id == child_id)
    return [_responsibility(row) for row in (await connection.execute(found)).mappings()]


def _responsibility(row: RowMapping) -> Responsibility:
    return Responsibility(
        row["body_id"], row["kind"], row["for_provision"], row["reason"], row["starts_on"], row["ends_on"]
    )


async def insert_notification(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(tables.notification).values(**values))
