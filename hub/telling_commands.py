"""What the commands about webhooks and deliveries share: how they reach the database, and how a failure is said."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from hub.actions.transaction import Transaction, Transactions
from hub.clock import new_id, utc_now
from hub.db import receivers
from hub.db.place import database_place
from hub.db.receivers import Receiver
from hub.db.session import Database
from hub.errors import not_found
from hub.settings import Settings

T = TypeVar("T")


def run_with(settings: Settings, work: Callable[[Transactions], Awaitable[T]]) -> T:
    async def run(url: str) -> T:
        database = Database(url, pool_size=1)
        try:
            return await work(Transactions(database, clock=utc_now, new_id=new_id))
        finally:
            await database.close()

    with database_place(settings) as place:
        return asyncio.run(run(place.for_own_work()))


def in_transaction(settings: Settings, work: Callable[[Transaction], Awaitable[T]]) -> T:
    async def run(transactions: Transactions) -> T:
        async with transactions.begin(None) as tx:
            return await work(tx)

    return run_with(settings, run)


async def receiver_of(tx: Transaction, receiver_id: str) -> Receiver:
    found = await receivers.find(tx.connection, uuid_of(receiver_id, "receiver"))
    if found is None:
        raise not_found("receiver")
    return found


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
