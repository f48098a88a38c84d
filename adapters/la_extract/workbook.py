"""The sheets of an XLSX workbook, as tables of texts: what a formula last came to, days as YYYY-MM-DD.

The workbook is looked at as a zip before it is read: no macro, no link to another file, no DOCTYPE, and no cell so far
out that the sheet would be larger than the hub reads.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from adapters.la_extract.rows import MOST_COLUMNS, MOST_ROWS, Row, bounded, check_columns, row_of
from adapters.la_sen2.archive import opened, reading_a_zip
from hub.errors import Problem, invalid

MOST_CELLS = 8_000_000
_FOREIGN = re.compile(r"(?i)vbaproject|/externallinks/|/embeddings/|/activex/|/ctrlprops/|/macrosheets/|/customui/")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,4})(\d{1,8})["']""")
_PIECE, _OVERLAP = 1024 * 1024, 64
_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number: a longer one has lost some."""


def is_workbook(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def read_sheets(content: bytes, *, max_bytes: int) -> dict[str, tuple[list[str], list[Row]]]:
    """Every sheet that is not hidden, by its name, in order. Raises `Problem` INVALID for what is no workbook."""
    with reading_a_zip():
        archive = opened(BytesIO(content), max_bytes=max_bytes)
        _must_be_plain(archive)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        shown = [
            each.name
            for each in book.sheets_metadata
            if each.typ is SheetTypeEnum.WorkSheet and each.visible is SheetVisibleEnum.Visible
        ]
        return {name: _table(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in shown}
    except CalamineError as error:
        raise _refused("workbook-broken", "this is no workbook that can be read: save it again as XLSX") from error


def _must_be_plain(archive: zipfile.ZipFile) -> None:
    for entry in archive.infolist():
        if _FOREIGN.search(f"/{entry.filename}"):
            raise _refused("workbook-foreign", "the workbook has macros, or links to other files: save the sheet alone")
        if entry.filename.lower().endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                _must_be_small(part.read)


def _must_be_small(read: Callable[[int], bytes]) -> None:
    """A part in pieces: it is plain XML in UTF-8, and no cell of it stands where no sheet of the hub's size reaches."""
    rows = columns = 0
    before = b""
    while piece := read(_PIECE):
        if not before and (piece.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in piece[:64]):
            raise _refused("workbook-foreign", "a part of the workbook is not UTF-8")
        held = before + piece
        if b"<!DOCTYPE" in held.upper():
            raise _refused("doctype", "the workbook has a DOCTYPE, which it may not have")
        for letters, number in _PLACE.findall(held):
            rows, columns = max(rows, int(number)), max(columns, _column(letters))
        before = held[-_OVERLAP:]
    if rows > MOST_ROWS + 1 or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise _refused("file-too-long", f"a sheet has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _table(rows: list[list[Any]]) -> tuple[list[str], list[Row]]:
    """The columns by the first row that has any, and the rows below it, by their numbers in the sheet."""
    filled = ((number, cells) for number, cells in enumerate(rows, start=1) if any(each != "" for each in cells))
    nothing: tuple[int, list[Any]] = (1, [])
    _, header = next(filled, nothing)
    columns = [_text(cell) for cell in header]
    while columns and not columns[-1]:
        columns.pop()
    check_columns(columns)
    return columns, list(_rows(columns, filled))


def _rows(columns: list[str], filled: Iterator[tuple[int, list[Any]]]) -> Iterator[Row]:
    for count, (number, cells) in enumerate(filled, start=1):
        bounded(count)
        texts = [_text(cell) for cell in cells]
        if any(isinstance(cell, int | float) and abs(cell) >= _EXACT for cell in cells):
            yield Row(number, {}, "a number has more digits than a spreadsheet keeps: have the column as text")
        elif any(texts[len(columns) :]):
            yield Row(number, {}, "the row has cells beyond the header")
        else:
            yield row_of(number, columns, texts[: len(columns)])


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "1" if cell else "0"
        case float() if cell.is_integer() and abs(cell) < _EXACT:
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            return str(cell).strip()


def _refused(rule: str, message: str) -> Problem:
    return invalid(message, rule=rule)
