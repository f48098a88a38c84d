"""An Authorization header becomes a `Caller` (RFC 6750, RFC 9068), or a `Problem` that says by its rule why not.

The token says which client asks, for how long, and for which scopes. Whom the client acts for, which scopes it still
has and which purposes it may name are looked up in the hub's own database: a token that says more gains nothing.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from hub.auth.access_token import AccessToken, check
from hub.auth.clients import Client
from hub.auth.dpop import Presented
from hub.auth.issuers import Issuer
from hub.auth.jose import ALGORITHMS, JwtError
from hub.auth.parties import Parties, remember, unauthenticated
from hub.auth.people import Person
from hub.auth.proofs import Proofs
from hub.auth.refusals import Refusals
from hub.auth.roles import Role
from hub.auth.scopes import covered
from hub.db.session import Database
from hub.errors import Kind, Problem, forbidden, invalid
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from hub.settings import Settings

_MOST_TOKENS = 10_000
_CREDENTIALS = re.compile(r"(bearer|dpop) ([a-z0-9._~+/=-]+)", re.IGNORECASE | re.ASCII)  # RFC 6750 s. 2.1, RFC 9449
_log = structlog.get_logger()


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
        self._issuers = issuers
        self._clock = clock
        self._parties = Parties(settings, database, clock)
        self._proofs = Proofs(database, clock)
        self._refusals = Refusals(database, clock)
        self._tokens: OrderedDict[bytes, AccessToken] = OrderedDict()
        self._callers: OrderedDict[tuple[bytes, str | None], tuple[Client, Person | None, Caller]] = OrderedDict()
        self._remembered: OrderedDict[bytes, _Remembered] = OrderedDict()

    async def caller(
        self,
        authorization: str | None,
        purpose: str | None,
        presented: Presented | None = None,
        *,
        machines_only: bool = False,
    ) -> Caller:
        """Who asks, by the headers `Authorization` and `Purpose-Of-Use`, and what came with a token that is bound.

        Raises `Problem`: UNAUTHENTICATED (rules `no-token`, `token-...`, `proof-...`, `client-disabled`), INVALID
        (`purpose-unknown`), FORBIDDEN (`purpose-not-registered`, `client-of-another-issuer`, `machine-route` and the
        like, which are put on record), or BUSY when the database is away.
        """
        token: AccessToken | None = None
        try:
            digest, token = await self._verified(*_credentials(authorization), presented)
            client, person = await self._parties.of(token)
            if machines_only and token.person is not None:
                raise forbidden("this address is for systems: people use GraphQL", rule="machine-route")
            made = self._callers.get((digest, purpose))
            if made is None or made[0] is not client or made[1] is not person:  # a row has been looked up again
                made = client, person, _caller(token, client, _role(token, person), purpose)
                remember(self._callers, (digest, purpose), made, most=_MOST_TOKENS)
            if token.thumbprint is None and authorization is not None:
                self._remember(authorization, purpose, token, made[2])
            return made[2]
        except Problem as problem:
            _log.info("caller_refused", rule=problem.rule, client_id=token.client_id if token else None)
            if token is not None and problem.kind is Kind.FORBIDDEN:
                await self._refusals.record(problem, token, purpose)
            raise

    def remembered(self, authorization: bytes, purpose: bytes | None) -> Callable[[], Caller | None]:
        """Says whenever it is called who asks, where `caller` has answered the same headers while all that it went by
        is still believed.

        None says nothing: ask `caller`. A token that is bound to a key is never found here, for each request proves it.
        """
        key = _key(authorization, purpose)

        def known() -> Caller | None:
            found = self._remembered.get(key)
            if found is None or not found.since <= self._clock().timestamp() < found.until:
                return None
            return found.caller

        return known

    def forget(self, client_id: str) -> None:
        """Look the client up anew: one of its tokens has been revoked, or it has changed."""
        self._parties.forget(client_id)
        self._remembered.clear()

    def _remember(self, authorization: str, purpose: str | None, token: AccessToken, caller: Caller) -> None:
        since, until = self._parties.believed(token.client_id, token.person if token.issuer.signs_in else None)
        key = _key(authorization.encode("latin-1"), None if purpose is None else purpose.encode("latin-1"))
        until = min(until, token.expires_at, token.believed_until)
        remember(self._remembered, key, _Remembered(since, until, caller), most=_MOST_TOKENS)

    async def _verified(self, scheme: str, text: str, presented: Presented | None) -> tuple[bytes, AccessToken]:
        """The token's hash and content, from memory if it has been checked before; its expiry is checked every time."""
        digest = hashlib.sha256(text.encode()).digest()
        now = self._clock().timestamp()
        token = self._tokens.get(digest)
        if token is None or token.believed_until <= now:
            try:
                token = await check(text, self._issuers, now)
            except JwtError as error:
                self._tokens.pop(digest, None)
                raise unauthenticated(f"token-{error.rule}", error.message) from error
            remember(self._tokens, digest, token, most=_MOST_TOKENS)
        elif token.expires_at <= now:
            del self._tokens[digest]
            raise unauthenticated("token-expired", "the token has expired")
        else:
            self._tokens.move_to_end(digest)
        # Binding holds both ways: a bound token is no bearer token, and one that is not bound proves nothing.
        if token.thumbprint is not None or scheme == "dpop":
            await self._proofs.must_hold(token.thumbprint, scheme, text, digest, presented)
        return digest, token


@dataclass(frozen=True, slots=True)
class _Remembered:
    """Who asks with some headers, from when until when, seconds since 1970."""

    since: float
    until: float
    caller: Caller


def _key(authorization: bytes, purpose: bytes | None) -> bytes:
    """A hash of both headers: neither can hold the line break that stands between them."""
    said = authorization if purpose is None else b"%b\n%b" % (authorization, purpose)
    return hashlib.sha256(said).digest()


def challenge(problem: Problem, settings: Settings) -> str:
    """The WWW-Authenticate value for a refusal (RFC 6750 s. 3, RFC 9449 s. 7.1, RFC 9728 s. 5.1).

    A request without any token is told no error, as RFC 6750 asks: it has not made one yet.
    """
    parameters = {"resource_metadata": f"{settings.address}/.well-known/oauth-protected-resource"}
    rule = problem.rule or ""
    if rule != "no-token":
        error = "invalid_dpop_proof" if rule.startswith("proof-") else _error(problem.kind)
        parameters = {"error": error, "error_description": problem.message} | parameters
    scheme = "Bearer"
    if rule.startswith(("proof-", "dpop-")):
        scheme, parameters = "DPoP", parameters | {"algs": " ".join(sorted(ALGORITHMS))}
    return f"{scheme} " + ", ".join(f'{name}="{_quotable(value)}"' for name, value in parameters.items())


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


def _credentials(authorization: str | None) -> tuple[str, str]:
    """The scheme in lower case, and the token."""
    if authorization is None:
        raise unauthenticated("no-token", "this needs an access token")
    match = _CREDENTIALS.fullmatch(authorization)
    if match is None:
        raise unauthenticated("token-malformed", "the Authorization header is `Bearer` or `DPoP`, a space, and a token")
    return match[1].lower(), match[2]


def _role(token: AccessToken, person: Person | None) -> Role | None:
    """What narrows a person: the role here, or those that an external issuer gave; None: nothing does."""
    return token.role if person is None else person.role


def _purpose(said: str | None, token: AccessToken, client: Client, role: Role | None) -> Purpose:
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
    if role is not None and purpose not in role.purposes:
        raise forbidden("this purpose is not one of the person's role", rule="purpose-not-of-role")
    return purpose


def _caller(token: AccessToken, client: Client, role: Role | None, said: str | None) -> Caller:
    purpose = _purpose(said, token, client, role)
    purposes = client.purposes & token.issuer.may_issue_purposes
    return Caller(
        organisation=client.organisation,
        organisation_kind=client.organisation_kind,
        organisation_code=client.organisation_code,
        organisation_name=client.organisation_name,
        client_id=client.client_id,
        person=token.person,
        scopes=frozenset(scope for scope in token.scopes if _holds(scope, token, client, role)),
        purpose=purpose,
        purposes=purposes if role is None else purposes & role.purposes,
        token_id=token.token_id,
        default_purpose=client.default_purpose,
        only_documents=client.only_documents,
    )


def _holds(scope: str, token: AccessToken, client: Client, role: Role | None) -> bool:
    """Whether everyone who has a say gives the scope: the client's registration, the issuer's row, a person's role."""
    may_issue = token.issuer.may_issue_scopes
    return (
        covered(scope, by=client.scopes)
        and (may_issue is None or covered(scope, by=may_issue))
        and (role is None or covered(scope, by=role.scopes))
    )
