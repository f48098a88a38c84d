"""One root field of an operation: a subquery with the column `shown`, and what the record needs of its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    Uuid,
    case,
    func,
    literal_column,
    null,
    select,
    true,
)

from hub.db import sharing, tables
from hub.db.conditions import Condition
from hub.db.guarded import Guarded, issue
from hub.db.sharing import Asking, Sight
from hub.db.ways import own
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Part
from schema.compile import lists
from schema.compile.disclosed import Record
from schema.compile.json_text import WRITTEN
from schema.compile.objects import Objects, PartsAsked
from schema.compile.places import Filled, NotCompiledError, found
from schema.compile.selection import Selected
from schema.encoding import constant
from schema.ids import row_of_type, type_in
from schema.orders import ORDERS
from schema.paging import CURSORS
from schema.projection import Projection, RowPart, column_named, is_node, projection_named, table_named
from schema.roots import BoardRoot, ByCodeRoot, ByIdRoot, ListRoot, NodeRoot, Root, ViewerRoot
from schema.values import as_it_is

_Read: TypeAlias = "tuple[Select[Any], list[Record]]"


@dataclass(slots=True)
class RootField:
    """Composes one root field: a subquery with the column `shown`, and a record of each kind of child it tells of.

    `own_alone`: it looks among the body's own records alone.
    """

    objects: Objects
    selected: Selected
    own_alone: bool = False
    asked: PartsAsked = field(default_factory=lambda: PartsAsked(frozenset()))

    def read(self, root: Root) -> _Read:
        arguments = self.objects.selecting.arguments(self.selected, "Query")
        match root:
            case NodeRoot():
                type_name = type_in(_sample(arguments["id"]))
                if not is_node(type_name):
                    raise NotCompiledError
                return self._by_id(type_name, arguments["id"])
            case ByIdRoot():
                return self._by_id(root.to, arguments["id"])
            case ByCodeRoot():
                return self._by_code(root, arguments)
            case ListRoot():
                return self._list(root, arguments)
            case BoardRoot():
                return self._board(root, arguments), []
            case ViewerRoot():
                return self._viewer(), []
            case _:
                raise NotCompiledError

    def _by_id(self, type_name: str, given: Any) -> _Read:
        value = self.objects.places.value(given).sql(Uuid(), lambda text: row_of_type(text, type_name))
        return self._single(type_name, lambda row, _: [row.c.id == value], own_first=False)

    def _by_code(self, root: ByCodeRoot, arguments: Mapping[str, Any]) -> _Read:
        if len(arguments) != 1:
            raise NotCompiledError
        ((name, given),) = arguments.items()
        if name == "id":
            return self._by_id(root.to, given)
        code = column_named(root.to, name)
        value = self.objects.places.value(given).sql(Text(), as_it_is)

        def conditions(row: FromClause, sight: Sight) -> list[Condition]:
            return [row.c[code.column] == value, sight.opens(code.parts) if code.parts else true()]

        return self._single(root.to, conditions, own_first=root.own_first)

    def _single(
        self, type_name: str, conditions: Callable[[FromClause, Sight], list[Condition]], *, own_first: bool
    ) -> _Read:
        rows, sight = self._among(table_named(type_name))
        chosen = rows.select(*rows.row.c, sight.bits().label("held")).where(*conditions(rows.row, sight))
        if own_first:
            chosen = chosen.order_by((rows.row.c.owner_id == self.objects.asking.organisation).desc(), rows.row.c.id)
        row = chosen.limit(1).subquery("found")
        seen = sharing.sight_in(row.c.held, [sight], self.objects.asking)
        self.objects.root = row
        made = self.objects.object(type_name, self.selected, row, seen, self.asked)
        entries, records = self._records(type_name, row)
        cells = [func.json_build_array(each).label(f"record_{place}") for place, each in enumerate(entries)]
        return select(made.label("shown"), *cells).select_from(row), records

    def _among(self, table: Table) -> tuple[Guarded, Sight]:
        """The rows that are looked among; raises `NotCompiledError` where a body has none of its own."""
        if not self.own_alone:
            return sharing.guarded(table, self.objects.asking)
        way = own(table, self.objects.asking)
        if way is None:
            raise NotCompiledError
        return way.rows, way.sight

    def _list(self, root: ListRoot, given: Mapping[str, Any]) -> _Read:
        self.objects.json = WRITTEN
        projection = projection_named(root.to)
        arguments = self.objects.places.values(given)
        self.objects.must_have([projection.scope, *root.scopes(arguments)])
        order = root.order or ORDERS[given["orderBy"]]
        table, asking = table_named(root.to), self.objects.asking

        def conditions(row: FromClause, sight: Sight) -> list[Condition]:
            return root.conditions(arguments, row, sight)

        asked = self.objects.selecting.below(self.selected, f"{root.to}Connection")
        counts = "totalCount" in {each.name for each in asked} and sharing.is_childs(table)
        picks = root.picks(arguments) if counts else None
        on_page = picks is not None and not CURSORS & arguments.keys()
        paged = lists.page(table, asking, order, arguments, conditions, tells_of_few=on_page)
        self.objects.root = paged.rows
        pairs: list[ColumnElement[Any]] = []
        reads_rows = False
        for each in asked:
            reads_rows |= each.name in {"nodes", "edges", "pageInfo"}
            match each.name:
                case "nodes":
                    made = self.objects.object(root.to, each, paged.rows, paged.sight, self.asked)
                    value = paged.of_shown(made)
                case "edges":
                    value = paged.of_shown(self._edge(root.to, each, paged))
                case "pageInfo":
                    value = paged.info(self.objects.selecting.below(each, "PageInfo"))
                case "totalCount":
                    value = lists.count(table, asking, conditions)
                case _:
                    value = constant(f"{root.to}Connection")
            pairs += [constant(each.key), value]
        cells: list[ColumnElement[Any]] = []
        records: list[Record] = []
        if reads_rows:
            entries, records = self._records(root.to, paged.rows)
            cells = [func.json_agg(each).filter(paged.shown) for each in entries]
        if picks is not None:
            few = paged if on_page else lists.page(table, asking, order, {}, conditions)
            told = self._told_by_number(root.to, few)
            cells.append(told if on_page and reads_rows else select(told).select_from(few.rows).scalar_subquery())
            records = [*records, Record(PartsAsked(picks), _row_part(projection, few.rows)[1], asking.purpose)]
        named = [each.label(f"record_{place}") for place, each in enumerate(cells)]
        whole = select(self.objects.json.object(pairs).label("shown"), *named)
        return (whole.select_from(paged.rows) if reads_rows else whole), records

    def _told_by_number(self, type_name: str, few: lists.Paged) -> ColumnElement[Any]:
        """What the record needs of rows that a filter picks out and of which it is told how many there are, where they
        are few: all of them are on the first page then, whatever page is asked for."""
        word, _ = _row_part(projection_named(type_name), few.rows)
        not_a_request: tuple[ColumnElement[Any], ...] = (null(), literal_column("false"))
        child = sharing.child_in(few.rows, table_named(type_name))
        entry = func.json_build_array(few.rows.c.owner_id, child, few.rows.c.held, word, *not_a_request)
        return func.json_agg(entry).filter(few.few)

    def _edge(self, type_name: str, selected: Selected, paged: lists.Paged) -> ColumnElement[Any]:
        pairs: list[ColumnElement[Any]] = []
        for each in self.objects.selecting.below(selected, f"{type_name}Edge"):
            match each.name:
                case "node":
                    value = self.objects.object(type_name, each, paged.rows, paged.sight, self.asked)
                case "cursor":
                    value = paged.cursor()
                case _:
                    value = constant(f"{type_name}Edge")
            pairs += [constant(each.key), value]
        return self.objects.json.object(pairs)

    def _records(self, type_name: str, row: FromClause) -> tuple[Sequence[ColumnElement[Any]], list[Record]]:
        """What the records need of each row shown; nothing for a type that is about no child."""
        projection, table = projection_named(type_name), table_named(type_name)
        if not sharing.is_childs(table):
            return [], []
        child = sharing.child_in(row, table)
        word, row_parts = _row_part(projection, row)
        unreceived: ColumnElement[Any] = null()
        if table is tables.cooperation_request:
            unreceived = case((_is_unreceived(row, self.objects.asking), row.c.id), else_=null())
        pending: ColumnElement[Any] = literal_column("false")
        if self.objects.reaches_requests:
            request = issue(tables.cooperation_request)
            waits = Guarded(request, _is_unreceived(request, self.objects.asking))
            pending = waits.exists(request.c.owner_id == row.c.owner_id, request.c.child_id == child)
        purpose = self.objects.asking.purpose
        entries = [func.json_build_array(row.c.owner_id, child, row.c.held, word, unreceived, pending)]
        records = [Record(self.asked, row_parts, purpose)]
        for column, asked in self.objects.others:
            other = row.c[column]
            bits = Sight.about(row.c.owner_id, other, self.objects.asking).bits()
            entries.append(func.json_build_array(row.c.owner_id, other, bits, null(), null(), literal_column("false")))
            records.append(Record(asked, {}, purpose))
        return entries, records

    def _board(self, root: BoardRoot, arguments: Mapping[str, Any]) -> Select[Any]:
        first, last = arguments["from"], arguments["to"]
        self.objects.places.checks.append(lambda asked: root.check(found(first, asked), found(last, asked)))
        row = root.row(self.objects.places.values(arguments)).subquery("board")
        made = self.objects.object(root.to, self.selected, row, Sight(self.objects.asking, {}), self.asked)
        return select(made.label("shown")).select_from(row)

    def _viewer(self) -> Select[Any]:
        places, organisation = self.objects.places, self.objects.asking.organisation
        texts: Mapping[str, Callable[[Caller], Any]] = {
            "clientId": lambda caller: caller.client_id,
            "person": lambda caller: caller.person,
            "defaultPurpose": lambda caller: caller.default_purpose.value,
            "purpose": lambda caller: caller.purpose.value,
        }
        word_lists: Mapping[str, Callable[[Caller], list[str]]] = {
            "scopes": lambda caller: sorted(caller.scopes),
            "purposes": lambda caller: sorted(each.value for each in caller.purposes),
        }
        pairs: list[ColumnElement[Any]] = []
        for each in self.objects.selecting.below(self.selected, "Viewer"):
            if each.name == "organisation":
                rows, sight = sharing.guarded(tables.organisation, self.objects.asking)
                made = self.objects.object("Organisation", each, rows.row, sight, self.asked)
                value: ColumnElement[Any] = rows.select(made).where(rows.row.c.id == organisation).scalar_subquery()
            elif each.name in texts:
                value = places.bind(Text(), _of_caller(texts[each.name]))
            elif each.name in word_lists:
                value = places.bind(ARRAY(Text), _of_caller(word_lists[each.name]))
            else:
                value = constant("Viewer")
            pairs += [constant(each.key), value]
        return select(self.objects.json.object(pairs).label("shown"))


def _of_caller(read: Callable[[Caller], Any]) -> Filled:
    return lambda asked: read(asked.caller)


def _sample(given: Any) -> Any:
    return given.sample if hasattr(given, "sample") else given


def _row_part(projection: Projection, row: FromClause) -> tuple[ColumnElement[Any], Mapping[str, Part]]:
    """The word of a row's own part, and what the words mean."""
    match projection.part:
        case RowPart() as told:
            return told.word(row), {str(word): part for word, part in told.parts.items()}
        case Part() as part:
            return constant(part.value), {part.value: part}
        case None:
            return null(), {}


def _is_unreceived(request: FromClause, asking: Asking) -> Condition:
    return request.c.received_at.is_(None) & (request.c.addressed_to_id == asking.organisation)
