"""The SQL of the quarantine: what waits, how it came, what was done with it, and how many wait for how long."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, and_, delete, false, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.imports import QuarantineForm, QuarantineResolution
from hub.law.vocabulary import Source

_ITEM, _RUN = tables.quarantined_item, tables.import_run
Problems = Sequence[Mapping[str, Any]]
"""`{place, rule, message}` of each thing that is wrong; never a child's data."""


@dataclass(frozen=True, slots=True)
class Run:
    """How the file was read that an item is a part of."""

    reference_date: date | None
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the quarantine, with what it says as it came and as it was mended."""

    owner_id: UUID
    id: UUID
    form: QuarantineForm
    place: str
    problems: Problems
    about: Mapping[str, Any]
    sender_id: UUID | None
    client_id: str | None
    content: bytes
    sha256: str
    mended: bytes | None
    chosen_child_id: UUID | None
    as_new_child: bool
    version: int
    steps: Sequence[Mapping[str, Any]]
    quarantined_at: datetime
    resolved_at: datetime | None
    resolution: QuarantineResolution | None
    run: Run | None

    @property
    def says(self) -> bytes:
        """As it was mended, or else as it came."""
        return self.content if self.mended is None else self.mended

    @property
    def decided(self) -> bool:
        """Whether a person has said which child it is about."""
        return self.as_new_child or self.chosen_child_id is not None

    @property
    def rules(self) -> frozenset[str]:
        """Every rule that it was found to break so far."""
        broken = {str(each["rule"]) for each in self.problems}
        return frozenset(broken.union(*(cast("list[str]", each.get("rules") or []) for each in self.steps)))


@dataclass(frozen=True, slots=True)
class KeptAside:
    """What is put into quarantine: whose it is, where it stood, what is wrong, and its bytes."""

    owner_id: UUID
    kind: Source
    form: QuarantineForm
    place: str
    problems: Problems
    content: bytes
    import_run_id: UUID | None = None
    sender_id: UUID | None = None
    client_id: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def row(self, item_id: UUID, at: datetime) -> dict[str, Any]:
        return {
            "owner_id": self.owner_id,
            "id": item_id,
            "import_run_id": self.import_run_id,
            "sender_id": self.sender_id,
            "client_id": self.client_id,
            "kind": self.kind,
            "form": self.form,
            "place": self.place,
            "about": dict(self.about),
            "problems": [dict(each) for each in self.problems],
            "content": self.content,
            "sha256": self.sha256,
            "as_new_child": False,
            "version": 1,
            "steps": [],
            "quarantined_at": at,
        }


async def add(connection: AsyncConnection, kept: KeptAside, item_id: UUID, *, at: datetime) -> None:
    await connection.execute(insert(_ITEM).values(kept.row(item_id, at)))


async def add_once(connection: AsyncConnection, kept: KeptAside, item_id: UUID, *, at: datetime) -> bool:
    """Keep it, unless the very same waits or has been decided on; whether it is new. Of two at once one is kept."""
    key = f"quarantine:{kept.owner_id}:{kept.sha256}"
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    same = select(_ITEM.c.id).where(
        _ITEM.c.owner_id == kept.owner_id,
        _ITEM.c.sha256 == kept.sha256,
        _ITEM.c.form == kept.form,
        _ITEM.c.place == kept.place,
        func.coalesce(_ITEM.c.resolution == QuarantineResolution.CAME_AGAIN, false()).is_(False),
    )
    if await connection.scalar(same.limit(1)) is not None:
        return False
    await add(connection, kept, item_id, at=at)
    return True


async def of_id(connection: AsyncConnection, owner_id: UUID, item_id: UUID, *, lock: bool = False) -> Item | None:
    """The owner's item. `lock`: nobody else changes it until this transaction ends."""
    which = (_ITEM.c.owner_id == owner_id, _ITEM.c.id == item_id)
    if lock:
        await connection.execute(select(_ITEM.c.id).where(*which).with_for_update())
    row = (await connection.execute(_whole().where(*which))).mappings().one_or_none()
    return None if row is None else _item(row)


async def owner_of(connection: AsyncConnection, item_id: UUID) -> UUID | None:
    """Whose item it is: for the hub's own work, which sees every body's."""
    return await connection.scalar(select(_ITEM.c.owner_id).where(_ITEM.c.id == item_id))


async def listed(
    connection: AsyncConnection, owner_id: UUID | None, *, form: QuarantineForm | None, resolved: bool, most: int
) -> list[Item]:
    """What waits, or has been resolved, the oldest first; of this owner, or (None) of all that may be seen."""
    narrowed = [_ITEM.c.owner_id == owner_id] if owner_id else []
    narrowed += [_ITEM.c.form == form] if form else []
    stands = _ITEM.c.resolved_at.is_not(None) if resolved else _ITEM.c.resolved_at.is_(None)
    found = await connection.execute(
        _whole().where(stands, *narrowed).order_by(_ITEM.c.quarantined_at, _ITEM.c.id).limit(most)
    )
    return [_item(row) for row in found.mappings()]


def _whole() -> Select[Any]:
    run = and_(_RUN.c.owner_id == _ITEM.c.owner_id, _RUN.c.id == _ITEM.c.import_run_id)
    read = (_RUN.c.id.label("run_id"), _RUN.c.reference_date, _RUN.c.about.label("run_about"))
    return select(_ITEM, *read).join(_RUN, run, isouter=True)


def _item(row: Mapping[Any, Any]) -> Item:
    run = None if row["run_id"] is None else Run(row["reference_date"], row["run_about"] or {})
    own = {name: row[name] for name in Item.__dataclass_fields__ if name != "run"}
    own |= {name: bytes(own[name]) for name in ("content", "mended") if own[name] is not None}
    return Item(**own, run=run)


async def change(connection: AsyncConnection, item: Item, step: Mapping[str, Any], **values: Any) -> None:
    """Change the item, which is locked, and add the step that did it."""
    changed = {"version": item.version + 1, "steps": [*item.steps, dict(step)]} | values
    await connection.execute(
        update(_ITEM).where(_ITEM.c.owner_id == item.owner_id, _ITEM.c.id == item.id).values(changed)
    )


CAME_AGAIN = f"""
UPDATE quarantined_item AS item SET resolved_at = came.at, resolution = '{QuarantineResolution.CAME_AGAIN.value}'
FROM json_to_recordset(CAST(:taken_in AS json)) AS came (
    owner_id uuid, sha256 text, put_to text, at timestamptz)
WHERE item.owner_id = came.owner_id AND item.form = '{QuarantineForm.FHIR_WRITE.value}' AND item.resolved_at IS NULL
  AND (item.sha256 = came.sha256 OR came.put_to = item.about ->> 'path' AND item.about ->> 'method' = 'PUT')
"""  # noqa: S608  (of our own words)
"""Of the writes of the owner that wait: the same as was taken in, or one put to the same resource (`put_to`)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many items of a form wait, and since when the oldest does."""

    form: QuarantineForm
    waiting: int
    oldest_at: datetime


async def figures(connection: AsyncConnection) -> list[Figures]:
    """Of every body together: numbers for operators, which name nobody."""
    found = await connection.execute(text("SELECT form, waiting, oldest FROM quarantine_figures() ORDER BY form"))
    return [Figures(QuarantineForm(row.form), row.waiting, row.oldest) for row in found]


async def expire(connection: AsyncConnection, *, before: datetime, at: datetime) -> list[tuple[UUID, UUID]]:
    """Erase what has waited since before; owner and id of each."""
    gone = await connection.execute(
        update(_ITEM)
        .where(_ITEM.c.resolved_at.is_(None), _ITEM.c.quarantined_at < before)
        .values(
            resolved_at=at,
            resolution=QuarantineResolution.EXPIRED,
            content=b"",
            mended=None,
            version=_ITEM.c.version + 1,
        )
        .returning(_ITEM.c.owner_id, _ITEM.c.id)
    )
    return [(row.owner_id, row.id) for row in gone]


async def forget(connection: AsyncConnection, *, resolved_before: datetime) -> int:
    """Forget what was resolved before; how many. That it was decided stays on record."""
    gone = await connection.execute(delete(_ITEM).where(_ITEM.c.resolved_at < resolved_before))
    return gone.rowcount


async def has_child(connection: AsyncConnection, owner_id: UUID, child_id: UUID) -> bool:
    """Whether this is one of the owner's children."""
    child = tables.child
    found = select(func.count()).select_from(child).where(child.c.owner_id == owner_id, child.c.id == child_id)
    return bool(await connection.scalar(found))
