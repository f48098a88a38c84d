"""Notices as Communications, beside the notifications, which are Communications too."""

from uuid import UUID

from adapters.nhs_fhir.reads.rows import bodies_of, rows_of, to_child
from adapters.nhs_fhir.showing import Load, Page, Shown, Wanted
from fhir_mappings.notice import Given, to_communication
from hub.actions.transaction import Transaction
from hub.db import tables
from hub.db.shown import Record
from hub.law.reg17_disclosure import Part

_BODIES = {"sender": "given_by_id", "recipient": "addressed_to_id"}


async def load_notices(tx: Transaction, wanted: Wanted) -> Page:
    having = {column: wanted.asked[name] for name, column in _BODIES.items() if name in wanted.asked}
    found = await rows_of(tx, tables.notice, wanted, having=having, changed="given_at")
    bodies = await bodies_of(tx, found.rows, *_BODIES.values())
    return found.page(
        Shown(
            to_communication(
                _given(row),
                child=found.known(row),
                sender=bodies[row["given_by_id"]],
                recipient=bodies[row["addressed_to_id"]] if row["addressed_to_id"] else None,
            ),
            found.child(row),
            frozenset({Part.NOTICES, Part.IDENTITY}),
            links=to_child(found.child(row)),
        )
        for row in found.rows
    )


def _given(row: Record) -> Given:
    return Given(
        row["id"],
        row["kind"],
        row["given_to"],
        row["provision"],
        row["text"],
        row["given_at"],
        row["about_id"] if row["about_type"] == "Plan" else None,
    )


def beside(one: Load, other: Load) -> Load:
    """Loads both as one type, in the order of their ids."""

    async def load(tx: Transaction, wanted: Wanted) -> Page:
        pages = [await one(tx, wanted), await other(tx, wanted)]
        ends = [each.last for each in pages if each.last is not None]
        shown = sorted((each for page in pages for each in page.shown), key=_place)
        if ends:  # beyond the nearer end, one of them has not been looked at
            shown = [each for each in shown if _place(each) <= min(ends)]
        if len(shown) > wanted.count:
            return Page(shown[: wanted.count], _place(shown[wanted.count - 1]))
        return Page(shown, min(ends) if ends else None)

    return load


def _place(shown: Shown) -> tuple[UUID, UUID]:
    """Where it stands: the id, and whose record it is in."""
    if shown.child is None:
        raise LookupError("a Communication is about a child")
    return UUID(shown.resource["id"]), shown.child.owner_id
