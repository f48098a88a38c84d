"""Fault 15: the machine's clock steps back while the hub runs."""

from datetime import timedelta
from pathlib import Path

from hub.actions.transaction import Transactions
from hub.audit import Event
from hub.audit.sealing import Sealer
from hub.auth.keys import audit_signer
from hub.db.session import Database
from hub.settings import Settings
from tests.contract.oauth_hub import running_hub
from tests.world import World


async def test_what_was_used_stays_used(database: Database, tmp_path: Path) -> None:
    """An assertion that has been used is no good again."""
    async with running_hub(database, tmp_path) as hub:
        assertion = hub.assertion({"exp": hub.clock.seconds(200)})
        assert (await hub.ask(assertion)).status_code == 200
        hub.clock.pass_(seconds=-50)
        refused = await hub.ask(assertion)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_the_log_is_sealed_in_the_order_of_the_database(
    database: Database, transactions: Transactions, world: World, tmp_path: Path
) -> None:
    """Order is the database's own count of transactions, and so nothing is sealed twice or left out."""
    sealer = Sealer(database, audit_signer(Settings(data_dir=tmp_path)), clock=transactions.clock)
    back = Transactions(database, clock=lambda: transactions.clock() - timedelta(hours=1), new_id=transactions.new_id)
    for each in (transactions, back, transactions):
        async with each.begin(world.caller(world.authority)) as tx:
            await tx.record(Event("plan_issued", world.authority, "plan", world.plan, world.child))
        assert await sealer.seal() == 1
    assert await sealer.seal() == 0
