"""A document Bundle, as it was sent: http://hl7.org/fhir/R4/documents.html

It is kept as it came and never changes. Whoever may read the advice that it is, and may know who the child is, may read
it: it names the child as its sender did.
"""

from adapters.nhs_fhir.reads.rows import known, rows_of
from adapters.nhs_fhir.record import asking
from adapters.nhs_fhir.showing import Page, Readable, Shown, Wanted
from adapters.nhs_fhir.strict_json import parse
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.db import queries, tables
from hub.law.reg17_disclosure import Part


async def load_documents(tx: Transaction, wanted: Wanted) -> Page:
    rows = await rows_of(tx, tables.advice, wanted)
    shown: list[Shown] = []
    for row in rows.rows:
        child = rows.child(row)
        content = await queries.advice_payload(tx.connection, asking(tx), row["id"]) if known(child) else None
        bundle: Json = parse(content) if content else {}
        if bundle.get("type") == "document":
            resource: Json = bundle | {"id": str(row["id"]), "meta": {"versionId": "1"}}
            shown.append(Shown(resource, child, frozenset({Part.ADVICE, Part.IDENTITY})))
    return Page(shown, rows.last)


READS = (Readable("Bundle", "Advice that came as a document, as it was sent", load_documents, searchable=False),)
