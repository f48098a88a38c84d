"""Reads COLLECT's "Blade" CSV export of a return: nine files whose rows name the rows they belong to.

The rows may come in any order, so they are first laid out in a database of SQLite's that is a file without a name: it
is gone when it is closed, or when the process dies. From there the persons come one by one, each with its rows, in
constant memory.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import IO

from adapters.la_sen2.made import Made
from adapters.la_sen2.parts import PARTS, Part, as_in_a_return, says_of_a_person
from adapters.la_sen2.reading import read_header, read_one
from adapters.la_sen2.table import Opener, rows
from hub.actions.sen2_return import ReadPerson, ReturnHeader
from hub.errors import invalid

Files = Mapping[str, Callable[[], IO[bytes]]]
"""How to open the file of each part, by the part's name."""

_NO_TAG = re.compile("^[^a-z_]|[^a-z0-9_]")

MOST_ROWS_OF_ONE = 5_000
"""The most rows that may belong to one person: what a reader must hold at once."""


def read_export(files: Files, *, authority_la_code: str, today: date) -> tuple[ReturnHeader, Iterator[ReadPerson]]:
    """The header, and the persons one by one, as `reading.read_return` does of XML.

    Raises `Problem` INVALID, at once or while the persons are taken, when the whole export is refused.
    """
    laid_out = _LaidOut()
    for name, part in PARTS.items():
        laid_out.take(part, files[name])
    header = read_header(laid_out.header(), authority_la_code)
    return header, _persons(laid_out, header, max(today, header.reference_date))


def _persons(laid_out: "_LaidOut", header: ReturnHeader, today: date) -> Iterator[ReadPerson]:
    seen_upns: set[str] = set()
    for position, element in enumerate(laid_out.persons(), start=1):
        place = f"Person[{position}]"
        yield read_one(element, place, header=header, today=today, seen_upns=seen_upns, raw=element.raw)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a part's rows its ids and what it says are."""

    key: int
    belongs_to: int | None
    said: tuple[tuple[int, str], ...]


class _LaidOut:
    """The rows of all parts. Used by one thread alone."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute("PRAGMA temp_store = FILE")
        self._columns: dict[str, _Columns] = {}

    def take(self, part: Part, open_file: Opener) -> None:
        """Lay out the part's rows. Raises `Problem` INVALID when they are not rows of it, or belong nowhere."""
        read = rows(open_file, part.name)
        columns = self._columns[part.name] = _columns_of(part, next(read, (1, list[str]()))[1])
        self._rows.execute(f"CREATE TABLE {part.name} (line INTEGER PRIMARY KEY, id TEXT, within TEXT, cells TEXT)")
        insertion = f"INSERT INTO {part.name} VALUES (?, ?, ?, ?)"  # noqa: S608  (our own names)
        self._rows.execute("BEGIN")
        self._rows.executemany(insertion, (_laid(line, cells, columns) for line, cells in read))
        self._rows.execute("COMMIT")
        try:
            self._rows.execute(f"CREATE UNIQUE INDEX id_of_{part.name} ON {part.name} (id)")
        except sqlite3.IntegrityError:
            raise invalid(
                f"two rows of {part.name} have the same {part.key}", rule="id-repeated", path=(part.name,)
            ) from None
        self._must_belong(part)

    def _must_belong(self, part: Part) -> None:
        if part.within is None:
            return
        lost = self._rows.execute(
            f"SELECT min(line) FROM {part.name} AS own WHERE NOT EXISTS "  # noqa: S608  (our own names)
            f"(SELECT 1 FROM {part.within} AS other WHERE other.id = own.within)"
        ).fetchone()[0]
        if lost is not None:
            message = f"line {lost} of {part.name} belongs to no row of {part.within}: the files are not of one export"
            raise invalid(message, rule="row-belongs-nowhere", path=(part.name,))

    def header(self) -> Made:
        """The one row of the part `sen2`."""
        found = self._rows.execute("SELECT line, cells FROM sen2 LIMIT 2").fetchall()
        if len(found) != 1:
            raise invalid("the part sen2 has one row, which says whose return it is", rule="not-sen2", path=("sen2",))
        line, cells = found[0]
        return self._made("sen2", line, cells)

    def persons(self) -> Iterator[Made]:
        """Each person with all that belongs to it, in the order of the file."""
        streams = {part.name: _Ahead(self._ordered(part)) for part in PARTS.values() if part.name != "sen2"}
        for person_line, _, _, cells in streams["person"].everything():
            person = self._made("person", person_line, cells)
            made: dict[tuple[str, int], Made] = {("person", person_line): person}
            held = 0
            for name, part in PARTS.items():
                if part.within is None or name == "person":
                    continue
                for _, within_line, line, said in streams[name].of(person_line):
                    held += 1
                    if held > MOST_ROWS_OF_ONE:
                        message = f"more than {MOST_ROWS_OF_ONE:,} rows belong to the person of line {person_line}"
                        raise invalid(message, rule="rows-too-many", path=(name,))
                    element = made[name, line] = self._made(name, line, said)
                    made[part.within, within_line].add(element)
            yield person
        self._rows.close()

    def _ordered(self, part: Part) -> Iterator[tuple[int, int, int, str]]:
        """The part's rows by the person they belong to: (person's line, line belonged to, own line, cells)."""
        joins, above = "", part
        while above.name != "person" and above.within is not None:
            joins += f" JOIN {above.within} ON {above.within}.id = {above.name}.within"
            above = PARTS[above.within]
        within = f"{part.within}.line" if part.name != "person" else "0"
        select = f"SELECT person.line, {within}, {part.name}.line, {part.name}.cells FROM {part.name}{joins}"  # noqa: S608  (our own names)
        return iter(self._rows.execute(f"{select} ORDER BY 1, 3"))

    def _made(self, name: str, line: int, cells: str) -> Made:
        element = Made(name, line)
        for cell, (_, column) in zip(json.loads(cells), self._columns[name].said, strict=True):
            if cell:
                element.add(Made(column, line, as_in_a_return(column, cell)))
        return element


class _Ahead:
    """A stream of rows in the persons' order, of which those of one person are taken at a time."""

    def __init__(self, ordered: Iterator[tuple[int, int, int, str]]) -> None:
        self._ordered = ordered
        self._groups = groupby(ordered, key=itemgetter(0))
        self._next = next(self._groups, None)

    def everything(self) -> Iterator[tuple[int, int, int, str]]:
        while self._next is not None:
            yield from self._next[1]
            self._next = next(self._groups, None)

    def of(self, person_line: int) -> Iterator[tuple[int, int, int, str]]:
        if self._next is not None and self._next[0] == person_line:
            yield from self._next[1]
            self._next = next(self._groups, None)


def _laid(line: int, cells: list[str], columns: _Columns) -> tuple[int, str, str | None, str]:
    within = None if columns.belongs_to is None else cells[columns.belongs_to]
    return line, cells[columns.key], within, json.dumps([cells[at] for at, _ in columns.said])


def _columns_of(part: Part, header: list[str]) -> _Columns:
    names = [name.strip().lower() for name in header]
    for needed in (part.key, part.belongs_to):
        if needed is not None and needed not in names:
            message = f"the first line of {part.name} does not name the column {needed}"
            raise invalid(message, rule="header-missing", path=(part.name, needed))
    if len(set(names)) < len(names):
        raise invalid(f"{part.name} has a column twice", rule="column-repeated", path=(part.name,))
    return _Columns(
        key=names.index(part.key),
        belongs_to=names.index(part.belongs_to) if part.belongs_to else None,
        said=tuple((at, _NO_TAG.sub("_", name)) for at, name in enumerate(names) if says_of_a_person(name)),
    )
