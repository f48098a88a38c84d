"""Past the first lock: raw SQL as the serving role, and what row-level security is on."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Table

from hub.db import tables
from hub.db.place import SERVING_ROLE, as_role
from tests.compile.rows import TODAY

CHILDS = [table for table in tables.metadata.sorted_tables if table.info.get("childs_data")]
LOCKED = [
    *CHILDS,
    *(tables.metadata.tables[name] for name in ("provision_outcome", "source", "quarantined_item", "import_run")),
    tables.idempotency_key,
    tables.denied_attempt,
]
# What gives access to a child, said once more: (owner, child, body) on a day.
GIVEN = """
SELECT owner_id, child_id, body_id FROM responsibility WHERE %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
UNION SELECT owner_id, child_id, addressed_to_id FROM cooperation_request WHERE status <> 'WITHDRAWN'
UNION SELECT owner_id, child_id, provider_id FROM provision WHERE provider_id IS NOT NULL
UNION SELECT owner_id, child_id, transferred_to_id FROM plan WHERE transferred_to_id IS NOT NULL
UNION SELECT owner_id, child_id, notified_by_id FROM notification
UNION SELECT owner_id, child_id, to_authority_id FROM notification
UNION SELECT owner_id, child_id, unnest(recipients) FROM consent WHERE given_on <= %(day)s
    AND coalesce(ends_on, 'infinity') >= %(day)s AND coalesce(withdrawn_on, 'infinity') > %(day)s
UNION SELECT owner_id, child_id, unnest(recipients) FROM disclosure_decision
    WHERE revoked_at IS NULL AND %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
UNION SELECT owner_id, child_id, body_id FROM broken_glass WHERE %(day)s
    BETWEEN (opened_at AT TIME ZONE 'Europe/London')::date AND (ends_at AT TIME ZONE 'Europe/London')::date
"""
NAMED_IN = {
    "responsibility": "body_id",
    "cooperation_request": "addressed_to_id",
    "broken_glass": "body_id",
    "event": "organisation_id",
    "source": "sender_id",
    "quarantined_item": "sender_id",
}
"""The columns by which a row is its caller's too."""
STRANGER = UUID(int=7)


@contextmanager
def serving(owner_url: str, caller: object, day: date = TODAY) -> Generator[psycopg.Connection[Any]]:
    """A transaction of the serving role, past the first lock, that leaves nothing behind."""
    with psycopg.connect(as_role(owner_url, SERVING_ROLE)) as connection:
        connection.execute("SET TimeZone TO UTC")
        if caller is not None:
            connection.execute(
                "SELECT set_config('hub.caller', %s, true), set_config('hub.today', %s, true)", [str(caller), str(day)]
            )
        yield connection
        connection.rollback()


def rows_of(connection: psycopg.Connection[Any], table: Table) -> list[Any]:
    columns = [each for each in ("owner_id", "child_id", NAMED_IN.get(table.name, "")) if each in table.columns]
    if table.name == "child":
        columns = ["owner_id", "id"]
    if table in (tables.idempotency_key, tables.denied_attempt):
        columns = ["organisation_id"]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return connection.execute(sql.SQL("SELECT {} FROM {}").format(names, sql.Identifier(table.name))).fetchall()
