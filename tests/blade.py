"""Writes an XML return as COLLECT's "Blade" CSV export has it: nine files, ids of its own, days in its own form."""

import csv
import io
import random
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from xml.etree.ElementTree import Element, fromstring

_HEADER = ("collection", "year", "referencedate", "lea")
_WITHIN = {
    "person": "sen2", "requests": "person", "assessment": "requests", "namedplan": "assessment",
    "plandetail": "namedplan", "activeplans": "requests", "placementdetail": "activeplans", "senneed": "activeplans",
}  # fmt: skip


class _Export:
    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, str]]] = {name: [] for name in ("sen2", *_WITHIN)}

    def add(self, name: str, said: Mapping[str, str], within: str | None) -> str:
        own = f"{name}-{len(self.rows[name]) + 1}"
        row = {f"{name}tableid": own, "NativeId": "7", f"{name}orderseqcolumn": "1", "sourceid": ""}
        if within is not None:
            row[f"{_WITHIN[name]}tableid"] = within
        self.rows[name].append(row | dict(said))
        return own

    def take(self, element: Element, name: str, within: str) -> None:
        said = {each.tag.lower(): _cell(each) for each in element if each.tag.lower() not in _WITHIN}
        own = self.add(name, said, within)
        for each in element:
            if each.tag.lower() in _WITHIN:
                self.take(each, each.tag.lower(), own)


def _cell(element: Element) -> str:
    text = element.text or ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        flags = {"0": "false", "1": "TRUE"}
        names = ("rya", "pb", "oa", "week20", "senunitindicator")
        return flags.get(text, text) if element.tag.lower() in names else text
    return f"{day:%Y-%b-%d} 00:00:00"


def blade(return_xml: str, *, shuffled: int | None = None) -> dict[str, str]:
    """The nine files by name, as text; `shuffled`: the rows of each in another order."""
    root = fromstring(return_xml)
    export = _Export()
    header = {name: next(_cell(e) for e in root.iter() if e.tag.lower() == name) for name in _HEADER}
    whole = export.add("sen2", header | {"dmo": "1", "dco": "1"}, None)
    for person in root.iter("Person"):
        export.take(person, "person", whole)
    files: dict[str, str] = {}
    for name, rows in export.rows.items():
        columns = list(dict.fromkeys(column for row in rows for column in row)) or _columns(name)
        if shuffled is not None and name != "person":
            random.Random(shuffled).shuffle(rows)
        written = io.StringIO()
        writer = csv.DictWriter(written, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
        files[f"Blade-Export_28-01-2026_{name}.csv"] = written.getvalue()
    return files


def _columns(name: str) -> list[str]:
    return [f"{name}tableid", f"{_WITHIN[name]}tableid"]


def zipped(files: Mapping[str, str | bytes], *, encoding: str = "utf-8") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else content.encode(encoding))
    return written.getvalue()


def with_part(files: Mapping[str, str], name: str, change: Callable[[str], str | bytes | None]) -> bytes:
    """The zip with one part changed, or without it where the change is None."""
    changed = {each: change(text) if each.endswith(f"_{name}.csv") else text for each, text in files.items()}
    return zipped({each: content for each, content in changed.items() if content is not None})
