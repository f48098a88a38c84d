"""The file of trusted issuers (HUB_ISSUERS), read strictly: what is wrong in it is said with its place."""

import json
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from hub.auth.jose import ALGORITHMS
from hub.auth.scopes import is_known
from hub.law.reg17_disclosure import Purpose
from hub.settings import SettingError

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_THE_PROTOCOLS = frozenset({
    "response_type", "response_mode", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
    "code_challenge_method", "grant_type", "code", "code_verifier", "client_assertion", "client_assertion_type",
    "client_secret",
})  # fmt: skip
_Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class KeysAt(_Strict):
    """Where the issuer's JWK Set is: a file (beside this one, unless its path is absolute), or one fixed address."""

    file: _Name | None = None
    address: _Name | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.file is None) == (self.address is None):
            raise ValueError("either file or address")
        if self.address is not None:
            _web_address(self.address)
        return self


class Claims(_Strict):
    """Which claims say who it is. Without `organisation`, it is the body that the client is registered for; without
    `role`, a person may do what the client is registered for."""

    client: _Name = "client_id"
    person: _Name = "sub"
    organisation: _Name | None = None
    role: _Name | None = None


class SignInAt(_Strict):
    """Where the issuer's people sign in to the hub's own pages and to GraphiQL, through which of its clients.

    `scope`: what is asked for; left out, `openid` and the client's scopes. `parameters`: what else the provider wants
    to be told at both addresses, such as `resource`. The hub proves itself with its own key (private_key_jwt).
    """

    authorization: _Name
    token: _Name
    clients: list[_Name] = Field(min_length=1, max_length=1_000)
    scope: _Name | None = None
    parameters: dict[str, _Name] = Field(default_factory=dict)

    @field_validator("authorization", "token")
    @classmethod
    def _are_addresses(cls, address: str) -> str:
        _web_address(address)
        return address

    @field_validator("parameters")
    @classmethod
    def _are_further(cls, parameters: dict[str, str]) -> dict[str, str]:
        if taken := sorted(set(parameters) & _THE_PROTOCOLS):
            raise ValueError(f"{', '.join(taken)} is the hub's to say")
        return parameters


class RoleRow(_Strict):
    """What a role opens, as the issuer calls it: never more than the client and the issuer's row do."""

    scopes: list[str]
    purposes: list[str]

    @field_validator("scopes")
    @classmethod
    def _are_scopes(cls, scopes: list[str]) -> list[str]:
        return _known_scopes(scopes)

    @field_validator("purposes")
    @classmethod
    def _are_purposes(cls, purposes: list[str]) -> list[str]:
        return _known_purposes(purposes)


class IssuerRow(_Strict):
    """One trusted issuer. `scopes` null or left out: any that the client is registered for."""

    issuer: _Name
    kind: Literal["people", "machines"]
    keys: KeysAt
    audience: _Name
    algorithms: list[str] = Field(min_length=1)
    claims: Claims = Claims()
    organisations: dict[str, str] = Field(default_factory=dict)
    roles: dict[str, RoleRow] = Field(default_factory=dict)
    purposes: list[str] = Field(min_length=1)
    scopes: list[str] | None = None
    longest_life_s: int = Field(default=3_600, ge=60, le=86_400)
    sign_in: SignInAt | None = None

    @field_validator("issuer")
    @classmethod
    def _is_address(cls, issuer: str) -> str:
        _web_address(issuer)
        return issuer

    @field_validator("algorithms")
    @classmethod
    def _are_algorithms(cls, algorithms: list[str]) -> list[str]:
        return _among(algorithms, ALGORITHMS)

    @field_validator("purposes")
    @classmethod
    def _are_purposes(cls, purposes: list[str]) -> list[str]:
        return _known_purposes(purposes)

    @field_validator("scopes")
    @classmethod
    def _are_scopes(cls, scopes: list[str] | None) -> list[str] | None:
        return None if scopes is None else _known_scopes(scopes)

    @model_validator(mode="after")
    def _mapped(self) -> Self:
        if self.organisations and self.claims.organisation is None:
            raise ValueError("organisations needs claims.organisation, which says what is looked up in it")
        if bool(self.roles) != (self.claims.role is not None):
            raise ValueError("roles and claims.role, which says what is looked up in it, need each other")
        if self.kind != "people" and (self.roles or self.sign_in):
            raise ValueError("roles and sign_in are people's")
        return self


class IssuerFile(_Strict):
    """The whole file."""

    issuers: list[IssuerRow] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _once(self) -> Self:
        names = [each.issuer for each in self.issuers]
        if len(set(names)) != len(names):
            raise ValueError("an issuer stands in it once")
        return self


def read_issuers(path: Path) -> list[IssuerRow]:
    """The rows of the file. Raises `SettingError` with a line for each place that is wrong."""
    try:
        content: object = json.loads(path.read_bytes())
    except OSError as error:
        raise SettingError(f"HUB_ISSUERS: {path} cannot be read") from error
    except ValueError as error:
        raise SettingError(f"HUB_ISSUERS: {path} is not JSON: {error}") from error
    try:
        return IssuerFile.model_validate(content).issuers
    except ValidationError as error:
        lines = [f"  {_place(each['loc'])}: {_said(each['msg'])}" for each in error.errors(include_url=False)]
        raise SettingError("\n".join([f"HUB_ISSUERS: {path} is not a table of issuers:", *lines])) from error


def _place(parts: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in parts) or "the file"


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")


def _web_address(text: str) -> None:
    parts = urlsplit(text)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not secure or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise ValueError("an https address (http on loopback alone), without a user name or a fragment")


def _known_purposes(purposes: list[str]) -> list[str]:
    return _among(purposes, {each.value for each in Purpose})


def _known_scopes(scopes: list[str]) -> list[str]:
    if unknown := sorted(scope for scope in scopes if not is_known(scope)):
        raise ValueError(f"the hub does not know {', '.join(unknown)}")
    return scopes


def _among(words: list[str], known: set[str] | frozenset[str]) -> list[str]:
    if unknown := sorted(set(words) - known):
        raise ValueError(f"{', '.join(unknown)} is not among {', '.join(sorted(known))}")
    return words
