"""What a transaction records beside the rows it changes: gathered, and stored by one statement before it commits.

Events, disclosures, answers kept for idempotency keys, what came raw, and which of the jobs to enqueue wait already:
each by itself would be a statement, and most transactions have one or two of each.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub import audit
from hub.db.fixed import Fixed
from hub.db.quarantine import CAME_AGAIN
from hub.jobs import NAMES_WAITING, Job, enqueue

Row: TypeAlias = dict[str, Any]

_MOST = 500
"""Records that are gathered before they are stored, so that long work holds few of them."""

_ANSWERED = """
INSERT INTO idempotency_key (client_id, key, request_hash, created_at, answer)
SELECT client_id, key, request_hash, created_at, answer
FROM json_to_recordset(CAST(:answers AS json)) AS done (
    client_id text, key text, request_hash text, created_at timestamptz, answer jsonb)
ON CONFLICT (client_id, key) DO UPDATE SET answer = excluded.answer
"""
"""The keys are there, claimed: said so, each is found by the index, where a join would read all there are."""

_KEPT = """
INSERT INTO source (id, received_at, owner_id, sender_id, client_id, kind, name, media_type, sha256, size, content)
SELECT id, received_at, owner_id, sender_id, client_id, kind, name, media_type, sha256, size, decode(content, 'base64')
FROM json_to_recordset(CAST(:sources AS json)) AS came (
    id uuid, received_at timestamptz, owner_id uuid, sender_id uuid, client_id text, kind text, name text,
    media_type text, sha256 text, size integer, content text)
"""
_NOTHING = "SELECT NULL AS only_one WHERE false"
_STORED = {
    "sources": _KEPT,
    "events": audit.EVENTS_STORED,
    "disclosures": audit.DISCLOSURES_STORED,
    "taken_in": CAME_AGAIN,
    "answers": _ANSWERED,
}


@cache
def _store(names: tuple[str, ...], *, jobs: bool) -> Fixed:
    """What stores these kinds of records. A table of which there is nothing is not touched: its triggers would tell of
    nothing, and its locks be waited for.
    """
    parts = ", ".join(f"{name} AS ({_STORED[name]})" for name in names)
    return Fixed(text(f"{f'WITH {parts}' if parts else ''} {NAMES_WAITING if jobs else _NOTHING}"))


@dataclass(slots=True)
class Recording:
    """Records in the order in which they were made."""

    events: list[Row] = field(default_factory=list[Row])
    disclosures: list[Row] = field(default_factory=list[Row])
    answers: list[Row] = field(default_factory=list[Row])
    sources: list[Row] = field(default_factory=list[Row])
    taken_in: list[Row] = field(default_factory=list[Row])
    jobs: list[Job] = field(default_factory=list[Job])

    @property
    def is_much(self) -> bool:
        return sum(map(len, self._rows().values())) + len(self.jobs) >= _MOST

    def keep(self, row: Mapping[str, Any]) -> None:
        """A row of `source`, with its content."""
        self.sources.append({**row, "content": b64encode(row["content"]).decode()})

    async def store(self, connection: AsyncConnection) -> None:
        """Store all of it, and be empty again."""
        gathered, waiting = {name: rows for name, rows in self._rows().items() if rows}, self.jobs
        if not (gathered or waiting):
            return
        self.forget()
        statement = _store(tuple(gathered), jobs=bool(waiting))
        if waiting:
            gathered["only_one"] = sorted({each.only_one for each in waiting if each.only_one is not None})
        told = {name: orjson.dumps(rows).decode() for name, rows in gathered.items()}
        there = {row["only_one"] for row in await statement.run(connection, told)}
        for job in waiting:
            if job.only_one is None or job.only_one not in there:
                await enqueue(connection, job)

    def forget(self) -> None:
        """What was gathered is not to be."""
        self.events, self.disclosures, self.answers = [], [], []
        self.sources, self.taken_in, self.jobs = [], [], []

    def _rows(self) -> dict[str, list[Any]]:
        return {name: getattr(self, name) for name in _STORED}
