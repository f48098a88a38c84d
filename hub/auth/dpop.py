"""DPoP (RFC 9449): a token that is bound to a key is good only with a fresh proof that the sender holds the key.

A proof is for one request: its method, its address, its time, and the token it goes with. It is good once, on any
process of the hub: its id is inserted, or the insertion fails.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert
from starlette.requests import Request

from hub.auth.client_keys import public_key
from hub.auth.jose import ALGORITHMS, SKEW_S, Jwt, JwtError, claim_seconds, claim_text, read_proof, verify_proof
from hub.db import tables
from hub.errors import Problem

LONGEST_AGE_S = 60
"""How old a proof may be, seconds; clocks may differ by `SKEW_S` more."""


@dataclass(slots=True)
class Presented:
    """The DPoP headers that came with a request, its method, and its address without query and fragment.

    `proved`: the hash of the token that they have been checked for. A subscription asks again who its caller is for as
    long as it lives, and its proof is used up by then.
    """

    proofs: Sequence[str]
    method: str
    address: str
    proved: bytes | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof with a good signature says; it has still to be used up."""

    thumbprint: str
    jti: str
    expires_at: datetime


def presented_with(request: Request, address: str) -> Presented:
    """What came with this request, the same object each time it is asked for; `address` is the hub's own.

    The hub's address is a setting, never the request's `Host`, which anyone may write.
    """
    state = request.state
    if not hasattr(state, "presented"):
        proofs = request.headers.getlist("dpop")
        state.presented = Presented(proofs, request.method, address + str(request.scope["path"]))
    presented: Presented = state.presented
    return presented


def check(presented: Presented, *, now: float, access_token: str | None) -> Proof:
    """The proof of this request. Raises `JwtError`: missing, several, malformed, type, key, signature, request, time,
    or token."""
    if len(presented.proofs) != 1:
        raise JwtError("several" if presented.proofs else "missing", "send one DPoP header with one proof")
    jwt = read_proof(presented.proofs[0])
    if jwt.header.get("typ") != "dpop+jwt":
        raise JwtError("type", "the proof is not of the type dpop+jwt")
    try:
        key = public_key(jwt.header.get("jwk"), ALGORITHMS & {str(jwt.header.get("alg"))})
    except Problem as problem:
        raise JwtError("key", f"the proof's jwk: {problem.message}") from problem
    verify_proof(jwt, key)
    if jwt.claims.get("htm") != presented.method or not _same(jwt.claims.get("htu"), presented.address):
        raise JwtError("request", "the proof is for another request: htm and htu are its method and address")
    if access_token is not None and jwt.claims.get("ath") != hash_of(access_token):
        raise JwtError("token", "the proof is for another token: ath is its hash")
    return _timely(jwt, key.thumbprint(), now)


def use_up(proof: Proof) -> ReturningInsert[Any]:
    """A statement that returns a row for the first use of the proof, and none for any other."""
    used = insert(tables.used_proof).values(thumbprint=proof.thumbprint, jti=proof.jti, expires_at=proof.expires_at)
    return used.on_conflict_do_nothing().returning(tables.used_proof.c.jti)


def hash_of(access_token: str) -> str:
    """`ath` (RFC 9449 s. 4.2): the SHA-256 of the token's ASCII, in base64url."""
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _timely(jwt: Jwt, thumbprint: str, now: float) -> Proof:
    issued, jti = claim_seconds(jwt.claims, "iat"), claim_text(jwt.claims, "jti")
    if jti is None:
        raise JwtError("malformed", "the proof needs a jti of at most 512 printable ASCII characters")
    if issued is None or not now - LONGEST_AGE_S - SKEW_S < issued <= now + SKEW_S:
        raise JwtError("time", "the proof is not of this minute: make one for each request, and look at the clock")
    expires = datetime.fromtimestamp(issued + LONGEST_AGE_S + 2 * SKEW_S, UTC)
    return Proof(thumbprint, jti, expires)


def _same(said: object, address: str) -> bool:
    """Whether `htu` is the address, after the normalization that RFC 9449 s. 4.3 asks for; its query does not count."""
    if not isinstance(said, str) or not said.isascii() or len(said) > 2_000:
        return False
    return _normal(said) == _normal(address)


def _normal(uri: str) -> tuple[str, str | None, int | None, str] | None:
    try:
        parts = urlsplit(uri)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port, unquote(parts.path) or "/") if parts.hostname else None
