"""Assertions that the token endpoint refuses (security.md rows 29 to 33; table 2.2)."""

import asyncio
import hmac
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, import_key
from sqlalchemy import func, select

from hub.auth import clients
from hub.auth.assertions import public_jwks, token_form
from hub.auth.client_proof import ClientRefused, signer
from hub.auth.jose import read
from hub.db import tables
from hub.db.session import Database
from hub.errors import Problem
from tests.contract.oauth_hub import (
    ADDRESS,
    CLIENT,
    TOKEN_ADDRESS,
    Hub,
    assert_refused,
    key_for,
    raw,
    running_hub,
)

UNPROVEN = "the client is unknown, or the assertion is not signed with one of its keys and algorithms"


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


@pytest.mark.parametrize("algorithm", ["ES384", "PS256"])
async def test_they_take_as_long_too(hub: Hub, algorithm: str) -> None:
    """Row 14: one text, and one path. What the check costs in processor time, the best of many: without a signature to
    check, an unknown client would take a twentieth of it."""
    mallory = key_for(algorithm, 1)
    await hub.change(clients.rotate, jwks=public_jwks(key_for(algorithm)), keep_old=False)
    client = hub.server.records.client(CLIENT)
    assert client is not None

    def took(of: clients.Client | None, kid: str) -> float:
        jwt = read(hub.assertion(key={**mallory, "kid": kid}))
        spent: list[float] = []
        for _ in range(40):
            began = time.thread_time()
            with pytest.raises(ClientRefused):
                signer(jwt, of, production=False)
            spent.append(time.thread_time() - began)
        return min(spent)

    kid = key_for(algorithm)["kid"]
    wrong_signature = took(client, kid)
    for refused in (took(None, kid), took(client, "no-such-key"), took(replace(client, disabled_at=hub.clock()), kid)):
        assert 0.5 < refused / wrong_signature < 2


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
