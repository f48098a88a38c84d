"""$status and $events: how a Subscription stands, and what it was told, for an endpoint that has missed something.

http://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-status.html
http://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-events.html
"""

from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import fhir_response
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.subscription import error_text, receiver_of, subscription_id
from adapters.nhs_fhir.subscription_notification import happened_in, status_code
from adapters.nhs_fhir.subscription_topics import TOPICS
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.subscription import Happened, Status, to_notification, to_status
from fhir_mappings.values import Json
from hub.actions.telling import disclose, may_know
from hub.actions.transaction import Transaction
from hub.audit import Operation
from hub.db import deliveries, receivers
from hub.db.receivers import Receiver
from hub.db.sharing import Asking
from hub.law.caller import Caller
from hub.law.deliveries import ReceiverKind

MOST_EVENTS = 200
_MOST_DIGITS = 18


async def status_of(face: Face, request: Request, caller: Caller) -> Response:
    """How one Subscription stands."""
    must_grant(caller, "Subscription", "r")
    async with face.transactions.begin(caller) as tx:
        receiver = await receiver_of(tx, caller, subscription_id(request))
    return fhir_response(_statuses(face, [receiver]))


async def statuses(face: Face, request: Request, caller: Caller) -> Response:
    """How the client's Subscriptions stand; `id` and `status` narrow them."""
    must_grant(caller, "Subscription", "r")
    ids, states = _listed(request, "id"), _listed(request, "status")
    async with face.transactions.begin(caller) as tx:
        kept = await receivers.of_client(tx.connection, caller.client_id, ReceiverKind.FHIR_SUBSCRIPTION)
    wanted = [each for each in kept if (not ids or str(each.id) in ids) and (not states or status_code(each) in states)]
    return fhir_response(_statuses(face, wanted))


async def events_of(face: Face, request: Request, caller: Caller) -> Response:
    """What a Subscription was told under these numbers, so far as it exists for the caller now; 200 at most."""
    must_grant(caller, "Subscription", "r")
    first = _number(request, "eventsSinceNumber")
    last = _number(request, "eventsUntilNumber")
    async with face.transactions.begin(caller) as tx:
        receiver = await receiver_of(tx, caller, subscription_id(request))
        until = receiver.told if last is None else last
        happened = await _told(tx, receiver, 1 if first is None else first, until)
        bundle_id = str(tx.new_id())
    status = _status(receiver, "query-event")
    return fhir_response(
        to_notification(
            bundle_id, face.transactions.clock(), status, happened, base=face.base, content=receiver.content
        )
    )


async def _told(tx: Transaction, receiver: Receiver, first: int, last: int) -> list[Happened]:
    """Each is asked of the guard again, and is on record as shown."""
    topic = TOPICS[receiver.topics[0]]
    if not topic.may_be_told(tx.caller):
        return []
    asking = Asking.of(tx.caller, tx.today, tx.now)
    found = await deliveries.numbered(tx.connection, receiver.id, first=first, last=last, most=MOST_EVENTS)
    told: list[Happened] = []
    for each in found:
        if each.about is not None and await may_know(tx.connection, topic, each.about, asking):
            operation = Operation("fhir:Subscription.events", "GET Subscription/[id]/$events")
            await disclose(tx, each.about, topic.part, operation)
            told += happened_in(each)
    return told


def _statuses(face: Face, kept: Collection[Receiver]) -> Json:
    entries = [
        {
            "fullUrl": f"{face.base}/Subscription/{each.id}/$status",
            "resource": to_status(_status(each, "query-status"), [], base=face.base, content=each.content),
            "search": {"mode": "match"},
        }
        for each in kept
    ]
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return bundle | ({"entry": entries} if entries else {})


def _status(receiver: Receiver, kind: str) -> Status:
    return Status(
        subscription=f"Subscription/{receiver.id}",
        topic=receiver.topics[0],
        status=status_code(receiver),
        kind=kind,
        told=receiver.told,
        error=error_text(receiver),
    )


def _listed(request: Request, name: str) -> set[str]:
    return {part for value in request.query_params.getlist(name) for part in value.split(",")}


def _number(request: Request, name: str) -> int | None:
    said = request.query_params.get(name)
    if said is None:
        return None
    if not (said.isascii() and said.isdigit()) or len(said) > _MOST_DIGITS:
        raise BadInput(Issue("parameter-value", f"{name} is the number of an event", status=400))
    return int(said)
