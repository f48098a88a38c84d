"""Connections (Relay): the types of a page, and the page as the resolvers read it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import strawberry
from sqlalchemy import ColumnElement, FromClause

from hub.db.sharing import Sight
from hub.law.reg17_disclosure import Part
from schema.paging import DEFAULT_SIZE, FEW, Order, Window, checked_size
from schema.reading import Reader
from schema.values import Given

NodeType = TypeVar("NodeType")
Conditions = Callable[[FromClause, Sight], Sequence[ColumnElement[bool]]]


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
class Asked:
    """What is asked of the rows of a list. `picks`: the parts of the record that it asks about; None: of none."""

    conditions: Conditions
    picks: frozenset[Part] | None


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


async def page(reader: Reader, type_name: str, order: Order, window: Mapping[str, Given], asked: Asked) -> Any:
    """One page of the rows of a type that exist for the caller and meet the conditions."""
    backwards = Window(window).backwards
    argument = "last" if backwards else "first"
    size = checked_size(window[argument].value, argument) if argument in window else DEFAULT_SIZE
    row = reader.source(type_name)
    sight = Sight.of(row, reader.asking)
    everything = reader.selecting(row, type_name).where(*asked.conditions(row, sight))
    keys = order.expressions(row, sight)
    statement = everything.add_columns(*(key.label(f"order_{place}") for place, key in enumerate(keys)))
    for argument in ("after", "before"):
        if argument in window:
            statement = statement.where(order.beyond(keys, window[argument], argument))
    down = order.descending != backwards
    statement = statement.order_by(*(key.desc() if down else key.asc() for key in keys))

    async def fetch() -> Page:
        found, more = await reader.page(statement, type_name, size=size)
        if backwards:
            found.reverse()
        cursors = [order.cursor_of(reader.row_of(each).values) for each in found]
        info = PageInfo(
            has_next_page="before" in window if backwards else more,
            has_previous_page=more if backwards else "after" in window,
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
        total = await reader.count(everything)
        if asked.picks is not None and total <= FEW:
            await reader.counted_few(everything, type_name, asked.picks)
        return total

    connection: Connection[Any] = Connection(read=read, count=count)
    return connection
