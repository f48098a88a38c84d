"""One person of a file that waited in quarantine is imported as a file of that one person would be."""

import hashlib
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from hub.actions.import_identity import Chosen
from hub.actions.import_return import check_may_import
from hub.actions.import_run import Run
from hub.actions.quarantine import StillRefused
from hub.actions.sen2_return import ImportProblem, Person, ReadPerson, ReturnHeader, Severity
from hub.actions.transaction import Transaction
from hub.db import import_runs
from hub.db.quarantine import Item
from hub.law.imports import needs_decision
from hub.law.vocabulary import Source


def header_of(tx: Transaction, item: Item, source: Source) -> ReturnHeader:
    """The header of the file that the item is a part of. Raises `StillRefused` where it is not known."""
    day = item.run and item.run.reference_date
    if item.run is None or day is None:
        message = "how the file was read that this is a part of is not on record: import the file again"
        raise StillRefused([{"place": item.place, "rule": "file-unknown", "message": message}])
    about = item.run.about
    return ReturnHeader(int(about.get("year", day.year)), day, tx.caller.organisation_code, source, about.get("system"))


async def replay_person(
    tx: Transaction, item: Item, *, header: ReturnHeader, read: ReadPerson, as_it_came: ReadPerson | None
) -> None:
    """Import the person; raises `StillRefused` with what is wrong.

    `as_it_came`: the same before it was mended. Of two who may be the same child a person decides: what came cannot.
    """
    check_may_import(tx.caller, header.authority_la_code)
    if needs_decision(item.rules) and not item.decided and not _tells_who(read, as_it_came):
        message = "say which of the authority's children this is, or that it is none of them"
        undecided = ImportProblem(read.place, read.line, "identity-ambiguous", message)
        raise StillRefused([asdict(each) for each in (*read.problems, undecided)])
    run = await _run(tx, item, header, read)
    await run.write(run.compare([read], await run.look_up([read])))
    report = run.tally.report(
        name=item.place,
        sha256=hashlib.sha256(read.raw).hexdigest(),
        authority_la_code=header.authority_la_code,
        year=header.year,
        title=header.title,
        reference_date=header.reference_date,
        started_at=tx.now,
        seconds=0.0,
        unchanged_file=False,
    )
    if report.refused:
        raise StillRefused([asdict(each) for each in report.problems if each.severity is Severity.REFUSED])
    await run.finish(replace(report, pairs=await run.bring_forward()), tx.now)


async def _run(tx: Transaction, item: Item, header: ReturnHeader, read: ReadPerson) -> Run:
    owner_id: UUID = item.owner_id
    latest = await import_runs.latest_reference_date(tx.connection, owner_id, header.source, header.system)
    about: dict[str, Any] = dict(item.run.about) if item.run else {}
    return Run(
        tx,
        tx.caller,
        owner_id,
        header,
        quarantined={hashlib.sha256(read.raw).hexdigest()},
        older=latest is not None and header.reference_date < latest,
        about=about | {"replayed": str(item.id)},
        chosen=Chosen(item.chosen_child_id) if item.decided else None,
    )


def _tells_who(read: ReadPerson, as_it_came: ReadPerson | None) -> bool:
    """Whether the mending said otherwise who the child is."""
    if as_it_came is None or as_it_came.person is None or read.person is None:
        return False
    return _who(read.person) != _who(as_it_came.person)


def _who(person: Person) -> tuple[object, ...]:
    return (person.upn, person.family_name, person.forename, person.date_of_birth, person.postcode)
