"""The migrations make exactly the tables that the code believes in."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from hub.db import migrate, tables
from hub.db.migrations.ours import is_ours
from hub.db.session import driver_url
from hub.errors import NotReadyError
from hub.law.reg17_disclosure import Purpose


def test_the_migrated_database_has_the_tables_of_the_code(owner_url: str) -> None:
    engine = create_engine(driver_url(owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(owner_url: str) -> None:
    assert migrate.standing(owner_url)[0] == migrate.latest()
    assert migrate.upgrade(owner_url) == migrate.latest()


def test_a_database_of_another_version_of_the_hub_is_left_alone(owner_url: str) -> None:
    engine = create_engine(driver_url(owner_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NotReadyError, match="version 9999, which this hub does not know"):
        migrate.upgrade(owner_url)
    engine.dispose()


def test_a_hub_goes_on_beside_a_database_that_a_later_one_has_migrated(owner_url: str) -> None:
    """As long as every migration since lets it; and it says what to do where one does not."""
    engine, needed = create_engine(driver_url(owner_url)), migrate.latest()
    assert migrate.standing(owner_url) == (needed, migrate.oldest())
    assert migrate.oldest() <= needed
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9998'"))
    assert migrate.problem(needed, *migrate.standing(owner_url)) is None
    with engine.begin() as connection:
        connection.execute(text("COMMENT ON TABLE alembic_version IS 'works with hubs from 9998'"))
    assert "run the hub of that version" in (migrate.problem(needed, *migrate.standing(owner_url)) or "")
    assert "hub migrate" in (migrate.problem("9999", *migrate.standing(owner_url)) or "")
    assert "hub migrate" in (migrate.problem(needed, None, None) or "")
    engine.dispose()


def test_what_is_recorded_names_a_purpose_of_the_law_or_none(owner_url: str) -> None:
    engine = create_engine(driver_url(owner_url))
    known = text("SELECT word FROM unnest(CAST(:words AS text[])) AS word WHERE is_purpose(word)")
    held_to = text(
        "SELECT count(*) FROM pg_constraint WHERE convalidated AND conname = 'ck_' || :table || '_purpose' "
        "AND pg_get_constraintdef(oid) LIKE '%is_purpose(%'"
    )
    with engine.connect() as connection:
        words = [each.value for each in Purpose]
        assert list(connection.execute(known, {"words": [*words, "", "CURIOSITY"]}).scalars()) == words
        for table in ("event", "disclosure", "denied_attempt"):
            partitions = 1 + 1 + 3  # the parent, the default one and three months
            assert connection.execute(held_to, {"table": table}).scalar_one() == partitions, table
    engine.dispose()


CHANGES_WHAT_WAS = re.compile(
    r"drop_(column|table|constraint)|alter_column|rename_table|create_(check|unique)_constraint|nullable=False|"
    r"\b(DROP|RENAME|SET NOT NULL|REVOKE)\b"
)
"""What may take from a hub of before something that it relies on."""


def test_every_migration_says_which_hubs_may_run_once_it_has_run() -> None:
    """One that changes what was there lets no older hub run, unless it says which does and why its words mislead."""
    for each in (Path(migrate.__file__).parent / "migrations/versions").glob("[0-9]*.py"):
        said = re.search(r'^OLDEST = "(\d{4})"(  # .+)?$', each.read_text(), re.MULTILINE)
        revision = each.name[:4]
        if revision <= migrate.FIRST_TO_RUN_BESIDE:
            assert said is None, each.name
            continue
        assert said is not None, f"{each.name} must say OLDEST"
        assert migrate.FIRST_TO_RUN_BESIDE <= said[1] <= revision, each.name
        changes = CHANGES_WHAT_WAS.search(each.read_text().partition("def downgrade")[0])
        assert said[1] == revision or said[2] or not changes, f"{each.name}: {changes and changes[0]}"


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
