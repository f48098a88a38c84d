"""The one sealer: adds what has been recorded to the Merkle log and signs its head.

Each batch is one transaction: the rows' hashes, the whole subtrees that came about, and the new head with its
signature are there together or not at all. An advisory lock makes one of several sealers do the work; the keys of the
tables would stop a second. Memory is that of a batch and of the tree's height.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit import rows
from hub.audit.merkle import Frontier, Growing
from hub.audit.notes import Signer
from hub.audit.rows import Place, Row
from hub.db import tables
from hub.db.session import Database

BAND = 8
"""Whole subtrees are kept at heights 8, 16, 24, ...: a proof then reads at most 255 hashes for any subtree."""
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('hub.audit.sealing', 0))")


def is_kept(height: int) -> bool:
    """Whether the hashes of whole subtrees of this height are stored. Leaves are, beside."""
    return height > 0 and height % BAND == 0


@dataclass(frozen=True, slots=True)
class Head:
    """The tree as far as it is sealed, and the last row in it."""

    frontier: Frontier
    last: Place


class Sealer:
    """Seals what has been recorded, a batch a transaction."""

    def __init__(
        self, database: Database, signer: Signer, *, clock: Callable[[], datetime], batch: int = 5_000
    ) -> None:
        self._database = database
        self._signer = signer
        self._clock = clock
        self._batch = batch

    async def seal(self) -> int:
        """Seal everything that is decided; how many rows that was. None where another sealer is at work."""
        sealed = 0
        while added := await self._seal_some():
            sealed += added
        return sealed

    async def _seal_some(self) -> int:
        async with self._database.begin(None) as connection:
            if not await connection.scalar(_LOCK):
                return 0
            below = await rows.horizon(connection)
            head = await last_head(connection)
            if head.last.recorded_in >= below:
                raise RuntimeError(
                    "the database counts transactions lower than those that are sealed, as after a restore from a "
                    "dump: raise its counter (pg_resetwal --next-transaction-id) before anything is recorded"
                )
            found = await rows.read(connection, after=head.last, below=below, most=self._batch)
            if found:
                await self._add(connection, head.frontier, found)
            return len(found)

    async def _add(self, connection: AsyncConnection, frontier: Frontier, found: Sequence[Row]) -> None:
        growing = Growing(frontier, kept=is_kept)
        for row in found:
            growing.add(row.leaf)
        await _store_rows(connection, frontier.size, found)
        if growing.completed:
            await connection.execute(
                insert(tables.sealed_subtree),
                [{"height": height, "number": number, "hash": of} for height, number, of in growing.completed],
            )
        grown, last = growing.frontier, found[-1].place
        root = grown.root()
        await connection.execute(
            insert(tables.tree_head).values(
                size=grown.size,
                root=root,
                frontier=grown.packed(),
                last_recorded_in=last.recorded_in,
                last_kind=last.kind,
                last_id=last.id,
                note=self._signer.signed(grown.size, root),
                sealed_at=self._clock(),
            )
        )


async def last_head(connection: AsyncConnection) -> Head:
    """The head of the tree as it is stored; of the empty tree where nothing is sealed yet."""
    table = tables.tree_head
    row = (await connection.execute(select(table).order_by(table.c.size.desc()).limit(1))).first()
    if row is None:
        return Head(Frontier(), rows.FIRST)
    last = Place(row.last_recorded_in, row.last_kind, str(row.last_id))
    return Head(Frontier.unpack(row.size, row.frontier), last)


async def checkpoint(connection: AsyncConnection) -> str | None:
    """The newest signed head; None where nothing has been sealed yet."""
    table = tables.tree_head
    return await connection.scalar(select(table.c.note).order_by(table.c.size.desc()).limit(1))


async def _store_rows(connection: AsyncConnection, first: int, found: Sequence[Row]) -> None:
    raw = await rows.driver(connection)
    columns = "position, kind, row_id, recorded_at, recorded_in, leaf_hash"
    async with raw.cursor() as cursor, cursor.copy(f"COPY sealed_row ({columns}) FROM STDIN") as copy:
        for position, row in enumerate(found, start=first):
            place = row.place
            await copy.write_row((position, place.kind, place.id, row.recorded_at, place.recorded_in, row.leaf))
