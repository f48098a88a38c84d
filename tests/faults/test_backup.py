"""What the README says of backups, done: a dump restored beside, and a cluster brought back to a point in time."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from hub.db.embedded import programs
from hub.db.embedded.home import find
from tests.faults.installation import Hub, Installation, installation, is_ready, until
from tests.faults.writing import Writer, must_all_be_there_once, writer

RESTORED = "restored"


@pytest.fixture
def running() -> Iterator[tuple[Installation, Hub]]:
    with installation() as made:
        yield made, made.hub(HUB_CLIENT_REQUESTS_PER_S="0")


def tool(made: Installation, name: str, *arguments: str) -> None:
    """One of PostgreSQL's programs, as an operator calls it; it must end well."""
    path = programs.find_binaries(None, copies_in=made.folder) / name
    done = subprocess.run([str(path), *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def kept_checkpoint(made: Installation) -> Path:
    """The head of the audit log, as somebody outside keeps it."""
    said = made.command("audit", "checkpoint")
    assert said.returncode == 0, said.stderr
    kept = made.folder / "checkpoint.txt"
    kept.write_text(said.stdout)
    return kept


def archive_all(made: Installation) -> None:
    """Close the log's segment, and wait until it is in the archive: a server that is stopped before does not put it
    there, and recovery then ends before the moment that it is to reach.
    """
    with psycopg.connect(made.owner_url, autocommit=True) as connection:
        closed = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert closed is not None
        archived = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"
        until(lambda: (connection.execute(archived, closed).fetchone() or (None,))[0], within_s=60)


@contextmanager
def writing(load: Writer) -> Iterator[None]:
    load.start()
    try:
        yield
    finally:
        load.stop()


def test_a_dump_is_restored_beside(running: tuple[Installation, Hub]) -> None:
    """Made under load, it holds all that was acknowledged before; the restored log verifies, and a hub goes on."""
    made, hub = running
    load = writer(made, hub)
    with writing(load):
        load.wait_for(50)
        checkpoint, before = kept_checkpoint(made), replace(load, acknowledged=dict(load.acknowledged))
        dump, owner = made.folder / "hub.dump", made.owner_url
        tool(made, "pg_dump", "--format=custom", f"--file={dump}", owner)
        load.wait_for(20)
    elsewhere = make_url(owner).set(database=RESTORED).render_as_string(hide_password=False)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {RESTORED}")
    tool(made, "pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={elsewhere}", str(dump))

    there = made.at(RESTORED)
    migrated = there.command("migrate")
    assert migrated.returncode == 0, migrated.stderr
    verified = there.command("audit", "verify", "--checkpoint", str(checkpoint))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "1 checkpoints kept outside agree" in verified.stdout
    late = there.hub()
    must_all_be_there_once(before, late)
    asked, known = next(iter(before.acknowledged.items()))
    assert before.once_more(late, asked) == known


def test_a_cluster_comes_back_to_a_point_in_time(running: tuple[Installation, Hub]) -> None:
    """From a base backup and the log that was archived since: all that was acknowledged before, nothing of after."""
    made, hub = running
    place = find(made.folder)
    assert place is not None
    account = place.cluster.stat()
    archive, base = place.cluster.with_name("archive"), made.folder / "base"
    archive.mkdir()
    os.chown(archive, account.st_uid, account.st_gid)
    with psycopg.connect(made.owner_url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET archive_mode = on")
        connection.execute(f"ALTER SYSTEM SET archive_command = 'cp %p {archive}/%f'")
    made.stop_postgres()
    made.start_postgres()
    until(lambda: is_ready(hub), within_s=60)
    before, later = writer(made, hub), writer(made, hub)
    with writing(before):
        before.wait_for(20)
        tool(made, "pg_basebackup", f"--pgdata={base}", "--checkpoint=fast", f"--dbname={made.owner_url}")
        before.wait_for(20)
    checkpoint = kept_checkpoint(made)
    with psycopg.connect(made.owner_url, autocommit=True) as connection:
        moment = connection.execute("SELECT clock_timestamp()").fetchone()
    assert moment is not None
    with writing(later):
        later.wait_for(20)
    archive_all(made)
    made.stop_postgres()

    shutil.rmtree(place.cluster)
    shutil.move(base, place.cluster)
    (place.cluster / "recovery.signal").touch()
    with (place.cluster / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {archive}/%f %p'\n")
        settings.write(f"recovery_target_time = '{moment[0].isoformat()}'\nrecovery_target_action = 'promote'\n")
    for each in (place.cluster, *place.cluster.rglob("*")):
        os.chown(each, account.st_uid, account.st_gid)
    made.start_postgres()

    until(lambda: is_ready(hub), within_s=120)
    must_all_be_there_once(before, hub)
    found = hub.read("{ cooperationRequests(first: 100) { nodes { asked } } }")["cooperationRequests"]["nodes"]
    assert not later.acknowledged.keys() & {each["asked"] for each in found}
    verified = made.command("audit", "verify", "--checkpoint", str(checkpoint))
    assert verified.returncode == 0, verified.stdout + verified.stderr
