"""The synthetic counties that the tests of them look at, made once."""

from datetime import date

import pytest

from hub.county.county import County, make_county
from tests.counties import TODAY


@pytest.fixture(
    scope="session",
    params=[(1, TODAY), (2, date(2026, 7, 1)), (3, date(2027, 1, 2)), (4, date(2027, 9, 3)), (5, date(2028, 2, 29))],
    ids=lambda told: f"seed {told[0]} on {told[1]}",
)
def told(request: pytest.FixtureRequest) -> tuple[County, date]:
    seed, today = request.param
    return make_county(seed=seed, today=today), today


@pytest.fixture(scope="session")
def county() -> County:
    """The county of the demo."""
    return make_county(seed=1, today=TODAY)
