"""What a transaction records beside the rows it changes: gathered, and stored by one statement before it commits.

Events, disclosures, answers kept for idempotency keys, and which of the jobs to enqueue wait already: each by itself
would be a statement, and most transactions have one or two of each.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub import audit
from hub.jobs import NAMES_WAITING, Job, enqueue

_MOST = 500
"""Records that are gathered before they are stored, so that long work holds few of them."""

_STORE = text(
    f"""
WITH events AS ({audit.EVENTS_STORED}), shown AS ({audit.DISCLOSURES_STORED}), answers AS (
    UPDATE idempotency_key AS claimed SET answer = done.answer
    FROM json_to_recordset(CAST(:answers AS json)) AS done (client_id text, key text, answer jsonb)
    WHERE claimed.client_id = done.client_id AND claimed.key = done.key)
{NAMES_WAITING}
"""  # noqa: S608  (of constants)
)


@dataclass(slots=True)
class Recording:
    """Records in the order in which they were made."""

    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    disclosures: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    answers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    jobs: list[Job] = field(default_factory=list[Job])

    @property
    def is_much(self) -> bool:
        return len(self.events) + len(self.disclosures) + len(self.jobs) >= _MOST

    async def store(self, connection: AsyncConnection) -> None:
        """Store all of it, and be empty again."""
        events, disclosures, answers, waiting = self.events, self.disclosures, self.answers, self.jobs
        if not (events or disclosures or answers or waiting):
            return
        self.forget()
        named = sorted({each.only_one for each in waiting if each.only_one is not None})
        values = {"events": events, "disclosures": disclosures, "answers": answers, "only_one": named}
        told = {name: orjson.dumps(rows).decode() for name, rows in values.items()}
        there = set((await connection.execute(_STORE, told)).scalars())
        for job in waiting:
            if job.only_one is None or job.only_one not in there:
                await enqueue(connection, job)

    def forget(self) -> None:
        """What was gathered is not to be."""
        self.events, self.disclosures, self.answers, self.jobs = [], [], [], []
