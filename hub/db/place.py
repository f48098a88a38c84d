"""Where the database is: the server that the settings name, or the embedded one of the data directory."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from hub.db import embedded
from hub.db.addresses import address
from hub.db.session import driver_url
from hub.errors import NotReadyError
from hub.settings import Settings

SERVING_ROLE = "hub_serving"
WORKER_ROLE = "hub_worker"
_IS_MEMBER = text("SELECT pg_has_role(oid, 'USAGE') FROM pg_roles WHERE rolname = :role")


@dataclass(frozen=True, slots=True)
class Place:
    """The addresses of one database, by what they are for."""

    owner: str
    serving: str
    worker: str
    replicas: str = ""

    def for_own_work(self) -> str:
        """The address for the hub's own work (jobs, imports, registering), whose role sees every body's records.

        Raises `NotReadyError` where the role does not: it would find nothing, and say so of everything.
        """
        engine = create_engine(driver_url(self.worker), hide_parameters=True, connect_args={"connect_timeout": 5})
        try:
            with engine.connect() as connection:
                is_member = connection.scalar(_IS_MEMBER, {"role": WORKER_ROLE})
        finally:
            engine.dispose()
        if not is_member:
            raise NotReadyError(f"HUB_WORKER_DATABASE_URL must name a member of the role {WORKER_ROLE}")
        return self.worker


@contextmanager
def database_place(settings: Settings, *, adopt: bool = False) -> Generator[Place]:
    """The database for the length of the block.

    The embedded one is attached to where it runs, else started and, at the end, stopped; with `adopt` one that was
    left behind by a hub that was killed is taken over. Raises `embedded.EmbeddedPostgresError`.
    """
    if settings.database_url:
        serving = settings.database_url
        given = (settings.owner_database_url or serving, serving, settings.worker_database_url or serving)
        yield Place(*map(address, (*given, settings.read_database_url)))
        return
    with embedded.attach_or_start(settings.data_dir, adopt=adopt) as server:
        owner = server.owner_url
        yield Place(owner, as_role(owner, SERVING_ROLE), as_role(owner, WORKER_ROLE))


def as_role(owner_url: str, role: str) -> str:
    """The address for who signs in as the owner but is to have the rights of the role alone."""
    # Written without a space: libpq and SQLAlchemy do not agree on how an address carries one.
    return make_url(owner_url).update_query_dict({"options": f"-crole={role}"}).render_as_string(hide_password=False)
