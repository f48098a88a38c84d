"""Where the database is: the server that the settings name, or the embedded one of the data directory."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.engine import make_url

from hub.db import embedded
from hub.settings import Settings

SERVING_ROLE = "hub_serving"


@dataclass(frozen=True, slots=True)
class Place:
    """The addresses of one database, by what they are for."""

    owner: str
    serving: str
    worker: str


@contextmanager
def database_place(settings: Settings, *, adopt: bool = False) -> Generator[Place]:
    """The database for the length of the block.

    The embedded one is attached to where it runs, else started and, at the end, stopped; with `adopt` one that was
    left behind by a hub that was killed is taken over. Raises `embedded.EmbeddedPostgresError`.
    """
    if settings.database_url:
        owner = settings.owner_database_url or settings.database_url
        yield Place(owner, settings.database_url, settings.worker_database_url or settings.database_url)
        return
    with embedded.attach_or_start(settings.data_dir, adopt=adopt) as server:
        # Written without a space: libpq and SQLAlchemy do not agree on how an address carries one.
        serving = make_url(server.owner_url).update_query_dict({"options": f"-crole={SERVING_ROLE}"})
        address = serving.render_as_string(hide_password=False)
        yield Place(server.owner_url, address, address)
