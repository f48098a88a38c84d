"""What every request passes: its id is mirrored, it is counted, and a fault of the hub becomes one plain answer."""

import re
import time
import uuid

import orjson
import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.observe import REQUESTS, SECONDS, UNFORESEEN

log = structlog.get_logger()
_ID = re.compile(rb"[\x21-\x7e]{1,128}")


class Edge:
    """ASGI middleware around the whole hub."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"])
        request_id = _mirrored(given.get(b"x-request-id")) or str(uuid.uuid4())
        correlation_id = _mirrored(given.get(b"x-correlation-id"))
        started = time.monotonic()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers.setdefault("X-Content-Type-Options", "nosniff")
                if correlation_id:
                    headers["X-Correlation-ID"] = correlation_id
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            UNFORESEEN.inc()
            log.error("unforeseen_error", reference=request_id, error=type(error).__name__, exc_info=error)
            if status:
                raise
            await _plain(answer, request_id, fhir=str(scope["path"]).startswith("/fhir/"))
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            REQUESTS.labels(route, str(status)).inc()
            SECONDS.labels(route).observe(time.monotonic() - started)


def _mirrored(value: bytes | None) -> str | None:
    return value.decode("ascii") if value is not None and _ID.fullmatch(value) else None


async def _plain(send: Send, reference: str, *, fhir: bool) -> None:
    said = f"something went wrong in the hub; quote {reference}"
    if fhir:
        issue = {"severity": "fatal", "code": "exception", "diagnostics": said}
        body, media_type = (
            orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]}),
            b"application/fhir+json",
        )
    else:
        body = orjson.dumps({"errors": [{"message": said, "extensions": {"code": "INTERNAL"}}]})
        media_type = b"application/json"
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
