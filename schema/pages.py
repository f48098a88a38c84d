"""Connections (Relay): pages by keyset, forwards and backwards, with opaque cursors."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, FromClause, and_, func, or_

from hub.errors import Problem, invalid
from hub.law.interpretation import check_text
from schema.reading import Reader

MOST = 100
NodeType = TypeVar("NodeType")


@strawberry.type(description="Where a page stands in the whole list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there are more after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there are more before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first one, for `before`.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last one, for `after`.")


@strawberry.type(description="One of the list, with its cursor.")
class Edge(Generic[NodeType]):
    node: NodeType = strawberry.field(description="The object.")
    cursor: str = strawberry.field(description="Opaque; good for this list and order alone.")


@dataclass(frozen=True, slots=True)
class Page:
    """What was read of a list."""

    nodes: list[Any]
    cursors: list[str]
    info: PageInfo


@strawberry.type(description="A page of a list.")
class Connection(Generic[NodeType]):
    read: strawberry.Private[Callable[[], Awaitable[Page]]]
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The page, with cursors.")
    async def edges(self) -> list[Edge[NodeType]]:
        found = await self.read()
        return [Edge(node=node, cursor=cursor) for node, cursor in zip(found.nodes, found.cursors, strict=True)]

    @strawberry.field(description="The page, without cursors.")
    async def nodes(self) -> list[NodeType]:
        return (await self.read()).nodes

    @strawberry.field(description="Where the page stands.")
    async def page_info(self) -> PageInfo:
        return (await self.read()).info

    @strawberry.field(description="How many there are in the whole list, as far as you may see them.")
    async def total_count(self) -> int:
        return await self.count()


Key = tuple[Callable[[FromClause], ColumnElement[Any]], Callable[[str], Any]]
"""A value to order by, never null, and how it is read back from a cursor."""


def by_text(name: str) -> Key:
    return (lambda source: source.c[name], str)


def by_date(name: str) -> Key:
    """A date that may be missing: those without come last."""
    return (lambda source: func.coalesce(source.c[name], date.max), date.fromisoformat)


def by_instant(name: str) -> Key:
    return (lambda source: source.c[name], datetime.fromisoformat)


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a list: by these values and, among equals, by id."""

    name: str
    keys: tuple[Key, ...]
    descending: bool = False

    def expressions(self, source: FromClause) -> list[ColumnElement[Any]]:
        return [*(value(source) for value, _ in self.keys), source.c.id]

    def read(self, texts: Sequence[str]) -> list[Any]:
        readers = [*(read for _, read in self.keys), UUID]
        return [read(text) for read, text in zip(readers, texts, strict=True)]


@dataclass(frozen=True, slots=True)
class Window:
    """What the caller asks for of a list."""

    first: int | None
    after: str | None
    last: int | None
    before: str | None

    @property
    def backwards(self) -> bool:
        return self.last is not None

    @property
    def size(self) -> int:
        """Raises `Problem` INVALID unless it is first or last, from 1 to 100. Neither: the first 20."""
        if self.first is not None and self.last is not None:
            raise invalid("give first or last, not both", rule="first-and-last")
        size = self.last if self.last is not None else self.first if self.first is not None else 20
        if not 1 <= size <= MOST:
            argument = "last" if self.backwards else "first"
            raise invalid(f"{argument} is from 1 to {MOST}", rule="page-size", path=(argument,))
        return size


async def page(
    reader: Reader,
    graphql_type: type[Any],
    order: Order,
    window: Window,
    conditions: Callable[[FromClause], Sequence[ColumnElement[bool]]],
) -> Any:
    """One page of the rows of a type that exist for the caller and meet the conditions."""
    size = window.size
    source = reader.source(graphql_type)
    everything = reader.selecting(source, graphql_type).where(*conditions(source))
    keys = order.expressions(source)
    statement = everything.add_columns(*(key.label(f"order_{place}") for place, key in enumerate(keys)))
    for argument, cursor in (("after", window.after), ("before", window.before)):
        if cursor is not None:
            values = _decode(cursor, order, argument)
            statement = statement.where(_beyond(keys, values, upwards=(argument == "after") != order.descending))
    down = order.descending != window.backwards
    statement = statement.order_by(*(key.desc() if down else key.asc() for key in keys))

    async def fetch() -> Page:
        found, more = await reader.rows(statement, graphql_type, shown=size)
        if window.backwards:
            found.reverse()
        cursors = [_cursor(reader.row_of(each).values, order) for each in found]
        info = PageInfo(
            has_next_page=window.before is not None if window.backwards else more,
            has_previous_page=more if window.backwards else window.after is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )
        return Page(found, cursors, info)

    reading: asyncio.Task[Page] | None = None

    async def read() -> Page:
        """The page, read once, and only if something of it is asked for: what is not shown is not on record."""
        nonlocal reading
        if reading is None:
            reading = asyncio.ensure_future(fetch())
        return await reading

    async def count() -> int:
        return await reader.count(everything)

    connection: Connection[Any] = Connection(read=read, count=count)
    return connection


def _beyond(keys: Sequence[ColumnElement[Any]], values: Sequence[Any], *, upwards: bool) -> ColumnElement[bool]:
    """Rows whose keys are greater (or less) than the values, compared in turn."""
    ways: list[ColumnElement[bool]] = []
    for place, key in enumerate(keys):
        equal = [earlier == value for earlier, value in zip(keys[:place], values, strict=False)]
        ways.append(and_(*equal, key > values[place] if upwards else key < values[place]))
    return or_(*ways)


def _cursor(values: Mapping[str, Any], order: Order) -> str:
    kept = [order.name, *(_text(values[f"order_{place}"]) for place in range(len(order.keys) + 1))]
    return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode().rstrip("=")


def _decode(cursor: str, order: Order, argument: str) -> list[Any]:
    """The values in a cursor of this order; raises `Problem` INVALID for any other."""
    try:
        kept = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        name, *texts = (check_text(text) for text in kept)
        if name == order.name:
            return order.read(texts)
    except (ValueError, TypeError, RecursionError) as error:
        raise _not_a_cursor(argument) from error
    raise _not_a_cursor(argument)


def _not_a_cursor(argument: str) -> Problem:
    return invalid("this is not a cursor of this list in this order", rule="cursor-malformed", path=(argument,))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
