"""`hub succeed`: one commissioning body in the place of another, as the order that merges them says."""

from collections.abc import Callable
from datetime import date

from hub.actions import succession
from hub.actions.transaction import Transactions
from hub.clock import new_id, utc_now
from hub.db import queries
from hub.db.session import Database
from hub.errors import not_found


async def run(worker_url: str, old: str, new: str, on: date, say: Callable[[str], None]) -> None:
    """Keep that it is asked for, carry it out, and say how much went over; after a crash the same again goes on."""
    async with Database(worker_url, pool_size=1) as database:
        transactions = Transactions(database, clock=utc_now, new_id=new_id)
        async with transactions.begin(None) as tx:
            before = await queries.organisation_by_code(tx.connection, ods_code=old)
            after = await queries.organisation_by_code(tx.connection, ods_code=new)
            if before is None or after is None:
                raise not_found("organisation")
            say(f"{before.name} is succeeded by {after.name} from {on}: this can take a minute")
            await succession.keep(tx, old=before.id, new=after.id, on=on)
        over = await succession.carry_out(transactions, before.id)
    say(f"{over.children:,} children, {over.duties:,} open duties and {over.requests:,} open requests went over")
