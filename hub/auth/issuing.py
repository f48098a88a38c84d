"""The tokens that the hub's own server signs: access tokens (RFC 9068), and ID tokens for who signs people in."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from joserfc import jwt

from hub.auth.clients import Client
from hub.auth.issuers import PERSON
from hub.auth.jose import registry
from hub.auth.keys import SigningKey
from hub.settings import Settings

OPENID = "openid"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client has been granted. `thumbprint`: of the key that the token is bound to."""

    client: Client
    scope: str
    token_id: str
    person: str | None = None
    thumbprint: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What an ID token tells of a person's sign-in."""

    username: str
    name: str
    nonce: str | None
    at: datetime


def new_token_id() -> str:
    return secrets.token_urlsafe(16)


class Issuing:
    """Signs tokens with the hub's key."""

    def __init__(self, settings: Settings, key: SigningKey, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._key = key
        self._clock = clock

    def token_response(self, grant: Grant, signed_in: SignedIn | None = None) -> dict[str, object]:
        """The answer to a token request (RFC 6749 s. 5.1), with an ID token where a person has signed in."""
        token = self._access_token(grant)
        _log.info("token_issued", client_id=grant.client.client_id, token_id=grant.token_id, scope=grant.scope)
        answer: dict[str, object] = {
            "access_token": token,
            "token_type": "Bearer" if grant.thumbprint is None else "DPoP",
            "expires_in": self._settings.token_lifetime_s,
            "scope": grant.scope,
        }
        if signed_in is not None and OPENID in grant.scope.split():
            answer["id_token"] = self._id_token(grant.client, signed_in, token)
        return answer

    def _access_token(self, grant: Grant) -> str:
        """Its claims are a contract with resource servers: add, never change."""
        client = grant.client
        claims = self._claims(client.client_id if grant.person is None else PERSON + grant.person) | {
            "aud": self._settings.address,
            "client_id": client.client_id,
            "jti": grant.token_id,
            "scope": grant.scope,
            "org": client.organisation_code,  # for people who read tokens; the hub never relies on it
        }
        if grant.thumbprint is not None:
            claims["cnf"] = {"jkt": grant.thumbprint}
        return self._signed("at+jwt", claims)

    def _id_token(self, client: Client, signed_in: SignedIn, access_token: str) -> str:
        """OpenID Connect Core s. 2, for the client alone."""
        claims = self._claims(PERSON + signed_in.username) | {
            "aud": client.client_id,
            "auth_time": int(signed_in.at.timestamp()),
            "at_hash": self._at_hash(access_token),
            "name": signed_in.name,
            "preferred_username": signed_in.username,
        }
        if signed_in.nonce is not None:
            claims["nonce"] = signed_in.nonce
        return self._signed("JWT", claims)

    def _claims(self, subject: str) -> dict[str, Any]:
        now = int(self._clock().timestamp())
        return {
            "iss": self._settings.address,
            "sub": subject,
            "iat": now,
            "exp": now + self._settings.token_lifetime_s,
        }

    def _signed(self, kind: str, claims: dict[str, Any]) -> str:
        header = {"typ": kind, "alg": self._key.algorithm, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key.key, registry=registry({self._key.algorithm}))

    def _at_hash(self, access_token: str) -> str:
        """The left half of the hash that the signature's algorithm uses (OpenID Connect Core s. 3.1.3.6)."""
        hashed = {"ES384": hashlib.sha384, "Ed25519": hashlib.sha512}.get(self._key.algorithm, hashlib.sha256)
        digest = hashed(access_token.encode()).digest()
        return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
