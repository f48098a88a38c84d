"""Statements whose words never change: compiled once, and run within a transaction on its line.

SQLAlchemy takes longer to hand a small statement on, and its rows back, than PostgreSQL takes to answer; and psycopg
looks through a text of more than four kilobytes for its parameters each time. The words, and what becomes of the values
on their way, are SQLAlchemy's still.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from sqlalchemy import BindParameter, ClauseElement, SelectBase
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db.line import Line

Row: TypeAlias = dict[str, Any]
Process: TypeAlias = Callable[[Any], Any] | None

_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")


class Fixed:
    """A statement that is run with each one's values: `await fixed.run(connection, {"ids": [...]})`."""

    def __init__(self, statement: ClauseElement) -> None:
        """It is compiled when it is first run."""
        self._statement = statement
        self._columns: list[tuple[str, Process]] | None = None

    async def run(self, connection: AsyncConnection, values: Mapping[str, Any]) -> list[Row]:
        """Its rows, by the names of their columns. Raises what SQLAlchemy raises."""
        line = line_of(connection)
        sql, parameters = self._compiled
        given = [
            constant if name is None else values[name] if process is None else process(values[name])
            for name, process, constant in parameters
        ]
        try:
            result = await line.run(sql, given)
        except psycopg.Error as error:
            raise _as_sqlalchemy_does(error) from error
        if not result.ntuples:
            return []
        adapted = Transformer(line.connection)
        adapted.set_pgresult(result)
        if self._columns is None:
            self._columns = self._read_as(result)
        return [
            {
                name: cell if process is None else process(cell)
                for (name, process), cell in zip(self._columns, row, strict=True)
            }
            for row in adapted.load_rows(0, result.ntuples, tuple)
        ]

    @cached_property
    def _compiled(self) -> tuple[bytes, list[tuple[str | None, Process, Any]]]:
        """The text with `$1` ... in it, and each parameter: its name and what is made of its value; or its value, where
        the statement itself says it.
        """
        compiled: Any = self._statement.compile(dialect=_DIALECT)
        return str(compiled).encode(), [_parameter(name, compiled.binds[name]) for name in compiled.positiontup or ()]

    def _read_as(self, result: pq.abc.PGresult) -> list[tuple[str, Process]]:
        """The names of the columns, and what is made of a cell of each."""
        chosen = self._statement.selected_columns if isinstance(self._statement, SelectBase) else ()
        types = {each.name: each.type for each in chosen}
        return [
            (
                name,
                types[name].dialect_impl(_DIALECT).result_processor(_DIALECT, result.ftype(place))
                if name in types
                else None,
            )
            for place, name in enumerate(_names(result))
        ]


def _names(result: pq.abc.PGresult) -> list[str]:
    return [(result.fname(place) or b"").decode() for place in range(result.nfields)]


def _parameter(name: str, bound: BindParameter[Any]) -> tuple[str | None, Process, Any]:
    process = bound.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    if bound.required:
        return name, process, None
    return None, None, bound.value if process is None else process(bound.value)


def line_of(connection: AsyncConnection) -> Line:
    """The line on which a connection of ours runs what SQLAlchemy need not see."""
    held = connection.sync_connection
    if held is None:
        raise LookupError("the connection has not been opened")
    driver: Any = held.connection.driver_connection
    line: Line = driver.line
    return line


async def run_together(connection: AsyncConnection, sql: str) -> str:
    """Several statements in one text, without values from outside: what the last did, in PostgreSQL's word for it.

    Raises what SQLAlchemy raises.
    """
    try:
        result = await line_of(connection).run_together(sql.encode())
    except psycopg.Error as error:
        raise _as_sqlalchemy_does(error) from error
    return (result.command_status or b"").decode()


def _as_sqlalchemy_does(error: psycopg.Error) -> Exception:
    return DBAPIError.instance(None, None, error, psycopg.Error, dialect=_DIALECT)
