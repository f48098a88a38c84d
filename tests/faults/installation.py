"""An installation as an operator has it: PostgreSQL, hubs and workers, each a process that may be killed.

The database is durable, as it is not in the other tests, and stands behind a network that can fail.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.engine import make_url

from hub.auth.assertions import client_assertion, token_form
from hub.db import embedded
from hub.db.embedded import postmaster
from hub.db.embedded.home import find
from hub.db.place import SERVING_ROLE, WORKER_ROLE, Place, as_role
from hub.demo import prepare
from hub.settings import Settings
from tests.faults.proxy import FaultyNetwork
from tests.running import HUB, free_port

_MANY = httpx.Limits(max_connections=300, max_keepalive_connections=0)
PORTAL, TRUST = "northmere-portal", "mereside-ehr"


@dataclass(slots=True)
class Hub:
    """One `hub serve`."""

    installation: "Site"
    port: int
    process: subprocess.Popen[bytes]
    http: httpx.Client = field(default_factory=lambda: httpx.Client(limits=_MANY))

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(f"{self.base_url}{path}", **({"timeout": 20} | options))

    def ask(self, query: str, variables: Any = None, *, client: str = PORTAL, **headers: str) -> httpx.Response:
        """A GraphQL request with the client's token."""
        return self.http.post(
            f"{self.base_url}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {self.installation.token(client)}"} | headers,
            timeout=30,
        )

    def read(self, query: str, variables: Any = None, *, client: str = PORTAL) -> Any:
        """The data of an answer; raises where there is none."""
        answer = self.ask(query, variables, client=client)
        assert answer.is_success, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    def metric(self, name: str) -> float:
        lines = [line for line in self.get("/metrics").text.splitlines() if line.startswith(name)]
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self, within_s: float = 15) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=within_s)


@dataclass(slots=True)
class Site(ABC):
    """A folder, and hubs and workers that run on one database. Everything that it started ends with it."""

    folder: Path
    demo: Any = None
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    hubs: list[Hub] = field(default_factory=list[Hub])
    _tokens: dict[str, tuple[float, str]] = field(default_factory=dict[str, tuple[float, str]])

    @property
    @abstractmethod
    def place(self) -> Place:
        """Where hubs and workers find the database."""

    @property
    @abstractmethod
    def commands_place(self) -> Place:
        """Where commands find it."""

    # --- hubs and workers

    def hub(self, **settings: str) -> Hub:
        """Start another `hub serve`, and wait until it is ready."""
        port = free_port()
        process = self._spawn("serve", HUB_PORT=str(port), **settings)
        hub = Hub(self, port, process)
        self.hubs.append(hub)
        until(lambda: _answers(hub, "/readyz") or process.poll() is not None, within_s=120)
        assert process.poll() is None, self.log()
        return hub

    def worker(self, **settings: str) -> subprocess.Popen[bytes]:
        return self._spawn("worker", **settings)

    def _spawn(self, command: str, **settings: str) -> subprocess.Popen[bytes]:
        environment = self._environment(self.place) | settings
        with (self.folder / "hub.log").open("ab") as log:
            process = subprocess.Popen([str(HUB), command], env=environment, stdout=log, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A `hub` command beside it."""
        environment = self._environment(self.commands_place)
        return subprocess.run(
            [str(HUB), *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    def _environment(self, place: Place) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
        return kept | {
            "HUB_DATABASE_URL": place.serving,
            "HUB_OWNER_DATABASE_URL": place.owner,
            "HUB_WORKER_DATABASE_URL": place.worker,
            "HUB_DATA_DIR": str(self.folder),
            "HUB_BASE_URL": BASE_URL,
        }

    def log(self) -> str:
        return (self.folder / "hub.log").read_text(errors="replace")

    def faults_logged(self) -> list[str]:
        """Lines of the logs that tell of a fault of the hub's own."""
        told = ("unforeseen_error", "Traceback", "never retrieved", "Exception in")
        return [line for line in self.log().splitlines() if any(each in line for each in told)]

    # --- clients

    def token(self, client_id: str = PORTAL) -> str:
        """A token of the client, had anew every two minutes from whichever hub answers."""
        until_s, token = self._tokens.get(client_id, (0.0, ""))
        if time.monotonic() < until_s:
            return token
        token = self.new_token(client_id)
        self._tokens[client_id] = time.monotonic() + 120, token
        return token

    def new_token(self, client_id: str = PORTAL) -> str:
        hub = next(each for each in self.hubs if each.process.poll() is None)
        answer = ask_for_token(hub, self.assertion(client_id))
        assert answer.is_success, answer.text
        return str(answer.json()["access_token"])

    def assertion(self, client_id: str = PORTAL, *, clock_wrong_by: timedelta = timedelta()) -> str:
        """What the client signs to get a token; its clock may be wrong."""
        key = next(each for each in self.demo["clients"] if each["client_id"] == client_id)["private_key"]
        return client_assertion(key, client_id, f"{BASE_URL}/oauth/token", datetime.now(UTC) + clock_wrong_by)

    def end(self) -> None:
        for hub in self.hubs:
            hub.http.close()
        for process in self.processes:
            process.kill()
            process.wait()


@dataclass(slots=True)
class Installation(Site):
    """One with a PostgreSQL of its own, behind a network that can fail."""

    network: FaultyNetwork = field(kw_only=True)
    database: str = "hub"
    _server: embedded.EmbeddedServer | None = None

    # --- PostgreSQL

    def start_postgres(self) -> None:
        self._server = embedded.start(self.folder)
        path = make_url(self._server.owner_url).query
        self.network.socket_path = f"{path['host']}/.s.PGSQL.{path['port']}"

    def stop_postgres(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def kill_postgres(self) -> None:
        """kill -9, to all of its processes at once."""
        place = find(self.folder)
        run = postmaster.read(place.cluster) if place else None
        assert run is not None
        children = subprocess.run(["pgrep", "-P", str(run.pid)], capture_output=True, text=True, check=False).stdout
        for pid in [run.pid, *map(int, children.split())]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def heal(self) -> None:
        """PostgreSQL runs and the network passes, whatever a test left: one that fails makes no other fail."""
        self.network.pass_packets(True)
        self.network.delay_s = 0.0
        if self._server is None:
            self.start_postgres()

    @property
    def owner_url(self) -> str:
        """Past the faulty network."""
        assert self._server is not None
        return make_url(self._server.owner_url).set(database=self.database).render_as_string(hide_password=False)

    @property
    def commands_place(self) -> Place:
        """Past the faulty network."""
        return _place(self.owner_url)

    @property
    def place(self) -> Place:
        return _place(f"postgresql://hub_owner@127.0.0.1:{self.network.port}/{self.database}")

    def at(self, database: str) -> "Installation":
        """The same with another database of the same server; what it starts ends with this one."""
        return replace(self, database=database, hubs=[])

    def end(self) -> None:
        Site.end(self)
        self.stop_postgres()


def _place(owner: str) -> Place:
    return Place(owner, as_role(owner, SERVING_ROLE), as_role(owner, WORKER_ROLE))


BASE_URL = "https://hub.example"


@contextmanager
def installation(folder: Path | None = None) -> Generator[Installation]:
    """A database with the synthetic county in it; no hub runs yet."""
    place = folder or Path(tempfile.mkdtemp(prefix="hub-fault-"))
    network = FaultyNetwork(free_port())
    made = Installation(place, network=network)
    try:
        made.start_postgres()
        settings = Settings(data_dir=place, base_url=BASE_URL)
        made.demo = asyncio.run(prepare(settings, made.place, lambda _: None))
        yield made
    finally:
        made.end()
        network.close()
        embedded.erase(place)
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def ask_for_token(hub: Hub, assertion: str) -> httpx.Response:
    return hub.http.post(f"{hub.base_url}/oauth/token", data=token_form(assertion), timeout=20)


def until(true: Callable[[], object], *, within_s: float, every_s: float = 0.1) -> float:
    """Wait until it is so; how long that took, seconds. Fails where it does not come to be so in time."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within_s, f"not so after {within_s} s"
        time.sleep(every_s)
    return time.monotonic() - began


def _answers(hub: Hub, path: str) -> bool:
    with suppress(httpx.HTTPError):
        return hub.get(path, timeout=5).is_success
    return False


def is_ready(hub: Hub) -> bool:
    return _answers(hub, "/readyz")


def at_once(count: int, work: Callable[[int], None]) -> None:
    """Run the work so many times in threads; a failure of one is raised."""
    failed: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
