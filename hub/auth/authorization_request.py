"""An authorization request (RFC 6749 s. 4.1.1, RFC 7636, OpenID Connect Core s. 3.1.2.1), read strictly.

Until client and redirect address are known to belong together nothing is sent anywhere: the person is told on a page
of the hub's own. After that the client is told, at its registered address.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from hub.auth.clients import CLIENT_ID, Client
from hub.auth.issuing import OPENID
from hub.auth.people import Person
from hub.auth.records import Records
from hub.auth.requested import MOST_SCOPES
from hub.auth.scopes import GRAPHQL, covered

_S256 = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256 in base64url: a challenge, or a thumbprint
_LONGEST = 1_024


class NoSuchPlaceError(Exception):
    """Client or redirect address are not registered: nothing may be sent there. The message is for a person."""


class RefusedRequestError(Exception):
    """The client is told, by an error of RFC 6749 s. 4.1.2.1."""

    def __init__(self, request: "Destination", error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.destination = request


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the browser is sent back to, and what goes with it."""

    client: Client
    redirect_uri: str
    state: str | None

    def location(self, issuer: str, **said: str) -> str:
        """The address with the answer in its query; always with `iss` (RFC 9207), against mix-up."""
        parts = urlsplit(self.redirect_uri)
        answer = said | ({"state": self.state} if self.state is not None else {}) | {"iss": issuer}
        query = "&".join(each for each in (parts.query, urlencode(answer)) if each)
        return urlunsplit(parts._replace(query=query))


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that a person may be asked about. `asked`: every scope that the client may have of those it wants."""

    destination: Destination
    code_challenge: str
    asked: tuple[str, ...]
    openid: bool
    nonce: str | None
    thumbprint: str | None

    def granted(self, person: Person) -> list[str]:
        """The scopes that the person's role opens, of those asked for."""
        return [scope for scope in self.asked if covered(scope, by=person.role.scopes)]

    def scope(self, person: Person) -> str:
        return " ".join([*([OPENID] if self.openid else []), *self.granted(person)])


def authorization_request(parameters: Mapping[str, str], records: Records, *, production: bool) -> AuthorizationRequest:
    """Raises NoSuchPlaceError or RefusedRequestError."""
    to = _destination(parameters, records, production=production)
    for name in ("request", "request_uri"):
        if name in parameters:
            raise RefusedRequestError(to, f"{name}_not_supported", "parameters stand in the address themselves")
    if parameters.get("response_type") != "code":
        raise RefusedRequestError(to, "unsupported_response_type", "response_type must be code")
    if parameters.get("response_mode", "query") != "query":
        raise RefusedRequestError(to, "invalid_request", "response_mode must be query, or left out")
    if "none" in parameters.get("prompt", "").split():
        raise RefusedRequestError(to, "login_required", "nobody stays signed in here")
    challenge = parameters.get("code_challenge", "")
    if parameters.get("code_challenge_method") != "S256" or not _S256.fullmatch(challenge):
        raise RefusedRequestError(to, "invalid_request", "PKCE is required: code_challenge_method must be S256")
    thumbprint = parameters.get("dpop_jkt")
    if thumbprint is not None and not _S256.fullmatch(thumbprint):
        raise RefusedRequestError(to, "invalid_request", "dpop_jkt is the SHA-256 thumbprint of a key, in base64url")
    nonce = parameters.get("nonce")
    if nonce is not None and (len(nonce) > _LONGEST or not nonce.isprintable()):
        raise RefusedRequestError(to, "invalid_request", f"nonce has at most {_LONGEST} printable characters")
    openid, asked = _asked(parameters.get("scope"), to)
    return AuthorizationRequest(to, challenge, asked, openid, nonce, thumbprint)


def _destination(parameters: Mapping[str, str], records: Records, *, production: bool) -> Destination:
    client_id, redirect_uri = parameters.get("client_id", ""), parameters.get("redirect_uri", "")
    client = records.client(client_id) if CLIENT_ID.fullmatch(client_id) else None
    if client is None or not client.may_act(production=production) or redirect_uri not in client.redirect_uris:
        raise NoSuchPlaceError("The system that sent you here is not known at this address.")
    state = parameters.get("state")
    if state is not None and (len(state) > _LONGEST or not state.isprintable()):
        raise NoSuchPlaceError("The system that sent you here has sent more than can be sent back.")
    return Destination(client, redirect_uri, state)


def _asked(scope: str | None, to: Destination) -> tuple[bool, tuple[str, ...]]:
    """Whether an ID token is wanted, and the scopes. FHIR scopes are for systems alone (`system/`)."""
    named = scope.split(" ") if scope is not None else [OPENID]
    asked = [each for each in named if each != OPENID]
    if len(named) > MOST_SCOPES or len(set(named)) != len(named):
        raise RefusedRequestError(to, "invalid_scope", f"scope lists at most {MOST_SCOPES} scopes, each once")
    if not all(each in GRAPHQL and each in to.client.scopes for each in asked):
        raise RefusedRequestError(to, "invalid_scope", "the client is not registered for all of these scopes")
    wanted = asked or sorted(each for each in to.client.scopes if each in GRAPHQL)
    return OPENID in named, tuple(wanted)
