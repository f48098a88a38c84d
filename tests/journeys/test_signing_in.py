"""Real clients work unchanged, and so does another provider: openid-client, oauth4webapi, oidc-provider."""

import json
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from hub.auth.assertions import new_client_key, public_jwks
from hub.web import graphiql_page
from hub.web.npm import find_npm, install
from hub.web.pages import style
from tests.browser.chromium import chromium_path, launch
from tests.browser.visiting import visitor
from tests.npm import FOLDER, read_from
from tests.running import RunningHub, free_port

PORTAL, EHR = "northmere-portal", "mereside-ehr"


def test_a_portal_signs_a_person_in_with_openid_client(hub: RunningHub) -> None:
    """Code with PKCE, ID token, then DPoP, introspection and revocation: all from the metadata alone."""
    portal = hub.client(PORTAL)
    told = {
        "client_id": PORTAL,
        "private_key": portal["private_key"],
        "redirect_uri": portal["redirect_uris"][0],
        "person": "bryony.castell",
    }
    said = read_from("openid-client.mjs", hub.base_url, told=json.dumps(told))
    assert said["claims"]["sub"] == "person:bryony.castell"
    assert said["scope"] == "openid child.read plan.write"
    assert said["person"]["data"]["viewer"] == {
        "organisation": {"laCode": "990", "odsCode": None},
        "scopes": ["child.read", "plan.write"],
    }
    assert said["mixedUp"] == ["OAUTH_INVALID_RESPONSE"] * 3, "an answer of another issuer, or of none, is refused"
    assert (said["bound"]["type"].lower(), said["bound"]["status"]) == ("dpop", 200)
    assert said["bound"]["data"]["viewer"]["scopes"] == ["child.read"]
    assert said["downgraded"]["status"] == 401
    assert said["downgraded"]["challenge"].startswith('DPoP error="invalid_token"')
    assert said["active"] == [True, False]
    assert said["revoked"] == 401


def test_a_trusts_system_gets_tokens_with_oauth4webapi(hub: RunningHub) -> None:
    """From the resource's metadata (RFC 9728) to the server's (RFC 8414), with RS512, plain and bound (RFC 9449)."""
    told = {"client_id": EHR, "private_key": hub.client(EHR)["private_key"]}
    said = read_from("oauth4webapi.mjs", hub.base_url, told=json.dumps(told))
    assert said["resource"] == hub.base_url
    assert (said["plain"]["type"], said["plain"]["status"]) == ("bearer", 200)
    for opened in said["bound"].values():
        assert (opened["type"], opened["status"]) == ("dpop", 200)


@contextmanager
def provider(port: int, told: Any) -> Generator[None]:
    """oidc-provider in a process of its own, until the end of the block."""
    install(FOLDER)
    _, environment = find_npm()
    process = subprocess.Popen(
        ["node", str(FOLDER / "provider.mjs"), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(told))
        process.stdin.close()
        assert process.stdout.readline() == "ready\n"
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.timeout(400)  # a hub, a provider and a browser, on a machine that may have other tests to run
def test_people_come_from_a_provider_of_their_own(hub: RunningHub, tmp_path: Path) -> None:
    """An authority's provider signs its people in; the hub knows it by a row of its table."""
    port, hub_port = free_port(), free_port()
    issuer, hub_address = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{hub_port}"
    key, providers_key = new_client_key("ES256"), new_client_key("ES256")
    client = {
        "client_id": "their-portal",
        "redirect_uris": ["http://127.0.0.1:3000/callback"],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "id_token_signed_response_alg": "ES256",
        "jwks": public_jwks(key),
    }
    pages = client | {
        "client_id": "their-pages",
        "redirect_uris": [f"{hub_address}/sign-in/return", f"{hub_address}/graphql"],
        "jwks_uri": f"{hub_address}/oauth/jwks",
    }
    del pages["jwks"]
    row = {
        "issuer": issuer,
        "kind": "people",
        "keys": {"address": f"{issuer}/jwks"},
        "audience": hub_address,
        "algorithms": ["ES256"],
        "claims": {"organisation": "org", "role": "roles"},
        "organisations": {"NORTHMERE": "990"},
        "roles": {"SEND-CASEWORK": {"scopes": ["child.read"], "purposes": ["OWN_FUNCTIONS"]}},
        "purposes": ["OWN_FUNCTIONS"],
        "scopes": ["child.read", "plan.read"],
        "sign_in": {
            "authorization": f"{issuer}/auth",
            "token": f"{issuer}/token",
            "clients": ["their-pages", "not-registered"],
            "parameters": {"resource": hub_address},
        },
    }
    table = tmp_path / "issuers.json"
    table.write_text(json.dumps({"issuers": [row]}))
    scopes = ["child.read", "plan.read", "budget.read"]
    told = {"audience": hub_address, "clients": [client, pages], "scopes": scopes, "jwks": {"keys": [providers_key]}}
    signing_in = {
        "client_id": client["client_id"],
        "private_key": key,
        "redirect_uri": client["redirect_uris"][0],
        "scope": f"openid {' '.join(scopes)}",
    }
    with provider(port, told), hub.beside(hub_port, HUB_ISSUERS=str(table)) as theirs:
        for client_id, label in (("their-portal", "Portal"), ("their-pages", "Pages of Northmere")):
            registered = theirs.command_here(
                *("client", "add", client_id, "--organisation", "990", "--label", label, "--issuer", issuer),
                *("--scope", "child.read", "--scope", "plan.read", "--purpose", "OWN_FUNCTIONS"),
            )
            assert registered.returncode == 0, registered.stderr
            assert issuer in registered.stdout
        doctor = theirs.command_here("doctor")
        said = f"trusted issuer {issuer} (people): 1 keys; people sign in to the pages as their-pages, not-registered"
        assert said in doctor.stdout, doctor.stdout + doctor.stderr
        said = read_from("external.mjs", theirs.base_url, issuer, told=json.dumps(signing_in))
        assert said["person"]["data"]["viewer"] == {
            "organisation": {"laCode": "990", "odsCode": None},
            "scopes": ["child.read"],  # what the registration, the table and the role open
        }
        assert said["idToken"]["status"] == 401
        assert said["machine"] == 403
        if chromium_path() is not None:
            _looks_at_pages(theirs)


def _looks_at_pages(hub: RunningHub) -> None:
    """In a browser: signs in to the pages at the provider, sees what the role opens, and signs out; then GraphiQL."""
    style.build()
    graphiql_page.build()
    with sync_playwright() as playwright, launch(playwright) as browser:
        somebody, context = visitor(browser, hub.base_url)
        page = somebody.page
        page.goto(f"{hub.base_url}/sign-in?to=/children")
        page.get_by_label("Northmere County Council").check()
        page.get_by_role("button", name="Continue").click()
        _at_the_provider(page)
        for what_the_provider_s_pages_want in (somebody.complaints, somebody.strangers):
            what_the_provider_s_pages_want.clear()
        expect(page.locator("h1")).to_have_text("Children and young people", timeout=20_000)
        assert page.url == f"{hub.base_url}/children"
        expect(page.locator(".hub-header__who")).to_contain_text("b.castell, Northmere County Council")
        links = page.locator(".hub-nav a").all_inner_texts()
        assert "Children" in links
        assert "Board" not in links
        cookies = {each["name"]: each for each in context.cookies(hub.base_url)}
        kept = {name: each for name, each in cookies.items() if name.startswith("hub-session")}
        assert kept
        assert all((each["httpOnly"], each["sameSite"]) == (True, "Lax") for each in kept.values())
        assert "hub-sign-in" not in cookies
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
        gone = httpx.get(f"{hub.base_url}/children", cookies={name: each["value"] for name, each in kept.items()})
        assert gone.headers["location"] == "/sign-in?to=%2Fchildren"
        for wrong in ("code=x&state=y", "error=access_denied", ""):
            stopped = httpx.get(f"{hub.base_url}/sign-in/return?{wrong}")
            assert (stopped.status_code, "You are not signed in" in stopped.text) == (400, True)
        page.goto(f"{hub.base_url}/graphql")
        page.get_by_label("Sign in for").select_option("their-pages")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()  # the provider knows the person still
        expect(page.locator(".graphiql-response .view-lines")).to_contain_text(
            "this needs the scope plan.read",
            timeout=30_000,  # the token is theirs: the role opens child.read alone
        )
        assert somebody.strangers == []
        assert somebody.complaints == []


def _at_the_provider(page: Page) -> None:
    page.locator("input[name=login]").fill("b.castell")
    page.locator("input[name=password]").fill("anything")
    page.locator("button[type=submit]").click()
    page.get_by_role("button", name="Continue").click()


def test_an_engineer_tries_it_with_curl(hub: RunningHub) -> None:
    """`hub token --dpop` prints the headers of one request: they are good for it once, and for no other."""
    client = next(each for each in hub.demo["clients"] if "child.read" in each["scopes"])
    done = hub.command("token", client["client_id"], "--dpop")
    assert done.returncode == 0, done.stderr
    headers = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert set(headers) == {"Authorization", "DPoP"}
    asked = {"json": {"query": "{ viewer { clientId } }"}, "headers": headers, "timeout": 30}
    address = f"{hub.base_url}/graphql"
    answer = httpx.post(address, **asked)
    assert answer.json()["data"]["viewer"]["clientId"] == client["client_id"]
    again = httpx.post(address, **asked)
    assert again.status_code == 401
    assert 'DPoP error="invalid_dpop_proof"' in again.headers["www-authenticate"]
    bearer = headers["Authorization"].replace("DPoP", "Bearer", 1)
    assert httpx.post(address, **(asked | {"headers": {"Authorization": bearer}})).status_code == 401
