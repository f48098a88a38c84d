"""Writes workbooks (XLSX) as spreadsheets do, from the tables of a test."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from tests.extracts import HEADER, ONE_ROW_A_CHILD

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


COLUMNS = HEADER.split(",")
FIRST: dict[str, Any] = dict(zip(COLUMNS, ONE_ROW_A_CHILD.split("\n")[1].split(","), strict=True))


def one_sheet(*changes: Mapping[str, Any]) -> list[list[Any]]:
    return [COLUMNS, *([(FIRST | dict(each))[name] for name in COLUMNS] for each in changes)]
