"""A database that only a benchmark uses: migrated, loaded, and gone at the end."""

import shutil
import tempfile
import uuid
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL, make_url

from hub.auth.assertions import new_client_key, public_jwks
from hub.auth.scopes import GRAPHQL
from hub.bench import progress
from hub.bench.loading import Authority, load
from hub.db import embedded, migrate
from hub.db.place import SERVING_ROLE, WORKER_ROLE, as_role
from hub.law.reg17_disclosure import Purpose
from hub.registering import add_client
from hub.settings import Settings

TOKEN_LIFETIME_S = 6 * 60 * 60  # longer than any benchmark takes


@dataclass(frozen=True, slots=True)
class Scratch:
    """A loaded database, and a folder for what else there is to keep."""

    owner_url: str
    folder: Path
    authorities: Sequence[Authority]

    @property
    def serving_url(self) -> str:
        """As the hub itself connects: the role that policies bind."""
        return as_role(self.owner_url, SERVING_ROLE)

    @property
    def authority(self) -> Authority:
        """The one that asks: the nearest to the average, so that its size is alike whatever the number of children."""
        average = self.authorities[-1].last / len(self.authorities)
        return min(self.authorities, key=lambda each: abs(each.last - each.first + 1 - average))

    @property
    def settings(self) -> Settings:
        return Settings(
            database_url=self.serving_url,
            owner_database_url=self.owner_url,
            worker_database_url=as_role(self.owner_url, WORKER_ROLE),
            data_dir=self.folder,
            token_lifetime_s=TOKEN_LIFETIME_S,
            client_requests_per_s=0,
        )


@contextmanager
def servers_address(database_url: str | None) -> Generator[str]:
    """The owner's address of a PostgreSQL: the one that is given, or an embedded one for the length of the block."""
    if database_url is not None:
        yield database_url
        return
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    try:
        with embedded.start(folder) as server:
            yield server.owner_url
    finally:
        embedded.erase(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def scratch(server_url: str, *, children: int, today: date, authorities: int | None = None) -> Generator[Scratch]:
    """A new database on the server, with so many children (of so many authorities), until the end of the block."""
    with empty(server_url) as (owner_url, folder):
        migrate.upgrade(owner_url)
        with progress.shown("children", children) as done:
            made = load(owner_url, children=children, authorities=authorities, today=today, progress=done)
        yield Scratch(owner_url, folder, made)


@contextmanager
def empty(server_url: str) -> Generator[tuple[str, Path]]:
    """The owner's address of a new database on the server, and a new folder, until the end of the block."""
    name = f"hub_bench_{uuid.uuid4().hex[:12]}"
    owner_url = _text(make_url(server_url).set(database=name))
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    address = _text(make_url(server_url).set(drivername="postgresql"))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield owner_url, folder
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
            shutil.rmtree(folder, ignore_errors=True)


def register(settings: Settings, client_id: str, organisation: str) -> dict[str, Any]:
    """Register a client of a body for every GraphQL scope, with a new key, which is answered."""
    key = new_client_key()
    add_client(
        settings,
        client_id=client_id,
        organisation=organisation,
        label="a benchmark",
        jwks=public_jwks(key),
        scopes=[*GRAPHQL, "system/*.cruds"],
        purposes=[Purpose.OWN_FUNCTIONS],
        algorithms=None,
    )
    return key


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
