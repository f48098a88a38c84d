"""`GET /graphql/ws`: GraphQL over WebSocket by the protocol graphql-transport-ws. Nothing of the legacy one.

The token comes in the payload of `connection_init`, under the name of its header (browsers can send no headers), or in
the header itself; so do the purpose and, for a token that is bound to a key, its DPoP proof (for GET and this address).
What the protocol forbids closes the socket with the code that it gives.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Any, cast
from urllib.parse import urlsplit

import orjson
import structlog
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.observe import UNFORESEEN
from hub.web.event_stream import OpenStreams
from hub.web.operation import Documents, Streams, parameters, strict_json
from hub.web.problems import shown

PROTOCOL = "graphql-transport-ws"
INITIALISED_WITHIN_S = 5.0
LOOKED_AT_EVERY_S = 12.0
"""How often the token of an open socket is looked at, though nothing is asked, seconds."""
MOST_OPERATIONS = 20
_LONGEST_ID = 200
_LONGEST_REASON = 123  # bytes (RFC 6455 s. 5.5)
log = structlog.get_logger()

Verify = Callable[[str | None, str | None, Any], Awaitable[Caller]]
"""Who asks, by token, purpose, and the proofs that came with the token, which are checked once."""
Presented = Callable[[list[str]], Any]


class _Closed(Exception):  # noqa: N818  (not every end is an error)
    """The socket is to be closed with this code, for this reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def socket_routes(
    *,
    streams: Streams,
    open_streams: OpenStreams,
    documents: Documents,
    verify: Verify,
    presented: Presented,
    address: str,
    max_bytes: int,
) -> list[BaseRoute]:
    """The route of `/graphql/ws`; `address` is the hub's own, whose pages may use it."""

    async def serve(websocket: WebSocket) -> None:
        if not _is_of_this_site(websocket.headers, address):
            await websocket.close()  # before it is accepted: HTTP 403
            return
        opened = _Socket(
            websocket,
            streams=streams,
            open_streams=open_streams,
            documents=documents,
            verify=verify,
            presented=presented,
            max_bytes=max_bytes,
        )
        await opened.serve()

    return [WebSocketRoute("/graphql/ws", serve)]


def _is_of_this_site(headers: Mapping[str, str], address: str) -> bool:
    """Whether no page of another site is behind it: a browser says which page opens a socket, others say nothing."""
    origin = headers.get("origin")
    return origin is None or origin == address or urlsplit(origin).netloc == headers.get("host")


class _Socket:
    """One client's socket, from `connection_init` to its end."""

    def __init__(
        self,
        websocket: WebSocket,
        *,
        streams: Streams,
        open_streams: OpenStreams,
        documents: Documents,
        verify: Verify,
        presented: Presented,
        max_bytes: int,
    ) -> None:
        self._websocket = websocket
        self._streams = streams
        self._open_streams = open_streams
        self._documents = documents
        self._verify = verify
        self._presented = presented
        self._proofs: Any = None
        self._max_bytes = max_bytes
        self._authorization: str | None = None
        self._purpose: str | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        try:
            if PROTOCOL not in self._websocket.scope["subprotocols"]:
                await self._websocket.accept()
                raise _Closed(4406, "Subprotocol not acceptable")
            await self._websocket.accept(PROTOCOL)
            caller = await self._initialise()
            with self._open_streams.one_more(caller):
                await self._send({"type": "connection_ack"})
                await self._work()
        except _Closed as closed:
            await self._close(closed.code, closed.reason)
        except WebSocketDisconnect:
            pass
        except Exception as error:
            await self._fail(error)

    async def _work(self) -> None:
        """Take messages until the socket is closed."""
        watching = asyncio.create_task(self._watch())
        try:
            while True:
                await self._take(await self._receive())
        finally:
            for task in (watching, *self._operations.values()):
                task.cancel()

    async def _watch(self) -> None:
        """Close the socket soon after its token has ended."""
        while True:
            await asyncio.sleep(LOOKED_AT_EVERY_S)
            try:
                await self._caller()
            except Problem as problem:
                if problem.kind is not Kind.BUSY:
                    await self._close(4403, f"Forbidden: {problem.message}")
                    return

    # --- the beginning

    async def _initialise(self) -> Caller:
        """Wait for `connection_init`; who it says that the client is."""
        try:
            async with asyncio.timeout(INITIALISED_WITHIN_S):
                while (message := await self._receive())["type"] != "connection_init":
                    if message["type"] == "subscribe":
                        raise _Closed(4401, "Unauthorized")
                    await self._take(message)
        except TimeoutError as error:
            raise _Closed(4408, "Connection initialisation timeout") from error
        payload = message.get("payload")
        if payload is not None and not isinstance(payload, dict):
            raise _Closed(4400, "The payload of connection_init is an object")
        said = {name.lower(): value for name, value in cast(dict[str, Any], payload or {}).items()}
        self._authorization = self._header("authorization", said)
        self._purpose = self._header("purpose-of-use", said)
        proof = self._header("dpop", said)
        self._proofs = self._presented([] if proof is None else [proof])
        try:
            caller = await self._caller()
        except Problem as problem:
            raise _Closed(4403, f"Forbidden: {problem.message}") from problem
        try:
            self._open_streams.must_have_room(caller)
        except Problem as problem:
            raise _Closed(1013, problem.message) from problem
        return caller

    def _header(self, name: str, said: Mapping[str, Any]) -> str | None:
        """What the payload says under the name of a header, or the header itself."""
        value = said.get(name, self._websocket.headers.get(name))
        if value is not None and not isinstance(value, str):
            raise _Closed(4400, f"{name} is a string")
        return value

    async def _caller(self) -> Caller:
        return await self._verify(self._authorization, self._purpose, self._proofs)

    # --- messages

    async def _receive(self) -> dict[str, Any]:
        received = await self._websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", 1005))
        text = received.get("text")
        if text is None or len(text.encode()) > self._max_bytes:
            raise _Closed(4400, f"A message is text of at most {self._max_bytes} bytes")
        try:
            message = strict_json(text)
        except Problem as problem:
            raise _Closed(4400, "A message is JSON") from problem
        if not isinstance(message, dict) or not isinstance(cast(dict[str, Any], message).get("type"), str):
            raise _Closed(4400, "A message is an object with a type")
        return cast(dict[str, Any], message)

    async def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "connection_init":
                raise _Closed(4429, "Too many initialisation requests")
            case "subscribe":
                await self._subscribe(_id_of(message), message.get("payload"))
            case "complete":
                if task := self._operations.pop(_id_of(message), None):
                    task.cancel()
            case _:
                raise _Closed(4400, "A message of no type that a client may send")

    async def _subscribe(self, operation_id: str, payload: Any) -> None:
        try:
            asked = parameters(payload)
        except Problem as problem:
            raise _Closed(4400, f"subscribe: {problem.message}") from problem
        if (asked["query"] is None) == (asked["document_id"] is None):
            raise _Closed(4400, "subscribe: send either a query or a documentId")
        if operation_id in self._operations:
            raise _Closed(4409, f"Subscriber for {operation_id} already exists")
        if len(self._operations) >= MOST_OPERATIONS:
            message = f"at most {MOST_OPERATIONS} operations at a time on one socket"
            refusal = shown(Problem(Kind.TOO_COSTLY, message, rule="too-many-operations"))
            await self._send({"id": operation_id, "type": "error", "payload": [refusal]})
            return
        self._operations[operation_id] = asyncio.create_task(self._operate(operation_id, asked))

    # --- operations

    async def _operate(self, operation_id: str, asked: dict[str, Any]) -> None:
        """Send the responses of one operation, and that it has ended."""
        try:
            try:
                caller = await self._caller()
                document = await self._documents(caller, asked.pop("query"), asked.pop("document_id"))
            except Problem as problem:
                await self._end(operation_id, [shown(problem)])
                return
            responses = self._streams(**asked, document=document, idempotency_key=None, caller_of=self._caller)
            async with aclosing(responses):
                async for response in responses:
                    if response.code is not None:
                        await self._end(operation_id, orjson.loads(response.body)["errors"])
                        return
                    identified = orjson.dumps({"id": operation_id, "type": "next"})
                    await self._send_text(identified[:-1] + b',"payload":' + response.body + b"}")
            await self._end(operation_id, [])
        except WebSocketDisconnect:
            pass
        except Exception as error:
            await self._fail(error)

    async def _end(self, operation_id: str, errors: list[Any]) -> None:
        """The operation has ended, and its id is free. A socket whose token has ended is of no more use."""
        self._operations.pop(operation_id, None)
        if not errors:
            await self._send({"id": operation_id, "type": "complete"})
            return
        await self._send({"id": operation_id, "type": "error", "payload": errors})
        if errors[0]["extensions"]["code"] == Kind.UNAUTHENTICATED:
            await self._close(4403, f"Forbidden: {errors[0]['message']}")

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._send_text(orjson.dumps(message))

    async def _send_text(self, text: bytes) -> None:
        """Nothing where the socket is closed already."""
        if self._websocket.application_state is WebSocketState.CONNECTED:
            await self._websocket.send_text(text.decode())

    async def _fail(self, error: Exception) -> None:
        UNFORESEEN.inc()
        log.error("unforeseen_error", error=type(error).__name__, exc_info=error)
        await self._close(4500, "Internal server error")

    async def _close(self, code: int, reason: str) -> None:
        if self._websocket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect):
                await self._websocket.close(code, reason.encode()[:_LONGEST_REASON].decode(errors="ignore"))


def _id_of(message: Mapping[str, Any]) -> str:
    operation_id = message.get("id")
    if not isinstance(operation_id, str) or not 0 < len(operation_id) <= _LONGEST_ID:
        raise _Closed(4400, f"The id of an operation is a string of 1 to {_LONGEST_ID} characters")
    return operation_id
