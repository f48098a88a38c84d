"""Proofs from what is stored: that a row is in the log, and that a later log begins with the whole of an earlier.

A partner who keeps checkpoints is a witness: with a proof of consistency it knows that nothing it had seen sealed was
changed, without seeing a row.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit import merkle
from hub.audit.merkle import Subtrees, node_hash
from hub.audit.sealing import BAND, last_head
from hub.db import tables
from hub.errors import invalid, not_found


@dataclass(frozen=True, slots=True)
class Proof:
    """The hashes that prove it, in the order of RFC 6962, for the tree of this size and root."""

    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    position: int | None = None
    leaf: bytes | None = None


async def inclusion(connection: AsyncConnection, position: int, size: int | None = None) -> Proof:
    """That the row at `position` is in the tree of this size; left out: as it is now. Raises `Problem` INVALID."""
    subtrees, size = stored(connection), await _size(connection, size)
    if not 0 <= position < size:
        raise invalid("there is no such row in a log of this size", rule="proof-position", path=("position",))
    proof = await merkle.inclusion_proof(subtrees, position, size)
    return Proof(size, await merkle.root_of(subtrees, size), tuple(proof), position, await subtrees(0, position))


async def consistency(connection: AsyncConnection, earlier: int, size: int | None = None) -> Proof:
    """That the tree of this size begins with the tree of the earlier size. Raises `Problem` INVALID."""
    subtrees, size = stored(connection), await _size(connection, size)
    if not 0 < earlier <= size:
        raise invalid("an earlier log has rows, and no more than the later", rule="proof-size", path=("earlier",))
    proof = await merkle.consistency_proof(subtrees, earlier, size)
    return Proof(size, await merkle.root_of(subtrees, size), tuple(proof))


async def position_of(connection: AsyncConnection, row_id: UUID) -> int:
    """Where an audit row stands in the log; raises `Problem` NOT_FOUND where it is not sealed (yet)."""
    table = tables.sealed_row
    found = await connection.scalar(select(table.c.position).where(table.c.row_id == row_id))
    if found is None:
        raise not_found("sealed row")
    return found


def stored(connection: AsyncConnection) -> Subtrees:
    """The hashes of whole subtrees from the log's tables, each made once."""
    known: dict[tuple[int, int], bytes] = {}

    async def subtree(height: int, number: int) -> bytes:
        if (height, number) not in known:
            known[height, number] = _joined(await _beneath(connection, height, number))
        return known[height, number]

    return subtree


async def _beneath(connection: AsyncConnection, height: int, number: int) -> list[bytes]:
    """The stored hashes that a whole subtree is made of, from the nearest height that is kept."""
    kept = height - height % BAND
    count = 1 << (height - kept)
    first = number * count
    row, subtree = tables.sealed_row, tables.sealed_subtree
    if kept == 0:
        statement = select(row.c.leaf_hash).where(row.c.position.between(first, first + count - 1))
        found = list((await connection.execute(statement.order_by(row.c.position))).scalars())
    else:
        statement = select(subtree.c.hash).where(
            subtree.c.height == kept, subtree.c.number.between(first, first + count - 1)
        )
        found = list((await connection.execute(statement.order_by(subtree.c.number))).scalars())
    if len(found) != count:
        raise LookupError("the log has lost hashes: run `hub audit verify`")
    return found


def _joined(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


async def _size(connection: AsyncConnection, size: int | None) -> int:
    sealed = (await last_head(connection)).frontier.size
    if size is None:
        return sealed
    if not 0 <= size <= sealed:
        raise invalid(f"{sealed} rows are sealed", rule="proof-size", path=("size",))
    return size
