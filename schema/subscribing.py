"""What the subscriptions share: following the events of the feed, each read and put on record anew.

For each event the caller is asked for again (a token ends, a client is disabled) and a new `Reader` begins, so that
the sharing rules hold as they are at that moment and what is shown is on record before it is sent.
"""

import base64
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar, cast
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, FromClause, select
from strawberry.types import Info

from hub.db import tables
from hub.db.feed import Feed, Place, Told, next_event
from hub.db.session import Database
from hub.db.sharing import Asking
from hub.errors import Problem, invalid
from hub.law.caller import Caller
from schema.projection import projection_of
from schema.reading import Reader


class Following:
    """What one subscription works with; `reader` is the one of the event that is being told."""

    def __init__(
        self,
        feed: Feed,
        database: Database,
        caller_of: Callable[[], Awaitable[Caller]],
        begin_reading: Callable[[Caller], Reader],
    ) -> None:
        self.feed = feed
        self.database = database
        self._caller_of = caller_of
        self._begin_reading = begin_reading
        self._reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        if self._reader is None:
            raise LookupError("no event is being told")
        return self._reader

    async def begin(self) -> Reader:
        """A new reader for the caller as it is now; raises `Problem` where it may ask no longer."""
        self._reader = self._begin_reading(await self._caller_of())
        return self._reader

    async def aclose(self) -> None:
        """Let go of what is being read: nobody follows any more."""
        if self._reader is not None:
            await self._reader.abandon()


@strawberry.type
class RecordedEvent:
    """What every event of a subscription says."""

    cursor: str = strawberry.field(
        description="Where this event stands, for `after`: with it, nothing is missed and nothing is told twice."
    )
    kind: str = strawberry.field(description="What was done, such as cooperation_request_received.")
    at: datetime = strawberry.field(description="When it was done.")
    about: strawberry.Private[UUID]

    @classmethod
    def of(cls, told: Told) -> Self:
        return cls(cursor=cursor_of(told.place), kind=told.kind, at=told.at, about=told.place.about_id)


EventType = TypeVar("EventType", bound=RecordedEvent)


@dataclass(frozen=True, slots=True)
class Followed(Generic[EventType]):
    """What is followed: events about the rows that a type of the schema stands for, and which of them."""

    event: type[EventType]
    about: type[Any]
    conditions: Callable[[FromClause, Asking], Sequence[ColumnElement[bool]]]


async def follow(info: Info, followed: Followed[EventType], after: str | None) -> AsyncGenerator[EventType, None]:
    """The events after the cursor, or from now on, that are about what exists for the caller."""
    following = cast(Following, info.context)
    place = _place(after) if after is not None else await following.feed.now()
    while True:
        reader = await following.begin()
        reader.must_have(projection_of(followed.about).scope)
        horizon = following.feed.horizon
        async with following.database.begin(reader.caller, today=reader.today) as connection:
            told = await next_event(
                connection,
                followed.about.__name__,
                reader.asking,
                after=place,
                below=horizon,
                conditions=followed.conditions,
            )
        if told is not None:
            place = told.place
            yield followed.event.of(told)
        else:
            place = max(place, Place(horizon))
            await following.feed.beyond(horizon)


def is_body(
    column: ColumnElement[Any], *, la_code: str | None = None, ods_code: str | None = None
) -> ColumnElement[bool]:
    """Whether a column holds the body with this code."""
    body = tables.organisation
    which = body.c.la_code == la_code if la_code is not None else body.c.ods_code == ods_code
    return column.in_(select(body.c.id).where(which))


def cursor_of(place: Place) -> str:
    """The cursor of the event at a place."""
    kept = ["event", place.recorded_in, place.event_id.hex, place.about_id.hex]
    return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode().rstrip("=")


def _place(cursor: str) -> Place:
    """Raises `Problem` INVALID for what is not a cursor of an event."""
    try:
        name, recorded_in, event_id, about_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if name == "event" and isinstance(recorded_in, int) and 0 <= recorded_in < 2**63:
            return Place(recorded_in, UUID(event_id), UUID(about_id))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _not_a_cursor() from error
    raise _not_a_cursor()


def _not_a_cursor() -> Problem:
    return invalid("this is not the cursor of an event", rule="cursor-malformed", path=("after",))
