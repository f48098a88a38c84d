"""Loading and saving co-operation requests, their advice and the duty that runs beside each. Speaks in law values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.fixed import Fixed, Row
from hub.db.prepared import among, prepared
from hub.db.sharing import Asking
from hub.law.duties import RULES, DutyBasis, DutyRule
from hub.law.reg8_time_limit import AgreedLimit, TimeException
from hub.law.s31_cooperation import CooperationRequest, Declined

_REQUEST = tables.cooperation_request
_EXCEPTION = tables.time_exception


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request with where it is kept, and its version: one more with each change that partners can see."""

    owner_id: UUID
    child_id: UUID
    assessment_id: UUID | None
    asked: str
    version: int
    updated_at: datetime
    request: CooperationRequest


async def insert_request(connection: AsyncConnection, recorded: Recorded) -> None:
    await connection.execute(
        insert(_REQUEST).values(
            owner_id=recorded.owner_id,
            id=recorded.request.id,
            child_id=recorded.child_id,
            assessment_id=recorded.assessment_id,
            asked=recorded.asked,
            **_changing(recorded),
        )
    )


def _changing(recorded: Recorded) -> dict[str, Any]:
    request = recorded.request
    declined = request.declined
    return {
        "function": request.function,
        "requested_by_id": request.requested_by,
        "addressed_to_id": request.addressed_to,
        "status": request.status,
        "sent_at": request.sent_at,
        "received_at": request.received_at,
        "receipt_by": request.receipt_by,
        "due_on": request.due_on,
        "acknowledged_at": request.acknowledged_at,
        "accepted_at": request.accepted_at,
        "declined_ground": declined.ground if declined else None,
        "declined_reasons": declined.reasons if declined else None,
        "declined_at": declined.at if declined else None,
        "complied_at": request.complied_at,
        "withdrawn_at": request.withdrawn_at,
        "agreed_in_id": request.agreed.arrangement if request.agreed else None,
        "agreed_working_days": request.agreed.working_days if request.agreed else None,
        "version": recorded.version,
        "updated_at": recorded.updated_at,
    }


async def request_for_update(connection: AsyncConnection, request_id: UUID, asking: Asking) -> Recorded | None:
    """The request, locked until the transaction ends; None for an unknown id and for one the body may not see."""
    found = await requests(connection, asking, ids=[request_id], lock=True)
    return found[0] if found else None


async def requests(
    connection: AsyncConnection, asking: Asking, *, ids: Collection[UUID], lock: bool = False
) -> list[Recorded]:
    """Those of the requests that the body may see, in the order they were sent."""
    rows = await (_lock if lock else _see)(connection, asking, ids=list(ids))
    return await _with_exceptions(connection, rows) if rows else []


def _seen(asking: Asking) -> Select[Any]:
    seen = select(_REQUEST).where(among(_REQUEST.c.id, "ids"), sharing.may_see(_REQUEST, asking))
    return seen.order_by(_REQUEST.c.sent_at, _REQUEST.c.id)


_see = prepared(_seen)
_lock = prepared(lambda asking: _seen(asking).with_for_update(of=_REQUEST))
_EXCEPTIONS = Fixed(
    select(_EXCEPTION)
    .where(among(_EXCEPTION.c.owner_id, "owners"), among(_EXCEPTION.c.cooperation_request_id, "requests"))
    .order_by(_EXCEPTION.c.claimed_at)
)


async def _with_exceptions(connection: AsyncConnection, rows: Sequence[Row]) -> list[Recorded]:
    """Read after the rows, so that what a locked one has waited for is in it."""
    claimed: dict[UUID, list[TimeException]] = {}
    of = {"owners": list({row["owner_id"] for row in rows}), "requests": [row["id"] for row in rows]}
    for row in await _EXCEPTIONS.run(connection, of):
        claimed.setdefault(row["cooperation_request_id"], []).append(
            TimeException(
                row["ground"],
                row["explanation"],
                row["claimed_by_id"],
                row["claimed_at"],
                row["starts_on"],
                row["ends_on"],
            )
        )
    return [_recorded(row, tuple(claimed.get(row["id"], ()))) for row in rows]


def _recorded(row: Row, exceptions: tuple[TimeException, ...]) -> Recorded:
    declined = None
    if row["declined_at"] is not None:
        declined = Declined(row["declined_ground"], row["declined_reasons"], row["declined_at"])
    agreed = AgreedLimit(row["agreed_in_id"], row["agreed_working_days"]) if row["agreed_in_id"] else None
    request = CooperationRequest(
        id=row["id"],
        requested_by=row["requested_by_id"],
        addressed_to=row["addressed_to_id"],
        function=row["function"],
        status=row["status"],
        sent_at=row["sent_at"],
        received_at=row["received_at"],
        receipt_by=row["receipt_by"],
        due_on=row["due_on"],
        declined=declined,
        time_exceptions=exceptions,
        complied_at=row["complied_at"],
        withdrawn_at=row["withdrawn_at"],
        accepted_at=row["accepted_at"],
        acknowledged_at=row["acknowledged_at"],
        agreed=agreed,
    )
    return Recorded(
        row["owner_id"], row["child_id"], row["assessment_id"], row["asked"], row["version"], row["updated_at"], request
    )


async def insert_time_exception(
    connection: AsyncConnection, recorded: Recorded, exception: TimeException, *, exception_id: UUID
) -> None:
    await connection.execute(
        insert(_EXCEPTION).values(
            owner_id=recorded.owner_id,
            id=exception_id,
            child_id=recorded.child_id,
            cooperation_request_id=recorded.request.id,
            ground=exception.ground,
            explanation=exception.explanation,
            claimed_by_id=exception.claimed_by,
            claimed_at=exception.claimed_at,
            starts_on=exception.from_,
            ends_on=exception.to,
        )
    )


@dataclass(frozen=True, slots=True)
class KeptDuty:
    """The asked body's duty to comply (s. 31(2); reg. 8(1), or what was agreed), as the request now stands."""

    id: UUID
    basis: DutyBasis
    started_on: date | None
    met_on: date | None
    ended_on: date | None


async def keep_duty(connection: AsyncConnection, recorded: Recorded, duty: KeptDuty) -> None:
    """Open the duty of a request, or keep it as it now stands."""
    await _KEEP_DUTY.run(connection, _owed(recorded, duty, DutyRule.COMPLY_WITH_ADVICE_REQUEST))


async def save_request(connection: AsyncConnection, recorded: Recorded, duty: KeptDuty) -> None:
    """Keep the request as it now stands, with its duty."""
    known = {"of_owner": recorded.owner_id, "of_id": recorded.request.id}
    changing = {f"request_{name}": value for name, value in _changing(recorded).items()}
    owed = _owed(recorded, duty, DutyRule.COMPLY_WITH_ADVICE_REQUEST)
    await _SAVE.run(connection, known | changing | owed)


def _owed(recorded: Recorded, duty: KeptDuty, which: DutyRule) -> dict[str, Any]:
    request, rule = recorded.request, RULES[which]
    provisions = {DutyBasis.STATUTORY: rule.provision, DutyBasis.LOCAL_AGREEMENT: "CFA 2014 ss. 26(3)(e), 31(2)"}
    said = {
        "owner_id": recorded.owner_id,
        "id": duty.id,
        "child_id": recorded.child_id,
        "rule": rule.duty,
        "provision": provisions.get(duty.basis, "CFA 2014 s. 31(2)"),
        "holder_id": request.addressed_to,
        "basis": duty.basis,
        "about_type": "CooperationRequest",
        "about_id": request.id,
        "started_on": duty.started_on,
        "due_on": request.due_on,
        "met_on": duty.met_on,
        "ended_on": duty.ended_on,
        "excused": request.excused,
    }
    return {f"duty_{name}": value for name, value in said.items()}


_OWED_ONCE = ("owner_id", "about_id", "rule", "holder_id")
_CHANGES_OF_DUTY = ("started_on", "due_on", "met_on", "ended_on", "excused")
_FIXED = frozenset({"owner_id", "id", "child_id", "assessment_id", "asked"})
_CHANGES = [each.name for each in _REQUEST.c if each.name not in _FIXED]


def _keeping_duty() -> Insert:
    columns = (*_OWED_ONCE, "id", "child_id", "provision", "basis", "about_type", *_CHANGES_OF_DUTY)
    duty = tables.duty
    kept = upsert(duty).values({name: bindparam(f"duty_{name}", type_=duty.c[name].type) for name in columns})
    changed = {name: kept.excluded[name] for name in _CHANGES_OF_DUTY}
    return kept.on_conflict_do_update(index_elements=_OWED_ONCE, set_=changed)


_KEEP_DUTY = Fixed(_keeping_duty())
_SAVE = Fixed(
    _keeping_duty().add_cte(
        update(_REQUEST)
        .where(
            _REQUEST.c.owner_id == bindparam("of_owner", type_=Uuid()),
            _REQUEST.c.id == bindparam("of_id", type_=Uuid()),
        )
        .values({name: bindparam(f"request_{name}", type_=_REQUEST.c[name].type) for name in _CHANGES})
        .cte("changed")
    )
)
