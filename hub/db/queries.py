"""Reads named as questions. They answer with values, never rows, and always for somebody who asks."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.sharing import Asking
from hub.law.reg17_disclosure import Part, Relationship, parts_open
from hub.law.vocabulary import AssessmentDecision, NHSNumberStatus, OrganisationKind, Sex


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body, with the codes by which partners name it."""

    id: UUID
    name: str
    kind: OrganisationKind
    ods_code: str | None
    la_code: str | None
    urn: str | None
    in_force_from: date | None
    in_force_to: date | None

    @property
    def code(self) -> str:
        return self.la_code or self.ods_code or self.urn or ""

    def in_force(self, day: date) -> bool:
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_to is None or day <= self.in_force_to
        )


@dataclass(frozen=True, slots=True)
class ChildIdentity:
    """Who a child is, as far as the asking body may know: `parts` says what is open to it."""

    owner_id: UUID
    id: UUID
    family_name: str
    given_names: tuple[str, ...]
    date_of_birth: date
    sex: Sex
    postcode: str | None
    nhs_number: str | None
    nhs_number_status: NHSNumberStatus | None
    upn: str | None
    version: int
    parts: frozenset[Part]
    held: frozenset[Relationship]


async def organisation_by_id(connection: AsyncConnection, organisation_id: UUID) -> Organisation | None:
    return await _organisation(connection, tables.organisation.c.id == organisation_id)


async def organisation_by_code(
    connection: AsyncConnection, *, ods_code: str | None = None, la_code: str | None = None
) -> Organisation | None:
    """The body with an ODS code or a local authority code."""
    table = tables.organisation
    if ods_code is not None:
        return await _organisation(connection, table.c.ods_code == ods_code)
    return await _organisation(connection, table.c.la_code == la_code)


async def _organisation(connection: AsyncConnection, which: ColumnElement[bool]) -> Organisation | None:
    row = (await connection.execute(select(tables.organisation).where(which))).mappings().first()
    if row is None:
        return None
    return Organisation(
        row["id"],
        row["name"],
        row["kind"],
        row["ods_code"],
        row["la_code"],
        row["urn"],
        row["in_force_from"],
        row["in_force_to"],
    )


async def child_by_id(connection: AsyncConnection, asking: Asking, child_id: UUID) -> ChildIdentity | None:
    """The child, where it exists for the asking body."""
    return await _child(connection, asking, tables.child.c.id == child_id)


async def child_by_nhs_number(connection: AsyncConnection, asking: Asking, nhs_number: str) -> ChildIdentity | None:
    """The child with an NHS number, where the number is open to the asking body; its own record first."""
    found = await _child(connection, asking, tables.child.c.nhs_number == nhs_number)
    return found if found is not None and Part.IDENTITY in found.parts else None


async def _child(connection: AsyncConnection, asking: Asking, which: ColumnElement[bool]) -> ChildIdentity | None:
    table = tables.child
    statement = (
        select(table, sharing.relationships(table, asking).label("relationships"))
        .where(which, sharing.may_see(table, asking))
        .order_by((table.c.owner_id == asking.organisation).desc(), table.c.id)
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else _identity(row, asking)


def _identity(row: RowMapping, asking: Asking) -> ChildIdentity:
    held = frozenset(Relationship(word) for word in row["relationships"])
    return ChildIdentity(
        row["owner_id"],
        row["id"],
        row["family_name"],
        tuple(row["given_names"]),
        row["date_of_birth"],
        row["sex"],
        row["postcode"],
        row["nhs_number"],
        row["nhs_number_status"],
        row["upn"],
        row["version"],
        parts_open(held, asking.purpose),
        held,
    )


async def assessment_in_progress(connection: AsyncConnection, asking: Asking, child_id: UUID) -> UUID | None:
    """The assessment that advice would now be sought for: requested, not refused or withdrawn, without an outcome."""
    table = tables.assessment
    statement = (
        select(table.c.id)
        .where(
            table.c.child_id == child_id,
            table.c.outcome.is_(None),
            (table.c.decision.is_(None)) | (table.c.decision == AssessmentDecision.WILL_ASSESS),
            sharing.may_see(table, asking),
        )
        .order_by(table.c.requested_on.desc().nulls_last(), table.c.id)
        .limit(1)
    )
    return (await connection.execute(statement)).scalar_one_or_none()
