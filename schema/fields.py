"""How a type is declared: what each field reads, the part of the record it belongs to and what it means, side by side.

A class decorated with `@row_of(table)` has fields made by `column`, `computed`, `one`, `first_of`, `many` and
`withheld`. Their resolvers are made here, from that metadata alone.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar

import strawberry
from sqlalchemy import Column, ColumnElement, FromClause, Table
from strawberry.types import Info

from hub.db.sharing import Asking
from hub.law.reg17_disclosure import Part
from schema.ids import to_global
from schema.projection import (
    ColumnField,
    ComputedField,
    Condition,
    Field,
    Link,
    Projection,
    RelationField,
    Row,
    projection_of,
    register,
)
from schema.reading import reader_of
from schema.withholding import Withheld, explain

T = TypeVar("T")


def row_of(
    table: Table, *, scope: str | None = None, part: Part | Callable[[Row], Part] | None = None
) -> Callable[[type[T]], type[T]]:
    """Makes a class a GraphQL type that stands for rows of `table`; its docstring is the description."""

    def decorate(cls: type[T]) -> type[T]:
        description = " ".join((cls.__doc__ or "").split())
        fields: dict[str, Field] = {}
        for each in reversed(cls.__mro__):
            for attribute, value in vars(each).items():
                metadata: Mapping[str, Any] = getattr(value, "metadata", None) or {}
                if "projection" in metadata:
                    fields[attribute] = metadata["projection"]
        made = strawberry.type(cls, description=description)
        register(made, Projection(table, scope, _part_of_row(part), fields))
        return made

    return decorate


def column(
    of: Column[Any],
    describe: str,
    *,
    part: Part | None = None,
    convert: Callable[[Any], Any] | None = None,
    named: str | None = None,
) -> Any:
    """A column of the row's table; `named` where its name in the schema is a keyword of Python."""
    projection = ColumnField(_parts(part), of.name, convert)

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        row = reader_of(info).row_of(root)
        if not _shown(row, projection, info):
            return None
        value = row.values[projection.column]
        return value if value is None or convert is None else convert(value)

    return _field(resolve, describe, projection, named)


def computed(
    expression: Callable[[FromClause, Asking], ColumnElement[Any]], describe: str, *, part: Part | None = None
) -> Any:
    """A SQL expression over the row."""
    projection = ComputedField(_parts(part), expression)

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        row = reader_of(info).row_of(root)
        return row.values[f"computed_{info.python_name}"] if _shown(row, projection, info) else None

    return _field(resolve, describe, projection)


def node_id(of: Column[Any], type_name: str) -> Any:
    """The opaque global id of a node."""
    return column(
        of, "The opaque id of this object, for `node(id:)` and as an argument.", convert=partial(to_global, type_name)
    )


def one(to: str, via: Column[Any], describe: str, *, part: Part | None = None) -> Any:
    """The row of the type `to` that `via` points to, where the caller may see it. A body belongs to no owner."""
    alone = to == "Organisation"
    local, remote = ((via.name,), ("id",)) if alone else (("owner_id", via.name), ("owner_id", "id"))
    return _relation(RelationField(_parts(part), to, local, remote, True, (), None, None, None), describe)


def first_of(
    to: str,
    by: str,
    describe: str,
    *,
    order: Sequence[str],
    where: Condition | None = None,
    parts: Collection[Part] = (),
) -> Any:
    """The first, in `order`, of the rows that point here."""
    projection = RelationField(
        frozenset(parts), to, ("owner_id", "id"), ("owner_id", by), True, tuple(order), where, None, None
    )
    return _relation(projection, describe)


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
) -> Any:
    """All rows that point here by their column `by` (or are joined to this row `through` a link)."""
    projection = RelationField(
        frozenset(parts), to, ("owner_id", local), ("owner_id", by), False, tuple(order), where, through, None
    )
    return _relation(projection, describe)


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
    projection = RelationField(
        frozenset(parts), to, ("owner_id", "id"), ("owner_id", by), False, tuple(order), None, None, argument
    )
    only = strawberry.argument(name=argument, description=f"Only those of this {argument}.")

    async def resolve(root: strawberry.Parent[Any], info: Info, value: Any = None) -> Any:
        row = reader_of(info).row_of(root)
        return await reader_of(info).related(row, projection, value) if _shown(row, projection, info) else None

    resolve.__annotations__["value"] = Annotated[of | None, only]  # pyright: ignore[reportUnknownArgumentType]
    return _field(resolve, describe, projection)


def withheld() -> Any:
    """The field that says what was kept from the caller, and by which rule."""

    def resolve(root: strawberry.Parent[Any], info: Info) -> list[Withheld]:
        reader = reader_of(info)
        row = reader.row_of(root)
        named = {
            reader.name_in_schema(info, attribute): each.parts
            for attribute, each in projection_of(type(root)).fields.items()  # pyright: ignore[reportUnknownArgumentType]
            if each.parts
        }
        return explain(named, row.held, reader.asking.purpose)

    return strawberry.field(
        resolver=resolve,
        description="What is kept from you in this object, and by which rule. Empty when nothing is.",
    )


def _relation(projection: RelationField, describe: str) -> Any:
    async def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        row = reader_of(info).row_of(root)
        if not _shown(row, projection, info):
            return None
        return await reader_of(info).related(row, projection)

    return _field(resolve, describe, projection)


def _field(resolve: Callable[..., Any], describe: str, projection: Field, named: str | None = None) -> Any:
    return strawberry.field(resolver=resolve, name=named, description=describe, metadata={"projection": projection})


def _part_of_row(part: Part | Callable[[Row], Part] | None) -> Callable[[Row], Part] | None:
    if isinstance(part, Part):
        return lambda _: part
    return part


def _parts(part: Part | None) -> frozenset[Part]:
    return frozenset() if part is None else frozenset({part})


def _shown(row: Row, projection: Field, info: Info) -> bool:
    """Whether some part that the field belongs to is open; the record of disclosure is told either way."""
    if not projection.parts:
        return True
    return reader_of(info).note(row, projection.parts)
