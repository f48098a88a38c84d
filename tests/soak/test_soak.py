"""A hub and a worker under four fifths of what they can bear: nothing is refused, nothing grows."""

import asyncio
import os
import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.faults.installation import PORTAL, TRUST, Hub, Installation, installation, until
from tests.faults.writing import writer
from tests.soak.traffic import Answered, Traffic, send

SECONDS = float(os.environ.get("HUB_SOAK_S", "1800"))
CONNECTIONS = 16
SHARE = 0.8
FLAT = 0.05
"""By how much of itself the memory may be larger in the last quarter than in the second."""

NOISE_MB = 6.0


@dataclass(slots=True)
class Sampled:
    """What was seen of the processes while the load ran, several times a minute."""

    processes: dict[str, int]
    database: str
    memory_mb: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    files: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    connections: list[float] = field(default_factory=list[float])
    _stopped: threading.Event = field(default_factory=threading.Event)

    def look(self, every_s: float) -> None:
        with psycopg.connect(self.database, autocommit=True) as owner:
            while not self._stopped.wait(every_s):
                for name, pid in self.processes.items():
                    self.memory_mb.setdefault(name, []).append(_memory_mb(pid))
                    self.files.setdefault(name, []).append(len(os.listdir(f"/proc/{pid}/fd")))
                row = owner.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = 'hub'").fetchone()
                self.connections.append(float((row or (0,))[0]))

    def stop(self) -> None:
        self._stopped.set()


def _memory_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _quarters(values: list[float]) -> list[float]:
    size = len(values) // 4
    return [statistics.median(values[size * each : size * (each + 1)]) for each in range(4)]


def test_four_fifths_of_what_it_can_bear() -> None:
    with installation() as made:
        hub = made.hub(HUB_CLIENT_REQUESTS_PER_S="0")
        worker = made.worker()
        until(lambda: "worker_started" in made.log(), within_s=60)
        traffic = _traffic(made, hub)
        asyncio.run(send(hub.port, traffic, seconds=5, connections=CONNECTIONS))  # what is made once is made
        most = asyncio.run(send(hub.port, traffic, seconds=min(15, SECONDS / 4), connections=CONNECTIONS))
        capacity = len(most.seconds) / min(15, SECONDS / 4)
        sampled = Sampled({"hub": hub.process.pid, "worker": worker.pid}, made.owner_url)
        looking = threading.Thread(target=sampled.look, args=(max(0.5, SECONDS / 240),))
        looking.start()
        began = time.monotonic()
        try:
            rate = SHARE * capacity
            answered = asyncio.run(send(hub.port, traffic, seconds=SECONDS, connections=CONNECTIONS, rate=rate))
        finally:
            sampled.stop()
            looking.join()
        _tell(capacity, answered, sampled, time.monotonic() - began)
        assert set(answered.statuses) == {200}, answered.statuses
        assert len(answered.seconds) > 0.9 * rate * SECONDS, (
            "the load was not held: is the machine busy with something else?"
        )
        for name, values in sampled.memory_mb.items():
            _, early, _, late = _quarters(values)
            assert late < early * (1 + FLAT) + NOISE_MB, f"the {name} grew from {early:.0f} to {late:.0f} MB"
        for values in (*sampled.files.values(), sampled.connections):
            _, early, _, late = _quarters(values)
            assert late <= early + 3
        assert made.faults_logged() == []
        assert hub.get("/readyz").json()["status"] == "ready"


def _traffic(made: Installation, hub: Hub) -> Traffic:
    given = writer(made, hub).given
    mine = [each["id"] for each in made.demo["children"] if each["authority"] == "990"]
    trust = next(each for each in made.demo["clients"] if each["client_id"] == TRUST)["organisation"]
    return Traffic(made.token, PORTAL, TRUST, trust, mine, given, random.Random(1))


def _tell(capacity: float, answered: Answered, sampled: Sampled, seconds: float) -> None:
    count = len(answered.seconds)
    print(
        f"\n{capacity:.0f} requests/s at most; {count:,} in {seconds:.0f} s ({count / seconds:.0f}/s): "
        f"half within {answered.within_ms(0.5):.1f} ms, 99 in 100 within {answered.within_ms(0.99):.1f} ms; "
        f"{answered.late} sent late; statuses {dict(answered.statuses)}"
    )
    for name, values in sampled.memory_mb.items():
        print(
            f"memory of the {name}, MB, by quarters: {' '.join(f'{each:.1f}' for each in _quarters(values))}; "
            f"open files {' '.join(f'{each:.0f}' for each in _quarters(sampled.files[name]))}"
        )
    print(f"connections to the database: {' '.join(f'{each:.0f}' for each in _quarters(sampled.connections))}")
