"""Events out to portals, by webhooks as Standard Webhooks 1.0 describes them.

What is sent is thin: what was done, when, and the id of the thing, which the portal reads by GraphQL. It holds no
personal data, so that nothing is shown that is not on record as shown. `data.cursor` is the place in the feed: a portal
may go on from there with a GraphQL subscription, `after` it, and misses nothing.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from uuid import UUID

import orjson

from hub.actions.telling import Rendered, Topic
from hub.actions.transaction import Transaction
from hub.db.deliveries import Delivery
from hub.db.feed import Place
from hub.db.receivers import Receiver
from hub.law.caller import Caller
from hub.law.deliveries import Telling
from hub.law.reg17_disclosure import Part

TEST = "hub.test"
"""The type of what `hub webhook test` sends."""


def _has(scope: str) -> Callable[[Caller], bool]:
    return lambda caller: caller.has(scope)


_TOPICS = (
    Topic(
        "cooperation_request.changed",
        "Something was done about a request to co-operate.",
        "CooperationRequest",
        Part.COOPERATION,
        _has("cooperation.read"),
    ),
    Topic(
        "duty.changed",
        "A statutory clock started, stopped or came near its end.",
        "Duty",
        Part.DUTIES,
        _has("child.read"),
    ),
    Topic("plan.changed", "Something was done about a plan.", "Plan", Part.EXISTENCE, _has("plan.read")),
    Topic("notice.given", "A notice was given.", "Notice", Part.NOTICES, _has("child.read")),
    Topic(
        "glass.broken",
        "The glass over a record was broken, or the alert of that was acknowledged.",
        "BrokenGlass",
        Part.EXISTENCE,
        _has("child.read"),
    ),
)
TOPICS: Mapping[str, Topic] = MappingProxyType({each.name: each for each in _TOPICS})
"""The types of event, each of what a GraphQL subscription follows and under the same scope. Add, never rename."""


class Webhook:
    """How a webhook is told. `global_id` and `cursor` write ids and places as GraphQL does."""

    def __init__(self, *, global_id: Callable[[str, UUID], str], cursor: Callable[[Place], str]) -> None:
        self._global_id = global_id
        self._cursor = cursor

    @property
    def topics(self) -> Mapping[str, Topic]:
        return TOPICS

    async def render(self, tx: Transaction, receiver: Receiver, delivery: Delivery) -> Rendered:
        if delivery.about is None:
            at = delivery.created_at
            kind = TEST if delivery.telling is Telling.TEST else f"hub.{delivery.telling.lower()}"
            return _json({"type": kind, "timestamp": at.isoformat(), "data": {}})
        about = delivery.about
        return _json(
            {
                "type": delivery.topic,
                "timestamp": about.at.isoformat(),
                "data": {
                    "kind": about.kind,
                    "id": self._global_id(about.type, about.id),
                    "cursor": self._cursor(Place(about.recorded_in, about.event_id, about.id)),
                },
            }
        )


def _json(content: Mapping[str, object]) -> Rendered:
    return Rendered(orjson.dumps(content), "application/json")
