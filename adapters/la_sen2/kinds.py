"""The kinds of file that a return comes as, told apart by what they begin with, whatever they are called."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, cast

from adapters.la_sen2.archive import files_in, is_zip, reading_a_zip
from adapters.la_sen2.blade import read_export
from adapters.la_sen2.reading import read_return
from hub.actions.sen2_return import ReadPerson, ReturnHeader


def read_any(
    stream: BinaryIO, *, authority_la_code: str, today: date, max_bytes: int
) -> tuple[ReturnHeader, Iterator[ReadPerson]]:
    """The header and the persons of an XML return, or of a zip of one, or of a zip of an export's nine CSV files.

    `stream` can seek; `max_bytes` bounds what a zip may hold when unpacked. Raises `Problem` INVALID, at once or while
    the persons are taken, when the whole file is refused.
    """
    if not is_zip(stream):
        return read_return(stream, authority_la_code=authority_la_code, today=today)
    files = files_in(stream, max_bytes=max_bytes)
    with reading_a_zip():
        if "xml" in files:
            xml = cast("BinaryIO", files["xml"]())
            header, persons = read_return(xml, authority_la_code=authority_la_code, today=today)
        else:
            header, persons = read_export(files, authority_la_code=authority_la_code, today=today)
    return header, _unbroken(persons)


def _unbroken(persons: Iterator[ReadPerson]) -> Iterator[ReadPerson]:
    with reading_a_zip():
        yield from persons
