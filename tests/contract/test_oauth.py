"""The token endpoint, as clients meet it (RFC 6749 s. 4.4, RFC 7523, SMART Backend Services; security.md rows 29f)."""

import asyncio
import hmac
import json
import threading
import time
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from joserfc import jws
from joserfc.jwk import ECKey, import_key
from sqlalchemy import func, select
from starlette.applications import Starlette
from structlog.testing import capture_logs

from hub.auth import clients
from hub.auth.assertions import client_assertion, fetch_token, public_jwks, token_form
from hub.auth.endpoints import routes
from hub.auth.issuers import trusted_issuers
from hub.auth.jose import ALGORITHMS
from hub.db import tables
from hub.db.session import Database
from hub.errors import Kind, Problem
from hub.settings import SettingError
from tests.contract.oauth import ADDRESS, CLIENT, SCOPES, TOKEN_ADDRESS, Hub, key_for, raw, running_hub

UNPROVEN = "the client is unknown, or the assertion is not signed with one of its keys and algorithms"


@pytest.fixture
async def hub(database: Database, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(database, tmp_path) as running:
        yield running


def assert_refused(response: httpx.Response, error: str = "invalid_client", status: int = 401) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error), response.text
    assert response.headers["cache-control"] == "no-store"
    assert "access_token" not in response.text


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


# --- assertions that are refused (rows 29 to 33)


async def test_an_assertion_out_of_its_time(hub: Hub) -> None:
    for claims, why in [
        ({"exp": -61}, "expired"),
        ({"exp": 361}, "five minutes"),
        ({"exp": 365 * 86_400}, "five minutes"),
        ({"nbf": 90}, "nbf"),
        ({"iat": 90}, "iat"),
    ]:
        response = await hub.ask_with(**{name: hub.clock.seconds(offset) for name, offset in claims.items()})
        assert_refused(response)
        assert why in response.json()["error_description"]


async def test_an_expiry_that_is_no_time(hub: Hub) -> None:
    for expiry in [None, "soon", True, [1], float("nan"), float("inf"), 10**400, -1]:
        assert_refused(await hub.ask_with(exp=expiry))


async def test_an_audience_that_is_not_this_server_alone(hub: Hub) -> None:
    """RFC 7523bis, FAPI 2.0: one audience, as text. An array of even one is refused."""
    for audience in [
        None,
        "https://other.example",
        f"{ADDRESS}/",
        f"{TOKEN_ADDRESS}/",
        [ADDRESS],
        [ADDRESS, "https://other.example"],
        5,
    ]:
        assert_refused(await hub.ask_with(aud=audience))


async def test_issuer_and_subject_that_are_not_the_client(hub: Hub) -> None:
    for claims in [{"iss": "other"}, {"sub": "other"}, {"iss": None}, {"sub": None}, {"sub": 7, "iss": 7}]:
        assert_refused(await hub.ask_with(**claims))


async def test_an_id_that_cannot_be_remembered(hub: Hub) -> None:
    for jti in [None, "", 5, ["a"], "x" * 600, "nul\0", "\ud800", "ünïcode"]:
        assert_refused(await hub.ask_with(jti=jti))


async def test_an_unknown_client_a_wrong_key_and_a_disabled_client_look_the_same(hub: Hub) -> None:
    """Row 14 of table 2.2: nobody learns which clients there are."""
    answers = [
        await hub.ask_with(iss="nobody", sub="nobody"),
        await hub.ask(hub.assertion(key={**key_for("ES384", 1), "kid": key_for("ES384")["kid"]})),
        await hub.ask(hub.assertion(key=key_for("ES384", 1))),
        await hub.ask(hub.assertion(header={"kid": None})),
    ]
    await hub.change(clients.disable)
    answers.append(await hub.ask(hub.assertion()))
    for answer in answers:
        assert_refused(answer)
        assert answer.json()["error_description"] == UNPROVEN
        assert answer.headers["www-authenticate"] == 'private_key_jwt error="invalid_client"'


async def test_an_algorithm_that_is_not_the_clients(hub: Hub, database: Database) -> None:
    """Algorithms are listed for each client: a stolen RS384 habit does not open an ES384 client."""
    key = key_for("RS512")
    (public,) = public_jwks(key)["keys"]
    del public["alg"]  # so that it is the client's list that refuses, not the key's own word
    async with database.begin(None) as connection:
        await clients.register(
            connection,
            client_id="rs512-only",
            organisation_id=hub.organisation,
            label="x",
            jwks={"keys": [public]},
            algorithms=["RS512"],
            scopes=["child.read"],
            purposes=["OWN_FUNCTIONS"],
            default_purpose="OWN_FUNCTIONS",
            now=hub.clock(),
        )
    named = {"iss": "rs512-only", "sub": "rs512-only"}
    assert (await hub.ask(hub.assertion(named, key=key))).status_code == 200
    assert_refused(await hub.ask(hub.assertion(named, key=key, header={"alg": "PS256"})))
    assert_refused(await hub.ask(hub.assertion(named, key=key, header={"alg": "RS384"})))


async def test_forged_algorithms(hub: Hub) -> None:
    """Row 29: none in any spelling, and HMAC with the public key as its secret."""
    public = import_key(public_jwks(key_for("ES384"))["keys"][0])
    assert isinstance(public, ECKey)
    claims = {"iss": CLIENT, "sub": CLIENT, "aud": ADDRESS, "jti": "1", "exp": hub.clock.seconds(60)}
    kid = key_for("ES384")["kid"]
    for algorithm in ("none", "nOnE", "None", "", "RS256", "HS256", None, ["ES384"], {"a": 1}):
        header = {"alg": algorithm, "kid": kid}
        assert_refused(await hub.ask(raw(header, claims, lambda text: b"")))
        assert_refused(await hub.ask(raw(header, claims, lambda text: hmac.digest(public.as_pem(), text, "sha256"))))


async def test_a_header_that_brings_its_own_key(hub: Hub) -> None:
    """Row 29: a key, or an address of one, in the header is refused. No address is fetched: tests have no network."""
    for name in ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip"]:
        mallory = key_for("ES384", 1)
        values: dict[str, Any] = {
            "jwk": public_jwks(mallory)["keys"][0],
            "jku": "https://mallory.example/jwks",
            "x5u": "https://mallory.example/certificate",
            "x5c": ["MII"],
            "crit": ["exp"],
            "b64": True,
            "zip": "DEF",
        }
        with_own_kid = hub.assertion(key={**mallory, "kid": key_for("ES384")["kid"]}, header={name: values[name]})
        assert_refused(await hub.ask(with_own_kid))
        # Even where the signature is the client's own, the header is not understood, and so the assertion is refused.
        assert_refused(await hub.ask(hub.assertion(header={name: values[name]})))


async def test_a_header_that_is_none(hub: Hub) -> None:
    not_headers: list[Any] = [[], ["alg"], "alg", 5, None, {}]
    for header in not_headers:
        assert_refused(await hub.ask(raw(header, {"sub": CLIENT})))


async def test_a_payload_that_is_none(hub: Hub) -> None:
    """Row 33: the stock server answers 500 to a deep one."""
    for payload in ["[" * 3_000, "{}", "[]", "null", "5", "", "{", "9" * 5_000, '{"sub":' * 900]:
        assert_refused(await hub.ask(raw({"alg": "ES384", "kid": "1"}, payload)))


async def test_text_that_is_no_assertion(hub: Hub) -> None:
    for assertion in ["x", "a.b", "a.b.c.d", "...", "€.€.€", "a.b.c\n", " ", "x" * 9_000, "é" * 9_000]:
        assert_refused(await hub.ask(assertion))


async def test_no_assertion_at_all(hub: Hub) -> None:
    form = token_form(hub.assertion())
    for missing in ("client_assertion", "client_assertion_type"):
        assert_refused(await hub.http.post("/oauth/token", data={k: v for k, v in form.items() if k != missing}))
    assert_refused(await hub.http.post("/oauth/token", data=form | {"client_assertion_type": "password"}))


async def test_an_assertion_is_good_once(hub: Hub) -> None:
    """Row 32; also for another grant of scopes, and after a scope was refused."""
    assertion = hub.assertion()
    assert_refused(await hub.ask(assertion, scope="plan.read"), "invalid_scope", 400)
    replayed = await hub.ask(assertion)
    assert_refused(replayed)
    assert "used before" in replayed.json()["error_description"]


async def test_of_twenty_uses_at_once_on_two_hubs_one_succeeds(hub: Hub, database: Database, tmp_path: Path) -> None:
    """Row 32."""
    async with running_hub(database, tmp_path) as other:
        assertion = hub.assertion()
        answers = await asyncio.gather(*(each.ask(assertion) for each in [hub, other] * 10))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19


async def test_used_assertions_are_forgotten_when_they_could_not_be_used_anyway(hub: Hub, database: Database) -> None:
    count = select(func.count()).select_from(tables.used_assertion)
    assertion = hub.assertion()
    assert (await hub.ask(assertion)).status_code == 200
    hub.clock.pass_(seconds=110)  # still within the skew that is allowed
    assert_refused(await hub.ask(assertion))
    hub.clock.pass_(minutes=10)
    assert (await hub.ask(hub.assertion())).status_code == 200
    async with database.begin(None) as connection:
        assert await connection.scalar(count) == 1


async def test_a_client_id_that_is_not_the_assertions(hub: Hub) -> None:
    assert_refused(await hub.ask(hub.assertion(), client_id="other"))
    assert (await hub.ask(hub.assertion(), client_id=CLIENT)).status_code == 200


async def test_a_demo_client_gets_nothing_in_production(hub: Hub, database: Database, tmp_path: Path) -> None:
    """Its private key is published in demo.json."""
    async with database.begin(None) as connection:
        await connection.execute(tables.client.update().values(demo="demo.json"))
    assert (await hub.ask(hub.assertion())).status_code == 200
    async with running_hub(database, tmp_path, environment="production") as production:
        assert_refused(await production.ask(production.assertion()))
        with pytest.raises(Problem, match="may not act"):
            await production.verifier.caller(f"Bearer {production.access_token()}", None)


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


# --- over real HTTP


@contextmanager
def serving(hub: Hub, port: int) -> Generator[None]:
    app = Starlette(routes=list(routes(hub.server, trusted_issuers(hub.settings, hub.key))))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


async def test_over_real_http(database: Database, tmp_path: Path, unused_tcp_port: int) -> None:
    """`fetch_token`, 20 uses of one assertion in parallel, and 2 MB of assertion, through uvicorn."""
    address = f"http://127.0.0.1:{unused_tcp_port}"
    async with running_hub(database, tmp_path, base_url="", port=unused_tcp_port) as hub:
        with serving(hub, unused_tcp_port):
            answer = await asyncio.to_thread(
                fetch_token, address, CLIENT, key_for("ES384"), "child.read", clock=hub.clock
            )
            assert (await hub.verifier.caller(f"Bearer {answer['access_token']}", None)).scopes == {"child.read"}
            with pytest.raises(Problem) as caught:
                await asyncio.to_thread(fetch_token, address, CLIENT, key_for("ES384"), "plan.read", clock=hub.clock)
            assert (caught.value.kind, caught.value.rule) == (Kind.INVALID, "invalid_scope")
            with pytest.raises(Problem) as caught:
                await asyncio.to_thread(fetch_token, address, "nobody", key_for("ES384"), clock=hub.clock)
            assert (caught.value.kind, caught.value.rule) == (Kind.UNAUTHENTICATED, "invalid_client")

            assertion = client_assertion(key_for("ES384"), CLIENT, f"{address}/oauth/token", hub.clock())
            async with httpx.AsyncClient(base_url=address) as http:
                posts = (http.post("/oauth/token", data=token_form(assertion)) for _ in range(20))
                statuses = sorted(response.status_code for response in await asyncio.gather(*posts))
                assert statuses == [200] + [401] * 19
                huge = await http.post("/oauth/token", data=token_form("x" * 2_000_000))
                assert_refused(huge, "invalid_request", 413)
    with pytest.raises(Problem) as caught:
        await asyncio.to_thread(fetch_token, address, CLIENT, key_for("ES384"))
    assert caught.value.kind is Kind.BUSY


# --- metadata


async def test_metadata_says_what_is_so(hub: Hub) -> None:
    """RFC 8414, RFC 9728, SMART App Launch 2.2."""
    server = (await hub.http.get("/.well-known/oauth-authorization-server")).json()
    assert (server["issuer"], server["token_endpoint"]) == (ADDRESS, TOKEN_ADDRESS)
    assert server["grant_types_supported"] == ["client_credentials", "authorization_code"]
    assert server["code_challenge_methods_supported"] == ["S256"]
    assert server["authorization_response_iss_parameter_supported"] is True
    assert set(server["dpop_signing_alg_values_supported"]) == ALGORITHMS
    for name in ("token", "revocation", "introspection"):
        assert server[f"{name}_endpoint"].startswith(f"{ADDRESS}/oauth/")
        assert server[f"{name}_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert server["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert set(server["token_endpoint_auth_signing_alg_values_supported"]) == ALGORITHMS
    resource = (await hub.http.get("/.well-known/oauth-protected-resource")).json()
    assert (resource["resource"], resource["authorization_servers"]) == (ADDRESS, [ADDRESS])
    smart = (await hub.http.get("/fhir/R4/.well-known/smart-configuration")).json()
    assert smart["capabilities"] == ["client-confidential-asymmetric", "permission-v2"]
    assert smart["token_endpoint"] == TOKEN_ADDRESS
    assert "authorization_endpoint" not in smart
    openid = (await hub.http.get("/.well-known/openid-configuration")).json()
    assert (openid["authorization_endpoint"], openid["jwks_uri"]) == (f"{ADDRESS}/oauth/authorize", server["jwks_uri"])
    assert (openid["subject_types_supported"], openid["id_token_signing_alg_values_supported"]) == (
        ["public"],
        [hub.key.algorithm],
    )


async def test_in_production_nobody_signs_in_at_the_hub(database: Database, tmp_path: Path) -> None:
    """People come from an external OpenID provider there; the hub's own server is for machines."""
    async with running_hub(database, tmp_path, environment="production") as hub:
        server = (await hub.http.get("/.well-known/oauth-authorization-server")).json()
        assert server["grant_types_supported"] == ["client_credentials"]
        assert "authorization_endpoint" not in server
        for path in ("/.well-known/openid-configuration", "/oauth/authorize"):
            assert (await hub.http.get(path)).status_code == 404
        assert_refused(await hub.ask(hub.assertion(), grant_type="authorization_code"), "unsupported_grant_type", 400)
        token = hub.access_token({"sub": "person:somebody"})
        with pytest.raises(Problem, match="subject"):
            await hub.verifier.caller(f"Bearer {token}", None)


async def test_the_published_key_verifies_the_tokens_and_is_public(hub: Hub) -> None:
    server = (await hub.http.get("/.well-known/oauth-authorization-server")).json()
    jwks = (await hub.http.get(server["jwks_uri"].removeprefix(ADDRESS))).json()
    (published,) = jwks["keys"]
    assert sorted(published) == ["alg", "crv", "kid", "kty", "use", "x", "y"]
    assert jws.deserialize_compact(await hub.token(), import_key(published), algorithms=[published["alg"]])


async def test_an_assertion_signed_for_longer_than_it_may_live(hub: Hub) -> None:
    """The client's own helper, with a lifetime that is too long."""
    assertion = client_assertion(key_for("ES384"), CLIENT, ADDRESS, hub.clock(), lifetime=timedelta(minutes=7))
    assert_refused(await hub.ask(assertion))
