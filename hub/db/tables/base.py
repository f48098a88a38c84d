"""What every table shares: the naming of constraints, and the keys of a table with a child's data.

A child's data carries the body that owns the record in its keys: the primary key is (owner_id, id) and each reference
between such tables repeats owner_id, so that a row can never point into another body's records, unique keys tell one
body nothing about another's, and the tables could be distributed by owner.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy import text as sql
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Instant = DateTime(timezone=True)
Pounds = Numeric(12, 2)


def _values(vocabulary: type[StrEnum]) -> list[str]:
    return [word.value for word in vocabulary]


def one_of(vocabulary: type[StrEnum]) -> Enum:
    """Text held to the words of an enum of `hub.law`."""
    return Enum(
        vocabulary,
        native_enum=False,
        create_constraint=True,
        length=64,
        name=vocabulary.__name__.lower(),
        values_callable=_values,
    )


def recorded_in() -> Column[Any]:
    """The transaction that recorded the row, from PostgreSQL itself: what is read in the order of being recorded."""
    return Column(
        "recorded_in",
        BigInteger,
        server_default=sql("pg_current_xact_id()::text::bigint"),
        nullable=False,
        info={"never_given": True},
    )


def body(name: str, *, nullable: bool = True) -> Column[Any]:
    """A reference to an organisation."""
    return Column(name, Uuid, ForeignKey("organisation.id"), nullable=nullable)


def reference(name: str, to: str, *then: str) -> list[SchemaItem]:
    """A column that points to a row of `to` in the same owner's records; its rows are found in the order of `then`."""
    return [
        Column(name, Uuid),
        ForeignKeyConstraint(["owner_id", name], [f"{to}.owner_id", f"{to}.id"]),
        Index(None, "owner_id", name, *then),
    ]


def childs_table(name: str, *items: SchemaItem | list[SchemaItem]) -> Table:
    """A table of facts about one child: keys (owner_id, id), the child beside them, and an index for each way in.

    That the owner is a body follows from the child, who is the owner's: it is not checked for each row again.
    """
    return Table(
        name,
        metadata,
        Column("owner_id", Uuid, nullable=False),
        Column("id", Uuid, nullable=False),
        Column("child_id", Uuid, nullable=False),
        *_flat(items),
        PrimaryKeyConstraint("owner_id", "id"),
        ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
        Index(None, "owner_id", "child_id"),
        Index(None, "id"),
        info={"childs_data": True},
    )


def _flat(items: Iterable[SchemaItem | list[SchemaItem]]) -> list[SchemaItem]:
    """One after the other, columns first: an index may be of columns that come after the one it stands with."""
    flat = [each for item in items for each in (item if isinstance(item, list) else [item])]
    return sorted(flat, key=lambda each: not isinstance(each, Column))


def by_day(table: str, scope: str, column: str) -> Index:
    """For a list ordered by a day that may be missing: those without come last.

    The day stands there twice: in the order of lists, and by itself, where row-level security lets it be compared.
    """
    last = f"coalesce({column}, '9999-12-31'::date)"
    return Index(f"ix_{table}_{scope}_{column}_or_last", scope, sql(last), "id", column)


def by_open_day(scope: str) -> Index:
    """Of the duties alone that are neither met nor ended, which are few: what is late, and what is due."""
    open_ = sql("met_on IS NULL AND ended_on IS NULL")
    last = sql("coalesce(due_on, '9999-12-31'::date)")
    return Index(f"ix_duty_{scope}_open_due_on_or_last", scope, last, "id", "due_on", postgresql_where=open_)


def text(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, Text, nullable=nullable)
