"""Small values that a browser keeps for the hub and can neither read nor change: the content of its cookies."""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.auth.keys import SigningKey

_NONCE_BYTES = 12


class Seal:
    """AES-256-GCM with a key drawn from the hub's signing key, so that every process of one hub has the same.

    `purpose` is sealed in: what was sealed for one purpose does not open for another.
    """

    def __init__(self, key: SigningKey) -> None:
        secret = json.dumps(key.key.as_dict(private=True), sort_keys=True).encode()
        drawn = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"send-hub cookies").derive(secret)
        self._cipher = AESGCM(drawn)

    def seal(self, purpose: str, content: Mapping[str, Any], *, until: datetime) -> str:
        """The content as text for a cookie, which opens until then."""
        plain = json.dumps({"until": until.timestamp(), "content": dict(content)}, separators=(",", ":")).encode()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, plain, purpose.encode())
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, purpose: str, text: str, *, now: datetime) -> dict[str, Any] | None:
        """What was sealed; None where it was not sealed here, for this, or is over."""
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            plain = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode())
        except (binascii.Error, InvalidTag, ValueError):
            return None
        read: dict[str, Any] = json.loads(plain)
        return read["content"] if read["until"] > now.timestamp() else None
