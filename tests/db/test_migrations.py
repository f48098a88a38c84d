"""The migrations make exactly the tables that the code believes in."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from hub.db import migrate, tables
from hub.db.migrations.ours import is_ours
from hub.db.session import driver_url
from hub.errors import NotReadyError


def test_the_migrated_database_has_the_tables_of_the_code(owner_url: str) -> None:
    engine = create_engine(driver_url(owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(owner_url: str) -> None:
    assert migrate.version(owner_url) == migrate.latest()
    assert migrate.upgrade(owner_url) == migrate.latest()


def test_a_database_of_another_version_of_the_hub_is_left_alone(owner_url: str) -> None:
    engine = create_engine(driver_url(owner_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NotReadyError, match="version 9999, which this hub does not know"):
        migrate.upgrade(owner_url)
    engine.dispose()


RIGHTS = text(
    "SELECT right_, has_table_privilege('hub_serving', :table, right_) "
    "FROM unnest(ARRAY['INSERT', 'SELECT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS right_"
)
PARTITIONS = text(
    "SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid JOIN pg_class p ON p.oid = inhparent "
    "WHERE p.relname IN ('event', 'disclosure', 'denied_attempt', 'source') AND c.relkind = 'r'"
)


def test_the_serving_role_may_only_insert_what_is_recorded(owner_url: str) -> None:
    """By way of the parents; to a partition, of today or made later, it has no right at all."""
    engine = create_engine(driver_url(owner_url))
    with engine.begin() as connection:
        connection.execute(text("SELECT make_partitions('2033-01-01', 1)"))
        partitions = list(connection.execute(PARTITIONS).scalars())
        assert len(partitions) == 4 * (1 + 3 + 1)
        log = ("denied_attempt", "sealed_row", "sealed_subtree", "tree_head")
        for table in ("event", "disclosure", "source", *log, *partitions):
            held = {right for right, has in connection.execute(RIGHTS, {"table": table}) if has}
            assert held == (set() if table in partitions else {"INSERT", "SELECT"}), table
    engine.dispose()


def test_rows_that_came_before_their_partition_are_moved_into_it(owner_url: str) -> None:
    insert = text(
        "INSERT INTO event (id, recorded_at, kind, facts) VALUES (gen_random_uuid(), '2031-02-10', 'x', '{}')"
    )
    engine = create_engine(driver_url(owner_url))
    with engine.begin() as connection:
        connection.execute(insert)
        connection.execute(text("SELECT make_partitions('2031-02-01', 1)"))
        assert connection.execute(text("SELECT count(*) FROM event_default")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM event_2031_02")).scalar_one() == 1
        connection.execute(insert)
    engine.dispose()


def test_partitions_are_made_ahead_and_only_once(owner_url: str) -> None:
    engine = create_engine(driver_url(owner_url))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT make_partitions('2031-01-15', 2)")).scalar_one() == 8
        assert connection.execute(text("SELECT make_partitions('2031-01-15', 2)")).scalar_one() == 0
    engine.dispose()
