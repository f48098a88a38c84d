"""An import that is killed in the middle has applied nothing; the next one applies all."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from hub.bench.returns import sen2_return
from hub.db.place import WORKER_ROLE, as_role
from tests.extracts import EXAMPLES, ONE_ROW_A_CHILD

PERSONS = 1_200
UNDER_WAY = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL
AND pid <> pg_backend_pid()
"""
"""Transactions that have written something."""


@pytest.mark.parametrize("kind", ["sen2", "extract"])
def test_killed_in_the_middle_nothing_is_applied_and_then_all(owner_url: str, tmp_path: Path, kind: str) -> None:
    """The process is killed (SIGKILL) after it has written its first persons, and before it has read its last."""
    file = tmp_path / ("return.xml" if kind == "sen2" else "extract.csv")
    file.write_text("".join(sen2_return("990", PERSONS, date(2026, 1, 15)) if kind == "sen2" else extract()))
    with psycopg.connect(owner_url, autocommit=True) as db:
        db.execute("SET ROLE hub_worker")
        db.execute(
            "INSERT INTO organisation (id, name, kind, la_code) VALUES (%s, 'Westshire', 'LOCAL_AUTHORITY', '990')",
            (UUID(int=1),),
        )

        def count(table: str) -> int:
            found = db.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table))).fetchone()
            return found[0] if found else -1

        importing = _import(kind, owner_url, file, tmp_path)
        deadline = time.monotonic() + 60
        while not (found := db.execute(UNDER_WAY).fetchone()) or not found[0]:
            assert importing.poll() is None, "it had ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        importing.send_signal(signal.SIGKILL)
        assert importing.wait() == -signal.SIGKILL
        for table in ("child", "plan", "duty", "event", "source", "import_run"):
            assert count(table) == 0, table
        again = _import(kind, owner_url, file, tmp_path)
        assert again.wait(timeout=120) == 0
        assert (count("child"), count("import_run")) == (PERSONS, 1)


def extract() -> Iterator[str]:
    """A child a row."""
    yield ONE_ROW_A_CHILD.split("\n")[0] + "\n"
    for number in range(PERSONS):
        born = date(2010, 1, 1) + timedelta(days=number)
        yield f"C{number},,Open,Appleby,Zo {number},{born:%d/%m/%Y},Female,ZZ99 1AA,,01/03/2022,School,05/04/2022,"
        yield "Agreed,20/10/2022,Issue,01/11/2022,100001,14/10/2025,No change,Autism\n"


def _import(kind: str, owner_url: str, file: Path, folder: Path) -> "subprocess.Popen[bytes]":
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    environment |= {"HUB_DATABASE_URL": as_role(owner_url, WORKER_ROLE), "HUB_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "hub.cli", "import", kind, str(file), "--authority", "990"]
    if kind == "extract":
        command += ["--mapping", str(EXAMPLES / "one-row-a-child.yaml")]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
