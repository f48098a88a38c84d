"""A database that is lent again is as new: no row of whoever had it before, and no right or table that they changed."""

import psycopg
import pytest

from tests.lending import Lending


def _lent(lending: Lending, *statements: str) -> str:
    """The database's address, after somebody did this in it."""
    with lending.lend() as url, psycopg.connect(url, autocommit=True) as connection:
        for each in statements:
            connection.execute(each)  # pyright: ignore[reportArgumentType, reportCallIssue]  (a plain text, which a test may run)
        return url


def test_what_was_written_is_gone(lending: Lending) -> None:
    first = _lent(
        lending,
        "INSERT INTO organisation (id, name, kind) VALUES (gen_random_uuid(), 'A Trust', 'NHS_TRUST')",
        "ANALYZE organisation",
    )
    with lending.lend() as url, psycopg.connect(url) as connection:
        assert url == first
        assert connection.execute("SELECT count(*), pg_relation_size('organisation') FROM organisation").fetchone() == (
            0,
            0,
        )
        known = "SELECT reltuples FROM pg_class WHERE oid = 'organisation'::regclass"
        assert connection.execute(known).fetchone() == (-1,)


@pytest.mark.parametrize(
    "statement",
    [
        "REVOKE SELECT ON child FROM hub_serving",
        "CREATE TABLE more (id int)",
        "ALTER TABLE child DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE child ALTER COLUMN postcode SET NOT NULL",
        "UPDATE alembic_version SET version_num = 'another'",
    ],
)
def test_what_was_changed_is_never_lent_again(lending: Lending, statement: str) -> None:
    changed = _lent(lending, statement)
    with lending.lend() as url:
        assert url != changed
