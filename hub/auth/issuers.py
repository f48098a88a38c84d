"""Whose tokens the hub believes, as one static table.

A token names its issuer; the row with that name says where its keys are, what it may say, and of whom. There is no
row, no belief. No address that stands in a token is ever fetched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import MappingProxyType

from hub.auth.issuer_file import Claims, IssuerRow, RoleRow, SignInAt, read_issuers
from hub.auth.jwks import CachedKeys, KeySource, Load, LocalKeys, from_address, from_file
from hub.auth.keys import SigningKey
from hub.auth.roles import Role
from hub.clock import utc_now
from hub.law.reg17_disclosure import Purpose
from hub.settings import SettingError, Settings

PERSON = "person:"
"""What the subject of a token of the hub's own begins with where it is a person. No client id can contain a colon."""


class IssuerKind(Enum):
    """Of whom an issuer speaks: of machines (the subject is the client), or of people who use a client."""

    MACHINES = "machines"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Issuer:
    """A row of the table. `may_issue_scopes` None: any that the client is registered for.

    `organisations`: the hub's codes of bodies by what the issuer calls them; empty where it uses the hub's codes.
    `roles`: what each role opens, by what the issuer calls it; empty where its people have no roles here.
    `longest_life_s`: a token that lives longer, from iat to exp, is refused, whatever its issuer meant.
    `sign_in`: where its people sign in to the hub's pages; None where they do not.
    `signs_in`: whether it is the hub's own server where people may sign in at it (`PERSON`): never in production.
    """

    issuer: str
    audience: str
    algorithms: frozenset[str]
    kind: IssuerKind
    keys: KeySource
    may_issue_purposes: frozenset[Purpose]
    may_issue_scopes: frozenset[str] | None = None
    longest_life_s: int = 3_600
    claims: Claims = field(default_factory=Claims)
    organisations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType[str, str]({}))
    roles: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType[str, Role]({}))
    sign_in: SignInAt | None = None
    signs_in: bool = False


def trusted_issuers(
    settings: Settings, key: SigningKey, clock: Callable[[], datetime] = utc_now
) -> Mapping[str, Issuer]:
    """The table, by issuer: the hub's own server, and those in the file HUB_ISSUERS. Raises `SettingError`."""
    own = Issuer(
        issuer=settings.address,
        audience=settings.address,
        algorithms=key.algorithms,
        kind=IssuerKind.MACHINES,
        keys=LocalKeys(key.public_jwks()),
        may_issue_purposes=frozenset(Purpose),
        longest_life_s=max(3_600, settings.token_lifetime_s, settings.session_lifetime_s),
        signs_in=not settings.production,
    )
    table = {own.issuer: own}
    for row in rows_of(settings):
        if row.issuer in table:
            raise SettingError(f"HUB_ISSUERS: {row.issuer} is the hub's own address")
        table[row.issuer] = _issuer(row, keys_of(row, settings), clock)
    return table


def rows_of(settings: Settings) -> list[IssuerRow]:
    """The rows of the file HUB_ISSUERS; none where it is unset. Raises `SettingError`."""
    return read_issuers(Path(settings.issuers)) if settings.issuers else []


def keys_of(row: IssuerRow, settings: Settings) -> Load:
    """What loads the issuer's keys."""
    if row.keys.address is not None:
        return from_address(row.keys.address)
    return from_file(Path(settings.issuers).parent / str(row.keys.file))


def _issuer(row: IssuerRow, load: Load, clock: Callable[[], datetime]) -> Issuer:
    return Issuer(
        issuer=row.issuer,
        audience=row.audience,
        algorithms=frozenset(row.algorithms),
        kind=IssuerKind(row.kind),
        keys=CachedKeys(row.issuer, load, clock),
        may_issue_purposes=frozenset(Purpose(each) for each in row.purposes),
        may_issue_scopes=None if row.scopes is None else frozenset(row.scopes),
        longest_life_s=row.longest_life_s,
        claims=row.claims,
        organisations=MappingProxyType(row.organisations),
        roles=MappingProxyType({name: _role(each) for name, each in row.roles.items()}),
        sign_in=row.sign_in,
    )


def _role(row: RoleRow) -> Role:
    return Role(frozenset(row.scopes), frozenset(Purpose(each) for each in row.purposes))
