"""The keys that sign tokens and the audit log, and seal secrets: the operator's, or made in the data directory."""

import contextlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey, import_key

from hub.audit.notes import Signer, name_of
from hub.settings import SettingError, Settings

_DELIVERY_KEY_BITS = 256


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with the one algorithm it signs with; `kid` is its thumbprint (RFC 7638).

    `others`: keys that sign nothing now, and are believed all the same: they signed until lately, or will soon.
    """

    key: Key
    kid: str
    algorithm: str
    others: tuple["SigningKey", ...] = ()

    @property
    def algorithms(self) -> frozenset[str]:
        """With which tokens that are believed may be signed."""
        return frozenset({self.algorithm, *(each.algorithm for each in self.others)})

    def public_jwks(self) -> dict[str, Any]:
        """What `/oauth/jwks` publishes: the public halves."""
        return {"keys": [each.public_jwk() for each in (self, *self.others)]}

    def public_jwk(self) -> dict[str, Any]:
        return public_part(self.key.as_dict(private=True)) | {"alg": self.algorithm, "kid": self.kid}


PUBLIC_MEMBERS: Mapping[str, frozenset[str]] = {
    "RSA": frozenset({"n", "e"}),
    "EC": frozenset({"crv", "x", "y"}),
    "OKP": frozenset({"crv", "x"}),
}
"""The members that make up a public key, by key type (RFC 7518 s. 6, RFC 8037 s. 2)."""


def public_part(jwk: Mapping[str, Any]) -> dict[str, Any]:
    """The public half of a JWK with its kid and alg. Members are chosen, not removed: nothing else slips out."""
    kept = {"kty", "kid", "alg"} | PUBLIC_MEMBERS[jwk["kty"]]
    return {name: value for name, value in jwk.items() if name in kept} | {"use": "sig"}


def signing_key(settings: Settings) -> SigningKey:
    """The key of `signing_key_file`, else the one in the data directory, which is made if it is not there.

    The file may be a JWK set: its first key signs, the others are believed too (`hub key rotate`).

    Raises `SettingError` when the file holds no private key that the hub can sign with.
    """
    path = signing_key_path(settings)
    if not settings.signing_key_file:
        _make_missing(path, new_signing_key)
    return _read(path)


def signing_key_path(settings: Settings) -> Path:
    """The file that the hub's signing key is in."""
    return Path(settings.signing_key_file or settings.data_dir / "keys" / "signing.jwk")


def new_signing_key() -> ECKey:
    return ECKey.generate_key("P-256", private=True)


def audit_signer(settings: Settings) -> Signer:
    """Who signs the audit log of this hub: the key of `audit_key_file`, else the one in the data directory.

    It lives as long as the log: partners check by it what they have kept. Raises `SettingError`.
    """
    path = _audit_key_path(settings)
    if not settings.audit_key_file:
        _make_missing(path, _new_audit_key)
    key = _read(path, "HUB_AUDIT_KEY_FILE").key
    if not isinstance(key, OKPKey) or not isinstance(key.private_key, Ed25519PrivateKey):
        raise SettingError(f"{path} (HUB_AUDIT_KEY_FILE) must be a private Ed25519 key, as a PEM or a JWK")
    return Signer(name_of(settings.known_as), key.private_key)


def delivery_key(settings: Settings) -> bytes:
    """What seals the secrets of receivers: the key of `delivery_key_file`, else the one in the data directory.

    Without it no delivery can be signed any more. Raises `SettingError`.
    """
    path = _delivery_key_path(settings)
    if not settings.delivery_key_file:
        _make_missing(path, _new_delivery_key)
    try:
        key = OctKey.import_key(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError, KeyError, JoseError) as error:
        raise SettingError(f"{path} (HUB_DELIVERY_KEY_FILE) must be a JWK of type oct") from error
    if len(key.raw_value) * 8 != _DELIVERY_KEY_BITS:
        raise SettingError(f"{path} (HUB_DELIVERY_KEY_FILE) must have {_DELIVERY_KEY_BITS} bits")
    return key.raw_value


def make_keys(settings: Settings) -> list[tuple[Path, bool]]:
    """The files of the hub's three keys, each made where there is none; and whether it was made now."""
    return [
        (path, _make_missing(path, new))
        for path, new in (
            (signing_key_path(settings), new_signing_key),
            (_audit_key_path(settings), _new_audit_key),
            (_delivery_key_path(settings), _new_delivery_key),
        )
    ]


def _audit_key_path(settings: Settings) -> Path:
    return Path(settings.audit_key_file or settings.data_dir / "keys" / "audit.jwk")


def _new_audit_key() -> Key:
    return OKPKey.generate_key("Ed25519", private=True)


def _delivery_key_path(settings: Settings) -> Path:
    return Path(settings.delivery_key_file or settings.data_dir / "keys" / "delivery.jwk")


def _new_delivery_key() -> Key:
    return OctKey.generate_key(_DELIVERY_KEY_BITS, private=True)


def _make_missing(path: Path, new: Callable[[], Key]) -> bool:
    """A new key where there is none, and whether there was none."""
    is_missing = not path.exists()
    if is_missing:
        _make(path, new())
    return is_missing


def _make(path: Path, key: Key) -> None:
    """Write a new key under another name, then link it: of two processes one wins, and both read a whole file."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(key.as_dict(private=True), file)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _read(path: Path, setting: str = "HUB_SIGNING_KEY_FILE") -> SigningKey:
    try:
        keys = _keys(path.read_text())
    except (OSError, ValueError, TypeError, KeyError, JoseError) as error:
        raise SettingError(f"{path} ({setting}) must be a private key, as a PEM or a JWK") from error
    known: list[SigningKey] = []
    for key in keys:
        algorithm = _algorithm(key)
        if algorithm is None or not key.is_private:
            raise SettingError(f"{path} ({setting}) must be a private key: EC P-256 or P-384, Ed25519, or RSA 2048")
        known.append(SigningKey(key=key, kid=key.thumbprint(), algorithm=algorithm))
    return replace(known[0], others=tuple(known[1:]))


def _keys(text: str) -> list[Key]:
    """The keys of a PEM, a JWK or a JWK set; never none."""
    if not text.startswith("{"):
        return [_pem(text)]
    found: dict[str, Any] = json.loads(text)
    keys = [import_key(cast("dict[str, str | list[str]]", each)) for each in found.get("keys", [found])]
    if not keys:
        raise ValueError("a set without a key")
    return keys


def _pem(text: str) -> Key:
    """A PEM does not say its type where joserfc looks for it, so each is tried."""
    for kind in (ECKey, OKPKey, RSAKey):
        with contextlib.suppress(ValueError, JoseError, TypeError):
            return kind.import_key(text)
    raise ValueError("no key of a kind that the hub signs with")


def _algorithm(key: Key) -> str | None:
    match key:
        case ECKey(curve_name="P-256"):
            return "ES256"
        case ECKey(curve_name="P-384"):
            return "ES384"
        case OKPKey(curve_name="Ed25519"):
            return "Ed25519"
        case RSAKey() if key.raw_value.key_size >= 2048:
            return "PS256"
        case _:
            return None
