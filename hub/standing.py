"""Whether this hub should be sent requests, and what an operator should look at: what `/readyz`, `/metrics` and
`hub doctor` tell, each with its remedy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.db import openings, quarantine
from hub.db.dead_letters import Figures, figures
from hub.db.health import Health, look
from hub.db.migrate import problem
from hub.db.session import Database
from hub.errors import Problem

WORKER_SILENT_S = 60
"""A worker reports every ten seconds; one that has not for a minute is gone, or cut off."""

CLOCKS_APART_S = 5
"""Tokens and deadlines go by this machine's clock, the queue by PostgreSQL's."""

WAITS_TOO_LONG_S = 600

QUARANTINED_TOO_LONG = timedelta(days=7)
"""What waits longer for somebody to mend it is missing from a record."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`problems`: why it should be sent nothing now. `warnings`: what it serves in spite of."""

    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    health: Health | None = None
    """None: the database does not answer."""

    deliveries: Figures | None = None

    glass_alerts: int | None = None
    """Alerts of broken glass that nobody has acknowledged; None: it cannot be told now."""

    quarantined: tuple[quarantine.Figures, ...] | None = None
    """What waits in quarantine, by form; None: it cannot be told now."""


class Stand:
    """Looks when asked."""

    def __init__(self, database: Database, *, version: str, clock: Callable[[], datetime]) -> None:
        """`version`: of the database, that this hub needs."""
        self._database = database
        self._version = version
        self._clock = clock

    async def look(self) -> Standing:
        try:
            async with self._database.begin(None, at_once=True) as connection:
                found = await look(connection)
                delivered = await figures(connection)
                alerts = await openings.alerts_open(connection)
                aside = tuple(await quarantine.figures(connection))
        except (Problem, OSError):
            return Standing(problems=("the database does not answer",))
        wrong = problems(found, version=self._version, now=self._clock())
        said = (*warnings(found), *undelivered(delivered, found.now), *unmended(found, aside))
        return Standing(tuple(wrong), said, found, delivered, alerts, aside)


def problems(found: Health, *, version: str, now: datetime) -> list[str]:
    """What keeps the hub from serving rightly."""
    said: list[str] = []
    if wrong := problem(version, found.version, found.oldest):
        said.append(wrong)
    if found.only_reads:
        said.append("the database stores nothing: it still recovers, or HUB_DATABASE_URL leads to a standby")
    apart = abs((found.now - now).total_seconds())
    if apart > CLOCKS_APART_S:
        said.append(f"the clocks of this machine and of PostgreSQL are {apart:.0f} s apart: look at their time service")
    return said


def warnings(found: Health) -> list[str]:
    """What does not keep the hub from serving, and will be missed all the same."""
    said: list[str] = []
    if found.worker_seen_at is None or _ago(found, found.worker_seen_at) > WORKER_SILENT_S:
        said.append("no worker reports: nothing is sent, reminded or sealed; start `hub worker`")
    if found.waiting_since is not None and _ago(found, found.waiting_since) > WAITS_TOO_LONG_S:
        said.append(f"{found.jobs_waiting} jobs wait, the oldest for more than ten minutes: start another `hub worker`")
    if found.jobs_failed:
        said.append(f"{found.jobs_failed} jobs were given up: see job errors in the worker's log")
    return said


def undelivered(found: Figures, now: datetime) -> list[str]:
    """What partners have not been told, and who does not listen."""
    said: list[str] = []
    waited = now - found.oldest_at if found.oldest_at else timedelta()
    if found.failing and waited > timedelta(seconds=WAITS_TOO_LONG_S):
        said.append(
            f"{found.failing} receivers fail, and {found.waiting} deliveries wait, the oldest for "
            f"{waited / timedelta(minutes=1):.0f} minutes: `hub webhook list`, then `hub webhook test`"
        )
    if found.dead:
        said.append(f"{found.dead} deliveries were given up: `hub delivery list`, then `hub delivery replay`")
    if found.turned_off:
        said.append(f"{found.turned_off} receivers are off: `hub webhook list`")
    return said


def unmended(found: Health, aside: Sequence[quarantine.Figures]) -> list[str]:
    """What could not be applied, and nobody has mended or put aside for a week."""
    late = [each for each in aside if found.now - each.oldest_at > QUARANTINED_TOO_LONG]
    return [
        f"{each.waiting} of {each.form} wait in quarantine, the oldest for {(found.now - each.oldest_at).days} days: "
        f"`hub quarantine list`"
        for each in late
    ]


def _ago(found: Health, moment: datetime) -> float:
    return (found.now - moment) / timedelta(seconds=1)
