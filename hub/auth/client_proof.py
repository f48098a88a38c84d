"""How a client proves who it is: a short JWT signed with its private key (private_key_jwt, RFC 7523 s. 3).

Authlib's own check is not used: it takes HS256, years of validity, several audiences and a nested payload that ends in
a fault (security.md, 2.2). What can be said of an assertion without knowing its client is said plainly, for
integrators; everything that depends on the client has one answer, so that nobody learns which clients there are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc.jwk import ECKey, Key, OKPKey, import_key

from hub.auth.clients import CLIENT_ID, Client
from hub.auth.jose import ALGORITHMS, SKEW_S, Jwt, JwtError, claim_seconds, claim_text, key_of, read, verify
from hub.auth.records import Records

METHOD = "private_key_jwt"
ASSERTION_TYPE: str = JWTBearerClientAssertion.CLIENT_ASSERTION_TYPE
LONGEST_LIFE_S = 300
"""SMART App Launch 2.2, client-confidential-asymmetric: exp is at most five minutes in the future."""

_UNPROVEN = "the client is unknown, or the assertion is not signed with one of its keys and algorithms"


class ClientRefused(InvalidClientError):  # noqa: N818  (what it says, beside Authlib's errors)
    """The client has not proved who it is. `rule` is for the log; the description is for the client."""

    status_code = 401

    def __init__(self, rule: str, description: str = _UNPROVEN, *, client_id: str | None = None) -> None:
        super().__init__(description=description)  # pyright: ignore[reportUnknownMemberType]  (untyped there)
        self.rule = rule
        self.client_id = client_id

    def get_headers(self) -> list[tuple[str, str]]:
        """A 401 must name a way to authenticate (RFC 9110 s. 11.6.1). Authlib would say Basic, which is none here."""
        return [
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
            ("Pragma", "no-cache"),
            ("WWW-Authenticate", f'{METHOD} error="{self.error}"'),
        ]


@dataclass(frozen=True, slots=True)
class _Claims:
    client_id: str
    jti: str
    expires: float


class ClientProof:
    """Checks the assertion of a token request, and uses it up."""

    def __init__(
        self, records: Records, *, audiences: frozenset[str], production: bool, clock: Callable[[], datetime]
    ) -> None:
        self._records = records
        self._audiences = audiences
        self._production = production
        self._clock = clock

    def client(self, parameters: Mapping[str, str], headers: Mapping[str, str]) -> Client:
        """The client that signed. Raises `ClientRefused`; InvalidRequestError for a second way to authenticate."""
        if "client_secret" in parameters or "authorization" in headers:
            raise InvalidRequestError(f"clients authenticate with {METHOD} alone")
        jwt, claims = self._read(parameters)
        client = signer(jwt, self._records.client(claims.client_id), production=self._production)
        used_until = datetime.fromtimestamp(claims.expires + SKEW_S, UTC)
        if not self._records.use_up(client.client_id, claims.jti, expires_at=used_until, now=self._clock()):
            raise ClientRefused("assertion-replayed", "the assertion has been used before", client_id=claims.client_id)
        return client

    def _read(self, parameters: Mapping[str, str]) -> tuple[Jwt, _Claims]:
        assertion = parameters.get("client_assertion")
        if assertion is None or parameters.get("client_assertion_type") != ASSERTION_TYPE:
            raise ClientRefused(
                "assertion-missing", f"client_assertion_type must be {ASSERTION_TYPE}, with an assertion"
            )
        try:
            jwt = read(assertion)
            claims = self._claims(jwt)
        except JwtError as error:
            raise ClientRefused(f"assertion-{error.rule}", f"client_assertion: {error.message}") from error
        if parameters.get("client_id", claims.client_id) != claims.client_id:
            raise ClientRefused("assertion-subject", "client_id is not the subject of the assertion")
        return jwt, claims

    def _claims(self, jwt: Jwt) -> _Claims:
        """What can be checked before anyone is asked who the client is."""
        if claim_text(jwt.header, "alg") not in ALGORITHMS:
            raise JwtError("algorithm", f"alg must be one of {', '.join(sorted(ALGORITHMS))}")
        client_id = claim_text(jwt.claims, "sub")
        if client_id is None or not CLIENT_ID.fullmatch(client_id) or jwt.claims.get("iss") != client_id:
            raise JwtError("subject", "iss and sub must both be the client id")
        audience = jwt.claims.get("aud")
        # One audience as text (FAPI 2.0, RFC 7523bis): an assertion for several servers can be replayed among them.
        if not isinstance(audience, str) or audience not in self._audiences:
            raise JwtError("audience", "aud must be the address of this server or of its token endpoint, as one text")
        jti = claim_text(jwt.claims, "jti")
        if jti is None:
            raise JwtError("id", "jti must be there, as text of at most 512 printable ASCII characters")
        return _Claims(client_id, jti, self._expires(jwt.claims))

    def _expires(self, claims: Mapping[str, Any]) -> float:
        now = self._clock().timestamp()
        expires = claim_seconds(claims, "exp")
        if expires is None or expires > now + LONGEST_LIFE_S + SKEW_S:
            raise JwtError("life", "exp must be there, at most five minutes in the future")
        if expires <= now - SKEW_S:
            raise JwtError("expired", "the assertion has expired")
        for name in ("iat", "nbf"):
            since = claim_seconds(claims, name) if name in claims else now
            if since is None or since > now + SKEW_S:
                raise JwtError("life", f"{name} must be a time that has come")
        return expires


def signer(jwt: Jwt, client: Client | None, *, production: bool) -> Client:
    """The client, if it may act and has signed. Outside, each refusal here looks the same.

    It takes as long, too: a signature is checked whatever else is wrong, with a key of nobody's if need be, so that the
    time of an answer does not tell which clients there are.
    """
    algorithm = str(claim_text(jwt.header, "alg"))
    key = None if client is None else key_of(client.jwks, jwt.kid)
    wrong = _why_not(client, key, algorithm, production=production)
    fits = key is not None and client is not None and algorithm in client.algorithms
    cause: JwtError | None = None
    try:
        verify(jwt, key if key is not None and fits else import_key(_nobodys(algorithm)), {algorithm})
    except JwtError as error:
        cause = error
    if client is None or wrong is not None or cause is not None:
        refused_as = wrong or "assertion-signature"
        raise ClientRefused(refused_as, client_id=client.client_id if client else None) from cause
    return client


def _why_not(client: Client | None, key: Key | None, algorithm: str, *, production: bool) -> str | None:
    if client is None:
        return "client-unknown"
    if not client.may_act(production=production):
        return "client-disabled"
    if key is None:
        return "assertion-key"
    return None if algorithm in client.algorithms else "assertion-signature"


@cache
def _nobodys(algorithm: str) -> dict[str, Any]:
    """A key to check with where there is none. What it lets through is refused all the same."""
    match algorithm:
        case "ES256":
            key = ECKey.generate_key("P-256")
        case "ES384":
            key = ECKey.generate_key("P-384")
        case "EdDSA" | "Ed25519":
            key = OKPKey.generate_key("Ed25519")
        case _:  # RSA: no two primes need be looked for, for nothing is ever signed with it
            return {"kty": "RSA", "n": "_" * 512, "e": "AQAB"}
    return key.as_dict(private=False)
