"""Signed JWTs, read strictly, before anything in them is believed.

joserfc does the cryptography. What is added here: closed lists of header parameters and algorithms, a cap on the size,
and one error for everything that hostile text can do to a parser.
"""

import json
from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, TypeGuard, cast

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import Key, import_key
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter

ALGORITHMS: frozenset[str] = frozenset({"RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"})
"""Every signature algorithm that the hub takes from anyone: SMART's, the NHS API platform's and FAPI 2.0's.

RFC 9864 renames EdDSA to Ed25519; both names are in use, and both mean the curve Ed25519 here.
"""

MAX_CHARACTERS = 8_192
SKEW_S = 60
"""How far another machine's clock may differ from ours, seconds."""


class JwtError(Exception):
    """The text is not a signed JWT that the hub accepts. The message never repeats what was sent."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


@dataclass(frozen=True, slots=True)
class Jwt:
    """A JWT that has been taken apart. Nothing in it is true until `verify` has returned."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def kid(self) -> str | None:
        return claim_text(self.header, "kid")


class _Registry(JWSRegistry):
    """joserfc's algorithms, without HMAC, without `none`, and without its warning about the name EdDSA."""

    # A key, or an address of one, in the header is the sender's word for itself (jwk, jku, x5u, x5c); b64 and crit
    # change what is signed. Thumbprints are let through, because common client libraries add them, and are not used.
    default_header_registry: ClassVar = {  # pyright: ignore[reportIncompatibleVariableOverride]  (of the class, as theirs is)
        "alg": HeaderParameter("Algorithm", "str", True),
        "kid": HeaderParameter("Key ID", "str"),
        "typ": HeaderParameter("Type", "str"),
        "cty": HeaderParameter("Content Type", "str"),
        "x5t": HeaderParameter("X.509 Certificate SHA-1 Thumbprint", "str"),
        "x5t#S256": HeaderParameter("X.509 Certificate SHA-256 Thumbprint", "str"),
    }

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in ALGORITHMS or name not in (self.allowed or ()):
            raise JwtError("signature", "the signature algorithm is not accepted")
        return _EDDSA if name == "EdDSA" else self.algorithms[name]


class _ProofRegistry(_Registry):
    """For DPoP proofs alone, which carry the key that they prove (RFC 9449 s. 4.2): with RSA it takes more room."""

    max_header_length = 4_096
    default_header_registry: ClassVar = _Registry.default_header_registry | {  # pyright: ignore[reportIncompatibleVariableOverride]  (of the class, as theirs is)
        "jwk": HeaderParameter("JSON Web Key", "jwk", True)
    }


_EDDSA = copy(JWSRegistry.algorithms["Ed25519"])
_EDDSA.name = "EdDSA"


def registry(algorithms: Collection[str]) -> JWSRegistry:
    """What joserfc may use: these algorithms, as far as the hub knows them."""
    return _Registry(algorithms=frozenset(algorithms))


def proof_registry(algorithms: Collection[str]) -> JWSRegistry:
    """The same for DPoP proofs, which carry their key."""
    return _ProofRegistry(algorithms=frozenset(algorithms))


def read(text: str) -> Jwt:
    """Take a JWT apart. Raises `JwtError` ("malformed") for whatever is not a small, plain, signed JWT."""
    return _read(text, registry(ALGORITHMS))


def read_proof(text: str) -> Jwt:
    """Take a DPoP proof apart, as `read` does; its header carries a key, and nothing else does."""
    return _read(text, _ProofRegistry(algorithms=ALGORITHMS))


def verify_proof(jwt: Jwt, key: Key) -> None:
    """Check the proof's signature with the key it carries. Raises `JwtError` ("signature")."""
    _verify(jwt, key, _ProofRegistry(algorithms=ALGORITHMS))


def _read(text: str, strictly: JWSRegistry) -> Jwt:
    if len(text) > MAX_CHARACTERS:
        raise JwtError("malformed", f"the token is longer than {MAX_CHARACTERS} characters")
    try:
        parsed = jws.extract_compact(text.encode("ascii"), registry=strictly)
        header: object = parsed.headers()
        claims: object = json.loads(parsed.payload or b"")
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise JwtError("malformed", "the token is not a signed JWT") from error
    if not _is_object(header) or not _is_object(claims):
        raise JwtError("malformed", "the token is not a signed JWT")
    return Jwt(text, header, claims)


def verify(jwt: Jwt, key: Key, algorithms: Collection[str]) -> None:
    """Check the signature with this key, if its algorithm is one of these. Raises `JwtError` ("signature")."""
    _verify(jwt, key, registry(algorithms))


def _verify(jwt: Jwt, key: Key, strictly: JWSRegistry) -> None:
    try:
        jws.deserialize_compact(jwt.text, key, registry=strictly)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise JwtError("signature", "the signature does not fit") from error


def key_of(jwks: Mapping[str, Any], kid: str | None) -> Key | None:
    """The one key with this id. None if there is none, or more than one: then nobody knows which is meant."""
    found = [jwk for jwk in cast("list[dict[str, Any]]", jwks["keys"]) if kid is not None and jwk.get("kid") == kid]
    return import_key(found[0]) if len(found) == 1 else None


def claim_text(claims: Mapping[str, Any], name: str) -> str | None:
    """The claim, if it is text of a sensible kind: not empty, at most 512 printable ASCII characters."""
    value: object = claims.get(name)
    if isinstance(value, str) and 0 < len(value) <= 512 and value.isascii() and value.isprintable():
        return value
    return None


def claim_seconds(claims: Mapping[str, Any], name: str) -> float | None:
    """The claim, if it is a NumericDate between 1970 and 9999: not NaN, not infinite, not a boolean, not text."""
    value: object = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value < 253_402_300_800 else None  # false for NaN, and exact for integers of any size


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
