"""An operator connects a portal with the `hub` command, and it is told by `hub worker`, whatever is killed."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from standardwebhooks import Webhook

from hub.db.place import SERVING_ROLE, WORKER_ROLE, as_role
from hub.db.session import Database
from tests.receiving import Posted, answer, portal_that_runs
from tests.running import HUB, command_here
from tests.world import World, make_world

CLIENT = """INSERT INTO client (client_id, organisation_id, label, jwks, algorithms, scopes, purposes, default_purpose,
    created_at) VALUES ('portal', %s, 'A portal', '{"keys": []}', '{EdDSA}', '{plan.read}', '{OWN_FUNCTIONS}',
    'OWN_FUNCTIONS', now())"""
EVENT = """INSERT INTO event (id, recorded_at, kind, owner_id, child_id, about_type, about_id, facts)
    VALUES (gen_random_uuid(), now(), %s, %s, %s, 'Plan', %s, '{}')"""


@contextmanager
def worker(environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`hub worker` in a process of its own."""
    with log.open("ab") as out:
        process = subprocess.Popen([str(HUB), "worker"], env=environment, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(what: Callable[[], object], log: Path) -> None:
    end = time.monotonic() + 100
    while time.monotonic() < end:
        if what():
            return
        time.sleep(0.05)
    pytest.fail(f"it did not come to that: {log.read_text()[-2000:] if log.exists() else ''}")


@pytest.fixture
def placed(owner_url: str, new_id: Callable[[], UUID]) -> World:
    """The small world with a portal's client."""

    async def make() -> World:
        database = Database(as_role(owner_url, WORKER_ROLE), pool_size=1)
        try:
            async with database.begin(None) as connection:
                return await make_world(connection, new_id)
        finally:
            await database.close()

    world = asyncio.run(make())
    with psycopg.connect(owner_url) as connection:
        connection.execute(CLIENT, [world.authority])
    return world


@pytest.mark.timeout(300)
def test_a_portal_is_connected_told_and_told_again_after_a_worker_was_killed(
    owner_url: str, placed: World, tmp_path: Path
) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")} | {
        "HUB_DATABASE_URL": as_role(owner_url, SERVING_ROLE),
        "HUB_WORKER_DATABASE_URL": as_role(owner_url, WORKER_ROLE),
        "HUB_DATA_DIR": str(tmp_path),
    }
    log = tmp_path / "worker.log"

    def hub(*arguments: str, status: int = 0) -> str:
        done = command_here(environment, *arguments)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def recorded(kind: str) -> None:
        with psycopg.connect(as_role(owner_url, WORKER_ROLE)) as connection:
            connection.execute(EVENT, [kind, placed.authority, placed.child, placed.plan])

    with portal_that_runs() as portal:
        told = ["webhook", "add", "portal", portal.address, "--reason", "The parents' portal"]
        assert "no address" not in hub(*told, "--signature", "rot13", status=3)
        said = hub(*told, "--signature", "hmac", "--network", "127.0.0.1/32", "--topic", "plan.changed")
        receiver, secret = said.split()[0], next(word for word in said.split() if word.startswith("whsec_"))
        assert "has received it" in hub("webhook", "test", receiver)
        assert Webhook(secret).verify(portal.posted[0].body, dict(portal.posted[0].headers))["type"] == "hub.test"
        portal.always = answer(503)
        assert "it answered 503" in hub("webhook", "test", receiver, status=5)
        portal.always = answer(200)
        portal.posted.clear()

        async def hold(_: Posted) -> None:
            await asyncio.sleep(60)

        portal.before_answer = hold
        recorded("plan_amended")
        with worker(environment, log) as first:
            until(lambda: portal.posted, log)
            first.send_signal(signal.SIGKILL)
            first.wait()
        assert f"for {receiver}" in hub("delivery", "list", "--waiting")
        portal.before_answer = None
        with psycopg.connect(as_role(owner_url, WORKER_ROLE)) as connection:
            a_minute_later = "UPDATE event_delivery SET claimed_until = now()"
            assert connection.execute(a_minute_later).rowcount == 1
        recorded("plan_finalised")
        with worker(environment, log) as second:
            until(lambda: len(portal.posted) >= 3, log)
            second.send_signal(signal.SIGTERM)
            assert second.wait(20) == 0
        assert [each.json["data"]["kind"] for each in portal.posted] == [
            "plan_amended",
            "plan_amended",
            "plan_finalised",
        ]
        first_id, again, other = portal.ids
        assert first_id == again != other
        for each in portal.posted:
            Webhook(secret).verify(each.body, dict(each.headers))

        new = hub("webhook", "rotate", receiver, "--signature", "hmac").split()
        fresh = next(word for word in new if word.startswith("whsec_"))
        hub("webhook", "test", receiver)
        for key in (secret, fresh):
            Webhook(key).verify(portal.posted[-1].body, dict(portal.posted[-1].headers))
        assert "2 events for it so far" in hub("webhook", "list")
        assert "nothing is dead" in hub("delivery", "list")
        dead = "UPDATE event_delivery SET status = 'DEAD', settled_at = now(), failed_with = '500' WHERE id = %s"
        with psycopg.connect(as_role(owner_url, WORKER_ROLE)) as connection:
            connection.execute(dead, [other])
        assert f"{other}  " in hub("delivery", "list", "--receiver", receiver)
        assert "it answered 500" in hub("delivery", "show", other)
        assert "1 deliveries were given up" in hub("doctor")
        assert "1 will be sent again" in hub("delivery", "replay", other)
        assert "nothing of that is dead" in hub("delivery", "replay", "--receiver", receiver, status=3)
        assert f"{other}  " in hub("delivery", "list", "--waiting")
        assert "hub delivery list --waiting" in hub("delivery", "list")
        assert f"hub webhook test {receiver}" in hub("delivery", "replay", other, status=3)
        assert "is off" in hub("webhook", "disable", receiver)
        assert "TURNED_OFF" in hub("webhook", "list")
        with psycopg.connect(as_role(owner_url, WORKER_ROLE)) as connection:
            connection.execute(dead, [other])
        assert f"hub webhook enable {receiver}" in hub("delivery", "replay", other)
        assert "what it missed" in hub("webhook", "enable", receiver)
        assert "10.1.0.0/16" in hub("webhook", "allow", "portal", "https://fhir.example", "--network", "10.1.0.0/16")
        assert "is removed" in hub("webhook", "remove", receiver)
        assert "there is no such receiver" in hub("webhook", "test", receiver, status=3)
