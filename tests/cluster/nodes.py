"""Three nodes of PostgreSQL under Patroni, with etcd and HAProxy, as `docker/cluster` has them, on loopback."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import httpx
import psycopg

from hub.db.place import Place
from tests.faults.installation import Site, until
from tests.running import free_port

RECIPE = Path(__file__).parents[2] / "docker" / "cluster"
BINARIES = Path("/usr/lib/postgresql/15/bin")
NAMES = ("db1", "db2", "db3")
PASSWORD = "of-a-cluster-on-loopback"
NEEDED = ("etcd", "patroni", "patronictl", "haproxy")


def missing() -> str:
    """What a trial needs of this machine and it has not; empty: nothing."""
    if os.geteuid() != 0:
        return "root, which runs PostgreSQL as Debian's account postgres"
    absent = [each for each in NEEDED if shutil.which(each) is None]
    if absent or not (BINARIES / "postgres").exists():
        return "Debian's packages etcd-server, patroni, haproxy and postgresql-15"
    return ""


@dataclass(slots=True)
class Node:
    """One node: Patroni, and the PostgreSQL that it keeps."""

    name: str
    folder: Path
    port: int
    rest: int
    patroni: "subprocess.Popen[bytes] | None" = None

    @property
    def data(self) -> Path:
        return self.folder / self.name

    def kill_postgres(self) -> None:
        """kill -9, to all of its processes at once."""
        with suppress(FileNotFoundError, IndexError):
            postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
            told = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True, check=False).stdout
            for pid in [postmaster, *map(int, told.split())]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def lose(self) -> None:
        """As if the machine had gone: Patroni and PostgreSQL at once, and nothing brings them back."""
        if self.patroni is not None:
            self.patroni.kill()
            self.patroni.wait()
            self.patroni = None
        self.kill_postgres()


@dataclass(slots=True)
class Cluster(Site):
    """The nodes with what stands around them, and hubs and workers on them."""

    nodes: list[Node] = field(default_factory=list[Node])
    ports: Mapping[str, str] = field(default_factory=dict[str, str])
    """What `docker/cluster/haproxy.cfg` takes from its environment."""

    etcd: int = 0

    # --- addresses

    def through_proxy(self, role: str, port: str = "LEADER_PORT") -> str:
        return f"postgresql://{role}:{PASSWORD}@127.0.0.1:{self.ports[port]}/hub"

    def by_name(self, role: str, wanted: str = "read-write") -> str:
        """All nodes in one address, of which the one that is wanted is taken."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://{role}:{PASSWORD}@{hosts}/hub?target_session_attrs={wanted}"

    @property
    def place(self) -> Place:
        roles = ("hub_owner", "hub_app", "hub_jobs")
        return Place(*map(self.through_proxy, roles))

    @property
    def commands_place(self) -> Place:
        return self.place

    def named_place(self) -> dict[str, str]:
        """Settings of a process that finds the leader by itself, without HAProxy."""
        return {
            "HUB_DATABASE_URL": self.by_name("hub_app"),
            "HUB_WORKER_DATABASE_URL": self.by_name("hub_jobs"),
            "HUB_OWNER_DATABASE_URL": self.by_name("hub_owner"),
        }

    # --- processes

    def start(self) -> None:
        peers, self.etcd = free_port(), free_port()
        client, peer = f"http://127.0.0.1:{self.etcd}", f"http://127.0.0.1:{peers}"
        asked = {"name": "db1", "data-dir": str(self.folder / "etcd"), "initial-cluster": f"db1={peer}"}
        asked |= {"listen-client-urls": client, "advertise-client-urls": client}
        asked |= {"listen-peer-urls": peer, "initial-advertise-peer-urls": peer}
        self._run(["etcd", *(f"--{name}={value}" for name, value in asked.items())], log="etcd")
        self.ports = {"BIND": "127.0.0.1", "LEADER_PORT": str(free_port()), "REPLICA_PORT": str(free_port())}
        for name in NAMES:
            node = Node(name, self.folder, free_port(), free_port())
            self.nodes.append(node)
            known = name.upper()
            self.ports |= {f"{known}_HOST": "127.0.0.1", f"{known}_REST": str(node.rest)}
            self.ports |= {known: f"127.0.0.1:{node.port}"}
        self._run(["haproxy", "-db", "-f", str(RECIPE / "haproxy.cfg")], log="haproxy", environment=self.ports)
        for node in self.nodes:
            self.join(node)
        until(lambda: len(self.members("streaming")) == 2 and self.leader() is not None, within_s=240, every_s=1)

    def join(self, node: Node) -> None:
        """Start the node's Patroni, which makes or finds its PostgreSQL."""
        roles = self.folder / "roles.sh"
        if not roles.exists():
            shutil.copy(RECIPE / "roles.sh", roles)
        filled = Template((RECIPE / "patroni.yml").read_text()).substitute(
            NODE=node.name,
            ETCD_HOSTS=f"127.0.0.1:{self.etcd}",
            ADDRESS="127.0.0.1",
            REST_PORT=node.rest,
            PORT=node.port,
            DATA=node.data,
            ROLES=roles,
            POSTGRES_PASSWORD=PASSWORD,
            REPLICATION_PASSWORD=PASSWORD,
            SOCKETS=self.folder,
            NETWORK="127.0.0.1/32",
        )
        (self.folder / f"{node.name}.yml").write_text(filled)
        passwords = {f"HUB_{each}PASSWORD": PASSWORD for each in ("", "WORKER_", "OWNER_")}
        node.patroni = self._run(
            ["patroni", str(self.folder / f"{node.name}.yml")], log=node.name, environment=passwords, account="postgres"
        )

    def _run(
        self, command: list[str], *, log: str, environment: Mapping[str, str] | None = None, account: str | None = None
    ) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{log}.log").open("ab") as out:
            process = subprocess.Popen(
                command,
                stdout=out,
                stderr=out,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"] + ":/usr/sbin", "LC_ALL": "C.UTF-8", **(environment or {})},
                user=account,
                group=account,
                extra_groups=[] if account else None,
            )
        self.processes.append(process)
        return process

    # --- who leads

    def members(self, state: str) -> list[str]:
        """The names of the members in this state, as any node that answers says."""
        for node in self.nodes:
            with suppress(httpx.HTTPError, json.JSONDecodeError):
                told = httpx.get(f"http://127.0.0.1:{node.rest}/cluster", timeout=2).json()["members"]
                return [each["name"] for each in told if _state(each) == state]
        return []

    def leader(self) -> Node | None:
        """The node that says of itself that it leads."""
        for node in self.nodes:
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{node.rest}/primary", timeout=2).status_code == 200:
                    return node
        return None

    def synchronous(self) -> list[str]:
        """The names of the standbys that acknowledge with the leader."""
        found = self.leader()
        if found is None:
            return []
        with psycopg.connect(self.superuser(found), connect_timeout=3) as connection:
            rows = connection.execute("SELECT application_name FROM pg_stat_replication WHERE sync_state = 'sync'")
            return [row[0] for row in rows]

    def superuser(self, node: Node) -> str:
        return f"postgresql://postgres:{PASSWORD}@127.0.0.1:{node.port}/hub"

    def switch_over(self) -> None:
        """As an operator has another lead: `patronictl switchover`."""
        config = str(self.folder / f"{self.nodes[0].name}.yml")
        leader = self.leader()
        assert leader is not None
        done = subprocess.run(
            ["patronictl", "-c", config, "switchover", "--master", leader.name, "--force"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def end(self) -> None:
        for node in self.nodes:
            node.lose()
        Site.end(self)


def _state(member: Mapping[str, str]) -> str:
    """A replica that follows is `streaming`; Patroni 3.0 calls it running."""
    follows = member["role"] in {"replica", "sync_standby"} and member["state"] in {"running", "streaming"}
    return "streaming" if follows else member["state"]


@contextmanager
def cluster() -> Generator[Cluster]:
    """Three nodes that follow one another, with an empty database `hub`."""
    folder = Path(tempfile.mkdtemp(prefix="hub-cluster-"))
    account = pwd.getpwnam("postgres")
    os.chown(folder, account.pw_uid, account.pw_gid)
    made = Cluster(folder)
    try:
        made.start()
        yield made
    finally:
        made.end()
        shutil.rmtree(folder, ignore_errors=True)
