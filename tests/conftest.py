"""What tests run on: one real PostgreSQL for the run, and an empty migrated database for each test that asks."""

import gc
import itertools
import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

import pytest

from hub.actions.transaction import Transactions
from hub.db.place import SERVING_ROLE, WORKER_ROLE, as_role
from hub.db.session import Database
from hub.sparing import spare_the_collector
from tests.blocking import only_loopback
from tests.lending import Lending, a_server, a_template
from tests.running import RunningHub, running_hub
from tests.world import World, make_world


def pytest_configure() -> None:
    """While tests are collected hardly anything becomes garbage."""
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish() -> None:
    """As in the server: thousands of tests are collected that nobody need look through for garbage."""
    spare_the_collector()


_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    only_loopback(monkeypatch)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The owner's address of a PostgreSQL: `HUB_TEST_DATABASE_URL`, or the embedded one, made for this run."""
    given = os.environ.get("HUB_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with a_server() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> Iterator[str]:
    """The name of a migrated database, to copy from."""
    with a_template(postgres_url) as name:
        yield name


@pytest.fixture(scope="session")
def lending(postgres_url: str, migrated_template: str) -> Iterator[Lending]:
    """Databases for this run, made as they are needed and lent again when they have been emptied."""
    with Lending.of(postgres_url, migrated_template) as databases:
        yield databases


@pytest.fixture
def owner_url(lending: Lending) -> Iterator[str]:
    """The address of an empty migrated database, as the role that owns its tables."""
    with lending.lend() as url:
        yield url


@pytest.fixture
def database_url(owner_url: str) -> str:
    """The same database as the serving role: what the hub itself connects as."""
    return as_role(owner_url, SERVING_ROLE)


@pytest.fixture
async def database(owner_url: str, database_url: str) -> AsyncIterator[Database]:
    """The hub's database; what a test does as the hub itself (`begin(None)`) is done as its worker does it."""
    opened = Database(database_url, own_url=as_role(owner_url, WORKER_ROLE), pool_size=5)
    yield opened
    await opened.close()


@pytest.fixture
def new_id() -> Callable[[], uuid.UUID]:
    """Ids that are the same in every run."""
    return lambda: uuid.uuid5(uuid.NAMESPACE_URL, f"test:{next(_numbers)}")


NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def transactions(database: Database, new_id: Callable[[], uuid.UUID]) -> Transactions:
    """Actions on a fresh database, at noon on 22 November 2026."""
    return Transactions(database, clock=lambda: NOW, new_id=new_id)


@pytest.fixture
async def world(database: Database, new_id: Callable[[], uuid.UUID]) -> World:
    """A very small world, committed."""
    async with database.begin(None) as connection:
        return await make_world(connection, new_id)


@pytest.fixture(scope="session")
def hub() -> Iterator[RunningHub]:
    """A demo that runs in a process of its own, for the whole run of the tests."""
    with running_hub() as running:
        yield running


@pytest.fixture
def hub_url(hub: RunningHub) -> str:
    return hub.base_url
