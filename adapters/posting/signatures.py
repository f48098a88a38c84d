"""Signatures by Standard Webhooks 1.0: over the id, the time and the body, by every key in use.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.law.deliveries import SecretKind


def signed_headers(
    delivery_id: UUID, at: datetime, body: bytes, secrets: Iterable[tuple[SecretKind, bytes]]
) -> Mapping[str, str]:
    """The three headers; the time is of this attempt, so that a receiver can refuse what is old."""
    timestamp = str(int(at.timestamp()))
    content = f"{delivery_id}.{timestamp}.".encode() + body
    signatures = [_signature(kind, secret, content) for kind, secret in secrets if kind is not SecretKind.HEADER]
    return {
        "webhook-id": str(delivery_id),
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _signature(kind: SecretKind, secret: bytes, content: bytes) -> str:
    if kind is SecretKind.HMAC_SHA256:
        return f"v1,{_base64(hmac.new(secret, content, hashlib.sha256).digest())}"
    return f"v1a,{_base64(Ed25519PrivateKey.from_private_bytes(secret).sign(content))}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
