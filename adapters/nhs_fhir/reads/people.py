"""The child and the people around it: Patient."""

from adapters.nhs_fhir.reads.rows import known, rows_of
from adapters.nhs_fhir.showing import Kind, Page, Parameter, Readable, Shown, Wanted
from fhir_mappings.patient import to_patient
from hub.actions.transaction import Transaction
from hub.db import tables
from hub.law.reg17_disclosure import Part


async def load_patients(tx: Transaction, wanted: Wanted) -> Page:
    """Who children are: those alone whose identity is open to the caller."""
    found = await rows_of(tx, tables.child, wanted)
    return found.page(
        Shown(to_patient(child), child, frozenset({Part.IDENTITY}))
        for child in map(found.child, found.rows)
        if known(child)
    )


READS = (
    Readable(
        "Patient",
        "Who the child is, as far as the caller may know",
        load_patients,
        {"identifier": Parameter(Kind.CHILD_IDENTIFIER, "An NHS number, or a unique pupil number with its system")},
        narrow=frozenset({"identifier"}),
    ),
)
