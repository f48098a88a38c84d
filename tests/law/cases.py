"""The bodies, days and requests that the rule book speaks of, and how many cases a property tries."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st

from hub.law.decisions import Refusal
from hub.law.s31_cooperation import CooperationRequest, CooperationStatus, Event, Part3Function

every_case = settings(max_examples=200, deadline=None, database=None, derandomize=True)

AUTHORITY = UUID("00000000-0000-4000-8000-000000000001")
TRUST = UUID("00000000-0000-4000-8000-000000000002")
BOARD = UUID("00000000-0000-4000-8000-000000000003")
OTHER_AUTHORITY = UUID("00000000-0000-4000-8000-000000000004")

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

days = st.dates(min_value=date(2014, 9, 1), max_value=date(2027, 6, 30))
instants = st.datetimes(
    min_value=datetime(2026, 9, 1),  # noqa: DTZ001  (the strategy adds the zone)
    max_value=datetime(2026, 11, 22),  # noqa: DTZ001  (the strategy adds the zone)
    timezones=st.just(UTC),
)


def at(day: str, hour: int = 9) -> datetime:
    """An hour of a day, in UTC."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")


def day(text: str) -> date:
    """A day as it is written: 2026-11-22."""
    return date.fromisoformat(text)


SENT = CooperationRequest(
    id=UUID("00000000-0000-4000-8000-00000000000a"),
    requested_by=AUTHORITY,
    addressed_to=TRUST,
    function=Part3Function.EHC_NEEDS_ASSESSMENT,
    status=CooperationStatus.SENT,
    sent_at=at("2026-09-01"),
)
"""A request for advice in an EHC needs assessment, sent on 1 September 2026 at nine and not yet received."""


def for_function(function: Part3Function) -> CooperationRequest:
    """The same request in the exercise of another function."""
    return replace(SENT, function=function)


def becomes(request: CooperationRequest, *events: Event) -> CooperationRequest:
    """The request after events that the law admits."""
    for event in events:
        after = request.after(event, now=NOW)
        assert isinstance(after, CooperationRequest), after
        request = after
    return request


def refused(request: CooperationRequest, event: Event) -> Refusal:
    """The refusal that an event meets."""
    after = request.after(event, now=NOW)
    assert isinstance(after, Refusal), after
    return after
