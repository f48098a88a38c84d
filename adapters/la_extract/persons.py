"""Rows to persons: an element is made of each, as a SEN2 return has it, and read by the same rules."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from datetime import date, datetime

from adapters.la_extract.mapping import Cell, Mapping, Part
from adapters.la_extract.rows import Row
from adapters.la_sen2.made import Made
from adapters.la_sen2.reading import read_one
from hub.actions.sen2_return import ImportProblem, Person, ReadPerson, ReturnHeader, Severity
from hub.errors import invalid
from hub.law.interpretation import InvalidIdentifier, check_nhs_number
from hub.law.vocabulary import NHSNumberStatus

MAIN = ""
"""The name of the one file, where a mapping names none."""

Table = tuple[list[str], list[Row]]


@dataclass(frozen=True, slots=True)
class Extract:
    """The files of an extract by name, each with its columns and rows, and the mapping."""

    mapping: Mapping
    tables: Map[str, Table]

    def check(self) -> None:
        """Raises `Problem` INVALID with every file and column that the mapping names and the extract has not."""
        missing: list[str] = []
        for name, part in self.mapping.parts():
            file = self.file_of(part)
            if file not in self.tables:
                missing.append(f"file {file}" if file else "the file")
                continue
            columns = set(self.tables[file][0])
            missing += [f"{name}: {each}" for each in self.columns_of(part) if each not in columns]
        if missing:
            message = f"the mapping names what the extract has not: {'; '.join(dict.fromkeys(missing))}"
            raise invalid(message, rule="column-missing", path=tuple(dict.fromkeys(missing)))

    def file_of(self, part: Part) -> str:
        return part.file or self.mapping.person.file or MAIN

    def key_of(self, part: Part) -> str:
        return part.key or self.mapping.key

    def columns_of(self, part: Part) -> Iterator[str]:
        """The columns that the mapping names of a part's file."""
        yield self.key_of(part)
        yield from (each for each in (part.row,) if each)
        yield from (each.column for each in part.items.values() if each.column)
        if part is self.mapping.person:
            marks = (self.mapping.leave_out, self.mapping.deleted)
            yield from (each for each in (self.mapping.nhs_number, *(mark and mark.column for mark in marks)) if each)


@dataclass(frozen=True, slots=True)
class _Grouped:
    """The rows of one part by the child's key."""

    part: Part
    file: str
    rows: Map[str, list[Row]]
    own: bool

    def of(self, key: str, request: Row | None, by: str | None) -> list[Row]:
        """The rows that go with a row of the request (None: of the child)."""
        if not self.own:
            return [] if request is None else [request]
        found = self.rows.get(key, [])
        if request is None or self.part.row is None or by is None:
            return found
        return [row for row in found if row.cells.get(self.part.row) == request.cells.get(by)]


def persons(extract: Extract, *, header: ReturnHeader, today: date) -> Iterator[ReadPerson]:
    """Each child of the extract, with what is wrong with it. Raises `Problem` INVALID where it does not fit."""
    extract.check()
    mapping, seen_upns = extract.mapping, set[str]()
    digest = hashlib.sha256(mapping.model_dump_json().encode()).digest()
    groups = {id(part): _group(extract, part) for _, part in mapping.parts()}
    own_rows = extract.tables[extract.file_of(mapping.person)][1]
    main = extract.file_of(mapping.person)
    yield from (_unreadable(row, main) for row in own_rows if row.at_fault)
    for key, rows in groups[id(mapping.person)].rows.items():
        first = rows[0]
        if _is_marked(mapping.leave_out, first):
            continue
        if not key:
            message = "the row has no number of the child"
            yield from (_refused(row, main, "key-missing", message, mapping.key) for row in rows)
            continue
        if _is_marked(mapping.deleted, first):
            yield ReadPerson(f"row {first.number}", first.number, None, (), _kept({main: rows}), gone=key)
            continue
        yield _person(mapping, groups, key, rows, header=header, today=today, seen_upns=seen_upns, digest=digest)


def _group(extract: Extract, part: Part) -> _Grouped:
    grouped: dict[str, list[Row]] = defaultdict(list)
    key = extract.key_of(part)
    for row in extract.tables[extract.file_of(part)][1]:
        if not row.at_fault:
            grouped[row.cells.get(key, "")].append(row)
    return _Grouped(
        part, extract.file_of(part), grouped, extract.file_of(part) != extract.file_of(extract.mapping.person)
    )


def _person(
    mapping: Mapping,
    groups: Map[int, _Grouped],
    key: str,
    rows: list[Row],
    *,
    header: ReturnHeader,
    today: date,
    seen_upns: set[str],
    digest: bytes,
) -> ReadPerson:
    first, used = rows[0], {id(row): row for row in rows}
    made = Made("Person", first.number)
    _fill(made, mapping.person, first)
    request = mapping.request
    if request is not None:
        of_request = groups[id(request)]
        for row in of_request.rows.get(key, []) if of_request.own else rows:
            used[id(row)] = row
            asked = _request(mapping, groups, key, row, used)
            if len(asked):
                made.add(asked)

    def content() -> bytes:
        files: dict[str, dict[int, Row]] = defaultdict(dict)
        for group in groups.values():
            files[group.file] |= {id(row): row for row in group.rows.get(key, ()) if id(row) in used}
        return _kept({name: list(found.values()) for name, found in files.items()})

    place = f"row {first.number}"
    read = read_one(made, place, header=header, today=today, seen_upns=seen_upns, raw=content)
    read = replace(read, problems=tuple(_as_mapped(each, mapping) for each in read.problems))
    if read.person is None:
        return read
    number, problem = _nhs_number(mapping, first)
    status = None if number is None else NHSNumberStatus.PRESENT_NOT_TRACED
    person: Person = replace(read.person, key=key, nhs_number=number, nhs_number_status=status)
    told = hashlib.sha256(digest + read.raw).hexdigest()
    return replace(read, person=person, problems=(*read.problems, *problem), content_hash=told)


def _request(mapping: Mapping, groups: Map[int, _Grouped], key: str, row: Row, used: dict[int, Row]) -> Made:
    request = mapping.request
    assert request is not None  # noqa: S101  (the caller has one)
    made = Made("Requests", row.number)
    _fill(made, request, row)

    def add(name: str, part: Part | None, to: Made) -> Made | None:
        """Of a part that may stand there once the last row counts."""
        found = None
        for each in [] if part is None else groups[id(part)].of(key, row, request.row):
            used[id(each)] = each
            found = Made(name, each.number)
            _fill(found, part, each)
        if found is not None and len(found):
            to.add(found)
            return found
        return None

    def add_all(name: str, parts: Iterable[Part], to: Made) -> None:
        for part in parts:
            for each in groups[id(part)].of(key, row, request.row):
                used[id(each)] = each
                found = Made(name, each.number)
                _fill(found, part, each)
                if len(found):
                    to.add(found)

    assessed = add("Assessment", mapping.assessment, made)
    if mapping.named_plan is not None:
        holder = assessed or Made("Assessment", row.number)
        plan = add("NamedPlan", mapping.named_plan, holder)
        if plan is not None:
            add_all("PlanDetail", mapping.plan_detail, plan)
            if assessed is None:
                made.add(holder)
    active = add("ActivePlans", mapping.active_plan, made)
    if active is not None:
        add_all("PlacementDetail", mapping.placement_detail, active)
        add_all("SENneed", mapping.sen_need, active)
    return made


def _fill(made: Made, part: Part | None, row: Row) -> None:
    """The items that the row says something for. An item that is the same for every row is there if another is."""
    if part is None:
        return
    fixed: list[tuple[str, str]] = []
    for name, cell in part.items.items():
        if cell.value is not None:
            fixed.append((name, cell.value))
        elif text := _text(cell, row):
            made.add(Made(name, row.number, text))
    if len(made) or not any(each.column for each in part.items.values()):
        for name, text in fixed:
            made.add(Made(name, row.number, text))


def _text(cell: Cell, row: Row) -> str:
    found = row.cells.get(cell.column or "", "")
    if not found:
        return ""
    if cell.date is not None:
        try:
            return datetime.strptime(found, cell.date).date().isoformat()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            return found  # which the reader refuses as no date, without repeating it
    if cell.codes:
        return cell.codes.get(found, found if cell.otherwise is None else cell.otherwise)
    if cell.digits is not None and found.isdecimal():
        return found.zfill(cell.digits)
    return found


def _as_mapped(problem: ImportProblem, mapping: Mapping) -> ImportProblem:
    """Of a date that the mapping says how to read: in which column, and how it is to be written there."""
    if problem.rule != "date-format":
        return problem
    item = problem.place.rpartition("/")[2]
    for _, part in mapping.parts():
        cell = part.items.get(item)
        if cell is not None and cell.date is not None:
            message = f"this is not a date of the calendar, written {cell.date} in the column {cell.column}"
            return replace(problem, message=message)
    return problem


def _is_marked(cell: Cell | None, row: Row) -> bool:
    return cell is not None and row.cells.get(cell.column or "", "") in cell.codes


def _nhs_number(mapping: Mapping, row: Row) -> tuple[str | None, tuple[ImportProblem, ...]]:
    """The number, spaces taken out; one that fails its check is left out, with a warning."""
    found = row.cells.get(mapping.nhs_number or "", "").replace(" ", "")
    if not found:
        return None, ()
    try:
        return check_nhs_number(found), ()
    except InvalidIdentifier as wrong:
        place = f"row {row.number}/{mapping.nhs_number}"
        return None, (ImportProblem(place, row.number, wrong.rule, wrong.message, Severity.WARNING),)


def _unreadable(row: Row, file: str) -> ReadPerson:
    return _refused(row, file, "row-unreadable", row.at_fault or "", None)


def _refused(row: Row, file: str, rule: str, message: str, column: str | None) -> ReadPerson:
    place = f"row {row.number}" + (f"/{column}" if column else "")
    return ReadPerson(place, row.number, None, (ImportProblem(place, row.number, rule, message),), _kept({file: [row]}))


def _kept(files: Map[str, list[Row]]) -> bytes:
    """A child's rows as they wait in quarantine, to be mended and read again: by file, the cells by column."""
    said = {name: [row.cells for row in rows] for name, rows in files.items() if rows}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1).encode(errors="replace")
