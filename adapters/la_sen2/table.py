"""A CSV file of an export as its rows: its encoding told or refused, its columns known, its lines counted.

A file that cannot be taken apart with certainty is refused whole, with the line at fault: what follows an unterminated
quote cannot be told from what stands inside it.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from typing import IO

from adapters.la_sen2.windows import is_windows
from hub.errors import Problem, invalid

Opener = Callable[[], IO[bytes]]
"""Opens the file from its beginning; it is read twice."""

PIECE = 1024 * 1024

_MARKS = (
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LONGEST_CELL = 1_000_000
"""Characters: of a longer cell a quote was not closed. One that is only too long for its field is its row's fault."""

csv.field_size_limit(LONGEST_CELL)  # the module has one limit, for all who read by it


def rows(open_file: Opener, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on, the header's first. `name` is the part's, for what is complained of.

    Raises `Problem` INVALID, with the line but never a word of the file.
    """
    encoding = _encoding(open_file, name)
    with open_file() as binary, io.TextIOWrapper(binary, encoding, errors="strict", newline="") as text:
        reader = csv.reader(text, strict=True)
        begins, width = 1, None
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise _not_rows(error, name, begins) from None  # the module's own words may quote the file
            if cells is None:
                return
            if cells:
                width = len(cells) if width is None else width
                if len(cells) != width:
                    message = f"line {begins} of {name} has {len(cells)} cells where its header has {width}"
                    raise invalid(message, rule="row-length", path=(name,))
                yield begins, cells
            begins = reader.line_num + 1


def _not_rows(error: csv.Error, name: str, line: int) -> Problem:
    if "field limit" in str(error):
        return invalid(f"a cell of line {line} of {name} is too long", rule="cell-too-long", path=(name,))
    message = f"line {line} of {name} cannot be taken apart: a quote is not closed, or does not stand where one may"
    return invalid(message, rule="quote-unclosed", path=(name,))


def _encoding(open_file: Opener, name: str) -> str:
    """UTF-8, UTF-16 with its mark, or Windows-1252 where all of it reads as that and as nothing else."""
    with open_file() as binary:
        head = binary.read(4)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            if encoding is None or not _decodes(open_file, encoding):
                raise _unread(name)
            return encoding
    if b"\x00" in head[:2]:
        raise _unread(name)  # UTF-16 without a mark could be either
    if _decodes(open_file, "utf-8"):
        return "utf-8"
    with open_file() as binary:
        if is_windows(binary):
            return "windows-1252"
    raise _unread(name)


def _decodes(open_file: Opener, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with open_file() as binary:
        try:
            while piece := binary.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _unread(name: str) -> Problem:
    message = f"the encoding of {name} cannot be told: save it as UTF-8"
    return invalid(message, rule="encoding-unknown", path=(name,))
