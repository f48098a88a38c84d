"""What the commands about webhooks and deliveries share: which receiver is meant, and how a failure is said."""

from uuid import UUID

from hub.actions.checks import must_exist
from hub.actions.transaction import Transaction
from hub.db import receivers
from hub.db.receivers import Receiver
from hub.errors import not_found


async def receiver_of(tx: Transaction, receiver_id: str) -> Receiver:
    return must_exist(await receivers.find(tx.connection, uuid_of(receiver_id, "receiver")), "receiver")


def uuid_of(text: str, what: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise not_found(what) from error


_MEANINGS = {
    "address-not-allowed": "its host leads to no address that the operator allows",
    "busy": "the database does not answer",
    "host-unknown": "its host cannot be found or reached",
    "no-connection": "no connection, or it broke off",
    "secret-not-opened": "the key in HUB_DELIVERY_KEY_FILE is not the one that sealed its secret",
    "timeout": "no answer within 15 seconds",
    "tls": "its certificate is not trusted, or is another host's",
    "withheld": "its client is disabled, or the purpose is not the client's",
}


def meaning_of(code: str) -> str:
    return _MEANINGS.get(code, f"it answered {code}" if code.isdigit() else code)
