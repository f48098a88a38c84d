"""The way in of a child's rows of an extract that waited in quarantine: the same mapping, the same import."""

import json
from collections import defaultdict
from datetime import date
from functools import partial
from typing import Any, cast

from pydantic import ValidationError

from adapters.la_extract.mapping import Mapping
from adapters.la_extract.persons import Extract, Table, persons
from adapters.la_extract.rows import MOST_CHARACTERS, Row
from hub.actions.import_replay import header_of, replay_person
from hub.actions.quarantine import StillRefused, WayIn
from hub.actions.sen2_return import ReadPerson, ReturnHeader
from hub.actions.transaction import Transaction
from hub.db.quarantine import Item
from hub.errors import Problem, invalid
from hub.law.vocabulary import Source

MOST_ROWS = 1_000

Rows = dict[str, list[dict[str, str]]]


def rows_in(content: bytes) -> Rows:
    """By file, the cells by column. Raises `Problem` INVALID."""
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise invalid(f"this is not JSON{line}", rule="json-syntax", path=("content",)) from error
    if not _is_rows(found):
        message = "the rows are an object: by file a list of rows, each with its cells, as texts, by column"
        raise invalid(message, rule="not-rows", path=("content",))
    return cast("Rows", found)


def _is_rows(found: Any) -> bool:
    files = cast("dict[str, Any]", found).values() if isinstance(found, dict) else [None]
    rows = [row for each in files for row in (cast("list[Any]", each) if isinstance(each, list) else [None])]
    return 0 < len(rows) <= MOST_ROWS and all(map(_is_row, rows))


def _is_row(row: Any) -> bool:
    cells = cast("dict[str, Any]", row).values() if isinstance(row, dict) else [None]
    return all(isinstance(each, str) and "\0" not in each and len(each) <= MOST_CHARACTERS for each in cells)


def read_kept(content: bytes, *, mapping: Mapping, header: ReturnHeader, today: date) -> ReadPerson | None:
    """The one child of whom the rows tell; None where the mapping leaves it out. Raises `Problem` INVALID."""
    columns: dict[str, dict[str, None]] = defaultdict(dict)
    named = Extract(mapping, {})
    for _, part in mapping.parts():
        columns[named.file_of(part)] |= dict.fromkeys(named.columns_of(part))
    said = rows_in(content)
    unknown = sorted(said.keys() - columns.keys())
    if unknown:
        raise invalid("the mapping names no such file", rule="file-unknown", path=("content",))
    tables: dict[str, Table] = {
        name: (list(names), [Row(number, cells) for number, cells in enumerate(said.get(name, ()), start=1)])
        for name, names in columns.items()
    }
    found = list(persons(Extract(mapping, tables), header=header, today=today))
    if len(found) > 1:
        raise invalid("the rows are of more than one child", rule="not-one-child", path=("content",))
    return found[0] if found else None


def _check(_: Item, content: bytes) -> None:
    rows_in(content)


async def _take(tx: Transaction, item: Item) -> None:
    header = header_of(tx, item, Source.EXTRACT)
    reading = partial(read_kept, mapping=_mapping(item), header=header, today=tx.today)
    read = reading(item.says)
    if read is None:
        message = "the mapping leaves this child out: discard it, or correct what it is left out by"
        raise StillRefused([{"place": item.place, "rule": "left-out", "message": message}])
    await replay_person(tx, item, header=header, read=read, as_it_came=_before(item, reading))


def _mapping(item: Item) -> Mapping:
    """The mapping by which the extract was read. Raises `StillRefused`."""
    try:
        return Mapping.model_validate(item.run.about.get("mapping") if item.run else None)
    except ValidationError as error:
        message = "the mapping by which this was read is not on record: import the extract again"
        raise StillRefused([{"place": item.place, "rule": "mapping-unknown", "message": message}]) from error


def _before(item: Item, reading: "partial[ReadPerson | None]") -> ReadPerson | None:
    try:
        return reading(item.content)
    except Problem:
        return None


WAY_IN = WayIn(_check, _take)
