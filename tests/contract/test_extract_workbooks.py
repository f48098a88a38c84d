"""Extracts as workbooks, with deletions, row by row, and sent as a zip with their mapping."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest

from adapters.la_extract.importing import MAIN, Taken, extract_of, import_extract, take_zip
from adapters.la_extract.mapping import read_mapping
from adapters.la_extract.persons import persons
from adapters.la_extract.workbook import read_sheets
from hub.actions import received_files
from hub.actions.import_report import ImportReport
from hub.actions.received_files import SentFile
from hub.actions.sen2_return import ReturnHeader
from hub.actions.transaction import Transactions
from hub.errors import Problem
from hub.law.imports import ImportStatus
from hub.law.vocabulary import Source
from hub.receiving import import_received
from tests.contract.test_extracts import DAY, EXAMPLES, ONE_ROW_A_CHILD, SEVERAL, example
from tests.db.test_import_return import CALLER, make_bodies, rows

_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2">'
    '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def _letters(column: int) -> str:
    return ("" if column < 26 else chr(64 + column // 26)) + chr(65 + column % 26)


def cell(value: Any, place: str) -> str:
    """Texts, numbers, days, truth values, and formulas with what they last came to (a pair)."""
    match value:
        case None | "":
            return ""
        case bool():
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f'<c r="{place}"><v>{value}</v></c>'
        case date():
            return f'<c r="{place}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
        case (formula, came_to):
            return f'<c r="{place}" t="str"><f>{escape(formula)}</f><v>{escape(came_to)}</v></c>'
        case _:
            return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def row_xml(row: Sequence[Any], at: int) -> str:
    return "".join(cell(each, f"{_letters(column)}{at}") for column, each in enumerate(row))


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Any]]], *, hidden: str = "", more: Mapping[str, str] | None = None
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr(
            "_rels/.rels", _RELS.format(f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="xl/workbook.xml"/>')
        )
        links, listed = "", ""
        for number, (name, table) in enumerate(sheets.items(), start=1):
            state = ' state="hidden"' if name == hidden else ""
            listed += f'<sheet name="{name}" sheetId="{number}" r:id="s{number}"{state}/>'
            links += f'<Relationship Id="s{number}" Type="{_R}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            written = "".join(f'<row r="{at}">{row_xml(row, at)}</row>' for at, row in enumerate(table, start=1))
            archive.writestr(f"xl/worksheets/sheet{number}.xml", _SHEET.format(written))
        links += f'<Relationship Id="st" Type="{_R}/styles" Target="styles.xml"/>'
        archive.writestr("xl/styles.xml", _STYLES)
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{_R}"><sheets>{listed}</sheets></workbook>',
        )
        archive.writestr("xl/_rels/workbook.xml.rels", _RELS.format(links))
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


HEADER = ONE_ROW_A_CHILD.split("\n", 1)[0].split(",")
FIRST: dict[str, Any] = dict(zip(HEADER, ONE_ROW_A_CHILD.split("\n")[1].split(","), strict=True))


def one_sheet(*changes: Mapping[str, Any]) -> list[list[Any]]:
    return [HEADER, *([(FIRST | dict(each))[name] for name in HEADER] for each in changes)]


def test_a_workbook_says_the_same_as_its_csv() -> None:
    """Days as days, numbers as numbers, formulas by what they came to; a hidden sheet is not read."""
    typed: dict[str, Any] = {
        "DOB": date(2013, 5, 2),
        "School URN": 100001.0,
        "NHS No": 9990000018,
        "Last Name": ("A1&B1", "Appleby"),
    }
    content = workbook({"Notes": [["nothing"]], "Children": one_sheet({}, typed)}, hidden="Notes")
    header = ReturnHeader(2026, DAY, "990", Source.EXTRACT, "caseworks")
    mapping = example("one-row-a-child")
    found = list(persons(extract_of(Taken("x", {MAIN: content}), mapping), header=header, today=DAY))
    assert [each.person is not None for each in found] == [False]  # the same key twice: two requests of one day
    typed["Client ID"] = "C7"
    content = workbook({"Children": one_sheet({}, typed | {"UPN": ""})})
    one, other = persons(extract_of(Taken("x", {MAIN: content}), mapping), header=header, today=DAY)
    assert one.person is not None
    assert other.person is not None
    assert other.person.date_of_birth == one.person.date_of_birth
    assert other.person.family_name == one.person.family_name
    assert other.person.nhs_number == one.person.nhs_number
    assert other.place == "row 3"


def test_several_sheets_are_as_several_files() -> None:
    tables = {name: [line.split(",") for line in text.strip().split("\n")] for name, text in SEVERAL.items()}
    header = ReturnHeader(2026, DAY, "990", Source.EXTRACT, "ledger-send")
    (found,) = persons(
        extract_of(Taken("x", {MAIN: workbook(tables)}), example("several-files")), header=header, today=DAY
    )
    assert found.person is not None
    assert len(found.person.requests) == 2


def test_zeros_that_a_spreadsheet_dropped_are_put_back_and_lost_digits_are_told() -> None:
    text = (
        (EXAMPLES / "one-row-a-child.yaml").read_text().replace("UPN: UPN", "UPNunknown: { column: UPN, digits: 10 }")
    )
    content = workbook({"A": one_sheet({"UPN": 1234567}, {"Client ID": "C2", "UPN": 99020001300112345})})
    header = ReturnHeader(2026, DAY, "990", Source.EXTRACT, "caseworks")
    read = persons(extract_of(Taken("x", {MAIN: content}), read_mapping(text.encode())), header=header, today=DAY)
    by_place = {each.place: each for each in read}
    assert by_place["row 3"].problems[0].rule == "row-unreadable"
    assert "digits" in by_place["row 3"].problems[0].message
    person = by_place["row 2"].person
    assert person is not None
    assert person.upn_unknown_reason == "0001234567"


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"xl/vbaProject.bin": "x"}, "workbook-foreign"),
        ({"xl/externalLinks/externalLink1.xml": "<x/>"}, "workbook-foreign"),
        ({"xl/embeddings/oleObject1.bin": "x"}, "workbook-foreign"),
        ({"xl/sharedStrings.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><sst/>"}, "doctype"),
        ({"xl/extra.xml": "<row r='1'/><c r='XFD1048576'/>"}, "file-too-long"),
        ({"xl/extra.xml": "<c r='A99999999'/>"}, "file-too-long"),
        ({"xl/../../out.xml": "<x/>"}, "zip-path"),
        ({"xl/inner.zip": "x"}, "zip-nested"),
        ({"xl/media/zeros.bin": "0" * 30_000_000}, "zip-too-large"),
    ],
)
def test_rows_63_and_64_a_workbook_that_means_harm_is_refused_whole(more: dict[str, str], rule: str) -> None:
    with pytest.raises(Problem) as refused:
        read_sheets(workbook({"A": one_sheet({})}, more=more), max_bytes=100_000_000)
    assert refused.value.rule == rule


def test_a_workbook_in_another_encoding_or_none_at_all_is_refused() -> None:
    for content, rule in (
        (
            workbook({"A": one_sheet({})}, more={"xl/x.xml": "<x>\u00b2</x>".encode("utf-16").decode("latin-1")}),
            "workbook-foreign",
        ),
        (zipped({"a.txt": b"x"}), "workbook-broken"),
        (workbook({"A": one_sheet({})})[:-40], "zip-broken"),
    ):
        with pytest.raises(Problem) as refused:
            read_sheets(content, max_bytes=100_000_000)
        assert refused.value.rule == rule


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\nsystem: ok\nkey: &k x\nnhs_number: *k\nperson: { items: { Surname: a } }",
        "version: 1\nsystem: !!python/name:os.system ok\nkey: k\nperson: { items: { Surname: a } }",
        "version: 1\nversion: 1\nsystem: ok\nkey: k\nperson: { items: { Surname: a } }",
        "- a list",
        "just words",
        "a: [",
    ],
)
def test_yaml_that_is_more_than_plain_data_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        read_mapping(text.encode())
    assert refused.value.rule == "mapping-unreadable"


def test_yaml_and_toml_are_read_alike_and_no_is_a_word() -> None:
    yaml = "version: 1\nsystem: ok\nkey: k\nperson:\n  items:\n    Sex: { column: no, codes: { NO: M, 012: F } }\n"
    toml = "version = 1\nsystem = 'ok'\nkey = 'k'\n[person.items]\n"
    toml += "Sex = { column = 'no', codes = { NO = 'M', 012 = 'F' } }"
    assert read_mapping(yaml.encode()) == read_mapping(toml.encode())


# --- imported

MARKED = (EXAMPLES / "one-row-a-child.yaml").read_text().replace("leave_out:", "deleted:")


async def extracted(
    transactions: Transactions, table: Sequence[Sequence[Any]], *, mapping: str = MARKED, on: date = DAY
) -> ImportReport:
    return await import_extract(
        transactions,
        None,
        taken=Taken("x", {MAIN: workbook({"A": table})}),
        mapping=read_mapping(mapping.encode()),
        authority_la_code="990",
        made_on=on,
    )


async def test_a_deletion_takes_a_systems_word_back_and_erases_nothing(transactions: Transactions) -> None:
    """Only where the mapping says how it is marked. A missing row is no deletion, and the child may come back."""
    await make_bodies(transactions)
    zoe: dict[str, Any] = {}
    idris = {"Client ID": "C2", "Last Name": "Bancroft", "UPN": "", "NHS No": ""}
    assert (await extracted(transactions, one_sheet(zoe, idris))).new == 2
    plantrack = MARKED.replace("system: caseworks", "system: plantrack")
    moved = one_sheet(zoe | {"Client ID": "P1", "Home Postcode": "ZZ99 7ZZ"})
    assert (await extracted(transactions, moved, mapping=plantrack, on=DAY + timedelta(days=1))).changed == 1
    (before,) = await rows(transactions, "SELECT postcode FROM child WHERE family_name = 'Appleby'")
    assert before["postcode"] == "ZZ99 7ZZ"
    gone = one_sheet(
        zoe | {"Client ID": "P1", "Record Status": "Deleted"}, {"Client ID": "P9", "Record Status": "Deleted"}
    )
    report = await extracted(transactions, gone, mapping=plantrack, on=DAY + timedelta(days=2))
    assert (report.changed, report.unchanged, report.refused) == (1, 1, 0)
    (child,) = await rows(transactions, "SELECT postcode FROM child WHERE family_name = 'Appleby'")
    assert child["postcode"] == "ZZ99 1AA"  # the other system's word, now that this one is taken back
    (number,) = await rows(transactions, "SELECT held_to FROM child_identifier WHERE system = 'plantrack'")
    assert number["held_to"] == DAY + timedelta(days=2)
    assert await rows(transactions, "SELECT 1 FROM disagreement WHERE settled_on IS NULL") == []
    assert len(await rows(transactions, "SELECT 1 FROM plan")) == 2
    # What is left out of a file is not deleted; what is in it again is back.
    assert (await extracted(transactions, one_sheet(zoe))).unchanged == 1
    assert (await extracted(transactions, moved, mapping=plantrack, on=DAY + timedelta(days=2))).changed == 1
    (number,) = await rows(transactions, "SELECT held_to FROM child_identifier WHERE system = 'plantrack'")
    assert number["held_to"] is None
    assert len(await rows(transactions, "SELECT 1 FROM child")) == 2


async def test_rows_that_say_nothing_new_are_not_compared(transactions: Transactions) -> None:
    """By a hash of each child's rows: what someone else has changed meanwhile is not undone by a system's old word; and
    a child is known by its number in the system, whatever else became another."""
    await make_bodies(transactions)
    await extracted(transactions, one_sheet({}, {"Client ID": "C2", "Last Name": "Bancroft", "UPN": "", "NHS No": ""}))
    async with transactions.begin(None) as tx:
        await tx.connection.exec_driver_sql("UPDATE child SET ethnicity = 'WBRI', sex = 'UNKNOWN'")
    same = {"Client ID": "C2", "Last Name": "Thorne", "Home Postcode": "ZZ99 8AA", "UPN": "", "NHS No": ""}
    report = await extracted(transactions, one_sheet({}, same), on=DAY + timedelta(days=1))
    assert (report.new, report.changed, report.unchanged) == (0, 1, 1)
    found = await rows(transactions, "SELECT family_name, sex FROM child ORDER BY family_name")
    assert [(each["family_name"], each["sex"]) for each in found] == [("Appleby", "UNKNOWN"), ("Thorne", "FEMALE")]
    linked = await rows(transactions, "SELECT facts FROM event WHERE kind = 'child_changed_by_return'")
    assert "Thorne" not in json.dumps([each["facts"] for each in linked], default=str)


async def sent(transactions: Transactions, content: bytes, **about: str) -> tuple[ImportStatus | None, dict[str, Any]]:
    """As `POST /import/extract` keeps it and the worker imports it."""
    async with transactions.begin(CALLER) as tx:
        whole = SentFile(
            Source.EXTRACT, "x.zip", "application/zip", str(hash(content)), len(content), io.BytesIO(content), about
        )
        file, _ = await received_files.receive(tx, whole)
    status = await import_received(transactions, file.id, max_bytes=100_000_000)
    async with transactions.begin(CALLER) as tx:
        return status, dict((await received_files.state(tx, file.id)).outcome or {})


async def test_an_extract_is_sent_as_a_zip_with_its_mapping(transactions: Transactions) -> None:
    """The same receipts as a return has; whatever is wrong with it, nothing of it is applied."""
    await make_bodies(transactions)
    files = {"mapping.yaml": MARKED.encode(), "children.csv": ONE_ROW_A_CHILD.encode()}
    status, outcome = await sent(transactions, zipped(files), on="2026-11-20")
    assert (status, outcome["new"], outcome["reference_date"]) == (ImportStatus.APPLIED, 2, "2026-11-20"), outcome
    status, outcome = await sent(transactions, zipped(files | {"children.csv": workbook({"A": one_sheet({})})}))
    assert status is ImportStatus.APPLIED, outcome
    several = {"mapping.yaml": (EXAMPLES / "several-files.yaml").read_bytes()}
    status, outcome = await sent(transactions, zipped(several | {n: t.encode() for n, t in SEVERAL.items()}))
    assert (status, outcome["read"]) == (ImportStatus.APPLIED, 1), outcome
    for content, about, rule in (
        (zipped({"children.csv": b"a"}), {}, "parts-missing"),
        (zipped({"mapping.yaml": MARKED.encode()}), {}, "parts-missing"),
        (zipped(files | {"x/mapping.toml": b""}), {}, "parts-missing"),
        (zipped(files | {"x/children.csv": b"a"}), {}, "parts-repeated"),
        (zipped({"mapping.yaml": MARKED.encode(), "children.csv": b"a,b\n1,2\n"}), {}, "column-missing"),
        (zipped(files)[:-9], {}, "zip-broken"),
        (zipped(files), {"on": "20/11/2026"}, "reference-date"),
        (zipped(files), {"on": "2036-11-20"}, "reference-date"),
        (zipped(files | {"children.csv": b"\xd0\xcf\x11\xe0"}), {}, "not-text"),
    ):
        status, outcome = await sent(transactions, content, **about)
        assert (status, outcome["problem"]["rule"]) == (ImportStatus.REFUSED, rule), outcome
    taken, _ = take_zip(io.BytesIO(zipped(files)), name="x")
    assert set(taken.files) == {MAIN}
