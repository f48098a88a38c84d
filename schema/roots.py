"""How the fields of `Query` are declared: what each leads to and which arguments it takes.

As in `schema.fields`, the resolvers are made of this metadata alone, and `schema.compile` makes SQL of the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, Date, FromClause, Select, Uuid, select
from strawberry.schema.name_converter import NameConverter
from strawberry.types import Info

from hub.db.sharing import Sight
from hub.errors import invalid
from hub.law.reg17_disclosure import Part, Standing
from schema.ids import row_of_type
from schema.narrowing import Narrowing, conditions, parts_told, scopes_needed
from schema.pages import Asked, Connection, page
from schema.paging import WINDOW, Order
from schema.projection import Row
from schema.reading import reader_of
from schema.values import Given, Value, as_it_is, given

MOST_YEARS = 3
BOARD_ROW: tuple[str, ...] = ("organisation_id", "starts_on", "ends_on")
_names = NameConverter()
First = Annotated[int | None, strawberry.argument(description="The first so many, from 1 to 100. Left out: 20.")]
After = Annotated[str | None, strawberry.argument(description="Only those after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="The last so many, from 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Only those before this cursor.")]


@dataclass(frozen=True, slots=True)
class Root:
    """A field of `Query` that reads."""


@dataclass(frozen=True, slots=True)
class NodeRoot(Root):
    """Any object by its global id, in the argument `id`."""


@dataclass(frozen=True, slots=True)
class ByIdRoot(Root):
    """The object of the type `to` by its global id, in the argument `id`."""

    to: str


@dataclass(frozen=True, slots=True)
class ByCodeRoot(Root):
    """The object of the type `to` by exactly one of its fields, each an argument of the same name.

    `own_first`: of several, the one in the caller's own records.
    """

    to: str
    fields: tuple[str, ...]
    own_first: bool


@dataclass(frozen=True, slots=True)
class ListRoot(Root):
    """A page of the objects of the type `to`; `order`, or the one in the argument `orderBy`."""

    to: str
    order: Order | None
    filter_type: type[Any] | None
    required: Mapping[str, Narrowing] = field(default_factory=dict[str, Narrowing])

    def conditions(self, arguments: Mapping[str, Value], row: FromClause, sight: Sight) -> list[ColumnElement[bool]]:
        """What the arguments ask of a row."""
        asked = [each.condition(row, arguments[name], sight) for name, each in self.required.items()]
        if self.filter_type is not None and "filter" in arguments:
            asked += conditions(self.filter_type, arguments["filter"].fields, row, sight)
        return asked

    def picks(self, arguments: Mapping[str, Value]) -> frozenset[Part] | None:
        """The parts of the record that the arguments ask about; None where they pick no rows out of the whole list."""
        if self.filter_type is not None and "filter" in arguments and arguments["filter"].fields:
            return parts_told(self.filter_type, arguments["filter"].fields)
        return frozenset() if self.required else None

    def scopes(self, arguments: Mapping[str, Value]) -> frozenset[str]:
        """The scopes that the filter takes."""
        if self.filter_type is None or "filter" not in arguments:
            return frozenset()
        return scopes_needed(self.filter_type, arguments["filter"].fields)


@dataclass(frozen=True, slots=True)
class BoardRoot(Root):
    """Figures about one body, of the type `to`: one row made of the arguments `organisation`, `from` and `to`."""

    to: str

    def row(self, arguments: Mapping[str, Value]) -> Select[Any]:
        """The row, in SQL. What the arguments are together is checked by `check`, before."""
        organisation = arguments["organisation"].sql(Uuid(), self.organisation)
        days = [arguments[name].sql(Date(), as_it_is) for name in ("from", "to")]
        return select(*(value.label(name) for name, value in zip(BOARD_ROW, (organisation, *days), strict=True)))

    def organisation(self, row_id: str) -> UUID:
        """The body with this global id; raises `Problem` INVALID for the id of anything else."""
        return row_of_type(row_id, "Organisation", argument="organisation")

    def check(self, from_: date, to: date) -> None:
        """Raises `Problem` INVALID unless the days are in order and at most three years apart."""
        if from_ > to:
            raise invalid("the first day is after the last", rule="days-out-of-order", path=("from",))
        if (to.year - MOST_YEARS, to.month, to.day) > (from_.year, from_.month, from_.day):
            raise invalid(f"at most {MOST_YEARS} years at once", rule="too-many-days", path=("to",))


@dataclass(frozen=True, slots=True)
class ViewerRoot(Root):
    """Who asks."""


def of(query: type[Any]) -> Mapping[str, Root]:
    """What each field of `Query` leads to, by its name in the schema."""
    definition = query.__strawberry_definition__
    return {
        _names.apply_naming_config(each.python_name): each.metadata["root"]
        for each in definition.fields
        if "root" in each.metadata
    }


def rooted(resolver: Any, root: Root, describe: str) -> Any:
    """A field of `Query` with a resolver of its own."""
    return strawberry.field(resolver=resolver, description=describe, metadata={"root": root})


def listed(node: type[Any], narrowed_by: type[Any] | None, order: Order, describe: str) -> Any:
    """A connection to the objects of a type that exist for the caller, in one order."""
    root = ListRoot(node.__name__, order, narrowed_by)
    by = strawberry.argument(name="filter", description="Which ones. Left out: all.")

    async def resolve(
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        narrowed: Any = None,
    ) -> Any:
        return await read_page(info, root, order, first=first, after=after, last=last, before=before, filter=narrowed)

    async def resolve_all(
        info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Any:
        return await read_page(info, root, order, first=first, after=after, last=last, before=before)

    chosen = resolve_all
    if narrowed_by is not None:
        resolve.__annotations__["narrowed"] = Annotated[narrowed_by | None, by]
        chosen = resolve
    chosen.__annotations__["return"] = Connection[node]  # pyright: ignore[reportInvalidTypeArguments]  (known as it runs)
    return rooted(chosen, root, describe)


async def read_page(info: Info, root: ListRoot, order: Order, **arguments: Any) -> Any:
    """The page that the arguments ask for, as the resolvers read it."""
    reader = reader_of(info)
    values = given(arguments)
    for scope in sorted(root.scopes(values)):
        reader.must_have(scope)
    window: dict[str, Given] = {name: values[name] for name in WINDOW if name in values}
    asked = Asked(lambda row, sight: root.conditions(values, row, sight), root.picks(values))
    return await page(reader, root.to, order, window, asked)


def read_board(info: Info, root: BoardRoot, organisation: str, from_: date, to: date) -> Any:
    """The figures that the arguments ask for, as the resolvers read them."""
    root.check(from_, to)
    values: dict[str, Any] = dict(zip(BOARD_ROW, (root.organisation(organisation), from_, to), strict=True))
    return reader_of(info).as_type(root.to, Row(values, Standing(), frozenset(), None))


async def read_by_id(info: Info, type_name: str, row_id: str) -> Any:
    """The object of the type with this global id, where it exists for the caller."""
    return await reader_of(info).node(type_name, row_of_type(row_id, type_name))


async def read_by_code(info: Info, root: ByCodeRoot, arguments: Mapping[str, Any]) -> Any:
    """The object with the one code that is given; raises `Problem` INVALID unless exactly one is."""
    codes = {name: value for name, value in arguments.items() if value is not None}
    if len(codes) != 1:
        *most, last = root.fields
        raise invalid(f"give exactly one of {', '.join(most)} and {last}", rule="exactly-one-of")
    if "id" in codes:
        return await read_by_id(info, root.to, codes["id"])
    return await reader_of(info).by_code(root.to, codes, own_first=root.own_first)
