"""Requests to co-operate as Task and ServiceRequest. For the asked body, to have one is to have received it."""

from uuid import UUID

from adapters.nhs_fhir.record import Loaded, asking, retrieve
from adapters.nhs_fhir.showing import BY_TIME, Kind, Page, Parameter, Readable, Shown, Wanted, body_parameter
from adapters.nhs_fhir.showing import child_parameters as child
from fhir_mappings.task import STATUSES, standing_of, to_withdrawn_task
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.db import queries, shown, tables
from hub.db.cooperation_history import versions_of
from hub.db.queries import RequestsWanted
from hub.db.shown import RowsWanted
from hub.law.reg17_disclosure import Part

_PARTS = frozenset({Part.COOPERATION, Part.IDENTITY})


async def load_tasks(tx: Transaction, wanted: Wanted) -> Page:
    loaded, last = await _requests(tx, wanted)
    shown_tasks = [_shown(each, each.task()) for each in loaded]
    if last is None:
        shown_tasks += await _withdrawn(tx, wanted, {each.recorded.request.id for each in loaded})
    return Page(shown_tasks, last)


async def load_service_requests(tx: Transaction, wanted: Wanted) -> Page:
    loaded, last = await _requests(tx, wanted)
    return Page([_shown(each, each.service_request()) for each in loaded], last)


async def load_task_versions(tx: Transaction, wanted: Wanted) -> Page:
    versions = await _versions(tx, wanted)
    return Page([_shown(each, each.task()) for each in versions]) if versions else await load_tasks(tx, wanted)


async def load_service_request_versions(tx: Transaction, wanted: Wanted) -> Page:
    return Page([_shown(each, each.service_request()) for each in await _versions(tx, wanted)])


async def _versions(tx: Transaction, wanted: Wanted) -> list[Loaded]:
    """Every version of one request, the newest first."""
    loaded, _ = await _requests(tx, wanted)
    if not loaded:
        return []
    stands = loaded[0]
    versions = await versions_of(tx.connection, asking(tx), stands.recorded)
    return [stands if each.version == stands.recorded.version else stands.at(each) for each in reversed(versions)]


async def _requests(tx: Transaction, wanted: Wanted) -> tuple[list[Loaded], tuple[object, ...] | None]:
    statuses = wanted.asked.get("status")
    standing = None if statuses is None else standing_of(statuses)
    looked = RequestsWanted(
        ids=wanted.hub_ids,
        addressed_to=wanted.asked.get("owner"),
        requested_by=wanted.asked.get("requester"),
        child_ids=wanted.children,
        statuses=standing.statuses if standing else None,
        acknowledged=standing.acknowledged if standing else (True, False),
        changed_from=wanted.changed_from,
        changed_before=wanted.changed_before,
    )
    after = wanted.after and (wanted.after[0], wanted.after[1])
    places = await queries.request_ids(tx.connection, asking(tx), looked, after=after, most=wanted.count + 1)
    loaded = await retrieve(tx, [request_id for _, request_id in places[: wanted.count]])
    return loaded, places[wanted.count - 1] if len(places) > wanted.count else None


async def _withdrawn(tx: Transaction, wanted: Wanted, known: set[UUID]) -> list[Shown]:
    """What is left of requests that were withdrawn, where they are asked for by id: nothing of the child."""
    ids = set(wanted.hub_ids or ()) - known
    if not ids or wanted.asked:
        return []
    found = await shown.rows(tx.connection, asking(tx), tables.withdrawn_request, RowsWanted(ids=ids))
    named = {row[name] for row in found for name in ("owner_id", "addressed_to_id")}
    bodies = await queries.organisations_by_id(tx.connection, named)
    return [
        Shown(
            to_withdrawn_task(
                row["id"],
                sent_at=row["sent_at"],
                withdrawn_at=row["withdrawn_at"],
                requester=bodies[row["owner_id"]],
                owner=bodies[row["addressed_to_id"]],
            )
        )
        for row in found
    ]


def _shown(loaded: Loaded, resource: Json) -> Shown:
    patient = {"patient": (("Patient", str(loaded.child.id)),)} if loaded.known_child else {}
    focus = {"focus": (("ServiceRequest", str(loaded.recorded.request.id)),)}
    return Shown(resource, loaded.child, _PARTS, links=focus | patient | {"subject": patient.get("patient", ())})


_PARAMETERS = {
    "owner": body_parameter("Which body is asked"),
    "requester": body_parameter("Which authority asks"),
    **child(),
}
READS = (
    Readable(
        "Task",
        "A request to co-operate. Reading one as the body it is addressed to is receipt of it",
        load_tasks,
        {
            **_PARAMETERS,
            "status": Parameter(Kind.CODES, "One or several Task statuses, with commas between them", codes=STATUSES),
        },
        {"focus": "ServiceRequest", "patient": "Patient", "subject": "Patient"},
        BY_TIME,
        dated=True,
        date="modified",
        versions=load_task_versions,
    ),
    Readable(
        "ServiceRequest",
        "What is asked",
        load_service_requests,
        {
            "performer": Parameter(Kind.BODY, "Which body is asked", ("Organization",), meant="owner"),
            "requester": _PARAMETERS["requester"],
            **child(),
        },
        {"patient": "Patient", "subject": "Patient"},
        BY_TIME,
        dated=True,
        versions=load_service_request_versions,
    ),
)
