"""The embedded PostgreSQL, with real servers: it starts, is shared, outlives what befalls processes, tells nobody."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from hub.db import embedded
from hub.db.embedded import EmbeddedPostgresError, EmbeddedServer, attach_or_start, erase, home, postmaster, programs
from hub.db.embedded.locks import wait_until

REPOSITORY = Path(__file__).parents[2]
AS_ROOT = os.geteuid() == 0

ANOTHER_HUB = """
import sys
from pathlib import Path
from hub.db.embedded import attach_or_start
with attach_or_start(Path(sys.argv[1]), durable=False) as server:
    print(server.owned, flush=True)
    sys.stdin.read()
"""


def start(data_dir: Path) -> EmbeddedServer:
    return embedded.start(data_dir, durable=False)


def ask(server: EmbeddedServer, question: str) -> object:
    """The first column of the first row."""
    with psycopg.connect(server.owner_url) as connection:
        row = connection.execute(question.encode()).fetchone()
        assert row is not None
        return row[0]


def tell(server: EmbeddedServer, statement: str) -> None:
    with psycopg.connect(server.owner_url) as connection:
        connection.execute(statement.encode())


def answers(server: EmbeddedServer) -> bool:
    try:
        return ask(server, "select 1") == 1
    except psycopg.OperationalError:
        return False


def cluster_of(data_dir: Path) -> Path:
    found = home.find(data_dir)
    assert found is not None
    return found.cluster


def pid_of(data_dir: Path) -> int:
    run = postmaster.read(cluster_of(data_dir))
    assert run is not None
    return run.pid


@contextmanager
def directory_that_all_accounts_reach() -> Generator[Path]:
    """Unlike those that pytest makes, which are closed to other accounts, as /root is."""
    directory = Path(tempfile.mkdtemp(prefix="hub-test-", dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def open_dir() -> Iterator[Path]:
    with directory_that_all_accounts_reach() as directory:
        yield directory


@pytest.fixture(scope="module")
def shared_dir() -> Iterator[Path]:
    """A data directory whose cluster was made by a first start, and stopped again."""
    with directory_that_all_accounts_reach() as directory:
        embedded.start(directory / "data").stop()
        subprocess.run(["cp", "-a", directory / "data", directory / "copy"], check=True)
        yield directory / "data"


@pytest.fixture
def data_dir(open_dir: Path, shared_dir: Path) -> Path:
    """A copy of one like it, for the tests that harm theirs: a copy is quicker than a first start."""
    subprocess.run(["cp", "-a", shared_dir.with_name("copy"), open_dir / "data"], check=True)
    return open_dir / "data"


@pytest.fixture(scope="module")
def server(shared_dir: Path) -> Iterator[EmbeddedServer]:
    """One server for the tests that only look."""
    with start(shared_dir) as server:
        yield server


@pytest.fixture
def another_hub() -> Iterator[Callable[[Path], "subprocess.Popen[str]"]]:
    """Run another process that attaches to or starts the server and keeps it until its standard input ends."""
    with ExitStack() as processes:

        def run(data_dir: Path) -> "subprocess.Popen[str]":
            process = subprocess.Popen(
                [sys.executable, "-c", ANOTHER_HUB, str(data_dir)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=REPOSITORY,
            )
            return processes.enter_context(process)

        yield run


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_database_speaks_utf8_and_checks_its_pages(server: EmbeddedServer) -> None:
    assert ask(server, "show server_encoding") == "UTF8"
    assert ask(server, "select datlocprovider::text || datlocale from pg_database where datname = 'hub'") == "bC.UTF-8"
    assert ask(server, "select lower('ÉŽ')") == "éž"
    assert ask(server, "show data_checksums") == "on"
    assert ask(server, "show timezone") == "UTC"
    assert ask(server, "select current_user || '/' || current_database()") == "hub_owner/hub"


def test_a_data_directory_that_all_accounts_reach_holds_the_cluster_and_can_move(data_dir: Path) -> None:
    with embedded.start(data_dir) as first:
        assert cluster_of(data_dir) == data_dir / "postgres" / "cluster"
        settings = ("fsync", "synchronous_commit", "full_page_writes")
        assert [ask(first, f"show {each}") for each in settings] == ["on"] * 3, "it is durable unless told otherwise"
    moved = data_dir.rename(data_dir.with_name("moved"))
    with start(moved) as second:
        assert cluster_of(moved) == moved / "postgres" / "cluster"
        assert ask(second, "show fsync") == "off"


@pytest.mark.skipif(not AS_ROOT, reason="only root's server runs under another account")
def test_a_cluster_that_root_cannot_share_lies_elsewhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No permission of a directory above changes; the log says where the files are."""
    data_dir = tmp_path / "data"
    before = [each.stat().st_mode for each in tmp_path.parents]
    with start(data_dir):
        cluster = cluster_of(data_dir)
        assert not cluster.is_relative_to(data_dir)
        assert str(cluster.parent) in caplog.text
        assert (cluster.stat().st_uid, stat.S_IMODE(cluster.stat().st_mode)) == (programs.SERVER_UID, 0o700)
    assert [each.stat().st_mode for each in tmp_path.parents] == before
    erase(data_dir)
    assert not cluster.parent.exists()


def test_the_copied_programs_run_on_their_own(tmp_path: Path) -> None:
    """For an account that cannot read the virtual environment."""
    own = programs.find_binaries(None, copies_in=tmp_path)
    programs.copy_binaries(own.parents[1], tmp_path / "copy")
    postgres = tmp_path / "copy" / own.relative_to(own.parents[2]) / "postgres"
    version = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True).stdout
    assert f" {programs.MAJOR}." in version
    linked = subprocess.run([postgres.with_name("initdb"), "--version"], env={}, check=False, capture_output=True)
    assert linked.returncode == 0


def test_what_was_stored_is_there_after_a_stop(data_dir: Path) -> None:
    with start(data_dir) as first:
        cluster = cluster_of(data_dir)
        tell(first, "create table kept as select 42 as answer")
    assert not answers(first)
    first.stop()
    (cluster / "postmaster.pid").touch()  # the machine went down as it was written: no hindrance
    with start(data_dir) as second:
        assert ask(second, "select answer from kept") == 42


def test_a_second_comer_attaches_and_leaves_it_running(server: EmbeddedServer, shared_dir: Path) -> None:
    with attach_or_start(shared_dir) as guest:
        assert not guest.owned
        assert answers(guest)
    assert answers(server)


def test_one_whose_owner_lives_cannot_be_adopted(server: EmbeddedServer, shared_dir: Path) -> None:
    with attach_or_start(shared_dir, adopt=True) as guest:
        assert not guest.owned
    assert answers(server)


@pytest.mark.usefixtures("server")
def test_a_running_one_is_neither_started_nor_erased(shared_dir: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="already running"):
        start(shared_dir)
    with pytest.raises(EmbeddedPostgresError, match="stop it first"):
        erase(shared_dir)


def test_of_processes_that_start_at_once_one_owns(
    open_dir: Path, another_hub: Callable[[Path], "subprocess.Popen[str]"]
) -> None:
    hubs = [another_hub(open_dir / "data") for _ in range(3)]
    assert sorted(first_line(each) for each in hubs) == ["False", "False", "True"]


def test_a_killed_server_starts_again_with_its_data(data_dir: Path) -> None:
    first = embedded.start(data_dir)
    tell(first, "create table kept as select 42 as answer")
    os.kill(pid_of(data_dir), signal.SIGKILL)
    with attach_or_start(data_dir, durable=False) as second:
        assert second.owned
        first.stop()  # its own is dead: this must not stop the one that runs now
        assert ask(second, "select answer from kept") == 42


def test_a_server_whose_owner_was_killed_is_adopted(
    data_dir: Path, another_hub: Callable[[Path], "subprocess.Popen[str]"]
) -> None:
    hub = another_hub(data_dir)
    assert first_line(hub) == "True"
    before = pid_of(data_dir)
    hub.kill()
    hub.wait()
    with attach_or_start(data_dir) as guest:
        assert not guest.owned
    with attach_or_start(data_dir, adopt=True) as heir:
        assert heir.owned
        assert pid_of(data_dir) == before
        assert answers(heir)
    assert not answers(heir)


def test_a_stale_process_id_that_another_program_has_got_is_no_hindrance(data_dir: Path) -> None:
    first = embedded.start(data_dir)
    tell(first, "create table kept as select 42 as answer")
    cluster = cluster_of(data_dir)
    os.kill(pid_of(data_dir), signal.SIGKILL)
    # Under the server's own account: that of others PostgreSQL would tell apart by itself.
    with subprocess.Popen(["sleep", "60"], user=cluster.stat().st_uid) as unrelated:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        (cluster / "postmaster.pid").write_text("\n".join([str(unrelated.pid), *lines[1:]]) + "\n")
        first.stop()
        with attach_or_start(data_dir, durable=False) as second:
            assert ask(second, "select answer from kept") == 42
        assert unrelated.poll() is None
        unrelated.kill()


def test_a_new_server_waits_for_the_last_process_of_a_killed_one(data_dir: Path) -> None:
    """A backend that outlives its postmaster may still write to the cluster."""
    first = start(data_dir)
    with psycopg.connect(first.owner_url) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        os.kill(pid_of(data_dir), signal.SIGKILL)
        came: list[EmbeddedServer] = []
        waiting = threading.Thread(target=lambda: came.append(attach_or_start(data_dir, durable=False)))
        waiting.start()
        waiting.join(timeout=0.5)
        assert not came
        os.kill(backend, signal.SIGCONT)
        waiting.join()
    with came[0] as second:
        first.stop()
        assert answers(second)


def test_a_long_path_has_its_socket_in_a_private_directory_elsewhere(data_dir: Path) -> None:
    data_dir = data_dir.rename(data_dir.with_name("x" * 120))
    with start(data_dir) as server:
        found = home.find(data_dir)
        assert found is not None
        assert not found.socket_dir.is_relative_to(data_dir)
        assert stat.S_IMODE(found.socket_dir.stat().st_mode) == 0o700
        assert answers(server)
        found.socket_dir.chmod(0o755)
        assert home.find(data_dir) is None, "a directory that others can enter is not believed"
        found.socket_dir.chmod(0o700)
    assert not found.socket_dir.exists()


def test_only_its_account_reaches_the_socket(server: EmbeddedServer, shared_dir: Path) -> None:
    found = home.find(shared_dir)
    assert found is not None
    assert stat.S_IMODE(found.socket_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((found.socket_dir / ".s.PGSQL.5432").stat().st_mode) == 0o700
    if AS_ROOT:
        found.socket_dir.chmod(0o755)  # the socket has a lock of its own
        connecting = f"import socket; socket.socket(socket.AF_UNIX).connect('{found.socket_dir}/.s.PGSQL.5432')"
        stranger = subprocess.run(["python3", "-c", connecting], user=65534, capture_output=True, text=True, cwd="/")
        found.socket_dir.chmod(0o700)
        assert "PermissionError" in stranger.stderr
    assert answers(server)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")
@pytest.mark.usefixtures("server")
def test_no_tcp_port_is_open(shared_dir: Path) -> None:
    lines = [
        line.split() for name in ("tcp", "tcp6", "udp") for line in Path("/proc/net", name).read_text().splitlines()
    ]
    inodes = {f"socket:[{line[9]}]" for line in lines}
    open_files = {os.readlink(each) for each in Path(f"/proc/{pid_of(shared_dir)}/fd").iterdir()}
    assert any(each.startswith("socket:") for each in open_files), "the Unix socket is among them"
    assert not open_files & inodes


@pytest.mark.usefixtures("server")
def test_the_terminals_interrupt_does_not_reach_the_server(shared_dir: Path) -> None:
    assert os.getsid(pid_of(shared_dir)) != os.getsid(0)


def test_the_log_holds_no_value_of_a_statement(server: EmbeddedServer, shared_dir: Path) -> None:
    tell(server, "create table child (name text primary key, born_on date check (born_on > '2000-01-01'))")
    failing = [
        ("insert into child values (%s, %s)", ("Zebedee", "Zebedee")),
        ("insert into child values (%s, '2010-01-01'), (%s, '2010-01-01')", ("Zebedee", "Zebedee")),
        ("insert into child values ('Zebedee', '1999-01-01')", ()),
        ("select 'Zebedee'::int", ()),
        ("do $$ begin raise warning 'Zebedee'; raise exception 'Zebedee'; end $$", ()),
    ]
    for statement, values in failing:
        with psycopg.connect(server.owner_url) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement.encode(), values)
    log = (shared_dir / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "Zebedee" not in log
    assert stat.S_IMODE((shared_dir / "postgres.log").stat().st_mode) == 0o600


def test_a_crash_does_not_log_the_statement_that_ran(server: EmbeddedServer, shared_dir: Path) -> None:
    with psycopg.connect(server.owner_url) as connection:
        timer = threading.Timer(0.2, os.kill, (connection.info.backend_pid, signal.SIGKILL))
        timer.start()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select pg_sleep(60), 'Zebedee'")
        timer.join()
    assert wait_until(lambda: answers(server), within_s=10), "it restarts by itself"
    log = (shared_dir / "postgres.log").read_text()
    assert "terminated by signal 9" in log
    assert "Zebedee" not in log


def test_the_operators_own_postgres_variables_do_not_matter(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "6000", "PGUSER": "else", "PGDATABASE": "else", "PGHOST": "else"}.items():
        monkeypatch.setenv(name, value)
    assert answers(server)


def test_another_major_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres.json").write_text(json.dumps({"major": 17, "home": "postgres", "socket_dir": None}))
    with pytest.raises(EmbeddedPostgresError, match=r"PostgreSQL 17 .* HUB_DATA_DIR.*HUB_DATABASE_URL"):
        attach_or_start(tmp_path)


def test_lost_files_are_not_silently_replaced_by_an_empty_database(tmp_path: Path) -> None:
    (tmp_path / "postgres.json").write_text(json.dumps({"major": 18, "home": "/nowhere", "socket_dir": None}))
    with pytest.raises(EmbeddedPostgresError, match="files of the database are gone"):
        attach_or_start(tmp_path)


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    with start(data_dir):
        cluster = cluster_of(data_dir)
    (cluster / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedPostgresError, match=r"(?s)did not start: .*pg_control"):
        start(data_dir)
