"""A client that goes before its request has come whole: nothing is answered, and it is no fault of the hub's."""

import socket
import struct
import time
from urllib.parse import urlsplit

import httpx
import pytest

from tests.running import RunningHub
from tests.streaming import PORTAL, TRUST, what_the_hub_logged_of_faults

CASE_SYSTEM = "northmere-case-system"
JSON, FHIR, FORM = "application/json", "application/fhir+json", "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("method", "path", "client", "media_type", "route"),
    [
        ("POST", "/graphql", PORTAL, JSON, "/graphql"),
        ("POST", "/fhir/R4", TRUST, FHIR, "/fhir/R4"),
        ("PUT", "/fhir/R4/Task/1", TRUST, FHIR, "/fhir/R4/Task/{id}"),
        ("POST", "/fhir/R4/Task/_search", TRUST, FORM, "/fhir/R4/Task/_search"),
        ("POST", "/import/sen2", CASE_SYSTEM, "application/xml", "/import/sen2"),
        ("POST", "/import/extract", CASE_SYSTEM, "application/zip", "/import/extract"),
        ("POST", "/oauth/token", None, FORM, "/oauth/token"),
        ("POST", "/sign-in", None, FORM, "/sign-in"),
        ("POST", "/graphql/sign-in", None, JSON, "/graphql/sign-in"),
    ],
)
def test_it_is_counted_and_no_more(
    hub: RunningHub, method: str, path: str, client: str | None, media_type: str, route: str
) -> None:
    """Once it only stops sending, once its line breaks."""
    faults, before = what_the_hub_logged_of_faults(hub), _metrics(hub)
    head = [
        f"{method} {path} HTTP/1.1",
        f"Host: {urlsplit(hub.base_url).netloc}",
        f"Origin: {hub.base_url}",
        'If-Match: W/"1"',
        f"Content-Type: {media_type}",
        "Content-Length: 1000",
        *([f"Authorization: Bearer {hub.token(client)}"] if client else []),
    ]
    begun = "\r\n".join([*head, "", '{"query": ']).encode()
    with _line(hub) as line:
        line.sendall(begun)
        time.sleep(0.2)  # it is being read
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1_000) == b""
    with _line(hub) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.sendall(begun)
        time.sleep(0.2)
    gone = f'hub_requests_total{{route="{route}",status="499"}}'
    deadline = time.monotonic() + 10
    while (after := _metrics(hub)).get(gone, 0) < before.get(gone, 0) + 2:
        assert time.monotonic() < deadline, [name for name in after if route in name]
        time.sleep(0.1)
    changed = {name for name, value in after.items() if value != before.get(name)}
    assert {name for name in changed if name.startswith("hub_requests_total") and route in name} == {gone}
    assert "hub_unforeseen_errors_total" not in changed
    assert what_the_hub_logged_of_faults(hub) == faults


def _line(hub: RunningHub) -> socket.socket:
    address = urlsplit(hub.base_url)
    return socket.create_connection((address.hostname, address.port), timeout=10)


def _metrics(hub: RunningHub) -> dict[str, float]:
    told = httpx.get(f"{hub.base_url}/metrics", timeout=10).text.splitlines()
    return {name: float(value) for name, _, value in (each.rpartition(" ") for each in told) if name[:1] != "#"}
