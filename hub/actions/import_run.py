"""One import under way: look up whom a batch may be about, compare, write. Each step needs only the one before."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.actions import identity
from hub.actions.child_sources import Weighing
from hub.actions.import_changes import Changes
from hub.actions.import_identity import Chosen, Doubt, Known, Match, home_of
from hub.actions.import_person import Returned, keep_person, take_back
from hub.actions.import_report import ImportReport, Tally
from hub.actions.sen2_return import ImportProblem, Person, ReadPerson, ReturnHeader, Severity
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
    facts: Mapping[UUID, Mapping[str, list[Row]]]
    returned: Returned
    unchanged: Mapping[str, UUID]
    """Children of whom a case system says what it said the last time, by the hash of it."""


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
        people = [read.person for read in batch if read.person is not None]
        recorded = await kept.children_like(
            connection,
            self._owner_id,
            upns={each.upn for each in people if each.upn},
            names={(each.family_name, each.forename, each.date_of_birth) for each in people},
            homes={(each.date_of_birth, home_of(each.postcode)) for each in people if each.postcode},
            nhs_numbers={each.nhs_number for each in people if each.nhs_number},
            ids=self._chosen.ids if self._chosen else (),
        )
        keys = {each.key for each in people if each.key} | {read.gone for read in batch if read.gone}
        numbered, by_number = await self._by_number(keys)
        recorded += by_number
        children = {child["id"]: child for child in recorded} | self._unwritten
        free = [child_id for child_id in children if child_id not in self._claimed]
        settings = await kept.settings_by_urn(connection, _urns(people))
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
            await self._unchanged(batch),
        )

    async def _unchanged(self, batch: Sequence[ReadPerson]) -> dict[str, UUID]:
        hashes = {read.content_hash for read in batch if read.content_hash}
        if self._header.system is None or not hashes:
            return {}
        return await child_sources.told_before(self._tx.connection, self._owner_id, self._header.system, hashes)

    async def _by_number(self, keys: set[str]) -> tuple[dict[str, UUID], list[Row]]:
        """Of a case system's extract, the children by its numbers."""
        system = self._header.system
        if system is None or not keys:
            return {}, []
        return await kept.children_numbered(self._tx.connection, self._owner_id, system, keys)

    async def _weighing(self, facts: Mapping[UUID, Mapping[str, list[Row]]]) -> Weighing:
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
        for read in batch:
            if self._has_nothing_new(read, found) or self._is_gone(changes, read, found):
                continue
            match = self._who_is(read.person, found.known) if read.person is not None else None
            child = match.child if isinstance(match, Match) else None
            read = _without_number_of_another(read, child, found.known)
            if read.person is None or isinstance(match, Doubt):
                problems = (*read.problems, _doubted(read, match)) if isinstance(match, Doubt) else read.problems
                self._quarantine(changes, read, problems)
                continue
            child_id = changes.new_id() if child is None else child["id"]
            if isinstance(match, Match):
                self._linked[child_id] = match.why
            facts: Mapping[str, list[Row]] = {} if child is None else found.facts[child_id]
            now_is = keep_person(
                changes,
                read.person,
                child_id=child_id,
                current=child,
                facts=facts,
                returned=_with_hash(found.returned, read.content_hash),
            )
            found.known.became(now_is)
            children[child_id] = now_is
            self._accept(read)
        self._record(changes)
        self._unwritten = children
        return changes

    def _who_is(self, person: Person, known: Known) -> Match | Doubt | None:
        return known.who_is(person) if self._chosen is None else self._chosen.of(person, known)

    def _has_nothing_new(self, read: ReadPerson, found: Found) -> bool:
        """Whether the case system says of a child what it said the last time: it need not be compared."""
        child_id = found.unchanged.get(read.content_hash or "")
        if child_id is None or child_id in self._claimed:
            return False
        self._claimed.add(child_id)
        self._accept(read)
        return True

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

    async def finish(self, report: ImportReport, finished_at: datetime) -> None:
        """Record the run itself, that those who have been imported at last need quarantine no more, and who of the new
        may have been here before."""
        connection = self._tx.connection
        await identity.bring_forward(
            connection,
            self._owner_id,
            self._new,
            apart_from=self._claimed,
            new_id=self._tx.new_id,
            now=self._tx.now,
            today=self._tx.today,
        )
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
        """One event for each child that is new or changed: which columns, never what stands in them."""
        new, changed = changes.new_children, changes.changed_children()
        self._new += new if self._had_children else ()
        self.tally.new += len(new)
        self.tally.changed += len(changed)
        events = [self._event(changes, "child_added_by_return", child_id) for child_id in new]
        events += [
            self._event(changes, "child_changed_by_return", child_id, **self._changed(changes, child_id))
            for child_id in changed
        ]
        self._linked.clear()
        changes.added[tables.event] = events

    def _changed(self, changes: Changes, child_id: UUID) -> dict[str, Any]:
        """What changed; where the file is a new source of the child, by which rule it is known, on what evidence."""
        columns = sorted(changes.columns[child_id])
        why = self._linked.get(child_id)
        if why is None or tables.child_source.name not in columns:
            return {"columns": columns}
        return {"columns": columns, "linked_by": why.rule, "evidence": sorted(each.value for each in why.evidence)}

    def _event(self, changes: Changes, kind: str, child_id: UUID, **facts: Any) -> Row:
        caller = self._caller
        return {
            "id": changes.new_id(),
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


def _with_hash(returned: Returned, content_hash: str | None) -> Returned:
    return returned if content_hash is None else replace(returned, content_hash=content_hash)


def _urns(people: Iterable[Person]) -> set[str]:
    found: set[str] = set()
    for person in people:
        for request in person.requests:
            named = request.assessment.named_plan if request.assessment else None
            for plan in (named, request.active_plan):
                found.update(each.urn for each in (plan.placements if plan else ()) if each.urn)
    return found


def _without_number_of_another(read: ReadPerson, child: Row | None, known: Known) -> ReadPerson:
    """An NHS number that the authority holds for another child is left out, and told: somebody looks at both."""
    person = read.person
    if person is None or person.nhs_number is None:
        return read
    holder = known.with_nhs_number(person.nhs_number)
    if holder is None or (child is not None and holder["id"] == child["id"]):
        return read
    message = "another child of the authority has this NHS number: it was left out"
    problem = ImportProblem(read.place, read.line, "nhs-number-of-another", message, Severity.WARNING)
    person = replace(person, nhs_number=None, nhs_number_status=None)
    return replace(read, person=person, problems=(*read.problems, problem))


def _doubted(read: ReadPerson, doubt: Doubt) -> ImportProblem:
    return ImportProblem(read.place, read.line, *_DOUBTS[doubt])


_DOUBTS = {
    Doubt.AMBIGUOUS: (
        "identity-ambiguous",
        "which of the authority's children this is cannot be told from the names, dates and numbers given",
    ),
    Doubt.UPN_OF_ANOTHER: ("upn-of-another", "another child of the authority has this UPN"),
    Doubt.GONE: ("child-gone", "the child that was chosen is not among the authority's any more: choose again"),
}
