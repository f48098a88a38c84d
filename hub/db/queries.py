"""Reads named as questions. They answer with values, never rows, and always for somebody who asks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, bindparam, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import assessments, sharing, tables
from hub.db.fixed import Fixed
from hub.db.prepared import Ask, among, may_see, prepared, who
from hub.db.sharing import Asking
from hub.law.reg17_disclosure import Part, Standing, opened
from hub.law.s31_cooperation import CooperationStatus
from hub.law.vocabulary import AdviceKind, NHSNumberStatus, OrganisationKind, Sex


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
    standing: Standing


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
    return None if row is None else organisation_of(row)


def organisation_of(row: Mapping[Any, Any]) -> Organisation:
    """The body in a row of `organisation`."""
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
    rows = await _ask_for_one(connection, asking, id=child_id)
    return identity_of(rows[0], asking) if rows else None


def _one_child(asking: Asking) -> Select[Any]:
    own = tables.child.c.owner_id == asking.organisation
    found = _children(asking, tables.child.c.id == bindparam("id", type_=Uuid()))
    return found.order_by(own.desc(), tables.child.c.id).limit(1)


_ask_for_one = prepared(_one_child)


def identity_of(row: Mapping[str, Any], asking: Asking) -> ChildIdentity:
    """The child in a row of `child` with the body's `standing` beside it."""
    standing = sharing.standing_in(row["standing"])
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
        opened(standing, asking.purpose),
        standing,
    )


async def assessment_in_progress(connection: AsyncConnection, asking: Asking, child_id: UUID) -> UUID | None:
    """The assessment that advice would now be sought for: requested, not refused or withdrawn, without an outcome."""
    table = tables.assessment
    statement = (
        select(table.c.id)
        .where(
            table.c.child_id == child_id,
            assessments.is_open(),
            sharing.may_see(table, asking),
        )
        .order_by(table.c.requested_on.desc().nulls_last(), table.c.id)
        .limit(1)
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def advice_asked_on(connection: AsyncConnection, asking: Asking, assessment_id: UUID) -> list[date]:
    """The days on which advice was asked of the school, college or early years provider for the assessment."""
    table = tables.advice_request
    asked = select(table.c.asked_on).where(
        table.c.assessment_id == assessment_id,
        table.c.kind == AdviceKind.EDUCATION,
        sharing.may_see(table, asking),
    )
    return list((await connection.execute(asked)).scalars())


async def advice_of_child(connection: AsyncConnection, asking: Asking, advice_id: UUID, child_id: UUID) -> UUID | None:
    """The advice, where it is about the child and exists for the asking body."""
    table = tables.advice
    found = select(table.c.id).where(table.c.id == advice_id, table.c.child_id == child_id)
    return (await connection.execute(found.where(sharing.may_see(table, asking)))).scalar_one_or_none()


# --- questions of the FHIR face


async def organisations_by_id(connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, Organisation]:
    """Several bodies at once."""
    rows = await _BODIES.run(connection, {"ids": list(ids)})
    return {row["id"]: organisation_of(row) for row in rows}


_BODIES = Fixed(select(tables.organisation).where(among(tables.organisation.c.id, "ids")))


async def children_by_id(
    connection: AsyncConnection, asking: Asking, ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], ChildIdentity]:
    """Those of the children that exist for the asking body, by (owner, id)."""
    found = await _children_by(_ask_by_id, connection, asking, ids=list(ids))
    return {(each.owner_id, each.id): each for each in found}


async def children_by_nhs_number(connection: AsyncConnection, asking: Asking, nhs_number: str) -> list[ChildIdentity]:
    """The records of a child, in whichever authority's keeping, where the number is open to the asking body."""
    found = await _children_by(_ask_by_nhs_number, connection, asking, value=nhs_number)
    return [each for each in found if Part.IDENTITY in each.parts]


async def children_by_upn(connection: AsyncConnection, asking: Asking, upn: str) -> list[ChildIdentity]:
    """The same by unique pupil number."""
    found = await _children_by(_ask_by_upn, connection, asking, value=upn)
    return [each for each in found if Part.IDENTITY in each.parts]


def _children(asking: Asking, which: ColumnElement[bool]) -> Select[Any]:
    table = tables.child
    how = sharing.standing(table, asking).label("standing")
    return select(table, how).where(which, sharing.may_see(table, asking))


_ask_by_id = prepared(lambda asking: _children(asking, among(tables.child.c.id, "ids")))
_ask_by_nhs_number = prepared(
    lambda asking: _children(asking, tables.child.c.nhs_number == bindparam("value", type_=Text()))
)
_ask_by_upn = prepared(lambda asking: _children(asking, tables.child.c.upn == bindparam("value", type_=Text())))


async def _children_by(ask: Ask, connection: AsyncConnection, asking: Asking, **which: Any) -> list[ChildIdentity]:
    return [identity_of(row, asking) for row in await ask(connection, asking, **which)]


@dataclass(frozen=True, slots=True)
class RequestsWanted:
    """Which co-operation requests are looked for; None: whichever. `acknowledged` narrows those that are RECEIVED."""

    ids: Collection[UUID] | None = None
    addressed_to: Collection[UUID] | None = None
    requested_by: Collection[UUID] | None = None
    child_ids: Collection[UUID] | None = None
    statuses: Collection[CooperationStatus] | None = None
    acknowledged: Collection[bool] = (True, False)
    changed_from: datetime | None = None
    changed_before: datetime | None = None


async def request_ids(
    connection: AsyncConnection,
    asking: Asking,
    wanted: RequestsWanted,
    *,
    after: tuple[datetime, UUID] | None,
    most: int,
) -> list[tuple[datetime, UUID]]:
    """(sent_at, id) of the requests that the body may see, oldest first, from those after `after`."""
    table = tables.cooperation_request
    named = {
        table.c.id: wanted.ids,
        table.c.addressed_to_id: wanted.addressed_to,
        table.c.requested_by_id: wanted.requested_by,
        table.c.child_id: wanted.child_ids,
    }
    conditions: list[ColumnElement[bool]] = [
        column.in_(list(values)) for column, values in named.items() if values is not None
    ]
    if wanted.statuses is not None:
        taken_on = table.c.acknowledged_at.is_not(None).in_(list(wanted.acknowledged))
        narrowed = or_(table.c.status != CooperationStatus.RECEIVED, taken_on)
        conditions += [table.c.status.in_(sorted(wanted.statuses)), narrowed]
    if wanted.changed_from is not None:
        conditions.append(table.c.updated_at >= wanted.changed_from)
    if wanted.changed_before is not None:
        conditions.append(table.c.updated_at < wanted.changed_before)
    if after is not None:
        conditions.append(tuple_(table.c.sent_at, table.c.id) > tuple_(literal(after[0]), literal(after[1])))
    statement = select(table.c.sent_at, table.c.id).where(*conditions, may_see(table, asking))
    rows = await connection.execute(statement.order_by(table.c.sent_at, table.c.id).limit(most), who(asking))
    return [(row.sent_at, row.id) for row in rows]


async def advice_from_payload(
    connection: AsyncConnection, asking: Asking, *, request_id: UUID, sha256: str
) -> UUID | None:
    """The advice that answers the request and came in a payload with this hash."""
    found = await _ask_for_sent(connection, asking, request=request_id, sha256=sha256)
    return found[0]["id"] if found else None


def _sent_with(asking: Asking) -> Select[Any]:
    table, source = tables.advice, tables.source
    of_request = table.c.cooperation_request_id == bindparam("request", type_=Uuid())
    same = source.c.sha256 == bindparam("sha256", type_=Text())
    found = select(table.c.id).join(source, source.c.id == table.c.source_id)
    return found.where(of_request, same, sharing.may_see(table, asking)).limit(1)


_ask_for_sent = prepared(_sent_with)


async def advice_payload(connection: AsyncConnection, asking: Asking, advice_id: UUID) -> bytes | None:
    """The payload in which advice came, as it was sent; None where it came otherwise, or is not for the body."""
    table, source = tables.advice, tables.source
    statement = (
        select(source.c.content)
        .join(table, source.c.id == table.c.source_id)
        .where(table.c.id == advice_id, sharing.may_see(table, asking))
        .limit(1)
    )
    return (await connection.execute(statement)).scalar_one_or_none()
