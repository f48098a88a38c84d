"""A new signing key in the place of the old, while any number of hubs serve: no token is ever refused for it.

Three steps, with every hub restarted after each: the new key is believed everywhere before one hub signs with it, and
the old one until the last token that it signed is over. Clients fetch `/oauth/jwks` again when they see a key that they
do not know.
"""

import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from hub.auth.keys import new_signing_key
from hub.settings import SettingError

_MADE = "iat"
"""When a key was made, seconds since 1970: the newest is the one that is to sign."""


def rotate(path: Path, now: datetime, *, token_lifetime_s: int) -> str:
    """Take the next step on the file, whose one key is a JWK; answers what was done, and what the operator does now.

    Raises `SettingError` for a file that holds no JWK, OSError where it cannot be written.
    """
    keys = _read(path)
    newest = max(keys, key=lambda each: each.get(_MADE, 0))
    if len(keys) == 1:
        made = new_signing_key().as_dict(private=True) | {_MADE: int(now.timestamp())}
        _write(path, [*keys, made])
        return (
            "1 of 3: a new key is published, the old one still signs. Restart every hub, wait until clients have "
            "fetched /oauth/jwks (an hour), then run this again"
        )
    if newest is not keys[0]:
        _write(path, [newest, *(each for each in keys if each is not newest)])
        return (
            "2 of 3: the new key signs, the old one is still believed. Restart every hub (people sign in again), wait "
            f"{token_lifetime_s} seconds after the last, then run this again"
        )
    _write(path, [newest])
    return "3 of 3: the old key is gone. Restart every hub"


def _read(path: Path) -> list[Mapping[str, Any]]:
    try:
        found = cast("dict[str, Any]", json.loads(path.read_text()))
        keys: list[Mapping[str, Any]] = found.get("keys", [found])
    except (ValueError, AttributeError) as error:
        raise SettingError(f"{path} (HUB_SIGNING_KEY_FILE) must be a JWK, or a set of them, to be rotated") from error
    return keys


def _write(path: Path, keys: list[Mapping[str, Any]]) -> None:
    """Whole or not at all, and for its owner's eyes alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"keys": keys}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
