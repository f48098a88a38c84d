"""What an operator does with a system's registration, and what the engineer at the other end is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub import registering
from hub.auth.assertions import public_jwks
from hub.errors import Problem
from hub.registering import SigningIn
from hub.settings import Settings
from tests.contract.oauth_hub import key_for

IDP = "https://idp.example"


@pytest.fixture
def settings(owner_url: str, tmp_path: Path) -> Settings:
    """A hub on a database with one trust, that trusts one provider for people."""
    row = {
        "issuer": IDP,
        "kind": "people",
        "keys": {"address": f"{IDP}/jwks"},
        "audience": "https://hub.example",
        "algorithms": ["PS256"],
        "purposes": ["OWN_FUNCTIONS"],
    }
    table = tmp_path / "issuers.json"
    table.write_text(json.dumps({"issuers": [row]}))
    chosen = Settings(database_url=owner_url, data_dir=tmp_path, base_url="https://hub.example", issuers=str(table))
    registering.add_organisation(chosen, name="A Trust", kind="NHS_TRUST", code="ZZR77")
    return chosen


def add(settings: Settings, client_id: str, signing_in: SigningIn | None = None, *, jwks: Any = None) -> str:
    return registering.add_client(
        settings,
        client_id=client_id,
        organisation="ZZR77",
        label="EHR",
        jwks=jwks,
        scopes=["child.read"],
        purposes=["OWN_FUNCTIONS"],
        algorithms=None,
        signing_in=signing_in,
    )


def refused(rule: str, *given: Any, **named: Any) -> None:
    with pytest.raises(Problem) as caught:
        add(*given, **named)
    assert caught.value.rule == rule


def test_what_is_printed_is_what_engineers_need(settings: Settings) -> None:
    jwks = public_jwks(key_for("ES384"))
    plain = add(settings, "plain", jwks=jwks)
    for said in ("A Trust (ZZR77)", "aud = https://hub.example/oauth/token", "Bearer", "/oauth/revoke"):
        assert said in plain
    bound = add(settings, "bound", SigningIn(dpop_required=True, redirect_uris=["https://p.example/cb"]), jwks=jwks)
    for said in ("DPoP", "RFC 9449", "https://hub.example/oauth/authorize", "https://p.example/cb"):
        assert said in bound
    theirs = add(settings, "theirs", SigningIn(issuer=IDP))
    assert f"token issuer       {IDP}" in theirs
    assert "client_assertion" not in theirs
    listed = {line.split()[0]: line for line in registering.list_clients(settings).splitlines()}
    assert key_for("ES384")["kid"] in listed["plain"]
    assert "DPoP; signs people in, back to https://p.example/cb" in listed["bound"]
    assert f"tokens of {IDP}" in listed["theirs"]


def test_keys_overlap_while_they_are_rotated(settings: Settings) -> None:
    old, new = (public_jwks(key_for("ES384", number)) for number in (0, 1))
    add(settings, "ehr", jwks=old)
    both = registering.rotate_client(settings, "ehr", new, keep_old=True)
    assert all(keys["keys"][0]["kid"] in both for keys in (old, new))
    assert "without --keep-old" in both
    alone = registering.rotate_client(settings, "ehr", new, keep_old=False)
    assert old["keys"][0]["kid"] not in alone
    add(settings, "theirs", SigningIn(issuer=IDP))
    with pytest.raises(Problem) as caught:
        registering.rotate_client(settings, "theirs", new, keep_old=False)
    assert caught.value.rule == "client-of-another-issuer"


def test_what_cannot_be_registered(settings: Settings) -> None:
    jwks = public_jwks(key_for("ES384"))
    refused("jwks-shape", settings, "a")
    refused("jwks-shape", settings, "a", SigningIn(issuer=IDP), jwks=jwks)
    refused("issuer-unknown", settings, "a", SigningIn(issuer="https://other.example"))
    refused("redirects", settings, "a", SigningIn(issuer=IDP, redirect_uris=["https://p.example/cb"]))
    for address in (
        "http://p.example/cb",
        "https://p.example/*",
        "https://p.example/cb#x",
        "https://user@p.example/cb",
        "https:///cb",
        "javascript:alert(1)",
        "https://p.example:port/cb",
        "https://p.example/é",
        "https://p.example/a b",
        "",
    ):
        refused("redirect-address", settings, "a", SigningIn(redirect_uris=[address]), jwks=jwks)
    refused(
        "redirects", settings, "a", SigningIn(redirect_uris=[f"https://p.example/{n}" for n in range(11)]), jwks=jwks
    )
