"""The filled database, once for all the tests here, and both ways to answer from it."""

import itertools
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from hub.db.place import WORKER_ROLE, as_role
from hub.db.session import Database
from schema.compile.documents import Documents
from tests.compile.answers import Answers
from tests.compile.filled import Filled, fill


@pytest.fixture(scope="package")
def filled(postgres_url: str, migrated_template: str) -> Iterator[Filled]:
    name = f"filled_{uuid.uuid4().hex[:12]}"
    numbers = itertools.count(1)
    url = make_url(postgres_url).set(database=name).update_query_dict({"options": "-crole=hub_serving"})
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(migrated_template)))
        yield fill(
            url.render_as_string(hide_password=False), lambda: uuid.uuid5(uuid.NAMESPACE_URL, f"fill:{next(numbers)}")
        )
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="package")
def read() -> dict[str, tuple[Documents, Documents]]:
    """The documents that the tests here have asked, read and planned once for all of them."""
    return {}


@pytest.fixture
async def answers(filled: Filled, read: dict[str, tuple[Documents, Documents]]) -> AsyncIterator[Answers]:
    own_url = as_role(filled.owner_url, WORKER_ROLE)
    database, owner = Database(filled.url, own_url=own_url, pool_size=4), Database(filled.owner_url, pool_size=1)
    both = Answers(database, owner, uuid.uuid4, read.get("both", (None, None)))
    read["both"] = both.read
    yield both
    await database.close()
    await owner.close()


@pytest.fixture
def owner(filled: Filled) -> Iterator[psycopg.Connection[Any]]:
    """The database as the owner of its tables. What a test changes is undone."""
    with psycopg.connect(filled.owner_url) as connection:
        yield connection
        connection.rollback()
