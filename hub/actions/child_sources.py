"""What each source says of who a child is: kept side by side, and set against one another by `hub.law.precedence`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from hub.actions.import_changes import Changes
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import child_sources as kept
from hub.db import tables
from hub.db.import_return import Row
from hub.law.precedence import ChildField, Order, Said, Standing, Value, same, says_something, stands, stays
from hub.law.vocabulary import NHSNumberStatus, Source

COLUMNS: Mapping[ChildField, str] = {each: each.value.lower() for each in ChildField}
"""The column of each field, of a child and of a source."""

_WORDS = (*COLUMNS.values(), "nhs_number_status")


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells: a kind of source, of an extract its case system, and the body, where it is not the authority."""

    source: Source
    system: str | None = None
    body: UUID | None = None

    def is_of(self, row: Row) -> bool:
        return (self.source, self.system, self.body) == (row["source"], row["system"], row["said_by_id"])


@dataclass(frozen=True, slots=True)
class Weighing:
    """What is asked when words are weighed: the authority's order, the codes of other bodies, and the day."""

    order: Order
    codes: Mapping[UUID, str]
    today: date


def keep_word(
    changes: Changes,
    child: Row,
    rows: list[Row],
    teller: Teller,
    said: Mapping[str, Any],
    *,
    on: date,
    new: bool,
    content_hash: str | None = None,
) -> Row:
    """Keep what a source says of a child that the authority has (`new`: has from now on); its row as it will be.

    `rows`: all sources of the child; a child whose sources were never kept is its own first.
    """
    told = {name: said.get(name) for name in _WORDS} | {"content_hash": content_hash}
    current = max((row for row in rows if teller.is_of(row)), key=lambda row: row["said_on"], default=None)
    if current is not None:
        _say_again(changes, current, told, on)
        return current
    since: dict[str, str] = {}
    if not new and not rows:
        before = {name: child[name] for name in _WORDS}
        last = child["updated_at"].date()
        if teller == Teller(Source(child["source"])):
            since = {field: last.isoformat() for field in _fields(before) - _fields(told)}
            told = {name: before.get(name) if value is None else value for name, value in told.items()}
        else:
            _add(changes, child["id"], rows, Teller(Source(child["source"])), before, last, {})
    return _add(changes, child["id"], rows, teller, told, on, since)


def _fields(told: Mapping[str, Any]) -> set[str]:
    """The fields that have a word."""
    return {field.value for field, column in COLUMNS.items() if told[column] is not None}


def _add(
    changes: Changes, child_id: UUID, rows: list[Row], teller: Teller, told: Row, on: date, since: dict[str, str]
) -> Row:
    who = {"source": teller.source, "system": teller.system, "said_by_id": teller.body}
    more = {"content_hash": None} | told | {"said_on": on, "since": since, "withdrawn_on": None}
    row = changes.add(tables.child_source, child_id, who | more)
    rows.append(row)
    return row


def _say_again(changes: Changes, current: Row, told: Mapping[str, Any], on: date) -> None:
    """A new word replaces the source's own, from its day on. One that it repeats, or leaves out, stays as it was: what
    is told again every night is no newer for it. An older file fills what is empty.
    """
    fresh = {
        column: told[column]
        for field, column in COLUMNS.items()
        if told[column] is not None
        and told[column] != current[column]
        and (current[column] is None or not (changes.older or on < _since(current, field)))
    }
    since = current["since"] | {field.value: on.isoformat() for field, column in COLUMNS.items() if column in fresh}
    if told["nhs_number_status"] is not None and current["nhs_number"] in {None, told["nhs_number"]}:
        fresh["nhs_number_status"] = told["nhs_number_status"]
    rest = {"since": since, "withdrawn_on": None, "content_hash": told["content_hash"]}
    changes.note(tables.child_source, current, fresh | rest)


def _since(row: Row, field: ChildField) -> date:
    """The day from which the source has said what it says of the field."""
    day = row["since"].get(field.value)
    return date.fromisoformat(day) if day else row["said_on"]


def withdraw(changes: Changes, child: Row, rows: Sequence[Row], teller: Teller, *, on: date) -> None:
    """The source tells that it has the child no more: what it said stays, and counts no longer."""
    for row in rows:
        if teller.is_of(row) and row["withdrawn_on"] is None:
            changes.put(tables.child_source, child["id"], row, {"withdrawn_on": on, "content_hash": None})


def weigh(
    changes: Changes,
    child: Row,
    rows: Sequence[Row],
    known: Sequence[Row],
    weighing: Weighing,
    *,
    as_it_is: bool = False,
) -> None:
    """Settle which word of each field stands, where more than one source tells of the child; keep where they differ.

    `known`: the child's disagreements, as recorded. `as_it_is`: what the record has stands, whoever said it.
    """
    open_ = {row["field"]: row for row in known if row["settled_on"] is None}
    for field in ChildField:
        said = [each for row in rows if (each := _said(field, row, child, weighing)) is not None]
        standing = stays(field, said) if as_it_is else None
        if said and standing is None:
            standing = stands(field, said, weighing.order.get(field, ()))
        if standing is not None:
            _let_stand(changes, child, field, standing, rows, said)
        before = open_.get(field)
        if standing is not None and standing.by is not None:
            _disagree(changes, child, field, standing, said, before, weighing)
        elif before is not None:
            # The words are not kept: after a split one of them is another child's.
            changes.put(tables.disagreement, child["id"], before, {"settled_on": weighing.today, "told": []})


def _said(field: ChildField, row: Row, child: Row, weighing: Weighing) -> "_Word | None":
    value = _value(row[COLUMNS[field]])
    if row["withdrawn_on"] is not None or value is None or not says_something(field, value):
        return None
    body = row["said_by_id"]
    held = _value(child[COLUMNS[field]])
    return _Word(
        Source(row["source"]),
        row["system"] or (weighing.codes.get(body) if body else None),
        value,
        _since(row, field),
        outside=body is not None,
        traced=row["nhs_number_status"] == NHSNumberStatus.VERIFIED,
        in_record=held is not None and same(field, held, value),
        row=row,
    )


@dataclass(frozen=True, slots=True)
class _Word(Said):
    row: Row | None = None


def _value(column: Any) -> Value | None:
    return tuple(cast("list[str]", column)) if isinstance(column, list) else column


def _let_stand(
    changes: Changes, child: Row, field: ChildField, standing: Standing, rows: Sequence[Row], said: Sequence[Said]
) -> None:
    column, value = COLUMNS[field], standing.said.value
    if not standing.said.in_record or (field is ChildField.UPN and child[column] != value):
        changes.put(tables.child, child["id"], child, {column: list(value) if isinstance(value, tuple) else value})
    if field is ChildField.NHS_NUMBER:
        traced = any(each.traced and each.value == value for each in said)
        status = NHSNumberStatus.VERIFIED if traced else _status(rows, value)
        if status is not None:
            changes.put(tables.child, child["id"], child, {"nhs_number_status": status})


def _status(rows: Sequence[Row], number: Value) -> NHSNumberStatus | None:
    return next((row["nhs_number_status"] for row in rows if row["nhs_number"] == number), None)


def _disagree(
    changes: Changes,
    child: Row,
    field: ChildField,
    standing: Standing,
    said: Iterable[Said],
    before: Row | None,
    weighing: Weighing,
) -> None:
    words = sorted(said, key=lambda each: (each != standing.said, each.source, each.name or "", each.on.toordinal()))
    told = [_told(each, stands=same(field, each.value, standing.said.value)) for each in words]
    now = {"field": field, "rule": standing.by, "told": told}
    if before is None:
        changes.add(tables.disagreement, child["id"], now | {"found_on": weighing.today, "settled_on": None})
    else:
        changes.put(tables.disagreement, child["id"], before, now)


def _told(said: Said, *, stands: bool) -> dict[str, Any]:
    row = said.row if isinstance(said, _Word) else None
    body = row["said_by_id"] if row else None
    return {
        "value": " ".join(said.value) if isinstance(said.value, tuple) else str(said.value),
        "source": said.source,
        "system": row["system"] if row else None,
        "body": str(body) if body else None,
        "code": said.name if body else None,
        "on": said.on.isoformat(),
        "stands": stands,
    }


async def heard(
    tx: Transaction, owner_id: UUID, child_id: UUID, teller: Teller, said: Mapping[str, Any], *, new: bool = False
) -> None:
    """Another body tells, in a message, of a child that the authority has: kept beside what others say.

    Runs in the records of the owner. Nothing of it reaches the sender.
    """
    child = (await kept.locked_children(tx.connection, owner_id, [child_id]))[0]
    changes = Changes(owner_id, tx.new_id(), older=False)
    rows, known = (await kept.of_children(tx.connection, owner_id, [child_id]))[child_id]
    keep_word(changes, child, rows, teller, said, on=tx.today, new=new)
    await _weighed(tx, changes, [(child, rows, known)])


async def weigh_again(tx: Transaction, owner_id: UUID, child_ids: Sequence[UUID], *, as_it_is: bool = False) -> None:
    """Weigh the words about these children once more, as when the order of the sources has changed."""
    children = await kept.locked_children(tx.connection, owner_id, child_ids)
    told = await kept.of_children(tx.connection, owner_id, child_ids)
    changes = Changes(owner_id, tx.new_id(), older=False)
    await _weighed(tx, changes, [(child, *told[child["id"]]) for child in children], as_it_is=as_it_is)


async def keep_own_words(tx: Transaction, owner_id: UUID, child_ids: Sequence[UUID]) -> None:
    """What records themselves say, of those whose sources were never kept: before they are made one."""
    changes = Changes(owner_id, tx.new_id(), older=False)
    told = await kept.of_children(tx.connection, owner_id, child_ids)
    for child in await kept.locked_children(tx.connection, owner_id, child_ids):
        if not told[child["id"]][0]:
            own = {name: child[name] for name in _WORDS}
            _add(changes, child["id"], [], Teller(Source(child["source"])), own, child["updated_at"].date(), {})
    await changes.write(tx.connection)


async def _weighed(
    tx: Transaction,
    changes: Changes,
    children: Sequence[tuple[Row, list[Row], list[Row]]],
    *,
    as_it_is: bool = False,
) -> None:
    order = await kept.order_of(tx.connection, changes.owner_id)
    bodies = {row["said_by_id"] for _, rows, _ in children for row in rows if row["said_by_id"]}
    weighing = Weighing(order, await kept.codes_of(tx.connection, bodies), tx.today)
    for child, rows, known in children:
        weigh(changes, child, rows, known, weighing, as_it_is=as_it_is)
        if changes.columns.get(child["id"]):
            changes.new_version(child, tx.now)
    await changes.write(tx.connection)
    for child_id, columns in changes.columns.items():
        facts = {"columns": sorted(columns)}
        await tx.record(Event("child_told_of", changes.owner_id, "Child", child_id, child_id, facts))
