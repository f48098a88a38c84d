"""How well records of one child are found: a return, and the same children as another system has them, with the truth.

The truth is the position of the person in the return (`truth_row`), as a generator of both knows it. Measured twice: by
the rules for what another body tells, and as an importer does with a file of the authority's own.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from adapters.la_sen2.reading import read_return
from hub.actions import import_identity
from hub.actions.sen2_return import Person
from hub.law.identity import Known, folded, who_is
from hub.law.vocabulary import NHSNumberStatus

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """How many were to be found; links by rule, and the wrong ones; how many are asked about, and rightly."""

    of: int
    linked: Mapping[str, int]
    wrong: int
    asked: int
    asked_rightly: int

    @property
    def precision(self) -> float:
        links = sum(self.linked.values())
        return 1 - self.wrong / links if links else 1.0

    @property
    def recall(self) -> float:
        return (sum(self.linked.values()) - self.wrong) / self.of

    def as_text(self, told_by: str = "another body") -> str:
        lines = [
            f"{self.of:,} children told of by {told_by}: "
            f"precision of automatic links {self.precision:.4f}, recall {self.recall:.4f}",
            *(f"  {count:>9,}  linked by {rule}" for rule, count in sorted(self.linked.items())),
            f"  {self.asked:>9,}  in the queue, of which {self.asked_rightly:,} have the right record in it",
            f"  {self.of - sum(self.linked.values()) - self.asked:>9,}  found by nobody",
        ]
        return "\n".join(lines)


def measure(records: Iterable[tuple[int, Known]], said: Iterable[tuple[int, Known]], *, on: date) -> Measured:
    """Each of `said` against the records that share a number, the day of birth, or the names."""
    by_way: dict[tuple[Any, ...], list[tuple[int, Known]]] = defaultdict(list)
    for row, known in records:
        for way in _ways(known):
            by_way[way].append((row, known))
    linked: dict[str, int] = defaultdict(int)
    of = wrong = asked = rightly = 0
    for truth, known in said:
        of += 1
        near = {row: record for way in _ways(known) for row, record in by_way[way]}
        answer = who_is(known, near.items(), on=on)
        if answer.linked is not None:
            row, found = answer.linked
            linked[found.rule] += 1
            wrong += row != truth
        elif answer.candidates:
            asked += 1
            rightly += any(row == truth for row, _ in answer.candidates)
    return Measured(of, linked, wrong, asked, rightly)


def measure_file(records: Iterable[tuple[int, Known]], said: Iterable[tuple[int, Known]], *, on: date) -> Measured:
    """Each of `said` as a person of the authority's own file, by the very code that an import asks. One whom it doubts
    waits in quarantine; one that it takes for new is brought forward where a record is like it."""
    kept = list(records)
    truths, rows = {UUID(int=row + 1): row for row, _ in kept}, [_row(UUID(int=row + 1), known) for row, known in kept]
    numbered = {known.system_number[1]: UUID(int=row + 1) for row, known in kept if known.system_number}
    system = next((known.system_number[0] for _, known in kept if known.system_number), None)
    importers = import_identity.Known(rows, set(), system=system, numbered=numbered, today=on)
    linked: dict[str, int] = defaultdict(int)
    doubted: list[tuple[int, Known]] = []
    new: list[tuple[int, Known]] = []
    wrong = 0
    for truth, known in said:
        match importers.who_is(_person(known)):
            case import_identity.Match(child, why):
                linked[why.rule] += 1
                wrong += truths[child["id"]] != truth
                importers.became(child)
            case None:
                new.append((truth, known))
            case _:
                doubted.append((truth, known))
    waiting, brought = measure(kept, doubted, on=on), measure(kept, new, on=on)
    rightly = sum(sum(each.linked.values()) - each.wrong + each.asked_rightly for each in (waiting, brought))
    asked = waiting.of + sum(brought.linked.values()) + brought.asked
    return Measured(sum(linked.values()) + waiting.of + brought.of, linked, wrong, asked, rightly)


def _row(child_id: UUID, known: Known) -> dict[str, Any]:
    return {
        "id": child_id,
        "family_name": known.family_name,
        "given_names": known.given_name.split(),
        "date_of_birth": known.date_of_birth,
        "postcode": known.postcode,
        "nhs_number": known.nhs_number,
        "nhs_number_status": known.nhs_number_status,
        "upn": known.upn,
    }


def _person(known: Known) -> Person:
    return Person(
        known.family_name,
        known.given_name,
        known.date_of_birth,
        postcode=known.postcode,
        nhs_number=known.nhs_number,
        nhs_number_status=known.nhs_number_status,
        upn=known.upn,
        key=known.system_number[1] if known.system_number else None,
    )


def _ways(known: Known) -> list[tuple[Any, ...]]:
    ways: list[tuple[Any, ...]] = [(known.date_of_birth,), (folded(known.family_name), folded(known.given_name))]
    return ways + [(number,) for number in (known.nhs_number, known.upn) if number]


def of_return(path: Path, *, authority: str, today: date) -> list[tuple[int, Known]]:
    """The persons of a return, by their position."""
    with path.open("rb") as stream:
        _, persons = read_return(stream, authority_la_code=authority, today=today)
        return [
            (row, Known(p.family_name, p.forename, p.date_of_birth, p.postcode, upn=p.upn))
            for row, each in enumerate(persons)
            if (p := each.person) is not None
        ]


def of_trust(path: Path) -> list[tuple[int, Known]]:
    """The same children as a trust has them: a JSON object a line."""
    found: list[tuple[int, Known]] = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        born = date.fromisoformat(row["birth_date"])
        verified = NHSNumberStatus.VERIFIED
        known = Known(row["family"], row["given"], born, row["postcode"], row["nhs_number"], verified, row["upn"])
        found.append((row["truth_row"], known))
    return found


def run(returned: Path, trust: Path, *, authority: str, today: date, say: Say) -> bool:
    """Print how well the trust's children are found among the return's; whether no automatic link is wrong."""
    records, said = of_return(returned, authority=authority, today=today), of_trust(trust)
    told = measure(records, said, on=today)
    say(told.as_text())
    filed = measure_file(records, said, on=today)
    say(filed.as_text("a file of the authority's own"))
    return told.wrong == filed.wrong == 0
