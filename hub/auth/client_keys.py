"""The public keys that a client registers, checked before they are kept."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from hub.auth.jose import ALGORITHMS
from hub.auth.keys import PUBLIC_MEMBERS, public_part
from hub.errors import Problem, invalid

MOST_KEYS = 10
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_KID = re.compile(r"[\x21-\x7e]{1,128}")  # a joserfc header is at most 512 bytes, and the kid stands in it


def checked_algorithms(algorithms: Collection[str]) -> list[str]:
    """The algorithms a client may sign with, sorted. Raises `Problem` INVALID for one that the hub does not take."""
    unknown = sorted(set(algorithms) - ALGORITHMS)
    if unknown or not algorithms:
        raise invalid(
            f"algorithms must be among {', '.join(sorted(ALGORITHMS))}", rule="algorithm-unknown", path=("algorithms",)
        )
    return sorted(set(algorithms))


def checked_jwks(jwks: Mapping[str, Any], algorithms: Collection[str]) -> dict[str, Any]:
    """The JWK Set with the members of public keys alone. Raises `Problem` INVALID, with the place, for one unfit."""
    keys: object = jwks.get("keys")
    if not isinstance(keys, list) or not keys or len(cast("list[object]", keys)) > MOST_KEYS:
        raise invalid(f"a JWK Set has a list `keys` of 1 to {MOST_KEYS} keys", rule="jwks-shape", path=("jwks", "keys"))
    checked = [
        _checked_key(key, algorithms, ("jwks", "keys", str(at))) for at, key in enumerate(cast("list[object]", keys))
    ]
    must_have_distinct_kids(checked)
    return {"keys": checked}


def public_key(jwk: object, algorithms: Collection[str], path: tuple[str, ...] = ()) -> Key:
    """The key that a public JWK makes. Raises `Problem` INVALID for a secret one, or one that does not fit."""
    members = _public_members(jwk, path)
    public = public_part(members)
    key = _imported(public, path)
    _must_fit(key, public, algorithms, path)
    return key


def must_have_distinct_kids(keys: Sequence[Mapping[str, Any]]) -> None:
    """Raises `Problem` INVALID if two keys share a kid: an assertion would not say which of them it means."""
    kids = [key["kid"] for key in keys]
    if len(set(kids)) != len(kids):
        raise invalid("each key needs a kid of its own", rule="kid-not-unique", path=("jwks", "keys"))


def _checked_key(jwk: object, algorithms: Collection[str], path: tuple[str, ...]) -> dict[str, Any]:
    members = _public_members(jwk, path)
    if not isinstance(members.get("kid"), str) or not _KID.fullmatch(members["kid"]):
        raise invalid(
            "each key has a kid of 1 to 128 printable ASCII characters", rule="kid-missing", path=(*path, "kid")
        )
    public_key(members, algorithms, path)
    return public_part(members)


def _public_members(jwk: object, path: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(jwk, dict):
        raise invalid("a key is a JSON object", rule="jwks-shape", path=path)
    members = cast("dict[str, Any]", jwk)
    if _PRIVATE_MEMBERS & members.keys():
        raise invalid(
            "this is a private or secret key: register the public half, and a new one if this has been shown to anyone",
            rule="private-key",
            path=path,
        )
    if not isinstance(members.get("kty"), str) or members["kty"] not in PUBLIC_MEMBERS:
        raise invalid("a key is RSA, EC or OKP", rule="key-type", path=(*path, "kty"))
    if members.get("use", "sig") != "sig":
        raise invalid("the key is not for signatures", rule="key-use", path=(*path, "use"))
    return members


def _imported(jwk: dict[str, Any], path: tuple[str, ...]) -> Key:
    """The key, if its numbers make one. Its size is checked first, for joserfc only warns of a short one."""
    modulus: object = jwk.get("n")
    if jwk["kty"] == "RSA" and isinstance(modulus, str) and not 342 <= len(modulus) <= 683:
        raise _rsa_size(path)
    try:
        return import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError) as error:  # KeyError: a curve that joserfc does not know
        raise invalid("the key cannot be read", rule="key-malformed", path=path) from error


def _must_fit(key: Key, jwk: Mapping[str, Any], algorithms: Collection[str], path: tuple[str, ...]) -> None:
    if isinstance(key, RSAKey) and not 2048 <= key.raw_value.key_size <= 4096:
        raise _rsa_size(path)
    usable = {name for name in algorithms if _fits(name, key)}
    if not usable or jwk.get("alg") not in usable | {None}:
        raise invalid(
            f"the key fits none of the algorithms ({', '.join(sorted(algorithms))})",
            rule="key-algorithm",
            path=(*path, "alg"),
        )


def _fits(algorithm: str, key: Key) -> bool:
    match algorithm, key:
        case (("RS384" | "RS512" | "PS256"), RSAKey()):
            return True
        case "ES256", ECKey(curve_name="P-256"):
            return True
        case "ES384", ECKey(curve_name="P-384"):
            return True
        case (("EdDSA" | "Ed25519"), OKPKey(curve_name="Ed25519")):
            return True
        case _:
            return False


def _rsa_size(path: tuple[str, ...]) -> Problem:
    return invalid("an RSA key has 2048 to 4096 bits", rule="rsa-key-size", path=(*path, "n"))
