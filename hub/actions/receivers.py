"""Receivers: registered, given new secrets, turned off and on. Each step is an event of its body's administration."""

import base64
import secrets as randomness
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.actions.addresses import read_address
from hub.actions.checks import must_exist
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.auth import clients
from hub.auth.sealed import Sealing
from hub.db import deliveries, receivers
from hub.db.feed import Place, horizon_of
from hub.db.receivers import Receiver, Secret
from hub.errors import invalid
from hub.law.caller import Caller
from hub.law.deliveries import Content, OffBecause, ReceiverKind, ReceiverStatus, SecretKind, Telling
from hub.law.reg17_disclosure import Purpose

OLD_SECRETS_SIGN_FOR = timedelta(hours=24)
"""Beside a new one, so that the receiver can change over (Standard Webhooks 1.0, "Signature scheme")."""
SIGNING = frozenset({SecretKind.HMAC_SHA256, SecretKind.ED25519})
_HMAC_BYTES = 32
_MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a receiver is to be, as whoever registers it says."""

    kind: ReceiverKind
    address: str
    topics: tuple[str, ...]
    reason: str
    purpose: Purpose
    content: Content = Content.ID_ONLY
    ends_at: datetime | None = None
    heartbeat_s: int | None = None


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret that has just been made. `shown`: what the receiver needs to check signatures; shown this once."""

    secret: Secret
    shown: str


def new_secret(kind: SecretKind, sealing: Sealing, secret_id: UUID) -> NewSecret:
    """A secret to sign with, in the forms of Standard Webhooks 1.0: whsec_ for both sides, or whpk_ for the other."""
    if kind is SecretKind.HMAC_SHA256:
        content = randomness.token_bytes(_HMAC_BYTES)
        shown = f"whsec_{base64.b64encode(content).decode()}"
        return NewSecret(Secret(secret_id, kind, sealing.seal(content, of=secret_id)), shown)
    private = Ed25519PrivateKey.generate()
    content = private.private_bytes_raw()
    shown = f"whpk_{base64.b64encode(private.public_key().public_bytes_raw()).decode()}"
    return NewSecret(Secret(secret_id, kind, sealing.seal(content, of=secret_id), shown), shown)


async def register(
    tx: Transaction,
    client_id: str,
    wanted: Wanted,
    *,
    known_topics: Collection[str],
    secrets: Sequence[Secret],
    production: bool,
) -> Receiver:
    """A receiver of a client's. One of a FHIR Subscription is told nothing before it has answered the handshake.

    Raises `Problem`: NOT_FOUND for the client; INVALID for an address that may not be taken, a topic or a purpose.
    """
    client = must_exist(await clients.find(tx.connection, client_id), "client")
    if wanted.purpose not in client.purposes:
        raise invalid("the client is not registered for this purpose", rule="purpose-not-registered", path=("purpose",))
    await _check(tx, client_id, wanted, known_topics, production=production)
    is_hook = wanted.kind is ReceiverKind.WEBHOOK
    receiver = Receiver(
        id=tx.new_id(),
        organisation_id=client.organisation,
        client_id=client_id,
        kind=wanted.kind,
        address=wanted.address,
        topics=wanted.topics,
        purpose=wanted.purpose,
        content=wanted.content,
        reason=wanted.reason,
        status=ReceiverStatus.ACTIVE if is_hook else ReceiverStatus.REQUESTED,
        created_at=tx.now,
        updated_at=tx.now,
        place=Place(await horizon_of(tx.connection)),
        ends_at=wanted.ends_at,
        heartbeat_s=wanted.heartbeat_s,
    )
    await receivers.add(tx.connection, receiver)
    for each in secrets:
        await receivers.add_secret(tx.connection, receiver.id, each, at=tx.now)
    if not is_hook:
        await _shake_hands(tx, receiver)
    await _record(tx, receiver, "receiver_registered")
    return receiver


async def change(
    tx: Transaction,
    receiver: Receiver,
    wanted: Wanted,
    *,
    known_topics: Collection[str],
    headers: Sequence[Secret] | None,
    production: bool,
) -> Receiver:
    """What the receiver is from now on; it has to answer a handshake again.

    `headers`: in place of those it has; None: it keeps them, unless it moves to another host, which must not get them.
    """
    await _check(tx, receiver.client_id, wanted, known_topics, production=production)
    before, after = (read_address(each.address, production=production) for each in (receiver, wanted))
    if headers is None and before.authority != after.authority:
        headers = []
    changed = replace(
        receiver,
        address=wanted.address,
        topics=wanted.topics,
        reason=wanted.reason,
        content=wanted.content,
        ends_at=wanted.ends_at,
        heartbeat_s=wanted.heartbeat_s,
        updated_at=tx.now,
    )
    if headers is not None:
        await receivers.retire_secrets(tx.connection, receiver.id, {SecretKind.HEADER}, at=tx.now)
        for each in headers:
            await receivers.add_secret(tx.connection, receiver.id, each, at=tx.now)
    await receivers.save(tx.connection, changed)
    await _record(tx, changed, "receiver_changed")
    return await turn_on(tx, changed)


async def rotate(tx: Transaction, receiver: Receiver, secret: Secret, *, at_once: bool) -> None:
    """A new secret to sign with; the old ones sign beside it for a day, or not at all."""
    until = tx.now if at_once else tx.now + OLD_SECRETS_SIGN_FOR
    await receivers.retire_secrets(tx.connection, receiver.id, SIGNING, at=until)
    await receivers.add_secret(tx.connection, receiver.id, secret, at=tx.now)
    await _record(tx, receiver, "receiver_secret_rotated")


async def turn_off(tx: Transaction, receiver: Receiver, because: OffBecause) -> None:
    """It is told nothing more. What waits for it stays, and its place in the feed."""
    values = {"status": ReceiverStatus.OFF, "off_because": because, "updated_at": tx.now}
    await receivers.set_fields(tx.connection, receiver.id, values | {"version": receiver.version + 1})
    await _record(tx, receiver, "receiver_turned_off", because=because)


async def turn_on(tx: Transaction, receiver: Receiver, *, from_now: bool = False) -> Receiver:
    """It is told again, from where it was, or of what is done from now on."""
    is_hook = receiver.kind is ReceiverKind.WEBHOOK
    status = ReceiverStatus.ACTIVE if is_hook else ReceiverStatus.REQUESTED
    well = {"failures": 0, "failing_since": None, "failed_with": None, "paused_until": None}
    values = well | {"status": status, "off_because": None, "updated_at": tx.now, "version": receiver.version + 1}
    if from_now:
        values |= receivers.place_values(Place(await horizon_of(tx.connection)))
        await deliveries.withhold_waiting(tx.connection, receiver.id, now=tx.now)
    await receivers.set_fields(tx.connection, receiver.id, values)
    await deliveries.begin_again(tx.connection, receiver.id, now=tx.now)
    if not is_hook:
        await _shake_hands(tx, receiver)
    await _record(tx, receiver, "receiver_turned_on")
    found = await receivers.find(tx.connection, receiver.id)
    return found or receiver


async def remove(tx: Transaction, receiver: Receiver) -> None:
    await receivers.remove(tx.connection, receiver.id)
    await _record(tx, receiver, "receiver_removed")


async def caller_of(tx: Transaction, receiver: Receiver, *, production: bool) -> Caller | None:
    """Who is told, as the rules about access take it; None where its client may not act, or not for the purpose."""
    client = await clients.find(tx.connection, receiver.client_id)
    if client is None or client.organisation != receiver.organisation_id:
        return None
    if not client.may_act(production=production) or not clients.in_force(client, tx.today):
        return None
    if receiver.purpose not in client.purposes:
        return None
    return Caller(
        organisation=client.organisation,
        organisation_kind=client.organisation_kind,
        organisation_code=client.organisation_code,
        organisation_name=client.organisation_name,
        client_id=client.client_id,
        person=None,
        scopes=client.scopes,
        purpose=receiver.purpose,
        purposes=client.purposes,
        token_id=f"receiver:{receiver.id}",
        default_purpose=client.default_purpose,
        only_documents=client.only_documents,
    )


async def _check(
    tx: Transaction, client_id: str, wanted: Wanted, known_topics: Collection[str], *, production: bool
) -> None:
    address = read_address(wanted.address, production=production)
    if await receivers.destination(tx.connection, client_id, address.host, address.port) is None:
        message = "the operator has not allowed this host and port for the client"
        raise invalid(message, rule="address-not-allowed", path=("address",))
    if not wanted.topics or not set(wanted.topics) <= set(known_topics):
        known = ", ".join(sorted(known_topics))
        raise invalid(f"a topic is one of {known}", rule="topic-unknown", path=("topics",))
    if not wanted.reason.strip() or len(wanted.reason) > _MOST_REASON or not wanted.reason.isprintable():
        raise invalid("say in a line what it is for", rule="reason-format", path=("reason",))
    if wanted.ends_at is not None and wanted.ends_at <= tx.now:
        raise invalid("this has passed", rule="end-passed", path=("end",))


async def _shake_hands(tx: Transaction, receiver: Receiver) -> None:
    await deliveries.add_other(
        tx.connection, receiver, Telling.HANDSHAKE, delivery_id=tx.new_id(), topic=receiver.topics[0], now=tx.now
    )


async def _record(tx: Transaction, receiver: Receiver, kind: str, *, because: OffBecause | None = None) -> None:
    body = receiver.organisation_id
    facts = {"receiver_id": str(receiver.id), "client_id": receiver.client_id}
    await tx.record(Event(kind, body, "Organisation", body, None, facts | ({"because": because} if because else {})))
