"""Orders, windows and cursors of lists: keyset paging, written once for the resolvers and for the compiler."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, FromClause, Integer, Text, Uuid, case, cast, func, literal_column, tuple_
from sqlalchemy.types import TypeEngine

from hub.db.sharing import Sight
from hub.db.tables.base import Instant
from hub.errors import Problem, invalid
from hub.law.interpretation import check_text
from hub.law.reg17_disclosure import Part
from schema.encoding import INSTANT, constant
from schema.values import Value

WINDOW = ("first", "after", "last", "before")
CURSORS = frozenset({"after", "before"})
MOST = 100
DEFAULT_SIZE = 20
FEW = DEFAULT_SIZE
"""Of so many rows that a filter picks out, or fewer, to tell how many there are is to tell of whom: it is on record."""
LAST_DAY = literal_column("'9999-12-31'::date", Date)
"""Where a day is missing: those without come last. The indexes of the tables say the same (migration 0004)."""


_READ: Mapping[type[Any], Callable[[str], Any]] = {
    str: str,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Key:
    """A column to order by. Rows whose part is not open are ordered as if they had nothing there."""

    column: str
    kind: type[str] | type[date] | type[datetime]
    may_be_missing: bool = False
    part: Part | None = None

    def expression(self, row: FromClause, sight: Sight) -> ColumnElement[Any]:
        column = func.coalesce(row.c[self.column], LAST_DAY) if self.may_be_missing else row.c[self.column]
        if self.part is None:
            return column
        return case((sight.opens([self.part]), column), else_=LAST_DAY if self.kind is date else constant(""))

    @property
    def sql_type(self) -> TypeEngine[Any]:
        return {str: Text(), date: Date(), datetime: Instant}[self.kind]

    def read(self, text: str) -> Any:
        return _READ[self.kind](text)

    def text(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """As Python's isoformat writes it."""
        match self.kind:
            case _ if self.kind is str:
                return value
            case _ if self.kind is datetime:
                return INSTANT.sql(value)
            case _:
                return func.to_char(value, constant("YYYY-MM-DD"))


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a list: by these keys and, among equals, by id. `name` marks its cursors."""

    name: str
    keys: tuple[Key, ...]
    descending: bool = False

    def expressions(self, row: FromClause, sight: Sight) -> list[ColumnElement[Any]]:
        return [*(key.expression(row, sight) for key in self.keys), row.c.id]

    def beyond(self, keys: Sequence[ColumnElement[Any]], cursor: Value, argument: str) -> ColumnElement[bool]:
        """Rows that come after (or before) the one with this cursor."""

        def value(place: int, kind: TypeEngine[Any]) -> ColumnElement[Any]:
            return cursor.sql(kind, lambda text: self.decode(text, argument)[place])

        kinds = [*(key.sql_type for key in self.keys), Uuid()]
        values = [value(place, kind) for place, kind in enumerate(kinds)]
        left, right = (keys[0], values[0]) if len(keys) == 1 else (tuple_(*keys), tuple_(*values))
        return left > right if (argument == "after") != self.descending else left < right

    def cursor(self, keys: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
        """The cursor of a row, in SQL; `cursor_of` is its twin."""
        *values, row_id = keys
        texts = [key.text(value) for key, value in zip(self.keys, values, strict=True)]
        raw = cast(func.json_build_array(constant(self.name), *texts, cast(row_id, Text)), Text)
        encoded = func.encode(func.convert_to(raw, constant("UTF8")), constant("base64"))
        return func.translate(encoded, constant("+/=\n"), constant("-_"))

    def cursor_of(self, values: Mapping[str, Any]) -> str:
        """The cursor of a row that was read with its keys as `order_0`, `order_1` ..."""
        kept = [self.name, *(_text(values[f"order_{place}"]) for place in range(len(self.keys) + 1))]
        raw = json.dumps(kept, ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def decode(self, cursor: str, argument: str) -> list[Any]:
        """The values in a cursor of this order; raises `Problem` INVALID for any other."""
        try:
            kept = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
            name, *texts = (check_text(text) for text in kept)
            if name == self.name:
                readers = [*(key.read for key in self.keys), UUID]
                return [read(text) for read, text in zip(readers, texts, strict=True)]
        except (ValueError, TypeError, RecursionError) as error:
            raise _not_a_cursor(argument) from error
        raise _not_a_cursor(argument)


@dataclass(frozen=True, slots=True)
class Window:
    """What the caller asks for of a list: the given ones of first, after, last and before."""

    given: Mapping[str, Value]

    @property
    def backwards(self) -> bool:
        """Raises `Problem` INVALID where both first and last are given."""
        if "first" in self.given and "last" in self.given:
            raise invalid("give first or last, not both", rule="first-and-last")
        return "last" in self.given

    def rows(self) -> ColumnElement[int]:
        """One more than the size of the page; `Problem` INVALID unless that is from 1 to 100. Left out: 20."""
        argument = "last" if self.backwards else "first"
        value = self.given.get(argument)
        if value is None:
            return literal_column(str(DEFAULT_SIZE + 1), Integer)
        return value.sql(Integer(), lambda size: checked_size(size, argument) + 1)


def checked_size(size: int, argument: str) -> int:
    """The size of a page; raises `Problem` INVALID unless it is from 1 to 100."""
    if not 1 <= size <= MOST:
        raise invalid(f"{argument} is from 1 to {MOST}", rule="page-size", path=(argument,))
    return size


def _not_a_cursor(argument: str) -> Problem:
    return invalid("this is not a cursor of this list in this order", rule="cursor-malformed", path=(argument,))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
