"""What the hub's operator does for a body by a command, under the name of the account that it runs as."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from hub.actions.transaction import Transaction, Transactions
from hub.clock import new_id, utc_now
from hub.db import queries
from hub.db.place import database_place
from hub.db.queries import Organisation
from hub.db.session import Database
from hub.errors import not_found
from hub.law.caller import Caller
from hub.law.purposes import Purpose
from hub.settings import Settings

T = TypeVar("T")


def with_transactions(settings: Settings, work: Callable[[Transactions], Awaitable[T]]) -> T:
    """What the work answers, on the database that the settings name."""

    async def run(serving: str, own: str) -> T:
        database = Database(serving, own_url=own, pool_size=1, statement_timeout_ms=0)
        try:
            return await work(Transactions(database, clock=utc_now, new_id=new_id))
        finally:
            await database.close()

    with database_place(settings) as place:
        return asyncio.run(run(place.serving, place.for_own_work()))


async def body_of_code(tx: Transaction, code: str) -> Organisation:
    """The body with this authority's code or ODS code. Raises `Problem` NOT_FOUND."""
    found = await queries.organisation_by_code(tx.connection, la_code=code)
    found = found or await queries.organisation_by_code(tx.connection, ods_code=code)
    if found is None:
        raise not_found("body with this code")
    return found


async def operator_for(tx: Transaction, body_id: UUID, scopes: frozenset[str]) -> Caller:
    """The hub's operator, doing one thing for a body."""
    body = await queries.organisation_by_id(tx.connection, body_id)
    if body is None:
        raise not_found("body")
    return Caller(
        body_id,
        body.kind,
        body.code,
        body.name,
        "operator",
        f"operator {getpass.getuser()}",
        scopes,
        Purpose.OWN_FUNCTIONS,
        frozenset({Purpose.OWN_FUNCTIONS}),
        "none",
    )
