"""FHIR Subscriptions by the topic-based backport for R4: what one asks for, how it is shown, and what is sent.

http://hl7.org/fhir/uv/subscriptions-backport/STU1.1/
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from fhir_mappings.elements import compact, instant_text
from fhir_mappings.identifiers import HUB
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Json
from hub.law.deliveries import Content

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
PROFILE = f"{BACKPORT}/backport-subscription"
PUBLIC_KEY = f"{HUB}/StructureDefinition/send-delivery-public-key"
"""On a channel: what the signatures of deliveries are checked by (Standard Webhooks 1.0, v1a)."""
FHIR_JSON = "application/fhir+json"
MOST_HEADERS = 10
LEAST_HEARTBEAT_S, MOST_HEARTBEAT_S = 60, 86_400

_CONTENT: Mapping[str, Content] = MappingProxyType({"empty": Content.EMPTY, "id-only": Content.ID_ONLY})
_CODES = {content: code for code, content in _CONTENT.items()}
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}): ?([\x21-\x7e](?:[\x20-\x7e]{0,8000}[\x21-\x7e])?)")
_PAYLOADS = frozenset({FHIR_JSON, "application/json"})
_OF_THE_EXCHANGE = frozenset(
    {"host", "content-type", "content-length", "content-encoding", "transfer-encoding", "connection", "te", "trailer"}
    | {"upgrade", "expect", "user-agent", "accept", "accept-encoding", "webhook-id", "webhook-timestamp"}
    | {"webhook-signature"}
)
"""Headers that the hub itself sends, or that belong to the connection."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a Subscription asks for. `headers`: as lines; they are secrets."""

    topic: str
    endpoint: str
    reason: str
    content: Content
    is_off: bool
    ends_at: datetime | None
    heartbeat_s: int | None
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A Subscription as it is. `status`: requested, active, error or off; `error`: why it is one of the last two."""

    id: str
    version: int
    updated_at: datetime
    asked: Asked
    status: str
    error: str | None
    public_keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event: its number, when it was, and what it is about: a resource here, such as "Task/..."."""

    number: int
    at: datetime
    focus: str


def read_subscription(resource: Json, topics: Iterable[str], faults: Faults) -> Asked | None:
    """What is asked for; None where something is missing or cannot be had, with a fault for each."""
    before, channel = len(faults.issues), resource["channel"]
    if resource["criteria"].partition("?")[0] not in set(topics):
        message = "criteria is the canonical address of a topic that metadata lists; queries are not taken"
        faults.add("topic-unknown", message, "Subscription.criteria", code="not-supported")
    if _extensions(resource.get("_criteria")) or "?" in resource["criteria"]:
        message = "filters are not taken: each topic says what it filters by"
        faults.add("filter", message, "Subscription.criteria.extension", code="not-supported")
    if resource["status"] not in {"requested", "off"}:
        message = "a client asks with requested, or off: the hub says active and error"
        faults.add("subscription-status", message, "Subscription.status")
    if channel["type"] != "rest-hook":
        faults.add("channel-type", "only rest-hook is done here", "Subscription.channel.type", code="not-supported")
    if channel.get("payload", FHIR_JSON).partition(";")[0].strip() not in _PAYLOADS:
        message = f"what is sent is {FHIR_JSON}"
        faults.add("payload", message, "Subscription.channel.payload", code="not-supported")
    if not channel.get("endpoint"):
        faults.add("required", "where is it to be sent?", "Subscription.channel.endpoint", code="required")
    content, heartbeat_s = _content(channel, faults), _heartbeat(channel, faults)
    headers = _headers(channel.get("header", ()), faults)
    ends_at = _instant(resource.get("end"), faults)
    if len(faults.issues) > before or content is None:
        return None
    return Asked(
        topic=resource["criteria"],
        endpoint=channel["endpoint"],
        reason=resource["reason"],
        content=content,
        is_off=resource["status"] == "off",
        ends_at=ends_at,
        heartbeat_s=heartbeat_s,
        headers=headers,
    )


def _extensions(element: Json | None) -> list[Json]:
    return element.get("extension", []) if element else []


def _content(channel: Json, faults: Faults) -> Content | None:
    said: list[str] = [each.get("valueCode", "") for each in _extensions(channel.get("_payload"))]
    if not said:
        return Content.ID_ONLY
    if len(said) == 1 and said[0] in _CONTENT:
        return _CONTENT[said[0]]
    message = "empty or id-only: a resource is never sent, for to read one may be receipt"
    faults.add("payload-content", message, "Subscription.channel.payload.extension", code="not-supported")
    return None


def _heartbeat(channel: Json, faults: Faults) -> int | None:
    found: int | None = None
    for each in _extensions(channel):
        at = "Subscription.channel.extension"
        match each.get("url", "").removeprefix(f"{BACKPORT}/"):
            case "backport-heartbeat-period":
                seconds: int = each.get("valueUnsignedInt", 0)
                found = seconds
                if not LEAST_HEARTBEAT_S <= seconds <= MOST_HEARTBEAT_S:
                    message = f"a heartbeat comes every {LEAST_HEARTBEAT_S} to {MOST_HEARTBEAT_S} seconds"
                    faults.add("heartbeat-period", message, at)
            case "backport-max-count":
                pass  # what is sent tells of one event, which is no more than anybody allows
            case url if url != PUBLIC_KEY:
                faults.add("extension-unknown", "this is not understood here", at, code="not-supported")
            case _:
                pass  # of the hub's own, sent back as it was read
    return found


def _headers(lines: Iterable[str], faults: Faults) -> tuple[str, ...]:
    found: list[str] = []
    at = "Subscription.channel.header"
    for place, line in enumerate(lines):
        match = _HEADER.fullmatch(line)
        if match is None:
            faults.add("header-format", "a header is Name: value, in visible ASCII", f"{at}[{place}]")
        elif match[1].casefold() in _OF_THE_EXCHANGE:
            faults.add("header-reserved", "this header is the hub's to set", f"{at}[{place}]", code="business-rule")
        else:
            found.append(f"{match[1]}: {match[2]}")
    if len(found) > MOST_HEADERS:
        faults.add("too-many-headers", f"at most {MOST_HEADERS} headers", at, code="too-costly")
    return tuple(found)


def _instant(text: str | None, faults: Faults) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        faults.add("instant-format", "this is not an instant", "Subscription.end")
        return None


def to_subscription(standing: Standing) -> Json:
    """The Subscription. Headers are secrets, and not shown."""
    asked = standing.asked
    keys = [{"url": PUBLIC_KEY, "valueString": key} for key in standing.public_keys]
    beat = {"url": f"{BACKPORT}/backport-heartbeat-period", "valueUnsignedInt": asked.heartbeat_s}
    content = {"url": f"{BACKPORT}/backport-payload-content", "valueCode": _CODES[asked.content]}
    return compact(
        {
            "resourceType": "Subscription",
            "id": standing.id,
            "meta": {
                "versionId": str(standing.version),
                "lastUpdated": instant_text(standing.updated_at),
                "profile": [PROFILE],
            },
            "status": standing.status,
            "end": instant_text(asked.ends_at) if asked.ends_at else None,
            "reason": asked.reason,
            "criteria": asked.topic,
            "error": standing.error,
            "channel": compact(
                {
                    "extension": [*keys, *([beat] if asked.heartbeat_s else [])],
                    "type": "rest-hook",
                    "endpoint": asked.endpoint,
                    "payload": FHIR_JSON,
                    "_payload": {"extension": [content]},
                }
            ),
        }
    )


@dataclass(frozen=True, slots=True)
class Status:
    """What a notification says of its Subscription. `kind`: handshake, heartbeat, event-notification, query-event or
    query-status. `told`: the number of the last event."""

    subscription: str
    topic: str
    status: str
    kind: str
    told: int
    error: str | None = None


def to_status(status: Status, happened: Sequence[Happened], *, base: str, content: Content) -> Json:
    """The status of a Subscription as Parameters: R4 has no SubscriptionStatus."""
    parameters: list[Json] = [
        {"name": "subscription", "valueReference": {"reference": f"{base}/{status.subscription}"}},
        {"name": "topic", "valueCanonical": status.topic},
        {"name": "status", "valueCode": status.status},
        {"name": "type", "valueCode": status.kind},
        {"name": "events-since-subscription-start", "valueString": str(status.told)},
    ]
    parameters += [_event(each, base, content) for each in happened]
    if status.error is not None:
        parameters.append({"name": "error", "valueCodeableConcept": {"text": status.error}})
    return {
        "resourceType": "Parameters",
        "meta": {"profile": [f"{BACKPORT}/backport-subscription-status-r4"]},
        "parameter": parameters,
    }


def _event(happened: Happened, base: str, content: Content) -> Json:
    parts: list[Json] = [
        {"name": "event-number", "valueString": str(happened.number)},
        {"name": "timestamp", "valueInstant": instant_text(happened.at)},
    ]
    if content is Content.ID_ONLY:
        parts.append({"name": "focus", "valueReference": {"reference": f"{base}/{happened.focus}"}})
    return {"name": "notification-event", "part": parts}


def to_notification(
    notification_id: str,
    at: datetime,
    status: Status,
    happened: Sequence[Happened],
    *,
    base: str,
    content: Content,
) -> Json:
    """A notification: a history Bundle with the status first, and then the address of what each event is about."""
    entries: list[Json] = [
        {
            "fullUrl": f"urn:uuid:{notification_id}",
            "resource": to_status(status, happened, base=base, content=content),
            "request": {"method": "GET", "url": f"{status.subscription}/$status"},
            "response": {"status": "200"},
        }
    ]
    if content is Content.ID_ONLY:
        focuses = dict.fromkeys(each.focus for each in happened)
        entries += [
            {
                "fullUrl": f"{base}/{focus}",
                "request": {"method": "GET", "url": focus},
                "response": {"status": "200"},
            }
            for focus in focuses
        ]
    return {
        "resourceType": "Bundle",
        "id": notification_id,
        "meta": {"profile": [f"{BACKPORT}/backport-subscription-notification-r4"]},
        "type": "history",
        "timestamp": instant_text(at),
        "entry": entries,
    }
