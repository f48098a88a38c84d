"""Whose tokens the hub believes, as one static table.

A token names its issuer; the row with that name says where its keys are, what it may say, and of whom. There is no
row, no belief. No address that stands in a token is ever fetched.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from joserfc.jwk import Key

from hub.auth.jose import key_of
from hub.auth.keys import SigningKey
from hub.law.reg17_disclosure import Purpose
from hub.settings import SettingError, Settings


class IssuerKind(Enum):
    """Of whom an issuer speaks: of machines (the subject is the client), or of people who use a client."""

    MACHINES = "machines"
    PEOPLE = "people"


class KeySource(Protocol):
    """Where an issuer's public keys are. Asynchronous, because another issuer's keys will be fetched."""

    async def key(self, kid: str | None) -> Key | None: ...


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """Keys that this process holds."""

    jwks: Mapping[str, Any]

    async def key(self, kid: str | None) -> Key | None:
        return key_of(self.jwks, kid)


@dataclass(frozen=True, slots=True)
class Issuer:
    """A row of the table. `may_issue_scopes` None: any that the client is registered for.

    `longest_life_s`: a token that lives longer, from iat to exp, is refused, whatever its issuer meant.
    """

    issuer: str
    audience: str
    algorithms: frozenset[str]
    kind: IssuerKind
    keys: KeySource
    may_issue_purposes: frozenset[Purpose]
    may_issue_scopes: frozenset[str] | None = None
    longest_life_s: int = 3_600


def trusted_issuers(settings: Settings, key: SigningKey) -> Mapping[str, Issuer]:
    """The table, by issuer. For now it has one row, the hub's own server.

    Raises `SettingError` when HUB_ISSUERS is set: to be told is better than to wonder why a token is refused.
    """
    if settings.issuers:
        raise SettingError("HUB_ISSUERS must be unset: this release trusts the hub's own tokens alone")
    own = Issuer(
        issuer=settings.address,
        audience=settings.address,
        algorithms=frozenset({key.algorithm}),
        kind=IssuerKind.MACHINES,
        keys=LocalKeys(key.public_jwks()),
        may_issue_purposes=frozenset(Purpose),
        longest_life_s=max(3_600, settings.token_lifetime_s),
    )
    return {own.issuer: own}
