"""Row-level security alone: raw SQL as the serving role finds, and writes, what its caller may."""

import uuid
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Table

from hub.db import tables
from tests.compile.filled import Filled
from tests.compile.rows import TODAY
from tests.compile.serving import CHILDS, GIVEN, LOCKED, STRANGER, rows_of, serving

GATES = """
SELECT relname, relrowsecurity AND relforcerowsecurity AND NOT pg_has_role('hub_serving', relowner, 'USAGE')
FROM pg_class WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace
"""
_OWNERS_ALONE = {
    "disclosure",
    "identity_candidate",
    "identity_merge",
    "source",
    "quarantined_item",
    "import_run",
    "broken_glass",
    "glass_acknowledgement",
}
_ADDED_ALONE = (tables.broken_glass, tables.glass_acknowledgement, tables.notice)
"""The serving role never changes a row of these."""


def test_every_table_with_a_childs_data_is_locked(owner: psycopg.Connection[Any]) -> None:
    """For its owner too, and the serving role does not own it."""
    found = dict(owner.execute(GATES, [[each.name for each in LOCKED]]).fetchall())
    assert found == {each.name: True for each in LOCKED}
    partitioned = owner.execute("SELECT count(*) FROM pg_policies WHERE 'public' = ANY(roles)").fetchone()
    assert partitioned == (0,), "no policy is for whoever comes"


@pytest.mark.parametrize("caller", [None, "", STRANGER])
def test_who_says_nothing_or_is_nobody_finds_nothing(filled: Filled, caller: object) -> None:
    with serving(filled.owner_url, caller) as connection:
        assert {each.name for each in LOCKED if rows_of(connection, each)} == set()
        assert connection.execute("SELECT count(*) FROM child_access").fetchone() == (0,)


def test_each_body_finds_its_own_records_and_those_it_has_access_to(
    filled: Filled, owner: psycopg.Connection[Any]
) -> None:
    given = owner.execute(GIVEN, {"day": TODAY}).fetchall()
    held = {table.name: rows_of(owner, table) for table in LOCKED}
    compared = 0
    for body in {each.organisation for each in filled.callers}:
        access = {(owner_id, child_id) for owner_id, child_id, who in given if who == body}
        with serving(filled.owner_url, body) as connection:
            for table in CHILDS:
                found = rows_of(connection, table)
                expected = [row for row in held[table.name] if _is_open(table, row, body, access)]
                assert sorted(map(str, found)) == sorted(map(str, expected)), (table.name, body)
                compared += len(found)
            for table in (tables.source, tables.quarantined_item):
                assert all(body in row for row in rows_of(connection, table)), table.name
    assert compared > 1_000
    assert all(held[each.name] for each in CHILDS), "a table without rows shows nothing"


def _is_open(table: Table, row: Sequence[Any], body: UUID, access: set[tuple[UUID, UUID]]) -> bool:
    owner_id, child_id, *named = row
    reached = table.name not in _OWNERS_ALONE and (owner_id, child_id) in access
    return owner_id == body or body in named or reached


@pytest.mark.parametrize("table", CHILDS, ids=lambda each: each.name)
def test_nobody_writes_into_records_that_are_not_open_to_them(
    filled: Filled, owner: psycopg.Connection[Any], table: Table
) -> None:
    """Not by adding a row that gives access, either; a disclosure is recorded by whoever shows."""
    name = sql.Identifier(table.name)
    row = owner.execute(sql.SQL("SELECT to_jsonb(t) FROM {} AS t LIMIT 1").format(name)).fetchone()
    assert row is not None
    again = row[0] | {"id": str(uuid.uuid4())}
    again |= {"organisation_id": str(uuid.uuid4())} if "organisation_id" in again else {}
    again |= {each: again["owner_id"] for each in ("body_id", "notified_by_id") if each in again}
    insert = sql.SQL("INSERT INTO {} SELECT * FROM jsonb_populate_record(NULL::{}, %s)").format(name, name)
    with serving(filled.owner_url, STRANGER) as connection:
        if not table.info.get("append_only") and table not in _ADDED_ALONE:
            changed = connection.execute(sql.SQL("UPDATE {} SET id = id").format(name))
            assert changed.rowcount == 0
        if table is tables.disclosure:
            assert connection.execute(insert, [Jsonb(again)]).rowcount == 1
            return
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(insert, [Jsonb(again)])


def test_nobody_can_write_down_access(filled: Filled) -> None:
    with (
        serving(filled.owner_url, STRANGER) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("INSERT INTO child_access SELECT * FROM child_access")
