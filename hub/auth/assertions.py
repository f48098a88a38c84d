"""The client's side of private_key_jwt: for `hub token`, for tests, and as an example for integrators."""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from hub.auth.client_proof import ASSERTION_TYPE
from hub.auth.codes import challenge_of
from hub.auth.dpop import hash_of
from hub.auth.jose import ALGORITHMS, proof_registry, registry
from hub.auth.keys import public_part
from hub.auth.server import GRANT, TOKEN_PATH
from hub.errors import Kind, Problem


def new_client_key(alg: str = "ES384") -> dict[str, Any]:
    """A new private JWK for this algorithm, with its thumbprint as kid; RSA keys have 3072 bits, as strong as P-256."""
    match alg:
        case "RS384" | "RS512" | "PS256":
            key = RSAKey.generate_key(3072)
        case "ES256":
            key = ECKey.generate_key("P-256")
        case "ES384":
            key = ECKey.generate_key("P-384")
        case "EdDSA" | "Ed25519":
            key = OKPKey.generate_key("Ed25519")
        case _:
            raise ValueError(f"the algorithm must be one of {', '.join(sorted(ALGORITHMS))}")
    return {**key.as_dict(private=True), "kid": key.thumbprint(), "alg": alg, "use": "sig"}


def public_jwks(*private_jwks: Mapping[str, Any]) -> dict[str, Any]:
    """The JWK Set to register: the public halves of these keys."""
    return {"keys": [public_part(each) for each in private_jwks]}


def client_assertion(
    private_jwk: Mapping[str, Any],
    client_id: str,
    audience: str,
    now: datetime,
    *,
    lifetime: timedelta = timedelta(seconds=60),
) -> str:
    """A signed assertion, good for one use. `audience` is the token address, or the issuer."""
    algorithm: str = private_jwk["alg"]
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": secrets.token_urlsafe(16),
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    header = {"typ": "JWT", "alg": algorithm, "kid": private_jwk["kid"]}
    return jwt.encode(header, claims, import_key(dict(private_jwk)), registry=registry({algorithm}))


def token_form(assertion: str, scope: str | None = None) -> dict[str, str]:
    """The form to post to the token address."""
    form = {"grant_type": GRANT, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return form | ({"scope": scope} if scope else {})


def dpop_proof(
    private_jwk: Mapping[str, Any], method: str, address: str, now: datetime, *, token: str | None = None
) -> str:
    """A proof that the sender of one request holds the key (RFC 9449 s. 4.2), good once and for a minute.

    `token`: the access token that goes with it; at the token address there is none yet.
    """
    algorithm: str = private_jwk["alg"]
    public = {name: value for name, value in public_part(private_jwk).items() if name not in {"use", "kid", "alg"}}
    claims: dict[str, Any] = {
        "htm": method,
        "htu": address,
        "jti": secrets.token_urlsafe(16),
        "iat": int(now.timestamp()),
    }
    if token is not None:
        claims["ath"] = hash_of(token)
    header = {"typ": "dpop+jwt", "alg": algorithm, "jwk": public}
    return jwt.encode(header, claims, import_key(dict(private_jwk)), registry=proof_registry({algorithm}))


def fetch_token(
    base_url: str,
    client_id: str,
    private_jwk: Mapping[str, Any],
    scope: str | None = None,
    *,
    bound_to: Mapping[str, Any] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> dict[str, Any]:
    """Ask the hub at `base_url` for a token, `bound_to` this private JWK (DPoP) if one is given.

    Raises `Problem`: UNAUTHENTICATED, INVALID (rule: OAuth's error), BUSY.
    """
    address, now = base_url.rstrip("/") + TOKEN_PATH, clock()
    form = token_form(client_assertion(private_jwk, client_id, address, now), scope)
    headers = {"DPoP": dpop_proof(bound_to, "POST", address, now)} if bound_to is not None else None
    try:
        response = httpx.post(address, data=form, headers=headers, timeout=10)
        body: dict[str, Any] = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Problem(Kind.BUSY, f"no token server answers at {address}", rule="try-again") from error
    if response.is_success:
        return body
    message = f"{body.get('error')}: {body.get('error_description', 'no reason given')}"
    raise Problem(_kind(response.status_code), message, rule=body.get("error"))


def fetch_person_token(
    base_url: str, client_id: str, private_jwk: Mapping[str, Any], *, username: str, redirect_uri: str
) -> dict[str, Any]:
    """Sign somebody in at the hub at `base_url` as a browser would, and ask for their token. Not in production.

    Raises `Problem`: INVALID where the person may not sign in through this client, BUSY.
    """
    base, verifier = base_url.rstrip("/"), secrets.token_urlsafe(48)
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    answered = {"request": urlencode(asked), "person": username, "step": "allow"}
    try:
        back = httpx.post(f"{base}/oauth/authorize", data=answered, headers={"Origin": base}, timeout=10)
        location: str = back.headers.get("location", "")
        code = parse_qs(urlsplit(location).query).get("code", [""])[0]
        address = base + TOKEN_PATH
        form = token_form(client_assertion(private_jwk, client_id, address, datetime.now(UTC)))
        form |= {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        response = httpx.post(address, data=form | {"redirect_uri": redirect_uri}, timeout=10)
        body: dict[str, Any] = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Problem(Kind.BUSY, f"no token server answers at {base}", rule="try-again") from error
    if not response.is_success:
        raise Problem(_kind(response.status_code), f"{body.get('error')}", rule=body.get("error"))
    return body


def _kind(status: int) -> Kind:
    if status == HTTPStatus.UNAUTHORIZED:
        return Kind.UNAUTHENTICATED
    return Kind.BUSY if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Kind.INVALID
