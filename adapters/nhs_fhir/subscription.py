"""Subscription: create, read, search, update, delete, by the topic-based backport for R4.

http://hl7.org/fhir/uv/subscriptions-backport/STU1.1/ and http://hl7.org/fhir/R4/subscription.html

A Subscription is its client's: another client, of the same body too, does not find it. It is told of what exists for
its body, for the purpose for which it was made.
"""

import hashlib
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import etag, fhir_response, prefers, request_id
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.submission import version_of
from adapters.nhs_fhir.subscription_input import asked_for
from adapters.nhs_fhir.subscription_notification import status_code
from adapters.nhs_fhir.subscription_topics import TOPICS
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.subscription import Asked, Standing, to_subscription
from fhir_mappings.values import Json
from hub.actions import receivers as acting
from hub.actions.receivers import Wanted, new_secret
from hub.actions.transaction import Answer, Once, Transaction
from hub.auth.keys import delivery_key
from hub.auth.sealed import Sealing
from hub.db import receivers
from hub.db.receivers import Receiver, Secret
from hub.errors import forbidden, not_found
from hub.law.caller import Caller
from hub.law.deliveries import OffBecause, ReceiverKind, ReceiverStatus, SecretKind

MOST_SUBSCRIPTIONS = 50
"""So many may one client have."""
_PARAMETERS = frozenset({"_id", "status", "criteria", "url"})


async def create_subscription(face: Face, request: Request, caller: Caller) -> Response:
    """The Subscription, `requested`: it is `active` once its endpoint has answered the handshake."""
    must_grant(caller, "Subscription", "c")
    asked, body = await asked_for(face, request)
    _must_be_told(caller, asked)

    async def effect(tx: Transaction) -> Answer:
        kept = await receivers.of_client(tx.connection, caller.client_id, ReceiverKind.FHIR_SUBSCRIPTION)
        if len(kept) >= MOST_SUBSCRIPTIONS:
            message = f"a client has at most {MOST_SUBSCRIPTIONS} Subscriptions"
            raise BadInput(Issue("too-many-subscriptions", message, code="too-costly"))
        sealing = Sealing(delivery_key(face.settings))
        signing = new_secret(SecretKind.ED25519, sealing, tx.new_id()).secret
        receiver = await acting.register(
            tx,
            caller.client_id,
            _wanted(asked, caller),
            known_topics=TOPICS,
            secrets=[signing, *_headers(tx, asked, sealing)],
            production=face.settings.production,
        )
        if asked.is_off:
            await acting.turn_off(tx, receiver, OffBecause.TURNED_OFF)
        return {"id": str(receiver.id)}

    answer = await face.transactions.perform(caller, effect, once=_once(request, body))
    shown, version = await _shown(face, caller, UUID(answer["id"]))
    location = f"{face.base}/Subscription/{answer['id']}"
    return _written(request, shown, version, status=201, location=location)


async def read_subscription(face: Face, request: Request, caller: Caller) -> Response:
    must_grant(caller, "Subscription", "r")
    shown, version = await _shown(face, caller, subscription_id(request))
    return fhir_response(shown, headers={"ETag": etag(version)})


async def search_subscriptions(face: Face, request: Request, caller: Caller) -> Response:
    """The client's Subscriptions: _id, status, criteria, url."""
    must_grant(caller, "Subscription", "s")
    wanted = dict(request.query_params)
    unknown = wanted.keys() - _PARAMETERS - {"_format"}
    if unknown and not prefers(request, "handling=lenient"):
        message = f"Subscriptions are found by {', '.join(sorted(_PARAMETERS))}"
        raise BadInput(Issue("parameter-unknown", message, code="not-supported", status=400))
    async with face.transactions.begin(caller) as tx:
        kept = await receivers.of_client(tx.connection, caller.client_id, ReceiverKind.FHIR_SUBSCRIPTION)
        shown = [await _resource(tx, each) for each in kept]
    entries = [
        {
            "fullUrl": f"{face.base}/Subscription/{each['id']}",
            "resource": each,
            "search": {"mode": "match"},
        }
        for each in shown
        if _is_wanted(each, wanted)
    ]
    query = "&".join(f"{name}={value}" for name, value in sorted(wanted.items()) if name in _PARAMETERS)
    searchset: Json = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(entries),
        "link": [{"relation": "self", "url": f"{face.base}/Subscription{'?' if query else ''}{query}"}],
    }
    return fhir_response(searchset | ({"entry": entries} if entries else {}))


async def update_subscription(face: Face, request: Request, caller: Caller) -> Response:
    """What it is from now on. It answers a handshake again; `off` turns it off, and what it misses waits."""
    must_grant(caller, "Subscription", "u")
    wanted_id = subscription_id(request)
    asked, _ = await asked_for(face, request, subscription_id=str(wanted_id))
    _must_be_told(caller, asked)
    async with face.transactions.begin(caller) as tx:
        receiver = await receiver_of(tx, caller, wanted_id, for_update=True)
        _check_version(request, receiver)
        if asked.is_off:
            await acting.turn_off(tx, receiver, OffBecause.TURNED_OFF)
        else:
            await acting.change(
                tx,
                receiver,
                _wanted(asked, caller),
                known_topics=TOPICS,
                headers=_headers(tx, asked, Sealing(delivery_key(face.settings))) or None,
                production=face.settings.production,
            )
    shown, version = await _shown(face, caller, wanted_id)
    return _written(request, shown, version, status=200)


async def delete_subscription(face: Face, request: Request, caller: Caller) -> Response:
    must_grant(caller, "Subscription", "d")
    async with face.transactions.begin(caller) as tx:
        await acting.remove(tx, await receiver_of(tx, caller, subscription_id(request), for_update=True))
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def subscription_id(request: Request) -> UUID:
    """The id in the address; raises `Problem` NOT_FOUND for what is none."""
    try:
        return UUID(request.path_params["id"])
    except ValueError as error:
        raise not_found("Subscription") from error


async def receiver_of(tx: Transaction, caller: Caller, wanted: UUID, *, for_update: bool = False) -> Receiver:
    """The caller's own Subscription with this id; raises `Problem` NOT_FOUND for every other."""
    found = await receivers.find(tx.connection, wanted, for_update=for_update)
    if found is None or found.client_id != caller.client_id or found.kind is not ReceiverKind.FHIR_SUBSCRIPTION:
        raise not_found("Subscription")
    return found


def error_text(receiver: Receiver) -> str | None:
    """Why it is in error or off, in words that hold nothing of what the endpoint said."""
    if receiver.status is ReceiverStatus.OFF and receiver.off_because is not None:
        return receiver.off_because.meaning
    if receiver.failing_since is not None:
        return f"since {receiver.failing_since.isoformat(timespec='seconds')}: {receiver.failed_with}"
    return None


def _must_be_told(caller: Caller, asked: Asked) -> None:
    if not TOPICS[asked.topic].may_be_told(caller):
        raise forbidden("this topic needs the scope to read what it is about", rule="scope-missing")


def _wanted(asked: Asked, caller: Caller) -> Wanted:
    return Wanted(
        kind=ReceiverKind.FHIR_SUBSCRIPTION,
        address=asked.endpoint,
        topics=(asked.topic,),
        reason=asked.reason,
        purpose=caller.purpose,
        content=asked.content,
        ends_at=asked.ends_at,
        heartbeat_s=asked.heartbeat_s,
    )


def _headers(tx: Transaction, asked: Asked, sealing: Sealing) -> list[Secret]:
    ids = [tx.new_id() for _ in asked.headers]
    return [
        Secret(secret_id, SecretKind.HEADER, sealing.seal(line.encode(), of=secret_id))
        for secret_id, line in zip(ids, asked.headers, strict=True)
    ]


def _once(request: Request, body: bytes) -> Once | None:
    """X-Request-ID makes a Subscription be created once; its body is not kept, for it may hold secrets."""
    sent_as = request_id(request)
    if sent_as is None:
        return None
    return Once(f"fhir:{sent_as}", hashlib.sha256(b"POST Subscription\n" + body).hexdigest())


def _check_version(request: Request, receiver: Receiver) -> None:
    """If-Match may be left out: nobody but the client itself changes its Subscription."""
    said = request.headers.get("If-Match")
    if said is not None and version_of(said) != receiver.version:
        message = f'this is not the version at hand, which is W/"{receiver.version}"'
        raise BadInput(Issue("version-stale", message, code="conflict", status=412))


async def _shown(face: Face, caller: Caller, wanted: UUID) -> tuple[Json, int]:
    async with face.transactions.begin(caller) as tx:
        receiver = await receiver_of(tx, caller, wanted)
        return await _resource(tx, receiver), receiver.version


async def _resource(tx: Transaction, receiver: Receiver) -> Json:
    asked = Asked(
        topic=receiver.topics[0],
        endpoint=receiver.address,
        reason=receiver.reason,
        content=receiver.content,
        is_off=receiver.status is ReceiverStatus.OFF,
        ends_at=receiver.ends_at,
        heartbeat_s=receiver.heartbeat_s,
        headers=(),
    )
    keys = await receivers.public_keys(tx.connection, receiver.id, now=tx.now)
    status, error = status_code(receiver), error_text(receiver)
    return to_subscription(
        Standing(str(receiver.id), receiver.version, receiver.updated_at, asked, status, error, keys)
    )


def _is_wanted(resource: Json, wanted: dict[str, str]) -> bool:
    said = {
        "_id": resource["id"],
        "status": resource["status"],
        "criteria": resource["criteria"],
        "url": resource["channel"]["endpoint"],
    }
    return all(said[name] in value.split(",") for name, value in wanted.items() if name in said)


def _written(request: Request, shown: Json, version: int, *, status: int, location: str | None = None) -> Response:
    headers = {"ETag": etag(version)} | ({"Location": location} if location else {})
    if prefers(request, "return=minimal"):
        return Response(status_code=status, headers={**headers, "Cache-Control": "no-store"})
    return fhir_response(shown, status=status, headers=headers)
