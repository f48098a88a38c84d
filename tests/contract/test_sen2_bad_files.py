"""A file that is not what it should be is refused whole, by a rule, without a word of what it says.

Rows 60 (encodings) and 64 (DOCTYPE, external entities) of the bad inputs, for XML; those of CSV are with the export.
"""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from adapters.la_sen2.importing import import_sen2
from adapters.la_sen2.prolog import PROLOG_BYTES
from adapters.la_sen2.reading import MAX_ELEMENTS, read_return
from adapters.la_sen2.taking import take
from hub.actions.transaction import Transactions
from hub.errors import Kind, Problem

TODAY = date(2026, 11, 22)
GOOD = (Path(__file__).parent.parent / "data" / "return.xml").read_text("utf-8")
SECRET = "Appleby"
HEAD, _, PERSONS = GOOD.partition("<Persons>")
BODY = GOOD.partition("?>")[2]
BOMB = "<!ENTITY a '{}'>".format("x" * 1000) + "".join(
    f"<!ENTITY {one} '{f'&{other};' * 10}'>" for one, other in zip("bcdefghij", "abcdefghi", strict=True)
)


def doctype(declaration: str, *, encoding: str = "utf-8", bom: bytes = b"", e: str = SECRET) -> bytes:
    body = BODY.replace(SECRET, e)
    return bom + f'<?xml version="1.0" encoding="{encoding}"?>{declaration}{body}'.encode(encoding)


def changed(old: str, new: str) -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new, 1).encode()


BAD: dict[str, tuple[str, bytes]] = {
    # not XML at all
    "nothing": ("file-empty", b""),
    "only spaces": ("file-empty", b" \r\n\t " * 100),
    "text": ("not-xml", b"Surname,Forename\nAppleby,Zoe\n"),
    "a spreadsheet": ("not-xml", b"PK\x03\x04" + b"\x00" * 100 + SECRET.encode()),
    "JSON": ("not-xml", b'{"Surname": "Appleby"}'),
    "an image": ("not-xml", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64),
    # broken XML
    "cut off in a person": ("truncated", GOOD.encode()[: GOOD.encode().index(b"<Surname>Lloyd")]),
    "cut off in a tag": ("truncated", GOOD.encode()[: GOOD.encode().index(b"<Surname>Lloyd") + 4]),
    "cut off after the persons": ("truncated", GOOD.encode().rstrip()[: -len("</Message>")]),
    "cut off in the header": ("truncated", HEAD.encode()[:-40]),
    "tags that cross": ("not-well-formed", GOOD.replace("</Forename>", "</Surname>", 1).encode()),
    "more after the end": ("not-well-formed", GOOD.encode() + b"<Message/>"),
    "NUL": ("not-well-formed", GOOD.replace(SECRET, "Apple\x00by").encode()),
    "a character that XML has not": ("not-well-formed", GOOD.replace(SECRET, "Apple&#x1;by").encode()),
    "an entity that nobody declared": ("not-well-formed", GOOD.replace(SECRET, "Apple&by;").encode()),
    "300 elements deep": ("not-well-formed", (HEAD + "<x>" * 300).encode()),
    "a text of eleven million characters": ("not-well-formed", GOOD.replace(SECRET, SECRET * 1_600_000).encode()),
    "an attribute of eleven million": ("not-well-formed", changed("<Surname>", f'<Surname x="{"y" * 11_000_000}">')),
    # encodings
    "Windows letters in a file that says UTF-8": ("encoding-broken", GOOD.encode("cp1252")),
    "bytes cut in half": ("encoding-broken", changed("Zoë", "Zo").replace(b"Zo", b"Zo\xc3", 1)),
    "UTF-32": ("encoding-unknown", ("\ufeff" + GOOD).encode("utf-32-le")),
    "UTF-7": ("encoding-unknown", GOOD.replace("utf-8", "utf-7", 1).encode("utf-7")),
    "EBCDIC": ("not-xml", GOOD.encode("cp500")),
    "a file that says EBCDIC": ("encoding-unknown", GOOD.replace('"utf-8"', '"cp500"', 1).encode()),
    "an encoding nobody knows": ("encoding-unknown", GOOD.replace('"utf-8"', '"klingon"', 1).encode()),
    "UTF-16 that says UTF-8": ("encoding-unknown", b"\xff\xfe" + GOOD.encode("utf-16-le")),
    # DOCTYPE
    "a DOCTYPE": ("doctype", doctype("<!DOCTYPE Message>")),
    "a DOCTYPE after comments": ("doctype", doctype("<!-- a -->\n<?b c?> <!-- d --> <!DOCTYPE Message>")),
    "a DOCTYPE in UTF-16": ("doctype", doctype("<!DOCTYPE Message>", encoding="utf-16")),
    "a DOCTYPE in UTF-16 without a mark": ("doctype", "<!DOCTYPE Message><Message/>".encode("utf-16-be")),
    "a DOCTYPE after a mark": ("doctype", doctype("<!DOCTYPE Message>", bom=b"\xef\xbb\xbf")),
    "a DOCTYPE in small letters": ("doctype", doctype("<!doctype Message>")),
    "a billion laughs": ("doctype", doctype(f"<!DOCTYPE Message [{BOMB}]>", e="&j;")),
    "a file of this machine": ("doctype", doctype('<!DOCTYPE m [<!ENTITY e SYSTEM "file:///etc/passwd">]>', e="&e;")),
    "a file of another machine": ("doctype", doctype('<!DOCTYPE m SYSTEM "http://127.0.0.1:9/evil.dtd">')),
    "a DOCTYPE pushed out of sight": ("prolog-too-long", doctype(f"<!--{'x' * PROLOG_BYTES}--><!DOCTYPE m>")),
    # another file
    "a web page": ("doctype", b"<!DOCTYPE html><html><body>Appleby</body></html>"),
    "another document": ("not-sen2", b"<a><b>Appleby</b></a>"),
    "no header": ("not-sen2", ("<Message><Persons>" + PERSONS).encode()),
    "a header after the persons": ("not-sen2", f"<M><Persons>{PERSONS.replace('</M', '<Header/></M')}".encode()),
    "two headers": ("not-sen2", changed("</Persons>", "</Persons><Header><LEA>991</LEA></Header>")),
    "no persons": ("not-sen2", (HEAD + "</Message>").encode()),
    "another collection": ("not-sen2", changed(">SEN2<", ">SC<")),
    "no collection": ("not-sen2", changed("<Collection>SEN2</Collection>", "")),
    "a person without an end of elements": ("not-sen2", changed("<Surname>", f"{'<x/>' * MAX_ELEMENTS}<Surname>")),
    "a return before persons": ("year-not-supported", changed("<Year>2026<", "<Year>2022<")),
    "a return of a guide not yet known": ("year-not-supported", changed("<Year>2026<", "<Year>2027<")),
    "a year in words": ("year-not-supported", changed("<Year>2026<", "<Year>Appleby<")),
    "a reference date of no calendar": ("reference-date", changed("2026-01-15</Ref", "2026-02-30</Ref")),
    "a reference date of another year": ("reference-date", changed("2026-01-15</Ref", "2025-01-15</Ref")),
    "another authority": ("authority-differs", changed("<LEA>990<", "<LEA>991<")),
    "no authority": ("authority-differs", changed("<LEA>990</LEA>", "")),
    "two authorities": ("not-sen2", changed("</LEA>", "</LEA><LEA>991</LEA>")),
    "two years": ("not-sen2", changed("</Year>", "</Year><Year>2025</Year>")),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_whole_and_nothing_of_it_is_said(name: str) -> None:
    rule, content = BAD[name]
    with pytest.raises(Problem) as refused:
        for _ in read_return(io.BytesIO(content), authority_la_code="990", today=TODAY)[1]:
            pass
    assert (refused.value.kind, refused.value.rule) == (Kind.INVALID, rule)
    assert "Appleby" not in f"{refused.value.message} {refused.value.path}"
    assert "127.0.0.1" not in refused.value.message
    assert refused.value.__cause__ is None


def test_where_the_parser_knows_the_line_the_message_has_it() -> None:
    broken = GOOD.replace("</Surname><Forename>Chidi", "</Forename><Forename>Chidi")
    line = broken[: broken.index("<Forename>Chidi")].count("\n") + 1
    with pytest.raises(Problem, match=rf"\(line {line}\)"):
        list(read_return(io.BytesIO(broken.encode()), authority_la_code="990", today=TODAY)[1])


def test_the_header_says_on_which_line_it_is_wrong() -> None:
    with pytest.raises(Problem, match=r"\(line 6\)") as refused:
        read_return(io.BytesIO(changed("<LEA>990<", "<LEA>99O<")), authority_la_code="990", today=TODAY)
    assert refused.value.path == ("Header", "Source", "LEA")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_letters_are_never_changed_silently(encoding: str) -> None:
    """A file is read in the encoding it declares; Windows letters in one that declares Latin-1 refuse their person."""
    text = GOOD.replace("utf-8", encoding, 1).replace("Zoë", "Zoë’s")
    _, persons = read_return(io.BytesIO(text.encode(encoding)), authority_la_code="990", today=TODAY)
    first = next(persons)
    assert first.person is not None
    assert first.person.forename == "Zoë’s"
    latin = text.replace(encoding, "iso-8859-1", 1).encode("windows-1252")
    first = next(read_return(io.BytesIO(latin), authority_la_code="990", today=TODAY)[1])
    assert [problem.rule for problem in first.problems] == ["text-control-character"]


# --- and nothing is stored


class _Unseekable(io.RawIOBase):
    """A stream that can be read once, as an upload is."""

    def __init__(self, content: bytes) -> None:
        self._pieces: Iterator[bytes] = iter([content[:1000], content[1000:]])

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")


async def test_a_file_larger_than_allowed_is_refused_before_it_is_read(transactions: Transactions) -> None:
    for stream in (io.BytesIO(GOOD.encode()), _Unseekable(GOOD.encode())):
        with pytest.raises(Problem) as refused:
            await import_sen2(
                transactions,
                None,
                path_or_stream=stream,
                name="return.xml",
                authority_la_code="990",
                max_bytes=len(GOOD.encode()) - 1,
            )
        assert (refused.value.kind, refused.value.rule) == (Kind.INVALID, "file-too-large")


class _Meddled(io.FileIO):
    """A file with which something happens after its first bytes have been read."""

    def __init__(self, path: Path, meddle: Callable[[Path], object]) -> None:
        super().__init__(path)
        self._meddle: Callable[[Path], object] | None = meddle
        self._path = path

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(1_000)
        if self._meddle is not None:
            meddle, self._meddle = self._meddle, None
            meddle(self._path)
        return piece


@pytest.mark.parametrize(
    ("meddle", "rule"),
    [
        (Path.unlink, None),
        (lambda path: path.rename(path.with_name("elsewhere.xml")), None),
        (lambda path: path.write_text(GOOD + "<!-- more -->"), "file-changed"),
        (lambda path: os.truncate(path, 2_000), "file-changed"),
    ],
    ids=["is gone", "is renamed", "grows", "is cut short"],
)
def test_a_file_that_is_gone_or_changes_while_it_is_read_is_whole_or_refused(
    tmp_path: Path, meddle: Callable[[Path], object], rule: str | None
) -> None:
    """What is read is a private copy: it is what the file was, or nothing of it is."""
    path = tmp_path / "return.xml"
    path.write_text(GOOD, "utf-8")
    with ExitStack() as opened, _Meddled(path, meddle) as stream:
        if rule is None:
            copy, file = take(stream, opened, name="return.xml", max_bytes=10**6)
            assert (copy.read(), file.size) == (GOOD.encode(), len(GOOD.encode()))
            return
        with pytest.raises(Problem) as refused:
            take(stream, opened, name="return.xml", max_bytes=10**6)
        assert refused.value.rule == rule
