"""Records of the synthetic county cut to one size, to be copied for any number of children.

A copy's ids are those of its template with the child's number in them (`ids.py`), so that every reference between the
rows of a record holds in every copy without being looked up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Column, Table, Uuid

from hub.bench.ids import tail
from hub.county.county import County, make_county
from hub.db import tables
from hub.law.vocabulary import PlanStatus, SectionCode

_Record: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]

_SEED, _CHILDREN = 7, 300
_ALL = 4_000

MOST: Mapping[str, int] = {
    "child": 1,
    "child_identifier": 1,
    "contact": 1,
    "responsibility": _ALL,
    "assessment": 1,
    "cooperation_request": _ALL,
    "plan": 1,
    "plan_section": _ALL,
    "need": 4,
    "outcome": 4,
    "provision": 6,
    "provision_outcome": _ALL,
    "provision_agreement": _ALL,
    "placement": 2,
    "review": 2,
    "advice": 1,
    "advised_need": 2,
    "advised_provision": 2,
    "advised_outcome": 2,
    "personal_budget": _ALL,
    "budget_item": _ALL,
    "direct_payment": _ALL,
    "payment": 6,
    "duty": 4,
}
"""The tables that a record is copied to, each after those it refers to, and how many rows of one record at most."""

OWN = "own"
"""Stands in a template for the authority whose record it is."""

_MAINTAINED = (PlanStatus.FINAL, PlanStatus.AMENDMENT_PROPOSED, PlanStatus.CEASE_NOTIFIED)
_HEALTH = {SectionCode.C, SectionCode.G}  # first, so that what a commissioning body may see is among what is kept
_LEFT_OUT = ("supersedes_id", "source_id")  # they lead to what a template does not hold


@dataclass(frozen=True, slots=True)
class Templates:
    """Rows by table, each with the number of its template; the bodies they name, by number; how many records."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    bodies: Sequence[Mapping[str, Any]]
    count: int


def is_body(column: Column[Any]) -> bool:
    """Whether the column names a body."""
    return any(key.column.table is tables.organisation for key in column.foreign_keys)


def is_own(column: Column[Any]) -> bool:
    """Whether the column holds the id of a row of the same record."""
    return isinstance(column.type, Uuid) and not is_body(column)


def columns_of(name: str) -> list[Column[Any]]:
    """What a template holds of a table: all but whose record and which child it is."""
    return [each for each in tables.metadata.tables[name].columns if each.name not in {"owner_id", "child_id"}]


def make_templates(today: date) -> Templates:
    """The same templates for the same day."""
    county = make_county(seed=_SEED, today=today, children=_CHILDREN)
    numbers = {row["id"]: number for number, row in enumerate(_partners(county))}
    rows: dict[str, list[Mapping[str, Any]]] = {name: [] for name in MOST}
    count = 0
    for record in _records(county):
        if _is_template(record, numbers):
            count += 1
            for name, cut in _cut(record, numbers).items():
                rows[name] += [{"template": count, **row} for row in cut]
    return Templates(rows, _partners(county), count)


def _partners(county: County) -> list[Mapping[str, Any]]:
    return [row for row in county.rows["organisation"] if row["la_code"] is None]


def _records(county: County) -> Iterable[_Record]:
    """Each child's rows by table."""
    records: dict[Any, dict[str, list[Mapping[str, Any]]]] = {}
    of_provision = {row["id"]: row["child_id"] for row in county.rows["provision"]}
    for name in MOST:
        for row in county.rows[name]:
            child = row["id"] if name == "child" else row.get("child_id") or of_provision[row["provision_id"]]
            records.setdefault((row["owner_id"], child), {each: [] for each in MOST})[name].append(row)
    return records.values()


def _is_template(record: _Record, partners: Mapping[UUID, int]) -> bool:
    """Whether the child has a plan that is maintained, and no authority but its own is named in the record."""
    bodies = (
        (row["owner_id"], row[each.name])
        for name, rows in record.items()
        for each in columns_of(name)
        if is_body(each)
        for row in rows
    )
    return any(row["status"] in _MAINTAINED for row in record["plan"]) and all(
        body in {None, owner} or body in partners for owner, body in bodies
    )


def _cut(record: _Record, partners: Mapping[UUID, int]) -> dict[str, list[dict[str, Any]]]:
    """The record with so many rows as are copied, each kept only where all that it refers to is kept."""
    kept: dict[UUID, str] = {}
    cut: dict[str, list[dict[str, Any]]] = {}
    for name, most in MOST.items():
        cut[name] = []
        for row in sorted(record[name], key=lambda row: row.get("section") not in _HEALTH):
            if name == "plan" and row["status"] not in _MAINTAINED:
                continue
            if len(cut[name]) < most and _is_whole(tables.metadata.tables[name], row, kept):
                if "id" in row:
                    kept[row["id"]] = tail(len(kept))
                cut[name].append(_template_row(name, row, kept, partners))
    return cut


def _is_whole(table: Table, row: Mapping[str, Any], kept: Mapping[UUID, str]) -> bool:
    leads_to = [each.name for each in columns_of(table.name) if is_own(each) and each.name not in {"id", *_LEFT_OUT}]
    return all(row[each] is None or row[each] in kept for each in leads_to)


def _template_row(
    name: str, row: Mapping[str, Any], kept: Mapping[UUID, str], partners: Mapping[UUID, int]
) -> dict[str, Any]:
    def value(column: Column[Any]) -> Any:
        given = row[column.name]
        if given is None or column.name in _LEFT_OUT:
            return None
        if is_body(column):
            return OWN if given == row["owner_id"] else tail(partners[given])
        return kept[given] if is_own(column) else given

    return {each.name: value(each) for each in columns_of(name)}
