"""`hub bench --load`: so many synthetic children with their records, made inside PostgreSQL from a few templates.

Every row satisfies the constraints and refers to rows that exist. Where the owner may, the triggers that check
references row by row, and any other, are off while it loads (`session_replication_role`): nothing is dropped, and
`tests/db/test_bench.py` looks every reference up.
"""

import json
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from threading import Lock
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal
from sqlalchemy import Column
from sqlalchemy.engine import make_url

from hub.bench.ids import BODY_HEAD, authority_id, body_id, child_id_sql, head_sql, tail_sql
from hub.bench.templates import MOST, OWN, Templates, columns_of, is_body, is_own, make_templates
from hub.county.bank_names import SURNAMES
from hub.db import tables
from hub.errors import conflict, invalid
from hub.law.interpretation import UPN_LETTERS

# What an authority has of the average: the middles of the tenths of the 153 authorities, DfE, January 2025.
_SIZES = (0.91, 0.43, 1.63, 0.67, 0.83, 2.9, 0.32, 1.14, 0.55, 0.74)
_AVERAGE = 5_000
_MOST_AUTHORITIES = 199  # their codes are 001 to 199, which no real authority has
_AUTHORITIES_OF_A_REGION = 4
_CHILDREN_AT_ONCE = 1_000
_CONNECTIONS = 2

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Authority:
    """A synthetic authority; its children are numbered from `first` to `last`."""

    number: int
    first: int
    last: int

    @property
    def id(self) -> UUID:
        return authority_id(self.number)

    @property
    def la_code(self) -> str:
        return f"{self.number:03}"

    @property
    def region(self) -> int:
        """Its commissioning body, trusts and schools are those of the region."""
        return 1 + (self.number - 1) // _AUTHORITIES_OF_A_REGION


def make_authorities(children: int, count: int | None = None) -> list[Authority]:
    """Authorities of uneven size for so many children: as in England, unless a number is given."""
    count = count or min(153, max(1, children // _AVERAGE))
    if not 1 <= count <= min(children, _MOST_AUTHORITIES):
        raise invalid(f"give 1 to {_MOST_AUTHORITIES} authorities, and a child to each", rule="bench-authorities")
    sizes = [_SIZES[number % len(_SIZES)] for number in range(count)]
    # One child each, and the others by size.
    ends = [
        0,
        *(number + int((children - count) * share / sum(sizes)) for number, share in enumerate(accumulate(sizes), 1)),
    ]
    ends[-1] = children
    return [Authority(number, ends[number - 1] + 1, ends[number]) for number in range(1, count + 1)]


def load(
    owner_url: str,
    *,
    children: int,
    today: date,
    authorities: int | None = None,
    progress: Progress = lambda _: None,
) -> list[Authority]:
    """Add the children to a migrated database that holds none of them; `progress` is told how many more are done.

    Raises `Problem` CONFLICT where it was loaded before.
    """
    bodies = make_authorities(children, authorities)
    templates = make_templates(today)
    address = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        with _prepared(connection, bodies, templates):
            _add_children(address, children, templates.count, progress)
        if _quicken(connection):
            connection.execute("SELECT refill_child_access()")
        for name in ("organisation", *MOST, "child_access"):
            connection.execute(SQL("VACUUM (ANALYZE) {}").format(Identifier(name)))
    return bodies


def _add_children(address: str, children: int, templates: int, progress: Progress) -> None:
    """Batches of children, each whole in its transaction, over several connections."""
    turn = Lock()

    def work(worker: int) -> None:
        copies = [_copies(name) for name in MOST]
        with psycopg.connect(address, autocommit=True) as connection:
            _quicken(connection)
            first_of_all = 1 + worker * _CHILDREN_AT_ONCE
            for first in range(first_of_all, children + 1, _CONNECTIONS * _CHILDREN_AT_ONCE):
                last = min(first + _CHILDREN_AT_ONCE - 1, children)
                with connection.transaction():
                    for statement in (_batch(first, last, templates), *copies):
                        connection.execute(statement)
                with turn:
                    progress(last - first + 1)

    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        list(pool.map(work, range(_CONNECTIONS)))


def _quicken(connection: psycopg.Connection[Any]) -> bool:
    """No wait for the disk, and no triggers where the role may leave them out; whether it may."""
    connection.execute("SET synchronous_commit = off")
    with suppress(psycopg.errors.InsufficientPrivilege):
        connection.execute("SET session_replication_role = replica")
        return True
    return False


# --- what is prepared: the bodies, and a schema of its own with the templates, for as long as it takes


@contextmanager
def _prepared(
    connection: psycopg.Connection[Any], authorities: Sequence[Authority], templates: Templates
) -> Generator[None]:
    with connection.transaction():
        _add_bodies(connection, authorities, templates)
        connection.execute(SQL(_PREPARED).format(letters=Literal(UPN_LETTERS), surnames=Literal(list(SURNAMES))))
        connection.cursor().executemany(
            "INSERT INTO bench.authority VALUES (%s, %s, %s, %s, %s)",
            [(each.id, each.la_code, each.first, each.last, each.region) for each in authorities],
        )
        for name in MOST:
            _add_template(connection, name, templates)
    try:
        yield
    finally:
        connection.execute("DROP SCHEMA bench CASCADE")


_PREPARED = """
CREATE SCHEMA bench;
CREATE TABLE bench.authority (id uuid, la_code text, first bigint, last bigint, region integer);
CREATE FUNCTION bench.weighted(digits text, first integer, step integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT sum(substr(digits, i, 1)::integer * (first + step * (i - 1)))::integer
    FROM generate_series(1, length(digits)) AS i $$;
-- Downwards from 999 999 998, which are issued to nobody; none where the check digit would be 10.
CREATE FUNCTION bench.nhs_number(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN digit < 10 THEN nine || digit END
    FROM (VALUES ((999999999 - n)::text)) AS a (nine),
         LATERAL (VALUES ((11 - bench.weighted(nine, 10, -1) % 11) % 11)) AS b (digit) $$;
CREATE FUNCTION bench.upn(la_code text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT substr({letters}, 1 + bench.weighted(twelve, 2, 1) % 23, 1) || twelve
    FROM (VALUES (la_code || lpad(n::text, 9, '0'))) AS a (twelve) $$;
CREATE FUNCTION bench.family_name(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT names[1 + (hashint8(n) & 2147483647) % cardinality(names)]
    FROM (VALUES ({surnames}::text[])) AS a (names) $$;
"""


def _add_bodies(connection: psycopg.Connection[Any], authorities: Sequence[Authority], templates: Templates) -> None:
    own = [
        {"id": each.id, "name": f"Synthetic Council {each.la_code}", "kind": "LOCAL_AUTHORITY", "la_code": each.la_code}
        for each in authorities
    ]
    partners = [
        {
            **each,
            "id": body_id(row, region),
            "name": f"{each['name']} {region}",
            "ods_code": each["ods_code"] and f"{each['ods_code']}R{region:02}",
            "urn": each["urn"] and str(int(each["urn"]) - 1_000 * region),
            "successor_id": None,
        }
        for region in sorted({each.region for each in authorities})
        for row, each in enumerate(templates.bodies)
    ]
    try:
        with connection.transaction():
            _insert(connection, Identifier("organisation"), tables.organisation.columns.keys(), own + partners)
    except psycopg.errors.UniqueViolation:
        raise conflict("this database was loaded before: take another", rule="bench-loaded") from None


def _add_template(connection: psycopg.Connection[Any], name: str, templates: Templates) -> None:
    table = Identifier("bench", name)
    connection.execute(SQL("CREATE TABLE {} (LIKE {})").format(table, Identifier("public", name)))
    for column in ("owner_id", "child_id"):
        connection.execute(SQL("ALTER TABLE {} DROP COLUMN IF EXISTS {}").format(table, Identifier(column)))
    for column in columns_of(name):
        if is_own(column) or is_body(column):
            connection.execute(SQL("ALTER TABLE {} ALTER COLUMN {} TYPE text").format(table, Identifier(column.name)))
    connection.execute(SQL("ALTER TABLE {} ADD COLUMN template integer").format(table))
    _insert(connection, table, ["template", *(each.name for each in columns_of(name))], templates.rows[name])
    connection.execute(SQL("ANALYZE {}").format(table))


def _insert(connection: psycopg.Connection[Any], table: Identifier, names: Sequence[str], rows: Sequence[Any]) -> None:
    """Insert rows from one JSON document, which PostgreSQL takes apart by the table's own types."""
    columns = SQL(", ").join(map(Identifier, names))
    statement = SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)")
    document = json.dumps(rows, default=_as_json)
    connection.execute(statement.format(table=table, columns=columns), (document,))


def _as_json(value: object) -> str:
    if isinstance(value, date):  # an instant too
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"no column takes a {type(value).__name__}")


# --- the statements of a batch


def _batch(first: int, last: int, templates: int) -> Composed:
    """The children of a batch, each with its template and the ends of its ids. 7,919 is a prime: neighbours differ."""
    return SQL(
        "CREATE TEMPORARY TABLE batch ON COMMIT DROP AS "
        "SELECT n, id AS owner_id, la_code, {child} AS child_id, 1 + (n * 7919 % {templates})::integer AS template, "
        "{head} AS head, {tail} AS tail, {region} AS region "
        "FROM generate_series({first}::bigint, {last}) AS n "
        "JOIN bench.authority ON n BETWEEN authority.first AND authority.last"
    ).format(
        first=Literal(first),
        last=Literal(last),
        child=_sql(child_id_sql("n")),
        templates=Literal(templates),
        head=_sql(head_sql("n")),
        tail=_sql(tail_sql("n")),
        region=_sql(tail_sql("region")),
    )


def _copies(name: str) -> Composed:
    """Inserts the rows of one table for the children of the batch, in their order."""
    columns = list(tables.metadata.tables[name].columns)
    return SQL(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM batch JOIN {templates} AS t USING (template) ORDER BY n"
    ).format(
        table=Identifier("public", name),
        columns=SQL(", ").join(Identifier(each.name) for each in columns),
        values=SQL(", ").join(_value(name, each) for each in columns),
        templates=Identifier("bench", name),
    )


_OF_ITS_OWN = {
    ("child", "id"): "batch.child_id",
    ("child", "family_name"): "bench.family_name(n)",
    ("child", "nhs_number"): "bench.nhs_number(n)",
    ("child", "upn"): "bench.upn(la_code, n)",
    ("child", "upn_unknown_reason"): "NULL",
    ("child_identifier", "value"): "concat(la_code, '-', 100000 + n)",
}
"""What is not as in the template."""


def _value(table: str, column: Column[Any]) -> Composed | SQL:
    if (table, column.name) in _OF_ITS_OWN:
        return _sql(_OF_ITS_OWN[table, column.name])
    if column.name in {"owner_id", "child_id"}:
        return SQL("batch.{}").format(Identifier(column.name))
    given = SQL("t.{}").format(Identifier(column.name))
    if is_body(column):
        return SQL("CASE {} WHEN {} THEN batch.owner_id ELSE ({} || {} || region)::uuid END").format(
            given, Literal(OWN), Literal(BODY_HEAD), given
        )
    if is_own(column):
        return SQL("(head || {} || tail)::uuid").format(given)
    return given


def _sql(text: str) -> SQL:
    """Words of our own that are not written out where they are used."""
    return SQL(cast(Any, text))
