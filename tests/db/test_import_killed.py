"""An import that is killed in the middle has applied nothing; the next one applies all."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier

from hub.bench.returns import sen2_return
from hub.db.place import WORKER_ROLE, as_role

PERSONS = 1_200
UNDER_WAY = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL
AND pid <> pg_backend_pid()
"""
"""Transactions that have written something."""


def test_killed_in_the_middle_nothing_is_applied_and_then_all(owner_url: str, tmp_path: Path) -> None:
    """The process is killed (SIGKILL) after it has written its first persons, and before it has read its last."""
    file = tmp_path / "return.xml"
    file.write_text("".join(sen2_return("990", PERSONS, date(2026, 1, 15))))
    with psycopg.connect(owner_url, autocommit=True) as db:
        db.execute("SET ROLE hub_worker")
        db.execute(
            "INSERT INTO organisation (id, name, kind, la_code) VALUES (%s, 'Westshire', 'LOCAL_AUTHORITY', '990')",
            (UUID(int=1),),
        )

        def count(table: str) -> int:
            found = db.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table))).fetchone()
            return found[0] if found else -1

        importing = _import(owner_url, file, tmp_path)
        deadline = time.monotonic() + 60
        while not (found := db.execute(UNDER_WAY).fetchone()) or not found[0]:
            assert importing.poll() is None, "it had ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        importing.send_signal(signal.SIGKILL)
        assert importing.wait() == -signal.SIGKILL
        for table in ("child", "plan", "duty", "event", "source", "import_run"):
            assert count(table) == 0, table
        again = _import(owner_url, file, tmp_path)
        assert again.wait(timeout=120) == 0
        assert (count("child"), count("import_run")) == (PERSONS, 1)


def _import(owner_url: str, file: Path, folder: Path) -> "subprocess.Popen[bytes]":
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    environment |= {"HUB_DATABASE_URL": as_role(owner_url, WORKER_ROLE), "HUB_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "hub.cli", "import", "sen2", str(file), "--authority", "990"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
