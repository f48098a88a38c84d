"""The versions of a request to co-operate, from the events that are on record of it and open to whoever asks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import shown, tables
from hub.db.cooperation import Recorded
from hub.db.sharing import Asking
from hub.db.shown import Record, RowsWanted
from hub.law.periods import london_day
from hub.law.s31_cooperation import (
    Accepted,
    Complied,
    CooperationRequest,
    Event,
    Receipt,
    Received,
    TimeExceptionClaimed,
    Withdrawn,
)
from hub.law.s31_history import as_it_stood

_ASKED = "cooperation_requested"


async def versions_of(connection: AsyncConnection, asking: Asking, recorded: Recorded) -> list[Recorded]:
    """Every version of the request, the first first; the one that stands alone, where its events do not tell the rest.

    Each version but the first is one step, which the actions record as one event.
    """
    about: dict[str, Sequence[Any]] = {
        "owner_id": [recorded.owner_id],
        "about_type": ["CooperationRequest"],
        "about_id": [recorded.request.id],
    }
    events = await shown.rows(connection, asking, tables.event, RowsWanted(having=about))
    events.sort(key=lambda each: (each["recorded_in"], each["recorded_at"], each["id"]))
    told = [each for each in events if each["kind"] == _ASKED or each["kind"] in _KINDS]
    if not told or told[0]["kind"] != _ASKED or len(told) != recorded.version:
        return [recorded]
    states = as_it_stood(recorded.request, _steps(recorded.request, told[1:]))
    return [
        replace(recorded, version=version, updated_at=event["recorded_at"], request=state)
        for version, (state, event) in enumerate(zip(states, told, strict=True), 1)
    ] or [recorded]


_KINDS = frozenset(
    {
        "cooperation_request_received",
        "cooperation_accepted",
        "cooperation_declined",
        "cooperation_complied",
        "cooperation_forwarded",
        "cooperation_request_withdrawn",
        "time_exception_claimed",
    }
)


def _steps(request: CooperationRequest, events: Sequence[Record]) -> list[Event]:
    claims = iter(request.time_exceptions)
    steps: list[Event] = []
    for event in events:
        at: datetime = event["recorded_at"]
        match event["kind"]:
            case "cooperation_request_received":
                by = Receipt(event["facts"]["by"])
                proved = by is Receipt.SERVICE_PROVED and request.received_at
                steps.append(Received(by, proved or at))
            case "cooperation_accepted":
                steps.append(Accepted(at))
            case "cooperation_declined" if request.declined:
                steps.append(request.declined)
            case "cooperation_request_withdrawn":
                steps.append(Withdrawn(at))
            case "time_exception_claimed" if (claim := next(claims, None)) is not None:
                steps.append(
                    TimeExceptionClaimed(
                        claim.ground,
                        claim.explanation,
                        claim.claimed_by,
                        claim.claimed_at,
                        from_=claim.from_,
                        to=claim.to,
                    )
                )
            case _:
                steps.append(Complied(at, london_day(at)))
    return steps
