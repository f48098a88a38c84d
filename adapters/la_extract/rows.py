"""The rows of a file, each with its number and its cells by column."""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any, cast

from adapters.la_sen2.table import LONGEST_CELL
from hub.errors import invalid

MOST_ROWS = 500_000
MOST_COLUMNS = 500
MOST_CHARACTERS = 4_000
"""The longest cell, as a field of a return may be."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number, as a spreadsheet shows it, and its cells. `at_fault`: why it cannot be read; its cells are
    then what can be told of it, for somebody to mend.
    """

    number: int
    cells: dict[str, str]
    at_fault: str | None = None


def read_rows(text: str, *, delimiter: str | None) -> tuple[list[str], list[Row]]:
    """The columns and rows of CSV, or of JSON Lines, which begins with a brace. Raises `Problem` INVALID."""
    if text.lstrip()[:1] == "{":
        return _json_lines(text)
    return _csv(text, delimiter or _delimiter(text))


def _delimiter(text: str) -> str:
    """Of the first line, whichever there is most of."""
    first = text.split("\n", 1)[0]
    return max(",;\t|", key=first.count)


def _csv(text: str, delimiter: str) -> tuple[list[str], list[Row]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    begins_at = 0
    try:
        columns = [cell.strip() for cell in next(reader, list[str]())]
        empty = _empty_at_the_end(columns)
        columns = columns[: len(columns) - empty]
        check_columns(columns)
        begins_at = reader.line_num
        for cells in reader:
            if any(cells):
                rows.append(row_of(begins_at + 1, columns, _without(cells, empty, len(columns))))
            begins_at = reader.line_num
            bounded(len(rows))
    except csv.Error as error:
        message = (
            f"the row that begins in line {begins_at + 1} has a quotation mark that does not end, "
            f"or a cell of more than {LONGEST_CELL:,} characters"
        )
        raise invalid(message, rule="csv-broken", path=(f"row {begins_at + 1}",)) from error
    return columns, rows


def _empty_at_the_end(columns: list[str]) -> int:
    """How many columns without a name a spreadsheet has put after the last."""
    return next((count for count, name in enumerate(reversed(columns)) if name), len(columns))


def _without(cells: list[str], empty: int, width: int) -> list[str]:
    """The cells without those of such columns, if nothing stands in them."""
    return cells[:width] if len(cells) == width + empty and not any(cells[width:]) else cells


def row_of(number: int, columns: list[str], cells: list[str]) -> Row:
    if len(cells) != len(columns):
        names = [*columns, *(f"cell {place}" for place in range(len(columns) + 1, len(cells) + 1))]
        found = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        return Row(number, found, f"the row has {len(cells)} cells, and the header {len(columns)}")
    return _checked(number, dict(zip(columns, (cell.strip() for cell in cells), strict=True)))


def _checked(number: int, cells: dict[str, str]) -> Row:
    for cell in cells.values():
        if "\x00" in cell:
            return Row(number, cells, "a cell has the character NUL")
        if len(cell) > MOST_CHARACTERS:
            return Row(number, cells, f"a cell is longer than {MOST_CHARACTERS:,} characters")
    return Row(number, cells)


def _json_lines(text: str) -> tuple[list[str], list[Row]]:
    rows: list[Row] = []
    columns: dict[str, None] = {}
    for number, line in enumerate(text.split("\n"), start=1):  # other ends of line may stand in a text
        if line.strip():
            rows.append(_of_json(number, line))
            columns |= {} if rows[-1].at_fault else dict.fromkeys(rows[-1].cells)
            bounded(len(rows))
    check_columns(list(columns))
    return list(columns), rows


def _of_json(number: int, line: str) -> Row:
    try:
        found: Any = json.loads(line, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return Row(number, {"line": line}, "the line is not one JSON object, with each name once")
    if not isinstance(found, dict):
        return Row(number, {"line": line}, "the line is not a JSON object")
    cells: dict[str, str] = {}
    for name, value in cast("dict[str, Any]", found).items():
        if isinstance(value, dict | list):
            return Row(
                number, {"line": line}, "a value is an object or a list: the values of a row are texts and numbers"
            )
        if value is not None:
            cells[name] = {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value).strip()
    return _checked(number, cells)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def _no_constant(_: str) -> Any:
    raise ValueError("not JSON")


def check_columns(columns: list[str]) -> None:
    if not any(columns):
        raise invalid("the file has no header, or no rows", rule="header-missing")
    if len(columns) > MOST_COLUMNS:
        raise invalid(f"the file has more than {MOST_COLUMNS} columns", rule="header-too-long")
    twice = {each for each in columns if columns.count(each) > 1}
    if twice:
        raise invalid("the header names a column twice", rule="header-repeated", path=tuple(sorted(twice)))


def bounded(count: int) -> None:
    if count > MOST_ROWS:
        raise invalid(f"the file has more than {MOST_ROWS:,} rows", rule="file-too-long")
