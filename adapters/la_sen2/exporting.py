"""Writes an authority's return from the hub's records, and reads each person back as whoever receives it will.

What is told of a person is what a reader complains of: the rules of an import are those of the return's validation, so
that a file which passes here is taken whole there. A problem names the child by the hub's own id, never by name.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import IO
from uuid import UUID

from adapters.la_sen2.names import local_name
from adapters.la_sen2.reading import CENSUS_DAYS, MAX_ELEMENTS, YEARS, read_one
from adapters.la_sen2.writing import ENDS, header_xml, person_xml
from adapters.la_sen2.xml import elements
from hub.actions.export_return import owner_of, persons, record_export
from hub.actions.sen2_return import ImportProblem, Person, ReturnHeader, Severity
from hub.actions.transaction import Transaction
from hub.errors import invalid

Progress = Callable[[int, int], None]
"""Told after each child: how many have been looked at, of how many."""


@dataclass(frozen=True, slots=True)
class ExportProblem:
    """What is wrong with a person of the return: who, by the hub's own id; whether there is a UPN; where and what."""

    child_id: UUID
    has_upn: bool
    problem: ImportProblem


@dataclass(slots=True)
class ExportReport:
    """What the return tells, and how many problems there are by rule."""

    authority_la_code: str
    year: int
    children: int = 0
    persons: int = 0
    requests: int = 0
    plans: int = 0
    refused: int = 0
    sha256: str = ""
    rules: dict[Severity, Counter[str]] = field(
        default_factory=lambda: {severity: Counter[str]() for severity in Severity}
    )

    def as_text(self) -> str:
        """The report for people."""
        lines = [
            f"SEN2 return {self.year} of authority {self.authority_la_code}, sha256 {self.sha256}",
            f"  {'persons':<10}{self.persons:>9,}  of {self.children:,} children on record",
            f"  {'requests':<10}{self.requests:>9,}",
            f"  {'plans':<10}{self.plans:>9,}  in force on the day of the census",
            f"  {'refused':<10}{self.refused:>9,}  persons that whoever receives the return would refuse",
        ]
        lines += ["  The designated officers (DMO, DCO, DSCO) are not on record here: give them in COLLECT."]
        for severity, rules in self.rules.items():
            if rules:
                title = "Would be refused" if severity is Severity.REFUSED else "Warnings"
                lines += ["", f"{title} by rule:", *(f"  {n:>9,}  {rule}" for rule, n in rules.most_common())]
        return "\n".join(lines)


async def export_return(
    tx: Transaction,
    *,
    la_code: str,
    year: int,
    out: IO[bytes],
    tell: Callable[[ExportProblem], None],
    release: str,
    made_at: datetime,
    progress: Progress = lambda _done, _total: None,
) -> ExportReport:
    """Write the authority's return of the year to `out`; each problem is told as it is found.

    The transaction should see one moment. Raises `Problem` INVALID for a year whose guide is not known here, and
    NOT_FOUND for an authority that is not.
    """
    if year not in YEARS:
        raise invalid(f"the return's year must be {YEARS[0]} to {YEARS[-1]}", rule="year-not-supported")
    header = ReturnHeader(year, CENSUS_DAYS[year], la_code)
    report, writer, validation = ExportReport(la_code, year), _Writer(out), _Validation(header)
    owner_id = await owner_of(tx, la_code)
    writer.write(header_xml(header, release=release, made_at=made_at))
    async for nth, total, child_id, person in persons(tx, owner_id, year=year, reference_date=header.reference_date):
        report.children = total
        if person is not None:
            xml = person_xml(person)
            writer.write(xml)
            _count(report, person)
            refused = False
            for problem in validation.problems(person, xml, f"Person[{report.persons}]"):
                report.rules[problem.severity][problem.rule] += 1
                refused |= problem.severity is Severity.REFUSED
                tell(ExportProblem(child_id, person.upn is not None, problem))
            report.refused += refused
        progress(nth, total)
    writer.write(ENDS)
    report.sha256 = writer.digest.hexdigest()
    await record_export(tx, owner_id, year=year, sha256=report.sha256, persons=report.persons)
    return report


class _Writer:
    """Writes text as UTF-8 and hashes it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.digest = hashlib.sha256()

    def write(self, text: str) -> None:
        written = text.encode()
        self._out.write(written)
        self.digest.update(written)


def _count(report: ExportReport, person: Person) -> None:
    report.persons += 1
    report.requests += len(person.requests)
    report.plans += sum(request.active_plan is not None for request in person.requests)


class _Validation:
    """What is wrong with each person as whoever receives the return reads it, and with all of them together."""

    def __init__(self, header: ReturnHeader) -> None:
        self._header = header
        self._upns: set[str] = set()
        self._before: tuple[str, str, date] | None = None

    def problems(self, person: Person, xml: str, place: str) -> tuple[ImportProblem, ...]:
        """Of the person as written. Persons come in the order of their names, so that the same ones are neighbours."""
        content = xml.encode()
        ((_, element),) = elements(BytesIO(content), name_of=local_name, names=frozenset({"person"}), most=MAX_ELEMENTS)
        today = self._header.reference_date
        read = read_one(element, place, header=self._header, today=today, seen_upns=self._upns, raw=lambda: content)
        who = (person.family_name, person.forename, person.date_of_birth)
        same, self._before = who == self._before, who
        if not same:
            return read.problems
        message = "the person before has these names and this date of birth: see whether they are one child"
        return (*read.problems, ImportProblem(place, read.line, "person-alike", message, Severity.WARNING))
