"""Reads everything that is recorded again, and finds the first row that is not as it was sealed.

Rows and leaves are read beside each other in the one order of the log: a row whose hash differs was changed, a leaf
without a row was deleted or moved, a row without a leaf was inserted. The tree is grown anew from the leaves, and each
stored head must have its root and its signature; so whoever changes a leaf as well must sign, and whoever can sign is
found by a checkpoint that somebody else has kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit import rows
from hub.audit.merkle import Frontier, Growing
from hub.audit.notes import Checkpoint, Witness
from hub.audit.retiring import erased, retired
from hub.audit.rows import KINDS, Place, Row
from hub.audit.sealing import BAND, is_kept
from hub.db import tables
from hub.db.session import Database
from hub.errors import Problem

BATCH = 5_000
_LEAVES = f"""
SELECT position, recorded_in, kind, row_id::text, {rows.in_utc("recorded_at")}, leaf_hash
FROM sealed_row WHERE position >= %(first)s AND position < %(end)s ORDER BY position
"""  # noqa: S608  (the code's own words)
Progress = Callable[[int, int], None]
"""Is told how many rows are verified, of how many."""


class Fault(StrEnum):
    """What was done to a row, or to the log over it."""

    CHANGED = "the row was changed after it was sealed"
    DELETED = "the row was deleted"
    MOVED = "the row was moved to another place in the log"
    INSERTED = "the row was inserted among rows that had been sealed"
    RETENTION = "more or fewer rows are gone than retention has taken"
    LOG = "the log itself was changed here"
    ROOT = "the rows and the log agree, but not with the tree head: both were changed somewhere up to here"
    SIGNATURE = "the tree head is not signed by the key of this log"
    TRUNCATED = "the log ends before the checkpoint that was kept outside: its end was cut off"
    CHECKPOINT = "the log is not the one that the checkpoint kept outside was signed for"


@dataclass(frozen=True, slots=True)
class Bad:
    """The first that is wrong: what, at which position of the log, and which row."""

    fault: Fault
    position: int
    kind: str | None = None
    row_id: str | None = None

    def __str__(self) -> str:
        row = f", {self.kind} {self.row_id}" if self.row_id else ""
        return f"position {self.position}{row}: {self.fault}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found. `bad` is None where everything is as it was sealed."""

    rows: int
    heads: int
    root: bytes
    unsealed: int
    bad: Bad | None


class _Found(Exception):  # noqa: N818  (it ends the reading)
    """The first bad row was found."""

    def __init__(self, bad: Bad) -> None:
        super().__init__(str(bad))
        self.bad = bad


async def verify(
    database: Database, witness: Witness, *, kept: Sequence[Checkpoint] = (), progress: Progress | None = None
) -> Verified:
    """Verify the whole log in one snapshot. `kept` are checkpoints from outside, their signatures already checked."""
    async with database.begin(None, snapshot=True) as connection:
        return await verify_on(connection, witness, kept=kept, progress=progress)


async def verify_on(
    connection: AsyncConnection,
    witness: Witness,
    *,
    kept: Sequence[Checkpoint] = (),
    progress: Progress | None = None,
) -> Verified:
    """As `verify`, on a connection whose transaction sees one moment."""
    below = await rows.horizon(connection)
    roots: dict[int, set[bytes]] = {}
    for each in kept:
        roots.setdefault(each.size, set()).add(each.root)
    reading = _Verifying(connection, witness, below, roots)
    for each in await retired(connection):
        reading.gone[each.kind] = reading.gone.get(each.kind, 0) + each.rows
        reading.before[each.kind] = max(reading.before.get(each.kind, ""), each.before)
    reading.erased = await erased(connection)
    bad: Bad | None = None
    try:
        await reading.run(progress)
    except _Found as found:
        bad = found.bad
    unsealed = 0 if bad else await rows.count(connection, after=reading.last, below=below)
    return Verified(reading.grown.frontier.size, reading.heads, reading.grown.frontier.root(), unsealed, bad)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What the log says of one row."""

    position: int
    place: Place
    recorded_at: str
    hash: bytes

    def bad(self, fault: Fault) -> _Found:
        return _Found(Bad(fault, self.position, self.place.kind, self.place.id))


@dataclass(slots=True)
class _Verifying:
    """One pass over the log."""

    connection: AsyncConnection
    witness: Witness
    below: int
    kept: Mapping[int, set[bytes]]
    grown: Growing = field(default_factory=lambda: Growing(Frontier(), kept=is_kept))
    last: Place = rows.FIRST
    heads: int = 0
    subtrees: int = 0
    gone: dict[str, int] = field(default_factory=dict[str, int])
    before: dict[str, str] = field(default_factory=dict[str, str])
    erased: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    async def run(self, progress: Progress | None) -> None:
        """Raises `_Found` at the first that is bad."""
        sealed = await self.connection.scalar(select(func.max(tables.tree_head.c.size))) or 0
        recorded = _Beside(self.connection, self.below)
        while leaves := await self._leaves():
            await self._rows(leaves, recorded)
            await self._tree(leaves)
            if progress:
                progress(leaves[-1].position + 1, max(sealed, leaves[-1].position + 1))
        size = self.grown.frontier.size
        if size != sealed:  # a head without its leaves, or leaves without their head
            raise _Found(Bad(Fault.LOG, min(size, sealed)))
        later = await recorded.peek()
        if later is not None and later.place <= self.last:
            raise _inserted(size, later)
        if await self.connection.scalar(select(func.count()).select_from(tables.sealed_subtree)) != self.subtrees:
            raise _Found(Bad(Fault.LOG, size))
        if any(self.gone.values()):
            raise _Found(Bad(Fault.RETENTION, size))
        if any(each > size for each in self.kept):
            raise _Found(Bad(Fault.TRUNCATED, size))

    async def _leaves(self) -> list[_Leaf]:
        """The next leaves, which must follow one another without a gap and in the order of the log."""
        start = self.grown.frontier.size
        raw = await rows.driver(self.connection)
        cursor = await raw.execute(_LEAVES.encode(), {"first": start, "end": start + BATCH})
        found = [_Leaf(each[0], Place(each[1], each[2], each[3]), each[4], each[5]) for each in await cursor.fetchall()]
        before = self.last
        for position, leaf in enumerate(found, start=start):
            if leaf.position != position:
                raise _Found(Bad(Fault.LOG, position))
            if leaf.place <= before:
                raise leaf.bad(Fault.LOG)
            before = leaf.place
        return found

    async def _rows(self, leaves: Sequence[_Leaf], recorded: "_Beside") -> None:
        """Each leaf has its row, and no row stands between them."""
        for leaf in leaves:
            row = await recorded.peek()
            if row is not None and row.place < leaf.place:
                raise await self._out_of_place(leaf, row)
            if row is None or row.place != leaf.place:
                if leaf.recorded_at < self.before.get(leaf.place.kind, ""):  # its time was over: see `retired`
                    self.gone[leaf.place.kind] -= 1
                    continue
                if (leaf.place.kind, leaf.place.id) in self.erased:
                    self.erased.remove((leaf.place.kind, leaf.place.id))
                    continue
                raise leaf.bad(Fault.MOVED if await self._is_elsewhere(leaf) else Fault.DELETED)
            if row.leaf != leaf.hash:
                raise leaf.bad(Fault.CHANGED)
            if row.recorded_at != leaf.recorded_at:
                raise leaf.bad(Fault.LOG)
            recorded.take()

    async def _out_of_place(self, leaf: _Leaf, row: Row) -> _Found:
        """A row stands where none was sealed: moved from another place of the log, or inserted."""
        statement = select(tables.sealed_row.c.position).where(
            tables.sealed_row.c.row_id == UUID(row.place.id), tables.sealed_row.c.kind == row.place.kind
        )
        sealed_at = await self.connection.scalar(statement)
        if sealed_at is None:
            return _inserted(leaf.position, row)
        return _Found(Bad(Fault.MOVED, leaf.position, row.place.kind, row.place.id))

    async def _is_elsewhere(self, leaf: _Leaf) -> bool:
        table = KINDS.get(leaf.place.kind)
        if table is None:
            return False
        return bool(await self.connection.scalar(select(func.count()).where(table.c.id == UUID(leaf.place.id))))

    async def _tree(self, leaves: Sequence[_Leaf]) -> None:
        """The tree grown from the leaves has the subtrees and the heads that are stored."""
        first, end = leaves[0].position, leaves[-1].position + 1
        heads = tables.tree_head
        statement = select(heads).where(heads.c.size > first, heads.c.size <= end).order_by(heads.c.size)
        at = {each.size: each for each in await self.connection.execute(statement)}
        self.grown.completed.clear()
        for leaf in leaves:
            self.grown.add(leaf.hash)
            self.last = leaf.place
            size = leaf.position + 1
            if size in at:
                self._head(at[size], leaf)
            if size in self.kept and self.kept[size] != {self.grown.frontier.root()}:
                raise _Found(Bad(Fault.CHECKPOINT, leaf.position))
        await self._subtrees(first, end)

    def _head(self, head: Any, leaf: _Leaf) -> None:
        frontier = self.grown.frontier
        if head.root != frontier.root():
            raise _Found(Bad(Fault.ROOT, leaf.position))
        last = Place(head.last_recorded_in, head.last_kind, str(head.last_id))
        if head.frontier != frontier.packed() or last != leaf.place:
            raise _Found(Bad(Fault.LOG, leaf.position))
        try:
            signed = self.witness.opened(head.note)
        except Problem:
            raise _Found(Bad(Fault.SIGNATURE, leaf.position)) from None
        if (signed.size, signed.root) != (frontier.size, head.root):
            raise _Found(Bad(Fault.SIGNATURE, leaf.position))
        self.heads += 1

    async def _subtrees(self, first: int, end: int) -> None:
        """Those that came about with the leaves of this batch are stored, with these hashes."""
        table = tables.sealed_subtree
        whole = [
            (table.c.height == height) & table.c.number.between(first >> height, (end >> height) - 1)
            for height in range(BAND, 64, BAND)
        ]
        stored = await self.connection.execute(select(table).where(or_(*whole)))
        if {(each.height, each.number, each.hash) for each in stored} != set(self.grown.completed):
            raise _Found(Bad(Fault.LOG, end - 1))
        self.subtrees += len(self.grown.completed)


def _inserted(position: int, row: Row) -> _Found:
    return _Found(Bad(Fault.INSERTED, position, row.place.kind, row.place.id))


class _Beside:
    """The recorded rows in order, read ahead by batches."""

    def __init__(self, connection: AsyncConnection, below: int) -> None:
        self._connection = connection
        self._below = below
        self._after = rows.FIRST
        self._ahead: list[Row] = []
        self._next = 0

    async def peek(self) -> Row | None:
        """The next row, if there is one."""
        if self._next == len(self._ahead):
            self._ahead = await rows.read(self._connection, after=self._after, below=self._below, most=BATCH)
            self._next = 0
            if not self._ahead:
                return None
            self._after = self._ahead[-1].place
        return self._ahead[self._next]

    def take(self) -> None:
        self._next += 1
