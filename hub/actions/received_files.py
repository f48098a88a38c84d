"""Files that bodies send over HTTP: received and kept at once, imported by a job, and answered for by a status.

The same file sent again, to be read the same way, is the same: it is not received twice.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from hub import jobs
from hub.actions.import_report import ImportReport
from hub.actions.transaction import Payload, Transaction
from hub.audit import Event
from hub.db import received
from hub.db.received import ReceivedFile
from hub.errors import Kind, Problem
from hub.law.imports import ImportStatus
from hub.law.vocabulary import Source

SCOPE = "record.import"

PIECE = 8 * 1024 * 1024
"""The most bytes of a file that are kept as one row."""

PROBLEMS_SHOWN = 500
"""The most problems that a file's status lists; the counts are of all of them."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent. `about` says how it is to be read; `content` stands at its beginning."""

    kind: Source
    name: str
    media_type: str
    sha256: str
    size: int
    content: BinaryIO
    about: Mapping[str, str]

    @property
    def key(self) -> str:
        """The hash by which the same file, read the same way, is known again."""
        return hashlib.sha256(f"{self.sha256} {json.dumps(dict(self.about), sort_keys=True)}".encode()).hexdigest()

    def pieces(self) -> Iterator[bytes]:
        while piece := self.content.read(PIECE):
            yield piece


async def receive(tx: Transaction, file: SentFile) -> tuple[ReceivedFile, bool]:
    """Keep the file and enqueue its import; the file as it stands, and whether it is new.

    Raises `Problem` FORBIDDEN without the scope.
    """
    tx.must_have(SCOPE)
    owner = tx.caller.organisation
    before = await received.known(tx.connection, owner, file.kind, file.key)
    if before is not None:
        return before, False
    kept = ReceivedFile(
        owner_id=owner,
        id=tx.new_id(),
        kind=file.kind,
        key=file.key,
        about=file.about,
        name=file.name,
        media_type=file.media_type,
        sha256=file.sha256,
        size=file.size,
        source_ids=[await _keep(tx, file, number, piece) for number, piece in enumerate(file.pieces(), start=1)],
        client_id=tx.caller.client_id,
        person=tx.caller.person,
        token_id=tx.caller.token_id,
        purpose=tx.caller.purpose,
        received_at=tx.now,
    )
    if not await received.add(tx.connection, kept):
        raise Problem(Kind.BUSY, "the same file is being received: ask again", rule="try-again")
    facts = {"kind": file.kind, "sha256": file.sha256, "size": file.size}
    await tx.record(Event("file_received", owner, "ReceivedFile", kept.id, facts=facts))
    await tx.enqueue(jobs.Job(jobs.IMPORT_FILE, {"file": str(kept.id)}))
    return kept, True


async def _keep(tx: Transaction, file: SentFile, number: int, piece: bytes) -> UUID:
    whole = len(piece) == file.size
    return await tx.keep(
        Payload(
            kind=file.kind,
            name=file.name if whole else f"{file.name} (part {number})",
            media_type=file.media_type,
            sha256=file.sha256 if whole else hashlib.sha256(piece).hexdigest(),
            content=piece,
            owner_id=tx.caller.organisation,
        )
    )


async def state(tx: Transaction, file_id: UUID) -> ReceivedFile:
    """What has come of the body's own file. Raises `Problem` FORBIDDEN without the scope; NOT_FOUND for any other."""
    tx.must_have(SCOPE)
    file = await received.of_id(tx.connection, file_id)
    if file is None or file.owner_id != tx.caller.organisation:
        raise Problem(Kind.NOT_FOUND, "there is no such file", rule="not-found")
    return file


async def settle(tx: Transaction, file_id: UUID, report: ImportReport) -> None:
    """The file has been imported in this transaction. Raises `Problem` CONFLICT when another has done it already."""
    status = ImportStatus.APPLIED_IN_PART if report.refused else ImportStatus.APPLIED
    if not await received.settle(tx.connection, file_id, status, report.as_values(PROBLEMS_SHOWN), tx.now):
        raise Problem(Kind.CONFLICT, "this file has been imported already", rule="imported-already")


async def give_up(tx: Transaction, file_id: UUID, problem: Problem | None) -> None:
    """The file has been refused whole by the problem; None: it failed by a fault of the hub's own."""
    status = ImportStatus.FAILED if problem is None else ImportStatus.REFUSED
    said: dict[str, Any] = {"rule": "fault-of-the-hub", "message": "the hub could not import this file"}
    if problem is not None:
        said = {"rule": problem.rule, "message": problem.message, "path": list(problem.path)}
    await received.settle(tx.connection, file_id, status, {"problem": said}, tx.now)
