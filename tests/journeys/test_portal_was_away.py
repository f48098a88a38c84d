"""A portal's process is killed; when it is there again it is told all that happened meanwhile: in order, each once."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from hub.db.place import SERVING_ROLE, WORKER_ROLE, as_role
from tests.journeys.test_portal_is_told import EVENT, placed, until, worker
from tests.running import RunningHub, command_here, free_port
from tests.streaming import CHANGED, a_cursor, ask_for_advice, event_stream
from tests.streaming import PORTAL as STREAMING
from tests.world import World

__all__ = ["placed"]

PORTAL = """
import http.server, pathlib, sys

class Told(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with pathlib.Path(sys.argv[2]).open("ab") as book:
            book.write(self.headers["webhook-id"].encode() + b" " + body + b"\\n")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Told).serve_forever()
"""
"""What a portal does with a webhook at the least: it writes it down, and says that it has it."""


@contextmanager
def portal(port: int, book: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The portal in a process of its own, which is killed at the end of the block."""
    process = subprocess.Popen([sys.executable, "-c", PORTAL, str(port), str(book)])
    try:
        until(lambda: _listens(port), log)
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.mark.timeout(300)
def test_a_webhook_receiver_that_was_killed_catches_up(owner_url: str, placed: World, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")} | {
        "HUB_DATABASE_URL": as_role(owner_url, SERVING_ROLE),
        "HUB_WORKER_DATABASE_URL": as_role(owner_url, WORKER_ROLE),
        "HUB_DATA_DIR": str(tmp_path),
    }
    log, book, port = tmp_path / "worker.log", tmp_path / "told", free_port()

    def happens(*kinds: str) -> None:
        with psycopg.connect(as_role(owner_url, WORKER_ROLE), autocommit=True) as connection:
            for kind in kinds:
                connection.execute(EVENT, [kind, placed.authority, placed.child, placed.plan])

    def told() -> list[tuple[str, str]]:
        lines = book.read_text().splitlines() if book.exists() else []
        posted = [line.partition(" ") for line in lines]
        return [(which, json.loads(body)["data"]["kind"]) for which, _, body in posted]

    def tried_in_vain() -> int:
        with psycopg.connect(as_role(owner_url, WORKER_ROLE)) as connection:
            row = connection.execute(
                "SELECT count(*) FROM event_delivery WHERE failed_with = 'no-connection'"
            ).fetchone()
        return 0 if row is None else int(row[0])

    adding = ("webhook", "add", "portal", f"http://127.0.0.1:{port}/events", "--reason", "The parents' portal")
    done = command_here(environment, *adding, "--network", "127.0.0.1/32", "--topic", "plan.changed")
    assert done.returncode == 0, done.stdout + done.stderr
    with worker(environment, log):
        with portal(port, book, log):
            happens("plan_drafted")
            until(lambda: len(told()) == 1, log)
        happens("plan_served", "plan_amended", "plan_finalised")
        until(tried_in_vain, log)
        assert len(told()) == 1
        with portal(port, book, log):
            until(lambda: len(told()) >= 4, log)
            happens("plan_ceased")
            until(lambda: len(told()) >= 5, log)
    kinds = [kind for _, kind in told()]
    assert kinds == ["plan_drafted", "plan_served", "plan_amended", "plan_finalised", "plan_ceased"]
    assert len({which for which, _ in told()}) == len(kinds)


@pytest.mark.timeout(300)
def test_a_portal_whose_stream_broke_off_goes_on_where_it_was(hub: RunningHub) -> None:
    """By the cursor of the last event that it kept."""

    def stream(after: str, count: int) -> list[tuple[str, str]]:
        asked = {"query": CHANGED, "variables": {"after": after}}
        with event_stream(hub, hub.token(STREAMING), asked) as (_, events):
            changed = [next(events)[1]["data"]["changed"] for _ in range(count)]
        return [(each["cursor"], each["cooperationRequest"]["id"]) for each in changed]

    begins = a_cursor(hub)
    first = ask_for_advice(hub)
    (kept,) = stream(begins, 1)
    assert kept[1] == first
    missed = [ask_for_advice(hub) for _ in range(3)]
    caught_up = stream(kept[0], 3)
    assert [each for _, each in caught_up] == missed
    last = ask_for_advice(hub)
    assert [each for _, each in stream(caught_up[-1][0], 1)] == [last]
