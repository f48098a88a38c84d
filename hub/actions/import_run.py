"""One import under way: look up whom a batch may be about, compare, write. Each step needs only the one before."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.actions import identity
from hub.actions.child_sources import Weighing
from hub.actions.import_changes import Changes
from hub.actions.import_events import Said, event_rows
from hub.actions.import_hashes import content_hash, urns
from hub.actions.import_identity import Chosen, Doubt, Known, Match, doubted, home_of, without_number_of_another
from hub.actions.import_person import keep_person, take_back
from hub.actions.import_record import Facts, Record, Returned
from hub.actions.import_report import ImportReport, Tally
from hub.actions.sen2_return import ImportProblem, Person, ReadPerson, ReturnHeader
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import child_sources, import_runs, tables
from hub.db import import_return as kept
from hub.db.identity import has_children
from hub.db.import_return import Row
from hub.db.quarantine import KeptAside
from hub.law.caller import Caller
from hub.law.identity import Linked
from hub.law.imports import QuarantineForm
from hub.law.precedence import Order
from hub.law.vocabulary import Source

FORMS = {Source.SEN2_RETURN: QuarantineForm.SEN2_PERSON, Source.EXTRACT: QuarantineForm.EXTRACT_ROWS}


@dataclass(frozen=True, slots=True)
class Found:
    """What was recorded, before the batch, of the children its persons may be."""

    known: Known
    facts: Mapping[UUID, Facts]
    returned: Returned
    hashes: Sequence[str | None]
    """What each person of the batch hashes to."""
    same: Mapping[int, UUID]
    """The children of whom the source says what it said the last time, by the person's position in the batch."""


class Run:
    """The state of one import. `older`: a later return of this authority has been imported before. `about`: how the
    file was read. `chosen`: a person has said who its one person is.
    """

    def __init__(
        self,
        tx: Transaction,
        caller: Caller | None,
        owner_id: UUID,
        header: ReturnHeader,
        *,
        quarantined: set[str],
        older: bool,
        about: Mapping[str, Any],
        chosen: Chosen | None = None,
    ) -> None:
        self.id = tx.new_id()
        self.tally = Tally()
        self._tx = tx
        self._caller = caller
        self._owner_id = owner_id
        self._header = header
        self._older = older
        self._quarantined = quarantined
        self._about = about
        self._chosen = chosen
        self._resolved: set[str] = set()
        self._claimed: set[UUID] = set()
        self._unwritten: dict[UUID, Row] = {}
        self._written = 0
        self._had_children: bool | None = None
        self._new: list[UUID] = []
        self._order: Order | None = None
        self._linked: dict[UUID, Linked] = {}

    async def look_up(self, batch: Sequence[ReadPerson]) -> Found:
        """The children that the persons may be: as recorded, or as the batch that waits to be written has them."""
        connection = self._tx.connection
        if self._had_children is None:
            self._had_children = await has_children(connection, self._owner_id)
        settings = await kept.settings_by_urn(connection, urns(read.person for read in batch))
        hashes = [content_hash(read, self._header, settings) for read in batch]
        same = await self._same(hashes)
        others = [read for position, read in enumerate(batch) if position not in same]
        people = [read.person for read in others if read.person is not None]
        recorded = await kept.children_like(
            connection,
            self._owner_id,
            upns={each.upn for each in people if each.upn},
            names={(each.family_name, each.forename, each.date_of_birth) for each in people},
            homes={(each.date_of_birth, home_of(each.postcode)) for each in people if each.postcode},
            nhs_numbers={each.nhs_number for each in people if each.nhs_number},
            ids=self._chosen.ids if self._chosen else (),
        )
        keys = {each.key for each in people if each.key} | {read.gone for read in others if read.gone}
        numbered, by_number = await self._by_number(keys)
        recorded += by_number
        children = {child["id"]: child for child in recorded} | self._unwritten
        free = [child_id for child_id in children if child_id not in self._claimed]
        facts = await kept.facts_of(connection, self._owner_id, free)
        return Found(
            Known(
                children.values(),
                self._claimed,
                system=self._header.system,
                numbered=numbered,
                today=self._tx.today,
            ),
            facts,
            Returned(self._header, self._tx.now, self._tx.today, settings, await self._weighing(facts)),
            hashes,
            same,
        )

    async def _same(self, hashes: Sequence[str | None]) -> dict[int, UUID]:
        """The persons of whom nothing new is said, who need not be compared: each is one child's, as it was before."""
        said = {each for each in hashes if each is not None}
        if not said or not self._had_children or self._chosen is not None:
            return {}
        header = self._header
        told = await child_sources.told_before(self._tx.connection, self._owner_id, header.source, header.system, said)
        same: dict[int, UUID] = {}
        for position, each in enumerate(hashes):
            child_id = None if each is None else told.get(each)
            if child_id is not None and child_id not in self._claimed:
                self._claimed.add(child_id)
                same[position] = child_id
        return same

    async def _by_number(self, keys: set[str]) -> tuple[dict[str, UUID], list[Row]]:
        """Of a case system's extract, the children by its numbers."""
        system = self._header.system
        if system is None or not keys:
            return {}, []
        return await kept.children_numbered(self._tx.connection, self._owner_id, system, keys)

    async def _weighing(self, facts: Mapping[UUID, Facts]) -> Weighing:
        connection = self._tx.connection
        if self._order is None:
            self._order = await child_sources.order_of(connection, self._owner_id)
        told = (row for each in facts.values() for row in each["child_source"])
        codes = await child_sources.codes_of(connection, {row["said_by_id"] for row in told if row["said_by_id"]})
        return Weighing(self._order, codes, self._tx.today)

    def compare(self, batch: Sequence[ReadPerson], found: Found) -> Changes:
        """Decide who each person is, and gather what that changes. Does not touch the database."""
        changes = Changes(self._owner_id, self._tx.new_id(), older=self._older)
        children: dict[UUID, Row] = {}
        for position, read in enumerate(batch):
            if position in found.same:
                self._accept(read)
                continue
            if self._is_gone(changes, read, found):
                continue
            match = self._who_is(read.person, found.known) if read.person is not None else None
            child = match.child if isinstance(match, Match) else None
            read = without_number_of_another(read, child, found.known)
            if read.person is None or isinstance(match, Doubt):
                problems = (*read.problems, doubted(read, match)) if isinstance(match, Doubt) else read.problems
                self._quarantine(changes, read, problems)
                continue
            child_id = changes.new_id() if child is None else child["id"]
            if isinstance(match, Match):
                self._linked[child_id] = match.why
            record = Record(child_id) if child is None else Record(child_id, child, found.facts[child_id])
            said_so = found.hashes[position]
            now_is = keep_person(changes, read.person, record, found.returned, content_hash=said_so)
            found.known.became(now_is)
            children[child_id] = now_is
            self._accept(read)
        self._record(changes)
        self._unwritten = children
        return changes

    def _who_is(self, person: Person, known: Known) -> Match | Doubt | None:
        return known.who_is(person) if self._chosen is None else self._chosen.of(person, known)

    def _is_gone(self, changes: Changes, read: ReadPerson, found: Found) -> bool:
        """Whether the case system says that it has deleted the child, where it is known; that is then kept."""
        if read.gone is None:
            return False
        child = found.known.numbered(read.gone)
        if child is not None and child["id"] not in self._claimed:
            self._claimed.add(child["id"])
            take_back(changes, child, found.facts[child["id"]], found.returned, system_number=read.gone)
        self._accept(read)
        return True

    async def write(self, changes: Changes) -> None:
        """Write what a batch changes."""
        await changes.write(self._tx.connection)
        self._written += 1
        if self._written.bit_count() == 1:  # after 1, 2, 4, 8 ... batches
            await kept.plan_afresh(self._tx.connection)

    async def transactions_done(self) -> int:
        """How many transactions anybody has done so far: this import is one, and not done yet."""
        return await import_runs.transactions_done(self._tx.connection)

    async def bring_forward(self) -> int:
        """Bring forward who of the new may have been here before; how many pairs."""
        return await identity.bring_forward(
            self._tx.connection,
            self._owner_id,
            self._new,
            apart_from=self._claimed,
            new_id=self._tx.new_id,
            now=self._tx.now,
            today=self._tx.today,
        )

    async def finish(self, report: ImportReport, finished_at: datetime) -> None:
        """Record the run itself, and that those who have been imported at last need quarantine no more."""
        connection = self._tx.connection
        await import_runs.resolve_quarantined(
            connection, self._owner_id, self._header.source, self._resolved, at=self._tx.now
        )
        run = {
            "owner_id": self._owner_id,
            "id": self.id,
            "kind": self._header.source,
            "sha256": report.sha256,
            "reference_date": report.reference_date,
            "system": self._header.system,
            "started_at": self._tx.now,
            "finished_at": finished_at,
            "counts": report.counts,
            "about": {"year": self._header.year, "system": self._header.system, **self._about},
        }
        await kept.insert_rows(connection, {tables.import_run: [run]})
        facts = {"sha256": report.sha256, "year": report.year, **report.counts}
        await self._tx.record(Event("return_imported", self._owner_id, "ImportRun", self.id, facts=facts))

    def _accept(self, read: ReadPerson) -> None:
        self.tally.count(read, read.problems, refused=False)
        if self._quarantined and (content := hashlib.sha256(read.raw).hexdigest()) in self._quarantined:
            self._resolved.add(content)

    def _quarantine(self, changes: Changes, read: ReadPerson, problems: tuple[ImportProblem, ...]) -> None:
        """Set the person aside as it came, with its problems; one that waits there already stays as it is."""
        self.tally.count(read, problems, refused=True)
        form = FORMS[self._header.source]
        item = KeptAside(
            owner_id=self._owner_id,
            kind=self._header.source,
            form=form,
            place=read.place,
            problems=[asdict(problem) for problem in problems],
            content=read.raw,
            import_run_id=self.id,
            sender_id=self._caller.organisation if self._caller else None,
            client_id=self._caller.client_id if self._caller else None,
        )
        if item.sha256 in self._quarantined:
            return
        self._quarantined.add(item.sha256)
        changes.added[tables.quarantined_item].append(item.row(changes.new_id(), self._tx.now))

    def _record(self, changes: Changes) -> None:
        """Count the children that are new or changed; there is an event for each."""
        new, changed = changes.new_children, changes.changed_children()
        self._new += new if self._had_children else ()
        self.tally.new += len(new)
        self.tally.changed += len(changed)
        said_by = Said(self.id, self._header.year, self._tx.now, self._caller)
        changes.added[tables.event] = event_rows(changes, said_by, self._linked)
        self._linked.clear()
