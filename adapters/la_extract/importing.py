"""Imports an extract, as `hub import extract` does; and looks at one without a database, as `hub extract check` does.

The files are read whole before anything is looked up: what is imported is what was there at one moment.
"""

import hashlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from uuid import UUID

from adapters.la_extract.decoding import decode
from adapters.la_extract.mapping import Mapping, read_mapping
from adapters.la_extract.persons import MAIN, Extract, Table, persons
from adapters.la_extract.rows import read_rows
from adapters.la_extract.workbook import is_workbook, read_sheets
from adapters.la_sen2.archive import opened, reading_a_zip
from adapters.la_sen2.taking import staying_as_it_is
from hub.actions.import_report import ImportReport
from hub.actions.import_return import check_may_import, import_return
from hub.actions.sen2_return import ReadPerson, ReturnFile, ReturnHeader
from hub.actions.transaction import LONDON, Transactions
from hub.errors import invalid
from hub.law.caller import Caller
from hub.law.vocabulary import Source

BATCH = 500
MOST_BYTES = 128 * 1024 * 1024
MOST_UNPACKED = 2 * MOST_BYTES
_SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".jsonl", ".ndjson", ".xlsx"})
_MAPPINGS = ("mapping.yaml", "mapping.yml", "mapping.toml")


@dataclass(frozen=True, slots=True)
class Taken:
    """The files of an extract as they came, by name, and what they hash to together."""

    name: str
    files: dict[str, bytes]

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        for name, content in self.files.items():
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def as_file(self, mapping: bytes) -> ReturnFile:
        """The file to keep: the files one after the other. With another mapping it is another import."""
        content = b"".join(self.files.values())
        digest = hashlib.sha256(self.sha256.encode() + mapping).hexdigest()

        def pieces() -> Iterator[bytes]:
            yield content

        return ReturnFile(self.name, "text/plain", digest, len(content), pieces)


def take(path: Path, *, max_bytes: int = MOST_BYTES) -> Taken:
    """The file, or the files of the folder. Raises `Problem` INVALID; OSError when one cannot be read."""
    if not path.is_dir():
        return Taken(path.name, {MAIN: _bytes(path, max_bytes)})
    files: dict[str, bytes] = {}
    for each in sorted(path.iterdir()):
        if each.suffix.lower() in _SUFFIXES and each.is_file() and not each.is_symlink():
            files[each.name] = _bytes(each, max_bytes - sum(map(len, files.values())))
    return Taken(path.name, files)


def _bytes(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return read_whole(file, most)


def read_whole(file: BinaryIO, most: int) -> bytes:
    """The file's bytes. Raises `Problem` INVALID for one that is too large, no table, or changes meanwhile."""
    with staying_as_it_is(file):
        content = file.read(most + 1)
    if len(content) > most:
        raise invalid("the extract is larger than may be imported", rule="file-too-large")
    return _plain(content)


def _plain(content: bytes) -> bytes:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise invalid("this is an older workbook, or one with a password: save it as XLSX or CSV", rule="not-text")
    return content


def take_zip(stream: BinaryIO, *, name: str, max_bytes: int = MOST_BYTES) -> tuple[Taken, Mapping]:
    """The files of a zip and the mapping beside them, which is called `mapping.yaml` (or .toml).

    Raises `Problem` INVALID for a zip that is broken, means harm, or has no mapping or nothing else.
    """
    files: dict[str, bytes] = {}
    with reading_a_zip():
        archive = opened(stream, max_bytes=max_bytes)
        for entry in archive.infolist():
            file = PurePosixPath(entry.filename)
            if file.name in _MAPPINGS or file.suffix.lower() in _SUFFIXES:
                if file.name in files:
                    raise invalid("two files of the zip have the same name", rule="parts-repeated")
                files[file.name] = _plain(archive.read(entry))
    mappings = [(files.pop(each), each) for each in _MAPPINGS if each in files]
    if len(mappings) != 1 or not files:
        message = "a zip holds one mapping, as mapping.yaml or mapping.toml, and the files of the extract"
        raise invalid(message, rule="parts-missing", path=("mapping.yaml",))
    alone = {MAIN: next(iter(files.values()))} if len(files) == 1 else files
    return Taken(name, dict(sorted(alone.items()))), read_mapping(*mappings[0])


def extract_of(taken: Taken, mapping: Mapping) -> Extract:
    """The extract by its mapping; the one file answers to whatever name the mapping gives it."""
    files = taken.files
    wanted = {part.file or mapping.person.file or MAIN for _, part in mapping.parts()}
    if set(files) == {MAIN} and is_workbook(files[MAIN]):
        sheets = read_sheets(files[MAIN], max_bytes=MOST_UNPACKED)
        first = next(iter(sheets.values()), None)
        return Extract(mapping, sheets if first is None else {MAIN: first} | sheets)
    if set(files) == {MAIN} and mapping.person.file is not None:
        files = {mapping.person.file: files[MAIN]}
    return Extract(mapping, {name: _table(files[name], mapping) for name in sorted(wanted & files.keys())})


def _table(content: bytes, mapping: Mapping) -> Table:
    if not is_workbook(content):
        return read_rows(decode(content, mapping.encoding), delimiter=mapping.delimiter)
    for sheet in read_sheets(content, max_bytes=MOST_UNPACKED).values():
        return sheet
    raise invalid("the workbook has no sheet", rule="header-missing")


async def import_extract(
    transactions: Transactions,
    caller: Caller | None,
    *,
    taken: Taken,
    mapping: Mapping,
    authority_la_code: str,
    made_on: date | None = None,
    received: UUID | None = None,
) -> ImportReport:
    """Import an extract of the authority's case system. `made_on`: the day of which it tells; None: today. `received`:
    the file was sent, is kept, and is settled with this.

    Raises as `import_sen2` does.
    """
    check_may_import(caller, authority_la_code)
    today = transactions.clock().astimezone(LONDON).date()
    day = made_on or today
    if day > today:
        raise invalid("the extract was not made in the future", rule="reference-date")
    header = ReturnHeader(day.year, day, authority_la_code, Source.EXTRACT, mapping.system)
    read = persons(extract_of(taken, mapping), header=header, today=today)
    file = taken.as_file(mapping.model_dump_json().encode())
    async with transactions.begin(caller) as tx, aclosing(_batches(read)) as batches:
        return await import_return(
            tx,
            caller,
            header=header,
            file=file,
            batches=batches,
            clock=transactions.clock,
            about={"mapping": mapping.model_dump(mode="json", exclude_defaults=True)},
            received=received,
        )


async def _batches(read: Iterator[ReadPerson]) -> AsyncGenerator[list[ReadPerson], None]:
    while batch := list(islice(read, BATCH)):
        yield batch
