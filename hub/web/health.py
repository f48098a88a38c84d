"""Health and metrics for operators. `/livez` never touches the database; `/readyz` does."""

from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from hub.observe import GLASS_ALERTS, REGISTRY, Backlog, show_backlog


def health_routes(
    *,
    problems: Callable[[], Awaitable[list[str]]],
    alerts: Callable[[], Awaitable[int | None]],
    backlog: Callable[[], Awaitable[Backlog]],
) -> list[BaseRoute]:
    """`problems` answers what keeps the hub from serving now; nothing: it is ready. `alerts`: how many of broken glass
    are open; None: it cannot be told now. `backlog`: what waits to be delivered.
    """

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"}, headers={"Cache-Control": "no-store"})

    async def ready(_: Request) -> Response:
        found = await problems()
        body = {"status": "not ready", "problems": found} if found else {"status": "ready"}
        return JSONResponse(body, 503 if found else 200, headers={"Cache-Control": "no-store"})

    async def metrics(_: Request) -> Response:
        unacknowledged = await alerts()
        GLASS_ALERTS.set(float("nan") if unacknowledged is None else unacknowledged)
        show_backlog(await backlog())
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return [Route("/livez", live), Route("/readyz", ready), Route("/metrics", metrics)]
