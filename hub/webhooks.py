"""`hub webhook`: who is told of events."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.portal_webhook import TOPICS
from hub.actions import receivers as acting
from hub.actions.addresses import read_address, read_networks
from hub.actions.receivers import Wanted, new_secret
from hub.actions.transaction import Transaction, Transactions
from hub.auth import clients
from hub.auth.keys import delivery_key
from hub.auth.sealed import Sealing
from hub.db import dead_letters, receivers
from hub.db.receivers import Destination, Receiver
from hub.errors import invalid, not_found
from hub.law.deliveries import DeliveryStatus, OffBecause, ReceiverKind, ReceiverStatus, SecretKind
from hub.law.reg17_disclosure import Purpose
from hub.operating import STATEMENT_TIMEOUT_MS, in_transaction, with_transactions
from hub.settings import Settings
from hub.telling_commands import meaning_of, receiver_of

SIGNATURES = {"ed25519": SecretKind.ED25519, "hmac": SecretKind.HMAC_SHA256}


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """What an operator says of a webhook. `networks`: where its host is, as CIDR; none: in the public internet."""

    client_id: str
    address: str
    topics: Sequence[str]
    reason: str
    networks: Sequence[str]
    purpose: str | None
    signature: str


def add_webhook(settings: Settings, new: NewWebhook) -> str:
    """Register a webhook, let the hub send to its host, and say what its engineers need."""
    kind = _signature(new.signature)

    async def work(tx: Transaction) -> str:
        client = await clients.find(tx.connection, new.client_id)
        if client is None:
            raise not_found("client")
        await _allow(tx, settings, new.client_id, new.address, new.networks)
        made = new_secret(kind, Sealing(delivery_key(settings)), tx.new_id())
        wanted = Wanted(
            kind=ReceiverKind.WEBHOOK,
            address=new.address,
            topics=tuple(dict.fromkeys(new.topics or TOPICS)),
            reason=new.reason,
            purpose=_purpose(new.purpose, client),
        )
        receiver = await acting.register(
            tx,
            new.client_id,
            wanted,
            known_topics=TOPICS,
            secrets=[made.secret],
            production=settings.production,
        )
        return "\n".join(
            [
                f"{receiver.id} is registered. For its engineers:\n",
                f"  told at         {receiver.address}",
                f"  of              {' '.join(receiver.topics)}",
                f"  acts for        {client.organisation_name} ({client.organisation_code}), as {client.client_id}",
                f"  signatures      {_how(kind)}",
                f"  the key         {made.shown}",
                "  format          Standard Webhooks 1.0; answer 2xx within 15 seconds, and 410 to be told no more",
                f"\ntry it: hub webhook test {receiver.id}",
            ]
        )

    return in_transaction(settings, work)


def allow_host(settings: Settings, client_id: str, address: str, networks: Sequence[str]) -> str:
    """Let a client's FHIR Subscriptions have their endpoint at this host and port."""

    async def work(tx: Transaction) -> str:
        to = await _allow(tx, settings, client_id, address, networks)
        return f"what concerns {client_id} may be sent to {to.host}:{to.port} in {_where(to)}"

    return in_transaction(settings, work)


def list_webhooks(settings: Settings) -> str:
    """Every receiver, with how it stands."""

    async def work(tx: Transaction) -> str:
        found = await receivers.all_of_them(tx.connection)
        return "\n".join(_line(each) for each in found) or "nobody is told: hub webhook add"

    return in_transaction(settings, work)


def rotate_webhook(settings: Settings, receiver_id: str, signature: str, *, at_once: bool) -> str:
    """Give a receiver a new secret."""
    kind = _signature(signature)

    async def work(tx: Transaction) -> str:
        receiver = await receiver_of(tx, receiver_id)
        made = new_secret(kind, Sealing(delivery_key(settings)), tx.new_id())
        await acting.rotate(tx, receiver, made.secret, at_once=at_once)
        old = "the old one signs no more" if at_once else "the old one signs beside it for 24 hours"
        return f"{receiver.id} has a new key: {made.shown}\n{_how(kind)}; {old}"

    return in_transaction(settings, work)


def turn_webhook_off(settings: Settings, receiver_id: str) -> str:
    """Tell a receiver nothing more."""

    async def work(tx: Transaction) -> str:
        receiver = await receiver_of(tx, receiver_id)
        if receiver.status is not ReceiverStatus.OFF:
            await acting.turn_off(tx, receiver, OffBecause.TURNED_OFF)
        return f"{receiver.id} is off. What it misses waits: hub webhook enable"

    return in_transaction(settings, work)


def turn_webhook_on(settings: Settings, receiver_id: str, *, from_now: bool) -> str:
    """Tell a receiver again."""

    async def work(tx: Transaction) -> str:
        receiver = await acting.turn_on(tx, await receiver_of(tx, receiver_id), from_now=from_now)
        dead = await dead_letters.some_of_them(tx.connection, [DeliveryStatus.DEAD], receiver_id=receiver.id, most=1)
        said = f"{receiver.id} is on, and is told of {'what comes' if from_now else 'what it missed, and what comes'}"
        return f"{said}\nwhat is dead: hub delivery replay --receiver {receiver.id}" if dead else said

    return in_transaction(settings, work)


def remove_webhook(settings: Settings, receiver_id: str) -> str:
    """Forget a receiver, its secrets and its deliveries."""

    async def work(tx: Transaction) -> str:
        receiver = await receiver_of(tx, receiver_id)
        await acting.remove(tx, receiver)
        return f"{receiver.id} is removed"

    return in_transaction(settings, work)


def try_webhook(settings: Settings, receiver_id: str) -> tuple[str, bool]:
    """Send a test to a receiver now; what came of it, and whether it was received."""
    from hub.outbound import deliverer, sender

    async def work(transactions: Transactions) -> tuple[str, bool]:
        async with transactions.begin(None) as tx:
            receiver = await receiver_of(tx, receiver_id)
        async with sender(settings) as send:
            outcome = await deliverer(settings, transactions, send).try_out(receiver.id)
        if outcome.failed_with is None:
            return f"{receiver.id} has received it", True
        return f"{receiver.id} has not received it: {meaning_of(outcome.failed_with)}", False

    return with_transactions(settings, work, statement_timeout_ms=STATEMENT_TIMEOUT_MS)


# --- how it is said


async def _allow(
    tx: Transaction, settings: Settings, client_id: str, address: str, networks: Sequence[str]
) -> Destination:
    client = await clients.find(tx.connection, client_id)
    if client is None:
        raise not_found("client")
    to = read_address(address, production=settings.production)
    destination = Destination(to.host, to.port, read_networks(networks))
    await receivers.allow(tx.connection, client_id, client.organisation, destination, at=tx.now)
    return destination


def _signature(word: str) -> SecretKind:
    if word not in SIGNATURES:
        raise invalid(f"a signature is one of {', '.join(SIGNATURES)}", rule="signature-kind", path=("signature",))
    return SIGNATURES[word]


def _purpose(word: str | None, client: clients.Client) -> Purpose:
    try:
        return client.default_purpose if word is None else Purpose(word)
    except ValueError as error:
        raise invalid("there is no such purpose", rule="purpose-unknown", path=("purpose",)) from error


def _how(kind: SecretKind) -> str:
    if kind is SecretKind.ED25519:
        return "ed25519 (v1a): the hub alone can make them"
    return "HMAC-SHA256 (v1): whoever has the key can make them"


def _where(to: Destination) -> str:
    return " ".join(to.networks) or "the public internet"


def _line(each: Receiver) -> str:
    state = f"off: {each.off_because}" if each.off_because else each.status.lower()
    line = f"{each.id}  {each.kind.lower():<17} {state:<16} {each.client_id} at {each.address}; {' '.join(each.topics)}"
    if each.failing_since is None:
        return f"{line}; {each.told} events for it so far"
    why = meaning_of(each.failed_with or "")
    return f"{line}; {each.told} events for it so far; failing since {each.failing_since:%Y-%m-%d %H:%M}: {why}"
