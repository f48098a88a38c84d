"""Everything that is recorded is sealed once and in order, and whatever is done to it afterwards is found."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import ARRAY, BigInteger, DateTime, Enum, Text, Uuid, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit import Denial, Denials, Disclosure, Event, Operation, record_disclosures, record_event
from hub.audit.merkle import is_consistent, is_included, leaf_hash
from hub.audit.notes import Checkpoint, Signer
from hub.audit.proofs import consistency, inclusion, position_of
from hub.audit.rows import FIRST, KINDS, form, horizon, read
from hub.audit.sealing import Sealer, checkpoint
from hub.audit.verifying import Bad, Fault, Verified, verify, verify_on
from hub.auditing import retire_rows
from hub.db import tables
from hub.db.session import Database
from hub.errors import Problem
from hub.law.reg17_disclosure import Part
from hub.settings import Settings
from tests.conftest import NOW
from tests.world import World

SIGNER = Signer("hub.test/audit", Ed25519PrivateKey.from_private_bytes(bytes(32)))
OPERATION = Operation("graphql:Who", "query Who { viewer { organisation { name } } }")


@dataclass(frozen=True)
class Log:
    """An audit log to add to, to seal and to verify."""

    database: Database
    world: World
    new_id: Callable[[], UUID]

    async def record(self, times: int = 1, at: datetime = NOW) -> None:
        """An event, a disclosure, a denied attempt and broken glass, so many times, each in its own transaction."""
        caller = self.world.caller(self.world.authority)
        denials = Denials(self.database.statements, clock=lambda: at, new_id=self.new_id)
        for _ in range(times):
            async with self.database.begin(None) as connection:
                event = Event(
                    "plan_finalised", self.world.authority, "Plan", self.world.plan, self.world.child, {"n": 1}
                )
                await record_event(connection, event, event_id=self.new_id(), caller=caller, at=at)
                shown = Disclosure(
                    self.world.authority, self.world.child, frozenset({Part.ADVICE}), frozenset({Part.CONTACTS})
                )
                await record_disclosures(
                    connection, [(self.new_id(), shown)], caller=caller, operation=OPERATION, ground="s. 24", at=at
                )
                await connection.execute(
                    tables.broken_glass.insert().values(
                        owner_id=self.world.authority,
                        id=self.new_id(),
                        child_id=self.world.child,
                        body_id=self.world.trust,
                        client_id="trust-ehr",
                        reason="found alone at night",
                        opened_at=at,
                        ends_at=at + timedelta(hours=1),
                    )
                )
            await denials.deny(Denial("NOT_FOUND", "not-found", OPERATION, caller))

    async def seal(self, batch: int = 5_000) -> int:
        """Wait until every transaction of before has ended, as far as PostgreSQL can tell; then seal."""
        async with self.database.begin(None) as connection:
            now = int(await connection.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")))
        async with asyncio.timeout(30):
            while True:
                async with self.database.begin(None) as connection:
                    if await horizon(connection) >= now:
                        break
                await asyncio.sleep(0.05)
        return await Sealer(self.database, SIGNER, clock=lambda: NOW, batch=batch).seal()

    async def verified(self, *kept: Checkpoint) -> Verified:
        return await verify(self.database, SIGNER.witness, kept=kept)

    async def head(self) -> Checkpoint:
        async with self.database.begin(None) as connection:
            note = await checkpoint(connection)
        assert note is not None
        return SIGNER.witness.opened(note)


@pytest.fixture
def log(database: Database, world: World, new_id: Callable[[], UUID]) -> Log:
    return Log(database, world, new_id)


async def test_what_is_recorded_is_sealed_in_batches_of_any_size(log: Log) -> None:
    """Batches smaller than a transaction's rows, and larger: each row once, and the tree is the same."""
    assert (await log.verified()).rows == 0
    await log.record(20)
    assert await log.seal(batch=3) == 80
    assert await log.seal() == 0
    await log.record(70)
    early = await log.verified()
    assert (early.rows, early.unsealed, early.bad) == (80, 280, None)
    before = await log.head()
    assert await log.seal(batch=100) == 280
    found = await log.verified(before)
    assert (found.rows, found.unsealed, found.bad) == (360, 0, None)
    assert found.heads > 5

    async with log.database.begin(None) as connection:
        rows = await read(connection, after=FIRST, below=await horizon(connection), most=1_000)
        assert [row.place for row in rows] == sorted(row.place for row in rows)
        head = await log.head()
        assert (head.size, head.root) == (len(rows), found.root)
        for position in (0, 79, 255, 256, 359):
            proof = await inclusion(connection, position)
            assert proof.leaf == rows[position].leaf
            assert await position_of(connection, UUID(rows[position].place.id)) == position
            assert is_included(rows[position].leaf, position, size=head.size, root=head.root, proof=proof.hashes)
        proof = await consistency(connection, before.size)
        assert is_consistent(
            earlier=before.size, earlier_root=before.root, size=head.size, root=head.root, proof=proof.hashes
        )
        for wrong in ({"position": 360}, {"position": 3, "size": 361}, {"position": -1}):
            with pytest.raises(Problem):
                await inclusion(connection, **wrong)
        for earlier in (0, 361):
            with pytest.raises(Problem):
                await consistency(connection, earlier)
        with pytest.raises(Problem):
            await position_of(connection, log.new_id())


async def test_a_row_waits_for_older_transactions_and_is_not_lost(log: Log) -> None:
    """B begins after A and commits before it. To seal B first would leave A behind for ever."""
    event = Event("plan_finalised", log.world.authority, "Plan", log.world.plan, log.world.child)
    async with log.database.begin(None) as a:
        await record_event(a, event, event_id=log.new_id(), caller=None, at=NOW)
        async with log.database.begin(None) as b:
            await record_event(b, event, event_id=log.new_id(), caller=None, at=NOW)
        assert await Sealer(log.database, SIGNER, clock=lambda: NOW).seal() == 0
    assert await log.seal() == 2
    assert (await log.verified()).bad is None


async def test_of_several_sealers_one_does_the_work(log: Log) -> None:
    await log.record(30)
    done = await asyncio.gather(
        *(Sealer(log.database, SIGNER, clock=lambda: NOW, batch=7).seal() for _ in range(4)), log.record(5)
    )
    assert sum(each or 0 for each in done) + await log.seal() == 140
    found = await log.verified()
    assert (found.rows, found.bad) == (140, None)


def test_the_form_of_a_row_is_as_it_always_was() -> None:
    """Every seal rests on it: if this fails, change the code back and not the test."""
    columns = [("id", "0b9e5e2c-5a35-4c57-9a6c-5f4a3c0f9a11"), ("kind", 'é "x"\n'), ("purpose", None)]
    formed = form("event", columns)
    assert formed == '["event",{"id":"0b9e5e2c-5a35-4c57-9a6c-5f4a3c0f9a11","kind":"é \\"x\\"\\n"}]'.encode()
    assert leaf_hash(formed).hex() == "6448caab7fd2a691f98b4926d2a1dfb605c84fec3c759214b7f617a739636c42"


async def test_what_retention_takes_is_told_from_what_was_deleted(log: Log, owner_url: str) -> None:
    """Whole months go, as the log itself says; one row more, or an absence that nobody declared, is found."""
    old = datetime(2020, 3, 9, tzinfo=UTC)
    with psycopg.connect(owner_url) as owner:
        owner.execute("SELECT make_partitions('2020-03-01', 2)")
    await log.record(5, at=old)
    await log.record(2, at=old + timedelta(days=30))
    await log.record(3)
    settings = Settings(database_url=owner_url)
    with pytest.raises(Problem, match="not been sealed"):
        await asyncio.to_thread(retire_rows, settings, "disclosure", date(2020, 4, 1))
    await log.seal()
    for kind, before in (("event", date(2020, 4, 1)), ("broken_glass", date(2020, 4, 1))):
        with pytest.raises(Problem, match="what may be retired"):
            await asyncio.to_thread(retire_rows, settings, kind, before)
    said = [
        await asyncio.to_thread(retire_rows, settings, kind, before)
        for kind, before in (
            ("disclosure", date(2020, 3, 31)),
            ("disclosure", date(2020, 4, 30)),
            ("denied_attempt", NOW.date()),
        )
    ]
    assert [each.split()[0] for each in said] == ["0", "5", "7"]
    assert await log.seal() == 2, "the events that tell of it"
    found = await log.verified()
    assert (found.rows, found.bad) == (42, None)
    await asyncio.to_thread(_do, owner_url, "DELETE FROM disclosure WHERE recorded_at < '2020-04-30'")
    found = await log.verified()
    assert found.bad is not None
    assert (found.bad.fault, found.bad.kind) == (Fault.DELETED, "disclosure")
    await asyncio.to_thread(_do, owner_url, "DELETE FROM event WHERE kind = 'audit_rows_retired'")
    found = await log.verified()
    assert found.bad is not None
    assert found.bad.fault is Fault.DELETED


async def test_a_restored_database_that_counts_too_low_is_not_sealed_on(log: Log, owner_url: str) -> None:
    await log.record()
    await log.seal()
    await asyncio.to_thread(_do, owner_url, "UPDATE tree_head SET last_recorded_in = 9000000000")
    with pytest.raises(RuntimeError, match="pg_resetwal"):
        await log.seal()


def _do(owner_url: str, statement: LiteralString) -> None:
    with psycopg.connect(owner_url) as connection:
        connection.execute(statement)


OTHER: dict[type, str] = {
    Uuid: "gen_random_uuid()",
    Enum: "CASE {column} WHEN 'COURT' THEN 'APPEAL' ELSE 'COURT' END",
    Text: "coalesce({column}, '') || 'x'",
    DateTime: "{column} + interval '1 microsecond'",
    JSONB: "'{{\"n\": 2}}'",
    ARRAY: "{column} || '{{x}}'",
    BigInteger: "{column} - 1",
}
"""Another value for a column of each type."""


def _changes() -> Iterator[tuple[str, str, str]]:
    """For every column of every kind of record: another value and, where it may be, none."""
    for kind, table in KINDS.items():
        for column in table.columns:
            other = next(sql for of, sql in OTHER.items() if isinstance(column.type, of))
            yield kind, column.name, other.format(column=column.name)
            if column.nullable:
                yield kind, column.name, "NULL"


@pytest.fixture
async def tampering(log: Log, owner_url: str) -> AsyncIterator["Tampering"]:
    """The owner of the tables, with a log of 40 rows that was sealed in two parts; no constraint is in the way."""
    await log.record(6)
    await log.seal()
    await log.record(4)
    await log.seal()
    database = Database(owner_url, pool_size=1)
    async with database.begin(None) as connection:
        for kind in KINDS:
            found = await connection.execute(
                text(
                    "SELECT conname FROM pg_constraint WHERE conrelid = CAST(:of AS regclass) AND contype IN ('f', 'c')"
                ),
                {"of": kind},
            )
            for name in found.scalars().all():
                await connection.execute(text(f'ALTER TABLE {kind} DROP CONSTRAINT "{name}"'))
        yield Tampering(log, connection)
        await connection.rollback()
    await database.close()


@dataclass(frozen=True)
class Tampering:
    """Does something as the owner, verifies, and undoes it."""

    log: Log
    connection: AsyncConnection

    async def found(self, *statements: str, kept: Sequence[Checkpoint] = (), **values: object) -> Bad | None:
        async with self.connection.begin_nested() as savepoint:
            changed = 0
            for statement in statements:
                done = await self.connection.execute(
                    text(statement), {k: v for k, v in values.items() if f":{k}" in statement}
                )
                changed += max(done.rowcount, 0)
            assert changed > 0
            verified = await verify_on(self.connection, SIGNER.witness, kept=kept)
            await savepoint.rollback()
        return verified.bad

    async def row(self, kind: str, number: int) -> tuple[int, UUID]:
        """The position and id of one of the sealed rows of a kind."""
        row = tables.sealed_row
        statement = select(row.c.position, row.c.row_id).where(row.c.kind == kind).order_by(row.c.position)
        found = (await self.connection.execute(statement.offset(number).limit(1))).one()
        return found[0], found[1]


async def test_a_change_of_any_column_of_any_record_is_found_and_named(tampering: Tampering) -> None:
    """An audit row has no column that could be changed unseen."""
    tried: set[tuple[str, str]] = set()
    for turn, (kind, column, value) in enumerate(_changes()):
        position, row_id = await tampering.row(kind, turn % 10)
        had = await tampering.connection.scalar(
            text(f"SELECT {column} IS NOT NULL FROM {kind} WHERE id = :id"), {"id": row_id}
        )
        if value == "NULL" and not had:
            continue
        tried.add((kind, column))
        bad = await tampering.found(f"UPDATE {kind} SET {column} = {value} WHERE id = :id", id=row_id)
        assert bad is not None, (kind, column)
        assert bad.kind == kind, (kind, column)
        if column == "id":  # the row that was is gone, and one that was not is there: whichever comes first
            assert (bad.fault, bad.row_id) == (Fault.DELETED, str(row_id)) or bad.fault is Fault.INSERTED
        elif column == "recorded_in":
            assert (bad.fault, bad.row_id) == (Fault.MOVED, str(row_id))
            assert bad.position <= position
        else:
            assert (bad.fault, bad.row_id, bad.position) == (Fault.CHANGED, str(row_id), position), (kind, column)
    assert tried == {(kind, column.name) for kind, table in KINDS.items() for column in table.columns}


async def test_what_was_deleted_inserted_moved_or_exchanged_is_found(tampering: Tampering) -> None:
    for kind in KINDS:
        for number in (0, 5, 8):
            position, row_id = await tampering.row(kind, number)
            bad = await tampering.found(f"DELETE FROM {kind} WHERE id = :id", id=row_id)
            assert bad == Bad(Fault.DELETED, position, kind, str(row_id))
            columns = ", ".join(each.name for each in KINDS[kind].columns if each.name != "id")
            new = tampering.log.new_id()
            bad = await tampering.found(
                f"INSERT INTO {kind} (id, {columns}) SELECT :new, {columns} FROM {kind} WHERE id = :id",
                id=row_id,
                new=new,
            )
            assert bad is not None
            assert (bad.fault, bad.kind, bad.row_id) == (Fault.INSERTED, kind, str(new))
    first, one = await tampering.row("event", 2)
    _, other = await tampering.row("event", 7)
    bad = await tampering.found(
        "CREATE TEMP TABLE place ON COMMIT DROP AS SELECT id, recorded_in FROM event WHERE id IN (:one, :other)",
        "UPDATE event SET recorded_in = place.recorded_in FROM place WHERE event.id IN (:one, :other) "
        "AND place.id IN (:one, :other) AND place.id <> event.id",
        one=one,
        other=other,
    )
    assert bad is not None
    assert (bad.fault, bad.position) == (Fault.MOVED, first)


async def test_a_log_that_was_changed_with_its_rows_is_found(tampering: Tampering) -> None:
    """Who changes the hashes too needs the key that signs; who has the key is found by a kept checkpoint."""
    kept = await tampering.log.head()
    position, row_id = await tampering.row("event", 4)
    cases = {
        Fault.ROOT: ["UPDATE event SET facts = '{}' WHERE id = :id", _HASH_AGAIN],
        Fault.SIGNATURE: ["UPDATE tree_head SET note = replace(note, '— hub', '— web')"],
        Fault.LOG: ["UPDATE tree_head SET last_id = gen_random_uuid()"],
    }
    for fault, statements in cases.items():
        bad = await tampering.found(*statements, id=row_id, leaf=leaf_hash(b"another"), position=position)
        assert bad is not None
        assert bad.fault in {fault, Fault.CHANGED}, fault
    for statement in (
        "DELETE FROM sealed_row WHERE position = 39",
        "DELETE FROM tree_head WHERE size = 40",
        "UPDATE sealed_row SET recorded_at = recorded_at + interval '1 day' WHERE position = 7",
        "UPDATE sealed_row SET kind = 'event' WHERE position = 3",
        "UPDATE sealed_row SET position = 100 WHERE position = 12",
        "UPDATE tree_head SET frontier = root WHERE size = 24",
        "INSERT INTO sealed_subtree VALUES (8, 0, 'x')",
        "INSERT INTO sealed_subtree VALUES (7, 0, 'x')",
        "INSERT INTO sealed_row SELECT 40, kind, row_id, recorded_at, recorded_in, leaf_hash FROM sealed_row "
        "WHERE position = 39",
    ):
        assert await tampering.found(statement) is not None, statement

    cut = [
        *(f"DELETE FROM {kind} t USING sealed_row s WHERE s.row_id = t.id AND s.position >= 24" for kind in KINDS),
        "DELETE FROM sealed_row WHERE position >= 24",
        "DELETE FROM tree_head WHERE size > 24",
    ]
    assert await tampering.found(*cut) is None, "by itself it looks like the log of an earlier day"
    bad = await tampering.found(*cut, kept=[kept])
    assert bad == Bad(Fault.TRUNCATED, 24)
    forged = Checkpoint(kept.origin, 24, kept.root)
    bad = await tampering.found("UPDATE client SET label = label", "SELECT 1", kept=[forged])
    assert bad == Bad(Fault.CHECKPOINT, 23)


_HASH_AGAIN = "UPDATE sealed_row SET leaf_hash = :leaf WHERE position = :position"
