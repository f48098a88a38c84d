"""Rows that came from the guard: an alias of a table, never without the condition under which its rows exist."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakSet

import sqlalchemy
from sqlalchemy import (
    Alias,
    ColumnElement,
    Exists,
    FromClause,
    Select,
    Table,
    TableClause,
    column,
    exists,
    literal_column,
    select,
)

from hub.db.conditions import Condition

_ISSUED: WeakSet[FromClause] = WeakSet()


def is_issued(row: FromClause) -> bool:
    """Whether the guard has made this alias."""
    return row in _ISSUED


def issue(table: Table) -> FromClause:
    """A fresh alias of the table, known to the guard. Only the guard and what it hands the alias to may use it."""
    row = named(table).alias()
    _ISSUED.add(row)
    return row


@cache
def named(table: Table) -> TableClause:
    """The table as a statement needs it: names and types. An alias of it is made several times as fast."""
    return sqlalchemy.table(table.name, *(column(each.name, each.type) for each in table.columns))


def name_of(row: FromClause) -> str:
    """The name of the table that these are rows of; empty for the rows of a statement."""
    table = row.element if isinstance(row, Alias) else row
    return table.name if isinstance(table, TableClause) else ""


@dataclass(frozen=True, slots=True)
class Guarded:
    """A table in a statement, with the condition under which its rows exist for the asking body."""

    row: FromClause
    condition: Condition

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """A selection of these rows; whatever else it names belongs to a statement around it."""
        return select(*columns).select_from(self.row).where(self.condition).correlate_except(self.row)

    def exists(self, *conditions: Condition) -> Exists:
        return exists(self.select(literal_column("1")).where(*conditions))
