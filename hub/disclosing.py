"""`hub audit disclosures`: who has seen a child's record, for the privacy officer and in plain words for the family."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.auditing import read_as_hub
from hub.db import tables
from hub.errors import Problem, not_found
from hub.law.periods import LONDON
from hub.law.reg17_disclosure import Part, Purpose
from hub.settings import Settings
from schema.ids import row_of_type

BROKEN_GLASS = "broken glass"


@dataclass(frozen=True, slots=True)
class Seen:
    """One time that something of the child's record was shown, or that it was opened in an emergency."""

    at: datetime
    kept_by: str
    body: str
    client_id: str | None
    person: str | None
    purpose: Purpose
    ground: str
    operation: str
    shown: tuple[Part, ...]
    withheld: tuple[Part, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "at": self.at.isoformat(),
            "kept_by": self.kept_by,
            "body": self.body,
            "client_id": self.client_id,
            "person": self.person,
            "purpose": self.purpose.value,
            "ground": self.ground,
            "operation": self.operation,
            "parts_shown": [each.value for each in self.shown],
            "parts_withheld": [each.value for each in self.withheld],
        }


def disclosures(settings: Settings, child: str, *, as_json: bool, for_family: bool) -> str:
    """Who has seen the record of the child with this id, NHS number or UPN. Raises `Problem` NOT_FOUND."""
    seen = read_as_hub(settings, lambda connection: _seen(connection, child))
    if as_json:
        return json.dumps([each.as_json() for each in seen], indent=1)
    return _family_text(seen) if for_family else _table(seen)


async def _seen(connection: AsyncConnection, child: str) -> list[Seen]:
    keys = await _keys(connection, child)
    found: list[Seen] = []
    for owner_id, child_id in keys:
        found += await _disclosed(connection, owner_id, child_id)
        found += await _broken(connection, owner_id, child_id)
    return sorted(found, key=lambda each: each.at)


async def _keys(connection: AsyncConnection, child: str) -> Sequence[tuple[UUID, UUID]]:
    """Each authority's record of the child, with the records that have become part of it; or one that was erased."""
    table, merge, shown = tables.child, tables.identity_merge, tables.disclosure
    statement = select(table.c.owner_id, table.c.id)
    row_id = _row_id(child)
    if row_id is None:
        statement = statement.where((table.c.nhs_number == child.replace(" ", "")) | (table.c.upn == child.upper()))
    else:
        became = select(merge.c.child_id).where(merge.c.former_child_id == row_id, merge.c.split_at.is_(None))
        statement = statement.where(or_(table.c.id == row_id, table.c.id.in_(became)))
    found = statement.subquery()
    former = select(merge.c.owner_id, merge.c.former_child_id).where(
        merge.c.owner_id == found.c.owner_id, merge.c.child_id == found.c.id, merge.c.split_at.is_(None)
    )
    keys = [(owner, one) for owner, one in await connection.execute(union(select(found), former))]
    if not keys and row_id is not None:
        erased = select(shown.c.owner_id, shown.c.child_id).where(shown.c.child_id == row_id).distinct()
        keys = [(owner, one) for owner, one in await connection.execute(erased)]
    if not keys:
        raise not_found("child")
    return sorted(keys)


def _row_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        pass
    try:
        return row_of_type(text, "Child")
    except Problem:
        return None


async def _disclosed(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> list[Seen]:
    table, body, keeper = tables.disclosure, tables.organisation.alias(), tables.organisation.alias()
    statement = (
        select(table, body.c.name.label("body"), keeper.c.name.label("kept_by"))
        .join(body, body.c.id == table.c.organisation_id)
        .join(keeper, keeper.c.id == table.c.owner_id)
        .where(table.c.owner_id == owner_id, table.c.child_id == child_id)
    )
    return [
        Seen(
            row.recorded_at,
            row.kept_by,
            row.body,
            row.client_id,
            row.person,
            row.purpose,
            row.ground,
            row.operation,
            tuple(Part(word) for word in row.parts_shown),
            tuple(Part(word) for word in row.parts_withheld),
        )
        for row in await connection.execute(statement)
    ]


async def _broken(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> list[Seen]:
    table, body, keeper = tables.broken_glass, tables.organisation.alias(), tables.organisation.alias()
    statement = (
        select(table, body.c.name.label("body"), keeper.c.name.label("kept_by"))
        .join(body, body.c.id == table.c.body_id)
        .join(keeper, keeper.c.id == table.c.owner_id)
        .where(table.c.owner_id == owner_id, table.c.child_id == child_id)
    )
    return [
        Seen(
            row.opened_at,
            row.kept_by,
            row.body,
            row.client_id,
            row.person,
            Purpose.SAFEGUARDING,
            row.reason,
            BROKEN_GLASS,
            (),
            (),
        )
        for row in await connection.execute(statement)
    ]


def _table(seen: Sequence[Seen]) -> str:
    """A line each, oldest first."""
    heads = ("at", "kept by", "body", "who", "purpose", "ground", "operation", "shown", "withheld")
    lines = [heads, *(_line(each) for each in seen)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _line(seen: Seen) -> tuple[str, ...]:
    return (
        seen.at.isoformat(timespec="seconds"),
        seen.kept_by,
        seen.body,
        seen.person or seen.client_id or "",
        seen.purpose.value,
        seen.ground,
        seen.operation,
        ",".join(seen.shown),
        ",".join(seen.withheld),
    )


def _family_text(seen: Sequence[Seen]) -> str:
    """The answer to "who has seen this record?" (UK GDPR art. 15(1)(a) to (c)): bodies, reasons and kinds of data.

    It names bodies and not their staff, and groups what one body saw for one reason.
    """
    if not seen:
        return "Nobody has seen this record through the hub."
    kept_by = sorted({each.kept_by for each in seen})
    groups: dict[tuple[str, Purpose, bool], list[Seen]] = defaultdict(list)
    for each in seen:
        groups[each.body, each.purpose, each.operation == BROKEN_GLASS].append(each)
    text = [
        "Who has seen this record",
        "",
        f"The record is kept by {' and '.join(kept_by)}. This is everybody who has seen something of it through",
        f"the hub from {_day(seen[0].at)} to {_day(seen[-1].at)}, the reason that each gave, and what they were shown.",
    ]
    for (body, purpose, broken), times in sorted(groups.items()):
        text += ["", f"{body}{' (which keeps the record)' if body in kept_by else ''}", f"  When: {_when(times)}"]
        if broken:
            text.append("  Why: the record was opened in an emergency, to keep a child from harm.")
            continue
        text.append(f"  Why: {_sentence(purpose.meaning)}")
        text += [f"  The law that opened it: {ground}" for ground in sorted({each.ground for each in times})]
        text.append("  What was shown:")
        text += [f"    - {part.meaning}" for part in Part if any(part in each.shown for each in times)]
    return "\n".join(text)


def _when(times: Sequence[Seen]) -> str:
    first, last = _day(times[0].at), _day(times[-1].at)
    if len(times) == 1:
        return f"once, on {first}"
    return f"{len(times)} times, on {first}" if first == last else f"{len(times)} times, from {first} to {last}"


def _day(at: datetime) -> str:
    day = at.astimezone(LONDON)
    return f"{day.day} {day:%B %Y}"


def _sentence(meaning: str) -> str:
    return meaning.removesuffix(" The default.").removesuffix(" Always stated, never a default.")
