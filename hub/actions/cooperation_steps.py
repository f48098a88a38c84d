"""A step of a request to co-operate (CFA 2014 s. 31), as the law lets it: the request held, its duty and its event."""

from dataclasses import replace
from uuid import UUID

from hub.actions.checks import allowed, asking, must_exist
from hub.actions.duties import announce_when_late
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import cooperation
from hub.db.cooperation import KeptDuty, Recorded
from hub.errors import forbidden
from hub.law.periods import london_day
from hub.law.reg8_time_limit import basis
from hub.law.s31_cooperation import Declined, Received, TimeExceptionClaimed
from hub.law.s31_cooperation import Event as Step


async def held(tx: Transaction, request_id: UUID) -> Recorded | None:
    """The request as it now stands, which nobody else changes until this transaction ends; None where it does not exist
    for the caller.
    """
    if request_id not in tx.requests_held:
        found = await cooperation.request_for_update(tx.connection, request_id, asking(tx))
        if found is None:
            return None
        tx.requests_held[request_id] = found
    return tx.requests_held[request_id]


async def addressed(tx: Transaction, request_id: UUID) -> Recorded:
    """The request, for the body it is addressed to; for anyone who may not see it, it does not exist."""
    tx.must_have("cooperation.respond")
    recorded = must_exist(await held(tx, request_id), "request")
    if recorded.request.addressed_to != tx.caller.organisation:
        raise forbidden("only the body the request is addressed to may answer it", rule="not-addressed-to-you")
    return recorded


async def asked_by_caller(tx: Transaction, request_id: UUID) -> Recorded:
    recorded = must_exist(await held(tx, request_id), "request")
    if recorded.request.requested_by != tx.caller.organisation:
        raise forbidden("only the authority that made the request may do this", rule="not-your-request")
    return recorded


async def take(tx: Transaction, recorded: Recorded, step: Step, kind: str, *, always: bool = False) -> Recorded:
    """One step of a request, as the law lets it: the row, its duty and its event; nothing where nothing changes, unless
    it is `always` a version.
    """
    after = allowed(recorded.request.after(step, now=tx.now))
    if after == recorded.request and not always:
        return recorded
    changed = replace(recorded, request=after, version=recorded.version + 1, updated_at=tx.now)
    await cooperation.save_request(tx.connection, changed, _duty(tx, changed))
    await _announce(tx, changed)
    await tx.record(event_of(kind, changed, **_facts(step)))
    if changed.request.id in tx.requests_held:
        tx.requests_held[changed.request.id] = changed
    return changed


async def open_duty_of(tx: Transaction, recorded: Recorded) -> None:
    await cooperation.keep_duty(tx.connection, recorded, _duty(tx, recorded))
    await _announce(tx, recorded)


def _duty(tx: Transaction, recorded: Recorded) -> KeptDuty:
    """The body's duty as the request now stands."""
    request = recorded.request
    ended_at = request.withdrawn_at or (request.declined.at if request.declined else None)
    met_on = london_day(request.complied_at) if request.complied_at else None
    return KeptDuty(
        tx.new_id(),
        basis=basis(request.function, request.agreed),
        started_on=london_day(request.received_at) if request.received_at else None,
        met_on=met_on,
        ended_on=london_day(ended_at) if ended_at and met_on is None else None,
    )


async def _announce(tx: Transaction, recorded: Recorded) -> None:
    request = recorded.request
    if request.due_on is not None and not (request.complied_at or request.withdrawn_at or request.declined):
        await announce_when_late(tx, request.due_on)


def event_of(kind: str, recorded: Recorded, **facts: str) -> Event:
    return Event(kind, recorded.owner_id, "CooperationRequest", recorded.request.id, recorded.child_id, facts)


def _facts(step: Step) -> dict[str, str]:
    match step:
        case Received(by=by):
            return {"by": by.value}
        case Declined(ground=ground) if ground is not None:
            return {"ground": ground.value}
        case TimeExceptionClaimed(ground=ground):
            return {"ground": ground.value}
        case _:
            return {}
