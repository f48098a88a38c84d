"""Migrated databases for tests that each want a fresh one: a database is emptied and lent again, which costs a tenth of
making one.

Only data is put back. What else a test changes (a table, a policy, a right, a partition) shows in the catalogue, and
such a database is dropped.
"""

import uuid
from contextlib import suppress

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

_ENDED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
_CATALOGUE = """
    SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (
        SELECT concat_ws(' ', 'c', oid, relname, relkind, relowner, relrowsecurity, relforcerowsecurity, relacl::text)
          FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws(' ', 'a', attrelid, attnum, attname, atttypid, attnotnull, attacl::text)
          FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND attnum > 0
        UNION ALL SELECT concat_ws(' ', 'p', oid, proname, proacl::text, md5(prosrc))
          FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws(' ', 't', oid, tgname, tgenabled) FROM pg_trigger
        UNION ALL SELECT concat_ws(' ', 'l', oid, polname, polroles::text, polqual::text, polwithcheck::text)
          FROM pg_policy
        UNION ALL SELECT concat_ws(' ', 'k', oid, conname) FROM pg_constraint
        UNION ALL SELECT concat_ws(' ', 's', setdatabase, setrole, setconfig::text) FROM pg_db_role_setting
         WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AS each(line)
"""
_TABLES = """
    SELECT c.oid::regclass::text FROM pg_class c
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(c.oid) > 0
"""
_SEQUENCES = """
    SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
     WHERE pg_sequence_last_value(seqrelid::regclass) IS NOT NULL
"""


class Databases:
    """The databases of one run, on one server."""

    def __init__(self, server: psycopg.Connection[tuple[object, ...]], address: str, template: str) -> None:
        """`server`: the owner's connection; `template`: the name of a migrated database."""
        self._server = server
        self._address = address
        self._template = template
        self._free: list[str] = []
        self._catalogue: str | None = None
        self._given: dict[str, str] = {}
        """The rows that come with the template, by table."""

    def lend(self) -> str:
        """The name of a database as the template is."""
        if self._free:
            return self._free.pop()
        name = f"test_{uuid.uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._server.execute(statement.format(sql.Identifier(name), sql.Identifier(self._template)))
        if self._catalogue is None:
            with self._open(name) as connection:
                self._catalogue = _catalogue(connection)
                self._given = {table: _content(connection, table) for table in _filled(connection)}
        return name

    def take_back(self, name: str) -> None:
        """Empty it for the next, or drop it where it is not what it was."""
        with suppress(psycopg.Error):
            self._server.execute(_ENDED, (name,))
            with self._open(name) as connection:
                if self._is_as_before(connection):
                    self._free.append(name)
                    return
        self.drop(name)

    def drop(self, name: str) -> None:
        self._server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def close(self) -> None:
        while self._free:
            self.drop(self._free.pop())

    def _open(self, name: str) -> psycopg.Connection[tuple[object, ...]]:
        url = make_url(self._address).set(database=name).render_as_string(hide_password=False)
        return psycopg.connect(url, autocommit=True)

    def _is_as_before(self, connection: psycopg.Connection[tuple[object, ...]]) -> bool:
        """Empty the tables; whether all is then as the template is. Triggers and policies are not asked."""
        if _catalogue(connection) != self._catalogue:
            return False
        connection.execute("SET session_replication_role = replica; SET statement_timeout = '5s'")
        for table in _filled(connection):
            if table not in self._given:
                connection.execute(f"DELETE FROM {table}".encode())
            elif _content(connection, table) != self._given[table]:
                return False
        connection.execute(_SEQUENCES)
        return True


def _catalogue(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    return str((connection.execute(_CATALOGUE).fetchone() or ("",))[0])


def _filled(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    return [str(table) for (table,) in connection.execute(_TABLES)]


def _content(connection: psycopg.Connection[tuple[object, ...]], table: str) -> str:
    counted = f"SELECT md5(string_agg(t::text, ';' ORDER BY t::text)) FROM {table} AS t".encode()
    return str((connection.execute(counted).fetchone() or ("",))[0])
