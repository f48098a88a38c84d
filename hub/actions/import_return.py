"""Imports an authority's SEN2 return: all of its good persons in one transaction, the others into quarantine.

Importing a file again changes nothing and records nothing but the run. Two imports for one authority go one after the
other.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.actions.import_changes import Changes
from hub.actions.import_identity import Doubt, Known
from hub.actions.import_person import Returned, keep_person
from hub.actions.import_report import ImportReport, Tally
from hub.actions.sen2_return import ImportProblem, Person, ReadPerson, ReturnFile, ReturnHeader
from hub.actions.transaction import Payload, Transaction
from hub.audit import Event
from hub.db import import_return as kept
from hub.db import tables
from hub.db.import_return import Row
from hub.errors import forbidden, not_found
from hub.law.caller import Caller
from hub.law.vocabulary import OrganisationKind, Source

SCOPE = "record.import"
MEDIA_TYPE = "application/xml"


def check_may_import(caller: Caller | None, authority_la_code: str) -> None:
    """Raises `Problem` FORBIDDEN unless the caller is that authority, with the scope. None is the local operator."""
    if caller is None:
        return
    if not caller.has(SCOPE):
        raise forbidden(f"this needs the scope {SCOPE}, which the token does not carry", rule="scope-missing")
    own = caller.organisation_kind is OrganisationKind.LOCAL_AUTHORITY and caller.organisation_code == authority_la_code
    if not own:
        raise forbidden("an authority may import its own returns alone", rule="not-your-return")


async def import_return(
    tx: Transaction,
    caller: Caller | None,
    *,
    header: ReturnHeader,
    file: ReturnFile,
    batches: AsyncIterator[Sequence[ReadPerson]],
    clock: Callable[[], datetime],
) -> ImportReport:
    """Apply the return; answers what came of it. Raises `Problem` FORBIDDEN, or NOT_FOUND for an unknown authority."""
    check_may_import(caller, header.authority_la_code)
    owner_id = await kept.authority_of(tx.connection, header.authority_la_code)
    if owner_id is None:
        raise not_found("authority")
    if caller is not None and caller.organisation != owner_id:
        raise forbidden("an authority may import its own returns alone", rule="not-your-return")
    await kept.wait_in_line(tx.connection, owner_id)
    run = _Run(tx, caller, owner_id, header, await kept.quarantined(tx.connection, owner_id))
    latest = await kept.latest_reference_date(tx.connection, owner_id)
    run.older = latest is not None and header.reference_date < latest
    before = await kept.imported_before(tx.connection, owner_id, file.sha256)
    async for batch in batches:
        await run.apply(batch)
    if not before:
        await _keep_file(tx, owner_id, file)
    finished_at = clock()
    report = run.tally.report(
        name=file.name,
        sha256=file.sha256,
        authority_la_code=header.authority_la_code,
        year=header.year,
        reference_date=header.reference_date,
        started_at=tx.now,
        seconds=(finished_at - tx.now).total_seconds(),
        unchanged_file=before,
    )
    await run.finish(report, finished_at)
    return report


async def _keep_file(tx: Transaction, owner_id: UUID, file: ReturnFile) -> None:
    """Keep the file as it came; one too large to hold at once in numbered parts, in order."""
    part = 0
    for part, piece in enumerate(file.pieces(), start=1):
        whole = len(piece) == file.size
        await tx.keep(
            Payload(
                kind=Source.SEN2_RETURN,
                name=file.name if whole else f"{file.name} (part {part})",
                media_type=MEDIA_TYPE,
                sha256=file.sha256 if whole else hashlib.sha256(piece).hexdigest(),
                content=piece,
                owner_id=owner_id,
            )
        )


class _Run:
    """One import under way, batch by batch."""

    def __init__(
        self, tx: Transaction, caller: Caller | None, owner_id: UUID, header: ReturnHeader, quarantined: set[bytes]
    ) -> None:
        self.id = tx.new_id()
        self.tally = Tally()
        self.older = False
        self._tx = tx
        self._caller = caller
        self._owner_id = owner_id
        self._header = header
        self._quarantined = quarantined
        self._resolved: set[bytes] = set()
        self._claimed: set[UUID] = set()

    async def apply(self, batch: Sequence[ReadPerson]) -> None:
        """Find out who the persons are, gather what that changes, and write it."""
        connection = self._tx.connection
        people = [read.person for read in batch if read.person is not None]
        upns, births = {each.upn for each in people if each.upn}, {each.date_of_birth for each in people}
        children = await kept.children_like(connection, self._owner_id, upns=upns, births=births)
        known = Known(children, self._claimed)
        candidates = {child["id"] for person in people for child in known.like(person)}
        facts = await kept.facts_of(connection, self._owner_id, candidates)
        returned = Returned(
            self._header, self._tx.now, self._tx.today, await kept.settings_by_urn(connection, _urns(people))
        )
        changes = Changes(self._owner_id, self._tx.new_id, older=self.older)
        refused: list[tuple[ReadPerson, tuple[ImportProblem, ...]]] = []
        for read in batch:
            child = known.claim(read.person) if read.person is not None else None
            problems = (*read.problems, _ambiguous(read)) if isinstance(child, Doubt) else read.problems
            if read.person is None or isinstance(child, Doubt):
                refused.append((read, problems))
            else:
                child_id = self._tx.new_id() if child is None else child["id"]
                recorded = {} if child is None else facts[child_id]
                known.add(
                    keep_person(
                        changes, read.person, child_id=child_id, current=child, facts=recorded, returned=returned
                    )
                )
                self._note_if_resolved(read)
            self.tally.count(read, problems, refused=bool(refused) and refused[-1][0] is read)
        await changes.write(connection)
        await self._record(changes)
        await self._quarantine(refused)

    def _note_if_resolved(self, read: ReadPerson) -> None:
        if self._quarantined:
            content = hashlib.sha256(read.raw).digest()
            if content in self._quarantined:
                self._resolved.add(content)

    async def _record(self, changes: Changes) -> None:
        """One event for each child that is new or changed: which columns, never what stands in them."""
        changed = changes.changed_children()
        self.tally.new += len(changes.new_children)
        self.tally.changed += len(changed)
        rows = [self._event("child_added_by_return", child_id, {}) for child_id in changes.new_children]
        rows += [
            self._event("child_changed_by_return", child_id, {"columns": sorted(changes.columns[child_id])})
            for child_id in changed
        ]
        await kept.insert_rows(self._tx.connection, tables.event, rows)

    def _event(self, kind: str, child_id: UUID, facts: dict[str, Any]) -> Row:
        caller = self._caller
        return {
            "id": self._tx.new_id(),
            "recorded_at": self._tx.now,
            "kind": kind,
            "owner_id": self._owner_id,
            "child_id": child_id,
            "about_type": "Child",
            "about_id": child_id,
            "organisation_id": caller.organisation if caller else None,
            "client_id": caller.client_id if caller else None,
            "person": caller.person if caller else None,
            "token_id": caller.token_id if caller else None,
            "purpose": caller.purpose if caller else None,
            "facts": {"import_run": self.id, "year": self._header.year, **facts},
        }

    async def _quarantine(self, refused: Sequence[tuple[ReadPerson, tuple[ImportProblem, ...]]]) -> None:
        """Set the refused persons aside as they came, with their problems; one that waits there already stays."""
        rows: list[Row] = []
        for read, problems in refused:
            content = hashlib.sha256(read.raw).digest()
            if content not in self._quarantined:
                self._quarantined.add(content)
                rows.append(
                    {
                        "id": self._tx.new_id(),
                        "owner_id": self._owner_id,
                        "import_run_id": self.id,
                        "sender_id": self._caller.organisation if self._caller else None,
                        "kind": Source.SEN2_RETURN,
                        "place": read.place,
                        "problems": [asdict(problem) for problem in problems],
                        "content": read.raw,
                        "quarantined_at": self._tx.now,
                    }
                )
        await kept.insert_rows(self._tx.connection, tables.quarantined_item, rows)

    async def finish(self, report: ImportReport, finished_at: datetime) -> None:
        """Record the run itself, and that those who have been imported at last need quarantine no more."""
        connection = self._tx.connection
        await kept.resolve_quarantined(connection, self._owner_id, self._resolved, at=self._tx.now)
        await kept.insert_rows(
            connection,
            tables.import_run,
            [
                {
                    "owner_id": self._owner_id,
                    "id": self.id,
                    "kind": Source.SEN2_RETURN,
                    "sha256": report.sha256,
                    "reference_date": report.reference_date,
                    "started_at": self._tx.now,
                    "finished_at": finished_at,
                    "counts": report.counts,
                }
            ],
        )
        facts = {"sha256": report.sha256, "year": report.year, **report.counts}
        await self._tx.record(Event("return_imported", self._owner_id, "ImportRun", self.id, facts=facts))


def _urns(people: Iterable[Person]) -> set[str]:
    found: set[str] = set()
    for person in people:
        for request in person.requests:
            named = request.assessment.named_plan if request.assessment else None
            placements = (named.placements if named else ()) + (
                request.active_plan.placements if request.active_plan else ()
            )
            found.update(each.urn for each in placements if each.urn)
    return found


def _ambiguous(read: ReadPerson) -> ImportProblem:
    message = "which of the authority's children this is cannot be told from the names, dates and numbers given"
    return ImportProblem(read.place, read.line, "identity-ambiguous", message)
