"""Faults 1, 12 and 14 to 18: hubs are killed and stopped, race one another, and meet clocks and lines that are slow."""

import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

import httpx
import psycopg
import pytest

from tests.faults.installation import (
    PORTAL,
    Hub,
    Installation,
    ask_for_token,
    at_once,
    installation,
    is_ready,
    until,
)
from tests.faults.writing import must_all_be_there_once, writer


@pytest.fixture(scope="module")
def made() -> Iterator[Installation]:
    with installation() as one:
        yield one


@pytest.fixture
def hub(made: Installation) -> Iterator[Hub]:
    """A hub of the test's own."""
    one = made.hub(HUB_CLIENT_REQUESTS_PER_S="0")
    yield one
    one.process.kill()
    one.process.wait()


def test_a_hub_is_killed_three_times_while_it_writes(made: Installation) -> None:
    """Fault 1: what was acknowledged is there once; the same key again gives the same answer, from another hub too."""
    steady = made.hub(HUB_CLIENT_REQUESTS_PER_S="0")
    load = writer(made, steady)
    for _ in range(3):
        victim = made.hub(HUB_CLIENT_REQUESTS_PER_S="0")
        load.hubs = [victim, steady]
        before = len(load.acknowledged)
        if not load.acknowledged:
            load.start()
        load.wait_for(40)
        victim.kill()
        load.wait_for(20)
        assert len(load.acknowledged) > before
    load.stop()
    assert load.unanswered > 0
    must_all_be_there_once(load, steady)
    asked, request_id = next(iter(load.acknowledged.items()))
    assert load.once_more(steady, asked) == request_id
    steady.kill()


def test_the_same_message_twice_at_once_has_one_effect(made: Installation, hub: Hub) -> None:
    """Faults 12 and 16: twenty at a time, at two hubs."""
    second = made.hub()
    load = writer(made, hub)
    ids: list[str] = []
    asked = f"Written under load {uuid.uuid4()}"
    at_once(20, lambda number: ids.append(load.once_more((hub, second)[number % 2], asked)))
    assert len(ids) == 20
    assert len(set(ids)) == 1
    load.acknowledged[asked] = ids[0]
    must_all_be_there_once(load, hub)
    second.kill()


def test_two_hubs_race_for_one_assertion(made: Installation, hub: Hub) -> None:
    """Fault 16: an assertion is good once, whichever hub is asked."""
    second = made.hub()
    assertion = made.assertion()
    codes: list[int] = []
    at_once(20, lambda number: codes.append(ask_for_token((hub, second)[number % 2], assertion).status_code))
    assert sorted(codes)[:2] == [200, 401]
    assert codes.count(200) == 1
    second.kill()


def test_two_workers_seal_one_log(made: Installation, hub: Hub) -> None:
    """Fault 16: the chain is whole, and nobody seals twice."""
    workers = [made.worker(), made.worker()]
    for _ in range(5):
        hub.read("{ children(first: 1) { nodes { familyName } } }")
    until(lambda: _unsealed(made) == 0, within_s=90)
    verified = made.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    for each in workers:
        each.terminate()
    assert [each.wait(timeout=40) for each in workers] == [0, 0]


def _unsealed(made: Installation) -> int:
    with psycopg.connect(made.owner_url) as owner:
        row = owner.execute(
            "SELECT count(*) FROM disclosure WHERE NOT EXISTS (SELECT FROM sealed_row WHERE row_id = disclosure.id)"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_clients_clock_is_wrong(made: Installation, hub: Hub) -> None:
    """Fault 14: ten seconds are forgiven; ten minutes are refused, with words that say so, and counted."""
    for wrong in (-10, 10):
        assert ask_for_token(hub, made.assertion(clock_wrong_by=timedelta(seconds=wrong))).status_code == 200
    for wrong, said in ((-600, "expired"), (600, "five minutes")):
        answer = ask_for_token(hub, made.assertion(clock_wrong_by=timedelta(seconds=wrong)))
        assert answer.status_code == 401
        assert said in answer.json()["error_description"]
    assert hub.metric('hub_token_refusals_total{rule="assertion-expired"}') == 1
    assert hub.metric('hub_token_refusals_total{rule="assertion-life"}') == 1


def test_the_hub_is_told_to_stop(made: Installation, hub: Hub) -> None:
    """Fault 17: with a stream open and a mutation under way: the mutation is answered, the stream is ended, and the
    hub has gone within 15 seconds.
    """
    load = writer(made, hub)
    answered: list[str] = []
    streamed: list[str] = []

    def watch() -> None:
        asked = {"query": "subscription { cooperationRequestChanged { cursor } }"}
        headers = {"Authorization": f"Bearer {made.token()}", "Accept": "text/event-stream"}
        with httpx.stream("POST", f"{hub.base_url}/graphql", json=asked, headers=headers, timeout=30) as response:
            streamed.extend(line for line in response.iter_lines() if line)

    watching = threading.Thread(target=watch)
    watching.start()
    with psycopg.connect(made.owner_url) as owner:  # holds the mutation up until the hub has been told
        owner.execute("LOCK TABLE cooperation_request IN EXCLUSIVE MODE")
        asked = f"Written under load {uuid.uuid4()}"
        writing = threading.Thread(target=lambda: answered.append(load.once_more(hub, asked)))
        writing.start()
        time.sleep(1)
        hub.process.terminate()
        time.sleep(1)
        owner.rollback()
    assert hub.process.wait(timeout=15) in (0, -15)
    writing.join()
    watching.join()
    assert len(answered) == 1
    assert any("complete" in line for line in streamed)


def test_slow_and_silent_connections_are_closed(made: Installation, hub: Hub) -> None:
    """Fault 18: three hundred that send nothing, half a head, or a body a byte at a time: within some seconds all are
    closed, and whoever asks properly is answered all the while.
    """
    token, faults = made.token(), made.faults_logged()
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 60\r\n\r\n"
    ).encode()
    opened: list[socket.socket] = []
    began = time.monotonic()
    for number in range(300):
        each = socket.create_connection(("127.0.0.1", hub.port))
        each.sendall((b"", head[:40], head + b"{")[number % 3])
        each.setblocking(False)
        opened.append(each)
    closed: set[int] = set()
    while len(closed) < len(opened):
        assert time.monotonic() - began < 15, f"{len(closed)} of {len(opened)} closed"
        assert hub.read("{ viewer { clientId } }")["viewer"]["clientId"] == PORTAL
        for number, each in enumerate(opened):
            if number not in closed and _is_closed(each, drip=number % 3 == 2):
                closed.add(number)
        time.sleep(0.5)
    assert hub.metric("hub_late_requests_total") == 300
    assert made.faults_logged() == faults
    for each in opened:
        each.close()


def _is_closed(connection: socket.socket, *, drip: bool) -> bool:
    try:
        if drip:
            connection.send(b" ")
        return connection.recv(1_000) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_one_client_that_runs_wild_is_told_to_wait(made: Installation) -> None:
    """What it may ask a second is bounded, and others are not kept waiting for it."""
    hub = made.hub(HUB_CLIENT_REQUESTS_PER_S="2")
    codes = [hub.ask("{ viewer { clientId } }").status_code for _ in range(14)]
    assert codes[:10] == [200] * 10
    refused = hub.ask("{ viewer { clientId } }")
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["rule"]) == (429, "too-many-requests")
    assert refused.headers["retry-after"]
    assert hub.ask("{ viewer { clientId } }", client="southwoldvale-portal").status_code == 200
    time.sleep(1.2)
    assert hub.ask("{ viewer { clientId } }").status_code == 200
    hub.kill()


def test_a_migration_is_not_there_yet(made: Installation, hub: Hub) -> None:
    """Fault 22: on a later version's database a hub goes on. On one of an earlier version it says what to do, answers
    what it can, and none is started.
    """
    with psycopg.connect(made.owner_url, autocommit=True) as owner:
        row = owner.execute("SELECT version_num FROM alembic_version").fetchone()
        assert row is not None
        try:
            owner.execute("UPDATE alembic_version SET version_num = '9998'")
            assert is_ready(hub)
            owner.execute("UPDATE alembic_version SET version_num = '0001'")
            assert "hub migrate" in hub.get("/readyz").text
            assert hub.ask("{ viewer { clientId } }").status_code == 200
            late = made.command("serve")
            assert late.returncode == 5
            assert "hub migrate" in late.stderr
        finally:
            owner.execute("UPDATE alembic_version SET version_num = %s", row)
    assert json.loads(hub.get("/readyz").text)["status"] == "ready"
