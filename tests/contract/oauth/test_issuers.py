"""Tokens of other issuers (security.md rows 40, 42, 43; section 2.3): whom the table trusts, and with which keys."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.auth import clients
from hub.auth.assertions import public_jwks
from hub.auth.doctor import trusted
from hub.auth.issuers import trusted_issuers
from hub.auth.jwks import LAST_GOOD_S, MOST_BYTES, RETRY_S, TTL_S, CachedKeys, KeysUnavailableError, from_address
from hub.auth.tokens import TokenVerifier
from hub.db.session import Database
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from hub.settings import SettingError, Settings
from tests.contract.oauth_hub import ADDRESS, CLIENT, Clock, Hub, key_for, running_hub, signed, without_none

IDP, MACHINES = "https://idp.example/realm", "https://machines.example"
KEY = key_for("ES256")
PORTAL, SYSTEM = "idp-portal", "idp-system"


def rows(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "idp.json").write_text(json.dumps(public_jwks(KEY)))
    people = {
        "issuer": IDP,
        "kind": "people",
        "keys": {"file": "idp.json"},
        "audience": ADDRESS,
        "algorithms": ["ES256"],
        "claims": {"client": "azp", "person": "preferred_username", "organisation": "org"},
        "organisations": {"northshire": "RX9", "elsewhere": "RX8"},
        "purposes": ["OWN_FUNCTIONS", "APPEAL"],
        "scopes": ["child.read"],
        "longest_life_s": 600,
    }
    machines = {
        "issuer": MACHINES,
        "kind": "machines",
        "keys": {"file": "idp.json"},
        "audience": ADDRESS,
        "algorithms": ["ES256"],
        "purposes": ["OWN_FUNCTIONS"],
    }
    return {"issuers": [people, machines]}


@pytest.fixture
async def hub(database: Database, tmp_path: Path) -> AsyncIterator[Hub]:
    """A hub that trusts a provider that signs people in, and another that speaks of machines."""
    path = tmp_path / "issuers.json"
    path.write_text(json.dumps(rows(tmp_path)))
    async with running_hub(database, tmp_path, issuers=str(path)) as running:
        async with database.begin(None) as connection:
            for client_id, issuer in ((PORTAL, IDP), (SYSTEM, MACHINES)):
                await clients.register(
                    connection,
                    client_id=client_id,
                    organisation_id=running.organisation,
                    label="Theirs",
                    jwks=None,
                    algorithms=[],
                    scopes=["child.read", "plan.read", "system/Task.rs"],
                    purposes=["OWN_FUNCTIONS", "APPEAL", "MEDIATION"],
                    default_purpose="OWN_FUNCTIONS",
                    issuer=issuer,
                    now=running.clock(),
                )
        yield running


def people_token(hub: Hub, *, key: Mapping[str, Any] = KEY, header: Any = None, **claims: Any) -> str:
    whole = {
        "iss": IDP,
        "aud": ADDRESS,
        "sub": "8f1c",
        "preferred_username": "b.castell",
        "azp": PORTAL,
        "org": "northshire",
        "jti": "j-1",
        "iat": hub.clock.seconds(),
        "exp": hub.clock.seconds(300),
        "scope": "openid child.read plan.read",
    } | claims
    return signed(key, without_none(whole), {"typ": "at+jwt"} | (header or {}))


async def refused(hub: Hub, token: str, kind: Kind, rule: str, *, machines_only: bool = False) -> None:
    with pytest.raises(Problem) as caught:
        await hub.verifier.caller(f"Bearer {token}", None, machines_only=machines_only)
    assert (caught.value.kind, caught.value.rule) == (kind, rule)


async def test_a_person_of_a_trusted_provider(hub: Hub) -> None:
    """Who, from the provider; for which body, by its row; what, from the registration and the row together."""
    caller = await hub.verifier.caller(f"Bearer {people_token(hub)}", None)
    assert (caller.client_id, caller.person) == (PORTAL, "b.castell")
    assert (caller.organisation, caller.organisation_code) == (hub.organisation, "RX9")
    assert caller.scopes == {"child.read"}
    assert caller.purposes == {Purpose.OWN_FUNCTIONS, Purpose.APPEAL}


async def test_the_roles_of_a_trusted_provider(hub: Hub, database: Database, tmp_path: Path) -> None:
    """Its roles open what its row says of each, together, and never more than the client and the row do."""
    table = rows(tmp_path)
    table["issuers"][0]["claims"] |= {"role": "roles"}
    table["issuers"][0]["scopes"] = ["child.read", "plan.read"]
    table["issuers"][0]["roles"] = {
        "SEND-CASEWORK": {"scopes": ["child.read", "budget.read"], "purposes": ["OWN_FUNCTIONS", "MEDIATION"]},
        "SEND-APPEALS": {"scopes": ["plan.read"], "purposes": ["APPEAL"]},
    }
    path = tmp_path / "with-roles.json"
    path.write_text(json.dumps(table))
    asked = "openid child.read plan.read budget.read"
    async with running_hub(database, tmp_path, issuers=str(path)) as mapped:

        async def caller(roles: object, purpose: str | None = None) -> Caller:
            token = people_token(mapped, jti=str(roles), roles=roles, scope=asked)
            return await mapped.verifier.caller(f"Bearer {token}", purpose)

        one = await caller("SEND-CASEWORK")
        assert (one.scopes, one.purposes) == ({"child.read"}, {Purpose.OWN_FUNCTIONS})
        both = await caller(["SEND-CASEWORK", "SEND-APPEALS", "COFFEE"], "APPEAL")
        assert (both.scopes, both.purpose) == ({"child.read", "plan.read"}, Purpose.APPEAL)
        for roles, purpose in (("SEND-CASEWORK", "APPEAL"), ("COFFEE", None), (None, None), ([7], None), ({}, None)):
            with pytest.raises(Problem) as caught:
                await caller(roles, purpose)
            assert (caught.value.kind, caught.value.rule) == (Kind.FORBIDDEN, "purpose-not-of-role")


async def test_a_machine_of_a_trusted_issuer(hub: Hub) -> None:
    token = people_token(
        hub, iss=MACHINES, sub=SYSTEM, client_id=SYSTEM, azp=None, org=None, scope="system/Task.r plan.read"
    )
    caller = await hub.verifier.caller(f"Bearer {token}", None, machines_only=True)
    assert (caller.client_id, caller.person, caller.scopes) == (SYSTEM, None, {"system/Task.r", "plan.read"})


async def test_people_on_a_route_for_machines(hub: Hub) -> None:
    """Row 43."""
    await refused(hub, people_token(hub), Kind.FORBIDDEN, "machine-route", machines_only=True)


async def test_a_client_of_another_issuer(hub: Hub) -> None:
    """Row 43: each issuer speaks of its own clients alone; the hub's own server too."""
    theirs = {"client_id": SYSTEM, "sub": SYSTEM}
    for token in (
        people_token(hub, azp=CLIENT),
        people_token(hub, azp=SYSTEM),
        people_token(hub, iss=MACHINES, sub=PORTAL, client_id=PORTAL),
        people_token(hub, iss=MACHINES, sub=CLIENT, client_id=CLIENT),
        hub.access_token(theirs),
    ):
        await refused(hub, token, Kind.FORBIDDEN, "client-of-another-issuer")
    response = await hub.ask(hub.assertion({"iss": SYSTEM, "sub": SYSTEM}))
    assert response.status_code == 401


async def test_a_body_that_is_not_the_clients(hub: Hub) -> None:
    await refused(hub, people_token(hub, org="elsewhere"), Kind.FORBIDDEN, "organisation-not-clients")
    for org in ("RX9", "unheard-of", None, "", ["northshire"]):
        await refused(hub, people_token(hub, org=org), Kind.UNAUTHENTICATED, "token-organisation")


async def test_a_token_that_its_issuer_should_not_have_made(hub: Hub) -> None:
    """Row 40."""
    now = hub.clock.seconds()
    for token, rule in (
        (people_token(hub, iss="https://unknown.example"), "token-issuer"),
        (people_token(hub, iss=f"{IDP}/"), "token-issuer"),
        (people_token(hub, header={"typ": "JWT"}), "token-type"),
        (people_token(hub, header={"typ": None}), "token-type"),
        (people_token(hub, aud=PORTAL), "token-audience"),
        (people_token(hub, aud=[ADDRESS]), "token-audience"),
        (people_token(hub, exp=now - 1), "token-expired"),
        (people_token(hub, exp=now + 601), "token-malformed"),
        (people_token(hub, sub=PORTAL), "token-malformed"),
        (people_token(hub, preferred_username=None), "token-malformed"),
        (people_token(hub, azp=None), "token-malformed"),
        (people_token(hub, key=key_for("ES256", 1)), "token-signature"),
        (people_token(hub, key={**key_for("ES256", 1), "kid": KEY["kid"]}), "token-signature"),
        (people_token(hub, iss=ADDRESS), "token-signature"),
    ):
        await refused(hub, token, Kind.UNAUTHENTICATED, rule)


# --- keys (row 42)


class Source:
    """Where keys are: what it answers can be changed, and it counts how often it was asked."""

    def __init__(self, *keys: Mapping[str, Any]) -> None:
        self.content: bytes | None = json.dumps(public_jwks(*keys)).encode()
        self.asked = 0

    async def __call__(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if self.content is None:
            raise KeysUnavailableError("down")
        return self.content

    def has(self, *keys: Mapping[str, Any]) -> None:
        self.content = json.dumps(public_jwks(*keys)).encode()


OLD, NEW = key_for("ES256", 0), key_for("ES256", 1)


async def test_keys_are_kept_for_ten_minutes_and_unknown_ones_looked_for_once_a_minute() -> None:
    clock, source = Clock(), Source(OLD)
    keys = CachedKeys("idp", source, clock)
    assert all(await asyncio.gather(*(keys.key(OLD["kid"]) for _ in range(20))))
    assert source.asked == 1
    source.has(NEW)
    for _ in range(20):
        assert await keys.key(NEW["kid"]) is None
    clock.pass_(seconds=RETRY_S)
    assert await keys.key(NEW["kid"]) is not None
    assert await keys.key(OLD["kid"]) is None
    assert await keys.key(None) is None
    assert source.asked == 2
    clock.pass_(seconds=TTL_S)
    assert await keys.key(NEW["kid"]) is not None
    assert source.asked == 3


async def test_the_last_good_keys_are_used_for_a_day() -> None:
    """Fault 20: the issuer is down; known keys go on, a new kid is refused, and it is said in the log."""
    clock, source = Clock(), Source(OLD)
    keys = CachedKeys("idp", source, clock)
    assert await keys.key(OLD["kid"]) is not None
    source.content = None
    clock.pass_(seconds=LAST_GOOD_S - 1)
    with capture_logs() as lines:
        for _ in range(5):
            assert await keys.key(OLD["kid"]) is not None
            assert await keys.key(NEW["kid"]) is None
    assert [(line["event"], line["address"]) for line in lines] == [("issuer_keys_unavailable", "idp")]
    clock.pass_(seconds=1)
    assert await keys.key(OLD["kid"]) is None
    clock.pass_(seconds=RETRY_S)
    source.has(OLD)
    assert await keys.key(OLD["kid"]) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"<html>not found</html>",
        b"",
        b"[]",
        b'{"keys": {}}',
        b'{"keys": []}',
        b'{"keys": [5, null, {"kty": "oct", "k": "c2VjcmV0", "kid": "a"}]}',
        b"[" * 100_000,
        json.dumps({"keys": [{"kid": str(n)} for n in range(51)]}).encode(),
        json.dumps({"keys": public_jwks(OLD)["keys"] * 2}).encode(),
    ],
)
async def test_an_answer_that_is_no_set_of_keys_changes_nothing(content: bytes) -> None:
    clock, source = Clock(), Source(OLD)
    keys = CachedKeys("idp", source, clock)
    assert await keys.key(OLD["kid"]) is not None
    source.content = content
    clock.pass_(seconds=TTL_S)
    assert await keys.key(OLD["kid"]) is not None
    assert source.asked == 2


async def test_a_key_that_is_taken_back_ends_its_tokens_within_ten_minutes(hub: Hub, database: Database) -> None:
    """Row 42: also those that have been checked already and are remembered."""
    source = Source(KEY)
    table = trusted_issuers(hub.settings, hub.key, hub.clock)
    row = replace(table[IDP], keys=CachedKeys(IDP, source, hub.clock), longest_life_s=3_600)
    verifier = TokenVerifier(hub.settings, database, {IDP: row}, hub.clock)
    token = people_token(hub, exp=hub.clock.seconds(3_000))
    await verifier.caller(f"Bearer {token}", None)
    source.has(NEW)
    hub.clock.pass_(seconds=TTL_S - 1)
    await verifier.caller(f"Bearer {token}", None)
    hub.clock.pass_(seconds=1)
    with pytest.raises(Problem, match="signature"):
        await verifier.caller(f"Bearer {token}", None)


async def test_what_an_address_answers_is_bounded(unused_tcp_port_factory: Any) -> None:
    """Row 42: 10 MB, a redirect, a fault, something compressed, and nobody at home."""
    good = json.dumps(public_jwks(OLD)).encode()
    answers = {
        "/good": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(good), good),
        "/huge": b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + b" " * (MOST_BYTES + 70_000),
        "/redirect": b"HTTP/1.1 302 Found\r\nLocation: /good\r\nContent-Length: 0\r\n\r\n",
        "/fault": b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
        "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{",
    }

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        writer.write(answers[asked])
        await writer.drain()
        writer.close()

    port = unused_tcp_port_factory()
    async with await asyncio.start_server(serve, "127.0.0.1", port) as server:
        assert await from_address(f"http://127.0.0.1:{port}/good")() == good
        for path in ("/huge", "/redirect", "/fault", "/cut"):
            with pytest.raises(KeysUnavailableError):
                await from_address(f"http://127.0.0.1:{port}{path}")()
        server.close()
    with pytest.raises(KeysUnavailableError, match="does not answer"):
        await from_address(f"http://127.0.0.1:{unused_tcp_port_factory()}/")()


# --- the file


def test_what_is_wrong_in_the_file_is_said_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "issuers.json"

    def said(content: object) -> str:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        with pytest.raises(SettingError) as caught:
            trusted_issuers(Settings(base_url=ADDRESS, issuers=str(path)), key_of_hub(tmp_path))
        return str(caught.value)

    whole = rows(tmp_path)
    row = whole["issuers"][0]

    def with_(**changed: Any) -> dict[str, Any]:
        return {"issuers": [row | changed]}

    for content, expected in (
        ("{", "is not JSON"),
        ([], "the file: "),
        ({"issuers": []}, "issuers: "),
        ({"issuers": [row, row]}, "an issuer stands in it once"),
        (with_(unknown=1), "issuers.0.unknown: Extra inputs are not permitted"),
        (with_(kind="robots"), "issuers.0.kind: "),
        (with_(issuer="http://idp.example"), "issuers.0.issuer: an https address"),
        (with_(keys={}), "issuers.0.keys: either file or address"),
        (with_(keys={"file": "a", "address": "https://b"}), "issuers.0.keys: either file or address"),
        (with_(keys={"address": "http://idp.example/jwks"}), "issuers.0.keys: an https address"),
        (with_(algorithms=["ES256", "HS256", "none"]), "issuers.0.algorithms: HS256, none is not among"),
        (with_(algorithms=[]), "issuers.0.algorithms: "),
        (with_(purposes=["FUN"]), "issuers.0.purposes: FUN is not among"),
        (with_(scopes=["all"]), "issuers.0.scopes: the hub does not know all"),
        (with_(claims=row["claims"] | {"role": "roles"}), "issuers.0: roles and claims.role"),
        (with_(roles={"SENCO": {"scopes": ["all"], "purposes": []}}), "issuers.0.roles.SENCO.scopes: the hub does not"),
        (with_(roles={"SENCO": {"scopes": [], "purposes": ["FUN"]}}), "issuers.0.roles.SENCO.purposes: FUN is not"),
        (with_(claims={}), "issuers.0: organisations needs claims.organisation"),
        (with_(longest_life_s=True), "issuers.0.longest_life_s: "),
        (with_(longest_life_s=100_000), "issuers.0.longest_life_s: "),
        (with_(issuer=ADDRESS), "is the hub's own address"),
    ):
        assert expected in said(content), said(content)
    path.unlink()
    with pytest.raises(SettingError, match="cannot be read"):
        trusted_issuers(Settings(base_url=ADDRESS, issuers=str(path)), key_of_hub(tmp_path))


def key_of_hub(tmp_path: Path) -> Any:
    from hub.auth.keys import signing_key

    return signing_key(Settings(data_dir=tmp_path))


async def test_the_doctor_says_whose_keys_can_be_had(tmp_path: Path) -> None:
    path = tmp_path / "issuers.json"
    content = rows(tmp_path)
    content["issuers"][1]["keys"] = {"file": "nothing.json"}
    path.write_text(json.dumps(content))
    said = await trusted(Settings(base_url=ADDRESS, issuers=str(path)))
    assert [reached for _, reached in said] == [True, True, False]
    assert said[1][0] == f"trusted issuer {IDP} (people): 1 keys"
    assert "nothing.json cannot be read" in said[2][0]
