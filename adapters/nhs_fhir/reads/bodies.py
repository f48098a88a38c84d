"""The bodies that the hub knows, as Organization: no child's data."""

from uuid import UUID

from adapters.nhs_fhir.showing import Kind, Page, Parameter, Readable, Shown, Wanted
from fhir_mappings.organisation import to_organization
from hub.actions.transaction import Transaction
from hub.db import queries, shown


async def load_organizations(tx: Transaction, wanted: Wanted) -> Page:
    after: UUID | None = wanted.after[0] if wanted.after else None
    ids = await shown.bodies(tx.connection, ids=wanted.hub_ids, after=after, most=wanted.count + 1)
    listed = ids[: wanted.count]
    bodies = await queries.organisations_by_id(tx.connection, listed)
    organizations = [
        to_organization(bodies[each], id=each, kind=bodies[each].kind, active=bodies[each].in_force(tx.today))
        for each in listed
    ]
    last = (listed[-1], listed[-1]) if len(ids) > wanted.count else None
    return Page([Shown(each) for each in organizations], last)


READS = (
    Readable(
        "Organization",
        "A body: a local authority, an NHS body, a school or college",
        load_organizations,
        {"identifier": Parameter(Kind.BODY_IDENTIFIER, "system|code, or an ODS or LA code alone")},
    ),
)
