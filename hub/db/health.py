"""How the database, its version, the worker and the queue stand: one statement, for probes and operators."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_LOOK = text("""
    SELECT (SELECT version_num FROM alembic_version) AS version,
           substr(obj_description('alembic_version'::regclass), 22) AS oldest,
           clock_timestamp() AS now,
           (SELECT max(last_heartbeat) FROM procrastinate_workers) AS worker_seen_at,
           (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now())
             AS jobs_waiting,
           (SELECT min(coalesce(j.scheduled_at, e.at)) FROM procrastinate_jobs j
              JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = j.id) e ON true
             WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()) AS waiting_since,
           (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed') AS jobs_failed,
           (SELECT max(sealed_at) FROM tree_head) AS sealed_at,
           pg_is_in_recovery() AS only_reads
""")


@dataclass(frozen=True, slots=True)
class Health:
    """What the database says of itself and of those who work on it."""

    version: str | None
    oldest: str | None
    """The oldest version of the hub that may run on it."""

    now: datetime
    """By PostgreSQL's own clock."""

    worker_seen_at: datetime | None
    jobs_waiting: int
    waiting_since: datetime | None
    """Since when the oldest job that is due waits."""

    jobs_failed: int
    """Jobs that were given up after their last try."""

    sealed_at: datetime | None
    """When something was last added to the audit log; None: never."""

    only_reads: bool = False
    """It is a standby, or still recovers: it answers, and stores nothing."""


async def look(connection: AsyncConnection) -> Health:
    return Health(**(await connection.execute(_LOOK)).mappings().one())
