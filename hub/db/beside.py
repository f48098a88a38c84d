"""What stands beside requests to co-operate: the child, the two bodies, and the advice that answers them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, FromClause, Select, Uuid, func, select, true, type_coerce
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.fixed import Row
from hub.db.prepared import among, prepared
from hub.db.queries import ChildIdentity, Organisation, identity_of, organisation_of
from hub.db.sharing import Asking
from hub.db.tables.base import Instant


@dataclass(frozen=True, slots=True)
class Beside:
    """As far as the asking body may see it. `advice`: ids, in the order it came; `advised_at`: when each did."""

    child: ChildIdentity
    requester: Organisation
    addressee: Organisation
    advice: tuple[UUID, ...]
    advised_at: tuple[datetime | None, ...]


async def beside(connection: AsyncConnection, asking: Asking, request_ids: Collection[UUID]) -> Mapping[UUID, Beside]:
    """By the request; one whose child does not exist for the asking body has nothing beside it."""
    rows = await _ask(connection, asking, ids=list(request_ids))
    return {
        row["request_id"]: Beside(
            identity_of(row, asking),
            _body(row, "requester"),
            _body(row, "addressee"),
            tuple(row["advice_ids"] or ()),
            tuple(row["advised_at"] or ()),
        )
        for row in rows
    }


def _beside(asking: Asking) -> Select[Any]:
    request, child, advice = tables.cooperation_request, tables.child, tables.advice
    bodies = {name: tables.organisation.alias(name) for name in ("requester", "addressee")}
    answers = (advice.c.owner_id == request.c.owner_id) & (advice.c.cooperation_request_id == request.c.id)
    in_order = aggregate_order_by(advice.c.id, advice.c.received_at, advice.c.id)
    came = aggregate_order_by(advice.c.received_at, advice.c.received_at, advice.c.id)
    given = (
        select(func.array_agg(in_order).label("ids"), func.array_agg(came).label("received"))
        .where(answers, sharing.may_see(advice, asking))
        .correlate(request)
        .lateral("given")
    )
    return (
        select(
            request.c.id.label("request_id"),
            child,
            sharing.standing(child, asking).label("standing"),
            type_coerce(given.c.ids, ARRAY(Uuid)).label("advice_ids"),
            type_coerce(given.c.received, ARRAY(Instant)).label("advised_at"),
            *(column for name, body in bodies.items() for column in _named(body, name)),
        )
        .join(child, (child.c.owner_id == request.c.owner_id) & (child.c.id == request.c.child_id))
        .join(bodies["requester"], bodies["requester"].c.id == request.c.requested_by_id)
        .join(bodies["addressee"], bodies["addressee"].c.id == request.c.addressed_to_id)
        .join(given, true())
        .where(among(request.c.id, "ids"), sharing.may_see(request, asking), sharing.may_see(child, asking))
    )


_ask = prepared(_beside)


def _named(body: FromClause, name: str) -> list[Any]:
    return [column.label(f"{name}_{column.name}") for column in body.c]


_BODY = {
    name: [(each.name, f"{name}_{each.name}") for each in tables.organisation.c] for name in ("requester", "addressee")
}


def _body(row: Row, name: str) -> Organisation:
    return organisation_of({column: row[named] for column, named in _BODY[name]})
