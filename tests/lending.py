"""Empty migrated databases, lent to one test after another: to empty one takes a tenth of what it takes to copy one.

Whoever is still connected is sent away. The rows are deleted and their pages given back, so that the next finds them in
the order in which it writes them; sequences begin anew; and the planner knows as little as before. A database in which
anything else changed (a table, a right, a policy, what was migrated), or that does not come out empty, is deleted.
"""

import shutil
import tempfile
import uuid
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from hub.db import embedded, migrate

_STRUCTURE = """
WITH ours AS (SELECT * FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
facts(kind, fact) AS (
    SELECT 'class', concat_ws(' ', oid::regclass, relkind, relacl, relrowsecurity, relforcerowsecurity, relowner)
    FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours) AND relkind <> 't'
    UNION ALL
    SELECT 'column', concat_ws(' ', c.oid::regclass, attnum, attname, atttypid, attnotnull, atthasdef, attacl)
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace IN (SELECT oid FROM ours) AND relkind IN ('r', 'p') AND attnum > 0
    UNION ALL
    SELECT 'policy', concat_ws(' ', polrelid::regclass, polname, polroles, polqual, polwithcheck) FROM pg_policy
    UNION ALL
    SELECT 'function', concat_ws(' ', oid::regprocedure, prosrc, proacl, prosecdef)
    FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours)
    UNION ALL
    SELECT 'trigger', concat_ws(' ', tgrelid::regclass, tgname, tgfoid, tgenabled)
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'constraint', concat_ws(' ', conrelid::regclass, conname, contype, convalidated, conbin)
    FROM pg_constraint WHERE connamespace IN (SELECT oid FROM ours)
    UNION ALL SELECT 'schema', concat_ws(' ', nspname, nspacl) FROM ours
    UNION ALL SELECT 'type', oid::regtype::text FROM pg_type WHERE typnamespace IN (SELECT oid FROM ours)
    UNION ALL SELECT 'setting', s.setconfig::text FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase
    WHERE datname = current_database()
)
SELECT md5(string_agg(concat_ws(' ', kind, fact), E'\\n' ORDER BY kind, fact)) FROM facts
"""
_WITH_ROWS = """
SELECT n.nspname, c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND pg_relation_size(c.oid) > 0
"""
_USED_SEQUENCES = "SELECT schemaname, sequencename FROM pg_sequences WHERE last_value IS NOT NULL"
_SEND_AWAY = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_FORGET = """
UPDATE pg_class SET relpages = 0, reltuples = -1, relallvisible = 0
WHERE relkind IN ('r', 'i', 't') AND relnamespace::regnamespace::text !~ '^pg_catalog' AND reltuples <> -1
"""


def in_database(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def a_server() -> Generator[str]:
    """The owner's address of an embedded PostgreSQL, made for the block."""
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    try:
        with embedded.start(folder, durable=False) as server:
            yield server.owner_url
    finally:
        embedded.erase(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def a_template(server_url: str) -> Generator[str]:
    """The name of a migrated database, to copy from."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        migrate.upgrade(in_database(server_url, name))
        yield name
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _tables(connection: psycopg.Connection[Any]) -> frozenset[tuple[str, str]]:
    """Those that have rows, or pages where rows were: each its schema and name."""
    return frozenset(connection.execute(_WITH_ROWS).fetchall())


@dataclass
class Lending:
    """The databases of one server that are free, and what one is like before anybody had it."""

    server: psycopg.Connection[Any]
    server_url: str
    template: str
    structure: str
    migrated: Mapping[tuple[str, str], str]
    """The tables in which a migrated database has rows, each with what is in it."""

    free: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, server_url: str, template: str) -> Generator["Lending"]:
        with psycopg.connect(in_database(server_url, template), autocommit=True) as connection:
            structure, migrated = _structure(connection), _contents(connection, _tables(connection))
        with psycopg.connect(server_url, autocommit=True) as server:
            found = cls(server, server_url, template, structure, migrated)
            yield found
            for each in found.free:
                found._delete(each)

    @contextmanager
    def lend(self) -> Generator[str]:
        """The address of a database, as the role that owns its tables."""
        name = self.free.pop() if self.free else self._make()
        yield in_database(self.server_url, name)
        if self._emptied(name):
            self.free.append(name)
        else:
            self._delete(name)

    def _make(self) -> str:
        name = f"test_{uuid.uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.server.execute(statement.format(sql.Identifier(name), sql.Identifier(self.template)))
        return name

    def _delete(self, name: str) -> None:
        self.server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _emptied(self, name: str) -> bool:
        """Whether the database is again as it was when it was made."""
        with psycopg.connect(in_database(self.server_url, name), autocommit=True) as connection:
            connection.execute(_SEND_AWAY)
            if _structure(connection) != self.structure:
                return False
            used = [sql.Identifier(*each) for each in sorted(_tables(connection) - self.migrated.keys())]
            connection.execute("SET session_replication_role = replica")  # triggers refuse to delete what is on record
            with connection.transaction():
                for each in used:
                    connection.execute(sql.SQL("DELETE FROM {}").format(each))
                for sequence in connection.execute(_USED_SEQUENCES).fetchall():
                    connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(*sequence)))
            if used:
                connection.execute(sql.SQL("VACUUM (ANALYZE false) {}").format(sql.SQL(", ").join(used)))
            connection.execute(_FORGET)
            connection.execute("DELETE FROM pg_statistic WHERE starelid >= 16384")  # those of no catalog
            return _contents(connection, _tables(connection)) == self.migrated


def _contents(connection: psycopg.Connection[Any], tables: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    whole = sql.SQL("SELECT coalesce(string_agg(row::text, ' ' ORDER BY row::text), '') FROM {} AS row")
    found = {each: connection.execute(whole.format(sql.Identifier(*each))).fetchone() for each in tables}
    return {each: str(row) for each, row in found.items()}


def _structure(connection: psycopg.Connection[Any]) -> str:
    (found,) = connection.execute(_STRUCTURE).fetchone() or ("",)
    return str(found)
