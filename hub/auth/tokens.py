"""An Authorization header becomes a `Caller` (RFC 6750, RFC 9068), or a `Problem` that says by its rule why not.

The token says which client asks, for how long, and for which scopes. Whom the client acts for, which scopes it still
has and which purposes it may name are looked up in the hub's own database: a token that says more gains nothing.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from hub.auth.access_token import AccessToken, check
from hub.auth.clients import Client, find, in_force
from hub.auth.issuers import Issuer
from hub.auth.jose import JwtError
from hub.auth.scopes import covered
from hub.db.session import Database
from hub.errors import Kind, Problem, forbidden, invalid
from hub.law.caller import Caller
from hub.law.periods import london_day
from hub.law.reg17_disclosure import Purpose
from hub.settings import Settings

CLIENT_TTL_S = 5
"""How long a client's row is believed, seconds: one that is disabled, or loses a scope, may act for at most so long."""

_MOST_TOKENS = 10_000
_MOST_CLIENTS = 1_000
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] ([A-Za-z0-9._~+/=-]+)")  # RFC 6750 s. 2.1
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Looked:
    """A client's row, and when it was looked up."""

    client: Client | None
    at: datetime


class TokenVerifier:
    """Makes callers from tokens. One for each process: what it remembers is bounded, and holds no token, only hashes.

    Call `caller` again for each event of a subscription: it is cheap, and it is how an ended token ends it.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        issuers: Mapping[str, Issuer],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._database = database
        self._issuers = issuers
        self._clock = clock
        self._tokens: OrderedDict[bytes, AccessToken] = OrderedDict()
        self._clients: OrderedDict[str, _Looked] = OrderedDict()
        self._callers: OrderedDict[tuple[bytes, str | None], tuple[Client, Caller]] = OrderedDict()

    async def caller(self, authorization: str | None, purpose: str | None) -> Caller:
        """Who asks, by the two headers `Authorization` and `Purpose-Of-Use`.

        Raises `Problem`: UNAUTHENTICATED (rules `no-token`, `token-...`, `client-disabled`), INVALID
        (`purpose-unknown`), FORBIDDEN (`purpose-not-registered`), or BUSY when the database is away.
        """
        client_id: str | None = None
        try:
            digest, token = await self._verified(_bearer(authorization))
            client_id = token.client_id
            client = await self._client(client_id)
            made = self._callers.get((digest, purpose))
            if made is None or made[0] is not client:  # the client's row has been looked up again
                made = client, _caller(token, client, _purpose(purpose, token, client))
                _remember(self._callers, (digest, purpose), made, most=_MOST_TOKENS)
            return made[1]
        except Problem as problem:
            _log.info("caller_refused", rule=problem.rule, client_id=client_id)
            raise

    async def _verified(self, text: str) -> tuple[bytes, AccessToken]:
        """The token's hash and content, from memory if it has been checked before; its expiry is checked every time."""
        digest = hashlib.sha256(text.encode()).digest()
        now = self._clock().timestamp()
        token = self._tokens.get(digest)
        if token is None:
            try:
                token = await check(text, self._issuers, now)
            except JwtError as error:
                raise _unauthenticated(f"token-{error.rule}", error.message) from error
            _remember(self._tokens, digest, token, most=_MOST_TOKENS)
        elif token.expires_at <= now:
            del self._tokens[digest]
            raise _unauthenticated("token-expired", "the token has expired")
        else:
            self._tokens.move_to_end(digest)
        return digest, token

    async def _client(self, client_id: str) -> Client:
        now = self._clock()
        looked = self._clients.get(client_id)
        if looked is None or not timedelta(0) <= now - looked.at < timedelta(seconds=CLIENT_TTL_S):
            async with self._database.begin(None) as connection:
                looked = _Looked(await find(connection, client_id), now)
            _remember(self._clients, client_id, looked, most=_MOST_CLIENTS)
        if looked.client is None or not looked.client.may_act(production=self._settings.production):
            raise _unauthenticated("client-disabled", "the client may not act here any more")
        if not in_force(looked.client, london_day(now)):
            raise _unauthenticated("body-not-in-force", "the body that the client acts for is not in force")
        return looked.client


def challenge(problem: Problem, settings: Settings) -> str:
    """The WWW-Authenticate value for a refusal (RFC 6750 s. 3, RFC 9728 s. 5.1).

    A request without any token is told no error, as RFC 6750 asks: it has not made one yet.
    """
    parameters = {"resource_metadata": f"{settings.address}/.well-known/oauth-protected-resource"}
    if problem.rule != "no-token":
        parameters = {"error": _error(problem.kind), "error_description": problem.message} | parameters
    return "Bearer " + ", ".join(f'{name}="{_quotable(value)}"' for name, value in parameters.items())


def _error(kind: Kind) -> str:
    match kind:
        case Kind.UNAUTHENTICATED:
            return "invalid_token"
        case Kind.FORBIDDEN:
            return "insufficient_scope"
        case _:
            return "invalid_request"


def _quotable(text: str) -> str:
    return "".join(each for each in text if each.isascii() and each.isprintable() and each not in '"\\')


def _bearer(authorization: str | None) -> str:
    if authorization is None:
        raise _unauthenticated("no-token", "this needs an access token")
    match = _BEARER.fullmatch(authorization)
    if match is None:
        raise _unauthenticated("token-malformed", "the Authorization header is `Bearer`, a space, and a token")
    return match[1]


def _purpose(said: str | None, token: AccessToken, client: Client) -> Purpose:
    if said is None:
        purpose = client.default_purpose
    else:
        try:
            purpose = Purpose(said)
        except ValueError as error:
            raise invalid(
                "Purpose-Of-Use is not a purpose the hub knows", rule="purpose-unknown", path=("Purpose-Of-Use",)
            ) from error
    if purpose not in client.purposes & token.issuer.may_issue_purposes:
        raise forbidden("the client is not registered for this purpose", rule="purpose-not-registered")
    return purpose


def _caller(token: AccessToken, client: Client, purpose: Purpose) -> Caller:
    may_issue = token.issuer.may_issue_scopes
    return Caller(
        organisation=client.organisation,
        organisation_kind=client.organisation_kind,
        organisation_code=client.organisation_code,
        organisation_name=client.organisation_name,
        client_id=client.client_id,
        person=None,
        scopes=frozenset(
            scope
            for scope in token.scopes
            if covered(scope, by=client.scopes) and (may_issue is None or covered(scope, by=may_issue))
        ),
        purpose=purpose,
        purposes=client.purposes & token.issuer.may_issue_purposes,
        token_id=token.token_id,
        default_purpose=client.default_purpose,
        only_documents=client.only_documents,
    )


def _remember(memory: OrderedDict[_Key, _Value], key: _Key, value: _Value, *, most: int) -> None:
    """Keep the value; forget the one that has not been used for longest when there are too many."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > most:
        memory.popitem(last=False)


def _unauthenticated(rule: str, message: str) -> Problem:
    return Problem(Kind.UNAUTHENTICATED, message, rule=rule)
