"""A page of a list: from each way in one page in order, of all of them the first rows; cursors and counts.

Each way in (`hub.db.ways`) is a search of its own, so that a body which reaches children only through requests starts
from the requests, and one that answers for children of several authorities takes a page from each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    func,
    literal_column,
    select,
    true,
    union_all,
)

from hub.db import sharing
from hub.db.conditions import Condition
from hub.db.sharing import Asking, Sight
from hub.db.ways import Way, ways
from schema.compile.json_text import WRITTEN
from schema.compile.selection import Selected
from schema.encoding import constant
from schema.paging import FEW, WINDOW, Order, Window
from schema.values import Value

Conditions = Callable[[FromClause, Sight], Sequence[Condition]]


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of rows in a statement: `n` counts them from 1, `total` is how many were read, at least one more than are
    shown where there are more."""

    rows: FromClause
    sight: Sight
    order: Order
    window: Window
    limit: ColumnElement[int]

    @property
    def shown(self) -> Condition:
        return self.rows.c.n < self.limit

    @property
    def last(self) -> ColumnElement[int]:
        """The number of the last row shown."""
        return func.least(self.rows.c.total, self.limit - literal_column("1"))

    @property
    def few(self) -> Condition:
        """Whether there are so few rows that all were read, and to tell how many is to tell of whom they are."""
        return self.rows.c.total <= literal_column(str(FEW))

    def of_shown(self, made: ColumnElement[Any]) -> ColumnElement[Any]:
        """What is made of each row shown, as a list in the order of the page."""
        return WRITTEN.list(made, in_order=[self.rows.c.n.desc()] if self.window.backwards else [], where=self.shown)

    def cursor(self) -> ColumnElement[str]:
        return self.order.cursor([self.rows.c[f"order_{place}"] for place in range(len(self.order.keys) + 1)])

    def info(self, asked: Sequence[Selected]) -> ColumnElement[Any]:
        """The page's `PageInfo`."""
        more = func.coalesce(func.bool_or(self.rows.c.total >= self.limit), literal_column("false"))
        first, last = literal_column("1", Integer), self.last
        begin, end = (last, first) if self.window.backwards else (first, last)
        read: Mapping[str, ColumnElement[Any]] = {
            "__typename": constant("PageInfo"),
            "hasNextPage": _truth("before" in self.window.given) if self.window.backwards else more,
            "hasPreviousPage": more if self.window.backwards else _truth("after" in self.window.given),
            "startCursor": func.max(self.cursor()).filter(self.rows.c.n == begin),
            "endCursor": func.max(self.cursor()).filter(self.rows.c.n == end),
        }
        return WRITTEN.object([each for one in asked for each in (constant(one.key), read[one.name])])


def page(
    table: Table,
    asking: Asking,
    order: Order,
    arguments: Mapping[str, Value],
    asked: Conditions,
    *,
    tells_of_few: bool = False,
) -> Paged:
    """One page of the rows of the table that exist for the asking body and meet the conditions.

    `tells_of_few`: however small the page is, more than `FEW` rows are read where there are more.
    """
    window = Window({name: arguments[name] for name in WINDOW if name in arguments})
    shown = window.rows()
    limit = func.greatest(shown, literal_column(str(FEW + 1), Integer)) if tells_of_few else shown
    every_way = ways(table, asking)
    down = order.descending != window.backwards

    def sorted_by(rows: FromClause) -> list[ColumnElement[Any]]:
        keys = [rows.c[f"order_{place}"] for place in range(len(order.keys) + 1)]
        return [key.desc() if down else key.asc() for key in keys]

    def one_way(way: Way) -> Select[Any]:
        row = way.rows.row
        keys = order.expressions(row, way.sight)
        beyond = [order.beyond(keys, window.given[each], each) for each in ("after", "before") if each in window.given]
        columns = [*row.c, *(key.label(f"order_{place}") for place, key in enumerate(keys))]
        found = way.rows.select(*columns, way.sight.bits().label("held")).where(*asked(row, way.sight), *beyond)
        found = found.order_by(*(key.desc() if down else key.asc() for key in keys)).limit(limit)
        if way.start is None:
            return found
        if not way.start.each:
            return found.select_from(way.start.source).where(way.start.joined).correlate_except(way.start.source)
        of_each = found.where(way.start.joined).correlate(way.start.source).lateral()
        whole = select(*of_each.c).select_from(way.start.source).join(of_each, true())
        return whole.order_by(*sorted_by(of_each)).limit(limit)

    found = [one_way(way).subquery() for way in every_way]
    if len(found) > 1:
        together = union_all(*(select(*each.c) for each in found)).subquery()
        first_rows: FromClause = select(*together.c).order_by(*sorted_by(together)).limit(limit).subquery()
    else:
        first_rows = found[0]
    number = func.row_number().over(order_by=sorted_by(first_rows)).label("n")
    numbered = select(*first_rows.c, number, func.count().over().label("total")).order_by(literal_column("n"))
    rows = numbered.subquery("page")
    sight = sharing.sight_in(rows.c.held, [way.sight for way in every_way], asking)
    return Paged(rows, sight, order, window, shown)


def count(table: Table, asking: Asking, asked: Conditions) -> ColumnElement[int]:
    """How many rows of the table exist for the asking body and meet the conditions."""
    total: ColumnElement[int] = literal_column("0", Integer)
    for way in ways(table, asking):
        rows = way.rows.select(func.count()).where(*asked(way.rows.row, way.sight))
        if way.start is not None and not way.start.each:
            rows = rows.select_from(way.start.source).where(way.start.joined).correlate_except(way.start.source)
        total = total + rows.scalar_subquery()
    return total


def _truth(value: bool) -> ColumnElement[bool]:
    return literal_column("true" if value else "false")
