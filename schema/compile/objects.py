"""The JSON of an object: its columns, its relations as correlated subqueries, and the parts that are withheld.

Rows come from the guard alone: a relation to the same child asks the sight of the row above (`Sight.rows`), any other
is guarded by itself (`sharing.guarded`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, any_, case, cast, null, true

from hub.db import sharing, tables
from hub.db.conditions import Condition, is_always, is_never
from hub.db.guarded import Guarded
from hub.db.sharing import Asking, Sight
from hub.law.reg17_disclosure import Part
from schema.compile.json_text import BUILT, Json
from schema.compile.places import NotCompiledError, Places
from schema.compile.selection import Selected, Selecting
from schema.compile.withheld import Withholding
from schema.encoding import constant
from schema.projection import (
    AboutField,
    ColumnField,
    ComputedField,
    EmbeddedField,
    Field,
    FiguresField,
    MembersField,
    Projection,
    RelationField,
    RowPart,
    WithheldField,
    ordered,
    projection_named,
    table_named,
)
from schema.values import as_it_is

_NOTHING: ColumnElement[Any] = cast(null(), Text)


@dataclass(slots=True)
class PartsAsked:
    """The parts of the record that a selection asks for, field within field; `rows`: those of the rows it leads to."""

    parts: frozenset[Part]
    rows: frozenset[Part] = frozenset()
    below: list["PartsAsked"] = field(default_factory=list["PartsAsked"])

    def asked(self, parts: frozenset[Part]) -> "PartsAsked":
        inner = PartsAsked(parts)
        self.below.append(inner)
        return inner

    def told(self, opened: frozenset[Part]) -> tuple[frozenset[Part], frozenset[Part]]:
        """(shown, withheld) where these parts are open. What lies below a part that is not open is not asked."""
        shown, withheld = self.parts & opened, self.parts - opened
        if self.parts and not shown:
            return shown, withheld
        shown |= self.rows & opened
        for each in self.below:
            more_shown, more_withheld = each.told(opened)
            shown, withheld = shown | more_shown, withheld | more_withheld
        return shown, withheld


@dataclass(slots=True)
class Objects:
    """Composes the objects of one statement."""

    selecting: Selecting
    places: Places
    asking: Asking
    scopes: frozenset[str]
    json: Json = BUILT
    root: FromClause | None = None
    """The rows of the root field."""

    reaches_requests: bool = False
    others: list[tuple[str, PartsAsked]] = field(default_factory=list[tuple[str, PartsAsked]])
    """Columns of the root's rows that point to a further child, and what is asked of that one."""

    def must_have(self, scopes: Iterable[str | None]) -> None:
        """Raises `NotCompiledError` where a scope is missing: the resolvers say so at each place."""
        if any(scope is not None and scope not in self.scopes for scope in scopes):
            raise NotCompiledError

    def object(
        self, type_name: str, selected: Selected, row: FromClause, sight: Sight, asked: PartsAsked
    ) -> ColumnElement[Any]:
        """One row as an object of the type, with what is selected of it."""
        projection = projection_named(type_name)
        self.must_have([projection.scope])
        pairs: list[ColumnElement[Any]] = []
        for each in self.selecting.below(selected, type_name):
            pairs += [constant(each.key), self._value(projection, each, row, sight, asked)]
        return self.json.object(pairs)

    def _value(
        self, projection: Projection, selected: Selected, row: FromClause, sight: Sight, asked: PartsAsked
    ) -> ColumnElement[Any]:
        if selected.name == "__typename":
            return constant(projection.name)
        read = projection.fields.get(selected.name)
        if read is None:
            raise NotCompiledError
        inner = asked.asked(read.parts) if read.parts else asked
        return _shown_where(sight.opens(read.parts), self._read(projection, read, selected, row, sight, inner), read)

    def _read(
        self,
        projection: Projection,
        read: Field,
        selected: Selected,
        row: FromClause,
        sight: Sight,
        asked: PartsAsked,
    ) -> ColumnElement[Any]:
        match read:
            case ColumnField():
                return read.encoding.sql(row.c[read.column])
            case ComputedField():
                return read.encoding.sql(read.expression(row, sight))
            case RelationField():
                return self._related(projection, read, selected, row, sight, asked)
            case EmbeddedField():
                made = self.object(read.to, selected, row, sight, asked)
                return case((row.c[read.present].is_not(None), made), else_=null())
            case AboutField():
                return self._about(projection, read, selected, row, sight, asked)
            case FiguresField():
                figures = read.statement(row, sight).correlate(row).subquery()
                made = self.object(read.to, selected, figures, sight, asked)
                return _selection_of([figures], self.json.list(made))
            case MembersField():
                return self._members(read, selected, row, sight, asked)
            case WithheldField():
                return Withholding(projection, self.selecting.below(selected, "Withheld"), sight).told()
            case _:
                raise NotCompiledError

    def _related(
        self,
        above: Projection,
        relation: RelationField,
        selected: Selected,
        row: FromClause,
        sight: Sight,
        asked: PartsAsked,
    ) -> ColumnElement[Any]:
        table = table_named(relation.to)
        self._note(relation.to, asked)
        if relation.same_child:
            joined_by = (above.table.name if above.table is not None else "", relation.remote[-1])
            guarded, seen = sight.rows(table, below=None if relation.through else joined_by), sight
        else:
            guarded, seen = sharing.guarded(table, self.asking)
            asked = self._of_another_child(relation, row) if sharing.is_childs(table) else asked
        other = guarded.row
        made = self.object(relation.to, selected, other, seen, asked)
        if relation.single:
            statement = guarded.select(made)
            if relation.remote[-1] != "id":
                statement = statement.order_by(*ordered(other, relation.order)).limit(1)
        else:
            statement = guarded.select(self.json.list(made, in_order=list(ordered(other, relation.order))))
        statement = self._joined(statement, relation, row, other)
        if relation.same_child:
            statement = statement.where(sharing.child_of(other) == _child_in(row, above))
        if relation.where is not None:
            statement = statement.where(relation.where(other, seen))
        if relation.argument is not None:
            arguments = self.places.values(self.selecting.arguments(selected, above.name))
            if relation.argument in arguments:
                wanted = arguments[relation.argument].sql(Text(), as_it_is)
                statement = statement.where(other.c[relation.argument] == wanted)
        return statement.scalar_subquery()

    def _of_another_child(self, relation: RelationField, row: FromClause) -> PartsAsked:
        """What is told of a child beside the row's own; the record knows how to say it of the root's rows alone."""
        if row is not self.root:
            raise NotCompiledError
        asked = PartsAsked(frozenset({Part.EXISTENCE}))
        self.others.append((relation.local[-1], asked))
        return asked

    def _joined(
        self, statement: Select[Any], relation: RelationField, row: FromClause, other: FromClause
    ) -> Select[Any]:
        if relation.through is None:
            same = (other.c[far] == row.c[near] for near, far in zip(relation.local, relation.remote, strict=True))
            return statement.where(*same)
        link = relation.through.table.alias()
        to_other = (link.c.owner_id == other.c.owner_id) & (link.c[relation.through.far] == other.c.id)
        from_row = (link.c.owner_id == row.c.owner_id) & (link.c[relation.through.near] == row.c.id)
        return statement.join(link, to_other).where(from_row).correlate_except(link)

    def _members(
        self, read: MembersField, selected: Selected, row: FromClause, sight: Sight, asked: PartsAsked
    ) -> ColumnElement[Any]:
        rows, seen = sharing.guarded(table_named(read.to), self.asking)
        made = self.object(read.to, selected, rows.row, seen, asked)
        if read.single:
            first = rows.select(made).where(rows.row.c.id == any_(read.ids(row, sight)))
            return first.order_by(*ordered(rows.row, read.order)).limit(1).scalar_subquery()
        in_order = self.json.list(made, in_order=list(ordered(rows.row, read.order)))
        return rows.select(in_order).where(rows.row.c.id == any_(read.ids(row, sight))).scalar_subquery()

    def _about(
        self,
        above: Projection,
        read: AboutField,
        selected: Selected,
        row: FromClause,
        sight: Sight,
        asked: PartsAsked,
    ) -> ColumnElement[Any]:
        ways: list[tuple[Condition, ColumnElement[Any]]] = []
        for type_name in read.types:
            self._note(type_name, asked)
            guarded = sight.rows(table_named(type_name))
            other = guarded.row
            made = guarded.select(self.object(type_name, selected, other, sight, asked)).where(
                other.c.owner_id == row.c.owner_id,
                sharing.child_of(other) == _child_in(row, above),
                other.c.id == row.c[read.id_column],
            )
            ways.append((row.c[read.type_column] == constant(type_name), made.scalar_subquery()))
        return case(*ways, else_=null())

    def _note(self, type_name: str, asked: PartsAsked) -> None:
        asked.rows |= _own_parts(projection_named(type_name))
        if table_named(type_name) is tables.cooperation_request:
            self.reaches_requests = True


def _own_parts(projection: Projection) -> frozenset[Part]:
    """The parts that a row of the type may itself belong to."""
    match projection.part:
        case RowPart(parts=parts):
            return frozenset(parts.values())
        case Part() as part:
            return frozenset({part})
        case None:
            return frozenset()


def _child_in(row: FromClause, projection: Projection) -> ColumnElement[Any]:
    return sharing.child_in(row, table_named(projection.name))


def _selection_of(froms: Sequence[FromClause], column: ColumnElement[Any]) -> ColumnElement[Any]:
    return Guarded(froms[0], true()).select(column).scalar_subquery()


def _shown_where(opened: Condition, value: ColumnElement[Any], read: Field) -> ColumnElement[Any]:
    if not read.parts or is_always(opened):
        return value
    return _NOTHING if is_never(opened) else case((opened, value), else_=null())
