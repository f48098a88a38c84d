"""How people sign in to the hub's pages at a provider of their own: OpenID Connect Core s. 3.1, the production way.

The hub is a confidential client there and proves itself with its own key, whose public half the provider finds at
`/oauth/jwks`. What comes back is believed as far as two things agree that the provider has signed: the ID token, which
is for this client and this very sign-in (nonce), and the access token, which is for this hub and of the same person.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from anyio import fail_after
from starlette.concurrency import run_in_threadpool

from hub.auth.access_token import AccessToken, check
from hub.auth.assertions import client_assertion
from hub.auth.bounded import AnswerError, content_of
from hub.auth.client_proof import ASSERTION_TYPE
from hub.auth.clients import Client
from hub.auth.issuer_file import SignInAt
from hub.auth.issuers import Issuer
from hub.auth.issuing import OPENID
from hub.auth.jose import SKEW_S, Jwt, JwtError, claim_seconds, claim_text, read, verify
from hub.auth.own_pages import Pending, SignedInToken
from hub.auth.scopes import GRAPHQL, covered
from hub.auth.server import CODE_GRANT, TokenServer

_TIMEOUT_S = 5.0
_MOST_BYTES = 64 * 1024
_LONGEST_NAME = 200
_PLAIN = {"Accept": "application/json", "Accept-Encoding": "identity"}  # what is packed has no bounded size
_log = structlog.get_logger()


class _NotSignedInError(Exception):
    """The provider's answer signs nobody in; the message is for the log and repeats nothing of it."""


class ProviderWay:
    """A provider of the table of issuers, for the pages that people come back to at `path`.

    `free`: the pages there ask whatever a person writes (GraphiQL), and so a client of trusted documents is of no use.
    """

    def __init__(self, server: TokenServer, issuer: Issuer, at: SignInAt, path: str, *, free: bool = False) -> None:
        self._server = server
        self._issuer = issuer
        self._at = at
        self._redirect_uri = server.settings.address + path
        self._free = free

    @property
    def issuer(self) -> str:
        return self._issuer.issuer

    async def clients(self) -> list[Client]:
        found = await run_in_threadpool(self._server.records.clients_named, self._at.clients)
        return [each for each in found if self._is_good(each)]

    def address(self, client: Client) -> str:
        asked = {"response_type": "code", "client_id": client.client_id, "redirect_uri": self._redirect_uri}
        asked |= {"scope": self._at.scope or self._scope(client), **self._at.parameters}
        return f"{self._at.authorization}{'&' if '?' in self._at.authorization else '?'}{urlencode(asked)}"

    def comes_from(self, issuer: str | None) -> bool:
        """Not every provider says `iss` (RFC 9207) yet; each has its own token address, and signs the answer."""
        return issuer in {None, self.issuer}

    async def redeem(self, client: Client, pending: Pending, code: str) -> SignedInToken | None:
        try:
            answer = await self._asked(client, pending, code)
            return await self._signed_in(answer, client, pending)
        except (_NotSignedInError, AnswerError, JwtError) as error:
            _log.warning("sign_in_not_finished", client_id=client.client_id, issuer=self.issuer, error=str(error))
            return None

    def _is_good(self, client: Client) -> bool:
        acts = client.issuer == self.issuer and client.may_act(production=self._server.settings.production)
        return acts and not (self._free and client.only_documents)

    def _scope(self, client: Client) -> str:
        """The client's scopes for GraphQL, as far as the provider may issue them."""
        may = self._issuer.may_issue_scopes
        asked = sorted(client.scopes & GRAPHQL.keys())
        return " ".join([OPENID, *(each for each in asked if may is None or covered(each, by=may))])

    async def _asked(self, client: Client, pending: Pending, code: str) -> dict[str, Any]:
        """The provider's answer to the code: one answer, no redirect, of a bounded size, in a bounded time."""
        key = self._server.key
        signing = {**key.key.as_dict(private=True), "kid": key.kid, "alg": key.algorithm}
        form = {
            "grant_type": CODE_GRANT,
            "code": code,
            "code_verifier": pending.verifier,
            "redirect_uri": self._redirect_uri,
            "client_id": client.client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": client_assertion(signing, client.client_id, self.issuer, self._server.clock()),
            **self._at.parameters,
        }
        try:
            with fail_after(2 * _TIMEOUT_S):
                async with (
                    httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False) as http,
                    http.stream("POST", self._at.token, data=form, headers=_PLAIN) as response,
                ):
                    content = await content_of(response, most_bytes=_MOST_BYTES)
            answer: object = json.loads(content)
        except (httpx.HTTPError, TimeoutError, ValueError, RecursionError) as error:
            raise _NotSignedInError(f"the token address does not answer: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise _NotSignedInError("the token address does not answer with an object")
        return answer  # pyright: ignore[reportUnknownVariableType]  (JSON; each member is checked where it is used)

    async def _signed_in(self, answer: dict[str, Any], client: Client, pending: Pending) -> SignedInToken:
        id_token, text = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str) or not isinstance(text, str):
            raise _NotSignedInError("there is no ID token, or no access token")
        who = await self._person(id_token, client, pending)
        token = await self._token(text)
        if token.client_id != client.client_id or read(text).claims.get("sub") != who.claims["sub"]:
            raise _NotSignedInError("the tokens are not of the same client and person")
        return SignedInToken(
            text, token.token_id, client.client_id, _name(who), datetime.fromtimestamp(token.expires_at, UTC)
        )

    async def _token(self, text: str) -> AccessToken:
        """The access token, which is checked again at each request that it makes."""
        token = await check(text, {self.issuer: self._issuer}, self._server.clock().timestamp())
        if token.thumbprint is not None:
            raise _NotSignedInError("the access token is bound to a key that the pages do not have")
        return token

    async def _person(self, text: str, client: Client, pending: Pending) -> Jwt:
        """The ID token (OpenID Connect Core s. 3.1.3.7)."""
        jwt = read(text)
        found = await self._issuer.keys.key(jwt.kid)
        if found is None or jwt.header.get("typ") == "at+jwt":
            raise JwtError("signature", "the ID token's signature does not fit")
        verify(jwt, found.key, self._issuer.algorithms)
        audience, now = jwt.claims.get("aud"), self._server.clock().timestamp()
        if jwt.claims.get("iss") != self.issuer or audience not in (client.client_id, [client.client_id]):
            raise JwtError("audience", "the ID token is not of this provider for this client")
        if jwt.claims.get("azp", client.client_id) != client.client_id:
            raise JwtError("audience", "the ID token was given to another client")
        issued, expires = claim_seconds(jwt.claims, "iat"), claim_seconds(jwt.claims, "exp")
        if issued is None or expires is None or expires <= now - SKEW_S or issued > now + SKEW_S:
            raise JwtError("expired", "the ID token is not valid now")
        if jwt.claims.get("nonce") != pending.nonce or claim_text(jwt.claims, "sub") is None:
            raise JwtError("nonce", "the ID token is not of this sign-in")
        return jwt


def _name(who: Jwt) -> str:
    """What the person is called, for them to see that it is they who have signed in."""
    for claim in ("name", "preferred_username", "sub"):
        said: object = who.claims.get(claim)
        if isinstance(said, str) and said and len(said) <= _LONGEST_NAME and said.isprintable():
            return said
    return ""


def provider_ways(
    server: TokenServer, issuers: Mapping[str, Issuer], path: str, *, free: bool = False
) -> list[ProviderWay]:
    """A way for each provider of the table whose people sign in to the pages."""
    return [
        ProviderWay(server, each, each.sign_in, path, free=free)
        for each in issuers.values()
        if each.sign_in is not None
    ]
