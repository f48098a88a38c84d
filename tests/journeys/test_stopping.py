"""However the demo is stopped, it leaves nothing behind that runs; killed outright, the next one takes over.

A demo takes long to start: each here is stopped in one of the ways, SIGTERM, SIGKILL and then SIGINT.
"""

import signal
import subprocess
import time

from tests.running import running_hub
from tests.streaming import CHANGED, PORTAL, a_cursor, ask_for_advice, event_stream, socket


def _processes_of(folder: str) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if folder in line and "ps -eo" not in line]


def _workers(parent: int) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "ppid,pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.split()[0] == str(parent) and "worker" in line]


def test_open_streams_are_ended_when_the_hub_is_told_to_stop() -> None:
    """Server-sent events by an error that says so and `complete`, sockets by 1012: the client subscribes again.

    Then nothing is left that runs.
    """
    with running_hub() as hub:
        assert _workers(hub.process.pid)
        token = hub.token(PORTAL)
        asked = {"query": CHANGED, "variables": {"after": a_cursor(hub)}}
        with event_stream(hub, token, asked) as (_, events), socket(hub, token) as opened:
            opened.subscribe("1", CHANGED)
            ask_for_advice(hub)
            assert next(events)[0] == "next"
            hub.process.send_signal(signal.SIGTERM)
            (name, data), last = list(events)
            assert (name, data["errors"][0]["extensions"]["rule"]) == ("next", "stopping")
            assert last == ("complete", None)
            assert opened.closed()[0] == 1012
        hub.process.wait(timeout=30)
        assert _processes_of(str(hub.data_dir)) == []
        assert "timeout graceful shutdown exceeded" not in (hub.data_dir / "demo.log").read_text()


def test_a_demo_that_was_killed_is_taken_over_by_the_next() -> None:
    with running_hub() as hub:
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
