"""The embedded PostgreSQL, used when HUB_DATABASE_URL is unset: starts it, attaches to one that runs, stops it.

Who may do what is told by three locks of the kernel in the data directory. They end with the processes that hold them,
so no kill -9, reboot or reused process id makes them lie:

| file               | held by                                | whoever can take it knows                             |
|--------------------|----------------------------------------|-------------------------------------------------------|
| `postgres.turn`    | whoever starts, attaches or stops      | that nobody else does so now                          |
| `postgres.running` | the server's own processes (inherited) | that not one process of the server is left            |
| `postgres.owner`   | the process that will stop the server  | that the owner is gone, and the server can be adopted |
"""

import logging
import os
import shutil
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psycopg

from hub.db.embedded import locks, postmaster
from hub.db.embedded.home import erase_home, find, prepare
from hub.db.embedded.postmaster import Postmaster
from hub.db.embedded.programs import OWNER, EmbeddedPostgresError

__all__ = ["EmbeddedPostgresError", "EmbeddedServer", "attach_or_start", "erase", "start"]

_ANSWER_WITHIN_S = 60  # also the longest that the last processes of a killed server may take to notice
_FAST_STOP_WITHIN_S = 60  # it writes a checkpoint
_IMMEDIATE_STOP_WITHIN_S = 15

log = logging.getLogger(__name__)


class EmbeddedServer:
    """A running server: owned (`stop` stops it) or attached to (`stop` does nothing). A context manager that stops.

    An owner does not wait for those who attached. When it stops the server their connections end with SQLSTATE 57P01
    (admin shutdown); `attach_or_start` then starts it again.
    """

    def __init__(self, data_dir: Path, socket_dir: Path, ownership: "_Ownership | None") -> None:
        self._data_dir = data_dir
        self._socket_dir = socket_dir
        self._ownership = ownership

    @property
    def owned(self) -> bool:
        """Whether `stop` stops the server."""
        return self._ownership is not None

    @property
    def owner_url(self) -> str:
        """The database `hub` as the superuser `hub_owner`: for migrations, and for making the other roles."""
        return self.url_as(OWNER)

    @property
    def url(self) -> str:
        """The same as `owner_url`."""
        return self.owner_url

    def url_as(self, role: str) -> str:
        """The database `hub` as `role`, for libpq and SQLAlchemy. It holds no secret (see `programs`)."""
        return postmaster.url(self._socket_dir, role, postmaster.DATABASE)

    def stop(self) -> None:
        """Stop the server if it is owned: open transactions are rolled back. Does nothing the second time."""
        ownership, self._ownership = self._ownership, None
        if ownership is not None:
            _stop(self._data_dir, self._socket_dir, ownership)

    def __enter__(self) -> "EmbeddedServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(data_dir: Path, *, durable: bool = True) -> EmbeddedServer:
    """Start a server on `data_dir`, the first time on a new cluster; `EmbeddedPostgresError` if one is running.

    `durable=False` is for tests: when the machine goes down, so may the data; and what cannot lie in `data_dir` (see
    `home`) lies in the temporary directory, until `erase`.
    """
    with _turn(data_dir) as place, _running_lock(place) as running:
        if _attach_unless_free(place, running, adopt=False):
            raise EmbeddedPostgresError(f"a server is already running on {place}")
        return _start(place, running, durable=durable)


def attach_or_start(data_dir: Path, *, adopt: bool = False, durable: bool = True) -> EmbeddedServer:
    """Attach to the server that runs on `data_dir`, else start one and own it. Of two at once, one starts.

    `adopt=True` also takes over a running server whose owner is gone (killed), to stop it in the end. While the owner
    lives the server is only attached to: see `owned`.
    """
    with _turn(data_dir) as place, _running_lock(place) as running:
        return _attach_unless_free(place, running, adopt=adopt) or _start(place, running, durable=durable)


def erase(data_dir: Path) -> None:
    """Delete the database of `data_dir`, wherever its files are; `EmbeddedPostgresError` if its server is running."""
    with _turn(data_dir) as place, _running_lock(place) as running:
        if not locks.take(running):
            raise EmbeddedPostgresError(f"a server is running on {place}: stop it first")
        erase_home(place)


@dataclass(frozen=True, slots=True)
class _Ownership:
    """The right to stop one run of a server. `process` is the starter's child; an adopter has none."""

    lock: int
    cluster: Path
    postmaster: Postmaster
    process: "subprocess.Popen[bytes] | None"


def _attach_unless_free(data_dir: Path, running: int, *, adopt: bool) -> EmbeddedServer | None:
    """The server that runs; None if no process of one is left, and `running` is ours."""
    attached: list[EmbeddedServer] = []

    def is_decided() -> bool:
        if locks.take(running):
            return True
        if server := _attach(data_dir, adopt=adopt):
            attached.append(server)
        return bool(attached)

    if not locks.wait_until(is_decided, within_s=_ANSWER_WITHIN_S):
        raise EmbeddedPostgresError(f"the server that runs on {data_dir} does not answer: see its postgres.log")
    return attached[0] if attached else None


def _attach(data_dir: Path, *, adopt: bool) -> EmbeddedServer | None:
    """The server that runs on `data_dir`, or None if it does not answer (yet, or any more)."""
    found = find(data_dir)
    if found is None or not postmaster.answers(found.socket_dir):
        return None
    run = postmaster.read(found.cluster)
    ownership = None
    if adopt and run is not None:
        lock = locks.open_lock(data_dir / "postgres.owner")
        if locks.take(lock):
            log.info("adopted the embedded PostgreSQL, process %d, whose owner is gone", run.pid)
            ownership = _Ownership(lock, found.cluster, run, None)
        else:
            os.close(lock)
    return EmbeddedServer(data_dir, found.socket_dir, ownership)


def _start(data_dir: Path, running: int, *, durable: bool) -> EmbeddedServer:
    home = prepare(data_dir, durable=durable)
    # An owner that outlived its server still holds the old file: this run gets one of its own.
    (data_dir / "postgres.owner").unlink(missing_ok=True)
    lock = locks.open_lock(data_dir / "postgres.owner")
    try:
        locks.take(lock)
        run, process = postmaster.launch(home, data_dir / "postgres.log", running=running, durable=durable)
    except BaseException:
        os.close(lock)
        raise
    log.info("started the embedded PostgreSQL, process %d", run.pid)
    return EmbeddedServer(data_dir, home.socket_dir, _Ownership(lock, home.cluster, run, process))


def _stop(data_dir: Path, socket_dir: Path, ownership: _Ownership) -> None:
    try:
        with _turn(data_dir), _running_lock(data_dir) as running:
            if postmaster.read(ownership.cluster) not in (None, ownership.postmaster):
                return  # ours was killed, and the one that runs now is another process's
            for wish, within_s in ((signal.SIGINT, _FAST_STOP_WITHIN_S), (signal.SIGQUIT, _IMMEDIATE_STOP_WITHIN_S)):
                # Asked in this order, the process with that id is the postmaster and not one that got its number.
                if not locks.take(running) and postmaster.read(ownership.cluster) == ownership.postmaster:
                    with suppress(ProcessLookupError):
                        os.kill(ownership.postmaster.pid, wish)
                if locks.wait_until(lambda: locks.take(running), within_s=within_s):
                    shutil.rmtree(socket_dir, ignore_errors=True)
                    return
            raise EmbeddedPostgresError(f"the server on {data_dir} does not stop: see its postgres.log")
    finally:
        os.close(ownership.lock)
        if ownership.process is not None:
            with suppress(subprocess.TimeoutExpired):
                ownership.process.wait(timeout=1)


@contextmanager
def _turn(data_dir: Path) -> Generator[Path]:
    """Our turn on `data_dir`, which is made if need be and yielded as an absolute path; errors are the operator's."""
    try:
        place = data_dir.resolve()
        with suppress(FileExistsError):
            place.mkdir(parents=True)
            # Another account (root's server) may have to pass through, nobody else may look.
            place.chmod(0o711 if os.geteuid() == 0 else 0o700)
        with locks.turn(place):
            yield place
    except locks.BusyError as error:
        raise EmbeddedPostgresError(f"another process has been starting or stopping {data_dir} for too long") from error
    except (OSError, psycopg.Error, subprocess.SubprocessError) as error:
        raise EmbeddedPostgresError(f"the embedded PostgreSQL in {data_dir} cannot be used: {error}") from error


@contextmanager
def _running_lock(data_dir: Path) -> Generator[int]:
    """The file that the server's processes lock; if we took the lock, they keep it, or it is free again."""
    lock = locks.open_lock(data_dir / "postgres.running")
    try:
        yield lock
    finally:
        os.close(lock)
