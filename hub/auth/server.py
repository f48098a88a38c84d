"""The hub's own authorization server: Authlib, for machines, with client_credentials and private_key_jwt alone.

Authlib is synchronous and knows Flask and Django; here it is given plain values in a thread pool and returns plain
values. Every default of its that is too lenient is overridden (security.md, 2.2), so that an upgrade which changes one
changes nothing here. Authorization code with PKCE is one more `register_grant`. The type checker's stubs of Authlib
are older than it and partly untyped: each place where they are wrong is marked.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import structlog
from authlib.common.security import is_secure_transport
from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from joserfc import jwt

from hub.auth.client_proof import METHOD, ClientProof
from hub.auth.clients import Client
from hub.auth.jose import registry
from hub.auth.keys import SigningKey
from hub.auth.records import Records
from hub.auth.scopes import covered
from hub.settings import SettingError, Settings

GRANT = "client_credentials"
TOKEN_PATH = "/oauth/token"  # noqa: S105  (an address)
_MOST_SCOPES = 100
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, before it is one."""

    status: int
    body: Mapping[str, object]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Party(ClientMixin):
    """A client as Authlib wants to see it."""

    client: Client

    def get_client_id(self) -> str:
        return self.client.client_id

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == METHOD and endpoint == "token"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT


class _TokenRequest(OAuth2Request):
    """A token request: its parameters have been parsed, and each stands in it once."""

    def __init__(self, address: str, parameters: Mapping[str, str], headers: Mapping[str, str]) -> None:
        super().__init__("POST", address, headers=headers)  # pyright: ignore[reportUnknownMemberType]
        self.parameters = parameters
        self.payload = BasicOAuth2Payload(dict(parameters))
        self.proved: Client | None = None


class _ClientCredentials(ClientCredentialsGrant):
    """RFC 6749 s. 4.4, with the scopes checked against the client, and without the token in the log."""

    TOKEN_ENDPOINT_AUTH_METHODS = (METHOD,)
    _granted_scope = ""

    def validate_requested_scope(self) -> None:
        request = cast("_TokenRequest", self.request)
        if request.proved is None:
            raise InvalidScopeError("scopes belong to a client")
        self._granted_scope = _granted(request.parameters.get("scope"), request.proved)

    def create_token_response(self) -> tuple[int, Mapping[str, object], Mapping[str, str]]:
        return 200, self.generate_token(scope=self._granted_scope), {}  # pyright: ignore[reportUnknownMemberType]


class TokenServer(AuthorizationServer):
    """Answers token requests. One for each process; safe in several threads at once."""

    def __init__(
        self, settings: Settings, *, key: SigningKey, database_url: str, clock: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self.settings = settings
        self.key = key
        self.token_address = settings.address + TOKEN_PATH
        if not is_secure_transport(self.token_address):
            raise SettingError("HUB_BASE_URL must be an https address, or http on loopback for development")
        self._clock = clock
        self._records = Records(database_url, statement_timeout_ms=settings.statement_timeout_ms)
        self._proof = ClientProof(
            self._records,
            audiences=frozenset({settings.address, self.token_address}),
            production=settings.production,
            clock=clock,
        )
        self.register_grant(_ClientCredentials)
        self.register_client_auth_method(METHOD, self._prove)  # pyright: ignore[reportUnknownMemberType]
        self.register_token_generator("default", self._token)  # pyright: ignore[reportArgumentType]  (any callable will do)

    def answer(self, parameters: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Answer a token request; `headers` by their names in lower case. Blocks: call it in a thread."""
        if "grant_type" not in parameters:
            return self.refusal(InvalidRequestError("grant_type is missing"))
        request = _TokenRequest(self.token_address, parameters, headers)
        return cast("Answer", self.create_token_response(request))  # pyright: ignore[reportUnknownMemberType]

    def refusal(self, error: OAuth2Error, client_id: str | None = None) -> Answer:
        """The answer to a request that cannot be granted (RFC 6749 s. 5.2), and a line in the log."""
        _log.info(
            "token_refused",
            error=error.error,
            rule=getattr(error, "rule", error.error),
            client_id=getattr(error, "client_id", client_id),
        )
        status, body, headers = cast("tuple[int, Mapping[str, object], Mapping[str, str]]", error())
        return self.handle_response(status, body, headers)

    def close(self) -> None:
        """Close the server's connections to the database."""
        self._records.close()

    # What Authlib asks of an integration.

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Mapping[str, object], headers: Mapping[str, str]) -> Answer:
        return Answer(status, body, dict(headers))  # Authlib's own headers are pairs, whatever its stubs say

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Answer:
        proved = cast("_TokenRequest", request).proved
        return self.refusal(error, proved.client_id if proved else None)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens: what is worth telling is logged."""

    def _prove(self, query_client: object, request: _TokenRequest) -> _Party:
        request.proved = self._proof.client(request.parameters, request.headers or {})
        request.client = _Party(request.proved)
        return request.client

    def _token(self, grant_type: str, client: _Party, scope: str, **unused: object) -> dict[str, object]:
        """An access token (RFC 9068). Its claims are a contract with resource servers: add, never change."""
        now = int(self._clock().timestamp())
        life = self.settings.token_lifetime_s
        client_id = client.client.client_id
        claims: dict[str, Any] = {
            "iss": self.settings.address,
            "aud": self.settings.address,
            "sub": client_id,
            "client_id": client_id,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + life,
            "scope": scope,
            "org": client.client.organisation_code,  # for people who read tokens; the hub never relies on it
        }
        header = {"typ": "at+jwt", "alg": self.key.algorithm, "kid": self.key.kid}
        text = jwt.encode(header, claims, self.key.key, registry=registry({self.key.algorithm}))
        _log.info("token_issued", client_id=client_id, token_id=claims["jti"], scope=scope, grant=grant_type)
        return {"access_token": text, "token_type": "Bearer", "expires_in": life, "scope": scope}


def _granted(asked: str | None, client: Client) -> str:
    """All the scopes asked for, or none at all (RFC 6749 s. 3.3); where none is asked for, the client's own.

    A scope that is dropped in silence is a fault found weeks later.
    """
    if asked is None:
        return " ".join(sorted(client.scopes))
    scopes = asked.split(" ")
    if len(scopes) > _MOST_SCOPES or len(set(scopes)) != len(scopes):
        raise InvalidScopeError(f"scope lists at most {_MOST_SCOPES} scopes, each once")
    if not all(covered(scope, by=client.scopes) for scope in scopes):
        raise InvalidScopeError("the client is not registered for all of these scopes")
    return " ".join(scopes)
