"""A file that was sent is imported by a process of its own. However that ends, all of it is applied or nothing."""

import asyncio
import hashlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hub.actions import received_files
from hub.actions.received_files import SentFile
from hub.actions.transaction import Transactions
from hub.bench.returns import sen2_return
from hub.db.place import WORKER_ROLE, as_role
from hub.errors import Kind, Problem
from hub.law.imports import ImportStatus
from hub.law.vocabulary import Source
from hub.receiving import import_apart, resume_imports
from tests.conftest import NOW
from tests.db.test_import_return import CALLER, make_bodies, rows

PERSONS = 700
CHILDREN = "SELECT id FROM child"
UNDER_WAY = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL "
    "AND pid <> pg_backend_pid()"
)
"""Transactions that have written something."""


@pytest.fixture(autouse=True)
async def _settings(owner_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that a process started here finds."""
    for each in [each for each in os.environ if each.startswith("HUB_")]:
        monkeypatch.delenv(each)
    monkeypatch.setenv("HUB_DATABASE_URL", as_role(owner_url, WORKER_ROLE))
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))


@pytest.fixture
async def file(transactions: Transactions) -> UUID:
    """A return that an authority has sent, and that waits."""
    await make_bodies(transactions)
    content = "".join(sen2_return("990", PERSONS, date(2026, 1, 15))).encode()
    digest = hashlib.sha256(content).hexdigest()
    async with transactions.begin(CALLER) as tx:
        sent = SentFile(
            Source.SEN2_RETURN, "return.xml", "application/xml", digest, len(content), io.BytesIO(content), {}
        )
        return (await received_files.receive(tx, sent))[0].id


async def _status(transactions: Transactions, file: UUID) -> tuple[ImportStatus, Any]:
    async with transactions.begin(CALLER) as tx:
        found = await received_files.state(tx, file)
    return found.status, found.outcome


def _children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "ppid,pid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
    return [int(own) for parent, own, words in rows if int(parent) == pid and "import received" in words]


async def _within(seconds: float, found: Callable[[], Awaitable[Any]]) -> Any:
    """What is found, as soon as it is there: nobody tells when that is."""
    async with asyncio.timeout(seconds):
        while not (there := await found()):  # noqa: ASYNC110  (in another process)
            await asyncio.sleep(0.02)
        return there


async def _in_the_middle(transactions: Transactions, parent: int) -> int:
    """The process that imports for this one, once it has written something."""
    (process,) = await _within(30, lambda: asyncio.to_thread(_children_of, parent))
    await _within(60, lambda: rows(transactions, UNDER_WAY))
    return process


def _is_gone(pid: int) -> bool:
    stands = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return not stands.strip() or stands.startswith("Z")


async def test_it_is_applied_and_settled_and_stands_back(transactions: Transactions, file: UUID) -> None:
    importing = asyncio.create_task(import_apart(transactions, file))
    process = await _in_the_middle(transactions, os.getpid())
    if sys.platform == "linux":
        assert os.sched_getscheduler(process) == os.SCHED_IDLE
        assert os.sched_getscheduler(0) != os.SCHED_IDLE, "this process goes on as it was"
    assert await importing is ImportStatus.APPLIED
    status, outcome = await _status(transactions, file)
    assert (status, outcome["read"], outcome["new"]) == (ImportStatus.APPLIED, PERSONS, PERSONS)
    assert len(await rows(transactions, CHILDREN)) == PERSONS
    (run,) = await rows(transactions, "SELECT client_id FROM event WHERE kind = 'return_imported'")
    assert run["client_id"] == CALLER.client_id, "it is the sender's doing, whichever process did it"
    assert await import_apart(transactions, file) is ImportStatus.APPLIED
    assert len(await rows(transactions, "SELECT id FROM import_run")) == 1


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
async def test_killed_in_the_middle_nothing_is_applied_and_the_job_is_tried_again(
    transactions: Transactions, file: UUID, by: signal.Signals
) -> None:
    importing = asyncio.create_task(import_apart(transactions, file))
    os.kill(await _in_the_middle(transactions, os.getpid()), by)
    with pytest.raises(Problem) as ended:
        await importing
    assert ended.value.kind is Kind.BUSY, "by which the queue tries it again"
    assert await rows(transactions, CHILDREN) == []
    assert await _status(transactions, file) == (ImportStatus.WAITING, None)
    assert await import_apart(transactions, file) is ImportStatus.APPLIED
    assert len(await rows(transactions, CHILDREN)) == PERSONS


async def test_an_import_that_is_killed_whenever_it_is_tried_is_given_up_after_a_day(
    transactions: Transactions, file: UUID
) -> None:
    """Its sender is told, and nothing of it is lost: what was sent is kept."""
    later = Transactions(
        transactions.database, clock=lambda: NOW + timedelta(days=1, hours=1), new_id=transactions.new_id
    )
    importing = asyncio.create_task(import_apart(later, file))
    os.kill(await _in_the_middle(transactions, os.getpid()), signal.SIGKILL)
    assert await importing is ImportStatus.FAILED
    assert await rows(transactions, CHILDREN) == []
    status, outcome = await _status(transactions, file)
    assert (status, outcome["problem"]["rule"]) == (ImportStatus.FAILED, "fault-of-the-hub")
    assert await resume_imports(later) == 0


async def test_when_the_worker_stops_so_does_the_import(transactions: Transactions, file: UUID) -> None:
    """The queue cancels what has not ended within its half minute."""
    importing = asyncio.create_task(import_apart(transactions, file))
    process = await _in_the_middle(transactions, os.getpid())
    importing.cancel()
    with suppress(asyncio.CancelledError):
        await importing
    assert _is_gone(process)
    assert (await rows(transactions, CHILDREN), (await _status(transactions, file))[0]) == ([], ImportStatus.WAITING)


async def test_when_the_worker_is_killed_so_is_the_import_and_another_does_it(
    transactions: Transactions, file: UUID
) -> None:
    """A worker that runs, and takes the job of the file that was sent."""
    worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "hub.cli", "worker")
    try:
        process = await _in_the_middle(transactions, worker.pid)
    finally:
        worker.kill()
        await worker.wait()
    await _within(20, lambda: asyncio.to_thread(_is_gone, process))
    assert await rows(transactions, CHILDREN) == []
    later = Transactions(transactions.database, clock=lambda: NOW + timedelta(hours=1), new_id=transactions.new_id)
    assert await resume_imports(later) == 1
    assert (await _status(transactions, file))[0] is ImportStatus.APPLIED
    assert len(await rows(transactions, CHILDREN)) == PERSONS


async def test_a_file_refused_whole_is_settled_too(transactions: Transactions, file: UUID) -> None:
    """By the process of its own, with the reason."""
    async with transactions.begin(CALLER) as tx:
        content = b"<Message><Header/></Message>"
        sent = SentFile(Source.SEN2_RETURN, "x.xml", "text/xml", "0" * 64, len(content), io.BytesIO(content), {})
        other, _ = await received_files.receive(tx, sent)
    assert await import_apart(transactions, other.id) is ImportStatus.REFUSED
    assert (await _status(transactions, other.id))[1]["problem"]["rule"] == "not-sen2"
