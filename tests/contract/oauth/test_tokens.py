"""Access tokens, as the hub reads them: RFC 9068 s. 4, RFC 6750, RFC 9728; security.md rows 40, 43 and 44."""

import hmac
from dataclasses import replace
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from hub.auth import clients
from hub.auth.issuers import IssuerKind, trusted_issuers
from hub.auth.keys import SigningKey
from hub.auth.parties import CLIENT_TTL_S
from hub.auth.tokens import TokenVerifier, challenge
from hub.db import tables
from hub.db.session import Database
from hub.errors import Kind, Problem, forbidden, invalid
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind
from hub.settings import Settings
from tests.contract.oauth_hub import ADDRESS, CLIENT, Hub, key_for, raw


async def refused(hub: Hub, token: str, rule: str) -> None:
    with pytest.raises(Problem) as caught:
        await hub.verifier.caller(f"Bearer {token}", None)
    assert (caught.value.kind, caught.value.rule) == (Kind.UNAUTHENTICATED, rule), (token, caught.value.message)


async def test_a_token_becomes_a_caller_whose_organisation_the_database_knows(hub: Hub) -> None:
    token = await hub.token("child.read system/Task.rs")
    caller = await hub.verifier.caller(f"Bearer {token}", None)
    assert caller == Caller(
        organisation=hub.organisation,
        organisation_kind=OrganisationKind.NHS_TRUST,
        organisation_code="RX9",
        organisation_name="Northshire NHS Trust",
        client_id=CLIENT,
        person=None,
        scopes=frozenset({"child.read", "system/Task.rs"}),
        purpose=Purpose.OWN_FUNCTIONS,
        purposes=frozenset({Purpose.OWN_FUNCTIONS, Purpose.S31_COOPERATION}),
        token_id=caller.token_id,
    )
    assert await hub.verifier.caller(f"bearer {token}", None) == caller  # from memory; the scheme has no case


async def test_what_a_token_says_of_its_organisation_is_not_heard(hub: Hub) -> None:
    token = hub.access_token({"org": "990", "organisation": "990", "purposes": ["COURT"]})
    assert (await hub.verifier.caller(f"Bearer {token}", None)).organisation == hub.organisation


# --- purposes (row 44)


async def test_the_purpose_is_the_one_said_if_the_client_is_registered_for_it(hub: Hub) -> None:
    token = await hub.token()
    assert (await hub.verifier.caller(f"Bearer {token}", "S31_COOPERATION")).purpose is Purpose.S31_COOPERATION
    for said, kind, rule in [
        ("SAFEGUARDING", Kind.FORBIDDEN, "purpose-not-registered"),
        ("CURIOSITY", Kind.INVALID, "purpose-unknown"),
        ("own_functions", Kind.INVALID, "purpose-unknown"),
        ("OWN_FUNCTIONS, S31_COOPERATION", Kind.INVALID, "purpose-unknown"),
        ("", Kind.INVALID, "purpose-unknown"),
    ]:
        with pytest.raises(Problem) as caught:
            await hub.verifier.caller(f"Bearer {token}", said)
        assert (caught.value.kind, caught.value.rule) == (kind, rule)


# --- headers that hold no token


async def test_no_token_and_what_looks_like_one(hub: Hub) -> None:
    with pytest.raises(Problem) as caught:
        await hub.verifier.caller(None, None)
    assert (caught.value.kind, caught.value.rule) == (Kind.UNAUTHENTICATED, "no-token")
    good = await hub.token()
    broken = ["", "Bearer", "Bearer ", "{}", "Basic {}", "DPoP  {}", "Bearer  {}", "Bearer {} ", "Bearer {}, Bearer {}"]
    for form in [*broken, "Bearer\t{}", "Bearer {}\n", "Bearer ünïcode"]:
        header = form.format(good, good)
        with pytest.raises(Problem) as caught:
            await hub.verifier.caller(header, None)
        assert (caught.value.kind, caught.value.rule) == (Kind.UNAUTHENTICATED, "token-malformed"), header
    with pytest.raises(Problem) as caught:
        await hub.verifier.caller(f"DPoP {good}", None)  # well-formed, but this token is not bound to a key
    assert (caught.value.kind, caught.value.rule) == (Kind.UNAUTHENTICATED, "dpop-not-bound")


async def test_text_that_is_no_jwt(hub: Hub) -> None:
    header = {"alg": "ES256", "typ": "at+jwt", "kid": hub.key.kid}
    deep = ["[" * 4_000, '{"iss":' * 900, "9" * 5_000, "null", "[]", ""]
    for text in ["x", "a.b.c", "....", "a" * 9_000, "a" * 2_000_000, *(raw(header, each) for each in deep)]:
        await refused(hub, text, "token-malformed")


# --- tokens that the hub did not issue, or not for this


async def test_a_tampered_token(hub: Hub) -> None:
    head, body, signature = (await hub.token()).split(".")
    other = (await hub.token("advice.write")).split(".")
    await refused(hub, f"{head}.{other[1]}.{signature}", "token-signature")
    await refused(hub, f"{head}.{body}.{other[2]}", "token-signature")
    await refused(hub, f"{head}.{body}.", "token-signature")
    await refused(hub, f"{head}.{body}.{signature[:-4]}", "token-signature")
    await refused(hub, f"{head}.{body}.{'A' * len(signature)}", "token-signature")
    await refused(hub, f"{head}.{body}.!{signature[1:]}", "token-malformed")


async def test_a_token_signed_with_another_key(hub: Hub) -> None:
    await refused(hub, hub.access_token(key={**key_for("ES256"), "kid": hub.key.kid}), "token-signature")
    await refused(hub, hub.access_token(key=key_for("ES256")), "token-signature")
    await refused(hub, hub.access_token(header={"kid": None}), "token-signature")
    # The client's own key signs assertions, never tokens.
    await refused(hub, hub.access_token(key={**key_for("ES384"), "kid": hub.key.kid}), "token-signature")


async def test_forged_algorithms(hub: Hub) -> None:
    assert isinstance(hub.key.key, ECKey)
    secret = hub.key.key.as_pem(private=False)
    claims = {
        "iss": ADDRESS,
        "aud": ADDRESS,
        "sub": CLIENT,
        "client_id": CLIENT,
        "jti": "1",
        "iat": hub.clock.seconds(),
    }
    claims |= {"exp": hub.clock.seconds(60), "scope": "child.read"}
    for algorithm in ("none", "None", "HS256", "HS512", "RS256", None, ["ES256"]):
        header = {"alg": algorithm, "typ": "at+jwt", "kid": hub.key.kid}
        await refused(hub, raw(header, claims, lambda text: b""), "token-signature")
        await refused(hub, raw(header, claims, lambda text: hmac.digest(secret, text, "sha256")), "token-signature")


async def test_a_header_that_brings_its_own_key(hub: Hub) -> None:
    for name, value in {
        "jwk": {"kty": "EC"},
        "jku": "https://x",
        "x5u": "https://x",
        "x5c": [],
        "crit": ["exp"],
    }.items():
        await refused(hub, hub.access_token(header={name: value}), "token-signature")


async def test_other_jwts_of_the_same_issuer(hub: Hub) -> None:
    """An ID token, a logout token, a token without a type: a good signature does not make an access token."""
    for kind in [None, "JWT", "jwt", "AT+JWT", "application/at+jwt", "logout+jwt", "id_token", "", ["at+jwt"]]:
        await refused(hub, hub.access_token(header={"typ": kind}), "token-type")


async def test_a_clients_assertion_is_no_access_token(hub: Hub) -> None:
    await refused(hub, hub.assertion(), "token-type")
    await refused(hub, hub.assertion(header={"typ": "at+jwt"}), "token-issuer")


async def test_another_issuer(hub: Hub) -> None:
    for issuer in [None, "https://other.example", f"{ADDRESS}/", ADDRESS.upper(), [ADDRESS], {"a": 1}, ""]:
        await refused(hub, hub.access_token({"iss": issuer}), "token-issuer")


async def test_another_audience(hub: Hub) -> None:
    for audience in [None, CLIENT, f"{ADDRESS}/", f"{ADDRESS}/oauth/token", [ADDRESS], [ADDRESS, CLIENT], {"a": 1}]:
        await refused(hub, hub.access_token({"aud": audience}), "token-audience")


async def test_a_token_out_of_its_time(hub: Hub) -> None:
    await refused(hub, hub.access_token({"exp": hub.clock.seconds()}), "token-expired")
    await refused(hub, hub.access_token({"exp": hub.clock.seconds(365 * 86_400)}), "token-malformed")
    await refused(hub, hub.access_token({"iat": hub.clock.seconds(61)}), "token-malformed")
    await refused(hub, hub.access_token({"nbf": hub.clock.seconds(61)}), "token-malformed")
    await refused(hub, hub.access_token({"nbf": "now"}), "token-malformed")


async def test_a_token_that_was_good_expires(hub: Hub) -> None:
    """Also one that the hub remembers."""
    token = await hub.token()
    hub.clock.pass_(seconds=299)
    await hub.verifier.caller(f"Bearer {token}", None)
    hub.clock.pass_(seconds=1)
    await refused(hub, token, "token-expired")
    await refused(hub, token, "token-expired")


async def test_a_token_without_a_claim_it_must_have(hub: Hub) -> None:
    wrong: list[Any] = [None, "", [], {}, True, float("nan")]
    for name in ["exp", "iat", "sub", "client_id", "jti"]:
        for value in wrong:
            await refused(hub, hub.access_token({name: value}), "token-malformed")
    await refused(hub, hub.access_token({"scope": ["child.read"]}), "token-malformed")


async def test_a_token_for_a_person_where_machines_are_expected(hub: Hub) -> None:
    """Row 43: the subject must be the client."""
    await refused(hub, hub.access_token({"sub": "someone"}), "token-malformed")
    await refused(hub, hub.access_token({"client_id": "someone"}), "token-malformed")
    await refused(hub, hub.access_token({"client_id": "nobody", "sub": "nobody"}), "client-disabled")


async def test_an_issuer_gives_no_more_than_its_row_allows(hub: Hub, database: Database) -> None:
    """Row 43, and security.md 2.3: an issuer that says too much gains nothing."""
    own = trusted_issuers(hub.settings, hub.key)[ADDRESS]
    token = hub.access_token({"scope": "child.read advice.write system/Task.cruds"})

    def verifier(**changed: Any) -> TokenVerifier:
        return TokenVerifier(hub.settings, database, {ADDRESS: replace(own, **changed)}, hub.clock)

    narrow = verifier(
        may_issue_scopes=frozenset({"child.read"}), may_issue_purposes=frozenset({Purpose.S31_COOPERATION})
    )
    with pytest.raises(Problem, match="not registered for this purpose"):
        await narrow.caller(f"Bearer {token}", None)
    caller = await narrow.caller(f"Bearer {token}", "S31_COOPERATION")
    assert (caller.scopes, caller.purposes) == ({"child.read"}, {Purpose.S31_COOPERATION})
    with pytest.raises(Problem, match="subject"):
        await verifier(kind=IssuerKind.PEOPLE).caller(f"Bearer {token}", None)
    with pytest.raises(Problem, match="algorithm"):
        await verifier(algorithms=frozenset({"ES384"})).caller(f"Bearer {token}", None)


# --- clients change while their tokens live


async def test_a_disabled_client_is_refused_within_seconds(hub: Hub) -> None:
    token = await hub.token()
    await hub.verifier.caller(f"Bearer {token}", None)
    await hub.change(clients.disable)
    hub.clock.pass_(seconds=CLIENT_TTL_S)
    await refused(hub, token, "client-disabled")


async def test_a_scope_taken_away_is_gone_within_seconds(hub: Hub, database: Database) -> None:
    token = await hub.token("child.read advice.write system/Task.cruds")
    assert len((await hub.verifier.caller(f"Bearer {token}", None)).scopes) == 3
    async with database.begin(None) as connection:
        await connection.execute(update(tables.client).values(scopes=["advice.write", "system/Task.rs"]))
    hub.clock.pass_(seconds=CLIENT_TTL_S)
    assert (await hub.verifier.caller(f"Bearer {token}", None)).scopes == {"advice.write"}


async def test_a_rotated_key_does_not_end_tokens_but_a_changed_hub_key_does(hub: Hub, database: Database) -> None:
    token = await hub.token()
    await hub.change(clients.rotate, jwks={"keys": [_public(key_for("ES384", 1))]}, keep_old=False)
    await hub.verifier.caller(f"Bearer {token}", None)
    new = ECKey.generate_key("P-256")
    issuers = trusted_issuers(hub.settings, SigningKey(new, new.thumbprint(), "ES256"))
    with pytest.raises(Problem) as caught:
        await TokenVerifier(hub.settings, database, issuers, hub.clock).caller(f"Bearer {token}", None)
    assert caught.value.rule == "token-signature"


def _public(key: Any) -> dict[str, Any]:
    return {name: value for name, value in key.items() if name != "d"}


async def test_a_database_that_is_away_is_busy_and_nobody_is_let_in(hub: Hub) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    verifier = TokenVerifier(hub.settings, away, trusted_issuers(hub.settings, hub.key), hub.clock)
    with pytest.raises(Problem) as caught:
        await verifier.caller(f"Bearer {hub.access_token()}", None)
    assert caught.value.kind is Kind.BUSY
    await away.close()


# --- at an edge


async def test_a_refusal_is_logged_without_the_token(hub: Hub) -> None:
    token = hub.access_token({"exp": hub.clock.seconds(-1)})
    with capture_logs() as lines:
        await refused(hub, token, "token-expired")
    assert [(line["event"], line["rule"]) for line in lines] == [("caller_refused", "token-expired")]
    assert token.split(".")[2] not in str(lines)


async def test_a_token_in_the_address_is_not_seen(hub: Hub) -> None:
    """Row 40, and RFC 6750 s. 2.3: addresses are logged."""

    async def who(request: Request) -> Response:
        try:
            caller = await hub.verifier.caller(
                request.headers.get("authorization"), request.headers.get("purpose-of-use")
            )
        except Problem as problem:
            return Response(status_code=401, headers={"WWW-Authenticate": challenge(problem, hub.settings)})
        return JSONResponse({"client": caller.client_id})

    token = await hub.token()
    metadata = f'resource_metadata="{ADDRESS}/.well-known/oauth-protected-resource"'
    transport = httpx.ASGITransport(app=Starlette(routes=[Route("/who", who)]))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as http:
        assert (await http.get("/who", headers={"Authorization": f"Bearer {token}"})).json() == {"client": CLIENT}
        answer = await http.get("/who", params={"access_token": token})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, f"Bearer {metadata}")
        answer = await http.get("/who", headers={"Authorization": f"Bearer {token}x"})
        assert answer.headers["www-authenticate"] == (
            f'Bearer error="invalid_token", error_description="the signature does not fit", {metadata}'
        )


def test_a_challenge_names_the_error_and_cannot_be_broken_out_of() -> None:
    settings = Settings(base_url=ADDRESS)
    assert 'error="insufficient_scope"' in challenge(forbidden("no", rule="scope-missing"), settings)
    assert 'error="invalid_request"' in challenge(invalid("no"), settings)
    assert 'error_description="a x=b"' in challenge(invalid('a" x="b\r\n\\é'), settings)
