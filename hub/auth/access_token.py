"""An access token's text becomes what it says, or is refused (RFC 9068 s. 4). Nothing here knows clients or callers."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.auth.issuers import Issuer, IssuerKind
from hub.auth.jose import SKEW_S, Jwt, JwtError, claim_seconds, claim_text, read, verify


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a token with a good signature says. `expires_at` is in seconds since 1970."""

    issuer: Issuer
    client_id: str
    scopes: frozenset[str]
    token_id: str
    expires_at: float


async def check(text: str, issuers: Mapping[str, Issuer], now: float) -> AccessToken:
    """Read, verify and check a token. Raises `JwtError`: malformed, type, issuer, signature, audience or expired."""
    jwt = read(text)
    # Without this, any other JWT of the same issuer (an ID token, say) would pass for an access token.
    if jwt.header.get("typ") != "at+jwt":
        raise JwtError("type", "the token is not an access token")
    issuer = issuers.get(claim_text(jwt.claims, "iss") or "")
    if issuer is None:
        raise JwtError("issuer", "the token's issuer is not trusted here")
    key = await issuer.keys.key(jwt.kid)
    if key is None:
        raise JwtError("signature", "the signature does not fit")
    verify(jwt, key, issuer.algorithms)
    return _content(jwt, issuer, now)


def _content(jwt: Jwt, issuer: Issuer, now: float) -> AccessToken:
    """The claims that RFC 9068 s. 2.2 requires, each checked."""
    if jwt.claims.get("aud") != issuer.audience:  # one audience as text: a token for several parties is replayable
        raise JwtError("audience", "the token is not for this hub")
    issued, expires = claim_seconds(jwt.claims, "iat"), claim_seconds(jwt.claims, "exp")
    subject, client_id = claim_text(jwt.claims, "sub"), claim_text(jwt.claims, "client_id")
    token_id, scope = claim_text(jwt.claims, "jti"), jwt.claims.get("scope", "")
    if issued is None or expires is None or token_id is None or client_id is None or not isinstance(scope, str):
        raise JwtError("malformed", "the token lacks a claim that RFC 9068 requires")
    if expires <= now:
        raise JwtError("expired", "the token has expired")
    not_before = claim_seconds(jwt.claims, "nbf") if "nbf" in jwt.claims else issued
    if not_before is None or max(issued, not_before) > now + SKEW_S or expires - issued > issuer.longest_life_s:
        raise JwtError("malformed", "the token is not valid yet, or valid for too long")
    if issuer.kind is not IssuerKind.MACHINES or subject != client_id:
        raise JwtError("malformed", "the token's subject is not its client")
    return AccessToken(issuer, client_id, frozenset(scope.split()), token_id, expires)
