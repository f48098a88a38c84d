"""What is opened beside the statute: decisions of the authority, who is restricted, and glass that was broken."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hub.county.bodies import Bodies, Body
from hub.county.rows import Book, new_id
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import Ground
from hub.law.vocabulary import PlanStatus

_DECISIONS = 12
_OFFICERS = ("Casework manager", "Plan co-ordinator")


def write(book: Book, rng: Random, bodies: Bodies, today: date, arrangement: UUID) -> None:
    """Write decisions for some children to whom a trust delivers provision, and the rest for others."""
    authority = bodies["990"]
    children = list(_delivered_to(book, authority, bodies.therapies))
    for nth, child_id in enumerate(children[:_DECISIONS]):
        decided_on = today - timedelta(days=rng.randint(20, 200))
        revoked = nth % 6 == 5
        _add(
            book,
            rng,
            "disclosure_decision",
            authority,
            child_id,
            ground=Ground.INTERESTS_OF_THE_CHILD,
            recipients=[bodies.therapies.id],
            purposes=[Purpose.PROVISION_DELIVERY.value],
            parts=[part.value for part in (Part.EXISTENCE, Part.IDENTITY, Part.SECTION_E, Part.SECTION_F)],
            arrangement_id=arrangement if nth % 2 == 0 else None,
            while_providing=True,
            officer=_OFFICERS[nth % 2],
            reasons="The therapist cannot deliver the provision without the outcomes and what section F specifies.",
            decided_at=datetime.combine(decided_on, time(10), UTC),
            starts_on=decided_on,
            ends_on=decided_on + timedelta(days=365),
            revoked_at=datetime.combine(decided_on + timedelta(days=15), time(16), UTC) if revoked else None,
        )
    _break_glass(book, rng, authority, children[-1], bodies.hospital, today)
    withheld = {row["child_id"] for row in book.rows["contact"] if row["address_withheld"]}
    for row in book.rows["child"]:
        row["restricted"] = row["id"] in withheld
    for body in (authority, bodies["991"]):
        book.add(
            "privacy_officer",
            {
                "body_id": body.id,
                "name": "Information governance lead",
                "contact": f"privacy.{body.code}@example.org",
                "named_at": datetime.combine(today - timedelta(days=400), time(9), UTC),
            },
        )


def _delivered_to(book: Book, authority: Body, provider: Body) -> Iterator[UUID]:
    """The authority's children for whom a plan in force has provision of this provider, each once."""
    final = {row["id"] for row in book.rows["plan"] if row["status"] is PlanStatus.FINAL}
    seen: set[UUID] = set()
    for row in book.rows["provision"]:
        theirs = row["owner_id"] == authority.id and row["provider_id"] == provider.id and row["plan_id"] in final
        if theirs and row["child_id"] not in seen:
            seen.add(row["child_id"])
            yield row["child_id"]


def _break_glass(book: Book, rng: Random, authority: Body, child_id: UUID, by: Body, today: date) -> None:
    opened_at = datetime.combine(today - timedelta(days=9), time(22, 40), UTC)
    glass_id = _add(
        book,
        rng,
        "broken_glass",
        authority,
        child_id,
        body_id=by.id,
        client_id=f"{by.code.lower()}-system",
        reason="Brought in by ambulance alone tonight; we must know who cares for the child and what care is planned.",
        opened_at=opened_at,
        ends_at=opened_at + timedelta(minutes=60),
        alerted=f"privacy.{authority.code}@example.org",
    )
    _add(
        book,
        rng,
        "glass_acknowledgement",
        authority,
        child_id,
        broken_glass_id=glass_id,
        client_id=f"{authority.code.lower()}-portal",
        person=f"privacy.{authority.code}@example.org",
        finding="The emergency department was right to look, and saw no more than it needed.",
        acknowledged_at=opened_at + timedelta(hours=11),
    )


def _add(book: Book, rng: Random, table: str, owner: Body, child_id: UUID, **values: Any) -> UUID:
    row_id = new_id(rng)
    book.add(table, {"owner_id": owner.id, "id": row_id, "child_id": child_id, **values})
    return row_id
