"""Clients of a hub that runs: server-sent events with httpx, and graphql-transport-ws with websockets."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from hub.db.feed import Place
from schema.subscribing import cursor_of
from tests.running import RunningHub

PORTAL, TRUST, OTHER_TRUST = "northmere-portal", "mereside-ehr", "marchland-trust-ehr"
CHANGED = """subscription($after: String) { changed: cooperationRequestChanged(after: $after) {
  cursor kind cooperationRequest { id status } } }"""
_REQUEST = """mutation($input: RequestCooperationInput!) { requestCooperation(input: $input) {
  cooperationRequest { id } refusals { message } } }"""


def ask_for_advice(hub: RunningHub) -> str:
    """The authority asks the trust for advice on some child: an event. Answers the request's id."""
    trust = hub.client(TRUST)["organisation"]
    found = hub.graphql(
        PORTAL, f'{{ organisation(odsCode: "{trust}") {{ id }} children(first: 1) {{ nodes {{ id }} }} }}'
    )
    given = {
        "child": found["data"]["children"]["nodes"][0]["id"],
        "addressedTo": found["data"]["organisation"]["id"],
        "function": "EHC_NEEDS_ASSESSMENT",
        "asked": "Advice on hearing.",
    }
    answer = hub.graphql(PORTAL, _REQUEST, {"input": given})
    return str(answer["data"]["requestCooperation"]["cooperationRequest"]["id"])


def a_cursor(hub: RunningHub) -> str:
    """The cursor of the newest event: what comes after it is new."""
    request_id = ask_for_advice(hub)
    variables = {"after": cursor_of(Place(0))}
    with event_stream(hub, hub.token(PORTAL), {"query": CHANGED, "variables": variables}) as (_, events):
        for _, data in events:
            changed = data["data"]["changed"]
            if changed["cooperationRequest"]["id"] == request_id:
                return str(changed["cursor"])
    raise AssertionError("the stream ended")


Events = Iterator[tuple[str, Any]]


@contextmanager
def event_stream(hub: RunningHub, token: str, asked: Any) -> Generator[tuple[httpx.Response, Events]]:
    """The response, and its events as (name, data read as JSON)."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    with httpx.stream("POST", f"{hub.base_url}/graphql", json=asked, headers=headers, timeout=30) as response:
        yield response, _events(response)


def _events(response: httpx.Response) -> Events:
    name, data = "", ""
    for line in response.iter_lines():
        field, _, value = line.partition(":")
        if field == "event":
            name = value.strip()
        elif field == "data":
            data = value.strip()
        elif line == "" and name:
            yield name, json.loads(data) if data else None
            name, data = "", ""


class Socket:
    """A WebSocket to the hub; messages are JSON."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def receive(self) -> Any:
        return json.loads(self.connection.recv(timeout=30))

    def subscribe(self, operation_id: str, query: str, **variables: Any) -> None:
        self.send(id=operation_id, type="subscribe", payload={"query": query, "variables": variables})

    def closed(self) -> tuple[int | None, str | None]:
        """The code and reason with which the hub closes it, whatever it says before."""
        with suppress(ConnectionClosed):
            while True:
                self.connection.recv(timeout=30)
        return self.connection.close_code, self.connection.close_reason


def what_the_hub_logged_of_faults(hub: RunningHub) -> list[str]:
    """Lines of its log that tell of a fault of its own."""
    faults = ("unforeseen_error", "Traceback", "never retrieved", "ERROR")
    log = (hub.data_dir / "demo.log").read_text()
    return [line for line in log.splitlines() if any(each in line for each in faults)]


@contextmanager
def socket(
    hub: RunningHub, token: str | None, *, protocols: tuple[str, ...] = ("graphql-transport-ws",), **options: Any
) -> Generator[Socket]:
    """An open socket; with a token, one that the hub has acknowledged."""
    address = f"ws{hub.base_url.removeprefix('http')}/graphql/ws"
    with connect(address, subprotocols=[Subprotocol(each) for each in protocols] or None, **options) as connection:
        opened = Socket(connection)
        if token is not None:
            opened.send(type="connection_init", payload={"authorization": f"Bearer {token}"})
            assert opened.receive() == {"type": "connection_ack"}
        yield opened
