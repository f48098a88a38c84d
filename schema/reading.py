"""Reading for one operation: every select carries the sharing rules, and what it shows is on record before it leaves.

A `Reader` lives as long as one GraphQL operation. It reads in one transaction (`schema.moment`), relations in batches;
which parts of which child were shown or withheld is noted as fields are resolved (`schema.noting`) and stored by
`close` before the answer is released.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, literal, select, true, tuple_
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from hub.audit import Operation, Reading
from hub.db import sharing, tables
from hub.db.guarded import named
from hub.db.session import Database
from hub.db.sharing import Asking, Sight
from hub.errors import forbidden
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Part, opened
from schema.moment import Moment, waited_for
from schema.noting import Child, Notes
from schema.projection import (
    AboutField,
    ComputedField,
    Field,
    FiguresField,
    MembersField,
    RelationField,
    Row,
    RowPart,
    column_named,
    is_childs,
    is_node,
    ordered,
    projection_named,
    table_named,
    type_of,
)


class Reader:
    """What one operation reads, for one caller."""

    def __init__(
        self,
        *,
        database: Database,
        caller: Caller,
        today: date,
        now: datetime,
        new_id: Callable[[], UUID],
        snapshot: bool,
        operation: Operation,
    ) -> None:
        self.caller = caller
        self.today = today
        self.asking = Asking.of(caller, today, now)
        self.retrieved: set[UUID] = set()
        self.missed = False  # whether something was looked up, by id or code, that does not exist for this caller
        self._moment = Moment(lambda: database.begin(caller, today=today, snapshot=snapshot))
        self._notes = Notes(caller, operation, now, new_id)
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    @property
    def readings(self) -> list[Reading]:
        """What has been put on record."""
        return self._notes.readings

    def must_have(self, scope: str | None) -> None:
        """Raises `Problem` FORBIDDEN unless the caller's token carries the scope, where one is needed."""
        if scope is not None and not self.caller.has(scope):
            raise forbidden(f"this needs the scope {scope}, which the token does not carry", rule="scope-missing")

    # --- selecting

    def source(self, type_name: str) -> FromClause:
        """A fresh alias of the type's table."""
        return named(table_named(type_name)).alias()

    def selecting(self, row: FromClause, type_name: str) -> Select[Any]:
        """All that the type's fields read, of the rows that exist for this caller."""
        projection = projection_named(type_name)
        self.must_have(projection.scope)
        sight = Sight.of(row, self.asking)
        columns: list[ColumnElement[Any]] = list(row.c)
        columns += [
            each.expression(row, sight).label(f"computed_{name}")
            for name, each in projection.fields.items()
            if isinstance(each, ComputedField)
        ]
        columns += [
            each.ids(row, sight).label(f"members_{name}")
            for name, each in projection.fields.items()
            if isinstance(each, MembersField)
        ]
        if sharing.is_childs(table_named(type_name)):
            columns.append(sight.bits().label("standing"))
        if isinstance(projection.part, RowPart):
            columns.append(projection.part.word(row).label("row_part"))
        return select(*columns).where(sharing.may_see(row, self.asking))

    async def page(self, statement: Select[Any], type_name: str, *, size: int) -> tuple[list[Any], bool]:
        """The first `size` of the statement's rows as objects of the type, and whether there are more."""
        result = (await self._moment.execute(statement.limit(size + 1))).mappings().all()
        return [self.make(type_name, each) for each in result[:size]], len(result) > size

    async def first(self, statement: Select[Any], type_name: str) -> Any:
        """The first of the statement's rows as an object of the type, or None."""
        found, _ = await self.page(statement, type_name, size=1)
        return found[0] if found else None

    async def count(self, statement: Select[Any]) -> int:
        """How many rows a statement would give."""
        counted = select(func.count()).select_from(statement.order_by(None).subquery())
        return int((await self._moment.execute(counted)).scalar_one())

    async def counted_few(self, statement: Select[Any], type_name: str, picks: frozenset[Part]) -> None:
        """Note of whom the rows are that were counted, and the parts by which they were picked out."""
        if is_childs(type_name):
            for each in (await self._moment.execute(statement)).mappings():
                self._notes.shows(self._row(type_name, each), Field(picks))

    def make(self, type_name: str, values: Mapping[str, Any]) -> Any:
        """An object of the type for a row that was read."""
        row = self._row(type_name, values)
        if projection_named(type_name).table is tables.cooperation_request:
            self._note_retrieval(values)
        return self.as_type(type_name, row)

    def _row(self, type_name: str, values: Mapping[str, Any]) -> Row:
        """A row that was read; that there is such a row is noted of its child."""
        standing = sharing.standing_in(values.get("standing") or 0)
        child: Child | None = None
        if "standing" in values:
            child = (values["owner_id"], values["child_id"] if "child_id" in values else values["id"])
            part = projection_named(type_name).part
            self._notes.made(child, standing, part.parts[values["row_part"]] if isinstance(part, RowPart) else part)
        return Row(values, standing, opened(standing, self.asking.purpose), child)

    def as_type(self, type_name: str, row: Row) -> Any:
        """An object of a type that stands for this row."""
        made = object.__new__(type_of(type_name))
        made._row = row
        return made

    def _note_retrieval(self, request: Mapping[str, Any]) -> None:
        """A request that its body reads and has not received yet: the reading is receipt."""
        if request["received_at"] is None and request["addressed_to_id"] == self.caller.organisation:
            self.retrieved.add(request["id"])

    def row_of(self, node: object) -> Row:
        """The row that an object made here stands for."""
        return cast(Row, node._row)  # pyright: ignore[reportAttributeAccessIssue]  # set by `as_type`

    async def node(self, type_name: str, row_id: UUID) -> Any:
        """The object of the type with this id, where it exists for the caller; None otherwise."""
        if not is_node(type_name):
            return None
        row = self.source(type_name)
        found = await self.first(self.selecting(row, type_name).where(row.c.id == row_id), type_name)
        self.missed |= found is None
        return found

    async def about(self, row: Row, field: AboutField) -> Any:
        """The object that a row names by type and id, where it is about the row's child and exists for the caller."""
        type_name = row.values[field.type_column]
        if type_name not in field.types:
            return None
        other = self.source(type_name)
        owner, child = other.c.owner_id, sharing.child_of(other)
        statement = self.selecting(other, type_name).where(other.c.id == row.values[field.id_column])
        return await self.first(statement.where(tuple_(owner, child) == row.child), type_name)

    async def counted(self, type_name: str, row: Row, field: FiguresField) -> list[Any]:
        """The rows of a field of figures, about one row."""
        self.must_have(projection_named(field.to).scope)
        table = projection_named(type_name).table
        if table is None:
            above: FromClause = select(*(literal(value).label(name) for name, value in row.values.items())).subquery()
            here, sight = true(), Sight(self.asking, {})
        else:
            above = named(table).alias()
            sight = Sight.of(above, self.asking)
            here = and_(above.c.id == row.values["id"], sharing.may_see(above, self.asking))
        figures = field.statement(above, sight).correlate(above).lateral()
        statement = select(*figures.c).select_from(above.join(figures, true())).where(here)
        found = (await self._moment.execute(statement)).mappings().all()
        return [self.as_type(field.to, replace(row, values=each)) for each in found]

    async def by_code(self, type_name: str, codes: Mapping[str, Any], *, own_first: bool) -> Any:
        """The object whose fields have these values, where they are open to the caller; of several, its own."""
        row = self.source(type_name)
        statement = self.selecting(row, type_name)
        for name, code in codes.items():
            field = column_named(type_name, name)
            statement = statement.where(row.c[field.column] == code)
            if field.parts:
                statement = statement.where(Sight.of(row, self.asking).opens(field.parts))
        if own_first:
            statement = statement.order_by((row.c.owner_id == self.caller.organisation).desc())
        found = await self.first(statement.order_by(row.c.id), type_name)
        self.missed |= found is None and is_childs(type_name)
        return found

    # --- relations

    async def related(self, row: Row, relation: RelationField, argument: Any = None) -> Any:
        """The object, or list of objects, that a relation leads to from this row. Batched over all rows that wait."""
        key = tuple(row.values[name] for name in relation.local)
        if any(part is None for part in key):
            return None if relation.single else []
        if relation.same_child:
            key = (*key, row.child[1] if row.child else None)
        found = await waited_for(self._loader(relation, argument).load(key))
        if relation.single:
            return found[0] if found else None
        return found

    async def members(self, ids: Sequence[UUID], field: MembersField) -> list[Any]:
        """The objects with these ids that exist for the caller. Batched over all rows that wait."""
        loader = self._loaders.get(field)
        if loader is None:

            async def load(keys: list[tuple[UUID, ...]]) -> list[list[Any]]:
                row = self.source(field.to)
                wanted = {each for key in keys for each in key}
                statement = self.selecting(row, field.to).where(row.c.id.in_(wanted))
                rows = (await self._moment.execute(statement.order_by(*ordered(row, field.order)))).mappings().all()
                made = {each["id"]: self.make(field.to, each) for each in rows}
                return [[one for row_id, one in made.items() if row_id in key] for key in keys]

            loader = self._loaders[field] = DataLoader(load_fn=load)
        return await waited_for(loader.load(tuple(ids)))

    def _loader(self, relation: RelationField, argument: Any) -> DataLoader[Any, Any]:
        loader = self._loaders.get((relation, argument))
        if loader is None:

            async def load(keys: list[Any]) -> list[list[Any]]:
                return await self._load(relation, argument, keys)

            loader = self._loaders[relation, argument] = DataLoader(load_fn=load)
        return loader

    async def _load(self, relation: RelationField, argument: Any, keys: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
        row = self.source(relation.to)
        statement = self.selecting(row, relation.to)
        if relation.through is not None:
            link = named(relation.through.table).alias()
            joined = (link.c.owner_id == row.c.owner_id) & (link.c[relation.through.far] == row.c.id)
            statement = statement.join(link, joined)
            matched: list[ColumnElement[Any]] = [link.c.owner_id, link.c[relation.through.near]]
        else:
            matched = [row.c[name] for name in relation.remote]
        if relation.same_child:
            matched.append(sharing.child_of(row))
        statement = statement.add_columns(*(each.label(f"key_{i}") for i, each in enumerate(matched)))
        statement = statement.where(
            matched[0].in_([key[0] for key in keys]) if len(matched) == 1 else tuple_(*matched).in_(list(keys))
        )
        if relation.argument is not None and argument is not None:
            statement = statement.where(row.c[relation.argument] == argument)
        if relation.where is not None:
            statement = statement.where(relation.where(row, Sight.of(row, self.asking)))
        grouped: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for each in (await self._moment.execute(statement.order_by(*ordered(row, relation.order)))).mappings():
            grouped[tuple(each[f"key_{i}"] for i in range(len(matched)))].append(self.make(relation.to, each))
        return [grouped.get(tuple(key), []) for key in keys]

    # --- the record of disclosure

    def shows(self, row: Row, field: Field) -> bool:
        """Whether the field is open: whether some part that it belongs to is. The record is told either way."""
        return self._notes.shows(row, field)

    async def close(self, *, last: bool = True) -> None:
        """Store what was shown and end the transaction. Must have succeeded before the answer is released.

        A further read begins a new transaction, unless this was the last: a mutation closes before it acts, so that it
        does not hold one connection while it waits for another.
        """
        await self._moment.close(self._notes.store, last=last)
        self._notes.begin_anew()
        self._loaders.clear()

    async def abandon(self) -> None:
        """End the transaction and keep nothing: the operation failed and shows nothing."""
        await self._moment.abandon()


def reader_of(info: Info) -> Reader:
    """The reader of the operation that is being resolved."""
    return cast(Reader, info.context.reader)
