"""Events as they are recorded, in an order in which none is missed and none is told twice.

Transactions commit in another order than they begin in, so that neither times nor ids tell what is new. An event says
which transaction recorded it; below the horizon, the oldest transaction that is still open, everything has been
decided, and no event can appear there any more. Who reads below the horizon alone, in the order of `Place`, sees each
event once. One connection listens for the whole process; a look from time to time covers for what it did not hear.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import ColumnElement, FromClause, and_, or_, select, text, tuple_
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.session import Database
from hub.db.sharing import Asking
from hub.errors import Kind, Problem

SELDOM_S = 5.0
"""How often the feed looks though it heard nothing, seconds; and how long one that follows it waits at most."""
SOON_S = 0.05
"""How often it looks while an event is committed that some older transaction, still open, keeps above the horizon."""
_GATHER_S = 0.01
_ANSWER_S = 10.0
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_FIRST = UUID(int=0)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an event stands in the feed: its transaction, its id, and the row that it is about."""

    recorded_in: int
    event_id: UUID = _FIRST
    about_id: UUID = _FIRST


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the feed: what was done, when, where it stands, and whose record of which child it is about."""

    place: Place
    kind: str
    at: datetime
    about_type: str
    owner_id: UUID
    child_id: UUID | None


Conditions = Callable[[FromClause, Asking], Sequence[ColumnElement[bool]]]
"""Which of the rows that an event may be about are wanted."""


class Feed:
    """How far the events may be read, and waiting for more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.horizon = 0
        self._moved = asyncio.Event()
        self._stopped = False

    async def now(self) -> Place:
        """The place from which everything is new."""
        async with self._database.begin(None) as connection:
            return Place(await horizon_of(connection))

    async def beyond(self, horizon: int) -> None:
        """Wait until the horizon has moved, or a while has passed; raises `Problem` BUSY when the hub stops."""
        if self.horizon <= horizon and not self._stopped:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), SELDOM_S)
        if self._stopped:
            raise Problem(Kind.BUSY, "the hub is stopping; subscribe again with `after`", rule="stopping")

    def stop(self) -> None:
        """Tell everybody who waits that nothing more comes from here."""
        self._stopped = True
        self._moved.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Listen until the end of the block."""
        listening = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            self.stop()
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def _listen(self) -> None:
        """Follow the database; when the connection is lost, another one takes over where it ended."""
        address = make_url(self._database.url).render_as_string(hide_password=False)
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    address, autocommit=True, connect_timeout=5, application_name="send-hub-feed"
                )
                async with connection:
                    await connection.execute("LISTEN hub_event")
                    await self._follow(connection)
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("feed_interrupted", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _follow(self, connection: psycopg.AsyncConnection) -> None:
        newest = -1  # the newest transaction that has told of an event
        while True:
            async with asyncio.timeout(_ANSWER_S):
                row = await (await connection.execute(_HORIZON)).fetchone()
            horizon: int = row[0] if row else 0
            if horizon > self.horizon:
                self._move(horizon)
            heard = False
            async for each in connection.notifies(timeout=SOON_S if newest >= horizon else SELDOM_S, stop_after=1):
                newest, heard = max(newest, int(each.payload)), True
            if heard:
                await asyncio.sleep(_GATHER_S)  # under load one look serves for many events

    def _move(self, horizon: int) -> None:
        self.horizon = horizon
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()


async def next_event(
    connection: AsyncConnection,
    about_type: str,
    asking: Asking,
    *,
    after: Place,
    below: int,
    conditions: Conditions,
) -> Told | None:
    """The first event after a place, below the horizon, about a row that exists for the asking body."""
    found = await events(connection, about_type, asking, after=after, below=below, conditions=conditions, most=1)
    return found[0] if found else None


async def events(
    connection: AsyncConnection,
    about_type: str,
    asking: Asking,
    *,
    after: Place,
    below: int,
    conditions: Conditions,
    most: int,
    kinds: Collection[str] = (),
) -> list[Told]:
    """The first events after a place, below the horizon, about rows that exist for the asking body; in order.

    `kinds`: only events of these kinds; none: of any.
    """
    event, row = tables.event, _TABLES[about_type].alias()
    place = (event.c.recorded_in, event.c.id, row.c.id)
    found = await connection.execute(
        select(*place, event.c.kind, event.c.recorded_at, row.c.owner_id, row.c.child_id)
        .join(row, and_(event.c.owner_id == row.c.owner_id, _is_about(row, about_type)))
        .where(
            event.c.recorded_in >= after.recorded_in,
            event.c.recorded_in < below,
            tuple_(*place) > tuple_(after.recorded_in, after.event_id, after.about_id),
            sharing.may_see(row, asking),
            *([event.c.kind.in_(kinds)] if kinds else []),
            *conditions(row, asking),
        )
        .order_by(*place)
        .limit(most)
    )
    return [Told(Place(each[0], each[1], each[2]), each[3], each[4], about_type, each[5], each[6]) for each in found]


async def exists(
    connection: AsyncConnection, about_type: str, row_id: UUID, asking: Asking, *, conditions: Conditions
) -> bool:
    """Whether a row that events are about exists for the asking body, and is wanted, now."""
    row = _TABLES[about_type].alias()
    wanted = select(row.c.id).where(row.c.id == row_id, sharing.may_see(row, asking), *conditions(row, asking))
    return (await connection.execute(wanted)).first() is not None


async def newest(connection: AsyncConnection, *, below: int) -> int:
    """The newest transaction below the horizon that has recorded an event; 0: none."""
    event = tables.event
    last = select(event.c.recorded_in).where(event.c.recorded_in < below).order_by(event.c.recorded_in.desc()).limit(1)
    return int(await connection.scalar(last) or 0)


async def horizon_of(connection: AsyncConnection) -> int:
    """Below this every transaction has ended."""
    return int(await connection.scalar(text(_HORIZON)) or 0)


_TABLES = {
    "BrokenGlass": tables.broken_glass,
    "CooperationRequest": tables.cooperation_request,
    "Duty": tables.duty,
    "Notice": tables.notice,
    "Plan": tables.plan,
}


def _is_about(row: FromClause, about_type: str) -> ColumnElement[bool]:
    """Whether the event is about the row; a duty is also changed by what is done about the thing it belongs to."""
    event = tables.event
    itself = and_(event.c.about_type == about_type, event.c.about_id == row.c.id)
    if about_type != "Duty":
        return itself
    return or_(itself, and_(event.c.about_type == row.c.about_type, event.c.about_id == row.c.about_id))
