"""Partners that read all the time, and what must be true of all that they and the writers were told."""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import httpx
import psycopg

from tests.faults.installation import Hub

PUBLIC = (
    "/rulebook",
    "/schema.graphql",
    "/fhir/R4/metadata",
    "/fhir/R4/CodeSystem",
    "/fhir/R4/.well-known/smart-configuration",
)
_CHILDREN = "query {name} {{ children(first: 2) {{ nodes {{ id familyName }} }} }}"


@dataclass(slots=True)
class Watcher:
    """Reads children's data and public pages from each hub in turn, and keeps what it was told."""

    hubs: Sequence[Hub]
    told: list[str] = field(default_factory=list[str])
    """The names of the reads that were answered with children's data."""

    told_at: list[float] = field(default_factory=list[float])
    told_to_wait: int = 0
    longest_s: float = 0.0
    wrong: list[str] = field(default_factory=list[str])
    public: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])

    def start(self) -> None:
        works = [(self._read_children, hub) for hub in self.hubs] + [(self._read_public, hub) for hub in self.hubs]
        self._threads = [threading.Thread(target=self._keep, args=each) for each in works]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        assert not self.wrong, self.wrong[:3]

    def _keep(self, work: Callable[[Hub], None], hub: Hub) -> None:
        while not self._stopped.is_set():
            work(hub)
            time.sleep(0.2)

    def _read_children(self, hub: Hub) -> None:
        name, began = f"Read{uuid.uuid4().hex}", time.monotonic()
        try:
            answer = hub.ask(_CHILDREN.format(name=name))
        except (AssertionError, StopIteration, httpx.HTTPError):  # no token is to be had
            return
        self.longest_s = max(self.longest_s, time.monotonic() - began)
        if answer.status_code == 503:
            self.told_to_wait += 1
            if not answer.headers.get("retry-after"):
                self.wrong.append("503 without Retry-After")
            if "familyName" in answer.text:
                self.wrong.append("a child's data in a refusal")
        elif answer.status_code != 200 or "errors" in answer.json():
            self.wrong.append(f"{answer.status_code}: {answer.text[:300]}")
        else:
            self.told.append(name)
            self.told_at.append(time.monotonic())

    def _read_public(self, hub: Hub) -> None:
        path = PUBLIC[self.public % len(PUBLIC)]
        try:
            status = hub.get(path, timeout=10).status_code
        except httpx.HTTPError as error:
            self.wrong.append(f"{path}: {type(error).__name__}")
            return
        self.public += 1
        if status != 200:
            self.wrong.append(f"{path}: {status}")

    def must_all_be_on_record(self, url: str) -> None:
        """Each answer with children's data has its disclosures in the database."""
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT DISTINCT operation FROM disclosure WHERE operation LIKE 'graphql:Read%'")
            recorded = {row[0].removeprefix("graphql:") for row in rows}
        missing = set(self.told) - recorded
        assert not missing, f"{len(missing)} of {len(self.told)} answers are not on record"


def resumed_after(times: Sequence[float], broken_at: float) -> float:
    """How long after the break the first was told that came after the longest silence since, seconds."""
    since = [broken_at, *(each for each in times if each > broken_at)]
    gaps = [(later - earlier, later) for earlier, later in pairwise(since)]
    return max(gaps)[1] - broken_at
