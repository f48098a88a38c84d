"""Faults 2, 3 and 22, and all at once: hub, worker and PostgreSQL are killed together, three times, under load."""

import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.faults.delivered import must_be_told_under_one_id
from tests.faults.installation import PORTAL, Installation, installation, is_ready, until
from tests.faults.writing import must_all_be_there_once, writer
from tests.receiving import Receiving, portal_that_runs

ASKED = "SELECT count(*) FROM event WHERE about_type = 'CooperationRequest'"


@pytest.fixture(scope="module")
def made() -> Iterator[Installation]:
    with installation() as one:
        yield one


def until_told(portal: Receiving, many: int, *, still_s: float = 120) -> None:
    """Wait until so many deliveries have come, and fail where none comes for longer than a lease lasts.

    They are all about one child and so told one after another: how long that takes is the machine's affair.
    """
    last, came = time.monotonic(), 0
    while came < many:
        now = len({each.id for each in list(portal.posted)})
        last, came = (time.monotonic(), now) if now > came else (last, came)
        assert time.monotonic() - last < still_s, f"{came} of {many}, and nothing more came for {still_s} s"
        time.sleep(0.1)


def test_hub_worker_and_postgresql_are_killed_three_times(made: Installation) -> None:
    """Every acknowledged write is readable exactly once, and each event is delivered under one id, also what was not
    sent when everything ended (faults 2, 3, 22).
    """
    steady = made.hub(HUB_CLIENT_REQUESTS_PER_S="0")
    with portal_that_runs() as portal:
        told = ["--signature", "hmac", "--network", "127.0.0.1/32", "--topic", "cooperation_request.changed"]
        added = made.command("webhook", "add", PORTAL, portal.address, "--reason", "a trial", *told)
        assert added.returncode == 0, added.stderr
        load = writer(made, steady)
        load.start()
        try:
            for _ in range(3):
                victim, worker = made.hub(HUB_CLIENT_REQUESTS_PER_S="0"), made.worker()
                load.hubs = [victim, steady]
                load.wait_for(40)
                made.kill_postgres()
                worker.kill()
                victim.kill()
                load.hubs = [steady]
                time.sleep(1)
                made.start_postgres()
                until(lambda: is_ready(steady), within_s=30)
                load.wait_for(20)
        finally:
            load.stop()
        assert load.unanswered > 0
        must_all_be_there_once(load, steady)
        with psycopg.connect(made.owner_url) as owner:
            events = int((owner.execute(ASKED).fetchone() or (0,))[0])
        assert len({each.id for each in portal.posted}) < events, "something waits to be sent"
        last = made.worker()
        until_told(portal, len(load.acknowledged))
        time.sleep(3)
        assert must_be_told_under_one_id(portal.posted) >= len(load.acknowledged)
        assert made.faults_logged() == []
        last.terminate()
        assert last.wait(timeout=40) == 0
    verified = made.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
