"""Registering clients: what is kept, and what is refused with its place."""

import uuid
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey
from sqlalchemy import select

from hub.auth import clients
from hub.auth.assertions import public_jwks
from hub.db import tables
from hub.errors import Kind, Problem
from hub.law.reg17_disclosure import Purpose
from tests.contract.oauth_hub import CLIENT, PURPOSES, SCOPES, START, Hub, key_for

PUBLIC: dict[str, Any] = public_jwks(key_for("ES384"))["keys"][0]


async def register(hub: Hub, **changed: Any) -> None:
    values: dict[str, Any] = {
        "client_id": "another",
        "organisation_id": hub.organisation,
        "label": "Another",
        "jwks": {"keys": [PUBLIC]},
        "algorithms": ["ES384"],
        "scopes": ["child.read"],
        "purposes": ["OWN_FUNCTIONS"],
        "default_purpose": "OWN_FUNCTIONS",
        "now": START,
    }
    async with hub.database.begin(None) as connection:
        await clients.register(connection, **(values | changed))


async def refused(hub: Hub, rule: str, path: tuple[str, ...] = (), kind: Kind = Kind.INVALID, **changed: Any) -> None:
    with pytest.raises(Problem) as caught:
        await register(hub, **changed)
    assert (caught.value.kind, caught.value.rule, caught.value.path) == (kind, rule, path), changed


async def test_a_client_is_kept_and_listed_with_its_organisation(hub: Hub) -> None:
    await register(hub, demo="demo.json", purposes=["S31_COOPERATION", "OWN_FUNCTIONS"])
    async with hub.database.begin(None) as connection:
        listed = await clients.list_clients(connection)
    assert [client.client_id for client in listed] == ["another", CLIENT]
    another = listed[0]
    assert (another.organisation, another.organisation_code) == (hub.organisation, "RX9")
    assert (another.purposes, another.default_purpose) == (
        {Purpose.OWN_FUNCTIONS, Purpose.S31_COOPERATION},
        Purpose.OWN_FUNCTIONS,
    )
    assert (another.demo, another.created_at, another.rotated_at, another.disabled_at) == (
        "demo.json",
        START,
        None,
        None,
    )
    assert listed[1].scopes == set(SCOPES)
    assert {purpose.value for purpose in listed[1].purposes} == set(PURPOSES)


async def test_only_the_members_of_a_public_key_are_kept(hub: Hub) -> None:
    """An address of certificates in a key would be somebody else's to change."""
    await register(hub, jwks={"keys": [PUBLIC | {"x5u": "https://x", "ext": True}], "note": "x"})
    async with hub.database.begin(None) as connection:
        kept = await connection.scalar(select(tables.client.c.jwks).where(tables.client.c.client_id == "another"))
    assert kept == {"keys": [PUBLIC]}
    assert sorted(PUBLIC) == ["alg", "crv", "kid", "kty", "use", "x", "y"]


async def test_a_private_key_is_refused(hub: Hub) -> None:
    first = ("jwks", "keys", "0")
    for algorithm in ("ES384", "RS512", "Ed25519"):
        await refused(hub, "private-key", first, jwks={"keys": [key_for(algorithm)]}, algorithms=[algorithm])
    secret = OctKey.generate_key(256).as_dict(private=True)
    await refused(hub, "private-key", first, jwks={"keys": [secret | {"kid": "1"}]})


async def test_keys_that_are_none(hub: Hub) -> None:
    without_keys: list[dict[str, Any]] = [{}, {"keys": []}, {"keys": {}}, {"keys": None}, {"keys": [PUBLIC] * 11}]
    for jwks in without_keys:
        await refused(hub, "jwks-shape", ("jwks", "keys"), jwks=jwks)
    not_keys: list[Any] = [None, [], "x", 5]
    for key in not_keys:
        await refused(hub, "jwks-shape", ("jwks", "keys", "1"), jwks={"keys": [PUBLIC, key]})
    for name, value, rule, path in [
        ("kid", None, "kid-missing", ("kid",)),
        ("kid", "", "kid-missing", ("kid",)),
        ("kid", "x" * 129, "kid-missing", ("kid",)),
        ("kid", "a b", "kid-missing", ("kid",)),
        ("kid", ["a"], "kid-missing", ("kid",)),
        ("kty", "oct", "key-type", ("kty",)),
        ("kty", None, "key-type", ("kty",)),
        ("kty", ["EC"], "key-type", ("kty",)),
        ("crv", ["P-384"], "key-malformed", ()),
        ("use", "enc", "key-use", ("use",)),
        ("alg", "ES256", "key-algorithm", ("alg",)),
        ("alg", "none", "key-algorithm", ("alg",)),
        ("crv", "P-999", "key-malformed", ()),
        ("x", PUBLIC["y"], "key-malformed", ()),
        ("x", "!", "key-malformed", ()),
        ("x", 5, "key-malformed", ()),
    ]:
        await refused(hub, rule, ("jwks", "keys", "0", *path), jwks={"keys": [PUBLIC | {name: value}]})


async def test_two_keys_with_one_id(hub: Hub) -> None:
    """SMART: the kid says which key is meant."""
    other = public_jwks(key_for("ES384", 1))["keys"][0] | {"kid": PUBLIC["kid"]}
    await refused(hub, "kid-not-unique", ("jwks", "keys"), jwks={"keys": [PUBLIC, other]})


async def test_keys_that_do_not_fit_the_algorithms(hub: Hub) -> None:
    place = ("jwks", "keys", "0", "alg")
    unnamed = {name: value for name, value in PUBLIC.items() if name != "alg"}
    await register(hub, client_id="unnamed", jwks={"keys": [unnamed]})
    await refused(hub, "key-algorithm", place, jwks={"keys": [unnamed]}, algorithms=["ES256"])
    await refused(hub, "key-algorithm", place, jwks={"keys": [unnamed]}, algorithms=["RS512", "Ed25519"])
    for key in (ECKey.generate_key("P-521"), ECKey.generate_key("secp256k1"), OKPKey.generate_key("X25519")):
        jwks = {"keys": [key.as_dict(private=False) | {"kid": "1"}]}
        await refused(hub, "key-algorithm", place, jwks=jwks, algorithms=["ES256", "ES384", "Ed25519"])


async def test_short_and_huge_rsa_keys(hub: Hub) -> None:
    public = public_jwks(key_for("RS512"))["keys"][0]
    place = ("jwks", "keys", "0", "n")
    for modulus in (public["n"][:170], public["n"][:341], public["n"] * 2):
        await refused(hub, "rsa-key-size", place, jwks={"keys": [public | {"n": modulus}]}, algorithms=["RS512"])


async def test_algorithms_scopes_and_purposes_that_the_hub_does_not_have(hub: Hub) -> None:
    for algorithms in ([], ["HS256"], ["none"], ["RS256"], ["ES384", "ES512"]):
        await refused(hub, "algorithm-unknown", ("algorithms",), algorithms=algorithms)
    for scopes in ([], ["child.write"], ["child.read", "system/Nothing.r"], ["system/Task.rs?owner=1"]):
        await refused(hub, "scope-unknown", ("scopes",), scopes=scopes)
    for purposes in ([], ["CURIOSITY"], ["OWN_FUNCTIONS", "own_functions"]):
        await refused(hub, "purpose-unknown", ("purposes",), purposes=purposes)
    await refused(hub, "purpose-not-registered", ("default_purpose",), default_purpose="COURT")


async def test_breaking_the_glass_is_never_a_default(hub: Hub) -> None:
    both = ["OWN_FUNCTIONS", "SAFEGUARDING"]
    await refused(hub, "default-purpose", ("default_purpose",), purposes=both, default_purpose="SAFEGUARDING")
    await register(hub, purposes=both)


async def test_ids_and_labels(hub: Hub) -> None:
    for client_id in ["", "a b", "-a", "é", "a\x00", "a\n", "x" * 129, "a/b"]:
        await refused(hub, "client-id", ("client_id",), client_id=client_id)
    for label in ["", "  ", "a\nb", "x" * 201, "a\x00"]:
        await refused(hub, "label", ("label",), label=label)
    await refused(hub, "client-exists", kind=Kind.CONFLICT, client_id=CLIENT)
    await refused(hub, "not-found", kind=Kind.NOT_FOUND, organisation_id=uuid.uuid4())


async def test_rotation(hub: Hub) -> None:
    jwks = public_jwks(key_for("ES384", 1))
    with pytest.raises(Problem) as caught:
        await hub.change(clients.rotate, jwks=public_jwks(key_for("ES384")), keep_old=True)
    assert caught.value.rule == "kid-not-unique"
    with pytest.raises(Problem) as caught:
        await hub.change(clients.rotate, jwks={"keys": [key_for("ES384", 1)]}, keep_old=False)
    assert caught.value.rule == "private-key"
    ten = {"keys": [PUBLIC | {"kid": str(number)} for number in range(10)]}
    with pytest.raises(Problem, match="at most 10"):
        await hub.change(clients.rotate, jwks=ten, keep_old=True)
    await hub.change(clients.rotate, jwks=jwks, keep_old=True)
    async with hub.database.begin(None) as connection:
        client = await clients.find(connection, CLIENT)
    assert client is not None
    assert client.rotated_at == START
    assert [key["kid"] for key in client.jwks["keys"]] == [PUBLIC["kid"], jwks["keys"][0]["kid"]]


async def test_a_disabled_client_stays_disabled(hub: Hub) -> None:
    await hub.change(clients.disable)
    hub.clock.pass_(days=1)
    await hub.change(clients.disable)  # the first time counts
    with pytest.raises(Problem) as caught:
        await hub.change(clients.rotate, jwks=public_jwks(key_for("ES384", 1)), keep_old=False)
    assert (caught.value.kind, caught.value.rule) == (Kind.CONFLICT, "client-disabled")
    async with hub.database.begin(None) as connection:
        client = await clients.find(connection, CLIENT)
        assert client is not None
        assert client.disabled_at == START
        assert await clients.find(connection, "no\x00body") is None
        with pytest.raises(Problem) as caught:
            await clients.disable(connection, client_id="nobody", now=START)
        assert caught.value.kind is Kind.NOT_FOUND
        with pytest.raises(Problem) as caught:
            await clients.rotate(connection, client_id="nobody", jwks={"keys": [PUBLIC]}, keep_old=False, now=START)
        assert caught.value.kind is Kind.NOT_FOUND
