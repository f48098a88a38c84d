"""What was done and what was shown: events as Provenance, and, for who may audit, disclosures as AuditEvent."""

from collections.abc import Mapping
from uuid import UUID

from adapters.nhs_fhir.reads.rows import Rows, bodies_of, rows_of, rows_seen, to_child
from adapters.nhs_fhir.showing import Kind, Page, Parameter, Readable, Shown, Wanted, child_parameters
from fhir_mappings import audit_event
from fhir_mappings.audit_event import to_audit_event
from fhir_mappings.provenance import TARGETS, Done, to_provenance
from hub.actions.transaction import Transaction
from hub.db import tables
from hub.db.queries import Organisation
from hub.db.sharing_parts import EVENT_PARTS, HasHistory
from hub.db.shown import Record
from hub.law.reg17_disclosure import Part

_TARGETS = (tables.advice, tables.cooperation_request, tables.notification, tables.personal_budget, tables.plan)


async def load_provenance(tx: Transaction, wanted: Wanted) -> Page:
    """Events about what is shown here; whoever sees that sees them."""
    having: dict[str, list[object]] = {"about_type": list(TARGETS)}
    if "target" in wanted.asked:
        keys = await _targets(tx, wanted.asked["target"])
        having |= {"owner_id": [owner for owner, _ in keys], "about_id": [id_ for _, id_ in keys]}
    found = await rows_of(tx, tables.event, wanted, having=having, changed="recorded_at")
    bodies = await bodies_of(tx, found.rows, "organisation_id")
    return found.page(_provenance(found, row, bodies) for row in found.rows)


async def _targets(tx: Transaction, ids: tuple[UUID, ...]) -> list[tuple[UUID, UUID]]:
    """(owner, id) of what the caller may see of these, by which its events are found quickly."""
    return [key for table in _TARGETS for key in await rows_seen(tx, table, ids)]


def _provenance(found: Rows, row: Record, bodies: Mapping[UUID, Organisation]) -> Shown:
    child = found.child(row)
    done = Done(
        row["id"],
        row["recorded_at"],
        row["kind"],
        (row["about_type"], row["about_id"]),
        bodies.get(row["organisation_id"]),
    )
    part = EVENT_PARTS[HasHistory(row["about_type"])]
    target = {"target": ((TARGETS[row["about_type"]], str(row["about_id"])),)}
    return Shown(to_provenance(done), child, frozenset({part}), links=to_child(child) | target)


async def load_audit_events(tx: Transaction, wanted: Wanted) -> Page:
    """What was shown of the children whose records the caller keeps, to whom and why."""
    found = await rows_of(tx, tables.disclosure, wanted, changed="recorded_at")
    bodies = await bodies_of(tx, found.rows, "organisation_id")
    return found.page(
        Shown(
            to_audit_event(_recorded(row, bodies), log=wanted.log), found.child(row), links=to_child(found.child(row))
        )
        for row in found.rows
    )


def _recorded(row: Record, bodies: Mapping[UUID, Organisation]) -> audit_event.Recorded:
    return audit_event.Recorded(
        kind=audit_event.Kind.DISCLOSURE,
        id=row["id"],
        at=row["recorded_at"],
        what=row["ground"],
        body=bodies[row["organisation_id"]],
        client_id=row["client_id"],
        person=row["person"],
        token_id=row["token_id"],
        purpose=row["purpose"],
        child_id=row["child_id"],
        operation=row["operation"],
        operation_hash=row["operation_hash"],
        shown=[Part(word) for word in row["parts_shown"]],
        withheld=[Part(word) for word in row["parts_withheld"]],
    )


READS = (
    Readable(
        "Provenance",
        "Who sent advice, answered a request, notified or changed a plan or budget, and when",
        load_provenance,
        {
            **child_parameters(),
            "target": Parameter(Kind.REFERENCE, "What was changed, as [type]/[id] or an id", tuple(TARGETS.values())),
        },
        {"patient": "Patient"},
        narrow=frozenset({"patient", "target"}),
        dated=True,
        date="recorded",
    ),
    Readable(
        "AuditEvent",
        "What was shown of a child whose record the caller keeps: to whom, for what, by which law. Needs audit.read",
        load_audit_events,
        child_parameters(),
        {"patient": "Patient"},
        also="audit.read",
        narrow=frozenset({"patient"}),
        dated=True,
        date="date",
    ),
)
