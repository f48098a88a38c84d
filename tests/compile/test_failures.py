"""When the database fails there is one error and no part of an answer, and whoever asks next is answered."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import psycopg
import pytest
from psycopg import sql

from hub.audit import Operation
from hub.db.session import Database
from schema.projection import RelationField, projection_named
from schema.reading import Reader
from tests.compile.answers import Path
from tests.compile.documents import Asked
from tests.compile.filled import Filled
from tests.compile.rows import TODAY
from tests.conftest import NOW
from tests.world import World

CHILDREN = Asked("{ viewer { clientId } children(first: 3) { nodes { id familyName contacts { name } } } }", None, None)
OF_ANOTHER = "pid <> pg_backend_pid() AND datname = current_database() AND application_name = 'send-hub'"
TERMINATE = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {OF_ANOTHER}"
WAITING = f"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND {OF_ANOTHER}"


@pytest.fixture
async def narrow(filled: Filled) -> AsyncIterator[Database]:
    """One connection of each pool, and a statement may take half a second."""
    opened = Database(filled.url, pool_size=1, statement_timeout_ms=500)
    yield opened
    await opened.close()


@pytest.fixture
async def keeper(filled: Filled) -> AsyncIterator[Database]:
    opened = Database(filled.owner_url, pool_size=1)
    yield opened
    await opened.close()


@pytest.fixture
def path(narrow: Database, keeper: Database) -> Path:
    return Path.of(narrow, keeper, uuid.uuid4, compiled=True)


@pytest.fixture
async def owner(filled: Filled) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(filled.owner_url, autocommit=True) as connection:
        yield connection


async def _is_answered(path: Path, filled: Filled) -> None:
    answer, told, _ = await path.answer(CHILDREN, replace(filled.caller("Northmere"), token_id=uuid.uuid4().hex))
    assert answer.compiled
    assert len(orjson.loads(answer.body)["data"]["children"]["nodes"]) == len(told) == 3


async def _is_refused(path: Path, filled: Filled) -> None:
    """The first field could have been answered; it is not."""
    answer, told, _ = await path.answer(CHILDREN, replace(filled.caller("Northmere"), token_id=uuid.uuid4().hex))
    (error,) = orjson.loads(answer.body)["errors"]
    assert (answer.code, error["extensions"]["code"]) == ("BUSY", "BUSY")
    assert orjson.loads(answer.body).keys() == {"errors"}
    assert not told


async def test_a_statement_that_takes_too_long_is_one_error(
    path: Path, filled: Filled, owner: psycopg.AsyncConnection[Any]
) -> None:
    await _is_answered(path, filled)
    async with owner.transaction(force_rollback=True):
        await owner.execute("LOCK TABLE contact IN ACCESS EXCLUSIVE MODE")
        await _is_refused(path, filled)
    await _is_answered(path, filled)


async def test_a_connection_that_was_lost_is_replaced(
    path: Path, filled: Filled, owner: psycopg.AsyncConnection[Any]
) -> None:
    """Before it is asked: nobody notices."""
    for _ in range(3):
        await _is_answered(path, filled)
        await owner.execute(TERMINATE)
    await _is_answered(path, filled)


async def test_a_connection_that_is_lost_while_it_is_asked_is_one_error(
    path: Path, filled: Filled, owner: psycopg.AsyncConnection[Any]
) -> None:
    await _is_answered(path, filled)
    async with owner.transaction(force_rollback=True):
        await owner.execute("LOCK TABLE contact IN ACCESS EXCLUSIVE MODE")
        asked = asyncio.create_task(_is_refused(path, filled))
        while (await (await owner.execute(WAITING)).fetchone()) == (0,):
            assert not asked.done(), "it was not kept waiting"
        await owner.execute(TERMINATE)
        await asked
    await _is_answered(path, filled)


async def test_what_one_field_still_reads_when_another_has_failed_is_given_up(
    narrow: Database, keeper: Database, filled: Filled
) -> None:
    """The answer is gone as soon as a field that cannot be null fails; no connection goes with it."""
    path = Path.of(narrow, keeper, uuid.uuid4, compiled=False)
    late = Asked(
        """query ($b: Boolean = false) { plans { nodes { child { id } } totalCount } provisions { totalCount }
        organisations { nodes { id @skip(if: $b) } } }""",
        None,
        {"b": None},
    )
    failing = Asked(
        "{ cooperationRequests { totalCount } plans { totalCount } duties(first: 0) { totalCount } }", None, None
    )
    for asked in (failing, late, failing, late):
        answer, _, _ = await path.answer(asked, filled.caller("Northmere"))
        body = orjson.loads(answer.body)
        assert body["data"] is None
        assert [each["extensions"]["code"] for each in body["errors"]] == ["INVALID"]
        assert await narrow.answers(), "the only connection came back"


async def test_a_field_that_is_given_up_takes_no_rows_from_another(narrow: Database, filled: Filled) -> None:
    """Both wait for one child's contacts, and one of them is cancelled because something beside it failed."""
    reader = Reader(
        database=narrow,
        caller=filled.caller("Northmere"),
        today=TODAY,
        now=NOW,
        new_id=uuid.uuid4,
        snapshot=True,
        operation=Operation("test", "{}"),
    )
    contacts = projection_named("Child").fields["contacts"]
    assert isinstance(contacts, RelationField)
    child = await reader.first(reader.selecting(reader.source("Child"), "Child"), "Child")
    given_up, other = (asyncio.create_task(reader.related(reader.row_of(child), contacts)) for _ in range(2))
    await asyncio.sleep(0)
    given_up.cancel()
    assert isinstance(await other, list)
    assert given_up.cancelled()
    await reader.close()


@pytest.mark.parametrize(("right", "table"), [("SELECT", "contact"), ("INSERT", "disclosure")])
async def test_nothing_is_answered_that_cannot_be_read_whole_and_put_on_record(
    owner_url: str, database_url: str, world: World, right: str, table: str
) -> None:
    """A fault of the hub's own is an exception, which the edge shows; it tells nothing of what was asked."""
    database = Database(database_url, pool_size=1)
    path = Path.of(database, database, uuid.uuid4, compiled=True)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        revoke = sql.SQL("REVOKE {} ON {} FROM hub_serving")
        connection.execute(revoke.format(sql.SQL(right), sql.Identifier(table)))
    try:
        with pytest.raises(RuntimeError, match="InsufficientPrivilege") as raised:
            await path.answer(CHILDREN, world.caller(world.authority))
    finally:
        await database.close()
    assert "Testchild" not in str(raised.value)
