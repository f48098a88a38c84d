"""Partners that write all the time, and keep what was acknowledged to them: the checker of the faults."""

import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.installation import PORTAL, TRUST, Hub, Site

_ASK = """mutation($input: RequestCooperationInput!) { requestCooperation(input: $input) {
  cooperationRequest { id } refusals { message } } }"""
_FOUND = """query($after: String) { cooperationRequests(first: 100, after: $after) {
  pageInfo { hasNextPage endCursor } nodes { id asked } } }"""


@dataclass(slots=True)
class Writer:
    """Asks for advice again and again with a key each; a request without an answer is sent again with its key."""

    hubs: list[Hub]
    given: dict[str, str]
    """The mutation's input, but for what is asked."""

    acknowledged: dict[str, str] = field(default_factory=dict[str, str])
    """What was asked, and the id with which it was acknowledged."""

    acknowledged_at: list[float] = field(default_factory=list[float])
    unanswered: int = 0
    refused: list[str] = field(default_factory=list[str])
    _stopped: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])

    def start(self, writers: int = 4) -> None:
        self._threads = [threading.Thread(target=self._write) for _ in range(writers)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        assert not self.refused, self.refused[0]

    def wait_for(self, more: int, within_s: float = 60) -> None:
        """Until so many more have been acknowledged."""
        wanted, deadline = len(self.acknowledged) + more, time.monotonic() + within_s
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline, f"{len(self.acknowledged)} of {wanted} acknowledged in {within_s} s"
            time.sleep(0.02)

    def once_more(self, hub: Hub, asked: str) -> str:
        """The id that this is acknowledged with, whether it was written before or not."""
        answer = hub.ask(_ASK, {"input": self.given | {"asked": asked}}, **{"Idempotency-Key": asked[-36:]})
        return str(answer.json()["data"]["requestCooperation"]["cooperationRequest"]["id"])

    def _write(self) -> None:
        turn = 0
        while not self._stopped.is_set():
            asked = f"Written under load {uuid.uuid4()}"
            while asked not in self.acknowledged and not self._stopped.is_set():
                turn += 1
                self._once(self.hubs[turn % len(self.hubs)], asked)

    def _once(self, hub: Hub, asked: str) -> None:
        try:
            answer = hub.ask(_ASK, {"input": self.given | {"asked": asked}}, **{"Idempotency-Key": asked[-36:]})
        except (httpx.HTTPError, AssertionError, StopIteration):
            self.unanswered += 1
            time.sleep(0.1)
            return
        body: Any = None
        with suppress(ValueError):
            body = answer.json()
        if answer.status_code == 503 or _code(body) == "BUSY":
            self.unanswered += 1
            time.sleep(0.1)
        elif not answer.is_success or "errors" in body:
            self.refused.append(f"{answer.status_code}: {answer.text[:300]}")
            self._stopped.set()
        else:
            self.acknowledged[asked] = body["data"]["requestCooperation"]["cooperationRequest"]["id"]
            self.acknowledged_at.append(time.monotonic())


def _code(body: Any) -> str | None:
    errors = body.get("errors") if isinstance(body, dict) else None
    return errors[0].get("extensions", {}).get("code") if errors else None


def writer(installation: Site, *hubs: Hub) -> Writer:
    trust = next(each for each in installation.demo["clients"] if each["client_id"] == TRUST)["organisation"]
    found = hubs[0].read(
        f'{{ organisation(odsCode: "{trust}") {{ id }} children(first: 1) {{ nodes {{ id }} }} }}', client=PORTAL
    )
    given = {
        "child": found["children"]["nodes"][0]["id"],
        "addressedTo": found["organisation"]["id"],
        "function": "EHC_NEEDS_ASSESSMENT",
    }
    return Writer(list(hubs), given)


def must_all_be_there_once(written: Writer, hub: Hub) -> None:
    """Every acknowledged write is readable, once, with the id that was acknowledged; and nothing else of it."""
    found: dict[str, list[str]] = {}
    after = None
    while True:
        page = hub.read(_FOUND, {"after": after})["cooperationRequests"]
        for each in page["nodes"]:
            found.setdefault(each["asked"], []).append(each["id"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    lost = [asked for asked, request_id in written.acknowledged.items() if found.get(asked) != [request_id]]
    assert lost == [], f"{len(lost)} of {len(written.acknowledged)} are lost, doubled or have another id"
    twice = [asked for asked, ids in found.items() if asked.startswith("Written under load ") and len(ids) > 1]
    assert twice == []
