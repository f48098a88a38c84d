"""What operators are told: how many alerts of broken glass nobody has acknowledged, and nothing of whom they are."""

from datetime import UTC, datetime, timedelta

import httpx
from starlette.applications import Starlette

from hub.db.dead_letters import Figures
from hub.db.health import Health
from hub.standing import Standing
from hub.web.health import health_routes

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


async def metrics(open_alerts: int | None, found: Standing | None = None) -> str:
    async def standing() -> Standing:
        return found or Standing(glass_alerts=open_alerts)

    app = Starlette(routes=health_routes(standing=standing))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://hub.example") as http:
        return (await http.get("/metrics")).text


async def test_open_alerts_are_counted_for_operators() -> None:
    assert "hub_broken_glass_unacknowledged 2.0" in await metrics(2)
    assert "hub_broken_glass_unacknowledged 0.0" in await metrics(0)


async def test_what_cannot_be_counted_is_not_told_as_none() -> None:
    """While the database does not answer: an alarm on zero would otherwise be quiet."""
    assert "hub_broken_glass_unacknowledged NaN" in await metrics(None)


async def test_what_waits_to_be_delivered_is_told_in_numbers() -> None:
    health = Health("1", None, NOW, None, 0, None, 0, None)
    figures = Figures(waiting=3, oldest_at=NOW - timedelta(seconds=61.5), dead=2, failing=1, turned_off=0)
    shown = await metrics(0, Standing(health=health, deliveries=figures))
    for name, value in (("deliveries_waiting", 3.0), ("deliveries_oldest_seconds", 61.5), ("deliveries_dead", 2.0)):
        assert f"hub_{name} {value}" in shown
    assert "hub_receivers_failing 1.0" in shown
    assert "hub_receivers_off 0.0" in shown
    assert "hub_deliveries_waiting NaN" in await metrics(0)
