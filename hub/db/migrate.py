"""Brings a database to this version of the hub, and says at which version it stands, and which hubs may run on it.

A hub runs on the version that it knows best, and on later ones that let it: so `hub migrate` of the new version comes
first, and the hubs of the old one are replaced one by one, while they serve.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text

from hub.db.session import driver_url
from hub.errors import NotReadyError

FIRST_TO_RUN_BESIDE = "0029"
"""Each later migration has `OLDEST`: the oldest version of the hub that may run on the database once it has run."""

_OLDEST = "works with hubs from "  # how a comment begins that every version of the hub can read
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
            # Before the change, so that a hub which it stops says why; and after it, once there is where to write it.
            _say_oldest(connection)
            command.upgrade(_config(connection), "head")
            _say_oldest(connection)
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


def problem(needed: str, found: str | None, oldest: str | None) -> str | None:
    """Why a hub that needs one version does not run on a database at another, and what to do; None: it runs.

    `oldest`: the oldest version of the hub that may run on the database, as it says itself.
    """
    if found == needed or (found is not None and oldest is not None and oldest <= needed < found):
        return None
    remedy = "run `hub migrate`" if found is None or found < needed else "run the hub of that version"
    return f"the database is at version {found or 'none'}, this hub needs {needed}: {remedy}"


def standing(url: str) -> tuple[str | None, str | None]:
    """The version the database stands at, and the oldest version of the hub that may run on it, where it says so."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            found = _version(connection)
            if found is None:
                return None, None
            said = connection.scalar(text("SELECT obj_description('alembic_version'::regclass)"))
            return found, said.removeprefix(_OLDEST) if said else None
    finally:
        engine.dispose()


def oldest() -> str:
    """The oldest version of the hub that may run on a database which this one has migrated."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return max(getattr(each.module, "OLDEST", FIRST_TO_RUN_BESIDE) for each in scripts)


def latest() -> str:
    """The version this hub needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _say_oldest(connection: Connection) -> None:
    if _version(connection) is not None:
        connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{_OLDEST}{oldest()}'"))
    connection.commit()


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
