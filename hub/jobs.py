"""Names of jobs, and how one is enqueued inside the transaction that makes it necessary.

The queue is procrastinate's, in the same PostgreSQL: a job exists if and only if the rows it is about do.
`hub.worker` binds the names to functions.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

ANNOUNCE_DUTIES = "announce_duties"
SWEEP_DUTIES = "sweep_duties"
REMIND_OF_DUTIES = "remind_of_duties"
MAKE_PARTITIONS = "make_partitions"
FORGET_USED_KEYS = "forget_used_keys"
FORGET_DELIVERIES = "forget_deliveries"
FORGET_QUARANTINED = "forget_quarantined"
FORGET_REPLAY_MARKS = "forget_replay_marks"
ERASE_CHILDREN = "erase_children"
SUCCEED_BODY = "succeed_body"
RESUME_SUCCESSIONS = "resume_successions"
IMPORT_FILE = "import_file"
RESUME_IMPORTS = "resume_imports"


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done once, after the transaction, not before `not_before`.

    Jobs with the same `lock` run one after another; of jobs with the same `only_one`, one waits at a time.
    """

    name: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    not_before: datetime | None = None
    lock: str | None = None
    only_one: str | None = None


NAMES_WAITING = """
SELECT named.only_one FROM json_array_elements_text(CAST(:only_one AS json)) AS named (only_one)
WHERE EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = named.only_one AND status = 'todo')
"""
"""Those of the names `only_one` of which a job waits: most often there is no need to enqueue another."""

_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY["
    "ROW('default', CAST(:name AS text), 0, CAST(:lock AS text), CAST(:only_one AS text), CAST(:facts AS jsonb), "
    "CAST(:not_before AS timestamptz))::procrastinate_job_to_defer_v1])"
)


async def enqueue(connection: AsyncConnection, job: Job) -> None:
    """Put the job in the queue; it can run once this transaction has committed, and never if it does not."""
    if job.only_one is not None:
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": job.only_one}
        )
        waiting = await connection.scalar(
            text("SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = :lock AND status = 'todo')"),
            {"lock": job.only_one},
        )
        if waiting:
            return
    await connection.execute(
        _DEFER,
        {
            "name": job.name,
            "lock": job.lock,
            "only_one": job.only_one,
            "facts": json.dumps(dict(job.facts)),
            "not_before": job.not_before,
        },
    )
