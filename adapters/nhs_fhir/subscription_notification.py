"""What a FHIR Subscription's endpoint is sent: a Bundle with the status, and what each event is about.

http://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html
"""

from collections.abc import Mapping

import orjson

from adapters.nhs_fhir.exchange import FHIR_JSON
from adapters.nhs_fhir.submission import FHIR_PATH
from adapters.nhs_fhir.subscription_topics import TOPICS, focus_of
from fhir_mappings.subscription import Happened, Status, to_notification
from hub.actions.telling import Rendered, Topic
from hub.actions.transaction import Transaction
from hub.db.deliveries import Delivery
from hub.db.receivers import Receiver
from hub.law.deliveries import ReceiverStatus, Telling
from hub.settings import Settings

_KINDS: Mapping[Telling, str] = {
    Telling.EVENT: "event-notification",
    Telling.HANDSHAKE: "handshake",
    Telling.HEARTBEAT: "heartbeat",
    Telling.TEST: "heartbeat",
}


class Notification:
    """How the endpoint of a FHIR Subscription is told."""

    def __init__(self, settings: Settings) -> None:
        self._base = f"{settings.address}{FHIR_PATH}"

    @property
    def topics(self) -> Mapping[str, Topic]:
        return TOPICS

    async def render(self, tx: Transaction, receiver: Receiver, delivery: Delivery) -> Rendered:
        happened = happened_in(delivery)
        status = Status(
            subscription=f"Subscription/{receiver.id}",
            topic=receiver.topics[0],
            status=status_code(receiver),
            kind=_KINDS[delivery.telling],
            told=max(receiver.told, delivery.number or 0),
        )
        bundle = to_notification(str(delivery.id), tx.now, status, happened, base=self._base, content=receiver.content)
        return Rendered(orjson.dumps(bundle), FHIR_JSON)


def happened_in(delivery: Delivery) -> list[Happened]:
    """The event that a delivery tells of, once it has its number."""
    if delivery.about is None or delivery.number is None:
        return []
    return [Happened(delivery.number, delivery.about.at, focus_of(delivery.about))]


def status_code(receiver: Receiver) -> str:
    """How a Subscription stands, in FHIR's words: one that fails and is tried again is in error."""
    match receiver.status:
        case ReceiverStatus.REQUESTED:
            return "requested" if receiver.failing_since is None else "error"
        case ReceiverStatus.ACTIVE:
            return "active" if receiver.failing_since is None else "error"
        case ReceiverStatus.OFF:
            return "off"
