"""Tokens that are asked about and ended before their time (RFC 7662, RFC 7009), and attempts that are put on record."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from hub.actions import upkeep
from hub.actions.transaction import Transactions
from hub.auth import clients
from hub.auth.assertions import public_jwks
from hub.auth.parties import CLIENT_TTL_S
from hub.clock import new_id
from hub.db import tables
from hub.db.session import Database
from hub.errors import Kind, Problem
from tests.contract.oauth_hub import ADDRESS, CLIENT, Hub, key_for, running_hub

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
OTHER = "other-portal"


@pytest.fixture
async def hub(database: Database, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(database, tmp_path) as running:
        async with database.begin(None) as connection:
            await clients.register(
                connection,
                client_id=OTHER,
                organisation_id=running.organisation,
                label="Another",
                jwks=public_jwks(key_for("ES256")),
                algorithms=["ES256"],
                scopes=["child.read"],
                purposes=["OWN_FUNCTIONS"],
                default_purpose="OWN_FUNCTIONS",
                now=running.clock(),
            )
        yield running


async def post(hub: Hub, path: str, token: str | None, *, client: str = CLIENT) -> httpx.Response:
    key = key_for("ES384") if client == CLIENT else key_for("ES256")
    form = {
        "client_assertion_type": ASSERTION,
        "client_assertion": hub.assertion({"iss": client, "sub": client, "aud": ADDRESS}, key=key),
    }
    return await hub.http.post(f"/oauth/{path}", data=form | ({"token": token} if token is not None else {}))


async def test_a_revoked_token_is_refused_at_once_here_and_within_seconds_elsewhere(
    hub: Hub, database: Database, tmp_path: Path
) -> None:
    token, untouched = await hub.token(), await hub.token()
    async with running_hub(database, tmp_path) as second:
        for each in (hub, second):
            await each.verifier.caller(f"Bearer {token}", None)
        assert (await post(hub, "revoke", token)).status_code == 200
        second.clock.pass_(seconds=CLIENT_TTL_S)
        for each in (hub, second):
            with pytest.raises(Problem) as caught:
                await each.verifier.caller(f"Bearer {token}", None)
            assert (caught.value.kind, caught.value.rule) == (Kind.UNAUTHENTICATED, "token-revoked")
            await each.verifier.caller(f"Bearer {untouched}", None)
    assert (await post(hub, "introspect", token)).json() == {"active": False}
    assert (await post(hub, "revoke", token)).status_code == 200  # again, as RFC 7009 s. 2.2 allows


async def test_what_is_no_token_needs_no_revoking(hub: Hub) -> None:
    for text in ("x", "a.b.c", hub.access_token({"exp": hub.clock.seconds(-1)}), hub.access_token({"iss": "x"})):
        assert (await post(hub, "revoke", text)).status_code == 200
        assert (await post(hub, "introspect", text)).json() == {"active": False}
    for path in ("revoke", "introspect"):
        response = await post(hub, path, None)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


async def test_a_client_ends_and_asks_about_its_own_tokens_alone(hub: Hub) -> None:
    token = await hub.token("child.read system/Task.rs")
    response = await post(hub, "revoke", token, client=OTHER)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    assert (await post(hub, "introspect", token, client=OTHER)).json() == {"active": False}
    said = (await post(hub, "introspect", token)).json()
    assert len(said.pop("jti")) >= 20
    assert said == {
        "active": True,
        "iss": ADDRESS,
        "aud": ADDRESS,
        "sub": CLIENT,
        "client_id": CLIENT,
        "scope": "child.read system/Task.rs",
        "iat": hub.clock.seconds(),
        "exp": hub.clock.seconds(300),
        "token_type": "Bearer",
    }


async def test_only_a_client_that_proves_itself_is_answered(hub: Hub) -> None:
    token = await hub.token()
    for path in ("revoke", "introspect"):
        assert (await hub.http.post(f"/oauth/{path}", data={"token": token})).status_code == 401
        assert (await hub.http.get(f"/oauth/{path}")).status_code == 405
        assert (await hub.http.post(f"/oauth/{path}?token={token}")).status_code == 400
    await hub.verifier.caller(f"Bearer {token}", None)


async def test_a_revocation_is_kept_until_its_token_has_expired(hub: Hub, database: Database) -> None:
    await post(hub, "revoke", await hub.token())
    transactions = Transactions(database, clock=hub.clock, new_id=new_id)
    for passed, kept in ((0, 1), (7_000, 0)):
        hub.clock.pass_(seconds=passed)
        async with transactions.begin(None) as tx:
            await upkeep.forget_used_keys(tx)
            assert len((await tx.connection.execute(select(tables.denied_token))).all()) == kept


# --- row 44


async def test_a_denied_attempt_is_on_record(hub: Hub, database: Database) -> None:
    """A purpose that the client is not registered for: 403, and on record with who tried. Other words are not kept."""
    token = await hub.token()
    for purpose in ("SAFEGUARDING", "ANNUAL_REVIEW"):
        with pytest.raises(Problem) as caught:
            await hub.verifier.caller(f"Bearer {token}", purpose)
        assert (caught.value.kind, caught.value.rule) == (Kind.FORBIDDEN, "purpose-not-registered")
    with pytest.raises(Problem):
        await hub.verifier.caller(f"Bearer {token}", "whatever I like")
    async with database.begin(None) as connection:
        rows = (await connection.execute(select(tables.denied_attempt).order_by(tables.denied_attempt.c.id))).all()
    assert [(row.organisation_id, row.client_id, row.code, row.rule, row.purpose) for row in rows] == [
        (hub.organisation, CLIENT, "FORBIDDEN", "purpose-not-registered", "SAFEGUARDING"),
        (hub.organisation, CLIENT, "FORBIDDEN", "purpose-not-registered", "ANNUAL_REVIEW"),
    ]
    assert len({row.token_id for row in rows}) == 1
