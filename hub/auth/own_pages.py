"""How people sign in to the hub's own pages: as to any other system, by a code that they consent to, with PKCE.

The pages are a client of the body that the person works for, registered like any other; what makes a client one of the
pages is its redirect address. The pages run in the hub's process, and so their code is redeemed without HTTP; the token
that comes of it is like everybody's, and is asked with like everybody's.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error

from hub.auth.clients import Client
from hub.auth.codes import challenge_of, redeem
from hub.auth.issuing import OPENID, Issuing
from hub.auth.metadata import AUTHORIZE_PATH
from hub.auth.server import TokenServer

RETURN_PATH = "/sign-in/return"
PENDING_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that has begun: what must come back, and what proves that it comes back to the same browser."""

    client_id: str
    state: str
    verifier: str


@dataclass(frozen=True, slots=True)
class SignedInToken:
    """The token of somebody who has signed in. `name` is the person's; `purpose` None: the client's default."""

    token: str
    token_id: str
    client_id: str
    name: str
    expires_at: datetime
    purpose: str | None = None


class OwnPages:
    """The authorization server as the hub's pages use it. Every method blocks: call it in a thread."""

    def __init__(self, server: TokenServer, on_revoked: Callable[[str], None]) -> None:
        self._server = server
        self._on_revoked = on_revoked
        self._life = timedelta(seconds=server.settings.session_lifetime_s)
        lasting = replace(server.settings, token_lifetime_s=server.settings.session_lifetime_s)
        self._issuing = Issuing(lasting, server.key, server.clock)

    @property
    def redirect_uri(self) -> str:
        return self._server.settings.address + RETURN_PATH

    def clients(self) -> list[Client]:
        """Through which the pages may be used, by the names of their bodies; none in production."""
        if not self._server.signs_people_in:
            return []
        found = self._server.records.clients_returning_to(self.redirect_uri)
        return [each for each in found if each.may_act(production=self._server.settings.production)]

    def begin(self, client_id: str) -> tuple[str, Pending]:
        """Where the person is sent, and what is kept until they come back."""
        pending = Pending(client_id, secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": self.redirect_uri,
            "scope": OPENID,
            "state": pending.state,
            "code_challenge": challenge_of(pending.verifier),
            "code_challenge_method": "S256",
        }
        return f"{AUTHORIZE_PATH}?{urlencode(asked)}", pending

    def finish(self, pending: Pending, code: str) -> SignedInToken | None:
        """The token that the code stands for; None where it stands for none, or the client may act no more."""
        client = next((each for each in self.clients() if each.client_id == pending.client_id), None)
        if client is None:
            return None
        now = self._server.clock()
        given = {"code": code, "code_verifier": pending.verifier, "redirect_uri": self.redirect_uri}
        try:
            grant, signed_in = redeem(self._server.records, given, client, thumbprint=None, now=now)
        except OAuth2Error:
            return None
        token = str(self._issuing.token_response(grant)["access_token"])
        return SignedInToken(token, grant.token_id, client.client_id, signed_in.name, now + self._life)

    def sign_out(self, token_id: str, client_id: str) -> None:
        """The token is good no longer, here or anywhere else that keeps a copy of it."""
        now, records = self._server.clock(), self._server.records
        with records.begin() as connection:
            records.deny(connection, token_id, client_id, now=now, expires_at=now + self._life)
        self._on_revoked(client_id)
