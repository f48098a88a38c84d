"""The hub's own authorization server: Authlib, for machines, with client_credentials and private_key_jwt alone.

Authlib is synchronous and knows Flask and Django; here it is given plain values in a thread pool and returns plain
values. Every default of its that is too lenient is overridden (security.md, 2.2), so an upgrade that changes one
changes nothing here. Authorization code with PKCE is one more `register_grant`.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.errors import InsecureTransportError
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
    body: Mapping[str, Any]
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
        super().__init__("POST", address, headers=dict(headers))
        self.payload = BasicOAuth2Payload(dict(parameters))


class _ClientCredentials(ClientCredentialsGrant):
    """RFC 6749 s. 4.4, with the scopes checked against the client, and without the token in the log."""

    TOKEN_ENDPOINT_AUTH_METHODS = [METHOD]  # noqa: RUF012  (Authlib's name and type)

    def validate_requested_scope(self) -> None:
        self.request.scope = _granted(self.request.payload.scope, self.request.client.client)

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        token = self.generate_token(scope=self.request.scope, include_refresh_token=False)
        return 200, token, self.TOKEN_RESPONSE_HEADER


class TokenServer(AuthorizationServer):
    """Answers token requests. One for each process; safe in several threads at once."""

    def __init__(
        self, settings: Settings, *, key: SigningKey, database_url: str, clock: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self.settings = settings
        self.key = key
        self.token_address = settings.address + TOKEN_PATH
        try:
            InsecureTransportError.check(self.token_address)
        except InsecureTransportError as error:
            raise SettingError("HUB_BASE_URL must be an https address, or http on loopback for development") from error
        self._clock = clock
        self._records = Records(database_url, statement_timeout_ms=settings.statement_timeout_ms)
        self._proof = ClientProof(
            self._records,
            audiences=frozenset({settings.address, self.token_address}),
            production=settings.production,
            clock=clock,
        )
        self.register_grant(_ClientCredentials)
        self.register_client_auth_method(METHOD, self._authenticate)
        self.register_token_generator("default", self._token)

    def answer(self, parameters: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Answer a token request; `headers` by their names in lower case. Blocks: call it in a thread."""
        request = _TokenRequest(self.token_address, parameters, headers)
        if not parameters.get("grant_type"):
            return self.refusal(InvalidRequestError("grant_type is missing"))
        return self.create_token_response(request)

    def refusal(self, error: OAuth2Error, client_id: str | None = None) -> Answer:
        """The answer to a request that cannot be granted (RFC 6749 s. 5.2), and a line in the log."""
        _log.info(
            "token_refused",
            error=error.error,
            rule=getattr(error, "rule", error.error),
            client_id=getattr(error, "client_id", client_id),
        )
        return self.handle_response(*error())

    def close(self) -> None:
        self._records.close()

    # What Authlib asks of an integration.

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: dict[str, Any], headers: list[tuple[str, str]]) -> Answer:
        return Answer(status, body, dict(headers))

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Answer:
        party: _Party | None = request.client
        return self.refusal(error, party.client.client_id if party else None)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens: what is worth telling is logged."""

    def query_client(self, client_id: str) -> _Party | None:
        client = self._records.client(client_id)
        return _Party(client) if client else None

    def _authenticate(self, query_client: object, request: OAuth2Request) -> _Party:
        request.client = _Party(self._proof.client(request.payload.data, request.headers))
        return request.client

    def _token(self, grant_type: str, client: _Party, scope: str, **unused: object) -> dict[str, Any]:
        """An access token (RFC 9068). Its claims are a contract with resource servers: add, never change."""
        now = int(self._clock().timestamp())
        token_id = secrets.token_urlsafe(16)
        life = self.settings.token_lifetime_s
        claims = {
            "iss": self.settings.address,
            "aud": self.settings.address,
            "sub": client.client.client_id,
            "client_id": client.client.client_id,
            "jti": token_id,
            "iat": now,
            "exp": now + life,
            "scope": scope,
            "org": client.client.organisation_code,  # for people who read tokens; the hub never relies on it
        }
        header = {"typ": "at+jwt", "alg": self.key.algorithm, "kid": self.key.kid}
        text = jwt.encode(header, claims, self.key.key, registry=registry({self.key.algorithm}))
        _log.info("token_issued", client_id=client.client.client_id, token_id=token_id, scope=scope, grant=grant_type)
        return {"access_token": text, "token_type": "Bearer", "expires_in": life, "scope": scope}


def _granted(asked: str | None, client: Client) -> str:
    """All the scopes asked for, or none at all (RFC 6749 s. 3.3); asked for none, the client's own.

    A scope that is dropped in silence is a fault found weeks later.
    """
    if not asked:
        return " ".join(sorted(client.scopes))
    scopes = asked.split(" ")
    if len(scopes) > _MOST_SCOPES or len(set(scopes)) != len(scopes):
        raise InvalidScopeError(f"scope lists at most {_MOST_SCOPES} scopes, each once")
    if not all(covered(scope, by=client.scopes) for scope in scopes):
        raise InvalidScopeError("the client is not registered for all of these scopes")
    return " ".join(scopes)
