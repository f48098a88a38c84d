"""Where an issuer's public keys are: a file, or one fixed address. Nothing that a token says is ever fetched.

What is fetched is bounded and kept: for ten minutes without asking again; longer, up to a day, where the issuer cannot
be reached. A key id that is not known is looked for at most once a minute.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any, Protocol, cast

import httpx
import structlog
from joserfc.jwk import Key

from hub.auth.bounded import AnswerError, content_of
from hub.auth.client_keys import public_key
from hub.auth.jose import ALGORITHMS, key_of
from hub.errors import Problem

TTL_S = 600
RETRY_S = 60
LAST_GOOD_S = 86_400
MOST_BYTES = 256 * 1024
MOST_KEYS = 50
_TIMEOUT_S = 5.0
_PLAIN = {"Accept": "application/json", "Accept-Encoding": "identity"}  # what is packed has no bounded size
_log = structlog.get_logger()

Load = Callable[[], Awaitable[bytes]]


class KeysUnavailableError(Exception):
    """The issuer's keys could not be had; the message says why, and never repeats what was sent."""


@dataclass(frozen=True, slots=True)
class Found:
    """A key, and until when it may be believed without asking again, in seconds since 1970."""

    key: Key
    until: float


class KeySource(Protocol):
    """Where an issuer's public keys are."""

    async def key(self, kid: str | None) -> Found | None: ...


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """Keys that this process holds."""

    jwks: Mapping[str, Any]

    async def key(self, kid: str | None) -> Found | None:
        key = key_of(self.jwks, kid)
        return None if key is None else Found(key, inf)


class CachedKeys:
    """Keys that are loaded from elsewhere; `issuer` is for the log."""

    def __init__(self, issuer: str, load: Load, clock: Callable[[], datetime]) -> None:
        self._issuer = issuer
        self._load = load
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._loaded_at = -inf
        self._tried_at = -inf
        self._lock = asyncio.Lock()

    async def key(self, kid: str | None) -> Found | None:
        if kid is None:
            return None
        # While keys are being loaded, whoever needs none of them goes on with those that there are.
        if kid not in self._keys if self._lock.locked() else self._is_due(kid):
            async with self._lock:
                if self._is_due(kid):
                    await self._reload()
        now = self._clock().timestamp()
        key = self._keys.get(kid)
        if key is None or not 0 <= now - self._loaded_at < LAST_GOOD_S:
            return None
        fresh_until = self._loaded_at + TTL_S
        return Found(key, fresh_until if fresh_until > now else self._tried_at + RETRY_S)

    def _is_due(self, kid: str) -> bool:
        now = self._clock().timestamp()
        if 0 <= now - self._tried_at < RETRY_S:
            return False
        return kid not in self._keys or not 0 <= now - self._loaded_at < TTL_S

    async def _reload(self) -> None:
        self._tried_at = self._clock().timestamp()
        try:
            self._keys = usable_keys(await self._load())
        except KeysUnavailableError as error:
            _log.warning("issuer_keys_unavailable", address=self._issuer, error=str(error))
        else:
            self._loaded_at = self._tried_at


def usable_keys(content: bytes) -> Mapping[str, Key]:
    """The keys of a JWK Set that signatures can be checked with, by kid. Raises `KeysUnavailableError`.

    Keys for encryption and of other kinds are passed over: providers publish them beside these. Where two keys share a
    kid nobody knows which is meant, and neither is taken.
    """
    try:
        keys: object = json.loads(content)["keys"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise KeysUnavailableError("it is not a JWK Set in JSON") from error
    if not isinstance(keys, list) or len(cast("list[object]", keys)) > MOST_KEYS:
        raise KeysUnavailableError(f"a JWK Set has a list of at most {MOST_KEYS} keys")
    named = [(kid, jwk) for jwk in cast("list[object]", keys) if (kid := _kid(jwk)) is not None]
    kids = Counter(kid for kid, _ in named)
    usable = {kid: key for kid, jwk in named if kids[kid] == 1 and (key := _usable(jwk)) is not None}
    if not usable:
        raise KeysUnavailableError("it has no key that signatures can be checked with")
    return usable


def _kid(jwk: object) -> str | None:
    kid: object = cast("dict[str, object]", jwk).get("kid") if isinstance(jwk, dict) else None
    return kid if isinstance(kid, str) and kid else None


def _usable(jwk: object) -> Key | None:
    try:
        return public_key(jwk, ALGORITHMS)
    except Problem:
        return None


def from_file(path: Path) -> Load:
    """Loads the JWK Set in a file, as it is at that moment."""

    async def load() -> bytes:
        try:
            return await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise KeysUnavailableError(f"{path.name} cannot be read") from error

    return load


def from_address(address: str) -> Load:
    """Loads the JWK Set at an address: one answer, no redirect, of a bounded size, in a bounded time."""

    async def load() -> bytes:
        try:
            async with (
                asyncio.timeout(2 * _TIMEOUT_S),
                httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False) as client,
                client.stream("GET", address, headers=_PLAIN) as response,
            ):
                return await content_of(response, most_bytes=MOST_BYTES)
        except AnswerError as error:
            raise KeysUnavailableError(str(error)) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise KeysUnavailableError(f"its address does not answer: {type(error).__name__}") from error

    return load
