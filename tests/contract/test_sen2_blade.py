"""COLLECT's "Blade" CSV export is read as the XML return is, or refused whole: rows 59 to 65 of the bad inputs."""

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapters.la_sen2.importing import import_sen2
from adapters.la_sen2.kinds import read_any
from adapters.la_sen2.reading import read_return
from hub.actions.sen2_return import Person, ReadPerson
from hub.actions.transaction import Transactions
from hub.errors import Kind, Problem
from tests.blade import blade, with_part, zipped

TODAY = date(2026, 11, 22)
DATA = Path(__file__).parent.parent / "data"
GOOD = (DATA / "return.xml").read_text("utf-8")
MISTAKES = (DATA / "return-with-mistakes.xml").read_text("utf-8")
FILES = blade(GOOD)
SECRET = "Appleby"
MAX = 64 * 1024 * 1024


def read(content: bytes, **options: Any) -> list[ReadPerson]:
    header, persons = read_any(
        io.BytesIO(content), authority_la_code="990", today=TODAY, **({"max_bytes": MAX} | options)
    )
    assert (header.year, header.reference_date) == (2026, date(2026, 1, 15))
    return list(persons)


def from_xml(text: str = GOOD) -> list[ReadPerson]:
    return list(read_return(io.BytesIO(text.encode()), authority_la_code="990", today=TODAY)[1])


def people(found: list[ReadPerson]) -> list[Person | None]:
    return [each.person for each in found]


# --- the same as XML


def test_an_export_reads_as_the_return_it_was_made_of() -> None:
    found = read(zipped(FILES))
    assert len(found) == 12
    assert people(found) == people(from_xml())
    assert not [problem for each in found for problem in each.problems]


def test_mistakes_are_the_same_mistakes_and_a_person_is_kept_as_xml() -> None:
    """What XML alone can get wrong (an element within a field, a field twice) an export cannot have."""
    only_xml = {"field-repeated", "field-not-text", "assessment-repeated", "active-plan-repeated"}
    expected, found = from_xml(MISTAKES), read(zipped(blade(MISTAKES)))
    compared = 0
    for one, other in zip(expected, found, strict=True):
        rules = [problem.rule for problem in one.problems]
        if only_xml.isdisjoint(rules):
            compared += 1
            assert [problem.rule for problem in other.problems] == rules, one.place
            assert other.person == one.person
        assert other.raw.startswith(b"<person>")
    assert compared > 40


def test_rows_may_come_in_any_order() -> None:
    """Row 65: reordered. Placements and needs have ranks of their own."""

    def ordered(found: list[ReadPerson]) -> list[str]:
        return [re.sub(r"\W+", " ", "".join(sorted(repr(person)))) for person in people(found)]

    assert ordered(read(zipped(blade(GOOD, shuffled=7)))) == ordered(from_xml())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_letters_are_read_in_the_encoding_that_the_file_is_in(encoding: str) -> None:
    """Row 60: UTF-16, a byte-order mark, Windows-1252, mixed line ends."""
    text = GOOD.replace("Zoë", "Zoë’s")
    if encoding == "windows-1252":  # which has no Polish, Turkish or Hungarian letters
        text = text.encode("windows-1252", errors="ignore").decode("windows-1252")
    files = {name: part.replace("\r\n", "\n", 3) for name, part in blade(text).items()}
    assert people(read(zipped(files, encoding=encoding))) == people(from_xml(text))


def test_cells_that_a_spreadsheet_would_run_are_kept_as_they_are() -> None:
    """Row 59: stored as it is."""
    found = read(with_part(FILES, "person", lambda t: t.replace(SECRET, "=cmd|' /C calc'!A1")))
    assert found[0].person is not None
    assert found[0].person.family_name == "=cmd|' /C calc'!A1"


def test_a_cell_that_cannot_be_is_its_own_persons_mistake() -> None:
    """Row 62: NUL in a cell; a cell too long for any field."""
    for cell, rule in (
        ("Apple\x00by", "text-control-character"),
        ("A" * 5_000, "text-too-long"),
        ("A" * 200_000, "text-too-long"),
    ):
        found = read(with_part(FILES, "person", lambda t, cell=cell: t.replace(SECRET, cell)))
        assert [problem.rule for problem in found[0].problems] == [rule]
        assert found[0].line == 2
        assert found[1].person is not None


def test_columns_may_be_fewer_more_and_in_another_order() -> None:
    """Row 65: a column that is not there says nothing; one that is not known is told of."""
    lines = FILES["Blade-Export_28-01-2026_person.csv"].splitlines()
    table = [line.split(",") for line in lines]
    at = table[0].index("postcode")
    turned = [[*reversed(row[:at] + row[at + 1 :]), "x" if row is not table[0] else "=Extra"] for row in table]
    found = read(with_part(FILES, "person", lambda _: "\n".join(",".join(row) for row in turned)))
    assert {person.postcode for person in people(found) if person} == {None}
    assert [each.person.family_name for each in found if each.person] == [
        each.person.family_name for each in from_xml() if each.person
    ]
    assert {problem.rule for each in found for problem in each.problems} == {"element-unknown"}


# --- refused whole


def _after_row(text: str, row: int, cell: str) -> str:
    lines = text.splitlines(keepends=True)
    lines[row] = lines[row].rstrip("\r\n") + cell + "\n"
    return "".join(lines)


def _with_name(name: str) -> bytes:
    return zipped({**FILES, name: "x"})


def _encrypted() -> bytes:
    content = bytearray(zipped(FILES))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def _many() -> bytes:
    return zipped({f"{n}.txt": "" for n in range(2_000)} | FILES)


def _corrupt() -> bytes:
    content = bytearray(zipped(FILES))
    at = content.index(b"_requests.csv") + 40
    content[at : at + 40] = b"\x00" * 40
    return bytes(content)


def _declares_less() -> bytes:
    """An entry that unpacks to more than it declares."""
    content = bytearray(zipped(FILES))
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, at + 24, 10)
    return bytes(content)


def person_part(change: Callable[[str], str | bytes | None]) -> bytes:
    return with_part(FILES, "person", change)


def sen2_part(old: str, new: str) -> bytes:
    return with_part(FILES, "sen2", lambda t: t.replace(old, new))


BAD: dict[str, tuple[str, bytes]] = {
    # row 60
    "DOS letters": ("encoding-unknown", person_part(lambda t: t.encode("cp850", "ignore"))),
    "Mac letters": ("encoding-unknown", person_part(lambda t: t.replace("Zoë", "Zoér").encode("macroman", "ignore"))),
    "two encodings": ("encoding-unknown", person_part(lambda t: t.encode() + "é,".encode("cp1252"))),
    "bytes of no encoding": ("encoding-unknown", person_part(lambda t: t.encode() + b"\x81\xff")),
    "UTF-16 without a mark": ("encoding-unknown", person_part(lambda t: t.encode("utf-16-le"))),
    "UTF-32": ("encoding-unknown", person_part(lambda t: t.encode("utf-32"))),
    # rows 61 and 62
    "a quote not closed in row 2": ("quote-unclosed", person_part(lambda t: t.replace(SECRET, f'"{SECRET}', 1))),
    "a quote inside a cell": ("quote-unclosed", person_part(lambda t: t.replace(SECRET, f'"{SECRET}"x', 1))),
    "a cell of 2 MB": ("cell-too-long", person_part(lambda t: t.replace(SECRET, "".join(map(str, range(400_000)))))),
    "a row with a cell too many": ("row-length", person_part(lambda t: _after_row(t, 2, ",x"))),
    # row 63
    "a zip bomb": ("zip-too-large", zipped({**FILES, "b.csv": b"0" * 50_000_000})),
    "more than may be unpacked": ("zip-too-large", zipped({**FILES, "b.csv": bytes(range(256)) * 300_000})),
    "a zip in the zip": ("zip-nested", _with_name("inner.zip")),
    "a name that leads out": ("zip-path", _with_name("../person.csv")),
    "a name from the root": ("zip-path", _with_name("/etc/person.csv")),
    "a name of Windows": ("zip-path", _with_name("..\\person.csv")),
    "a drive": ("zip-path", _with_name("C:person.csv")),
    "an encrypted zip": ("zip-encrypted", _encrypted()),
    "two thousand files": ("zip-entries", _many()),
    "a zip cut off": ("zip-broken", zipped(FILES)[:-30]),
    "a zip with broken bytes": ("zip-broken", _corrupt()),
    "an entry larger than it declares": ("zip-broken", _declares_less()),
    # row 64
    "a zip of a return with a DOCTYPE": ("doctype", zipped({"r.xml": "<!DOCTYPE m><m/>"})),
    "a spreadsheet with a macro": ("parts-missing", zipped({"xl/vbaProject.bin": "x", "xl/workbook.bin": "x"})),
    # row 65
    "no header": ("header-missing", person_part(lambda t: t.partition("\n")[2])),
    "an empty part": ("header-missing", person_part(lambda _: "")),
    "a column twice": ("column-repeated", person_part(lambda t: t.replace("ethnicity", "surname", 1))),
    "two of three parts": ("parts-missing", with_part(FILES, "requests", lambda _: None)),
    "a part twice": ("part-repeated", zipped({**FILES, "again_person.csv": "x"})),
    "a part of something else": ("part-unknown", zipped({**FILES, "payroll.csv": "x"})),
    "a return among the parts": ("parts-unclear", zipped({**FILES, "return.xml": GOOD})),
    "an id twice": ("id-repeated", person_part(lambda t: t.replace("person-2", "person-1"))),
    "a row of another": ("row-belongs-nowhere", with_part(FILES, "requests", lambda t: t.replace("-2,", "-99,"))),
    "two returns in one": ("not-sen2", with_part(FILES, "sen2", lambda t: t + t.splitlines()[1].replace("-1", "-2"))),
    # another return
    "another authority": ("authority-differs", sen2_part(",990,", ",991,")),
    "another collection": ("not-sen2", sen2_part(",SEN2,", ",SC,")),
    "a year before persons": ("year-not-supported", sen2_part(",2026,", ",2022,")),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_export_is_refused_whole_and_nothing_of_it_is_said(name: str) -> None:
    rule, content = BAD[name]
    with pytest.raises(Problem) as refused:
        read(content)
    assert (refused.value.kind, refused.value.rule) == (Kind.INVALID, rule)
    assert SECRET not in f"{refused.value.message} {refused.value.path}"


def test_the_row_at_fault_is_named() -> None:
    """Row 61: an unterminated quote in row 2 of 1,000 is an error that names the row."""
    with pytest.raises(Problem, match="line 3 of person"):
        read(person_part(lambda t: t.replace("Bancroft", '"Bancroft', 1)))


# --- and applied


class _Unseekable(io.RawIOBase):
    def __init__(self, content: bytes) -> None:
        self._pieces: Iterator[bytes] = iter([content[:1000], content[1000:]])

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")


async def test_a_folder_a_zip_and_xml_of_one_return_are_one_return(transactions: Transactions, tmp_path: Path) -> None:
    """Row 65: the same again changes nothing, and is known by its hash."""
    from tests.db.test_import_return import everything, make_bodies

    await make_bodies(transactions)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8", newline="")

    async def do(source: Any) -> Any:
        return await import_sen2(transactions, None, path_or_stream=source, name="return", authority_la_code="990")

    first = await do(tmp_path)
    assert (first.read, first.new, first.refused, first.unchanged_file) == (12, 12, 0, False)
    before = await everything(transactions)
    again = await do(str(tmp_path))
    assert (again.unchanged, again.unchanged_file, again.sha256) == (12, True, first.sha256)
    for other in (io.BytesIO(GOOD.encode()), _Unseekable(zipped(FILES)), io.BytesIO(zipped({"r.xml": GOOD}))):
        report = await do(other)
        assert (report.new, report.changed, report.unchanged) == (0, 0, 12)
    after = await everything(transactions)
    assert {name for name, rows in after.items() if rows != before[name]} == {"import_run", "event", "source"}
    assert len(after["source"]) == 4


def test_a_zip_that_lists_more_than_it_may_is_refused_before_its_list_is_read() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for number in range(1_200):
            archive.writestr(f"{number:04}{'x' * 60}.txt", b"")
    with pytest.raises(Problem) as refused:
        read(written.getvalue())
    assert refused.value.rule == "zip-entries"
