"""What a GraphQL type stands for: its table, and what each of its fields reads. Data only; `schema.fields` writes it.

Every reader of the schema (the resolvers, the compiler) works from these values and knows nothing more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, Table

from hub.db.sharing import Sight
from hub.law.reg17_disclosure import Part, Standing
from schema.encoding import Encoding

Condition: TypeAlias = Callable[[FromClause, Sight], ColumnElement[bool]]
Expression: TypeAlias = Callable[[FromClause, Sight], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read: its values, how the caller stands to its child, and the parts that this opens.

    `child` is (owner, child id); a row that belongs to no child has none, and all of it is public.
    """

    values: Mapping[str, Any]
    standing: Standing
    parts: frozenset[Part]
    child: tuple[UUID, UUID] | None


@dataclass(frozen=True, slots=True)
class Field:
    """What every projected field has: its parts of the record (none: whoever sees the row sees it)."""

    parts: frozenset[Part]


@dataclass(frozen=True, slots=True)
class ColumnField(Field):
    """A column of the row's own table."""

    column: str
    encoding: Encoding


@dataclass(frozen=True, slots=True)
class ComputedField(Field):
    """A SQL expression over the row."""

    expression: Expression
    encoding: Encoding


@dataclass(frozen=True, slots=True)
class Link:
    """A joining table: its column that holds this row's id, and the one that holds the other's."""

    table: Table
    near: str
    far: str


@dataclass(frozen=True, slots=True)
class RelationField(Field):
    """Rows of the type named `to`: those whose `remote` columns equal this row's `local` columns.

    `same_child`: they are about this row's child, and no others are. `argument`: the name of an argument that, where
    it is given, keeps the rows whose column of that name equals it.
    """

    to: str
    local: tuple[str, ...]
    remote: tuple[str, ...]
    single: bool
    same_child: bool
    order: tuple[str, ...]
    where: Condition | None
    through: Link | None
    argument: str | None


@dataclass(frozen=True, slots=True)
class MembersField(Field):
    """Rows of the type named `to` whose ids are in the array that `ids` makes of the row, in this order.

    `single`: the first of them, if any.
    """

    to: str
    ids: Expression
    order: tuple[str, ...]
    single: bool = False


@dataclass(frozen=True, slots=True)
class EmbeddedField(Field):
    """An object of the type named `to` that is made of this row's own columns, where `present` has a value."""

    to: str
    present: str


@dataclass(frozen=True, slots=True)
class AboutField(Field):
    """The object, of one of the types in `types`, that two columns name by its type and id."""

    type_column: str
    id_column: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FiguresField(Field):
    """Rows of the type named `to`, which stands for no table: those of a statement about this row, in its order.

    The statement is correlated to the row, and reads children's data through the sight alone.
    """

    to: str
    statement: Callable[[FromClause, Sight], Select[Any]]


@dataclass(frozen=True, slots=True)
class WithheldField(Field):
    """What is kept from the caller in this row, and why."""


@dataclass(frozen=True, slots=True)
class RowPart:
    """How the part of a row is told: by a word that SQL makes of it."""

    word: Callable[[FromClause], ColumnElement[Any]]
    parts: Mapping[Any, Part]


@dataclass(frozen=True, slots=True)
class Projection:
    """A type's table, the scope that reading it takes (none: whoever reaches it), and what each of its fields reads.

    `part`: the part of the record that a row itself belongs to. `fields` are by their names in the schema. A type of
    figures has no table: its columns are those of the statement that makes it.
    """

    name: str
    table: Table | None
    scope: str | None
    part: Part | RowPart | None
    is_node: bool
    fields: Mapping[str, Field]


_PROJECTIONS: dict[type[Any], Projection] = {}
_BY_NAME: dict[str, type[Any]] = {}


def register(graphql_type: type[Any], projection: Projection) -> None:
    _PROJECTIONS[graphql_type] = projection
    _BY_NAME[projection.name] = graphql_type


def type_of(name: str) -> type[Any]:
    """The type of this name in the schema; KeyError for one that stands for no table."""
    return _BY_NAME[name]


def projection_named(name: str) -> Projection:
    """The projection of the type of this name in the schema; KeyError for one that stands for no table."""
    return _PROJECTIONS[_BY_NAME[name]]


def table_named(name: str) -> Table:
    """The table that a type stands for; LookupError for a type of figures, which has none."""
    table = projection_named(name).table
    if table is None:
        raise LookupError(f"{name} stands for no table")
    return table


def column_named(type_name: str, name: str) -> ColumnField:
    """A field of a type that shows a column; LookupError for any other."""
    found = projection_named(type_name).fields[name]
    if not isinstance(found, ColumnField):
        raise LookupError(f"{type_name}.{name} is not a column")
    return found


def is_node(name: str) -> bool:
    """Whether a type of this name stands for a table and has a global id."""
    return name in _BY_NAME and projection_named(name).is_node


def is_childs(name: str) -> bool:
    """Whether what a type of this name stands for is a child's data."""
    table = projection_named(name).table
    return table is not None and bool(table.info.get("childs_data"))


def projection_of(graphql_type: type[Any]) -> Projection:
    """The projection of a type; KeyError for one that stands for no table."""
    return _PROJECTIONS[graphql_type]


def projections() -> Mapping[type[Any], Projection]:
    """Every type that stands for a table."""
    return _PROJECTIONS


def ordered(row: FromClause, names: Sequence[str]) -> list[ColumnElement[Any]]:
    """What a relation is ordered by; a name after `-` descends, and what is missing comes last."""
    return [row.c[name[1:]].desc().nulls_last() if name.startswith("-") else row.c[name].asc() for name in names]
