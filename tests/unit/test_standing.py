"""What keeps a hub from serving, and what an operator is warned of, each with its remedy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.db.dead_letters import Figures
from hub.db.health import Health, look
from hub.db.session import Database
from hub.standing import Stand, problems, undelivered, warnings

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
WELL = Health("0020", None, NOW, NOW - timedelta(seconds=10), 0, None, 0, NOW)


def test_a_hub_that_is_well_has_nothing_to_say() -> None:
    assert (problems(WELL, version="0020", now=NOW), warnings(WELL)) == ([], [])


@pytest.mark.parametrize(
    ("found", "now", "said"),
    [
        (replace(WELL, version="0019"), NOW, "hub migrate"),
        (replace(WELL, version=None), NOW, "version none"),
        (replace(WELL, only_reads=True), NOW, "leads to a standby"),
        (WELL, NOW + timedelta(seconds=6), "6 s apart"),
        (WELL, NOW - timedelta(seconds=6), "6 s apart"),
    ],
)
def test_what_keeps_it_from_serving(found: Health, now: datetime, said: str) -> None:
    (problem,) = problems(found, version="0020", now=now)
    assert said in problem


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (replace(WELL, worker_seen_at=None), "hub worker"),
        (replace(WELL, worker_seen_at=NOW - timedelta(seconds=61)), "hub worker"),
        (replace(WELL, jobs_waiting=7, waiting_since=NOW - timedelta(minutes=11)), "7 jobs"),
        (replace(WELL, jobs_failed=2), "2 jobs were given up"),
    ],
)
def test_what_it_serves_in_spite_of(found: Health, said: str) -> None:
    (warning,) = warnings(found)
    assert said in warning


TOLD = Figures(waiting=0, oldest_at=None, dead=0, failing=0, turned_off=0)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (TOLD, []),
        (replace(TOLD, waiting=3, oldest_at=NOW - timedelta(hours=1)), []),
        (replace(TOLD, waiting=3, failing=1, oldest_at=NOW - timedelta(minutes=10)), []),
        (replace(TOLD, waiting=3, failing=1, oldest_at=NOW - timedelta(minutes=11)), ["hub webhook list"]),
        (replace(TOLD, dead=2, turned_off=1), ["hub delivery list", "hub webhook list"]),
    ],
)
def test_who_is_not_told(found: Figures, said: list[str]) -> None:
    """Not what waits for a moment, nor behind an earlier event: a receiver that fails, long before it is given up."""
    warned = undelivered(found, NOW)
    assert len(warned) == len(said)
    assert all(command in each for command, each in zip(said, warned, strict=True))


async def test_a_database_that_answers_and_one_that_does_not(database: Database) -> None:
    async with database.begin(None) as connection:
        found = await look(connection)
    assert (found.worker_seen_at, found.jobs_waiting, found.jobs_failed) == (None, 0, 0)
    standing = await Stand(database, version=found.version or "", clock=lambda: found.now).look()
    assert (standing.problems, len(standing.warnings), standing.glass_alerts) == ((), 1, 0)
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    assert (await Stand(away, version="", clock=lambda: NOW).look()).problems == ("the database does not answer",)
    await away.close()
