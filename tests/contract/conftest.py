"""The FHIR face over a new world, as most tests of it want it."""

from collections.abc import AsyncIterator

import pytest

from hub.actions.transaction import Transactions
from tests.contract.fhir_world import FhirWorld, fhir_world
from tests.world import World


@pytest.fixture
async def fhir(world: World, transactions: Transactions) -> AsyncIterator[FhirWorld]:
    async with fhir_world(world, transactions) as face:
        yield face


@pytest.fixture
async def fhir_with_low_caps(world: World, transactions: Transactions) -> AsyncIterator[FhirWorld]:
    """What is too large can be small: a body has at most 400,000 bytes, a Bundle 100 entries."""
    async with fhir_world(world, transactions, fhir_max_bytes=400_000, fhir_max_entries=100) as face:
        yield face
