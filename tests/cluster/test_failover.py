"""The leader is killed three times under load: PostgreSQL alone, the whole node, and by an operator's own wish."""

import asyncio
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from hub.db.place import Place
from hub.demo import prepare
from hub.settings import Settings
from tests.cluster.nodes import Cluster, cluster, missing
from tests.cluster.watching import Watcher, resumed_after
from tests.faults.delivered import must_be_told_under_one_id
from tests.faults.installation import BASE_URL, PORTAL, Hub, is_ready, until
from tests.faults.writing import Writer, must_all_be_there_once, writer
from tests.receiving import Receiving, portal_that_runs

KILLED_S, LOST_S = 15, 40
"""Within how many seconds service resumes after PostgreSQL was killed, and after a node was lost."""


@pytest.fixture(scope="module")
def made() -> Iterator[Cluster]:
    wanted = missing()
    if wanted:
        pytest.skip(f"no cluster can be tried here: it takes {wanted}")
    with cluster() as one:
        migrated = one.command("migrate")
        assert migrated.returncode == 0, migrated.stderr
        leader = one.leader()
        assert leader is not None
        loaded = Place(
            *[one.superuser(leader)] * 3
        )  # the county is not any caller's: who loads it is past the second lock
        one.demo = asyncio.run(prepare(Settings(data_dir=one.folder, base_url=BASE_URL), loaded, lambda _: None))
        yield one


def test_a_leader_is_killed_three_times_under_load(made: Cluster) -> None:
    hubs = _hubs(made)
    for settings in ({}, made.named_place()):
        made.worker(**settings)
    until(lambda: made.log().count("worker_started") == 2, within_s=60)
    with portal_that_runs() as portal:
        told = ["--signature", "hmac", "--network", "127.0.0.1/32", "--topic", "cooperation_request.changed"]
        added = made.command("webhook", "add", PORTAL, portal.address, "--reason", "a trial", *told)
        assert added.returncode == 0, added.stderr
        load, watcher = writer(made, *hubs), Watcher(hubs)
        load.start(3)
        watcher.start()
        try:
            _three_times(made, load, watcher, hubs)
        finally:
            _tell_faults(made)
            load.stop()
            watcher.stop()
        _must_be_whole(made, load, watcher, hubs, portal)


def _tell_faults(made: Cluster) -> None:
    """What was logged as a fault, and what stands below it."""
    lines = made.log().splitlines()
    faults = frozenset(made.faults_logged())
    for place in [place for place, line in enumerate(lines) if line in faults][:3]:
        print("\n".join(lines[max(0, place - 2) : place + 20]))


def _hubs(made: Cluster) -> list[Hub]:
    """Two hubs: one reaches the database through HAProxy, one knows the nodes; each reads from replicas."""
    any_number = {"HUB_CLIENT_REQUESTS_PER_S": "0"}
    replicas = made.through_proxy("hub_app", "REPLICA_PORT")
    named = made.by_name("hub_app", "prefer-standby")
    return [
        made.hub(HUB_READ_DATABASE_URL=replicas, **any_number),
        made.hub(HUB_READ_DATABASE_URL=named, **made.named_place(), **any_number),
    ]


def _three_times(made: Cluster, load: Writer, watcher: Watcher, hubs: list[Hub]) -> None:
    load.wait_for(30)
    read = sum(hub.metric('hub_replica_reads_total{outcome="told"}') for hub in hubs)
    assert read > 0, "replicas answer, too"
    _break(made, load, watcher, "PostgreSQL of the leader is killed", _kill_postgres, within_s=KILLED_S)
    _break(made, load, watcher, "the leader's node is lost", _lose, within_s=LOST_S)
    _break(made, load, watcher, "an operator has another lead", Cluster.switch_over, within_s=LOST_S)


def _kill_postgres(made: Cluster) -> None:
    leader = made.leader()
    assert leader is not None
    leader.kill_postgres()


def _lose(made: Cluster) -> None:
    leader = made.leader()
    assert leader is not None
    leader.lose()


def _break(
    made: Cluster, load: Writer, watcher: Watcher, what: str, how: Callable[[Cluster], None], *, within_s: float
) -> None:
    """Do it, wait until what is written and read goes on, and say how long that took; then let the lost come back."""
    until(lambda: made.synchronous(), within_s=90, every_s=1)
    waited, began = watcher.told_to_wait, time.monotonic()
    how(made)
    load.wait_for(20, within_s=90)
    until(lambda: watcher.told_at and watcher.told_at[-1] > began + 1, within_s=60)
    time.sleep(2)
    written, read = resumed_after(load.acknowledged_at, began), resumed_after(watcher.told_at, began)
    print(
        f"\n{what}: writes resumed after {written:.1f} s, reads after {read:.1f} s; "
        f"{watcher.told_to_wait - waited} reads were told to wait"
    )
    assert max(written, read) < within_s
    for node in made.nodes:
        if node.patroni is None:
            made.join(node)
    until(lambda: len(made.members("streaming")) == 2, within_s=120, every_s=1)


def _must_be_whole(made: Cluster, load: Writer, watcher: Watcher, hubs: list[Hub], portal: Receiving) -> None:
    assert load.unanswered > 0
    assert watcher.told_to_wait > 0
    assert watcher.longest_s < 20
    for hub in hubs:
        until(lambda each=hub: is_ready(each), within_s=30)
        must_all_be_there_once(load, hub)
    leader = made.leader()
    assert leader is not None
    watcher.must_all_be_on_record(made.superuser(leader))
    with psycopg.connect(made.superuser(leader)) as connection:
        row = connection.execute(
            "SELECT count(*) FROM event WHERE kind = 'cooperation_requested' AND client_id = %s", [PORTAL]
        )
        asked = (row.fetchone() or (0,))[0]
    until(lambda: len({each.id for each in portal.posted}) >= asked, within_s=90, every_s=1)
    things = must_be_told_under_one_id(portal.posted)
    assert made.faults_logged() == []
    verified = made.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    print(
        f"{len(load.acknowledged)} writes acknowledged and none lost, {load.unanswered} sent again; "
        f"{len(watcher.told)} answers with children's data, each on record; {watcher.public} public answers; "
        f"{things} events delivered in {len(portal.posted)} deliveries, none under two ids; the audit log verifies"
    )
