"""The server's first process, the postmaster: started with the hub's settings, found again, asked for an answer."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from hub.db.embedded.home import Home
from hub.db.embedded.locks import wait_until
from hub.db.embedded.programs import OWNER, PORT, EmbeddedPostgresError, server_environment

DATABASE = "hub"

# Given on the command line, so that neither postgresql.conf nor ALTER SYSTEM undoes them.
_SETTINGS = {
    "cluster_name": "send-hub",
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "min_wal_size": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "ISO, YMD",
    # Personal data stays out of the log. PostgreSQL ranks LOG above ERROR: `log` leaves out the errors of statements,
    # whose messages quote values (invalid input syntax for type date: "…"); `terse` leaves out details ("Key (…)=(…)",
    # the statement that ran when a process crashed). Whoever sent the statement is told all of it.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
# Whatever autovacuum would do at a moment of its own, a test would find done or not done.
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}

_READY_WITHIN_S = 120  # recovery after a crash replays up to max_wal_size
_LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside at the next start


@dataclass(frozen=True, slots=True)
class Postmaster:
    """One run of a server: the postmaster's process id and its start, as the cluster's postmaster.pid gives them."""

    pid: int
    started: str


def launch(home: Home, log_path: Path, *, running: int, durable: bool) -> tuple[Postmaster, "subprocess.Popen[bytes]"]:
    """Start a server that holds the lock `running` as long as it lives; returns when the database answers."""
    logged_before = _set_aside_if_long(log_path)
    process = _spawn(home, log_path, running=running, durable=durable)
    try:
        if not wait_until(lambda: _is_decided(process, home.cluster), within_s=_READY_WITHIN_S):
            raise EmbeddedPostgresError(f"PostgreSQL was not ready after {_READY_WITHIN_S} s, see {log_path}")
        postmaster = read(home.cluster)
        if postmaster is None or process.poll() is not None:
            with log_path.open("rb") as log:
                log.seek(logged_before)
                told = log.read().decode(errors="replace").strip()
            raise EmbeddedPostgresError(f"PostgreSQL did not start: {told}")
        make_database(home.socket_dir)
    except BaseException:
        process.send_signal(signal.SIGQUIT)
        process.wait()
        raise
    return postmaster, process


def read(cluster: Path) -> Postmaster | None:
    """The run of a server that the cluster's pid file tells of: alive, or killed and then stale."""
    lines = _pid_file(cluster)
    if len(lines) < 3 or not lines[0].strip().isdigit():
        return None
    return Postmaster(int(lines[0]), lines[2].strip())


def answers(socket_dir: Path) -> bool:
    """Whether a server on `socket_dir` accepts connections; its database `hub` is there afterwards."""
    try:
        make_database(socket_dir)
    except psycopg.OperationalError:
        return False
    return True


def make_database(socket_dir: Path) -> None:
    """Create the database `hub` if the first start was killed before it did, or is under way."""
    with psycopg.connect(url(socket_dir, OWNER, "postgres"), autocommit=True, connect_timeout=10) as connection:
        known = connection.execute("select from pg_database where datname = %s", (DATABASE,)).fetchone()
        if known is None:
            connection.execute(f"create database {DATABASE}")


def url(socket_dir: Path, role: str, database: str) -> str:
    """A URL that libpq and SQLAlchemy read alike."""
    return f"postgresql://{quote(role, safe='')}@/{database}?host={quote(str(socket_dir))}&port={PORT}"


def _spawn(home: Home, log_path: Path, *, running: int, durable: bool) -> "subprocess.Popen[bytes]":
    directory = str(home.socket_dir).replace('"', '""')  # the setting is a list of quoted names
    settings = {**_SETTINGS, "unix_socket_directories": f'"{directory}"', **({} if durable else _NOT_DURABLE)}
    command = [str(home.binaries / "postgres"), "-D", str(home.cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    environment = server_environment()
    # The lock says that no process of the server is left, so a pid file is stale, though its number may be another
    # program's by now. PostgreSQL takes the process that this variable names for no rival, and still makes sure that
    # the cluster's shared memory is not in use.
    if stale := read(home.cluster):
        environment["PG_GRANDPARENT_PID"] = str(stale.pid)
    else:
        (home.cluster / "postmaster.pid").unlink(missing_ok=True)  # cut short: the machine went down as it was written
    log = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603 (our own words and paths, no shell)
            command,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=home.uid,
            group=home.uid,
            extra_groups=None if home.uid is None else [],
            pass_fds=[running],
            start_new_session=True,  # the terminal's Ctrl-C is for the hub, which then stops the server
        )
    finally:
        os.close(log)


def _is_decided(process: "subprocess.Popen[bytes]", cluster: Path) -> bool:
    """Whether the server has ended or says, in the eighth line of its pid file, that it is ready."""
    lines = _pid_file(cluster)
    ready = len(lines) > 7 and lines[7].strip() == "ready" and lines[0].strip() == str(process.pid)
    return ready or process.poll() is not None


def _pid_file(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _set_aside_if_long(log_path: Path) -> int:
    """The bytes that the log holds already."""
    size = log_path.stat().st_size if log_path.exists() else 0
    if size <= _LOG_LIMIT:
        return size
    log_path.replace(log_path.with_suffix(".log.1"))
    return 0
