"""A child's page tells who told who the child is, and where they differ; who may not see a source sees none."""

from typing import Any

import pytest

from hub.law.precedence import StandsBy
from tests.running import RunningHub

from .chromium import WITH_CHROMIUM
from .finding import graphql
from .visiting import BOARD, NORTHMERE, Visits

pytestmark = WITH_CHROMIUM

ASKED = "{ disagreements(first: 100) { nodes { field child { id } values { value saidBy stands } } } }"


@pytest.mark.timeout(400)
def test_what_sources_say_is_shown_side_by_side(visits: Visits, hub: RunningHub) -> None:
    asked: Any = graphql(hub, ASKED)
    found: Any = next(each for each in asked["disagreements"]["nodes"] if each["field"] == "FAMILY_NAME")
    path = f"/children/{found['child']['id']}"
    own = visits(NORTHMERE).sees(path)
    assert "Family name: they differ" in own
    assert StandsBy.KEPT_BY_THE_AUTHORITY.meaning in own
    assert "Every source" in own
    for each in found["values"]:
        assert each["value"] in own
        assert each["saidBy"] is None or f"of {each['saidBy']}" in own
    boards = visits(BOARD)
    boards.page.goto(f"{hub.base_url}{path}")
    assert "Every source" not in boards.page.content()
