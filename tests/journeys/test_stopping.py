"""However the demo is stopped, it leaves nothing behind that runs; killed outright, the next one takes over.

A demo takes long to make: the same is stopped in each of the ways, SIGTERM, SIGKILL and SIGINT.
"""

import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.running import RunningHub, running_hub
from tests.streaming import CHANGED, PORTAL, a_cursor, ask_for_advice, event_stream, socket


def _processes_of(folder: str) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if folder in line and "ps -eo" not in line]


def _workers(parent: int) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "ppid,pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.split()[0] == str(parent) and "worker" in line]


@pytest.fixture(scope="module")
def made() -> Iterator[RunningHub]:
    with running_hub() as hub:
        yield hub


def test_open_streams_are_ended_when_the_hub_is_told_to_stop(made: RunningHub) -> None:
    """Server-sent events by an error that says so and `complete`, sockets by 1012: the client subscribes again.

    Then nothing is left that runs.
    """
    assert _workers(made.process.pid)
    token = made.token(PORTAL)
    asked = {"query": CHANGED, "variables": {"after": a_cursor(made)}}
    with event_stream(made, token, asked) as (_, events), socket(made, token) as opened:
        opened.subscribe("1", CHANGED)
        ask_for_advice(made)
        first = next(events)
        made.process.send_signal(signal.SIGTERM)
        *told, (name, data), last = [first, *events]
        assert (name, data["errors"][0]["extensions"]["rule"]) == ("next", "stopping")
        assert last == ("complete", None)
        cursors = [event["data"]["changed"]["cursor"] for _, event in told]  # the worker may have made more of them
        assert 1 <= len(set(cursors)) == len(cursors)
        assert opened.closed()[0] == 1012
    made.process.wait(timeout=30)
    assert _processes_of(str(made.data_dir)) == []
    assert "timeout graceful shutdown exceeded" not in (made.data_dir / "demo.log").read_text()


def test_a_demo_that_was_killed_is_taken_over_by_the_next(made: RunningHub) -> None:
    made.process.send_signal(signal.SIGTERM)  # if no test before this has
    made.process.wait(timeout=30)
    with made.again() as hub:
        worker = int(_workers(hub.process.pid)[0].split()[1])
        hub.process.kill()
        hub.process.wait()
        deadline = time.monotonic() + 20
        while subprocess.run(["ps", "-p", str(worker)], capture_output=True, check=False).returncode == 0:
            assert time.monotonic() < deadline, "the worker outlived the demo"
            time.sleep(0.1)
        with hub.again() as taken_over:
            children = taken_over.graphql("northmere-portal", "{ children { totalCount } }")
            assert children["data"]["children"]["totalCount"] > 0
            assert _workers(taken_over.process.pid)
            taken_over.process.send_signal(signal.SIGINT)
            taken_over.process.wait(timeout=30)
        assert _processes_of(str(hub.data_dir)) == []
