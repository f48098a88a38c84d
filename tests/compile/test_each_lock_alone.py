"""Either lock holds without the other, and nothing of a caller stays behind on a connection."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import islice
from random import Random

import orjson
import psycopg
import pytest

from hub.db import tables
from hub.db.place import WORKER_ROLE, Place, as_role
from hub.db.session import Database
from hub.errors import NotReadyError
from tests.compile.answers import Path
from tests.compile.documents import Asked
from tests.compile.filled import Filled
from tests.compile.rows import TODAY
from tests.compile.serving import rows_of
from tests.compile.whole import documents


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
