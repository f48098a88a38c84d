"""Tokens that are bound to a key (RFC 9449; security.md row 41): at the token endpoint, and where they are used."""

import asyncio
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import import_key
from sqlalchemy import func, select, update

from hub.auth.assertions import dpop_proof
from hub.auth.dpop import Presented
from hub.auth.tokens import challenge
from hub.db import tables
from hub.db.session import Database
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from tests.contract.oauth_hub import ADDRESS, CLIENT, Hub, key_for, running_hub

KEY, OTHER = key_for("ES256"), key_for("ES256", 1)
RESOURCE = f"{ADDRESS}/graphql"


async def ask(hub: Hub, *proofs: str, scope: str = "child.read") -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": hub.assertion(),
        "scope": scope,
    }
    return await hub.http.post("/oauth/token", data=form, headers=[("DPoP", proof) for proof in proofs])


async def bound_token(hub: Hub, key: Mapping[str, Any] = KEY) -> str:
    response = await ask(hub, hub.proof(key))
    assert (response.status_code, response.json()["token_type"]) == (200, "DPoP"), response.text
    text: str = response.json()["access_token"]
    return text


async def use(hub: Hub, token: str, *proofs: str, scheme: str = "DPoP", method: str = "POST") -> Caller:
    return await hub.verifier.caller(f"{scheme} {token}", None, Presented(proofs, method, RESOURCE))


async def refused(hub: Hub, rule: str, token: str, *proofs: str, **how: str) -> None:
    with pytest.raises(Problem) as caught:
        await use(hub, token, *proofs, **how)
    assert (caught.value.kind, caught.value.rule) == (Kind.UNAUTHENTICATED, rule)
    assert challenge(caught.value, hub.settings).startswith('DPoP error="invalid_')


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "PS256", "RS512", "EdDSA", "Ed25519"])
async def test_a_bound_token_is_good_with_a_proof_of_its_key(hub: Hub, algorithm: str) -> None:
    """An RSA key in a header takes more than the 512 bytes that a header of any other JWT may have."""
    key = key_for(algorithm)
    token = await bound_token(hub, key)
    for _ in range(2):  # the second time from memory
        assert (await use(hub, token, hub.proof(key, token, address=RESOURCE))).client_id == CLIENT


async def test_a_proof_that_the_hubs_own_command_makes_is_one(hub: Hub) -> None:
    token = await bound_token(hub)
    proof = dpop_proof(KEY, "POST", RESOURCE, hub.clock(), token=token)
    assert (await use(hub, token, proof)).client_id == CLIENT
    await refused(hub, "proof-replayed", token, proof)


async def test_binding_holds_both_ways(hub: Hub) -> None:
    bound, free = await bound_token(hub), await hub.token()
    await refused(hub, "dpop-bearer", bound, scheme="Bearer")
    await refused(hub, "dpop-bearer", bound, hub.proof(KEY, bound, address=RESOURCE), scheme="Bearer")
    await refused(hub, "dpop-not-bound", free, hub.proof(KEY, free, address=RESOURCE))
    await refused(hub, "proof-missing", bound)
    with pytest.raises(Problem, match="proof"):
        await hub.verifier.caller(f"DPoP {bound}", None)


async def test_a_proof_that_is_for_something_else(hub: Hub) -> None:
    token, address = await bound_token(hub), {"address": RESOURCE}
    private = {name: value for name, value in KEY.items() if name not in {"kid", "alg", "use"}}
    own_kid = import_key(dict(OTHER)).as_dict(private=False)
    for rule, proof in [
        ("proof-request", hub.proof(KEY, token)),
        ("proof-request", hub.proof(KEY, token, address=RESOURCE, method="GET")),
        ("proof-request", hub.proof(KEY, token, address="https://other.example/graphql")),
        ("proof-request", hub.proof(KEY, token, address=f"{ADDRESS}/graphql/")),
        ("proof-token", hub.proof(KEY, "another", **address)),
        ("proof-token", hub.proof(KEY, None, **address)),
        ("proof-key", hub.proof(OTHER, token, **address)),
        ("proof-key", hub.proof(KEY, token, **address, header={"jwk": private})),
        ("proof-key", hub.proof(KEY, token, **address, header={"jwk": {"kty": "oct", "k": "c2VjcmV0"}})),
        ("proof-signature", hub.proof(KEY, token, **address, header={"jwk": own_kid})),
        ("proof-type", hub.proof(KEY, token, **address, header={"typ": "JWT"})),
        ("proof-type", hub.proof(KEY, token, **address, header={"typ": None})),
        ("proof-time", hub.proof(KEY, token, **address, claims={"iat": hub.clock.seconds(-121)})),
        ("proof-time", hub.proof(KEY, token, **address, claims={"iat": hub.clock.seconds(61)})),
        ("proof-time", hub.proof(KEY, token, **address, claims={"iat": None})),
        ("proof-malformed", hub.proof(KEY, token, **address, claims={"jti": None})),
        ("proof-key", hub.proof(KEY, token, **address, header={"jwk": None})),
        ("proof-malformed", hub.proof(KEY, token, **address, header={"x5t": "x" * 5_000})),
        ("proof-malformed", "no.proof.at.all"),
    ]:
        await refused(hub, rule, token, proof)


async def test_an_address_is_the_same_however_it_is_written(hub: Hub) -> None:
    """RFC 9449 s. 4.3: syntax-based normalization, without query and fragment."""
    token = await bound_token(hub)
    for address in (f"{RESOURCE}?a=b#c", "HTTPS://HUB.example:443/graphql", f"{ADDRESS}/%67raphql"):
        await use(hub, token, hub.proof(KEY, token, address=address))


async def test_two_headers(hub: Hub) -> None:
    token = await bound_token(hub)
    proofs = [hub.proof(KEY, token, address=RESOURCE) for _ in range(2)]
    await refused(hub, "proof-several", token, *proofs)
    response = await ask(hub, hub.proof(KEY), hub.proof(KEY))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_dpop_proof")


async def test_a_proof_is_good_once_on_any_process(hub: Hub, database: Database, tmp_path: Path) -> None:
    """Sequentially, and twenty at a time on two hubs that share a key: one succeeds."""
    token = await bound_token(hub)
    proof = hub.proof(KEY, token, address=RESOURCE)
    await use(hub, token, proof)
    await refused(hub, "proof-replayed", token, proof)
    async with running_hub(database, tmp_path) as second:
        proof = hub.proof(KEY, token, address=RESOURCE)
        uses = [use(each, token, proof) for each in (hub, second) * 10]
        done = await asyncio.gather(*uses, return_exceptions=True)
    assert sum(isinstance(each, Caller) for each in done) == 1
    assert {each.rule for each in done if isinstance(each, Problem)} == {"proof-replayed"}
    asked = hub.proof(KEY)
    assert (await ask(hub, asked)).status_code == 200
    response = await ask(hub, asked)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_dpop_proof")
    async with database.begin(None) as connection:
        assert await connection.scalar(select(func.count()).select_from(tables.used_proof)) == 4


async def test_a_subscription_asks_again_with_the_proof_it_has_used(hub: Hub) -> None:
    """One request, one proof; what it began lives on and is held to its token."""
    token = await bound_token(hub)
    presented = Presented([hub.proof(KEY, token, address=RESOURCE)], "POST", RESOURCE)
    for _ in range(3):
        await hub.verifier.caller(f"DPoP {token}", None, presented)
    hub.clock.pass_(seconds=301)
    with pytest.raises(Problem, match="expired"):
        await hub.verifier.caller(f"DPoP {token}", None, presented)


async def test_a_client_whose_tokens_must_be_bound(hub: Hub, database: Database) -> None:
    free = await hub.token()
    async with database.begin(None) as connection:
        await connection.execute(update(tables.client).values(dpop_required=True))
    response = await hub.ask(hub.assertion())
    assert (response.status_code, response.json()["error"]) == (400, "invalid_dpop_proof")
    await refused(hub, "dpop-required", free, scheme="Bearer")
    token = await bound_token(hub)
    await use(hub, token, hub.proof(KEY, token, address=RESOURCE))


async def test_proofs_that_are_no_proofs_for_a_token(hub: Hub) -> None:
    for proof in (
        hub.proof(KEY, address=RESOURCE),
        hub.proof(KEY, method="GET"),
        hub.proof(KEY, claims={"iat": hub.clock.seconds(-600)}),
        "x",
        "",
    ):
        response = await ask(hub, proof)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_dpop_proof"), response.text


async def test_another_kind_of_binding_is_not_taken_for_none(hub: Hub) -> None:
    """A token that is bound to a certificate, which cannot be seen here, is no bearer token."""
    for cnf in ({"x5t#S256": "x" * 43}, {"jkt": "short"}, {}, "x", None, {"jkt": "x" * 43, "x5t#S256": "y"}):
        token = hub.access_token({"jti": uuid.uuid4().hex} | ({"cnf": cnf} if cnf is not None else {"cnf": [1]}))
        with pytest.raises(Problem) as caught:
            await use(hub, token, scheme="Bearer")
        assert caught.value.rule == "token-binding"
