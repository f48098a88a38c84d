"""A health body's notification of a child (CFA 2014 s. 23) as a Communication."""

from adapters.nhs_fhir.reads.notice import beside, load_notices
from adapters.nhs_fhir.reads.rows import bodies_of, rows_of, to_child
from adapters.nhs_fhir.showing import Page, Readable, Shown, Wanted, body_parameter
from adapters.nhs_fhir.showing import child_parameters as child
from fhir_mappings.communication import Notified, Opined, to_communication
from hub.actions.transaction import Transaction
from hub.db import tables
from hub.db.shown import Record
from hub.law.reg17_disclosure import Part

_BODIES = {"sender": "notified_by_id", "recipient": "owner_id"}
"""By which column each is looked for; a notification is in the records of the authority that it went to."""


async def load_communications(tx: Transaction, wanted: Wanted) -> Page:
    having = {column: wanted.asked[name] for name, column in _BODIES.items() if name in wanted.asked}
    found = await rows_of(tx, tables.notification, wanted, having=having, changed="notified_at")
    bodies = await bodies_of(tx, found.rows, "notified_by_id", "to_authority_id")
    return found.page(
        Shown(
            to_communication(
                notified_of(row),
                child=found.known(row),
                sender=bodies[row["notified_by_id"]],
                recipient=bodies[row["to_authority_id"]],
            ),
            found.child(row),
            frozenset({Part.NOTIFICATION, Part.IDENTITY}),
            links=to_child(found.child(row)),
        )
        for row in found.rows
    )


def notified_of(row: Record) -> Notified:
    opined = Opined(
        row["basis"],
        row["opinion"],
        row["certainty"],
        row["parent_informed_on"],
        row["discussion_offered_on"],
        tuple(row["voluntary_organisations"] or ()),
    )
    return Notified(row["id"], opined, row["notified_at"], row["received_at"], row["determination"])


READS = (
    Readable(
        "Communication",
        "A notification to an authority, with what was done for the parent first (CFA 2014 ss. 23, 24(1)(b)); or a "
        "notice of an authority's decision (SEND Regs 2014)",
        beside(load_communications, load_notices),
        {
            "sender": body_parameter("Which health body notified"),
            "recipient": body_parameter("Which authority was notified"),
            **child(),
        },
        {"patient": "Patient"},
        narrow=frozenset({"patient", "sender", "recipient"}),
        dated=True,
        date="sent",
    ),
)
