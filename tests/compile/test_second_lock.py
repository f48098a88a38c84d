"""Row-level security alone: raw SQL as the serving role finds what its caller may have. The first lock needs it not."""

import uuid
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any, LiteralString
from uuid import UUID

import orjson
import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Table

from hub.actions import cooperation
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.db.place import SERVING_ROLE, WORKER_ROLE, Place, as_role
from hub.db.session import Database
from hub.errors import NotReadyError
from hub.law.reg8_time_limit import Part3Function
from tests.compile.answers import Path
from tests.compile.documents import Asked
from tests.compile.filled import Filled
from tests.compile.rows import TODAY
from tests.compile.whole import documents
from tests.world import World

CHILDS = [table for table in tables.metadata.sorted_tables if table.info.get("childs_data")]
LOCKED = [
    *CHILDS,
    *(tables.metadata.tables[name] for name in ("provision_outcome", "source", "quarantined_item", "import_run")),
    tables.idempotency_key,
    tables.denied_attempt,
]
GATES = """
SELECT relname, relrowsecurity AND relforcerowsecurity AND NOT pg_has_role('hub_serving', relowner, 'USAGE')
FROM pg_class WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace
"""
# What gives access to a child, said once more: (owner, child, body) on a day.
GIVEN = """
SELECT owner_id, child_id, body_id FROM responsibility WHERE %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
UNION SELECT owner_id, child_id, addressed_to_id FROM cooperation_request WHERE status <> 'WITHDRAWN'
UNION SELECT owner_id, child_id, provider_id FROM provision WHERE provider_id IS NOT NULL
UNION SELECT owner_id, child_id, transferred_to_id FROM plan WHERE transferred_to_id IS NOT NULL
UNION SELECT owner_id, child_id, notified_by_id FROM notification
UNION SELECT owner_id, child_id, to_authority_id FROM notification
UNION SELECT owner_id, child_id, unnest(recipients) FROM consent WHERE given_on <= %(day)s
    AND coalesce(ends_on, 'infinity') >= %(day)s AND coalesce(withdrawn_on, 'infinity') > %(day)s
UNION SELECT owner_id, child_id, unnest(recipients) FROM disclosure_decision
    WHERE revoked_at IS NULL AND %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
UNION SELECT owner_id, child_id, body_id FROM broken_glass WHERE %(day)s
    BETWEEN (opened_at AT TIME ZONE 'Europe/London')::date AND (ends_at AT TIME ZONE 'Europe/London')::date
"""
_NAMED_IN = {
    "responsibility": "body_id",
    "cooperation_request": "addressed_to_id",
    "broken_glass": "body_id",
    "event": "organisation_id",
    "source": "sender_id",
    "quarantined_item": "sender_id",
}
"""The columns by which a row is its caller's too."""
_OWNERS_ALONE = {
    "disclosure",
    "identity_candidate",
    "identity_merge",
    "source",
    "quarantined_item",
    "import_run",
    "broken_glass",
    "glass_acknowledgement",
}
_ADDED_ALONE = (tables.broken_glass, tables.glass_acknowledgement, tables.notice)
"""The serving role never changes a row of these."""
STRANGER = UUID(int=7)


@contextmanager
def serving(owner_url: str, caller: object, day: date = TODAY) -> Generator[psycopg.Connection[Any]]:
    """A transaction of the serving role, past the first lock, that leaves nothing behind."""
    with psycopg.connect(as_role(owner_url, SERVING_ROLE)) as connection:
        connection.execute("SET TimeZone TO UTC")
        if caller is not None:
            connection.execute(
                "SELECT set_config('hub.caller', %s, true), set_config('hub.today', %s, true)", [str(caller), str(day)]
            )
        yield connection
        connection.rollback()


def rows_of(connection: psycopg.Connection[Any], table: Table) -> list[Any]:
    columns = [each for each in ("owner_id", "child_id", _NAMED_IN.get(table.name, "")) if each in table.columns]
    if table.name == "child":
        columns = ["owner_id", "id"]
    if table in (tables.idempotency_key, tables.denied_attempt):
        columns = ["organisation_id"]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return connection.execute(sql.SQL("SELECT {} FROM {}").format(names, sql.Identifier(table.name))).fetchall()


@pytest.fixture
def owner(filled: Filled) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(filled.owner_url) as connection:
        yield connection
        connection.rollback()


def test_every_table_with_a_childs_data_is_locked(owner: psycopg.Connection[Any]) -> None:
    """For its owner too, and the serving role does not own it."""
    found = dict(owner.execute(GATES, [[each.name for each in LOCKED]]).fetchall())
    assert found == {each.name: True for each in LOCKED}
    partitioned = owner.execute("SELECT count(*) FROM pg_policies WHERE 'public' = ANY(roles)").fetchone()
    assert partitioned == (0,), "no policy is for whoever comes"


@pytest.mark.parametrize("caller", [None, "", STRANGER])
def test_who_says_nothing_or_is_nobody_finds_nothing(filled: Filled, caller: object) -> None:
    with serving(filled.owner_url, caller) as connection:
        assert {each.name for each in LOCKED if rows_of(connection, each)} == set()
        assert connection.execute("SELECT count(*) FROM child_access").fetchone() == (0,)


def test_each_body_finds_its_own_records_and_those_it_has_access_to(
    filled: Filled, owner: psycopg.Connection[Any]
) -> None:
    given = owner.execute(GIVEN, {"day": TODAY}).fetchall()
    held = {table.name: rows_of(owner, table) for table in LOCKED}
    compared = 0
    for body in {each.organisation for each in filled.callers}:
        access = {(owner_id, child_id) for owner_id, child_id, who in given if who == body}
        with serving(filled.owner_url, body) as connection:
            for table in CHILDS:
                found = rows_of(connection, table)
                expected = [row for row in held[table.name] if _is_open(table, row, body, access)]
                assert sorted(map(str, found)) == sorted(map(str, expected)), (table.name, body)
                compared += len(found)
            for table in (tables.source, tables.quarantined_item):
                assert all(body in row for row in rows_of(connection, table)), table.name
    assert compared > 1_000
    assert all(held[each.name] for each in CHILDS), "a table without rows shows nothing"


def _is_open(table: Table, row: Sequence[Any], body: UUID, access: set[tuple[UUID, UUID]]) -> bool:
    owner_id, child_id, *named = row
    reached = table.name not in _OWNERS_ALONE and (owner_id, child_id) in access
    return owner_id == body or body in named or reached


def test_access_is_what_the_rows_give(owner: psycopg.Connection[Any]) -> None:
    """The triggers have kept what a new beginning would make; and on any day it is what the statement above says."""
    rows = "SELECT child_access::text FROM child_access ORDER BY 1"
    kept = owner.execute(rows).fetchall()
    owner.execute("SELECT refill_child_access()")
    assert owner.execute(rows).fetchall() == kept
    for days in (-400, -30, 0, 30):
        day = TODAY + timedelta(days=days)
        held = owner.execute(
            "SELECT DISTINCT owner_id, child_id, body_id FROM child_access WHERE %s BETWEEN starts_on AND ends_on",
            [day],
        ).fetchall()
        given = owner.execute(GIVEN, {"day": day}).fetchall()
        assert set(held) == {each for each in given if each[0] != each[2]}
        assert held
    for change in _CHANGES:
        owner.execute("SAVEPOINT unchanged")
        changed = owner.execute(change)
        assert changed.rowcount > 0, change
        kept = owner.execute(rows).fetchall()
        owner.execute("SELECT refill_child_access()")
        assert owner.execute(rows).fetchall() == kept, change
        owner.execute("ROLLBACK TO SAVEPOINT unchanged")


_CHANGES: tuple[LiteralString, ...] = (
    "UPDATE cooperation_request SET updated_at = now()",
    "UPDATE cooperation_request SET status = 'WITHDRAWN'",
    "UPDATE cooperation_request SET status = 'SENT'",
    "UPDATE responsibility SET ends_on = starts_on + 3",
    "UPDATE responsibility SET body_id = owner_id",
    "UPDATE consent SET withdrawn_on = given_on + 1",
    "UPDATE disclosure_decision SET revoked_at = now()",
    "UPDATE plan SET transferred_to_id = NULL",
    "UPDATE broken_glass SET ends_at = opened_at + interval '1 day'",
)
"""Changes that give other access to children, and one that gives no other."""


@pytest.mark.parametrize("table", CHILDS, ids=lambda each: each.name)
def test_nobody_writes_into_records_that_are_not_open_to_them(
    filled: Filled, owner: psycopg.Connection[Any], table: Table
) -> None:
    """Not by adding a row that gives access, either; a disclosure is recorded by whoever shows."""
    name = sql.Identifier(table.name)
    row = owner.execute(sql.SQL("SELECT to_jsonb(t) FROM {} AS t LIMIT 1").format(name)).fetchone()
    assert row is not None
    again = row[0] | {"id": str(uuid.uuid4())}
    again |= {"organisation_id": str(uuid.uuid4())} if "organisation_id" in again else {}
    again |= {each: again["owner_id"] for each in ("body_id", "notified_by_id") if each in again}
    insert = sql.SQL("INSERT INTO {} SELECT * FROM jsonb_populate_record(NULL::{}, %s)").format(name, name)
    with serving(filled.owner_url, STRANGER) as connection:
        if not table.info.get("append_only") and table not in _ADDED_ALONE:
            changed = connection.execute(sql.SQL("UPDATE {} SET id = id").format(name))
            assert changed.rowcount == 0
        if table is tables.disclosure:
            assert connection.execute(insert, [Jsonb(again)]).rowcount == 1
            return
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(insert, [Jsonb(again)])


def test_nobody_can_write_down_access(filled: Filled) -> None:
    with (
        serving(filled.owner_url, STRANGER) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("INSERT INTO child_access SELECT * FROM child_access")


async def test_a_request_opens_the_record_to_who_is_asked_until_it_is_withdrawn(
    transactions: Transactions, owner_url: str, world: World
) -> None:
    """Whichever action does it: the rows give the access."""

    def may_write() -> bool:
        row = "(%s, gen_random_uuid(), %s, 'MEDICAL', '2026-11-01', 'RECORDED')"
        add = f"INSERT INTO advice (owner_id, id, child_id, kind, given_on, source) VALUES {row}"
        with serving(owner_url, world.other_trust) as connection:
            try:
                connection.execute(add, [world.authority, world.child])
            except psycopg.errors.InsufficientPrivilege:
                return False
            return True

    assert not may_write()
    async with transactions.begin(world.caller(world.authority)) as tx:
        request_id = await cooperation.request_cooperation(
            tx,
            child_id=world.child,
            addressed_to=world.other_trust,
            function=Part3Function.EHC_NEEDS_ASSESSMENT,
            asked="Advice.",
        )
    assert may_write()
    async with transactions.begin(world.caller(world.authority)) as tx:
        await cooperation.withdraw(tx, request_id=request_id)
    assert not may_write()


def test_responsibility_opens_the_record_on_its_days(owner_url: str, world: World) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("UPDATE responsibility SET ends_on = '2026-11-22' WHERE body_id = %s", [world.board])
    for day, seen in ((date(2026, 3, 31), 0), (date(2026, 4, 1), 1), (date(2026, 11, 22), 1), (date(2026, 11, 23), 0)):
        with serving(owner_url, world.board, day) as connection:
            assert connection.execute("SELECT count(*) FROM child").fetchone() == (seen,), day


@pytest.fixture
async def keeper(filled: Filled) -> AsyncIterator[Database]:
    opened = Database(filled.owner_url, pool_size=1)
    yield opened
    await opened.close()


@pytest.fixture
async def one_line(filled: Filled) -> AsyncIterator[Database]:
    """One connection of each pool."""
    opened = Database(filled.url, pool_size=1)
    yield opened
    await opened.close()


async def test_nothing_about_a_caller_stays_on_a_connection(
    filled: Filled, one_line: Database, keeper: Database
) -> None:
    """Neither after a compiled read nor after a transaction."""
    left = b"SELECT nullif(current_setting('hub.caller', true), ''), (SELECT count(*) FROM child)::text"
    path, caller = Path.of(one_line, keeper, uuid.uuid4, compiled=True), filled.caller("Northmere")
    answer, _, _ = await path.answer(Asked("{ children { totalCount nodes { id } } }", None, None), caller)
    assert answer.compiled
    assert orjson.loads(answer.body)["data"]["children"]["totalCount"] > 0
    assert list(await one_line.statements.one(left, [])) == [None, b"0"]
    async with one_line.begin(caller, today=TODAY) as connection:
        assert await connection.scalar(tables.child.select().limit(1)) is not None
    async with one_line.begin(None) as connection:
        assert (await connection.execute(tables.child.select())).all() == []


async def test_the_first_lock_holds_with_the_second_off(filled: Filled, one_line: Database, keeper: Database) -> None:
    """As the worker's role, which sees all rows: every body is told the same."""
    with psycopg.connect(as_role(filled.owner_url, WORKER_ROLE)) as connection:
        assert len({owner_id for owner_id, _ in rows_of(connection, tables.child)}) > 1
    opened = Database(as_role(filled.owner_url, WORKER_ROLE), pool_size=1)
    locked, unlocked = (Path.of(each, keeper, uuid.uuid4, compiled=True) for each in (one_line, opened))
    told = 0
    try:
        for document in islice(documents(filled.known), 1, None, 2):
            asked = Asked(document, None, None)
            caller = replace(filled.any_caller(Random(document)), token_id=uuid.uuid4().hex)
            one, children, _ = await locked.answer(asked, caller)
            other, others, _ = await unlocked.answer(asked, caller)
            assert orjson.loads(one.body) == orjson.loads(other.body)
            assert children == others
            told += len(children)
    finally:
        await opened.close()
    assert told > 40


def test_the_hubs_own_work_is_not_done_as_the_serving_role(filled: Filled) -> None:
    """It would find nothing, and say so of everything."""
    worker = as_role(filled.owner_url, WORKER_ROLE)
    assert Place(filled.owner_url, filled.url, worker).for_own_work() == worker
    with pytest.raises(NotReadyError, match="HUB_WORKER_DATABASE_URL"):
        Place(filled.owner_url, filled.url, filled.url).for_own_work()
