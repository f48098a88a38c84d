"""The Merkle tree of RFC 6962 s. 2.1 (RFC 9162 s. 2.1): hashes, roots, and what proves that a leaf or a tree is in it.

Pure: values in, hashes out. `Frontier` grows a tree leaf by leaf in memory of the tree's height; `Subtrees` answers for
the hash of any whole subtree, from wherever they are kept, so that proofs need no more of a tree than they name.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self, TypeAlias

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
Subtrees: TypeAlias = Callable[[int, int], Awaitable[bytes]]
"""The hash of the whole subtree of 2**height leaves whose first leaf is `number` * 2**height: (height, number)."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of `size` leaves, as the hashes of the whole subtrees it is made of: the largest, leftmost, first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> Self:
        """Raises ValueError where there are not as many hashes as a tree of this size has."""
        hashes = tuple(packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES))
        if size < 0 or len(packed) != HASH_BYTES * size.bit_count():
            raise ValueError("a tree of this size is made of another number of subtrees")
        return cls(size, hashes)

    def packed(self) -> bytes:
        return b"".join(self.hashes)

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for each in reversed(self.hashes[:-1]):
            root = node_hash(each, root)
        return root


class Growing:
    """A tree that leaves are added to. `completed` gets each whole subtree of a height in `kept` as it comes about."""

    def __init__(self, frontier: Frontier, *, kept: Callable[[int], bool]) -> None:
        self._size = frontier.size
        self._hashes = list(frontier.hashes)
        self._kept = kept
        self.completed: list[tuple[int, int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        joined, height = leaf, 0
        while self._size >> height & 1:
            joined = node_hash(self._hashes.pop(), joined)
            height += 1
            if self._kept(height):
                self.completed.append((height, self._size >> height, joined))
        self._hashes.append(joined)
        self._size += 1

    @property
    def frontier(self) -> Frontier:
        return Frontier(self._size, tuple(self._hashes))


async def range_hash(subtrees: Subtrees, start: int, end: int) -> bytes:
    """MTH(D[start:end]) of a range as RFC 6962 splits them: `start` is a multiple of the largest power in its width."""
    width = end - start
    if width & (width - 1) == 0:
        height = width.bit_length() - 1
        return await subtrees(height, start >> height)
    split = start + _split(width)
    return node_hash(await range_hash(subtrees, start, split), await range_hash(subtrees, split, end))


async def root_of(subtrees: Subtrees, size: int) -> bytes:
    return await range_hash(subtrees, 0, size) if size else EMPTY_ROOT


async def inclusion_proof(subtrees: Subtrees, position: int, size: int) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962 s. 2.1.1, the leaf's sibling first. Raises ValueError for a leaf beyond the tree."""
    if not 0 <= position < size:
        raise ValueError("there is no such leaf in a tree of this size")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if position < split:
            path.append(await range_hash(subtrees, split, end))
            end = split
        else:
            path.append(await range_hash(subtrees, start, split))
            start = split
    return path[::-1]


async def consistency_proof(subtrees: Subtrees, earlier: int, size: int) -> list[bytes]:
    """PROOF(m, D[n]) of RFC 6962 s. 2.1.2. Raises ValueError unless 0 < earlier <= size."""
    if not 0 < earlier <= size:
        raise ValueError("an earlier tree is not empty, and no larger than the later")
    path: list[bytes] = []
    start, end, whole = 0, size, True
    while earlier != end:
        split = start + _split(end - start)
        if earlier <= split:
            path.append(await range_hash(subtrees, split, end))
            end = split
        else:
            path.append(await range_hash(subtrees, start, split))
            start, whole = split, False
    if not whole:
        path.append(await range_hash(subtrees, start, end))
    return path[::-1]


def is_included(leaf: bytes, position: int, *, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows the leaf at this place of the tree with this root (RFC 9162 s. 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    at, last, joined = position, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            joined = node_hash(each, joined)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            joined = node_hash(joined, each)
        at, last = at >> 1, last >> 1
    return last == 0 and joined == root


def is_consistent(*, earlier: int, earlier_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the later tree begins with the whole of the earlier (RFC 9162 s. 2.1.4.2)."""
    if earlier == size:
        return not proof and earlier_root == root
    if not 0 < earlier < size:
        return False
    path = [earlier_root, *proof] if earlier & (earlier - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = earlier - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(each, first), node_hash(each, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, each)
        at, last = at >> 1, last >> 1
    return last == 0 and first == earlier_root and second == root


def _split(width: int) -> int:
    """The largest power of two smaller than the width."""
    return 1 << (width - 1).bit_length() - 1
