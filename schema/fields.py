"""How a type is declared: what each field reads, the part of the record it belongs to and what it means, side by side.

A class decorated with `@row_of(table)` has fields made by `column`, `computed`, `one`, `first_of`, `many` and
`withheld`. Their resolvers are made here, from that metadata alone.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar, cast

import strawberry
from sqlalchemy import Column, ColumnElement, FromClause, Table
from strawberry.types import Info

from hub.db.sharing import Asking
from hub.law.reg17_disclosure import Part
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
from schema.reading import Reader
from schema.withholding import Withheld, explain

T = TypeVar("T")


def row_of(
    table: Table, *, name: str | None = None, part_of_row: Callable[[Row], Part] | None = None
) -> Callable[[type[T]], type[T]]:
    """Makes a class a GraphQL type that stands for rows of `table`; its docstring is the description."""

    def decorate(cls: type[T]) -> type[T]:
        description = " ".join((cls.__doc__ or "").split())
        fields: dict[str, Field] = {}
        for each in reversed(cls.__mro__):
            for attribute, value in vars(each).items():
                metadata: Mapping[str, Any] = getattr(value, "metadata", None) or {}
                if isinstance(metadata, Mapping) and "projection" in metadata:
                    fields[attribute] = metadata["projection"]
        made = strawberry.type(cls, name=name, description=description)
        register(made, Projection(table, part_of_row, fields))
        return made

    return decorate


def column(
    of: Column[Any], describe: str, *, part: Part | None = None, convert: Callable[[Any], Any] | None = None
) -> Any:
    """A column of the row's table."""
    projection = ColumnField(_parts(part), of.name, convert)

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        row = _row(root)
        if not _shown(row, projection, info):
            return None
        value = row.values[projection.column]
        return value if value is None or convert is None else convert(value)

    return _field(resolve, describe, projection)


def computed(
    expression: Callable[[FromClause, Asking], ColumnElement[Any]], describe: str, *, part: Part | None = None
) -> Any:
    """A SQL expression over the row."""
    projection = ComputedField(_parts(part), expression)

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        row = _row(root)
        return row.values[f"computed_{info.python_name}"] if _shown(row, projection, info) else None

    return _field(resolve, describe, projection)


def one(to: Callable[[], type[Any]], via: Column[Any], describe: str, *, part: Part | None = None) -> Any:
    """The row of another type that `via` points to, where the caller may see it."""
    local, remote = ((via.name,), ("id",)) if via.foreign_keys else (("owner_id", via.name), ("owner_id", "id"))
    return _relation(RelationField(_parts(part), to, local, remote, True, (), None, None), describe)


def first_of(
    to: Callable[[], type[Any]],
    by: str,
    describe: str,
    *,
    order: Sequence[str],
    where: Condition | None = None,
    parts: Collection[Part] = (),
) -> Any:
    """The first, in `order`, of the rows that point here."""
    projection = RelationField(
        frozenset(parts), to, ("owner_id", "id"), ("owner_id", by), True, tuple(order), where, None
    )
    return _relation(projection, describe)


def many(
    to: Callable[[], type[Any]],
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
        frozenset(parts), to, ("owner_id", local), ("owner_id", by), False, tuple(order), where, through
    )
    return _relation(projection, describe)


def withheld() -> Any:
    """The field that says what was kept from the caller, and by which rule."""

    def resolve(root: strawberry.Parent[Any], info: Info) -> list[Withheld]:
        row = _row(root)
        reader = _reader(info)
        named = {
            reader.name_in_schema(info, attribute): each.parts
            for attribute, each in projection_of(type(root)).fields.items()
            if each.parts
        }
        return explain(named, row.held, reader.asking.purpose)

    return strawberry.field(
        resolver=resolve,
        description="What is kept from you in this object, and by which rule. Empty when nothing is.",
    )


def _relation(projection: RelationField, describe: str) -> Any:
    async def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        row = _row(root)
        if not _shown(row, projection, info):
            return None
        return await _reader(info).related(row, projection)

    return _field(resolve, describe, projection)


def _field(resolve: Callable[..., Any], describe: str, projection: Field) -> Any:
    return strawberry.field(resolver=resolve, description=describe, metadata={"projection": projection})


def _parts(part: Part | None) -> frozenset[Part]:
    return frozenset() if part is None else frozenset({part})


def _row(root: object) -> Row:
    return cast(Row, root._row)  # pyright: ignore[reportAttributeAccessIssue]  # set by Reader.make on every object it makes


def _reader(info: Info) -> Reader:
    return cast(Reader, info.context.reader)


def _shown(row: Row, projection: Field, info: Info) -> bool:
    """Whether some part that the field belongs to is open; the record of disclosure is told either way."""
    if not projection.parts:
        return True
    return _reader(info).note(row, projection.parts)
