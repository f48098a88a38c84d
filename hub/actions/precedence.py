"""An authority says which sources it puts first for a field of who a child is, and what differs is weighed again."""

from collections.abc import Sequence
from uuid import UUID

from hub.actions.child_sources import weigh_again
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import child_sources as kept
from hub.errors import forbidden, invalid
from hub.law.precedence import ChildField, is_source
from hub.law.vocabulary import OrganisationKind

SCOPE = "arrangement.write"
MOST = 20
_BATCH = 200


async def put_first(tx: Transaction, *, field: ChildField, sources: Sequence[str]) -> UUID:
    """The order of a field from now on, the first source first; none: as the law of the hub has it. Its id."""
    tx.must_have(SCOPE)
    if tx.caller.organisation_kind is not OrganisationKind.LOCAL_AUTHORITY:
        raise forbidden("the record is the authority's: it says whose word stands in it", rule="not-an-authority")
    for place, word in enumerate(sources):
        if not is_source(word) or word in sources[:place] or place >= MOST:
            message = "a source such as SEN2_RETURN, EXTRACT/system or FHIR/code, each once"
            raise invalid(message, rule="source-unknown", path=("sources", str(place)))
    owner = tx.caller.organisation
    row = {"id": tx.new_id(), "field": field, "sources": list(sources), "set_at": tx.now}
    precedence_id = await kept.put_first(tx.connection, owner, row)
    facts = {"field": field.value, "sources": list(sources)}
    await tx.record(Event("precedence_set", owner, "Organisation", owner, facts=facts))
    differ = await kept.children_who_differ(tx.connection, owner, field)
    for first in range(0, len(differ), _BATCH):
        await weigh_again(tx, owner, differ[first : first + _BATCH])
    return precedence_id
