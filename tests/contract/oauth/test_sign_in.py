"""People sign in through a system, with a code and PKCE (security.md rows 35 to 39; RFC 9700, RFC 7636, RFC 9207)."""

import asyncio
import json
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
from joserfc import jws
from sqlalchemy import insert, update

from hub.auth import clients
from hub.auth.assertions import public_jwks
from hub.auth.codes import challenge_of
from hub.auth.parties import CLIENT_TTL_S
from hub.auth.roles import ROLES
from hub.auth.scopes import GRAPHQL
from hub.county.bodies import PEOPLE
from hub.db import tables
from hub.db.session import Database
from hub.errors import Kind, Problem
from hub.law.reg17_disclosure import Purpose
from tests.contract.oauth_hub import ADDRESS, CLIENT, Hub, key_for, running_hub

PORTAL, OTHER_PORTAL = "portal", "portal-2"
BACK = "https://portal.example/callback"
VERIFIER = "v" * 43
DEFAULTS = {
    "client_id": PORTAL,
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid child.read advice.write",
    "state": "a state",
    "nonce": "n-1",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


@pytest.fixture
async def hub(database: Database, tmp_path: Path) -> AsyncIterator[Hub]:
    """A hub with two portals of one body, and two people: a co-ordinator, and one in a role that opens nothing."""
    async with running_hub(database, tmp_path) as running:
        async with database.begin(None) as connection:
            for portal in (PORTAL, OTHER_PORTAL):
                await clients.register(
                    connection,
                    client_id=portal,
                    organisation_id=running.organisation,
                    label="The <Portal>",
                    jwks=public_jwks(key_for("ES256")),
                    algorithms=["ES256"],
                    scopes=["child.read", "advice.write", "hub.admin", "system/Task.rs"],
                    purposes=["OWN_FUNCTIONS", "APPEAL", "SUBJECT_ACCESS"],
                    default_purpose="OWN_FUNCTIONS",
                    redirect_uris=[BACK, "http://127.0.0.1:3000/callback?kept=1"],
                    now=running.clock(),
                )
            people = [("bryony", "EHC plan co-ordinator", "Bryony <b>"), ("guest", "Visitor", "Guest")]
            rows = [
                {"username": username, "organisation_id": running.organisation, "role": role, "name": name}
                for username, role, name in people
            ]
            await connection.execute(insert(tables.person), rows)
        yield running


def query(**changed: str | None) -> str:
    whole = DEFAULTS | changed
    return urlencode({name: value for name, value in whole.items() if value is not None})


async def decide(hub: Hub, asked: str, **form: str) -> httpx.Response:
    return await hub.http.post(
        "/oauth/authorize", data={"request": asked} | form, headers={"Origin": ADDRESS}, follow_redirects=False
    )


async def code_for(hub: Hub, **changed: str | None) -> str:
    response = await decide(hub, query(**changed), person="bryony", step="allow")
    assert response.status_code == 303, response.text
    answer = parse_qs(urlsplit(response.headers["location"]).query)
    assert answer["iss"] == [ADDRESS]
    return answer["code"][0]


async def redeem(
    hub: Hub, code: str | None, *, client: str = PORTAL, proofs: tuple[str, ...] = (), **changed: Any
) -> Any:
    form = {
        "grant_type": "authorization_code",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": hub.assertion({"iss": client, "sub": client, "aud": ADDRESS}, key=key_for("ES256")),
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    } | changed
    kept = {name: value for name, value in form.items() if value is not None}
    return await hub.http.post("/oauth/token", data=kept, headers=[("DPoP", proof) for proof in proofs])


def refused(response: httpx.Response, error: str = "invalid_grant") -> None:
    assert (response.status_code, response.json()["error"]) == (400, error), response.text


def sent_back(response: httpx.Response, error: str) -> None:
    """Sent to the client's own address, with the error, the state, and who says so."""
    assert response.status_code == 303, response.text
    location = response.headers["location"]
    assert location.startswith(f"{BACK}?")
    answer = dict(parse_qsl(urlsplit(location).query))
    assert (answer["error"], answer["iss"]) == (error, ADDRESS)
    assert answer["state"] == "a state"


# --- what works


async def test_a_person_signs_in_and_lets_a_system_act(hub: Hub) -> None:
    """The person's body, role and name become the caller; what the role does not open, the system does not get."""
    code = await code_for(hub, scope="openid child.read advice.write hub.admin")
    response = await redeem(hub, code)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["scope"] == "openid child.read advice.write"
    parsed = jws.extract_compact(answer["id_token"].encode())
    said = json.loads(parsed.payload)
    assert parsed.headers()["typ"] == "JWT"
    assert len(said.pop("at_hash")) == 22
    now = hub.clock.seconds()
    assert said == {
        "iss": ADDRESS,
        "aud": PORTAL,
        "sub": "person:bryony",
        "name": "Bryony <b>",
        "preferred_username": "bryony",
        "nonce": "n-1",
        "auth_time": now,
        "iat": now,
        "exp": now + 300,
    }
    bearer = f"Bearer {answer['access_token']}"
    caller = await hub.verifier.caller(bearer, None)
    assert (caller.client_id, caller.person, caller.organisation) == (PORTAL, "bryony", hub.organisation)
    assert caller.scopes == {"child.read", "advice.write"}
    assert caller.purposes == {Purpose.OWN_FUNCTIONS, Purpose.APPEAL}
    for what, rule in ((("SUBJECT_ACCESS", False), "purpose-not-of-role"), ((None, True), "machine-route")):
        with pytest.raises(Problem) as caught:
            await hub.verifier.caller(bearer, what[0], machines_only=what[1])
        assert (caught.value.kind, caught.value.rule) == (Kind.FORBIDDEN, rule)


async def test_an_id_token_is_no_access_token(hub: Hub) -> None:
    id_token = (await redeem(hub, await code_for(hub))).json()["id_token"]
    with pytest.raises(Problem, match="not an access token"):
        await hub.verifier.caller(f"Bearer {id_token}", None)


async def test_without_openid_there_is_no_id_token(hub: Hub) -> None:
    answer = (await redeem(hub, await code_for(hub, scope="child.read", nonce=None))).json()
    assert "id_token" not in answer
    assert answer["scope"] == "child.read"


async def test_the_way_back_keeps_its_own_query(hub: Hub) -> None:
    other = "http://127.0.0.1:3000/callback?kept=1"
    response = await decide(hub, query(redirect_uri=other), person="bryony", step="allow")
    location = response.headers["location"]
    assert location.startswith(f"{other}&code=")


async def test_a_person_who_moves_or_leaves_acts_no_more(hub: Hub, database: Database) -> None:
    """The token says who; what that person may do, the hub's own row says, now."""
    bearer = f"Bearer {(await redeem(hub, await code_for(hub))).json()['access_token']}"
    assert (await hub.verifier.caller(bearer, None)).scopes
    async with database.begin(None) as connection:
        await connection.execute(update(tables.person).values(role="Visitor"))
    hub.clock.pass_(seconds=CLIENT_TTL_S)
    with pytest.raises(Problem, match="role"):
        await hub.verifier.caller(bearer, None)


def test_every_role_of_the_demo_opens_something_that_exists() -> None:
    assert {role for _, _, role, _ in PEOPLE} == set(ROLES)
    for role in ROLES.values():
        assert role.purposes
        assert role.scopes <= set(GRAPHQL)
        assert "hub.admin" not in role.scopes


# --- the page


class _Page(HTMLParser):
    """What of a page matters to somebody who cannot see it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


async def test_the_pages_can_be_read_and_used_by_everyone(hub: Hub) -> None:
    """WCAG 2.2: language, title, one heading, a legend for the choice, labelled inputs, real buttons, no script."""
    who = await hub.http.get(f"/oauth/authorize?{query()}")
    missed = await decide(hub, query(), step="who")
    consent = await decide(hub, query(), step="who", person="bryony")
    nothing = await decide(hub, query(), step="who", person="guest")
    for response in (who, missed, consent, nothing):
        page = _Page(response.text)
        assert response.status_code == 200
        assert ("html", {"lang": "en-GB"}) in page.tags
        assert (page.count("title"), page.count("h1"), page.count("main"), page.count("script")) == (1, 1, 1, 0)
        assert not any(name.startswith("on") or name == "style" for _, attrs in page.tags for name in attrs)
        assert "<Portal>" not in response.text
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self' https://portal.example;" in policy
        assert response.headers["cache-control"] == "no-store"
    page = _Page(who.text)
    radios = [attrs for tag, attrs in page.tags if tag == "input" and attrs["type"] == "radio"]
    assert [each["value"] for each in radios] == ["bryony", "guest"]
    assert page.count("label") == len(radios)
    assert (page.count("fieldset"), page.count("legend"), page.count("button")) == (1, 1, 2)
    assert 'role="alert"' in missed.text
    assert GRAPHQL["child.read"] in consent.text
    assert 'value="allow"' in consent.text
    assert 'value="allow"' not in nothing.text


async def test_somebody_who_may_do_nothing_or_says_no(hub: Hub) -> None:
    sent_back(await decide(hub, query(), person="bryony", step="deny"), "access_denied")
    assert (await decide(hub, query(), person="guest", step="allow")).status_code == 200  # the page that says so
    assert (await decide(hub, query(), person="nobody", step="allow")).status_code == 200  # who are you?


async def test_a_form_of_another_page_is_refused(hub: Hub) -> None:
    """Nobody is signed in by a page that they did not see."""
    form = {"request": query(), "person": "bryony", "step": "allow"}
    for origin in ({}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": f"{ADDRESS}.evil.example"}):
        response = await hub.http.post("/oauth/authorize", data=form, headers=origin)
        assert response.status_code == 400
        assert "location" not in response.headers


# --- requests that are refused (rows 35, 36, 39)


async def test_an_address_that_is_not_registered_whole(hub: Hub, database: Database) -> None:
    """Row 35: a page, and no redirect, at every step."""
    wrong = [
        f"{BACK}/more",
        f"{BACK}?a=b",
        f"{BACK}#x",
        "https://user@portal.example/callback",
        "https://evil.portal.example/callback",
        "https://portal.example.evil.example/callback",
        "https://PORTAL.example/callback",
        f"{BACK}/",
        f"{BACK} ",
        "javascript:alert(1)",
        "",
        None,
        "http://127.0.0.1:3001/callback?kept=1",
    ]
    for address in wrong:
        asked = query(redirect_uri=address)
        for response in (
            await hub.http.get(f"/oauth/authorize?{asked}"),
            await decide(hub, asked, person="bryony", step="allow"),
        ):
            assert (response.status_code, "location" in response.headers) == (400, False), address
    for client in ("nobody", CLIENT, "", None, "x" * 200, "a b"):
        assert (await hub.http.get(f"/oauth/authorize?{query(client_id=client)}")).status_code == 400
    async with database.begin(None) as connection:
        await clients.disable(connection, client_id=PORTAL, now=hub.clock())
    assert (await hub.http.get(f"/oauth/authorize?{query()}")).status_code == 400


async def test_a_request_that_is_not_as_it_must_be(hub: Hub) -> None:
    """PKCE with S256 from every client (row 36); nothing but a code (row 39)."""
    wrong: list[tuple[dict[str, str | None], str]] = [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example"}, "request_uri_not_supported"),
        ({"prompt": "none"}, "login_required"),
        ({"dpop_jkt": "short"}, "invalid_request"),
        ({"nonce": "n" * 2_000}, "invalid_request"),
        ({"scope": "openid plan.read"}, "invalid_scope"),
        ({"scope": "openid system/Task.rs"}, "invalid_scope"),
        ({"scope": "child.read child.read"}, "invalid_scope"),
        ({"scope": "unknown"}, "invalid_scope"),
        ({"scope": " ".join(f"s{n}" for n in range(10_000))}, "invalid_scope"),
    ]
    for changed, error in wrong:
        sent_back(await hub.http.get(f"/oauth/authorize?{query(**changed)}", follow_redirects=False), error)
        sent_back(await decide(hub, query(**changed), person="bryony", step="allow"), error)


async def test_what_cannot_be_read_is_sent_nowhere(hub: Hub) -> None:
    for asked in (f"{query()}&client_id={PORTAL}", f"{query()}&state=2", "%ff", "=&=", query(state="s" * 2_000)):
        response = await hub.http.get(f"/oauth/authorize?{asked}", follow_redirects=False)
        assert (response.status_code, "location" in response.headers) == (400, False)


# --- codes (rows 36, 37)


async def test_a_code_is_good_for_its_client_address_and_verifier(hub: Hub) -> None:
    """Whatever it is presented with, it is used up."""
    for changed in (
        {"code_verifier": "w" * 43},
        {"code_verifier": challenge_of(VERIFIER)},
        {"code_verifier": "v" * 42},
        {"redirect_uri": f"{BACK}/"},
        {"client": OTHER_PORTAL},
    ):
        code = await code_for(hub)
        refused(await redeem(hub, code, **changed))
        refused(await redeem(hub, code))
    for missing in ("code_verifier", "redirect_uri"):
        refused(await redeem(hub, await code_for(hub), **{missing: None}), "invalid_request")
    refused(await redeem(hub, None), "invalid_request")
    refused(await redeem(hub, "no-such-code"))


async def test_a_code_is_good_for_a_minute(hub: Hub) -> None:
    code = await code_for(hub)
    hub.clock.pass_(seconds=59)
    assert (await redeem(hub, code)).status_code == 200
    code = await code_for(hub)
    hub.clock.pass_(seconds=60)
    refused(await redeem(hub, code))


async def test_a_code_that_comes_again_ends_the_token_it_gave(hub: Hub) -> None:
    code = await code_for(hub)
    bearer = f"Bearer {(await redeem(hub, code)).json()['access_token']}"
    await hub.verifier.caller(bearer, None)
    refused(await redeem(hub, code))
    hub.clock.pass_(seconds=CLIENT_TTL_S)
    with pytest.raises(Problem) as caught:
        await hub.verifier.caller(bearer, None)
    assert caught.value.rule == "token-revoked"


async def test_of_racing_redemptions_one_succeeds(hub: Hub, database: Database, tmp_path: Path) -> None:
    code = await code_for(hub)
    async with running_hub(database, tmp_path) as second:
        done = await asyncio.gather(*(redeem(each, code) for each in (hub, second) * 5))
    assert sorted(each.status_code for each in done) == [200] + [400] * 9


async def test_a_code_can_be_bound_to_the_key_of_its_token(hub: Hub) -> None:
    """RFC 9449 s. 10: with dpop_jkt, a stolen code is of no use without the key."""
    key, other = key_for("ES384"), key_for("ES384", 1)
    refused(await redeem(hub, await code_for(hub, dpop_jkt=key["kid"])))
    refused(await redeem(hub, await code_for(hub, dpop_jkt=key["kid"]), proofs=(hub.proof(other),)))
    answer = await redeem(hub, await code_for(hub, dpop_jkt=key["kid"]), proofs=(hub.proof(key),))
    assert answer.json()["token_type"] == "DPoP"


async def test_a_system_that_people_do_not_sign_in_through(hub: Hub) -> None:
    response = await hub.ask(hub.assertion(), grant_type="authorization_code", code="x")
    refused(response, "unauthorized_client")
