"""Faults 4 to 9 and 21: PostgreSQL is killed, restarted, cut off, slow, full, or will not record."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.faults.installation import Hub, Installation, at_once, installation, is_ready, until
from tests.faults.writing import must_all_be_there_once, writer

CHILDREN = "{ children(first: 2) { nodes { id familyName } } }"


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Installation, Hub]]:
    with installation() as made:
        yield made, made.hub(HUB_POOL_SIZE="2", HUB_CLIENT_REQUESTS_PER_S="0")


Running = tuple[Installation, Hub]


@pytest.fixture(autouse=True)
def _healed(running: Running) -> Iterator[None]:
    """Every test begins with a database that answers."""
    made, hub = running
    yield
    made.heal()
    until(lambda: is_ready(hub), within_s=60)


def test_postgresql_is_killed_three_times_under_load(running: Running) -> None:
    """Fault 4: nothing acknowledged is lost, requests are refused with 503 meanwhile, and the pools heal."""
    made, hub = running
    load = writer(made, hub)
    load.start()
    try:
        for _ in range(3):
            load.wait_for(50)
            made.kill_postgres()
            began = time.monotonic()
            assert hub.get("/livez").is_success
            assert hub.ask(CHILDREN).status_code == 503
            assert time.monotonic() - began < 6
            made.start_postgres()
            until(lambda: is_ready(hub), within_s=60)
        load.wait_for(50)
    finally:
        load.stop()
    assert load.unanswered > 0
    must_all_be_there_once(load, hub)
    assert made.faults_logged() == []


def test_postgresql_is_restarted(running: Running) -> None:
    """Fault 5: not ready, then ready; neither the hub nor the worker ends."""
    made, hub = running
    worker = made.worker()
    until(lambda: "worker_started" in made.log(), within_s=60)
    for _ in range(2):
        made.stop_postgres()
        assert hub.get("/readyz").status_code == 503
        assert hub.get("/livez").status_code == 200
        time.sleep(2)
        made.start_postgres()
        until(lambda: is_ready(hub), within_s=60)
        assert hub.read(CHILDREN)["children"]["nodes"]
    assert worker.poll() is None
    assert hub.process.poll() is None
    worker.terminate()
    assert worker.wait(timeout=40) == 0


def test_the_network_swallows_everything(running: Running) -> None:
    """Fault 7: a caller is told within some seconds that the hub is busy; when it heals, so does the hub."""
    made, hub = running
    hub.read(CHILDREN)
    made.network.pass_packets(False)
    try:
        for _ in range(2):
            began = time.monotonic()
            answer = hub.ask(CHILDREN)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
            assert time.monotonic() - began < 12
        assert hub.get("/livez").status_code == 200
    finally:
        made.network.pass_packets(True)
    until(lambda: is_ready(hub), within_s=60)
    assert hub.read(CHILDREN)["children"]["nodes"]


def test_a_slow_database_sheds_load(running: Running) -> None:
    """Faults 8 and 9: each statement takes a second and 200 ask at once: some are answered, the others are told to
    come again, all of them soon; and the hub says that it lives.
    """
    made, hub = running
    made.network.delay_s = 0.5
    codes: list[int] = []
    times: list[float] = []
    lock = threading.Lock()

    def ask(_: int) -> None:
        began = time.monotonic()
        answer = hub.ask(CHILDREN)
        with lock:
            codes.append(answer.status_code)
            times.append(time.monotonic() - began)
            if answer.status_code == 503:
                assert answer.headers["retry-after"]

    made.token()
    try:
        asking = threading.Thread(target=at_once, args=(200, ask))
        asking.start()
        time.sleep(1)
        assert hub.get("/livez", timeout=5).status_code == 200
        asking.join()
    finally:
        made.network.delay_s = 0.0
    assert set(codes) == {200, 503}
    assert max(times) < 20
    until(lambda: is_ready(hub), within_s=60)
    assert hub.read(CHILDREN)["children"]["nodes"]


def test_what_cannot_be_recorded_is_not_told(running: Running) -> None:
    """Fault 21: the audit insert fails, and so does the request; not a name leaves."""
    made, hub = running
    name = hub.read(CHILDREN)["children"]["nodes"][0]["familyName"]
    with psycopg.connect(made.owner_url, autocommit=True) as owner:
        owner.execute("REVOKE INSERT ON disclosure FROM hub_serving")
        try:
            answer = hub.ask(CHILDREN)
        finally:
            owner.execute("GRANT INSERT ON disclosure TO hub_serving")
    assert answer.status_code == 500
    assert name not in answer.text
    assert hub.read(CHILDREN)["children"]["nodes"]


def ask_and_go(hub: Hub, token: str, *, read: int) -> None:
    """Ask, read so many bytes of the answer, and break the line off."""
    body = json.dumps({"query": CHILDREN}).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", hub.port), timeout=20) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.sendall(head.encode() + body)
        assert len(line.recv(read)) == read


def test_a_client_that_goes_leaves_no_fault(running: Running) -> None:
    """Fault 19: gone in the middle of an answer. Nothing is logged as a fault, and the transaction has settled."""
    made, hub = running
    before = len(made.faults_logged())
    for read in (0, 1) * 5:
        ask_and_go(hub, made.token(), read=read)
    assert hub.read(CHILDREN)["children"]["nodes"]
    assert len(made.faults_logged()) == before
    with psycopg.connect(made.owner_url) as owner:
        idle = owner.execute("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'").fetchone()
        assert idle == (0,)
