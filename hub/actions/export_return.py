"""An authority's SEN2 return from the hub's own records: person by person, in one order, in constant memory."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

from hub.actions.checks import must_exist
from hub.actions.export_person import Census, person_of
from hub.actions.sen2_return import Person
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import import_return as kept
from hub.db import import_runs

BATCH = 500


async def owner_of(tx: Transaction, la_code: str) -> UUID:
    """The authority with this code. Raises `Problem` NOT_FOUND."""
    return must_exist(await import_runs.authority_of(tx.connection, la_code), "authority")


async def persons(
    tx: Transaction, owner_id: UUID, *, year: int, reference_date: date
) -> AsyncIterator[tuple[int, int, UUID, Person | None]]:
    """Each of the authority's children: which of how many, the hub's own id, and what the return tells of the child."""
    census = Census(year, reference_date)
    ordered = await kept.children_in_order(tx.connection, owner_id)
    for begins in range(0, len(ordered), BATCH):
        batch = ordered[begins : begins + BATCH]
        facts = await kept.facts_of(tx.connection, owner_id, batch, of=kept.TOLD)
        children = await kept.children_of_ids(tx.connection, owner_id, batch)
        for nth, child in enumerate(children, start=begins + 1):
            yield nth, len(ordered), child["id"], person_of(child, facts[child["id"]], census)


async def record_export(tx: Transaction, owner_id: UUID, *, year: int, sha256: str, persons: int) -> None:
    """Put on record that the authority's return was made, and what it hashes to."""
    facts = {"year": year, "sha256": sha256, "persons": persons}
    await tx.record(Event("return_exported", owner_id, "Organisation", owner_id, facts=facts))
