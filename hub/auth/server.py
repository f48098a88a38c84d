"""The hub's own authorization server: Authlib, with private_key_jwt alone; for machines, and outside production for
people too.

Authlib is synchronous and knows Flask and Django; here it is given plain values in a thread pool and returns plain
values. Every default of its that is too lenient is overridden (security.md, 2.2), so that an upgrade which changes one
changes nothing here. The type checker's stubs of Authlib are older than it and partly untyped: each place where they
are wrong is marked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import structlog
from authlib.common.security import is_secure_transport
from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import (
    BaseGrant,
    ClientMixin,
    InvalidRequestError,
    TokenEndpointMixin,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from hub.auth import dpop
from hub.auth.client_proof import METHOD, ClientProof
from hub.auth.clients import Client
from hub.auth.codes import redeem
from hub.auth.issuing import Grant, Issuing, new_token_id
from hub.auth.jose import JwtError
from hub.auth.keys import SigningKey
from hub.auth.records import Records
from hub.auth.requested import granted
from hub.observe import TOKEN_REFUSALS
from hub.settings import SettingError, Settings

GRANT = "client_credentials"
CODE_GRANT = "authorization_code"
TOKEN_PATH = "/oauth/token"  # noqa: S105  (an address)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, before it is one."""

    status: int
    body: Mapping[str, object]
    headers: Mapping[str, str]


class InvalidProofError(OAuth2Error):
    """The DPoP proof of a token request is no proof (RFC 9449 s. 5). `rule` is for the log."""

    error = "invalid_dpop_proof"

    def __init__(self, rule: str, description: str) -> None:
        super().__init__(description=description)  # pyright: ignore[reportUnknownMemberType]  (untyped there)
        self.rule = f"proof-{rule}"


@dataclass(frozen=True, slots=True)
class _Party(ClientMixin):
    """A client as Authlib wants to see it."""

    client: Client

    def get_client_id(self) -> str:
        return self.client.client_id

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == METHOD and endpoint == "token"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT or (grant_type == CODE_GRANT and bool(self.client.redirect_uris))


class _TokenRequest(OAuth2Request):
    """A token request: its parameters have been parsed, and each stands in it once."""

    def __init__(
        self, address: str, parameters: Mapping[str, str], headers: Mapping[str, str], proofs: Sequence[str]
    ) -> None:
        super().__init__("POST", address, headers=headers)  # pyright: ignore[reportUnknownMemberType]  (untyped there)
        self.parameters = parameters
        self.payload = BasicOAuth2Payload(dict(parameters))
        self.proofs = proofs
        self.proved: Client | None = None
        self.thumbprint: str | None = None


class _Grant(BaseGrant):
    """What both grants have in common: who asks has been proved, and so has the key it binds its token to."""

    TOKEN_ENDPOINT_AUTH_METHODS = (METHOD,)

    def asked(self) -> tuple["TokenServer", _TokenRequest, Client]:
        server, request = cast("TokenServer", self.server), cast("_TokenRequest", self.request)
        if request.proved is None:
            raise InvalidRequestError("a token is for a client")
        return server, request, request.proved


class _ClientCredentials(_Grant, ClientCredentialsGrant):
    """RFC 6749 s. 4.4, with the scopes checked against the client, and without the token in the log."""

    TOKEN_ENDPOINT_AUTH_METHODS = (METHOD,)
    _granted_scope = ""

    def validate_requested_scope(self) -> None:
        _, request, client = self.asked()
        self._granted_scope = granted(request.parameters.get("scope"), client)

    def create_token_response(self) -> tuple[int, Mapping[str, object], Mapping[str, str]]:
        server, request, client = self.asked()
        grant = Grant(client, self._granted_scope, new_token_id(), thumbprint=request.thumbprint)
        return 200, server.issuing.token_response(grant), {}


class _AuthorizationCode(_Grant, TokenEndpointMixin):
    """RFC 6749 s. 4.1.3 and RFC 7636 s. 4.5, for codes that people have let the client have. Written out rather than
    Authlib's own, which reads the code, checks it, and deletes it in three steps: two racing requests both succeed."""

    GRANT_TYPE = CODE_GRANT

    def validate_token_request(self) -> None:
        self.authenticate_token_endpoint_client()
        _, _, client = self.asked()
        if not client.redirect_uris:
            raise UnauthorizedClientError("the client is not registered for people to sign in through")

    def create_token_response(self) -> Any:  # status, body, headers: the stubs of the mixin have another order
        server, request, client = self.asked()
        grant, signed_in = redeem(
            server.records, request.parameters, client, thumbprint=request.thumbprint, now=server.clock()
        )
        return 200, server.issuing.token_response(grant, signed_in), {}


class TokenServer(AuthorizationServer):
    """Answers token requests. One for each process; safe in several threads at once."""

    def __init__(
        self, settings: Settings, *, key: SigningKey, database_url: str, clock: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self.settings = settings
        self.key = key
        self.clock = clock
        self.issuing = Issuing(settings, key, clock)
        self.token_address = settings.address + TOKEN_PATH
        if not is_secure_transport(self.token_address):
            raise SettingError("HUB_BASE_URL must be an https address, or http on loopback for development")
        self.records = Records(database_url, statement_timeout_ms=settings.statement_timeout_ms)
        self._proof = ClientProof(
            self.records,
            audiences=frozenset({settings.address, self.token_address}),
            production=settings.production,
            clock=clock,
        )
        self.register_grant(_ClientCredentials)
        if self.signs_people_in:
            self.register_grant(_AuthorizationCode)
        self.register_client_auth_method(METHOD, self._prove)  # pyright: ignore[reportUnknownMemberType]  (untyped there)

    @property
    def signs_people_in(self) -> bool:
        """Only in demo and development: in production people come from an external OpenID provider."""
        return not self.settings.production

    def answer(self, parameters: Mapping[str, str], headers: Mapping[str, str], proofs: Sequence[str] = ()) -> Answer:
        """Answer a token request; `headers` by their names in lower case. Blocks: call it in a thread."""
        if "grant_type" not in parameters:
            return self.refusal(InvalidRequestError("grant_type is missing"))
        request = _TokenRequest(self.token_address, parameters, headers, proofs)
        return cast("Answer", self.create_token_response(request))  # pyright: ignore[reportUnknownMemberType]  (untyped there)

    def client(self, parameters: Mapping[str, str], headers: Mapping[str, str]) -> Client:
        """The client that makes any other request with an assertion. Raises OAuth2Error. Blocks."""
        return self._proof.client(parameters, headers)

    def refusal(self, error: OAuth2Error, client_id: str | None = None) -> Answer:
        """The answer to a request that cannot be granted (RFC 6749 s. 5.2), and a line in the log."""
        rule = str(getattr(error, "rule", error.error))
        TOKEN_REFUSALS.labels(rule).inc()
        _log.info(
            "token_refused",
            error=error.error,
            rule=rule,
            client_id=getattr(error, "client_id", client_id),
        )
        status, body, headers = cast("tuple[int, Mapping[str, object], Mapping[str, str]]", error())
        return self.handle_response(status, body, headers)

    def close(self) -> None:
        """Close the server's connections to the database."""
        self.records.close()

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
        client = request.proved = self._proof.client(request.parameters, request.headers or {})
        if request.proofs or client.dpop_required:
            request.thumbprint = self._bound_to(request.proofs)
        request.client = _Party(client)
        return request.client

    def _bound_to(self, proofs: Sequence[str]) -> str:
        """The key that the token is to be bound to. Raises InvalidProofError."""
        presented = dpop.Presented(proofs, "POST", self.token_address)
        try:
            proof = dpop.check(presented, now=self.clock().timestamp(), access_token=None)
        except JwtError as error:
            raise InvalidProofError(error.rule, error.message) from error
        if not self.records.first(dpop.use_up(proof)):
            raise InvalidProofError("replayed", "the proof has been used before")
        return proof.thumbprint
