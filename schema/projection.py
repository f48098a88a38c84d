"""What a GraphQL type stands for: its table, and what each of its fields reads. Data only; `schema.fields` writes it.

Every reader of the schema (the resolvers, the compiler) works from these values and knows nothing more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Table

from hub.db.sharing import Asking
from hub.law.reg17_disclosure import Part, Relationship

Condition: TypeAlias = Callable[[FromClause, Asking], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read: its values, how the caller stands to its child, and the parts that this opens.

    `child` is (owner, child id); a row that belongs to no child has none, and all of it is public.
    """

    values: Mapping[str, Any]
    held: frozenset[Relationship]
    parts: frozenset[Part]
    child: tuple[UUID, UUID] | None


@dataclass(frozen=True, slots=True)
class Field:
    """What every projected field has: its part of the record (none: whoever sees the row sees it)."""

    parts: frozenset[Part]


@dataclass(frozen=True, slots=True)
class ColumnField(Field):
    """A column of the row's own table."""

    column: str
    convert: Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class ComputedField(Field):
    """A SQL expression over the row."""

    expression: Callable[[FromClause, Asking], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Link:
    """A joining table: its column that holds this row's id, and the one that holds the other's."""

    table: Table
    near: str
    far: str


@dataclass(frozen=True, slots=True)
class RelationField(Field):
    """Rows of the type named `to`: those whose `remote` columns equal this row's `local` columns."""

    to: str
    local: tuple[str, ...]
    remote: tuple[str, ...]
    single: bool
    order: tuple[str, ...]
    where: Condition | None
    through: Link | None
    argument: str | None


@dataclass(frozen=True, slots=True)
class Projection:
    """A type's table, the scope that reading it takes (none: whoever reaches it), and what each of its fields reads."""

    table: Table
    scope: str | None
    part_of_row: Callable[[Row], Part] | None
    fields: Mapping[str, Field]


_PROJECTIONS: dict[type[Any], Projection] = {}
_BY_NAME: dict[str, type[Any]] = {}


def register(graphql_type: type[Any], projection: Projection) -> None:
    _PROJECTIONS[graphql_type] = projection
    _BY_NAME[graphql_type.__name__] = graphql_type


def type_named(name: str) -> type[Any] | None:
    """The type that stands for a table, by its name in the schema."""
    return _BY_NAME.get(name)


def projection_of(graphql_type: type[Any]) -> Projection:
    """The projection of a type; KeyError for one that stands for no table."""
    return _PROJECTIONS[graphql_type]


def projections() -> Mapping[type[Any], Projection]:
    """Every type that stands for a table."""
    return _PROJECTIONS
