"""A hub's authorization alone, with a clock that tests set, and the means to forge what clients and issuers send."""

import base64
import json
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from joserfc.jwk import import_key
from sqlalchemy import insert
from starlette.applications import Starlette

from hub.auth import clients
from hub.auth.assertions import client_assertion, new_client_key, public_jwks, token_form
from hub.auth.dpop import hash_of
from hub.auth.endpoints import routes
from hub.auth.issuers import trusted_issuers
from hub.auth.jose import ALGORITHMS, registry
from hub.auth.keys import SigningKey, public_part, signing_key
from hub.auth.server import TokenServer
from hub.auth.tokens import TokenVerifier
from hub.db import tables
from hub.db.session import Database
from hub.law.vocabulary import OrganisationKind
from hub.settings import Settings

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADDRESS = "https://hub.example"
TOKEN_ADDRESS = f"{ADDRESS}/oauth/token"
CLIENT = "trust-epr"
SCOPES = ("child.read", "advice.write", "system/Task.cruds", "system/Patient.rs")
PURPOSES = ("OWN_FUNCTIONS", "S31_COOPERATION")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)

    def seconds(self, offset: float = 0) -> int:
        return int(self.now.timestamp() + offset)


@cache
def key_for(algorithm: str, number: int = 0) -> Mapping[str, Any]:
    """A private key, made once for the whole run: making an RSA key takes long. `number` tells several apart."""
    return new_client_key(algorithm)


@dataclass(slots=True)
class Hub:
    """A hub with one client, `CLIENT`, that signs with ES384, and what a test needs to attack it."""

    settings: Settings
    clock: Clock
    key: SigningKey
    server: TokenServer
    verifier: TokenVerifier
    database: Database
    http: httpx.AsyncClient
    organisation: uuid.UUID

    async def ask(self, assertion: str, scope: str | None = "child.read", **more: str) -> httpx.Response:
        return await self.http.post("/oauth/token", data=token_form(assertion, scope) | more)

    async def ask_with(self, **claims: Any) -> httpx.Response:
        """Ask with an assertion whose claims are changed; a claim that is set to None is left out."""
        return await self.ask(self.assertion(claims))

    def assertion(
        self,
        claims: Mapping[str, Any] | None = None,
        *,
        key: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
    ) -> str:
        key = key or key_for("ES384")
        whole = {
            "iss": CLIENT,
            "sub": CLIENT,
            "aud": TOKEN_ADDRESS,
            "jti": uuid.uuid4().hex,
            "iat": self.clock.seconds(),
            "exp": self.clock.seconds(60),
        } | dict(claims or {})
        return signed(key, without_none(whole), header)

    async def token(self, scope: str | None = "child.read") -> str:
        response = await self.ask(client_assertion(key_for("ES384"), CLIENT, TOKEN_ADDRESS, self.clock()), scope)
        assert response.status_code == 200, response.text
        text: str = response.json()["access_token"]
        return text

    def access_token(
        self,
        claims: Mapping[str, Any] | None = None,
        *,
        header: Mapping[str, Any] | None = None,
        key: Mapping[str, Any] | None = None,
    ) -> str:
        """An access token as the hub would sign it, with changes."""
        own = {**self.key.key.as_dict(private=True), "kid": self.key.kid, "alg": self.key.algorithm}
        whole = {
            "iss": ADDRESS,
            "aud": ADDRESS,
            "sub": CLIENT,
            "client_id": CLIENT,
            "jti": uuid.uuid4().hex,
            "iat": self.clock.seconds(),
            "exp": self.clock.seconds(300),
            "scope": "child.read",
        } | dict(claims or {})
        return signed(key or own, without_none(whole), {"typ": "at+jwt"} | dict(header or {}))

    def proof(
        self,
        key: Mapping[str, Any],
        token: str | None = None,
        *,
        method: str = "POST",
        address: str = TOKEN_ADDRESS,
        claims: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
    ) -> str:
        """A DPoP proof by this hub's clock: see `dpop_proof`."""
        own = {"iat": self.clock.seconds()} | dict(claims or {})
        return dpop_proof(key, token, method=method, address=address, claims=own, header=header)

    async def change(self, change: Callable[..., Any], **arguments: Any) -> None:
        async with self.database.begin(None) as connection:
            await change(connection, client_id=CLIENT, now=self.clock(), **arguments)


@asynccontextmanager
async def running_hub(database: Database, data_dir: Path, **settings: Any) -> AsyncGenerator[Hub]:
    """A hub on this database, with `CLIENT` registered if it is not there yet."""
    chosen = replace(Settings(data_dir=data_dir, base_url=ADDRESS), **settings)
    clock, key = Clock(), signing_key(chosen)
    server = TokenServer(chosen, key=key, database_url=database.url, clock=clock)
    issuers = trusted_issuers(chosen, key, clock)
    verifier = TokenVerifier(chosen, database, issuers, clock)
    app = Starlette(routes=list(routes(server, issuers, on_revoked=verifier.forget)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ADDRESS) as http:
        yield Hub(chosen, clock, key, server, verifier, database, http, await _registered(database))
    server.close()


async def _registered(database: Database) -> uuid.UUID:
    async with database.begin(None) as connection:
        known = await clients.find(connection, CLIENT)
        if known is not None:
            return known.organisation
        organisation = uuid.uuid4()
        row = {
            "id": organisation,
            "name": "Northshire NHS Trust",
            "kind": OrganisationKind.NHS_TRUST,
            "ods_code": "RX9",
        }
        await connection.execute(insert(tables.organisation).values(row))
        await clients.register(
            connection,
            client_id=CLIENT,
            organisation_id=organisation,
            label="EPR",
            jwks=public_jwks(key_for("ES384")),
            algorithms=ALGORITHMS,
            scopes=SCOPES,
            purposes=PURPOSES,
            default_purpose="OWN_FUNCTIONS",
            now=START,
        )
    return organisation


def dpop_proof(
    key: Mapping[str, Any],
    token: str | None,
    *,
    method: str,
    address: str,
    claims: Mapping[str, Any],
    header: Mapping[str, Any] | None = None,
) -> str:
    """A DPoP proof for a request, with changes; a member that is set to None is left out."""
    own = {"htm": method, "htu": address, "jti": uuid.uuid4().hex}
    bound = {} if token is None else {"ath": hash_of(token)}
    public = {name: value for name, value in public_part(key).items() if name not in {"use", "kid", "alg"}}
    whole = {"typ": "dpop+jwt", "jwk": public, "kid": None} | dict(header or {})
    return signed(key, without_none(own | bound | dict(claims)), whole)


def signed(key: Mapping[str, Any], claims: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> str:
    """A JWT with a good signature, whatever it says. A header member that is set to None is left out."""
    whole = without_none({"alg": key["alg"], "kid": key["kid"]} | dict(header or {}))
    private = import_key({name: value for name, value in key.items() if name != "alg"})
    algorithm = registry(ALGORITHMS).get_alg(whole["alg"])
    return raw(whole, claims, lambda text: algorithm.sign(text, private))


def raw(header: object, payload: str | Mapping[str, Any], sign: Callable[[bytes], bytes] = lambda text: b"x") -> str:
    """A JWT put together by hand, for what no library would make."""
    claims = payload if isinstance(payload, str) else json.dumps(payload)
    text = f"{_base64(json.dumps(header).encode())}.{_base64(claims.encode())}"
    return f"{text}.{_base64(sign(text.encode()))}"


def without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def assert_refused(response: httpx.Response, error: str = "invalid_client", status: int = 401) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error), response.text
    assert response.headers["cache-control"] == "no-store"
    assert "access_token" not in response.text
