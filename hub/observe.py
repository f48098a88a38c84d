"""Logs and metrics. Logs are events with keys; a processor drops every key that could name a child or carry a token."""

import logging
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from math import nan
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
REQUESTS = Counter("hub_requests_total", "HTTP requests", ["route", "status"], registry=REGISTRY)
SECONDS = Histogram("hub_request_seconds", "Time to answer an HTTP request", ["route"], registry=REGISTRY)
GLASS_ALERTS = Gauge(
    "hub_broken_glass_unacknowledged",
    "Alerts of broken glass that no body has acknowledged; NaN while the database does not answer",
    registry=REGISTRY,
)
JOBS_WAITING = Gauge("hub_jobs_waiting", "Jobs that are due and wait for a worker", registry=REGISTRY)
JOBS_WAIT_SECONDS = Gauge("hub_jobs_oldest_wait_seconds", "How long the oldest of them waits", registry=REGISTRY)
JOBS_FAILED = Gauge("hub_jobs_given_up", "Jobs given up after their last try", registry=REGISTRY)
WORKER_SECONDS = Gauge(
    "hub_worker_last_seen_seconds", "Since any worker last reported; NaN: none ever, or no database", registry=REGISTRY
)
DELIVERIES_WAITING = Gauge("hub_deliveries_waiting", "Events that wait to be delivered", registry=REGISTRY)
DELIVERIES_OLDEST_SECONDS = Gauge(
    "hub_deliveries_oldest_seconds", "For how long the event that waits longest waits", registry=REGISTRY
)
DELIVERIES_DEAD = Gauge("hub_deliveries_dead", "Events that could not be delivered for three days", registry=REGISTRY)
RECEIVERS_FAILING = Gauge("hub_receivers_failing", "Receivers whose last delivery failed", registry=REGISTRY)
RECEIVERS_OFF = Gauge("hub_receivers_off", "Receivers that the hub itself turned off", registry=REGISTRY)
TOKEN_REFUSALS = Counter(
    "hub_token_refusals_total",
    "Token requests refused, by the rule; assertion-life and assertion-expired tell of clocks that differ",
    ["rule"],
    registry=REGISTRY,
)
LATE_REQUESTS = Counter(
    "hub_late_requests_total", "Connections closed because their request did not come in time", registry=REGISTRY
)
REPLICA_READS = Counter(
    "hub_replica_reads_total",
    "Reads put to a replica: told; behind (the leader was read instead); away",
    ["outcome"],
    registry=REGISTRY,
)
UNFORESEEN = Counter("hub_unforeseen_errors_total", "Errors that are faults of the hub's own", registry=REGISTRY)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits to be delivered, and how the receivers are. `oldest_s`: how long the longest has waited."""

    waiting: float = nan
    oldest_s: float = nan
    dead: float = nan
    failing: float = nan
    turned_off: float = nan


def show_backlog(backlog: Backlog) -> None:
    """Show it in the metrics; NaN where it cannot be told now."""
    DELIVERIES_WAITING.set(backlog.waiting)
    DELIVERIES_OLDEST_SECONDS.set(backlog.oldest_s)
    DELIVERIES_DEAD.set(backlog.dead)
    RECEIVERS_FAILING.set(backlog.failing)
    RECEIVERS_OFF.set(backlog.turned_off)


def count_request(route: str, status: int, *, seconds: float) -> None:
    """Count a request that has been answered."""
    _answered(route, status).inc()
    _seconds(route).observe(seconds)


# Finding the series of some labels costs more than counting in it; there are as many as routes times statuses.
@lru_cache(maxsize=1_000)
def _answered(route: str, status: int) -> Counter:
    return REQUESTS.labels(route, str(status))


@lru_cache(maxsize=1_000)
def _seconds(route: str) -> Histogram:
    return SECONDS.labels(route)


_MAY_BE_LOGGED = frozenset(
    {
        "address",
        "client_id",
        "count",
        "error",
        "event",
        "exception",
        "job",
        "kid",
        "kind",
        "level",
        "logger",
        "method",
        "organisation",
        "port",
        "purpose",
        "reference",
        "request_id",
        "route",
        "rule",
        "scope",
        "seconds",
        "status",
        "timestamp",
        "version",
    }
)


def configure(*, level: str = "INFO") -> None:
    """Send structured logs to standard error: for people on a terminal, JSON elsewhere."""
    for_people = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *CLEANING,
            structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    others = logging.StreamHandler(sys.stderr)
    others.setFormatter(_WithoutValues("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[others])


def only_known_keys(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keeps the keys that are known to hold no personal data; `exc_info` is turned into places without values."""
    kept = {key: value for key, value in event.items() if key in _MAY_BE_LOGGED}
    if event.get("exc_info"):
        kept["exception"] = event["exc_info"]
    return kept


def _without_values(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of an exception its kind and its places."""
    error = event.get("exception")
    if isinstance(error, BaseException):
        event["exception"] = _places(error)
    return event


def _places(error: BaseException) -> str:
    """An exception's message may quote a row: what is logged is its kind and where it happened."""
    places: list[str] = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return f"{type(error).__name__} at {' > '.join(places[-8:])}"


class _WithoutValues(logging.Formatter):
    """What libraries log: of an exception its kind and its places, as in the hub's own events."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's own name)
        return _places(ei[1]) if ei[1] is not None else ""


CLEANING = (only_known_keys, _without_values)
"""What every event passes before it is written, in this order."""
