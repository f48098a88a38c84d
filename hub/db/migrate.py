"""Brings a database to this version of the hub, and says at which version it stands."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text

from hub.db.session import driver_url
from hub.errors import NotReadyError

_MIGRATING = 7_315_501  # the advisory lock that lets one migration run at a time; any fixed number of our own


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _engine(url: str) -> Engine:
    return create_engine(driver_url(url), hide_parameters=True)


def upgrade(owner_url: str) -> str:
    """Run what is missing, as the role that owns the tables; answers the version reached. Two at once wait in line.

    Raises `NotReadyError` where the database was migrated by a version of the hub that this one does not know.
    """
    engine = _engine(owner_url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATING})
            found = _version(connection)
            if found is not None and found not in _known():
                raise NotReadyError(
                    f"the database is at version {found}, which this hub does not know: another version of the hub "
                    "migrated it; a demo starts afresh in an empty HUB_DATA_DIR"
                )
            connection.commit()
            command.upgrade(_config(connection), "head")
            connection.commit()
            return _version(connection) or ""
    finally:
        engine.dispose()


def revise(owner_url: str, message: str) -> None:
    """Write a new migration from the difference between the tables and a database at the latest version."""
    engine = _engine(owner_url)
    try:
        with engine.connect() as connection:
            command.revision(_config(connection), message=message, autogenerate=True)
    finally:
        engine.dispose()


def version(url: str) -> str | None:
    """The version the database stands at; None where nothing has been migrated."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return _version(connection)
    finally:
        engine.dispose()


def latest() -> str:
    """The version this hub needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
