"""`hub import extract` and `hub extract`: an extract of a case system is imported, or looked at first."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

from adapters.la_extract.importing import Taken, extract_of, import_extract, take
from adapters.la_extract.mapping import Mapping, json_schema, read_mapping
from adapters.la_extract.persons import persons
from adapters.la_sen2.writing import person_xml
from hub.actions.import_report import ImportReport, write_report
from hub.actions.sen2_return import Person, ReadPerson, ReturnHeader
from hub.clock import utc_now
from hub.db.place import database_place
from hub.law.periods import london_day
from hub.law.vocabulary import Source
from hub.operating import transactions_to_import
from hub.settings import Settings

Say = Callable[[str], None]
MOST_FAULTS = 200
"""The faults that a look at an extract lists one by one. It counts them all."""


def import_extract_file(
    settings: Settings, path: Path, mapping: Path, authority: str, on: date | None, say: Say
) -> bool:
    """Import the extract and print its report; whether any row was refused."""
    read = read_mapping(mapping.read_bytes(), mapping.name)
    taken = take(path)
    with database_place(settings) as place:
        report = asyncio.run(_import(place.for_own_work(), taken, read, authority, on))
    say(report.as_text())
    say(f"report: {write_report(report, settings.data_dir / 'reports')}")
    return report.refused > 0


async def _import(url: str, taken: Taken, mapping: Mapping, authority: str, on: date | None) -> ImportReport:
    async with transactions_to_import(url) as transactions:
        return await import_extract(
            transactions, None, taken=taken, mapping=mapping, authority_la_code=authority, made_on=on
        )


def check_extract(path: Path, mapping: Path, say: Say, *, first: int, names: bool) -> bool:
    """Say what the mapping makes of the first rows and everything that is wrong; whether any row would be refused.

    `names`: with who the children are. Left out, for a screen that others see and a log that others read.
    """
    read = read_mapping(mapping.read_bytes(), mapping.name)
    today = london_day(utc_now())
    header = ReturnHeader(today.year, today, "000", Source.EXTRACT, read.system)
    found = list(persons(extract_of(take(path), read), header=header, today=today))
    for each, person in islice(((each, each.person) for each in found if each.person is not None), first):
        say(_shown(each, person, names=names))
    problems = [problem for each in found for problem in each.problems]
    for problem in problems[:MOST_FAULTS]:
        say(f"{problem.severity.value}: {problem.place}: {problem.message} [{problem.rule}]")
    refused = sum(each.person is None and each.gone is None for each in found)
    say(f"{len(found):,} children: {len(found) - refused:,} would be applied, {refused:,} refused")
    for (severity, rule), count in Counter((each.severity.value, each.rule) for each in problems).most_common():
        say(f"  {count:>9,}  {severity}: {rule}")
    return refused > 0


_WHO = frozenset({"Surname", "Forename", "PersonBirthDate", "PostCode", "UPN", "UniqueLearnerNumber"})
"""The items that tell who a child is."""


def _shown(read: ReadPerson, person: Person, *, names: bool) -> str:
    """The row as it was mapped, by the names of the return."""
    of_extract = (("key", person.key), ("nhs_number", person.nhs_number))
    lines = [read.place, *(f"  {name}: {value if names else '(said)'}" for name, value in of_extract if value)]
    for path, value in _items(ElementTree.fromstring(person_xml(person))):  # noqa: S314  (our own)
        lines.append(f"  {'/'.join(path)}: {value if names or path[-1] not in _WHO else '(said)'}")
    return "\n".join(lines)


def _items(element: ElementTree.Element, *within: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Everything that a person's element says, each with the names of what it is in."""
    for each in element:
        if len(each):
            yield from _items(each, *within, each.tag)
        else:
            yield (*within, each.tag), each.text or ""


def schema_text() -> str:
    """The JSON Schema of a mapping."""
    return json.dumps(json_schema(), indent=2)
