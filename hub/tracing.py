"""Traces, where an operator wants them: spans of OpenTelemetry, sent to a collector by OTLP over HTTP.

They tell what took how long, and nothing of whom: names of routes, jobs and kinds, statuses, and counts. Without the
extra `traces`, or with `HUB_TRACES_URL` unset, a span is nothing and costs next to nothing.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.metadata import version
from typing import Protocol, TypeAlias

from hub.errors import NotReadyError

Value: TypeAlias = str | int | float | bool


class Span(Protocol):
    """What is told of one piece of work."""

    def set_attribute(self, key: str, value: Value) -> None: ...


class _NoSpan:
    def set_attribute(self, key: str, value: Value) -> None:
        """Nobody looks."""


_NOTHING: AbstractContextManager[Span] = nullcontext(_NoSpan())
_begin: Callable[[str, str, Mapping[bytes, bytes] | None, Mapping[str, Value]], AbstractContextManager[Span]] | None = (
    None
)
_carry: Callable[[dict[str, str]], None] | None = None


def span(name: str, **attributes: Value) -> AbstractContextManager[Span]:
    """A piece of work inside the one that is under way."""
    return _NOTHING if _begin is None else _begin(name, "internal", None, attributes)


def serving(name: str, headers: Mapping[bytes, bytes], **attributes: Value) -> AbstractContextManager[Span]:
    """The answer to a request, in the sender's trace where its `traceparent` names one (W3C Trace Context)."""
    return _NOTHING if _begin is None else _begin(name, "server", headers, attributes)


def sending(name: str, headers: dict[str, str], **attributes: Value) -> AbstractContextManager[Span]:
    """A request of the hub's own: `headers` get the `traceparent` that lets its receiver go on with the trace."""
    return _NOTHING if _begin is None else _sending(name, headers, attributes)


@contextmanager
def _sending(name: str, headers: dict[str, str], attributes: Mapping[str, Value]) -> Generator[Span]:
    if _begin is None or _carry is None:
        raise RuntimeError("a span is sent before traces are set up")
    with _begin(name, "client", None, attributes) as opened:
        _carry(headers)
        yield opened


@contextmanager
def traces(url: str, service: str) -> Generator[None]:
    """In the block spans are sent to the collector at `url`, such as http://collector:4318; empty: no spans.

    How many are kept is the sender's word, or what `OTEL_TRACES_SAMPLER` says.

    Raises `NotReadyError` without the extra.
    """
    global _begin, _carry
    if not url:
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
    except ImportError as error:
        raise NotReadyError("HUB_TRACES_URL needs an extra: install send-hub[traces]") from error
    about = Resource.create({"service.name": service, "service.version": version("send-hub")})
    provider = TracerProvider(resource=about, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url.rstrip('/')}/v1/traces")))
    tracer, propagator = provider.get_tracer("send-hub"), TraceContextTextMapPropagator()

    @contextmanager
    def begin(
        name: str, kind: str, headers: Mapping[bytes, bytes] | None, attributes: Mapping[str, Value]
    ) -> Generator[Span]:
        sent = {key.decode("latin-1"): value.decode("latin-1") for key, value in (headers or {}).items()}
        context = None if headers is None else propagator.extract(sent)
        # What an exception says may quote a row: its kind alone is told.
        with tracer.start_as_current_span(
            name,
            context,
            SpanKind[kind.upper()],
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as opened:
            try:
                yield opened
            except Exception as error:
                opened.set_attribute("error.type", type(error).__name__)
                raise

    _begin, _carry = begin, propagator.inject
    try:
        yield
    finally:
        _begin = _carry = None
        provider.shutdown()
