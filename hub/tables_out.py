"""Tables as files: CSV, and the least of XLSX. No cell of either is ever a formula."""

import csv
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from io import TextIOWrapper
from typing import IO, Protocol
from xml.sax.saxutils import escape

from hub.cells import cell

_THE_SAME_DAY = (1980, 1, 1, 0, 0, 0)
_FIRST_DAY = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OF_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OF_SHEETS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_OF_SHEETS}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OF_SHEETS}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
    ),
}


class Rows(Protocol):
    """Takes the rows of a table, one after the other."""

    def add(self, values: Sequence[object]) -> None: ...


@contextmanager
def csv_table(out: IO[bytes]) -> Generator[Rows]:
    """CSV as spreadsheets read it: UTF-8 with its mark, days as 2026-01-31."""
    text = TextIOWrapper(out, "utf-8-sig", newline="")
    yield _Csv(text)
    text.detach()


class _Csv:
    def __init__(self, text: TextIOWrapper) -> None:
        self._writer = csv.writer(text)

    def add(self, values: Sequence[object]) -> None:
        self._writer.writerow([cell(value) for value in values])


@contextmanager
def xlsx_table(out: IO[bytes], *, sheet: str) -> Generator[Rows]:
    """A workbook of one sheet: days are days, all else is text."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(zipfile.ZipInfo(name, _THE_SAME_DAY), _HEAD + content)
        book = (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        )
        archive.writestr(zipfile.ZipInfo("xl/workbook.xml", _THE_SAME_DAY), _HEAD + book)
        entry = zipfile.ZipInfo("xl/worksheets/sheet1.xml", _THE_SAME_DAY)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(entry, "w") as part:
            part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            yield _Xlsx(part)
            part.write(b"</sheetData></worksheet>")


class _Xlsx:
    def __init__(self, part: IO[bytes]) -> None:
        self._part = part

    def add(self, values: Sequence[object]) -> None:
        self._part.write(f"<row>{''.join(_cells(values))}</row>".encode())


def _cells(values: Sequence[object]) -> Iterator[str]:
    for value in values:
        if value is None:
            yield "<c/>"
        elif isinstance(value, date):
            yield f'<c s="1"><v>{(value - _FIRST_DAY).days}</v></c>'
        else:
            yield f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell(value))}</t></is></c>'
