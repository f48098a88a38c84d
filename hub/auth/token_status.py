"""A client asks whether a token of its own is good (RFC 7662), or lets it be good no longer (RFC 7009)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from starlette.concurrency import run_in_threadpool

from hub.auth.access_token import AccessToken, check
from hub.auth.clients import Client
from hub.auth.issuers import PERSON, Issuer
from hub.auth.jose import JwtError
from hub.auth.records import Records

_log = structlog.get_logger()


class TokenStatus:
    """Tells and ends what the hub's own server has issued. `issuer` is its row of the table."""

    def __init__(self, records: Records, issuer: Issuer, clock: Callable[[], datetime]) -> None:
        self._records = records
        self._issuer = issuer
        self._clock = clock

    async def revoke(self, parameters: Mapping[str, str], client: Client) -> None:
        """Deny the token. Nothing where it is good no more, as RFC 7009 s. 2.2 asks; InvalidGrantError if another's."""
        token = await self._token(parameters)
        if token is None:
            return
        if token.client_id != client.client_id:
            raise InvalidGrantError("the token was issued to another client")
        await run_in_threadpool(self._deny, token)
        _log.info("token_revoked", client_id=client.client_id, token_id=token.token_id)

    async def introspect(self, parameters: Mapping[str, str], client: Client) -> dict[str, object]:
        """What the token says, if it is good and the client's own; of any other that it is not active, and no more."""
        token = await self._token(parameters)
        if token is None or token.client_id != client.client_id or token.token_id in client.denied_tokens:
            return {"active": False}
        said: dict[str, object] = {
            "active": True,
            "iss": self._issuer.issuer,
            "aud": self._issuer.audience,
            "sub": token.client_id if token.person is None else PERSON + token.person,
            "client_id": token.client_id,
            "scope": " ".join(sorted(token.scopes)),
            "jti": token.token_id,
            "iat": int(token.issued_at),
            "exp": int(token.expires_at),
            "token_type": "Bearer" if token.thumbprint is None else "DPoP",
        }
        return said if token.thumbprint is None else said | {"cnf": {"jkt": token.thumbprint}}

    async def _token(self, parameters: Mapping[str, str]) -> AccessToken | None:
        if "token" not in parameters:
            raise InvalidRequestError("token is missing")
        try:
            now = self._clock().timestamp()
            return await check(parameters["token"], {self._issuer.issuer: self._issuer}, now)
        except JwtError:
            return None

    def _deny(self, token: AccessToken) -> None:
        # Other processes may be a little behind; a row that is kept too long costs nothing.
        until = datetime.fromtimestamp(token.expires_at, UTC) + timedelta(minutes=5)
        with self._records.begin() as connection:
            self._records.deny(connection, token.token_id, token.client_id, now=self._clock(), expires_at=until)
