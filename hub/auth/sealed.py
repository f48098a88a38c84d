"""Secrets at rest: sealed by a key that is not in the database, each to its own row (AES-256-GCM, RFC 5116)."""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class NotOpenedError(Exception):
    """The secret was sealed by another key, or for another row, or was changed."""


class Sealing:
    """Seals and opens with one key. What was sealed for one row cannot be opened as another's."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, secret: bytes, *, of: UUID) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, of.bytes)

    def open(self, sealed: bytes, *, of: UUID) -> bytes:
        """Raises `NotOpenedError`."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], of.bytes)
        except (InvalidTag, ValueError) as error:
            raise NotOpenedError("the key in use (HUB_DELIVERY_KEY_FILE) does not open this secret") from error
