"""Health and metrics for operators. `/livez` never touches the database; `/readyz` and `/metrics` do."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from hub import observe
from hub.law.imports import QuarantineForm
from hub.standing import Standing

_SECOND = timedelta(seconds=1)
_UNKNOWN = float("nan")  # an alarm on zero would otherwise be quiet while the database is away


def health_routes(*, standing: Callable[[], Awaitable[Standing]]) -> list[BaseRoute]:
    """`standing` answers how the hub stands now."""

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"}, headers={"Cache-Control": "no-store"})

    async def ready(_: Request) -> Response:
        """Warnings leave it ready: to take every hub away because no worker runs would make one fault two."""
        found = await standing()
        body: dict[str, object] = {"status": "not ready" if found.problems else "ready"}
        body |= {"problems": found.problems} if found.problems else {}
        body |= {"warnings": found.warnings} if found.warnings else {}
        return JSONResponse(body, 503 if found.problems else 200, headers={"Cache-Control": "no-store"})

    async def metrics(_: Request) -> Response:
        _set(await standing())
        return Response(generate_latest(observe.REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return [Route("/livez", live), Route("/readyz", ready), Route("/metrics", metrics)]


def _set(found: Standing) -> None:
    health, deliveries = found.health, found.deliveries
    _set_quarantine(found)
    observe.GLASS_ALERTS.set(_UNKNOWN if found.glass_alerts is None else found.glass_alerts)
    if health is None:
        for each in (observe.JOBS_WAITING, observe.JOBS_WAIT_SECONDS, observe.JOBS_FAILED, observe.WORKER_SECONDS):
            each.set(_UNKNOWN)
        observe.show_backlog(observe.Backlog())
        return

    def ago(moment: datetime | None, *, never: float) -> float:
        return never if moment is None else (health.now - moment) / _SECOND

    if deliveries is not None:
        observe.show_backlog(
            observe.Backlog(
                deliveries.waiting,
                ago(deliveries.oldest_at, never=0),
                deliveries.dead,
                deliveries.failing,
                deliveries.turned_off,
            )
        )
    observe.JOBS_WAITING.set(health.jobs_waiting)
    observe.JOBS_WAIT_SECONDS.set(ago(health.waiting_since, never=0))
    observe.JOBS_FAILED.set(health.jobs_failed)
    observe.WORKER_SECONDS.set(ago(health.worker_seen_at, never=_UNKNOWN))


def _set_quarantine(found: Standing) -> None:
    """Of every form, those of which nothing waits too: a series that is absent says nothing."""
    if found.quarantined is None or found.health is None:
        observe.show_quarantine(dict.fromkeys(QuarantineForm, (_UNKNOWN, _UNKNOWN)))
        return
    now = found.health.now
    waiting = {each.form: (each.waiting, (now - each.oldest_at) / _SECOND) for each in found.quarantined}
    observe.show_quarantine({form: waiting.get(form, (0, 0)) for form in QuarantineForm})
