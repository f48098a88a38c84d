"""`hub audit`: what an operator, a privacy officer or an auditor asks of the record."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.actions.transaction import Transactions
from hub.audit import proofs
from hub.audit.notes import Checkpoint, Witness, witness_of
from hub.audit.retiring import retire
from hub.audit.sealing import Sealer, checkpoint
from hub.audit.verifying import Verified, verify
from hub.auth.keys import audit_signer
from hub.clock import new_id, utc_now
from hub.db.place import database_place
from hub.db.session import Database
from hub.errors import Kind, Problem
from hub.settings import Settings
from hub.web.audit_log import as_json

T = TypeVar("T")
Say = Callable[[str], None]


def verify_log(settings: Settings, kept: Sequence[Path], key: Path | None, say: Say) -> bool:
    """Verify the whole log, say what was found, and answer whether all is well."""
    witness = witness_of(key.read_text()) if key else audit_signer(settings).witness
    checkpoints = [witness.opened(path.read_text()) for path in kept]
    with database_place(settings) as place:
        found = asyncio.run(_verify(place.for_own_work(), witness, checkpoints))
    if found.bad is not None:
        say(f"NOT as it was sealed. The first that is wrong is {found.bad}.")
        return False
    say(f"{found.rows} rows are as they were sealed, under {found.heads} signed tree heads; root {found.root.hex()}")
    if checkpoints:
        say(f"{len(checkpoints)} checkpoints kept outside agree")
    if found.unsealed:
        say(f"{found.unsealed} rows have not been sealed yet")
    return True


def retire_rows(settings: Settings, kind: str, before: date) -> str:
    """Drop the months of disclosures or denied attempts that lie wholly before the day, and record that they went."""

    async def drop(owner: str, own_work: str) -> int:
        async with (
            Database(own_work, pool_size=1) as recording,
            Database(owner, pool_size=1, statement_timeout_ms=0) as owning,
            owning.begin(None) as connection,
        ):
            gone, event = await retire(connection, kind, before)
            if event is not None:
                async with Transactions(recording, clock=utc_now, new_id=new_id).begin(None) as tx:
                    await tx.record(event)
            return gone

    with database_place(settings) as place:
        gone = asyncio.run(drop(place.owner, place.for_own_work()))
    return f"{gone} rows are gone; their hashes stay in the log"


async def _verify(url: str, witness: Witness, kept: Sequence[Checkpoint]) -> Verified:
    # One transaction for the whole log: no statement of it may be cut off.
    async with Database(url, pool_size=1, statement_timeout_ms=0) as database:
        with Progress(
            TextColumn("verifying"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        ) as bar:
            task = bar.add_task("verifying", total=None)
            return await verify(
                database, witness, kept=kept, progress=lambda done, of: bar.update(task, completed=done, total=of)
            )


def sealed_checkpoint(settings: Settings) -> str:
    """Seal what is recorded, and the signed tree head; raises `Problem` BUSY where nothing has been recorded yet."""

    async def seal(database: Database) -> str | None:
        await Sealer(database, audit_signer(settings), clock=utc_now).seal()
        async with database.begin(None) as connection:
            return await checkpoint(connection)

    with database_place(settings) as place:
        note = asyncio.run(_with(place.for_own_work(), seal))
    if note is None:
        raise Problem(Kind.BUSY, "nothing has been recorded yet", rule="nothing-sealed")
    return note.rstrip("\n")


def proof(settings: Settings, position: int | None, earlier: int | None, size: int | None) -> str:
    """A proof as JSON: that a row is in the log, or that the log begins with the whole of an earlier one."""

    async def prove(connection: AsyncConnection) -> proofs.Proof:
        if position is not None:
            return await proofs.inclusion(connection, position, size)
        return await proofs.consistency(connection, earlier or 0, size)

    return json.dumps(as_json(read_as_hub(settings, prove)), indent=1)


def read_as_hub(settings: Settings, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """What the operator reads: in one snapshot, for the hub itself."""

    async def read(database: Database) -> T:
        async with database.begin(None, snapshot=True) as connection:
            return await work(connection)

    with database_place(settings) as place:
        return asyncio.run(_with(place.for_own_work(), read))


async def _with(url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    async with Database(url, pool_size=1, statement_timeout_ms=60_000) as database:
        return await work(database)
