"""One page of a search, resolved to ids of the hub, and the links to it and to the next.

Links hold ids and never an NHS number: they are logged on the way. A link opens nothing: whoever follows it sees what
the sharing rules show that caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from adapters.nhs_fhir.search_parameters import NOBODY, TaskSearch, cursor_of
from fhir_mappings.elements import instant_text
from fhir_mappings.task import standing_of
from hub.db.queries import RequestsWanted

Ids = tuple[UUID, ...] | None
"""None: whichever. Empty: what was asked for is not there."""


@dataclass(frozen=True, slots=True)
class Page:
    """A search with its bodies and children as ids of the hub."""

    search: TaskSearch
    owners: Ids
    requesters: Ids
    children: Ids

    @property
    def wanted(self) -> RequestsWanted:
        standing = None if self.search.statuses is None else standing_of(self.search.statuses)
        return RequestsWanted(
            ids=self.search.ids,
            addressed_to=self.owners,
            requested_by=self.requesters,
            child_ids=self.children,
            statuses=standing.statuses if standing else None,
            acknowledged=standing.acknowledged if standing else (),
            changed_from=self.search.changed_from,
            changed_before=self.search.changed_before,
        )

    def link(self, base: str, *, after: tuple[datetime, UUID] | None) -> str:
        """The address of the page that begins after this place (None: with the oldest)."""
        search = self.search
        pairs = [
            *_listed("owner", self.owners),
            *_listed("requester", self.requesters),
            *_listed("patient", self.children),
            *_listed("_id", search.ids),
            *_listed("status", search.statuses),
        ]
        if search.changed_from is not None:
            pairs.append(("_lastUpdated", f"ge{instant_text(search.changed_from)}"))
        if search.changed_before is not None:
            pairs.append(("_lastUpdated", f"lt{instant_text(search.changed_before)}"))
        pairs += [("_include", each) for each in search.includes]
        pairs.append(("_count", str(search.count)))
        if after is not None:
            pairs.append(("_cursor", cursor_of(after)))
        return f"{base}/Task?{urlencode(pairs)}"


def _listed(name: str, values: Sequence[UUID] | Sequence[str] | None) -> list[tuple[str, str]]:
    if values is None:
        return []
    return [(name, ",".join(str(each) for each in values) or str(NOBODY))]
