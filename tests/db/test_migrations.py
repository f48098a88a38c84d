"""The migrations make exactly the tables that the code believes in."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from hub.db import migrate, tables
from hub.db.migrations.ours import is_ours
from hub.db.session import driver_url


def test_the_migrated_database_has_the_tables_of_the_code(owner_url: str) -> None:
    engine = create_engine(driver_url(owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(owner_url: str) -> None:
    assert migrate.version(owner_url) == migrate.latest()
    assert migrate.upgrade(owner_url) == migrate.latest()


def test_the_serving_role_may_only_insert_what_is_recorded(owner_url: str) -> None:
    engine = create_engine(driver_url(owner_url))
    with engine.connect() as connection:
        for table in ("event", "disclosure", "source"):
            rights = connection.execute(
                text(
                    "SELECT p, has_table_privilege('hub_serving', :table, p) FROM unnest(ARRAY['INSERT', 'SELECT', "
                    "'UPDATE', 'DELETE', 'TRUNCATE']) AS p"
                ),
                {"table": table},
            ).all()
            assert {right for right, held in rights if held} == {"INSERT", "SELECT"}
    engine.dispose()


def test_partitions_are_made_ahead_and_only_once(owner_url: str) -> None:
    engine = create_engine(driver_url(owner_url))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT make_partitions('2031-01-15', 2)")).scalar_one() == 6
        assert connection.execute(text("SELECT make_partitions('2031-01-15', 2)")).scalar_one() == 0
    engine.dispose()
