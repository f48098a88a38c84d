"""The list of an area SEND inspection: children with a plan in force, in the list's own columns, no cell a formula."""

import asyncio
import csv
import zipfile
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy import text

from hub.actions.export_annex_a import COLUMNS, LEFT_EMPTY
from hub.actions.transaction import Transactions
from hub.db.place import WORKER_ROLE, as_role
from hub.errors import Problem
from hub.exporting import export_annex_a
from hub.settings import read_settings
from tests.db.test_import_return import GOOD, do_import, make_bodies, rows

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _sheet(path: Path) -> list[list[str | date | None]]:
    """The cells of the one sheet, a day as the day that a spreadsheet shows."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        sheet = fromstring(archive.read("xl/worksheets/sheet1.xml"))
    assert not list(sheet.iter(f"{_MAIN}f")), "a formula"
    found: list[list[str | date | None]] = []
    for row in sheet.iter(f"{_MAIN}row"):
        cells: list[str | date | None] = []
        for cell in row:
            day = cell.findtext(f"{_MAIN}v")
            cells.append(date.fromordinal(date(1899, 12, 30).toordinal() + int(day)) if day else _said(cell))
        found.append(cells)
    return found


def _said(cell: object) -> str | None:
    return cell.findtext(f"{_MAIN}is/{_MAIN}t")  # type: ignore[attr-defined]  (a cell that is there has a text)


async def test_the_list_has_each_child_with_a_plan_in_force(
    transactions: Transactions, owner_url: str, tmp_path: Path
) -> None:
    """Row 59 of the bad inputs: what a spreadsheet would run is stored as it came, and leaves with an apostrophe."""
    await make_bodies(transactions)
    await do_import(transactions, GOOD.replace("<Ethnicity>WBRI<", "<Ethnicity>=cmd|' /C calc'!A1<", 1))
    async with transactions.begin(None) as tx:
        await tx.connection.execute(text("UPDATE placement SET sen_setting = 'EHE' WHERE sen_setting = 'OTH'"))
        stored = await tx.connection.scalar(text("SELECT ethnicity FROM child WHERE family_name = 'Appleby'"))
    assert stored == "=cmd|' /C calc'!A1"
    settings = read_settings({"HUB_DATABASE_URL": as_role(owner_url, WORKER_ROLE), "HUB_DATA_DIR": str(tmp_path)})
    said: list[str] = []
    for name in ("list.csv", "list.xlsx"):
        await asyncio.to_thread(export_annex_a, settings, "990", tmp_path / name, date(2026, 1, 15), said.append)
    assert said[0].startswith("4 children")
    content = (tmp_path / "list.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert tuple(table[0]) == COLUMNS
    first = table[0]
    (child,) = await rows(transactions, "SELECT id FROM child WHERE family_name = 'Appleby'")
    assert {column: value for column, value in first.items() if value} == {
        "Unique ID": str(child["id"]),
        "UPN": "R990200013001",
        "Date of birth": "2013-05-02",
        "Gender": "F",
        "Ethnicity": "'=cmd|' /C calc'!A1",
        "Date initial EHC plan issued": "2022-11-01",
        "Date EHC plan last reviewed": "2025-11-06",
        "SEN primary need": "ASD",
        "Main education establishment – URN": "100001",
        "Elective home education": "No",
    }
    assert [row["Elective home education"] for row in table].count("Yes") == 1
    assert not any(row[column] for row in table for column in LEFT_EMPTY)
    head, *found = _sheet(tmp_path / "list.xlsx")
    assert tuple(head) == COLUMNS
    assert [["" if value is None else str(value) for value in row] for row in found] == [
        list(row.values()) for row in table
    ]
    events = await rows(transactions, "SELECT facts FROM event WHERE kind = 'annex_a_exported'")
    assert [each["facts"] for each in events] == [{"on": "2026-01-15", "children": 4}] * 2
    with pytest.raises(Problem, match="no such authority"):
        await asyncio.to_thread(export_annex_a, settings, "992", tmp_path / "none.csv", None, said.append)
