"""Signing in to the pages at a provider of one's own: what it answers is believed only where all of it agrees."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from structlog.testing import capture_logs

from hub.auth import clients
from hub.auth.assertions import public_jwks
from hub.auth.issuers import trusted_issuers
from hub.auth.jose import read, verify
from hub.auth.own_pages import GRAPHIQL_PATH, RETURN_PATH, OwnWay, PageSignIn, Pending
from hub.auth.provider_pages import provider_ways
from hub.db.session import Database
from hub.settings import SettingError
from tests.contract.oauth_hub import ADDRESS, Hub, key_for, running_hub, signed, without_none
from tests.receiving import Receiving, answer

IDP, KEY, PAGES = "https://idp.example/realm", key_for("ES256"), "idp-pages"


@dataclass
class Provider:
    """A hub whose people come from a provider, and the token address of that, which answers as a test says."""

    hub: Hub
    tokens: Receiving
    ways: PageSignIn

    async def begin(self) -> tuple[Mapping[str, str], Pending]:
        begun = await self.ways.begin(PAGES)
        assert begun is not None
        return dict(parse_qsl(urlsplit(begun[0]).query)), begun[1]

    def id_token(self, pending: Pending, *, key: Mapping[str, Any] = KEY, header: Any = None, **claims: Any) -> str:
        whole = {
            "iss": IDP, "aud": PAGES, "sub": "8f1c", "name": "B. Castell", "nonce": pending.nonce,
            "iat": self.hub.clock.seconds(), "exp": self.hub.clock.seconds(300),
        }  # fmt: skip
        return signed(key, without_none(whole | claims), header)

    def access_token(self, *, header: Any = None, **claims: Any) -> str:
        whole = {
            "iss": IDP, "aud": ADDRESS, "sub": "8f1c", "client_id": PAGES, "jti": "j-1", "scope": "child.read",
            "iat": self.hub.clock.seconds(), "exp": self.hub.clock.seconds(300),
        }  # fmt: skip
        return signed(KEY, without_none(whole | claims), {"typ": "at+jwt"} | (header or {}))

    def answers(self, **said: Any) -> None:
        self.tokens.always = answer(200, json.dumps(said).encode())


@pytest.fixture
async def provider(database: Database, tmp_path: Path) -> AsyncIterator[Provider]:
    tokens = Receiving()
    await tokens.start()
    (tmp_path / "idp.json").write_text(json.dumps(public_jwks(KEY)))
    path = tmp_path / "issuers.json"
    path.write_text(json.dumps({"issuers": [_row(f"http://127.0.0.1:{tokens.port}/token")]}))
    async with running_hub(database, tmp_path, issuers=str(path), environment="production") as hub:
        async with database.begin(None) as connection:
            await clients.register(
                connection, client_id=PAGES, organisation_id=hub.organisation, label="Pages", jwks=None, algorithms=[],
                scopes=["child.read", "plan.read", "system/Task.rs"], purposes=["OWN_FUNCTIONS"],
                default_purpose="OWN_FUNCTIONS", issuer=IDP, now=hub.clock(), documents=(),
            )  # fmt: skip
        issuers = trusted_issuers(hub.settings, hub.key, hub.clock)
        ways = [OwnWay(hub.server, RETURN_PATH), *provider_ways(hub.server, issuers, RETURN_PATH)]
        yield Provider(hub, tokens, PageSignIn(hub.server, ways, hub.verifier.forget))
    await tokens.stop()


def _row(token: str, /, **sign_in: Any) -> dict[str, Any]:
    at = {"authorization": f"{IDP}/auth?tenant=1", "token": token, "clients": [PAGES, "unknown"]}
    return {
        "issuer": IDP, "kind": "people", "keys": {"file": "idp.json"}, "audience": ADDRESS, "algorithms": ["ES256"],
        "purposes": ["OWN_FUNCTIONS"], "scopes": ["child.read"], "longest_life_s": 600,
        "sign_in": at | {"parameters": {"resource": ADDRESS}} | sign_in,
    }  # fmt: skip


async def test_in_production_people_come_from_their_provider_alone(provider: Provider) -> None:
    """Code with PKCE, state and nonce; the hub proves itself with its own key, and gives the code to nobody else."""
    (client,) = await provider.ways.clients()
    assert client.client_id == PAGES
    asked, pending = await provider.begin()
    assert asked == {
        "tenant": "1", "response_type": "code", "client_id": PAGES, "redirect_uri": f"{ADDRESS}{RETURN_PATH}",
        "scope": "openid child.read", "resource": ADDRESS, **pending.asked(),
    }  # fmt: skip
    assert asked["code_challenge_method"] == "S256"
    provider.answers(id_token=provider.id_token(pending), access_token=provider.access_token(), token_type="Bearer")
    signed_in = await provider.ways.finish(pending, code="c-1", issuer=IDP)
    assert signed_in is not None
    assert (signed_in.name, signed_in.token_id, signed_in.client_id) == ("B. Castell", "j-1", PAGES)
    form = dict(parse_qsl(provider.tokens.posted[0].body.decode()))
    assertion = read(form.pop("client_assertion"))
    verify(assertion, provider.hub.key.key, {provider.hub.key.algorithm})
    assert (assertion.claims["iss"], assertion.claims["sub"], assertion.claims["aud"]) == (PAGES, PAGES, IDP)
    assert form.pop("client_assertion_type").endswith("jwt-bearer")
    assert form == {
        "grant_type": "authorization_code", "code": "c-1", "code_verifier": pending.verifier, "client_id": PAGES,
        "redirect_uri": f"{ADDRESS}{RETURN_PATH}", "resource": ADDRESS,
    }  # fmt: skip
    bearer = f"Bearer {signed_in.token}"
    assert (await provider.hub.verifier.caller(bearer, None)).person == "8f1c"
    await provider.ways.sign_out(signed_in.token_id, PAGES, signed_in.expires_at)
    with pytest.raises(Exception, match="revoked"):
        await provider.hub.verifier.caller(bearer, None)


async def test_an_answer_that_does_not_agree_signs_nobody_in(provider: Provider) -> None:
    _, pending = await provider.begin()
    good, other = provider.access_token(), key_for("ES256", 1)
    id_tokens = {
        "another sign-in": provider.id_token(pending, nonce="other"),
        "no sign-in": provider.id_token(pending, nonce=None),
        "another client": provider.id_token(pending, aud="other"),
        "several clients": provider.id_token(pending, aud=[PAGES, "other"]),
        "for another": provider.id_token(pending, azp="other"),
        "another issuer": provider.id_token(pending, iss="https://evil.example"),
        "another person": provider.id_token(pending, sub="other"),
        "nobody": provider.id_token(pending, sub=None),
        "over": provider.id_token(pending, exp=provider.hub.clock.seconds(-61)),
        "to come": provider.id_token(pending, iat=provider.hub.clock.seconds(120)),
        "another key": provider.id_token(pending, key={**other, "kid": KEY["kid"]}),
        "an unknown key": provider.id_token(pending, key=other),
        "an access token": provider.id_token(pending, header={"typ": "at+jwt"}),
    }
    said: dict[str, dict[str, Any]] = {
        name: {"id_token": text, "access_token": good} for name, text in id_tokens.items()
    }
    fine = provider.id_token(pending)
    for name, token in {
        "of another client": provider.access_token(client_id="other"),
        "for another hub": provider.access_token(aud="https://other.example"),
        "bound": provider.access_token(cnf={"jkt": "t" * 43}),
        "an ID token": fine,
        "": "",
    }.items():
        said[f"token {name}"] = {"id_token": fine, "access_token": token}
    said |= {"no ID token": {"access_token": good}, "no token": {"id_token": fine}, "nothing": {}}
    for name, members in said.items():
        provider.answers(**members)
        with capture_logs() as logs:
            assert await provider.ways.finish(pending, code="c", issuer=IDP) is None, name
        assert [each["event"] for each in logs] == ["sign_in_not_finished"], name
        assert not any(isinstance(value, str) and "eyJ" in value for each in logs for value in each.values())
    whole = json.dumps({"id_token": fine, "access_token": good}).encode()
    for raw in (
        answer(400, b"{}"), answer(302, whole, Location="http://127.0.0.1:1/"), answer(200, b"[]"), answer(200, b"<p>"),
        answer(200, whole + b" " * 70_000),
    ):  # fmt: skip
        provider.tokens.always = raw
        assert await provider.ways.finish(pending, code="c", issuer=IDP) is None
    provider.tokens.always = answer(200, whole)
    assert await provider.ways.finish(pending, code="c", issuer=ADDRESS) is None  # mixed up (RFC 9207)
    assert await provider.ways.finish(pending, code="c", issuer=None) is not None  # not every provider says it
    await provider.tokens.stop()
    assert await provider.ways.finish(pending, code="c", issuer=IDP) is None
    async with provider.hub.database.begin(None) as connection:
        await clients.disable(connection, client_id=PAGES, now=provider.hub.clock())
    assert await provider.ways.begin(PAGES) is None
    assert await provider.ways.finish(pending, code="c", issuer=IDP) is None


async def test_from_graphiql_nobody_comes_through_a_client_of_trusted_documents(provider: Provider) -> None:
    issuers = trusted_issuers(provider.hub.settings, provider.hub.key, provider.hub.clock)
    (way,) = provider_ways(provider.hub.server, issuers, GRAPHIQL_PATH, free=True)
    assert await way.clients() == []


@pytest.mark.parametrize(
    ("sign_in", "place"),
    [
        ({"token": "http://idp.example/token"}, "sign_in.token"),
        ({"authorization": "idp.example"}, "sign_in.authorization"),
        ({"clients": []}, "sign_in.clients"),
        ({"parameters": {"redirect_uri": "https://evil.example"}}, "sign_in.parameters"),
        ({"secret": "x"}, "sign_in.secret"),
    ],
)
async def test_a_sign_in_that_is_wrong_in_the_file_is_said_with_its_place(
    provider: Provider, tmp_path: Path, sign_in: Mapping[str, Any], place: str
) -> None:
    (tmp_path / "issuers.json").write_text(json.dumps({"issuers": [_row(f"{IDP}/token", **sign_in)]}))
    with pytest.raises(SettingError, match=f"issuers.0.{place}"):
        trusted_issuers(provider.hub.settings, provider.hub.key, provider.hub.clock)
