"""Authorization codes: good once, for a minute, for one client, one address and one verifier (RFC 6749 s. 4.1.2)."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from hub.auth.clients import Client
from hub.auth.issuing import Grant, SignedIn, new_token_id
from hub.auth.people import Person
from hub.auth.records import Records
from hub.db import tables

LIFE = timedelta(seconds=60)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 s. 4.1
_REFUSED = "the code is not good, or not good any more, for this client, address and verifier"


@dataclass(frozen=True, slots=True)
class Consented:
    """What a person lets a client have, and where its code is sent. `thumbprint`: of the key it will be bound to."""

    client_id: str
    redirect_uri: str
    code_challenge: str
    scope: str
    nonce: str | None
    thumbprint: str | None


def new_code(records: Records, consented: Consented, person: Person, *, now: datetime) -> str:
    """A code for what has been consented to."""
    code = secrets.token_urlsafe(32)
    values = {
        "code_hash": _hash(code),
        "client_id": consented.client_id,
        "username": person.username,
        "redirect_uri": consented.redirect_uri,
        "code_challenge": consented.code_challenge,
        "scope": consented.scope,
        "nonce": consented.nonce,
        "thumbprint": consented.thumbprint,
        "signed_in_at": now,
        "expires_at": now + LIFE,
    }
    with records.begin() as connection:
        connection.execute(insert(tables.authorization_code).values(values))
    return code


def redeem(
    records: Records, parameters: Mapping[str, str], client: Client, *, thumbprint: str | None, now: datetime
) -> tuple[Grant, SignedIn]:
    """What the code stands for; whatever it is presented with, it is used up.

    One statement takes it: of two racing requests one gets a token. A code that comes again has been stolen, by whoever
    came first or second: the token that it was redeemed for is revoked. Raises InvalidGrantError.
    """
    code, verifier = parameters.get("code"), parameters.get("code_verifier")
    if code is None or verifier is None or "redirect_uri" not in parameters:
        raise InvalidRequestError("code, code_verifier and redirect_uri must be there")
    kept, token_id = tables.authorization_code.c, new_token_id()
    taken = (
        update(tables.authorization_code)
        .where(kept.code_hash == _hash(code), kept.token_id.is_(None))
        .values(token_id=token_id)
        .returning(*kept)
    )
    person = select(tables.person.c.name)
    with records.begin() as connection:
        row = connection.execute(taken).one_or_none()
        if row is None:
            earlier = select(kept.token_id, kept.client_id).where(kept.code_hash == _hash(code))
            if (stolen := connection.execute(earlier).one_or_none()) is not None:
                records.deny(connection, stolen.token_id, stolen.client_id, now=now, expires_at=now + timedelta(days=1))
        name = None if row is None else connection.scalar(person.where(tables.person.c.username == row.username))
    if (
        row is None
        or row.expires_at <= now
        or row.client_id != client.client_id
        or row.redirect_uri != parameters["redirect_uri"]
        or row.thumbprint not in {None, thumbprint}
        or not _VERIFIER.fullmatch(verifier)
        or not secrets.compare_digest(challenge_of(verifier), row.code_challenge)
    ):
        raise InvalidGrantError(_REFUSED)
    grant = Grant(client, row.scope, token_id, person=row.username, thumbprint=thumbprint)
    return grant, SignedIn(row.username, name or row.username, row.nonce, row.signed_in_at)


def challenge_of(verifier: str) -> str:
    """`code_challenge` of a verifier, by S256 (RFC 7636 s. 4.2): the one method there is here."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
