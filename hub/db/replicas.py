"""Single statements on streaming replicas. What they answer may be told only once the leader has said that the replica
had replayed what it must have (`hub.audit.replayed`): this module says how far it was.

How far is told by the statement's own snapshot: every transaction below the oldest that was still running there has
been replayed. A position in the log, asked for beside it, would be later than what was read, and that of a transaction
is only known when it has ended.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hub.db.statements import Statements
from hub.errors import Problem
from hub.observe import REPLICA_READS

_LEFT_ALONE_S = 5.0
"""For how long a replica that did not answer is asked nothing."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How far the replica was: all of the transactions below `below`, on the newest timeline that it knows of."""

    below: int
    timeline: int


class Replicas:
    """The address of one replica, or of several."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._left_until = 0.0

    async def one(self, sql: bytes, values: Sequence[Any]) -> tuple[Sequence[bytes | None], Replayed] | None:
        """The one row of a statement that reads, and how far the replica was; None where it does not answer now."""
        now = asyncio.get_running_loop().time()
        if now < self._left_until:
            return None
        try:
            *cells, below, timeline = await self._statements.one(_with_place(sql), values)
        except (Problem, RuntimeError):  # it has not replayed a migration, say: the leader tells what is wrong
            REPLICA_READS.labels("away").inc()
            self._left_until = now + _LEFT_ALONE_S
            return None
        return cells, Replayed(int(below or 0), int(timeline or 0))

    async def close(self) -> None:
        await self._statements.close()


@lru_cache(maxsize=1_000)
def _with_place(sql: bytes) -> bytes:
    return (
        b"SELECT answer.*, pg_snapshot_xmin(pg_current_snapshot())::text, "
        b"(SELECT max(number) FROM replay_mark WHERE about = 'timeline')::text FROM (%b) AS answer" % sql
    )
