"""What a batch of persons adds to the authority's records and changes in them, gathered to be written at once.

What a return does not say is never erased: a column that it leaves out keeps its value. A return that is older than
one already imported fills what is empty and overwrites nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import import_return as kept
from hub.db import tables
from hub.db.import_return import Row


class Changes:
    """Rows to insert and rows to write over, by table, and which columns changed for which child."""

    def __init__(self, owner_id: UUID, first_id: UUID, *, older: bool) -> None:
        self.owner_id = owner_id
        self.new_children: list[UUID] = []
        self.columns: dict[UUID, set[str]] = defaultdict(set)
        self._ids = map(_uuid, count(first_id.int))
        self.older = older
        self.added: dict[Table, list[Row]] = defaultdict(list)
        self._changed: dict[Table, dict[UUID, tuple[Row, set[str]]]] = defaultdict(dict)

    def new_id(self) -> UUID:
        """The batch's first id is from the hub's source of ids, each further one is one more: its rows lie together."""
        return next(self._ids)

    def add(self, table: Table, child_id: UUID, said: Mapping[str, Any]) -> Row:
        """A new row, with its own id (for a child, the child's)."""
        row = dict(said)
        row["owner_id"] = self.owner_id
        if table is tables.child:
            row["id"] = child_id
            self.new_children.append(child_id)
        else:
            row["id"], row["child_id"] = self.new_id(), child_id
            self.columns[child_id].add(table.name)
        self.added[table].append(row)
        return row

    def keep(self, table: Table, child_id: UUID, current: Row | None, said: Mapping[str, Any], **only_new: Any) -> Row:
        """The row as it will be: a new one, or the current one with what is said where that differs.

        `only_new`: values for a new row that say nothing about one already there.
        """
        if current is None:
            return self.add(table, child_id, {**said, **only_new})
        different = {
            column: value
            for column, value in said.items()
            if value is not None and value != current[column] and not (self.older and current[column] is not None)
        }
        return self.put(table, child_id, current, different)

    def put(self, table: Table, child_id: UUID, current: Row, said: Mapping[str, Any]) -> Row:
        """The current row with exactly what is said, be the file older: what is decided otherwise than by its age."""
        different = self.note(table, current, said)
        if different:
            self.columns[child_id].update(f"{table.name}.{column}" for column in different)
        return current

    def note(self, table: Table, current: Row, said: Mapping[str, Any]) -> set[str]:
        """As `put`, without the child's record counting as changed: such as that a source says the same again."""
        different = {column: value for column, value in said.items() if value != current[column]}
        if different:
            current.update(different)
            self._changed[table].setdefault(current["id"], (current, set()))[1].update(different)
        return set(different)

    def new_version(self, child: Row, now: datetime) -> None:
        """The child's record has changed: its version goes up by one."""
        child["updated_at"] = now
        self._changed[tables.child].setdefault(child["id"], (child, set()))[1].update(("version", "updated_at"))

    def changed_children(self) -> list[UUID]:
        """Children that were there before and of whom something changed."""
        new = set(self.new_children)
        return [child_id for child_id in self.columns if child_id not in new]

    async def write(self, connection: AsyncConnection) -> None:
        """Write all of it: what changed, then what is new."""
        for table, changed in self._changed.items():
            for columns, rows in _by_columns(changed.values()).items():
                await kept.update_rows(connection, table, columns, rows)
        await kept.insert_rows(connection, self.added)


def _uuid(number: int) -> UUID:
    return UUID(int=number)


def _by_columns(changed: Iterable[tuple[Row, set[str]]]) -> dict[tuple[str, ...], list[Row]]:
    """The rows by which of their columns changed: each group is one statement."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row, columns in changed:
        groups[tuple(sorted(columns))].append(row)
    return groups
