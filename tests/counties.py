"""What the tests of the synthetic county share: its days, and its rows by what they are asked for."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Table

from hub.county.county import County
from hub.db import tables
from hub.law.vocabulary import (
    PlanStatus,
)

TODAY = date(2026, 11, 22)
IN_FORCE = {PlanStatus.FINAL, PlanStatus.AMENDMENT_PROPOSED, PlanStatus.CEASE_NOTIFIED}
BEFORE_FINAL = {PlanStatus.DRAFT, PlanStatus.SERVED}
Row = Mapping[str, Any]


def by_id(rows: list[dict[str, Any]]) -> dict[Any, Row]:
    return {row["id"]: row for row in rows}


def grouped(rows: list[dict[str, Any]], column: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def words(county: County) -> list[str]:
    """Everything that the county says in words of its own."""
    columns = (
        "text",
        "description",
        "asked",
        "declined_reasons",
        "explanation",
        "reasons",
        "outcome",
        "reason",
        "setting",
    )
    rows = [row for table in county.rows.values() for row in table]
    return [row[column] for row in rows for column in columns if type(row.get(column)) is str]


def table_of(name: str) -> Table:
    return tables.metadata.tables[name]


def assert_unique(county: County) -> None:
    for name, rows in county.rows.items():
        table = table_of(name)
        keys = [[column.name for column in table.primary_key.columns]]
        keys += [[column.name for column in index.columns] for index in table.indexes if index.unique]
        for key in keys:
            values = [tuple(row[column] for column in key) for row in rows]
            whole = [value for value in values if None not in value]
            assert len(set(whole)) == len(whole), (name, key)
