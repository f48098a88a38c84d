"""What operators are told: how many alerts of broken glass nobody has acknowledged, and nothing of whom they are."""

import httpx
from starlette.applications import Starlette

from hub.standing import Standing
from hub.web.health import health_routes


async def metrics(open_alerts: int | None) -> str:
    async def standing() -> Standing:
        return Standing(glass_alerts=open_alerts)

    app = Starlette(routes=health_routes(standing=standing))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://hub.example") as http:
        return (await http.get("/metrics")).text


async def test_open_alerts_are_counted_for_operators() -> None:
    assert "hub_broken_glass_unacknowledged 2.0" in await metrics(2)
    assert "hub_broken_glass_unacknowledged 0.0" in await metrics(0)


async def test_what_cannot_be_counted_is_not_told_as_none() -> None:
    """While the database does not answer: an alarm on zero would otherwise be quiet."""
    assert "hub_broken_glass_unacknowledged NaN" in await metrics(None)
