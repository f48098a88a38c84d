"""Subscriptions as partners' software has them: GraphQL over SSE, and graphql-transport-ws."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from hub.auth.assertions import client_assertion, fetch_token, new_client_key, public_jwks, token_form
from hub.auth.client_proof import ASSERTION_TYPE
from hub.db.feed import Place
from hub.web.event_stream import MOST_STREAMS
from schema.subscribing import cursor_of
from tests.contract.oauth_hub import dpop_proof
from tests.npm import read_from
from tests.running import RunningHub
from tests.streaming import (
    CHANGED,
    OTHER_TRUST,
    PORTAL,
    TRUST,
    a_cursor,
    ask_for_advice,
    event_stream,
    socket,
    what_the_hub_logged_of_faults,
)

VIEWER = "{ viewer { clientId } }"
VIEWED = {"data": {"viewer": {"clientId": PORTAL}}}


# --- server-sent events


def test_events_are_sent_as_they_happen(hub: RunningHub) -> None:
    variables = {"after": a_cursor(hub)}
    with event_stream(hub, hub.token(PORTAL), {"query": CHANGED, "variables": variables}) as (response, events):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        for _ in range(2):
            request_id = ask_for_advice(hub)
            name, data = next(events)
            assert name == "next"
            assert data["data"]["changed"]["cooperationRequest"] == {"id": request_id, "status": "SENT"}


def test_a_query_is_one_event_and_then_complete(hub: RunningHub) -> None:
    with event_stream(hub, hub.token(PORTAL), {"query": VIEWER}) as (_, events):
        assert list(events) == [("next", VIEWED), ("complete", None)]


@pytest.mark.parametrize("query", ["", "{ nothing }", "subscription { nothing }", "subscription A { __typename }"])
def test_what_is_no_operation_is_one_event_with_its_errors(hub: RunningHub, query: str) -> None:
    with event_stream(hub, hub.token(PORTAL), {"query": query}) as (_, events):
        (name, data), last = list(events)
    assert (name, last) == ("next", ("complete", None))
    assert data["errors"][0]["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize(
    ("token", "asked", "status"), [("x", {"query": VIEWER}, 401), (None, [1], 400), (None, {}, 400)]
)
def test_what_is_no_request_is_refused_by_http(hub: RunningHub, token: str | None, asked: Any, status: int) -> None:
    with event_stream(hub, token if token is not None else hub.token(PORTAL), asked) as (response, _):
        assert response.status_code == status
        assert response.headers["content-type"] == "application/graphql-response+json"


# --- WebSocket


def test_a_socket_carries_several_operations(hub: RunningHub) -> None:
    cursor = a_cursor(hub)
    with socket(hub, hub.token(PORTAL)) as opened:
        opened.subscribe("follow", CHANGED, after=cursor)
        opened.subscribe("look", VIEWER)
        assert opened.receive() == {"id": "look", "type": "next", "payload": VIEWED}
        assert opened.receive() == {"id": "look", "type": "complete"}
        request_id = ask_for_advice(hub)
        told = opened.receive()
        assert (told["id"], told["type"]) == ("follow", "next")
        assert told["payload"]["data"]["changed"]["cooperationRequest"]["id"] == request_id
        opened.send(id="follow", type="complete")
        opened.subscribe("follow", VIEWER)  # the id is free again
        assert opened.receive()["payload"] == VIEWED


def test_each_sees_its_own(hub: RunningHub) -> None:
    """The trust that is asked is told, and by reading has received; another trust is told nothing."""
    cursor = a_cursor(hub)
    with socket(hub, hub.token(TRUST)) as asked, socket(hub, hub.token(OTHER_TRUST)) as other:
        asked.subscribe("1", CHANGED, after=cursor)
        other.subscribe("1", CHANGED, after=cursor)
        request_id = ask_for_advice(hub)
        told = [asked.receive()["payload"]["data"]["changed"] for _ in range(2)]
        assert [each["cooperationRequest"] for each in told] == [
            {"id": request_id, "status": "SENT"},
            {"id": request_id, "status": "RECEIVED"},
        ]
        other.send(type="ping")
        assert other.receive() == {"type": "pong"}


def test_a_mutation_over_a_socket(hub: RunningHub) -> None:
    with socket(hub, hub.token(TRUST)) as opened:
        mutation = (
            'mutation { acknowledgeCooperationRequest(input: {cooperationRequest: "x"}) { refusals { message } } }'
        )
        opened.subscribe("1", mutation)
        answer = opened.receive()
        assert answer["type"] in {"next", "error"}
        errors = answer["payload"]["errors"] if answer["type"] == "next" else answer["payload"]
        assert errors[0]["extensions"]["code"] == "INVALID"


def test_what_is_no_operation_is_an_error_and_the_socket_stays(hub: RunningHub) -> None:
    with socket(hub, hub.token(PORTAL)) as opened:
        for query in ("", "{ nothing }", "subscription { nothing }"):
            opened.subscribe("1", query)
            answer = opened.receive()
            assert (answer["id"], answer["type"]) == ("1", "error")
            assert answer["payload"][0]["extensions"]["code"] == "INVALID"
        opened.subscribe("1", VIEWER)
        assert opened.receive()["payload"] == VIEWED


def test_only_so_many_operations_at_a_time(hub: RunningHub) -> None:
    with socket(hub, hub.token(PORTAL)) as opened:
        for number in range(150):
            opened.subscribe(str(number), "subscription { planChanged { cursor } }")
        refused = [opened.receive() for _ in range(130)]
        assert [each["id"] for each in refused] == [str(number) for number in range(20, 150)]
        assert {each["payload"][0]["extensions"]["code"] for each in refused} == {"TOO_COSTLY"}
        opened.send(id="0", type="complete")
        opened.subscribe("again", VIEWER)
        assert opened.receive()["payload"] == VIEWED


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["not json"], 4400),
        ([b"\x00\xff"], 4400),
        (["null"], 4400),
        (["[]"], 4400),
        (["5"], 4400),
        (["{}"], 4400),
        (['{"type": 5}'], 4400),
        (['{"type": "unheard-of"}'], 4400),
        (['{"type": "start", "id": "1", "payload": {"query": "{__typename}"}}'], 4400),
        (['{"type": "subscribe"}'], 4400),
        (['{"type": "subscribe", "id": 5, "payload": {"query": "{__typename}"}}'], 4400),
        (['{"type": "subscribe", "id": "", "payload": {"query": "{__typename}"}}'], 4400),
        (['{"type": "subscribe", "id": "\\ud800", "payload": {"query": "{__typename}"}}'], 4400),
        (['{"type": "subscribe", "id": "' + "1" * 201 + '", "payload": {"query": "{__typename}"}}'], 4400),
        (['{"type": "subscribe", "id": "1"}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": []}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {}}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": 5}}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{__typename}", "variables": []}}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "\\ud800"}}'], 4400),
        (['{"type": "complete"}'], 4400),
        (['{"type": "ping", "payload": ' + "[" * 40_000 + "]" * 40_000 + "}"], 4400),
        (['{"type": "ping", "payload": "' + "x" * 110_000 + '"}'], 4400),
        (['{"type": "connection_init"}'], 4429),
        ([json.dumps({"type": "subscribe", "id": "1", "payload": {"query": CHANGED}})] * 2, 4409),
        (['{"type": "ping", "payload": "' + "x" * 140_000 + '"}'], 1009),
    ],
)
def test_what_the_protocol_forbids_closes_the_socket(hub: RunningHub, messages: list[Any], code: int) -> None:
    with socket(hub, hub.token(PORTAL)) as opened:
        for each in messages:
            opened.connection.send(each)
        assert opened.closed()[0] == code
    assert what_the_hub_logged_of_faults(hub) == []


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"type": "subscribe", "id": "1", "payload": {"query": "{__typename}"}}', 4401),
        ('{"type": "connection_init"}', 4403),
        ('{"type": "connection_init", "payload": null}', 4403),
        ('{"type": "connection_init", "payload": []}', 4400),
        ('{"type": "connection_init", "payload": {"authorization": 5}}', 4400),
        ('{"type": "connection_init", "payload": {"authorization": "Bearer x"}}', 4403),
        ('{"type": "nonsense"}', 4400),
        (None, 4408),
    ],
)
def test_nothing_is_answered_before_the_caller_is_known(hub: RunningHub, message: str | None, code: int) -> None:
    with socket(hub, None) as opened:
        opened.send(type="ping")
        assert opened.receive() == {"type": "pong"}
        if message is not None:
            opened.connection.send(message)
        assert opened.closed()[0] == code


def test_the_token_may_come_in_the_header_and_the_purpose_in_the_payload(hub: RunningHub) -> None:
    headers = {"Authorization": f"Bearer {hub.token(PORTAL)}"}
    asked = "{ viewer { purpose } }"
    with socket(hub, None, additional_headers=headers) as opened:
        opened.send(type="connection_init", payload={"Purpose-Of-Use": "SAFEGUARDING"})
        assert opened.receive() == {"type": "connection_ack"}
        opened.subscribe("1", asked)
        assert opened.receive()["payload"] == {"data": {"viewer": {"purpose": "SAFEGUARDING"}}}
    with socket(hub, None, additional_headers=headers) as opened:
        opened.send(type="connection_init", payload={"Purpose-Of-Use": "RESEARCH"})
        assert opened.closed()[0] == 4403


@pytest.mark.parametrize("protocols", [("graphql-ws",), ("soap",), ()])
def test_the_legacy_protocol_is_refused(hub: RunningHub, protocols: tuple[str, ...]) -> None:
    with socket(hub, None, protocols=protocols) as opened:
        assert opened.closed() == (4406, "Subprotocol not acceptable")


def test_a_page_of_another_site_cannot_open_a_socket(hub: RunningHub) -> None:
    with socket(hub, hub.token(PORTAL), origin=hub.base_url) as opened:
        opened.send(type="ping")
        assert opened.receive() == {"type": "pong"}
    for origin in ("https://elsewhere.example", "null", hub.base_url.replace("http", "https") + ".elsewhere.example"):
        with pytest.raises(InvalidStatus) as refused, socket(hub, None, origin=origin):
            pass
        assert refused.value.response.status_code == 403


def test_without_an_upgrade_there_is_nothing(hub: RunningHub) -> None:
    assert httpx.get(f"{hub.base_url}/graphql/ws").status_code in {404, 426}


def test_one_client_cannot_take_every_connection(hub: RunningHub) -> None:
    """Sockets and event streams together: the others of another client are still answered."""
    token = hub.token(OTHER_TRUST)
    with ExitStack() as opened:
        for _ in range(MOST_STREAMS):
            opened.enter_context(socket(hub, token))
        with socket(hub, None) as one_more:
            one_more.send(type="connection_init", payload={"authorization": f"Bearer {token}"})
            assert one_more.closed()[0] == 1013
        with event_stream(hub, token, {"query": VIEWER}) as (response, _):
            assert response.status_code == 400
            assert json.loads(response.read())["errors"][0]["extensions"]["code"] == "TOO_COSTLY"
        with event_stream(hub, hub.token(PORTAL), {"query": VIEWER}) as (_, events):
            assert next(events) == ("next", VIEWED)
    with socket(hub, token):
        pass


# --- the caller, while a stream is open


def token_of_a_new_client(hub: RunningHub, client_id: str, folder: Path, *more: str) -> str:
    """A further client of the authority, which may read requests."""
    key = new_client_key("ES384")
    keys = folder / "keys.json"
    keys.write_text(json.dumps(public_jwks(key)))
    added = hub.command_here(
        *("client", "add", client_id, "--organisation", str(hub.client(PORTAL)["organisation"])),
        *("--label", "A portal", "--jwks", str(keys), "--scope", "cooperation.read", "--purpose", "OWN_FUNCTIONS"),
        *more,
    )
    assert added.returncode == 0, added.stderr
    return str(fetch_token(hub.base_url, client_id, key)["access_token"])


def test_trusted_documents_hold_on_every_transport(hub: RunningHub, tmp_path: Path) -> None:
    own = tmp_path / "own.graphql"
    own.write_text(CHANGED)
    token = token_of_a_new_client(hub, "bound-portal", tmp_path, "--only-documents", str(own))
    with socket(hub, token) as opened:
        opened.subscribe("1", VIEWER)
        answer = opened.receive()
        assert (answer["type"], answer["payload"][0]["extensions"]["rule"]) == ("error", "document-not-trusted")
        opened.send(id="2", type="subscribe", payload={"documentId": "WhoAmI"})
        assert opened.receive()["type"] == "next"
    with event_stream(hub, token, {"query": VIEWER}) as (response, _):
        assert response.status_code == 403
    asked = {"query": CHANGED, "variables": {"after": cursor_of(Place(0))}}
    a_cursor(hub)
    with event_stream(hub, token, asked) as (_, events):
        assert "data" in next(events)[1]


def test_a_client_that_is_disabled_is_told_nothing_more(hub: RunningHub, tmp_path: Path) -> None:
    token = token_of_a_new_client(hub, "passing-portal", tmp_path)
    asked = {"query": CHANGED, "variables": {"after": a_cursor(hub)}}
    with event_stream(hub, token, asked) as (_, events), socket(hub, token) as opened:
        opened.subscribe("1", CHANGED, **asked["variables"])
        ask_for_advice(hub)
        assert next(events)[0] == "next"
        assert opened.receive()["type"] == "next"
        assert hub.command_here("client", "disable", "passing-portal").returncode == 0
        (name, data), last = list(events)
        assert (name, last) == ("next", ("complete", None))
        assert data["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED", "rule": "client-disabled"}
        assert opened.closed()[0] == 4403


def test_a_bound_token_opens_a_socket_with_its_proof(hub: RunningHub) -> None:
    """RFC 9449, in the payload of `connection_init` under the names of the headers: once, and not as a bearer token."""
    key, base = new_client_key("ES256"), hub.base_url
    now = int(datetime.now(UTC).timestamp())
    form = token_form(client_assertion(hub.client(PORTAL)["private_key"], PORTAL, base, datetime.now(UTC)))
    proof = dpop_proof(key, None, method="POST", address=f"{base}/oauth/token", claims={"iat": now})
    token = httpx.post(f"{base}/oauth/token", data=form, headers={"DPoP": proof}).json()["access_token"]
    proof = dpop_proof(key, token, method="GET", address=f"{base}/graphql/ws", claims={"iat": now})
    with socket(hub, None) as opened:
        opened.send(type="connection_init", payload={"authorization": f"DPoP {token}", "dpop": proof})
        assert opened.receive() == {"type": "connection_ack"}
        opened.subscribe("1", VIEWER)
        assert opened.receive()["payload"] == VIEWED
    for payload in (
        {"authorization": f"DPoP {token}", "dpop": proof},
        {"authorization": f"DPoP {token}"},
        {"authorization": f"Bearer {token}"},
    ):
        with socket(hub, None) as opened:
            opened.send(type="connection_init", payload=payload)
            assert opened.closed()[0] == 4403


def test_a_token_that_is_revoked_ends_what_it_opened_though_nothing_happens(hub: RunningHub) -> None:
    """Row 28: within 60 s; looked at every 12 s, and the hub's processes know of it within 5 s."""
    token, key = hub.token(PORTAL), hub.client(PORTAL)["private_key"]
    with event_stream(hub, token, {"query": CHANGED}) as (_, events), socket(hub, token) as opened:
        opened.subscribe("1", CHANGED)
        form = {
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": client_assertion(key, PORTAL, hub.base_url, datetime.now(UTC)),
            "token": token,
        }
        assert httpx.post(f"{hub.base_url}/oauth/revoke", data=form).status_code == 200
        (name, data), last = list(events)
        assert (name, last) == ("next", ("complete", None))
        assert data["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED", "rule": "token-revoked"}
        assert opened.closed() == (4403, "Forbidden: the token has been revoked")


def test_clients_that_vanish_leave_nothing_behind(hub: RunningHub) -> None:
    """Streams that are dropped without a word, while they wait and while they are told."""
    cursor = a_cursor(hub)
    asked = {"query": CHANGED, "variables": {"after": cursor}}
    for _ in range(15):  # more than there are connections to the database
        with event_stream(hub, hub.token(PORTAL), asked), socket(hub, hub.token(PORTAL)) as opened:
            opened.subscribe("1", CHANGED, after=cursor)
            opened.connection.socket.close()
    request_id = ask_for_advice(hub)
    with event_stream(hub, hub.token(PORTAL), asked) as (_, events):
        assert next(events)[1]["data"]["changed"]["cooperationRequest"]["id"] == request_id
    assert what_the_hub_logged_of_faults(hub) == []


# --- other people's clients


@pytest.mark.parametrize("library", ["graphql-sse", "graphql-ws"])
def test_the_clients_that_portals_use_understand_the_hub(hub: RunningHub, library: str) -> None:
    """They subscribe, are told of two events, ask a query on the side, are refused a wrong one, and stop."""
    start = a_cursor(hub)
    asked = [ask_for_advice(hub) for _ in range(2)]
    told = read_from(
        "subscribe.mjs",
        library,
        hub.base_url,
        told=json.dumps({"token": hub.token(PORTAL), "query": CHANGED, "variables": {"after": start}}),
    )
    assert [each["data"]["changed"]["cooperationRequest"]["id"] for each in told["events"]] == asked
    assert told["query"] == [{"data": {"__typename": "Query"}}]
    assert told["refused"] == "INVALID"
