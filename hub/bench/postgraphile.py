"""PostGraphile on the same database, for comparison: installed by npm when it is first wanted, and kept.

It needs Node 22: the machine's own, or the one that npm brings. Without it the comparison goes on, and says so.
"""

import re
import shutil
import subprocess
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from hub.bench.servers import Server, bare_environment, free_port, server
from hub.db import tables
from hub.errors import NotReadyError

VERSION = "5.1.5"
_SOURCE = Path(__file__).parent / "postgraphile"
_FILES = ("package.json", "package-lock.json", ".npmrc", "server.mjs")
_READER = "hub_bench_reader"


def install(data_dir: Path) -> Path:
    """The folder in which it is installed. Raises `NotReadyError` that says what is missing."""
    folder = data_dir.resolve() / "bench" / "postgraphile"
    folder.mkdir(parents=True, exist_ok=True)
    fresh = any(
        not (folder / each).exists() or (folder / each).read_bytes() != (_SOURCE / each).read_bytes() for each in _FILES
    )
    if fresh or not (folder / "node_modules" / "postgraphile").is_dir():
        npm = shutil.which("npm")
        if npm is None:
            raise NotReadyError("there is no npm")
        for each in _FILES:
            shutil.copy(_SOURCE / each, folder)
        done = subprocess.run([npm, "ci", "--no-progress"], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  (npm itself)
        if done.returncode != 0:
            raise NotReadyError(f"npm could not install it: {done.stderr.strip()[-300:]}")
    return folder


def _node(folder: Path) -> str:
    brought = next(iter(sorted(folder.glob("node_modules/node-*/bin/node"))), None)
    own = shutil.which("node")
    if brought is not None:
        return str(brought)
    said = subprocess.run([own, "--version"], capture_output=True, text=True, check=False).stdout if own else ""  # noqa: S603  (node itself)
    found = re.match(r"v(\d+)\.", said)
    if own is None or found is None or int(found[1]) < 22:
        raise NotReadyError("there is no Node 22")
    return own


def served(folder: Path, owner_url: str, *, caller: UUID | None, log: Path) -> AbstractContextManager[Server]:
    """PostGraphile on the database; with `caller` under row-level security, a transaction around each read."""
    port = free_port()
    environment = {
        **bare_environment(),
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
        "BENCH_DATABASE": make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False),
        "BENCH_PORT": str(port),
        **({"BENCH_ROLE": _READER, "BENCH_CALLER": str(caller)} if caller else {}),
    }
    return server([_node(folder), str(folder / "server.mjs")], environment, port, log)


@contextmanager
def row_level_security(owner_url: str) -> Generator[None]:
    """A role that sees the rows of one owner, for the length of the block."""
    address = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    reader = Identifier(_READER)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(SQL("CREATE ROLE {}").format(reader))
        try:
            connection.execute(SQL("GRANT {} TO CURRENT_USER").format(reader))
            connection.execute(SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(reader))
            for table in tables.metadata.sorted_tables:
                if "owner_id" in table.columns:
                    _protect(connection, table.name)
            yield
        finally:
            connection.execute(SQL("DROP OWNED BY {}").format(reader))
            connection.execute(SQL("DROP ROLE {}").format(reader))


def _protect(connection: psycopg.Connection[Any], name: str) -> None:
    table, reader = Identifier(name), Identifier(_READER)
    connection.execute(
        SQL(
            "CREATE POLICY hub_bench_reader ON {} FOR SELECT TO {} "
            "USING (owner_id = nullif(current_setting('bench.caller', true), '')::uuid)"
        ).format(table, reader)
    )
