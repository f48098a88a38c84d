"""Pairs of one authority's records that may be one child's, and what makes two records one and one record two again.

Nothing here looks at another owner's rows.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.identity import Candidate, Known
from hub.law.vocabulary import IdentityDecision

_CANDIDATE, _MERGE, _CHILD = tables.identity_candidate, tables.identity_merge, tables.child
FILLS = ("postcode", "nhs_number", "nhs_number_status", "upn", "upn_unknown_reason", "ethnicity")
"""What a record takes from the one that becomes part of it, where it has nothing itself."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records brought before somebody, and what was decided."""

    id: UUID
    child_id: UUID
    other_child_id: UUID
    decision: IdentityDecision | None


def known(row: RowMapping | dict[str, Any]) -> Known:
    """Who a record says that the child is."""
    return Known(
        row["family_name"],
        " ".join(row["given_names"]),
        row["date_of_birth"],
        row["postcode"],
        row["nhs_number"],
        row["nhs_number_status"],
        row["upn"],
    )


async def records_like(
    connection: AsyncConnection, owner_id: UUID, child_ids: Collection[UUID], *, apart_from: Collection[UUID] = ()
) -> list[tuple[UUID, Known, UUID, Known]]:
    """Pairs worth comparing: each of these children with others of the owner, but for those that they are apart from,
    that were not decided upon before.

    They share a number; or the date of birth and a name or the postcode; or both names and the postcode.
    """
    said = {"owner": owner_id, "children": list(child_ids), "apart": list(apart_from)}
    like = _LIKE_OF_FEW if len(child_ids) > FEW and apart_from else _LIKE
    found = (await connection.execute(like, said)).mappings()
    return [(row["id"], _side(row, ""), row["other_id"], _side(row, "other_")) for row in found]


async def records_near(connection: AsyncConnection, owner_id: UUID, said: Known) -> list[tuple[UUID, Known]]:
    """The owner's records worth comparing with what is said of a child: as `records_like`, of one who has no record."""
    given = {
        "owner": owner_id,
        "family_name": said.family_name,
        "given_name": said.given_name.split(" ")[0],
        "date_of_birth": said.date_of_birth,
        "postcode": said.postcode,
        "nhs_number": said.nhs_number,
        "upn": said.upn,
    }
    found = (await connection.execute(_NEAR, given)).mappings()
    return [(row["id"], known(row)) for row in found]


def _side(row: RowMapping, prefix: str) -> Known:
    return known({name: row[prefix + name] for name in _COMPARED})


_COMPARED = (
    "family_name",
    "given_names",
    "date_of_birth",
    "postcode",
    "nhs_number",
    "nhs_number_status",
    "upn",
)
_SIDES = ", ".join([f"one.{name}" for name in _COMPARED] + [f"other.{name} AS other_{name}" for name in _COMPARED])
_WAYS = (
    "other.date_of_birth = one.date_of_birth AND (lower(other.family_name) = lower(one.family_name) "
    "OR lower(other.given_names[1]) = lower(one.given_names[1]) OR other.postcode = one.postcode)",
    "other.nhs_number = one.nhs_number",
    "other.upn = one.upn",
    "other.family_name = one.family_name AND other.given_names[1] = one.given_names[1] "
    "AND other.postcode = one.postcode",
)
_LIKES = " UNION ".join(
    f"SELECT one.id, other.id AS other_id, {_SIDES} FROM child one JOIN {{others}} other "  # noqa: S608 (our own names)
    f"ON other.owner_id = one.owner_id AND other.id <> one.id AND {way} "
    "WHERE one.owner_id = :owner AND one.id = ANY(CAST(:children AS uuid[])) AND {apart}"
    "NOT EXISTS (SELECT FROM identity_candidate before WHERE before.owner_id = one.owner_id AND "
    "((before.child_id = one.id AND before.other_child_id = other.id) "
    "OR (before.child_id = other.id AND before.other_child_id = one.id)))"
    for way in _WAYS
)
_NOT_APART = "NOT EXISTS (SELECT FROM unnest(CAST(:apart AS uuid[])) AS apart (id) WHERE apart.id = other.id)"
_LIKE = text(_LIKES.format(others="child", apart=f"{_NOT_APART} AND "))
_OTHERS = f"SELECT * FROM child AS other WHERE other.owner_id = :owner AND {_NOT_APART}"  # noqa: S608 (our own names)
_LIKE_OF_FEW = text(f"WITH others AS MATERIALIZED ({_OTHERS}) {_LIKES.format(others='others', apart='')}")
FEW = 100
"""Of more children than these, whoever the same file speaks of is left out first: of a first file that is everybody,
and each would be compared with all who were born on the same day."""


_NEAR = text(
    " UNION ".join(
        "SELECT other.id, other.family_name, other.given_names, other.date_of_birth, other.postcode, "  # noqa: S608 (ours)
        f"other.nhs_number, other.nhs_number_status, other.upn FROM child other WHERE other.owner_id = :owner AND {way}"
        for way in (
            "other.date_of_birth = :date_of_birth",
            "other.nhs_number = CAST(:nhs_number AS text)",
            "other.upn = CAST(:upn AS text)",
            "other.family_name = :family_name AND other.given_names[1] = :given_name "
            "AND other.postcode = CAST(:postcode AS text)",
        )
    )
)


async def bring_forward(
    connection: AsyncConnection,
    owner_id: UUID,
    pairs: Iterable[tuple[UUID, UUID, UUID, Candidate]],
    *,
    at: datetime,
) -> None:
    """Keep pairs (id of the row, the two children, why) for somebody to decide on."""
    rows = [
        {
            "owner_id": owner_id,
            "id": row_id,
            "child_id": one,
            "other_child_id": other,
            "reasons": sorted(each.value for each in why.evidence),
            "score": round(why.score),
            "found_at": at,
        }
        for row_id, one, other, why in pairs
    ]
    if rows:
        await connection.execute(insert(_CANDIDATE), rows)


async def pair(connection: AsyncConnection, owner_id: UUID, candidate_id: UUID) -> Pair | None:
    """The pair, locked, where it is the owner's."""
    which = (_CANDIDATE.c.owner_id == owner_id, _CANDIDATE.c.id == candidate_id)
    row = (await connection.execute(select(_CANDIDATE).where(*which).with_for_update())).mappings().first()
    return None if row is None else Pair(row["id"], row["child_id"], row["other_child_id"], row["decision"])


async def decided(
    connection: AsyncConnection, owner_id: UUID, candidate: Pair, decision: IdentityDecision, *, at: datetime
) -> None:
    which = (_CANDIDATE.c.owner_id == owner_id, _CANDIDATE.c.id == candidate.id)
    await connection.execute(update(_CANDIDATE).where(*which).values(decision=decision, decided_at=at))


async def explain(connection: AsyncConnection, owner_id: UUID, candidate_id: UUID, why: str | None) -> None:
    """Keep why it was decided so."""
    which = (_CANDIDATE.c.owner_id == owner_id, _CANDIDATE.c.id == candidate_id)
    await connection.execute(update(_CANDIDATE).where(*which).values(decision_reason=why))


async def make_one(
    connection: AsyncConnection, owner_id: UUID, candidate: Pair, *, stays: UUID, goes: UUID, row_id: UUID, at: datetime
) -> None:
    """All that is recorded of one child is of the other from now on, and its own row is kept for a split."""
    rows = select(_CHILD).where(_CHILD.c.owner_id == owner_id, _CHILD.c.id.in_([stays, goes]))
    both = {row["id"]: row for row in (await connection.execute(rows.with_for_update())).mappings()}
    filled = [each for each in FILLS if both[stays][each] is None and both[goes][each] is not None]
    record = await connection.scalar(
        select(func.to_jsonb(text("child.*")))
        .select_from(_CHILD)
        .where(_CHILD.c.owner_id == owner_id, _CHILD.c.id == goes)
    )
    await _settle_other_pairs(connection, owner_id, candidate, stays=stays, goes=goes, at=at)
    moved = await connection.scalar(select(func.merge_children(owner_id, stays, goes)))
    changed = {each: both[goes][each] for each in filled} | {"version": both[stays]["version"] + 1, "updated_at": at}
    await connection.execute(
        update(_CHILD).where(_CHILD.c.owner_id == owner_id, _CHILD.c.id == stays).values(**changed)
    )
    kept = {"record": record, "filled": filled, "moved": moved, "merged_at": at, "candidate_id": candidate.id}
    await connection.execute(
        insert(_MERGE).values(owner_id=owner_id, id=row_id, child_id=stays, former_child_id=goes, **kept)
    )


async def _settle_other_pairs(
    connection: AsyncConnection, owner_id: UUID, candidate: Pair, *, stays: UUID, goes: UUID, at: datetime
) -> None:
    """The decided pair names the record that stays first; another pair of the same two is decided with it."""
    table, both = _CANDIDATE, [stays, goes]
    same = (table.c.owner_id == owner_id, table.c.child_id.in_(both), table.c.other_child_id.in_(both))
    await connection.execute(
        update(table)
        .where(*same)
        .values(child_id=stays, other_child_id=goes, decision=IdentityDecision.MERGE, decided_at=at)
    )
    others = (table.c.owner_id == owner_id, table.c.other_child_id == goes, table.c.child_id != stays)
    await connection.execute(update(table).where(*others).values(other_child_id=stays))


async def make_two(connection: AsyncConnection, owner_id: UUID, candidate: Pair, *, at: datetime) -> bool:
    """What was moved goes back, with whatever was recorded below it since; whether there was anything to part.

    Where the record that stays has become part of a third since, that one is parted first.
    """
    which = (_MERGE.c.owner_id == owner_id, _MERGE.c.candidate_id == candidate.id, _MERGE.c.split_at.is_(None))
    row = (await connection.execute(select(_MERGE).where(*which).with_for_update())).mappings().first()
    if row is None or row["child_id"] != candidate.child_id:
        return False
    given = {
        "owner": owner_id,
        "stays": row["child_id"],
        "former": row["former_child_id"],
        "record": orjson.dumps(row["record"]).decode(),
        "moved": orjson.dumps(row["moved"]).decode(),
        "filled": row["filled"],
    }
    await connection.execute(_PART, given)
    await connection.execute(
        update(_MERGE).where(_MERGE.c.owner_id == owner_id, _MERGE.c.id == row["id"]).values(split_at=at)
    )
    return True


_PART = text(
    "SELECT part_children(:owner, :stays, :former, CAST(:record AS jsonb), CAST(:moved AS jsonb), "
    "CAST(:filled AS text[]))"
)


async def has_children(connection: AsyncConnection, owner_id: UUID) -> bool:
    """Whether the owner has records of children."""
    return (
        await connection.execute(select(_CHILD.c.id).where(_CHILD.c.owner_id == owner_id).limit(1))
    ).first() is not None
