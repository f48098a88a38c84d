"""The whole statement of an operation, and the record of what it shows of which children."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from hub.db import sharing
from hub.db.sharing import Asking
from hub.db.tables.base import Instant
from hub.errors import Problem
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from schema.compile.disclosed import Record
from schema.compile.json_text import BUILT, WRITTEN
from schema.compile.objects import Objects
from schema.compile.places import Asked, Filled, NotCompiledError, Places
from schema.compile.root_fields import RootField
from schema.compile.selection import Selecting
from schema.encoding import constant
from schema.projection import is_childs
from schema.roots import BoardRoot, ByCodeRoot, ByIdRoot, ListRoot, NodeRoot, Root

_NONE_LEFT_OUT = literal_column("0", Integer)
_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement, for a shape of variables and a kind of access; its cells are the response and a record each."""

    sql: bytes
    filled: tuple[Filled, ...]
    checked: tuple[Filled, ...]
    """What must hold of values together, and of those that make no difference to the statement for this access."""
    records: tuple[Record, ...]
    looked_up: tuple[str, ...] = ()
    """The keys of what is looked up of a child by an id or a code: null where it does not exist for the caller."""
    roots: int = 1
    reads_many: bool = False
    """Whether it reads a list or figures about many: then a replica takes more off the leader than asking it costs."""
    own_alone: bool = False
    """Whether it looks among the body's own records alone: what it does not find there is for the other plan."""

    def missed(self, body: bytes | None) -> bool:
        """Whether the response says of something that was looked up that it does not exist."""
        if not self.looked_up or body is None or b"null" not in body:
            return False
        if self.roots == 1:  # the whole body is then that of the one key
            return body.endswith(b"null}")
        response = orjson.loads(body)
        return any(response[key] is None for key in self.looked_up)

    def found(self, cells: Sequence[bytes | None]) -> bool:
        """Whether the answer stands: all has been found, or has been looked for everywhere."""
        return not self.own_alone or None not in cells

    def values(self, asked: Asked) -> list[Any]:
        """What fills the places; raises `Problem` INVALID for a bad value."""
        for each in self.checked:
            each(asked)
        return [each(asked) for each in self.filled]


@dataclass(slots=True)
class Planner:
    """Composes the plan of one operation."""

    roots: Mapping[str, Root]
    selecting: Selecting
    caller: Caller
    own_alone: bool = False
    """Whether single objects are looked for among the body's own records alone."""
    places: Places = field(default_factory=Places)

    def plan(self) -> Plan:
        """Raises `NotCompiledError`."""
        kinds = {type(self.roots.get(each.name)) for each in self.selecting.of_root()}
        if self.own_alone and kinds & {ListRoot, BoardRoot}:
            raise NotCompiledError
        organisation = self.places.bind(Uuid(), lambda asked: asked.caller.organisation)
        today = self.places.bind(Date(), lambda asked: asked.today)
        now = None
        if self.caller.purpose is Purpose.SAFEGUARDING:  # for which alone an instant matters: that of broken glass
            now = self.places.bind(Instant, lambda asked: asked.now)
        asking = Asking(organisation, self.caller.organisation_kind, self.caller.purpose, today, now)
        pairs: list[ColumnElement[Any]] = []
        cells: list[ColumnElement[Any]] = []
        records: list[Record] = []
        caller = _caller(organisation, today)
        whole: FromClause = caller
        for each in self.selecting.of_root():
            if each.name == "__typename":
                pairs += [constant(each.key), constant("Query")]
                continue
            if each.name not in self.roots:  # __schema, __type
                raise NotCompiledError
            objects = Objects(self.selecting, self.places, asking, self.caller.scopes)
            try:
                root, read = RootField(objects, each, self.own_alone).read(self.roots[each.name])
            except Problem as problem:
                raise NotCompiledError from problem
            one = root.where(caller.c.organisation.is_not(None)).offset(_NONE_LEFT_OUT).correlate(caller).lateral()
            pairs += [constant(each.key), one.c.shown]
            whole = whole.outerjoin(one, true())
            cells += [one.c[f"record_{place}"] for place in range(len(read))]
            records += read
        lists = ListRoot in kinds
        statement = select((WRITTEN if lists else BUILT).object(pairs), *cells).select_from(whole)
        left_open = sharing.unguarded(statement)
        if left_open:
            raise LookupError(f"read past the guard: {', '.join(sorted(left_open))}")
        looked_up = tuple(each.key for each in self.selecting.of_root() if _looks_up(self.roots.get(each.name)))
        plan = _finished(statement, self.places, tuple(records), looked_up=looked_up, roots=len(pairs) // 2)
        return replace(plan, reads_many=lists or BoardRoot in kinds, own_alone=self.own_alone)


def _looks_up(root: Root | None) -> bool:
    return isinstance(root, NodeRoot) or (isinstance(root, ByIdRoot | ByCodeRoot) and is_childs(root.to))


def _caller(organisation: ColumnElement[Any], today: ColumnElement[Any]) -> FromClause:
    """The one row that says to row-level security for whom the statement reads. Every root is joined to it, laterally.

    The offsets keep PostgreSQL from merging the roots with it and so from reading a table before it is said.
    """
    said = (("organisation", constant("hub.caller"), organisation), ("today", constant("hub.today"), today))
    row = [func.set_config(name, cast(value, Text), literal_column("true")).label(label) for label, name, value in said]
    return select(*row).offset(_NONE_LEFT_OUT).subquery("caller")


def _finished(
    statement: Select[Any], places: Places, records: tuple[Record, ...], *, looked_up: tuple[str, ...], roots: int
) -> Plan:
    compiled = statement.compile(dialect=_DIALECT)
    names = compiled.positiontup or ()
    filled = tuple(_filled(name, compiled, places) for name in names)
    unused = (each for name, each in places.filled.items() if name not in names)
    return Plan(str(compiled).encode(), filled, (*places.checks, *unused), records, looked_up, roots)


def _filled(name: str, compiled: Any, places: Places) -> Filled:
    """The place of this name; any other is a constant that SQLAlchemy has made a parameter of."""
    if name in places.filled:
        return places.filled[name]
    bound = compiled.binds[name]
    process = bound.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    value = process(bound.value) if process else bound.value
    return lambda _: value
