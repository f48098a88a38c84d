"""Extracts as workbooks: read as their CSV is, and refused whole where they mean harm."""

from datetime import date
from typing import Any

import pytest

from adapters.la_extract.importing import Taken, extract_of
from adapters.la_extract.mapping import read_mapping
from adapters.la_extract.persons import MAIN, persons
from adapters.la_extract.workbook import read_sheets
from hub.actions.sen2_return import ReturnHeader
from hub.errors import Problem
from hub.law.vocabulary import Source
from tests.extracts import DAY, EXAMPLES, SEVERAL, example, zipped
from tests.workbooks import one_sheet, workbook


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
