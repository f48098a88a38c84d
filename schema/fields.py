"""How a type is declared: what each field reads, the part of the record it belongs to and what it means, side by side.

A class decorated with `@row_of(table)` has fields made by the functions here. Their resolvers are made from that
metadata alone, and `schema.compile` makes SQL of the same.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Annotated, Any, TypeVar

import strawberry
from sqlalchemy import Column, FromClause, Select, Table
from sqlalchemy.types import TypeEngine
from strawberry.schema.name_converter import NameConverter
from strawberry.types import Info

from hub.db.sharing import Sight
from hub.law.reg17_disclosure import Part
from schema.encoding import PLAIN, Encoding, encoding_of, global_id
from schema.node import Node
from schema.projection import (
    AboutField,
    ColumnField,
    ComputedField,
    Condition,
    EmbeddedField,
    Expression,
    Field,
    FiguresField,
    Link,
    MembersField,
    Projection,
    RelationField,
    RowPart,
    WithheldField,
    projection_of,
    register,
)
from schema.reading import reader_of
from schema.withholding import Withheld, explain

T = TypeVar("T")
_names = NameConverter()


def row_of(
    table: Table, *, scope: str | None = None, part: Part | RowPart | None = None
) -> Callable[[type[T]], type[T]]:
    """Makes a class a GraphQL type that stands for rows of `table`; its docstring is the description.

    `part`: the part of the record that a row belongs to, or how it is told.
    """
    return lambda cls: _registered(cls, table, scope, part)


def figures(*, scope: str | None = None) -> Callable[[type[T]], type[T]]:
    """Makes a class a GraphQL type whose fields are the columns of a statement; see `counted`."""
    return lambda cls: _registered(cls, None, scope, None)


def _registered(cls: type[T], table: Table | None, scope: str | None, part: Part | RowPart | None) -> type[T]:
    description = " ".join((cls.__doc__ or "").split())
    fields: dict[str, Field] = {}
    for each in reversed(cls.__mro__):
        for attribute, value in vars(each).items():
            metadata: Mapping[str, Any] = getattr(value, "metadata", None) or {}
            if "projection" in metadata:
                fields[metadata["named"] or _names.apply_naming_config(attribute)] = metadata["projection"]
    made = strawberry.type(cls, description=description)
    register(made, Projection(cls.__name__, table, scope, part, issubclass(cls, Node), fields))
    return made


def part_by(column: str, parts: Mapping[Any, Part]) -> RowPart:
    """The part of a row is told by a column."""
    return RowPart(lambda row: row.c[column], parts)


def column(
    of: Column[Any],
    describe: str,
    *,
    part: Part | None = None,
    encoding: Encoding | None = None,
    named: str | None = None,
) -> Any:
    """A column of the row's table; `named` where its name in the schema is a keyword of Python."""
    projection = ColumnField(_parts(part), of.name, encoding or encoding_of(of.type))

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        row = reader_of(info).row_of(root)
        value = row.values[projection.column] if reader_of(info).shows(row, projection) else None
        return None if value is None else projection.encoding.python(value)

    return _field(resolve, describe, projection, named)


def computed(
    expression: Expression, describe: str, *, part: Part | None = None, of: TypeEngine[Any] | None = None
) -> Any:
    """A SQL expression over the row; `of` is its type, where it is not text, a number or a list of these."""
    projection = ComputedField(_parts(part), expression, encoding_of(of) if of is not None else PLAIN)

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        row = reader_of(info).row_of(root)
        return row.values[f"computed_{info.field_name}"] if reader_of(info).shows(row, projection) else None

    return _field(resolve, describe, projection)


def node_id(of: Column[Any], type_name: str) -> Any:
    """The opaque global id of a node."""
    return column(
        of, "The opaque id of this object, for `node(id:)` and as an argument.", encoding=global_id(type_name)
    )


def one(to: str, via: Column[Any], describe: str, *, parts: Collection[Part] = (), same_child: bool = True) -> Any:
    """The row of the type `to` that `via` points to, where the caller may see it. Some are in no body's records."""
    if to in {"Organisation", "Arrangement"}:
        local, remote, same_child = (via.name,), ("id",), False
    else:
        local, remote = ("owner_id", via.name), ("owner_id", "id")
    projection = RelationField(frozenset(parts), to, local, remote, True, same_child, ("id",), None, None, None)
    return _relation(projection, describe)


def first_of(
    to: str,
    by: str,
    describe: str,
    *,
    order: Sequence[str],
    where: Condition | None = None,
    parts: Collection[Part] = (),
    owned: bool = True,
) -> Any:
    """The first, in `order`, of the rows that point here; `owned` as of `many`."""
    return _relation(_pointing_here(to, by, "id", parts, order=order, where=where, single=True, owned=owned), describe)


def many(
    to: str,
    by: str,
    describe: str,
    *,
    order: Sequence[str] = ("id",),
    parts: Collection[Part] = (),
    where: Condition | None = None,
    through: Link | None = None,
    local: str = "id",
    owned: bool = True,
) -> Any:
    """All rows that point here by their column `by` (or are joined to this row `through` a link).

    `owned`: both are in a child's record, so that owner and child must be the same.
    """
    projection = _pointing_here(to, by, local, parts, order=order, where=where, through=through, owned=owned)
    return _relation(projection, describe)


def members(to: str, ids: Column[Any] | Expression, describe: str, *, order: Sequence[str]) -> Any:
    """The rows of the type `to` whose ids are in an array: a column of this row, or an expression over it."""
    if isinstance(ids, Column):
        name = ids.name
        return _members(MembersField(frozenset(), to, lambda row, _: row.c[name], _whole(order)), describe)
    return _members(MembersField(frozenset(), to, ids, _whole(order)), describe)


def member(to: str, ids: Expression, describe: str) -> Any:
    """The row of the type `to` whose id is in the array that an expression over this row makes, if any."""
    return _members(MembersField(frozenset(), to, ids, ("id",), single=True), describe)


def many_by(
    to: str,
    by: str,
    describe: str,
    *,
    argument: str,
    of: type[Any],
    order: Sequence[str] = ("id",),
    parts: Collection[Part] = (),
) -> Any:
    """As `many`, with an argument of type `of` that keeps the rows whose column of that name equals it."""
    projection = _pointing_here(to, by, "id", parts, order=order, argument=argument)
    only = strawberry.argument(name=argument, description=f"Only those of this {argument}. Left out: all.")

    async def resolve(root: strawberry.Parent[Any], info: Info, value: Any = None) -> Any:
        reader = reader_of(info)
        row = reader.row_of(root)
        return await reader.related(row, projection, value) if reader.shows(row, projection) else None

    resolve.__annotations__["value"] = Annotated[of | None, only]  # pyright: ignore[reportUnknownArgumentType]  (known as it runs)
    return _field(resolve, describe, projection)


def figure(name: str, of: TypeEngine[Any], describe: str, *, named: str | None = None) -> Any:
    """A column, of this type, of the statement that a type of figures stands for."""
    return column(Column(name, of), describe, named=named)


def counted(
    to: str, statement: Callable[[FromClause, Sight], Select[Any]], describe: str, *, parts: Collection[Part] = ()
) -> Any:
    """Rows of a type of figures: those of a statement about this row."""
    projection = FiguresField(frozenset(parts), to, statement)

    async def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        reader = reader_of(info)
        row = reader.row_of(root)
        return await reader.counted(type(root).__name__, row, projection) if reader.shows(row, projection) else None

    return _field(resolve, describe, projection)


def embedded(to: str, present: Column[Any], describe: str) -> Any:
    """An object of the type `to`, made of columns of this row, where `present` has a value."""
    projection = EmbeddedField(frozenset(), to, present.name)

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        reader = reader_of(info)
        row = reader.row_of(root)
        return None if row.values[projection.present] is None else reader.as_type(to, row)

    return _field(resolve, describe, projection)


def about(type_column: Column[Any], id_column: Column[Any], types: Sequence[str], describe: str) -> Any:
    """The object that two columns name by its type and id, where the caller may see it."""
    projection = AboutField(frozenset(), type_column.name, id_column.name, tuple(types))

    async def resolve(root: strawberry.Parent[Any], info: Info) -> Node | None:
        reader = reader_of(info)
        return await reader.about(reader.row_of(root), projection)

    return _field(resolve, describe, projection)


def withheld() -> Any:
    """The field that says what was kept from the caller, and by which rule."""

    def resolve(root: strawberry.Parent[Any], info: Info) -> list[Withheld]:
        reader = reader_of(info)
        row = reader.row_of(root)
        projection = projection_of(type(root))  # pyright: ignore[reportUnknownArgumentType]  (known as it runs)
        return explain(projection, row.standing, reader.asking.purpose)

    describe = "What is kept from you in this object, and by which rule. Empty when nothing is."
    return _field(resolve, describe, WithheldField(frozenset()))


def _pointing_here(
    to: str,
    by: str,
    local: str,
    parts: Collection[Part],
    *,
    order: Sequence[str],
    where: Condition | None = None,
    single: bool = False,
    through: Link | None = None,
    argument: str | None = None,
    owned: bool = True,
) -> RelationField:
    owner = ("owner_id",) if owned else ()
    here, there = (*owner, local), (*owner, by)
    return RelationField(frozenset(parts), to, here, there, single, owned, _whole(order), where, through, argument)


def _whole(order: Sequence[str]) -> tuple[str, ...]:
    """Equals are ordered by id, so that there is one order."""
    return tuple(order) if "id" in order else (*order, "id")


def _members(projection: MembersField, describe: str) -> Any:
    async def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        reader = reader_of(info)
        found = await reader.members(reader.row_of(root).values[f"members_{info.field_name}"], projection)
        return next(iter(found), None) if projection.single else found

    return _field(resolve, describe, projection)


def _relation(projection: RelationField, describe: str) -> Any:
    async def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        reader = reader_of(info)
        row = reader.row_of(root)
        return await reader.related(row, projection) if reader.shows(row, projection) else None

    return _field(resolve, describe, projection)


def _field(resolve: Callable[..., Any], describe: str, projection: Field, named: str | None = None) -> Any:
    metadata = {"projection": projection, "named": named}
    return strawberry.field(resolver=resolve, name=named, description=describe, metadata=metadata)


def _parts(part: Part | None) -> frozenset[Part]:
    return frozenset() if part is None else frozenset({part})
