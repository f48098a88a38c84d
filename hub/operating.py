"""What the hub's operator does for a body by a command, under the name of the account that it runs as."""

import asyncio
import getpass
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from hub.actions.checks import body_of, must_exist
from hub.actions.transaction import Transaction, Transactions
from hub.clock import new_id, utc_now
from hub.db import queries
from hub.db.place import database_place
from hub.db.queries import Organisation
from hub.db.session import Database
from hub.law.caller import Caller
from hub.law.purposes import Purpose
from hub.settings import Settings
from hub.sparing import spare_the_collector, stand_back

STATEMENT_TIMEOUT_MS = 5_000
T = TypeVar("T")


def with_transactions(
    settings: Settings, work: Callable[[Transactions], Awaitable[T]], *, statement_timeout_ms: int = 0
) -> T:
    """What the work answers, on the database that the settings name."""

    async def run(serving: str, own: str) -> T:
        opened = Database(serving, own_url=own, pool_size=1, statement_timeout_ms=statement_timeout_ms)
        async with opened as database:
            return await work(Transactions(database, clock=utc_now, new_id=new_id))

    with database_place(settings) as place:
        return asyncio.run(run(place.serving, place.for_own_work()))


def in_transaction(settings: Settings, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """What the work answers, in one transaction of the hub's own, which waits for nobody longer than a request does."""

    async def run(transactions: Transactions) -> T:
        async with transactions.begin(None) as tx:
            return await work(tx)

    return with_transactions(settings, run, statement_timeout_ms=STATEMENT_TIMEOUT_MS)


@asynccontextmanager
async def transactions_to_import(url: str) -> AsyncGenerator[Transactions]:
    """For one transaction as long as a file: no statement of it may be cut off, and this process stands back."""
    spare_the_collector()
    stand_back()
    async with Database(url, pool_size=2, statement_timeout_ms=0) as database:
        yield Transactions(database, clock=utc_now, new_id=new_id)


async def body_of_code(tx: Transaction, code: str) -> Organisation:
    """The body with this authority's code or ODS code. Raises `Problem` NOT_FOUND."""
    found = await queries.organisation_by_code(tx.connection, la_code=code)
    return must_exist(found or await queries.organisation_by_code(tx.connection, ods_code=code), "body with this code")


async def operator_for(tx: Transaction, body_id: UUID, scopes: frozenset[str]) -> Caller:
    """The hub's operator, doing one thing for a body."""
    body = await body_of(tx, body_id)
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
