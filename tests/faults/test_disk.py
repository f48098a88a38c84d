"""Fault 6: the disk of the database is full."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import installation, until
from tests.faults.writing import must_all_be_there_once, writer

CHILDREN = "{ children(first: 2) { nodes { id familyName } } }"


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of half a gigabyte, in memory."""
    folder = Path(tempfile.mkdtemp(prefix="hub-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=520m,mode=0755", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a file system of its own can be mounted by root alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def test_the_disk_is_full(small_disk: Path) -> None:
    """Writes are refused as busy, and so is every read that cannot be recorded; the hub lives; when there is space
    again it goes on by itself, and nothing acknowledged is lost.
    """
    with installation(small_disk) as made:
        hub = made.hub(HUB_CLIENT_REQUESTS_PER_S="0")
        load = writer(made, hub)
        load.start()
        try:
            load.wait_for(20)
            filler = small_disk / "filler"
            _fill(filler)
            until(lambda: hub.ask(CHILDREN).status_code == 503, within_s=60)
            assert hub.get("/livez").status_code == 200
            assert hub.get("/schema.graphql").status_code == 200
            filler.unlink()
            until(lambda: hub.ask(CHILDREN).status_code == 200, within_s=60)
            load.wait_for(20)
        finally:
            load.stop()
        must_all_be_there_once(load, hub)
        assert "PANIC" not in (small_disk / "postgres.log").read_text(errors="replace")


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65_536)
        except OSError:
            os.fsync(file.fileno())
