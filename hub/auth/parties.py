"""For whom a token speaks: its client, and its person if there is one, as the hub's own database knows them now."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from hub.auth import clients, people
from hub.auth.access_token import AccessToken
from hub.auth.clients import Client
from hub.auth.people import Person
from hub.db.session import Database
from hub.errors import Kind, Problem, forbidden
from hub.law.periods import london_day
from hub.settings import Settings

CLIENT_TTL_S = 5
"""How long a row is believed, seconds: a client that is disabled or loses a scope, or a token that is revoked, may act
for at most so long."""

_MOST_ROWS = 1_000
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class _Looked(Generic[_Value]):
    """A row, and when it was looked up."""

    row: _Value | None
    at: datetime


class Parties:
    """Finds clients and people. What it remembers is bounded, and is forgotten after `CLIENT_TTL_S`."""

    def __init__(self, settings: Settings, database: Database, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._clients: OrderedDict[str, _Looked[Client]] = OrderedDict()
        self._people: OrderedDict[str, _Looked[Person]] = OrderedDict()

    async def of(self, token: AccessToken) -> tuple[Client, Person | None]:
        """The client, and the person where the hub's own server has signed one in.

        Raises `Problem`: UNAUTHENTICATED where they may not act, FORBIDDEN where they do not belong together.
        """
        client = await self._client(token.client_id)
        if (client.issuer or self._settings.address) != token.issuer.issuer:
            raise forbidden("the token's issuer is not the client's", rule="client-of-another-issuer")
        if token.token_id in client.denied_tokens:
            raise unauthenticated("token-revoked", "the token has been revoked")
        if client.dpop_required and token.thumbprint is None:
            raise unauthenticated("dpop-required", "this client's tokens must be bound to a key (DPoP)")
        if token.organisation not in {None, client.organisation_code}:
            raise forbidden("the token is for another body than the client's", rule="organisation-not-clients")
        if token.person is None or not token.issuer.signs_in:
            return client, None
        return client, await self._person(token.person, client)

    def forget(self, client_id: str) -> None:
        """Look the client up anew the next time."""
        self._clients.pop(client_id, None)

    def believed(self, client_id: str, person: str | None) -> tuple[float, float]:
        """From when until when the rows of both are believed, seconds since 1970; no time at all where one is not."""
        looked = [self._clients.get(client_id), *([] if person is None else [self._people.get(person)])]
        times = [each.at.timestamp() for each in looked if each is not None]
        return (max(times), min(times) + CLIENT_TTL_S) if len(times) == len(looked) else (0.0, 0.0)

    async def _client(self, client_id: str) -> Client:
        now = self._clock()
        looked = self._clients.get(client_id)
        if looked is None or not _is_fresh(looked, now):
            async with self._database.begin(None) as connection:
                looked = _Looked(await clients.find(connection, client_id), now)
            remember(self._clients, client_id, looked, most=_MOST_ROWS)
        if looked.row is None or not looked.row.may_act(production=self._settings.production):
            raise unauthenticated("client-disabled", "the client may not act here any more")
        if not clients.in_force(looked.row, london_day(now)):
            raise unauthenticated("body-not-in-force", "the body that the client acts for is not in force")
        return looked.row

    async def _person(self, username: str, client: Client) -> Person:
        now = self._clock()
        looked = self._people.get(username)
        if looked is None or not _is_fresh(looked, now):
            async with self._database.begin(None) as connection:
                looked = _Looked(await people.find(connection, username), now)
            remember(self._people, username, looked, most=_MOST_ROWS)
        if looked.row is None:
            raise unauthenticated("person-unknown", "the person may not act here any more")
        if looked.row.organisation != client.organisation:
            raise forbidden("the person works for another body than the client's", rule="organisation-not-clients")
        return looked.row


def _is_fresh(looked: _Looked[_Value], now: datetime) -> bool:
    return timedelta(0) <= now - looked.at < timedelta(seconds=CLIENT_TTL_S)


def remember(memory: OrderedDict[_Key, _Value], key: _Key, value: _Value, *, most: int) -> None:
    """Keep the value; forget the one that has not been used for longest when there are too many."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > most:
        memory.popitem(last=False)


def unauthenticated(rule: str, message: str) -> Problem:
    """The token does not say who asks, or says it no longer."""
    return Problem(Kind.UNAUTHENTICATED, message, rule=rule)
