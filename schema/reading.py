"""Reading for one operation: every select carries the sharing rules, and what it shows is on record before it leaves.

A `Reader` lives as long as one GraphQL operation. It opens one transaction, lazily, so that an answer sees one moment;
relations are loaded in batches; which parts of which child were shown or withheld is noted as fields are resolved and
stored by `close` before the answer is released.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from hub.audit import Disclosure, Operation, record_disclosures
from hub.db import sharing, tables
from hub.db.session import Database
from hub.db.sharing import Asking
from hub.errors import forbidden
from hub.law.caller import Caller
from hub.law.decisions import Permit
from hub.law.reg17_disclosure import Part, Relationship, decide, parts_open
from schema.node import Node
from schema.projection import ComputedField, RelationField, Row, projection_of, type_named


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
        self.asking = Asking.of(caller, today)
        self._database = database
        self._now = now
        self._new_id = new_id
        self._snapshot = snapshot
        self._operation = operation
        self.retrieved: set[UUID] = set()
        self._turn = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._connection: AsyncConnection | None = None
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}
        self._shown: dict[tuple[UUID, UUID], set[Part]] = defaultdict(set)
        self._withheld: dict[tuple[UUID, UUID], set[Part]] = defaultdict(set)
        self._held: dict[tuple[UUID, UUID], frozenset[Relationship]] = {}

    def must_have(self, scope: str | None) -> None:
        """Raises `Problem` FORBIDDEN unless the caller's token carries the scope, where one is needed."""
        if scope is not None and not self.caller.has(scope):
            raise forbidden(f"this needs the scope {scope}, which the token does not carry", rule="scope-missing")

    # --- selecting

    def source(self, graphql_type: type[Any]) -> FromClause:
        """A fresh alias of the type's table."""
        return projection_of(graphql_type).table.alias()

    def visible(self, source: FromClause, graphql_type: type[Any]) -> list[ColumnElement[bool]]:
        """The conditions under which rows of the type exist for this caller."""
        table = projection_of(graphql_type).table
        return [sharing.may_see(source, self.asking)] if table.info.get("childs_data") else []

    def selecting(self, source: FromClause, graphql_type: type[Any]) -> Select[Any]:
        """All that the type's fields read, of the rows that exist for this caller."""
        projection = projection_of(graphql_type)
        self.must_have(projection.scope)
        columns: list[ColumnElement[Any]] = list(source.c)
        columns += [
            each.expression(source, self.asking).label(f"computed_{name}")
            for name, each in projection.fields.items()
            if isinstance(each, ComputedField)
        ]
        if projection.table.info.get("childs_data"):
            columns.append(sharing.relationships(source, self.asking).label("relationships"))
        return select(*columns).where(*self.visible(source, graphql_type))

    async def rows(self, statement: Select[Any], graphql_type: type[Any], *, shown: int) -> tuple[list[Any], bool]:
        """The first `shown` of the statement's rows as objects of the type, and whether there are more."""
        result = (await self._execute(statement.limit(shown + 1))).mappings().all()
        return [self.make(graphql_type, each) for each in result[:shown]], len(result) > shown

    async def count(self, statement: Select[Any]) -> int:
        """How many rows a statement would give."""
        counted = select(func.count()).select_from(statement.order_by(None).subquery())
        return int((await self._execute(counted)).scalar_one())

    def make(self, graphql_type: type[Any], values: Mapping[str, Any]) -> Any:
        """An object of the type for a row that was read."""
        held = frozenset(Relationship(word) for word in values.get("relationships") or ())
        child: tuple[UUID, UUID] | None = None
        if "owner_id" in values:
            child = (values["owner_id"], values["child_id"] if "child_id" in values else values["id"])
            self._held[child] = held
        projection = projection_of(graphql_type)
        row = Row(values, held, parts_open(held, self.asking.purpose), child)
        if child is not None:
            self._shown[child].add(projection.part_of_row(row) if projection.part_of_row else Part.EXISTENCE)
        if projection.table is tables.cooperation_request:
            self._note_retrieval(values)
        made = object.__new__(graphql_type)
        made._row = row
        return made

    def _note_retrieval(self, request: Mapping[str, Any]) -> None:
        """A request that its body reads and has not received yet: the reading is receipt."""
        if request["received_at"] is None and request["addressed_to_id"] == self.caller.organisation:
            self.retrieved.add(request["id"])

    def row_of(self, node: object) -> Row:
        """The row that an object made here stands for."""
        return cast(Row, node._row)  # pyright: ignore[reportAttributeAccessIssue]  # set by `make`

    async def node(self, type_name: str, row_id: UUID) -> Any:
        """The object of the type with this id, where it exists for the caller; None otherwise."""
        graphql_type = type_named(type_name)
        if graphql_type is None or not issubclass(graphql_type, Node):
            return None
        source = self.source(graphql_type)
        found, _ = await self.rows(
            self.selecting(source, graphql_type).where(source.c.id == row_id), graphql_type, shown=1
        )
        return found[0] if found else None

    async def child_by(self, *, nhs_number: str | None, upn: str | None) -> Any:
        """The child with one of these numbers, where the number is open to the caller; of two records, its own."""
        graphql_type = _type("Child")
        source = self.source(graphql_type)
        which = source.c.nhs_number == nhs_number if nhs_number is not None else source.c.upn == upn
        own_first = (source.c.owner_id == self.caller.organisation).desc()
        statement = self.selecting(source, graphql_type).where(which).order_by(own_first, source.c.id)
        values = (await self._execute(statement.limit(1))).mappings().first()
        if values is None:
            return None
        held = [Relationship(word) for word in values["relationships"]]
        return self.make(graphql_type, values) if Part.IDENTITY in parts_open(held, self.asking.purpose) else None

    async def organisation_by(self, *, ods_code: str | None, la_code: str | None) -> Any:
        """The body with one of these codes."""
        graphql_type = _type("Organisation")
        source = self.source(graphql_type)
        which = source.c.ods_code == ods_code if ods_code is not None else source.c.la_code == la_code
        found, _ = await self.rows(self.selecting(source, graphql_type).where(which), graphql_type, shown=1)
        return found[0] if found else None

    # --- relations

    async def related(self, row: Row, relation: RelationField, argument: Any = None) -> Any:
        """The object, or list of objects, that a relation leads to from this row. Batched over all rows that wait."""
        key = tuple(row.values[name] for name in relation.local)
        if any(part is None for part in key):
            return None if relation.single else []
        found = await self._loader(relation, argument).load(key)
        if relation.single:
            return found[0] if found else None
        return found

    def _loader(self, relation: RelationField, argument: Any) -> DataLoader[Any, Any]:
        loader = self._loaders.get((relation, argument))
        if loader is None:

            async def load(keys: list[Any]) -> list[list[Any]]:
                return await self._load(relation, argument, keys)

            loader = self._loaders[relation, argument] = DataLoader(load_fn=load)
        return loader

    async def _load(self, relation: RelationField, argument: Any, keys: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
        graphql_type = _type(relation.to)
        source = self.source(graphql_type)
        statement = self.selecting(source, graphql_type)
        if relation.through is not None:
            link = relation.through.table.alias()
            joined = (link.c.owner_id == source.c.owner_id) & (link.c[relation.through.far] == source.c.id)
            statement = statement.join(link, joined)
            matched: list[ColumnElement[Any]] = [link.c.owner_id, link.c[relation.through.near]]
        else:
            matched = [source.c[name] for name in relation.remote]
        order = [
            source.c[name.removeprefix("-")].desc().nulls_last() if name.startswith("-") else source.c[name].asc()
            for name in relation.order
        ]
        statement = statement.add_columns(*(each.label(f"key_{i}") for i, each in enumerate(matched)))
        statement = statement.where(
            matched[0].in_([key[0] for key in keys]) if len(matched) == 1 else tuple_(*matched).in_(list(keys))
        )
        if relation.argument is not None and argument is not None:
            statement = statement.where(source.c[relation.argument] == argument)
        if relation.where is not None:
            statement = statement.where(relation.where(source, self.asking))
        grouped: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for each in (await self._execute(statement.order_by(*order))).mappings():
            grouped[tuple(each[f"key_{i}"] for i in range(len(matched)))].append(self.make(graphql_type, each))
        return [grouped.get(tuple(key), []) for key in keys]

    # --- the record of disclosure

    def note(self, row: Row, parts: frozenset[Part]) -> bool:
        """Notes that a field of these parts was asked for; answers whether any of them is open."""
        opened = parts & row.parts
        if row.child is not None:
            self._shown[row.child] |= opened
            self._withheld[row.child] |= parts - row.parts
        return bool(opened)

    async def close(self) -> None:
        """Store what was shown and end the transaction. Must have succeeded before the answer is released.

        A further read begins a new transaction: a mutation closes before it acts, so that it does not hold one
        connection while it waits for another.
        """
        try:
            by_ground: dict[str, list[tuple[UUID, Disclosure]]] = defaultdict(list)
            for child, shown in self._shown.items():
                disclosure = Disclosure(child[0], child[1], frozenset(shown), frozenset(self._withheld[child]))
                by_ground[self._ground(child, shown)].append((self._new_id(), disclosure))
            for ground, disclosures in by_ground.items():
                await record_disclosures(
                    await self._connected(),
                    disclosures,
                    caller=self.caller,
                    operation=self._operation,
                    ground=ground,
                    at=self._now,
                )
        except BaseException as error:
            await self._stack.__aexit__(type(error), error, error.__traceback__)
            raise
        await self._stack.aclose()
        self._connection = None
        self._loaders.clear()
        self._shown.clear()
        self._withheld.clear()

    async def abandon(self) -> None:
        """End the transaction and keep nothing: the operation failed and shows nothing."""
        failed = RuntimeError("the operation failed")
        await self._stack.__aexit__(type(failed), failed, None)

    def _ground(self, child: tuple[UUID, UUID], shown: set[Part]) -> str:
        rules = {
            decision.rule
            for part in shown
            if isinstance(decision := decide(part, self._held[child], self.asking.purpose), Permit)
        }
        return "; ".join(sorted(rules))

    # --- names and the connection

    def name_in_schema(self, info: Info, attribute: str) -> str:
        """A Python field name as the schema shows it."""
        return info.schema.config.name_converter.apply_naming_config(attribute)

    async def _execute(self, statement: Select[Any]) -> Any:
        async with self._turn:
            return await (await self._connected()).execute(statement)

    async def _connected(self) -> AsyncConnection:
        if self._connection is None:
            begun = self._database.begin(self.caller, snapshot=self._snapshot)
            self._connection = await self._stack.enter_async_context(begun)
        return self._connection


def _type(name: str) -> type[Any]:
    found = type_named(name)
    if found is None:
        raise LookupError(f"the schema has no type {name}")
    return found


def reader_of(info: Info) -> Reader:
    """The reader of the operation that is being resolved."""
    return cast(Reader, info.context.reader)
