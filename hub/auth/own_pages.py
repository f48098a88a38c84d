"""How people sign in to the hub's own pages and to GraphiQL: as to any system, by a code that they allow, with PKCE.

Both are clients of the body that the person works for, registered like any other. Where the hub's own server signs
people in (never in production), what makes a client one of the pages is its redirect address; they run in the hub's
process, and so their code is redeemed without HTTP. `provider_pages` is the same for another provider. The token that
comes of it is like everybody's, and is asked with like everybody's.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from starlette.concurrency import run_in_threadpool

from hub.auth.clients import Client
from hub.auth.codes import challenge_of, redeem
from hub.auth.issuing import OPENID, Issuing
from hub.auth.metadata import AUTHORIZE_PATH
from hub.auth.server import TokenServer

RETURN_PATH = "/sign-in/return"
GRAPHIQL_PATH = "/graphql"
PENDING_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that has begun: what must come back, and what proves that it comes back to the same browser."""

    client_id: str
    state: str
    verifier: str
    nonce: str

    def asked(self) -> dict[str, str]:
        """The parameters of the authorization request that say so."""
        proof = {"code_challenge": challenge_of(self.verifier), "code_challenge_method": "S256"}
        return {"state": self.state, "nonce": self.nonce} | proof


@dataclass(frozen=True, slots=True)
class SignedInToken:
    """The token of somebody who has signed in. `name` is the person's; `purpose` None: the client's default."""

    token: str
    token_id: str
    client_id: str
    name: str
    expires_at: datetime
    purpose: str | None = None


class SignInWay(Protocol):
    """A server that signs people in to the pages."""

    @property
    def issuer(self) -> str: ...

    async def clients(self) -> list[Client]:
        """Through which people may come, by the names of their bodies."""
        ...

    def address(self, client: Client) -> str:
        """Where a person is sent, but for what a `Pending` adds."""
        ...

    def comes_from(self, issuer: str | None) -> bool:
        """Whether an answer that names this issuer (RFC 9207), or none, can be its own."""
        ...

    async def redeem(self, client: Client, pending: Pending, code: str) -> SignedInToken | None:
        """The token that the code stands for; None where it stands for none."""
        ...


class OwnWay:
    """The hub's own server, for the pages that people come back to at `path`."""

    def __init__(self, server: TokenServer, path: str) -> None:
        self._server = server
        self._redirect_uri = server.settings.address + path
        self._life = timedelta(seconds=server.settings.session_lifetime_s)
        lasting = replace(server.settings, token_lifetime_s=server.settings.session_lifetime_s)
        self._issuing = Issuing(lasting, server.key, server.clock)

    @property
    def issuer(self) -> str:
        return self._server.settings.address

    async def clients(self) -> list[Client]:
        if not self._server.signs_people_in:
            return []
        found = await run_in_threadpool(self._server.records.clients_returning_to, self._redirect_uri)
        return [each for each in found if each.may_act(production=self._server.settings.production)]

    def address(self, client: Client) -> str:
        asked = {"response_type": "code", "client_id": client.client_id, "redirect_uri": self._redirect_uri}
        return f"{AUTHORIZE_PATH}?{urlencode(asked | {'scope': OPENID})}"

    def comes_from(self, issuer: str | None) -> bool:
        return issuer == self.issuer

    async def redeem(self, client: Client, pending: Pending, code: str) -> SignedInToken | None:
        return await run_in_threadpool(self._redeem, client, pending, code)

    def _redeem(self, client: Client, pending: Pending, code: str) -> SignedInToken | None:
        now = self._server.clock()
        given = {"code": code, "code_verifier": pending.verifier, "redirect_uri": self._redirect_uri}
        try:
            grant, signed_in = redeem(self._server.records, given, client, thumbprint=None, now=now)
        except OAuth2Error:
            return None
        token = str(self._issuing.token_response(grant)["access_token"])
        return SignedInToken(token, grant.token_id, client.client_id, signed_in.name, now + self._life)


class PageSignIn:
    """Every way in to the pages, and the one way out."""

    def __init__(self, server: TokenServer, ways: Sequence[SignInWay], on_revoked: Callable[[str], None]) -> None:
        self._server = server
        self._ways = ways
        self._on_revoked = on_revoked

    async def clients(self) -> list[Client]:
        """Through which people may come, by the names of their bodies."""
        found = [each for way in self._ways for each in await way.clients()]
        return sorted(found, key=lambda each: each.organisation_name)

    async def addresses(self) -> list[tuple[Client, str]]:
        """Each client, and where its people are sent, but for what a `Pending` adds."""
        return [(each, way.address(each)) for way in self._ways for each in await way.clients()]

    async def begin(self, client_id: str) -> tuple[str, Pending] | None:
        """Where the person is sent, and what is kept until they come back; None: there is no such client."""
        found = await self._find(client_id)
        if found is None:
            return None
        way, client = found
        pending = Pending(client_id, secrets.token_urlsafe(24), secrets.token_urlsafe(48), secrets.token_urlsafe(24))
        return f"{way.address(client)}&{urlencode(pending.asked())}", pending

    async def finish(self, pending: Pending, *, code: str, issuer: str | None) -> SignedInToken | None:
        """The token that the code stands for; None where it stands for none, or the client may act no more."""
        found = await self._find(pending.client_id)
        if found is None or not found[0].comes_from(issuer):
            return None
        return await found[0].redeem(found[1], pending, code)

    async def sign_out(self, token_id: str, client_id: str, expires_at: datetime) -> None:
        """The token is good no longer, here or anywhere else that keeps a copy of it."""
        await run_in_threadpool(self._deny, token_id, client_id, expires_at)
        self._on_revoked(client_id)

    def _deny(self, token_id: str, client_id: str, expires_at: datetime) -> None:
        records = self._server.records
        with records.begin() as connection:
            records.deny(connection, token_id, client_id, now=self._server.clock(), expires_at=expires_at)

    async def _find(self, client_id: str) -> tuple[SignInWay, Client] | None:
        for way in self._ways:
            for each in await way.clients():
                if each.client_id == client_id:
                    return way, each
        return None
