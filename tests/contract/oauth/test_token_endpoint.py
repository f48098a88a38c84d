"""The token endpoint, as clients meet it (RFC 6749 s. 4.4, RFC 7523, SMART Backend Services; rows 34, 39)."""

import json
from pathlib import Path

import httpx
import pytest
from joserfc import jws
from starlette.applications import Starlette
from structlog.testing import capture_logs

from hub.auth import clients
from hub.auth.assertions import public_jwks, token_form
from hub.auth.endpoints import routes
from hub.auth.issuers import trusted_issuers
from hub.auth.jose import ALGORITHMS
from hub.db.session import Database
from hub.settings import SettingError
from tests.contract.oauth_hub import (
    ADDRESS,
    CLIENT,
    SCOPES,
    TOKEN_ADDRESS,
    Hub,
    assert_refused,
    key_for,
    running_hub,
)

# --- what works


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
async def test_a_client_gets_a_token_with_each_algorithm(hub: Hub, algorithm: str) -> None:
    """RS512 is the NHS API platform's; RS384 and ES384 are SMART's; PS256, ES256 and Ed25519 are FAPI 2.0's."""
    await hub.change(clients.rotate, jwks=public_jwks(key_for(algorithm)), keep_old=False)
    response = await hub.ask(hub.assertion(key=key_for(algorithm), header={"typ": "JWT"}))
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    answer = response.json()
    assert {name: answer[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "child.read",
    }
    assert (await hub.verifier.caller(f"Bearer {answer['access_token']}", None)).client_id == CLIENT


async def test_the_token_is_what_rfc_9068_says(hub: Hub) -> None:
    parsed = jws.extract_compact((await hub.token("child.read system/Task.rs")).encode())
    claims = json.loads(parsed.payload)
    assert parsed.headers() == {"typ": "at+jwt", "alg": "ES256", "kid": hub.key.kid}
    assert len(claims.pop("jti")) >= 20
    assert claims == {
        "iss": ADDRESS,
        "aud": ADDRESS,
        "sub": CLIENT,
        "client_id": CLIENT,
        "iat": hub.clock.seconds(),
        "exp": hub.clock.seconds(300),
        "scope": "child.read system/Task.rs",
        "org": "RX9",
    }


@pytest.mark.parametrize("audience", [ADDRESS, TOKEN_ADDRESS])
async def test_the_audience_is_the_issuer_or_the_token_address(hub: Hub, audience: str) -> None:
    """FAPI 2.0 asks for the first, SMART and the NHS API platform for the second."""
    assert (await hub.ask_with(aud=audience)).status_code == 200


async def test_without_a_scope_the_client_gets_all_of_its_own(hub: Hub) -> None:
    response = await hub.ask(hub.assertion(), scope=None)
    assert response.json()["scope"].split() == sorted(SCOPES)


@pytest.mark.parametrize("offset", [-55, 0, 300, 355])
async def test_clocks_may_differ_by_a_minute(hub: Hub, offset: int) -> None:
    assert (await hub.ask_with(exp=hub.clock.seconds(offset), iat=hub.clock.seconds(55))).status_code == 200


async def test_a_thumbprint_in_the_header_is_let_through(hub: Hub) -> None:
    """Common client libraries add one; it is not used."""
    assert (await hub.ask(hub.assertion(header={"x5t": "dGh1bWI", "x5t#S256": "dGh1bWI"}))).status_code == 200


async def test_both_keys_are_good_while_they_are_rotated(hub: Hub) -> None:
    """A client that changes its key without an interruption: the new one is added, then the old one goes."""
    old, new = key_for("ES384"), key_for("ES384", 1)
    await hub.change(clients.rotate, jwks=public_jwks(new), keep_old=True)
    assert (await hub.ask(hub.assertion(key=old))).status_code == 200
    assert (await hub.ask(hub.assertion(key=new))).status_code == 200
    await hub.change(clients.rotate, jwks=public_jwks(key_for("ES384", 2)), keep_old=False)
    assert_refused(await hub.ask(hub.assertion(key=old)))
    assert_refused(await hub.ask(hub.assertion(key=new)))


# --- scopes (row 34)


async def test_scopes_that_are_not_the_clients_are_refused_whole(hub: Hub) -> None:
    """Authlib would drop them in silence, to an empty scope if need be (table 2.2, row 7)."""
    for scope in [
        "plan.read",
        "child.read plan.read",
        "no.such.scope",
        "child.read child.read",
        "child.read  advice.write",
        " child.read",
        "Child.Read",
        "child.read\x00",
        "system/Patient.cruds",
        "system/*.rs",
        "system/Task.sr",
        "system/Task.",
        "system/Task.rs?owner=1",
        "patient/Task.rs",
        "openid",
        " ".join(["child.read"] * 10_000),
        " ".join(f"scope{number}" for number in range(10_000)),
    ]:
        assert_refused(await hub.ask(hub.assertion(), scope=scope), "invalid_scope", 400)


async def test_a_fhir_scope_may_be_narrowed(hub: Hub) -> None:
    assert (await hub.ask(hub.assertion(), scope="system/Task.rs")).json()["scope"] == "system/Task.rs"


# --- requests that are not token requests (row 39)


async def test_parameters_in_the_address(hub: Hub) -> None:
    form = token_form(hub.assertion())
    for query in (form, {"x": "1"}):
        assert_refused(await hub.http.post("/oauth/token", params=query, data=form), "invalid_request", 400)


async def test_other_methods(hub: Hub) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert (await hub.http.request(method, "/oauth/token")).status_code == 405


async def test_bodies_that_are_not_the_form(hub: Hub) -> None:
    for content_type, content in [
        ("application/json", b'{"grant_type": "client_credentials"}'),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("text/plain", b"grant_type=client_credentials"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"grant_type=client_credentials"),
        ("", b"grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"&&"),
        ("application/x-www-form-urlencoded", b"grant_type"),
        ("application/x-www-form-urlencoded", b"grant_type=%ff"),
        ("application/x-www-form-urlencoded", "grant_type=é".encode()),
        ("application/x-www-form-urlencoded", b"\xff\xfe"),
        ("application/x-www-form-urlencoded", b"grant_type="),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(100))),
    ]:
        headers = {"content-type": content_type} if content_type else {}
        assert_refused(await hub.http.post("/oauth/token", content=content, headers=headers), "invalid_request", 400)


async def test_a_parameter_twice(hub: Hub) -> None:
    for name in ["grant_type", "scope", "client_assertion", "client_assertion_type", "resource"]:
        form = token_form(hub.assertion(), "child.read") | {"resource": ADDRESS}
        twice = str(httpx.QueryParams([*form.items(), (name, form[name])])).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert_refused(await hub.http.post("/oauth/token", content=twice, headers=headers), "invalid_request", 400)


async def test_other_grants(hub: Hub) -> None:
    for grant in ["password", "refresh_token", "implicit", "x" * 1_000, "é\x00"]:
        response = await hub.ask(hub.assertion(), grant_type=grant)
        assert_refused(response, "unsupported_grant_type", 400)


async def test_two_ways_to_authenticate_at_once(hub: Hub) -> None:
    form = token_form(hub.assertion())
    response = await hub.http.post("/oauth/token", data=form, auth=(CLIENT, "secret"))
    assert_refused(response, "invalid_request", 400)
    assert_refused(await hub.http.post("/oauth/token", data=form | {"client_secret": "x"}), "invalid_request", 400)


# --- the log, the database, the address


async def test_issues_and_refusals_are_logged_and_nothing_secret_with_them(hub: Hub) -> None:
    refused = hub.assertion(key=key_for("ES384", 1))
    issued = hub.assertion()
    with capture_logs() as lines:
        await hub.ask(refused)
        token = (await hub.ask(issued)).json()["access_token"]
    assert [(line["event"], line["client_id"], line.get("rule")) for line in lines] == [
        ("token_refused", CLIENT, "assertion-key"),
        ("token_issued", CLIENT, None),
    ]
    for secret in (token, refused, issued, token.split(".")[2]):
        assert secret not in str(lines)


async def test_a_database_that_is_away_is_said_so(database: Database, tmp_path: Path) -> None:
    async with running_hub(database, tmp_path) as hub:
        away = "postgresql://nobody@127.0.0.1:1/nothing"
        lost = type(hub.server)(hub.settings, key=hub.key, database_url=away, clock=hub.clock)
        transport = httpx.ASGITransport(
            app=Starlette(routes=list(routes(lost, trusted_issuers(hub.settings, hub.key))))
        )
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as http:
            response = await http.post("/oauth/token", data=token_form(hub.assertion()))
        lost.close()
    assert_refused(response, "temporarily_unavailable", 503)
    assert response.headers["retry-after"] == "2"


@pytest.mark.parametrize("address", ["http://hub.example", "http://10.0.0.1:8000", "ftp://hub.example"])
async def test_the_hub_does_not_start_on_an_address_without_tls(
    database: Database, tmp_path: Path, address: str
) -> None:
    with pytest.raises(SettingError, match="HUB_BASE_URL"):
        async with running_hub(database, tmp_path, base_url=address):
            pass
