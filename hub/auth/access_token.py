"""An access token's text becomes what it says, or is refused (RFC 9068 s. 4). Nothing here knows clients or callers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from hub.auth.issuers import PERSON, Issuer, IssuerKind
from hub.auth.jose import SKEW_S, Jwt, JwtError, claim_seconds, claim_text, read, verify
from hub.auth.roles import Role, any_of

_THUMBPRINT_LENGTH = 43  # of SHA-256 in base64url


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a token with a good signature says. Times are in seconds since 1970.

    `organisation`: the code of the body that the issuer says it is for, None where it says nothing of that.
    `role`: what the roles open that the issuer says the person has; None where its row maps none.
    `thumbprint`: of the key that it is bound to. `believed_until`: when its signature is to be checked again, for its
    issuer may have taken back the key.
    """

    issuer: Issuer
    client_id: str
    person: str | None
    organisation: str | None
    role: Role | None
    scopes: frozenset[str]
    token_id: str
    thumbprint: str | None
    issued_at: float
    expires_at: float
    believed_until: float


async def check(text: str, issuers: Mapping[str, Issuer], now: float) -> AccessToken:
    """Read, verify and check a token. Raises `JwtError`: malformed, type, issuer, signature, audience or expired."""
    jwt = read(text)
    # Without this, any other JWT of the same issuer (an ID token, say) would pass for an access token.
    if jwt.header.get("typ") != "at+jwt":
        raise JwtError("type", "the token is not an access token")
    issuer = issuers.get(claim_text(jwt.claims, "iss") or "")
    if issuer is None:
        raise JwtError("issuer", "the token's issuer is not trusted here")
    found = await issuer.keys.key(jwt.kid)
    if found is None:
        raise JwtError("signature", "the signature does not fit")
    verify(jwt, found.key, issuer.algorithms)
    return _content(jwt, issuer, now, found.until)


def _content(jwt: Jwt, issuer: Issuer, now: float, believed_until: float) -> AccessToken:
    """The claims that RFC 9068 s. 2.2 requires, each checked."""
    if jwt.claims.get("aud") != issuer.audience:  # one audience as text: a token for several parties is replayable
        raise JwtError("audience", "the token is not for this hub")
    issued, expires = claim_seconds(jwt.claims, "iat"), claim_seconds(jwt.claims, "exp")
    token_id, scope = claim_text(jwt.claims, "jti"), jwt.claims.get("scope", "")
    if issued is None or expires is None or token_id is None or not isinstance(scope, str):
        raise JwtError("malformed", "the token lacks a claim that RFC 9068 requires")
    if expires <= now:
        raise JwtError("expired", "the token has expired")
    not_before = claim_seconds(jwt.claims, "nbf") if "nbf" in jwt.claims else issued
    if not_before is None or max(issued, not_before) > now + SKEW_S or expires - issued > issuer.longest_life_s:
        raise JwtError("malformed", "the token is not valid yet, or valid for too long")
    client_id, person = _parties(jwt.claims, issuer)
    return AccessToken(
        issuer=issuer,
        client_id=client_id,
        person=person,
        organisation=_organisation(jwt.claims, issuer),
        role=_role(jwt.claims, issuer),
        scopes=frozenset(scope.split()),
        token_id=token_id,
        thumbprint=_thumbprint(jwt.claims),
        issued_at=issued,
        expires_at=expires,
        believed_until=believed_until,
    )


def _parties(claims: Mapping[str, Any], issuer: Issuer) -> tuple[str, str | None]:
    """The client, and the person who uses it: none in a token for machines, whose subject is the client."""
    subject, client_id = claim_text(claims, "sub"), claim_text(claims, issuer.claims.client)
    if subject is None or client_id is None:
        raise JwtError("malformed", "the token lacks a claim that RFC 9068 requires")
    if issuer.kind is IssuerKind.PEOPLE:
        person = claim_text(claims, issuer.claims.person)
        if person is None or subject == client_id:
            raise JwtError("malformed", "the token's subject is no person")
        return client_id, person
    if subject == client_id:
        return client_id, None
    if issuer.signs_in and subject.startswith(PERSON):
        return client_id, subject.removeprefix(PERSON)
    raise JwtError("malformed", "the token's subject is not its client")


def _organisation(claims: Mapping[str, Any], issuer: Issuer) -> str | None:
    """The code of the body, in the hub's words. What the issuer calls otherwise than its row says is no body here."""
    if issuer.claims.organisation is None:
        return None
    said = claim_text(claims, issuer.claims.organisation)
    code = issuer.organisations.get(said or "") if issuer.organisations else said
    if code is None:
        raise JwtError("organisation", "the token does not say for which body, in words that the hub knows")
    return code


def _role(claims: Mapping[str, Any], issuer: Issuer) -> Role | None:
    """What the person's roles open: the claim is one or a list of them; one that the row does not map opens nothing."""
    if issuer.claims.role is None:
        return None
    said: object = claims.get(issuer.claims.role)
    names = cast("list[object]", said) if isinstance(said, list) else [said]
    return any_of(issuer.roles[each] for each in names if isinstance(each, str) and each in issuer.roles)


def _thumbprint(claims: Mapping[str, Any]) -> str | None:
    """The key that the token is bound to. Another kind of binding cannot be checked here, and is no binding at all."""
    if "cnf" not in claims:
        return None
    cnf: object = claims["cnf"]
    members = cast("dict[str, object]", cnf) if isinstance(cnf, dict) else {}
    thumbprint = members.get("jkt")
    if set(members) != {"jkt"} or not isinstance(thumbprint, str) or len(thumbprint) != _THUMBPRINT_LENGTH:
        raise JwtError("binding", "the token is bound in a way that the hub cannot check")
    return thumbprint
