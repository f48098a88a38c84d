"""The authorization server over real HTTP, and what its metadata says."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import import_key
from starlette.applications import Starlette

from hub.auth.assertions import client_assertion, fetch_token, token_form
from hub.auth.endpoints import routes
from hub.auth.issuers import trusted_issuers
from hub.auth.jose import ALGORITHMS
from hub.db.session import Database
from hub.errors import Kind, Problem
from tests.contract.oauth_hub import (
    ADDRESS,
    CLIENT,
    TOKEN_ADDRESS,
    Hub,
    assert_refused,
    key_for,
    running_hub,
)
from tests.journeys.bodies import serving

# --- over real HTTP


async def test_over_real_http(database: Database, tmp_path: Path, unused_tcp_port: int) -> None:
    """`fetch_token`, 20 uses of one assertion in parallel, and 2 MB of assertion, through uvicorn."""
    address = f"http://127.0.0.1:{unused_tcp_port}"
    async with running_hub(database, tmp_path, base_url="", port=unused_tcp_port) as hub:
        app = Starlette(routes=list(routes(hub.server, trusted_issuers(hub.settings, hub.key))))
        with serving(app, unused_tcp_port):
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
