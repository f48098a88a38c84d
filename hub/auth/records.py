"""What the authorization server keeps and looks up, synchronously because Authlib is: the one such way to the database.

It runs in a thread pool, with an engine of its own, and sees what `hub.db.session` would show the hub itself.
"""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, any_, create_engine, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from hub.auth.clients import Client, client_from, client_query
from hub.auth.people import Person, people_query, person_from
from hub.db import tables
from hub.db.session import driver_url

_FORGET_EVERY = timedelta(minutes=1)
# The hub's processes need not agree on the time to the second; a row kept a little too long costs nothing.
_FORGET_AFTER = timedelta(minutes=5)


class Records:
    """Clients and people, and what has been used up or revoked."""

    def __init__(self, database_url: str, *, statement_timeout_ms: int = 5_000) -> None:
        self._engine = create_engine(
            driver_url(database_url),
            pool_size=5,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 5, "application_name": "send-hub-oauth"},
        )
        self._set_up = text(
            "SELECT set_config('TimeZone', 'UTC', true), set_config('statement_timeout', :milliseconds, true)"
        ).bindparams(milliseconds=str(statement_timeout_ms))
        self._forgotten_at: datetime | None = None

    def client(self, client_id: str) -> Client | None:
        """The client with this id, disabled or not."""
        with self.begin() as connection:
            row = connection.execute(client_query().where(tables.client.c.client_id == client_id)).one_or_none()
        return None if row is None else client_from(row)

    def clients_returning_to(self, redirect_uri: str) -> list[Client]:
        """The clients whose people come back to this address, by the names of their bodies."""
        query = client_query().where(any_(tables.client.c.redirect_uris) == redirect_uri)
        with self.begin() as connection:
            return [client_from(row) for row in connection.execute(query.order_by(tables.organisation.c.name))]

    def clients_named(self, client_ids: Collection[str]) -> list[Client]:
        """Those of these clients that there are, by the names of their bodies."""
        query = client_query().where(tables.client.c.client_id.in_(client_ids))
        with self.begin() as connection:
            return [client_from(row) for row in connection.execute(query.order_by(tables.organisation.c.name))]

    def use_up(self, client_id: str, jti: str, *, expires_at: datetime, now: datetime) -> bool:
        """Whether this is the first use of the assertion, on any process of this hub. Either way it is used up."""
        used = insert(tables.used_assertion).values(client_id=client_id, jti=jti, expires_at=expires_at)
        once = used.on_conflict_do_nothing().returning(tables.used_assertion.c.jti)
        self._forget(now)
        with self.begin() as connection:
            return connection.execute(once).scalar_one_or_none() is not None

    def first(self, once: ReturningInsert[Any]) -> bool:
        """Whether an insertion that may happen only once has happened just now."""
        with self.begin() as connection:
            return connection.execute(once).first() is not None

    def deny(
        self, connection: Connection, token_id: str, client_id: str, *, now: datetime, expires_at: datetime
    ) -> None:
        """Let a token be good no longer; its id is kept until it would have expired."""
        values = {"token_id": token_id, "client_id": client_id, "denied_at": now, "expires_at": expires_at}
        connection.execute(insert(tables.denied_token).values(values).on_conflict_do_nothing())

    def people(self, client: Client) -> list[Person]:
        """Who works for the client's body, by name."""
        query = people_query().where(tables.person.c.organisation_id == client.organisation)
        with self.begin() as connection:
            return [person_from(row) for row in connection.execute(query)]

    def close(self) -> None:
        self._engine.dispose()

    def _forget(self, now: datetime) -> None:
        """Delete expired assertions, once a minute at most: they would be refused by their expiry anyway."""
        if self._forgotten_at is not None and now - self._forgotten_at < _FORGET_EVERY:
            return
        self._forgotten_at = now
        with self.begin() as connection:
            connection.execute(
                delete(tables.used_assertion).where(tables.used_assertion.c.expires_at < now - _FORGET_AFTER)
            )

    @contextmanager
    def begin(self) -> Generator[Connection]:
        """One transaction of the hub itself."""
        with self._engine.begin() as connection:
            connection.execute(self._set_up)
            yield connection
