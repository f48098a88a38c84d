"""Logs and metrics. Logs are events with keys; a processor drops every key that could name a child or carry a token."""

import logging
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import accumulate
from math import nan
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()
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
QUARANTINE_WAITING = Gauge(
    "hub_quarantine_waiting", "What could not be applied and waits for a person, by form", ["form"], registry=REGISTRY
)
QUARANTINE_OLDEST_SECONDS = Gauge(
    "hub_quarantine_oldest_seconds", "For how long the oldest of it waits, by form", ["form"], registry=REGISTRY
)
TOKEN_REFUSALS = Counter(
    "hub_token_refusals_total",
    "Token requests refused, by the rule; assertion-life and assertion-expired tell of clocks that differ",
    ["rule"],
    registry=REGISTRY,
)
DENIED_ATTEMPTS = Counter(
    "hub_denied_attempts_total",
    "Attempts that were refused and are on record, by the rule: safeguarding-not-stated and reason-required are of "
    "glass that somebody tried to break",
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


def show_quarantine(waiting: Mapping[str, tuple[float, float]]) -> None:
    """Show in the metrics, by form, how much waits in quarantine and for how many seconds the oldest does."""
    for form, (count, oldest_s) in waiting.items():
        QUARANTINE_WAITING.labels(form).set(count)
        QUARANTINE_OLDEST_SECONDS.labels(form).set(oldest_s)


class _Requests(Collector):
    """The requests answered, by route and status, and the time they took.

    prometheus_client's own counters take a lock for each of the three numbers that a request adds to; requests are
    answered, and metrics read, in one thread.
    """

    def __init__(self) -> None:
        self._answered: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._took: dict[str, list[int]] = {}
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def count(self, route: str, status: int, seconds: float) -> None:
        self._answered[route, status] += 1
        took = self._took.get(route)
        if took is None:
            took = self._took[route] = [0] * len(_BOUNDS)
        took[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds[route] += seconds

    def answered(self) -> int:
        return sum(self._answered.values())

    def collect(self) -> Iterable[Metric]:
        answered = CounterMetricFamily("hub_requests", "HTTP requests", labels=["route", "status"])
        for (route, status), times in self._answered.items():
            answered.add_metric([route, str(status)], times)
        seconds = HistogramMetricFamily("hub_request_seconds", "Time to answer an HTTP request", labels=["route"])
        for route, took in self._took.items():
            buckets = zip(_UP_TO, accumulate(took), strict=True)
            seconds.add_metric([route], list(buckets), self._seconds[route])
        return answered, seconds


_BOUNDS = Histogram.DEFAULT_BUCKETS
_UP_TO = [*(str(each) for each in _BOUNDS[:-1]), "+Inf"]
_REQUESTS = _Requests()
REGISTRY.register(_REQUESTS)


def count_request(route: str, status: int, *, seconds: float) -> None:
    """Count a request that has been answered."""
    _REQUESTS.count(route, status, seconds)


def requests_answered() -> int:
    """How many requests this process has answered."""
    return _REQUESTS.answered()


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
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is then: who captures it puts it back
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
