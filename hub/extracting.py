"""`hub import extract` and `hub extract`: an extract of a case system is imported, or looked at first."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path

from adapters.la_extract.importing import Taken, extract_of, import_extract, take
from adapters.la_extract.mapping import Mapping, json_schema, read_mapping
from adapters.la_extract.persons import persons
from hub.actions.import_report import ImportReport, write_report
from hub.actions.sen2_return import Person, ReadPerson, ReturnHeader
from hub.actions.transaction import Transactions
from hub.clock import new_id, utc_now
from hub.db.place import database_place
from hub.db.session import Database
from hub.law.periods import london_day
from hub.law.vocabulary import Source
from hub.settings import Settings

Say = Callable[[str], None]
MOST_FAULTS = 200
"""The faults that a look at an extract lists one by one. It counts them all."""


def import_extract_file(
    settings: Settings, path: Path, mapping: Path, authority: str, on: date | None, say: Say
) -> bool:
    """Import the extract and print its report; whether any row was refused."""
    read = read_mapping(mapping.read_bytes())
    taken = take(path)
    with database_place(settings) as place:
        report = asyncio.run(_import(place.for_own_work(), taken, read, authority, on))
    say(report.as_text())
    say(f"report: {write_report(report, settings.data_dir / 'reports')}")
    return report.refused > 0


async def _import(url: str, taken: Taken, mapping: Mapping, authority: str, on: date | None) -> ImportReport:
    database = Database(url, pool_size=2, statement_timeout_ms=0)
    try:
        return await import_extract(
            Transactions(database, clock=utc_now, new_id=new_id),
            None,
            taken=taken,
            mapping=mapping,
            authority_la_code=authority,
            made_on=on,
        )
    finally:
        await database.close()


def check_extract(path: Path, mapping: Path, say: Say, *, first: int, names: bool) -> bool:
    """Say what the mapping makes of the first rows and everything that is wrong; whether any row would be refused.

    `names`: with who the children are. Left out, for a screen that others see and a log that others read.
    """
    read = read_mapping(mapping.read_bytes())
    today = london_day(utc_now())
    header = ReturnHeader(today.year, today, "000", Source.EXTRACT, read.system)
    found = list(persons(extract_of(take(path), read), header=header, today=today))
    for each in islice((each for each in found if each.person is not None), first):
        say(_shown(each, names=names))
    problems = [problem for each in found for problem in each.problems]
    for problem in problems[:MOST_FAULTS]:
        say(f"{problem.severity.value}: {problem.place}: {problem.message} [{problem.rule}]")
    refused = sum(each.person is None and each.gone is None for each in found)
    say(f"{len(found):,} children: {len(found) - refused:,} would be applied, {refused:,} refused")
    for (severity, rule), count in Counter((each.severity.value, each.rule) for each in problems).most_common():
        say(f"  {count:>9,}  {severity}: {rule}")
    return refused > 0


def _shown(read: ReadPerson, *, names: bool) -> str:
    person = read.person
    if person is None:
        return read.place
    who = f"{person.family_name}, {person.forename}, {person.date_of_birth}" if names else _has(person)
    requests = ", ".join(
        f"request of {each.received_on}" + (f" decided {each.outcome.name}" if each.outcome else "")
        for each in person.requests
    )
    return f"{read.place}: {who}; {requests or 'no request'}"


def _has(person: Person) -> str:
    """Which of what tells who a child is the row has, without saying it."""
    said = {"names": "x", "date of birth": "x", "postcode": person.postcode, "UPN": person.upn}
    said |= {"NHS number": person.nhs_number}
    return "has " + ", ".join(name for name, value in said.items() if value)


def schema_text() -> str:
    """The JSON Schema of a mapping."""
    return json.dumps(json_schema(), indent=2)
