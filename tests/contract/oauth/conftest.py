"""A hub's authorization alone, as most tests of it want it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.db.session import Database
from tests.contract.oauth_hub import Hub, running_hub


@pytest.fixture
async def hub(database: Database, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(database, tmp_path) as running:
        yield running
