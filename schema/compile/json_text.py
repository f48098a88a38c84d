"""JSON in a statement, in two ways that say the same.

`BUILT` leaves it to `json_build_object`, which looks up the type of each key and value for each row. `WRITTEN` puts
texts together: types are known when the statement is written, and what a value might break out by is escaped by
`to_json`. That is made ready more slowly and runs faster: for lists it costs less, for one object more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnClause,
    ColumnElement,
    Enum,
    FunctionFilter,
    Integer,
    Null,
    Text,
    cast,
    func,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from hub.db.conditions import Condition
from schema.compile.places import NotCompiledError
from schema.encoding import SafeText, constant

_MOST_FIELDS = 50  # `json_build_object` takes a hundred arguments
_COMMA = constant(",")
_EMPTY: ColumnElement[Any] = constant("[]").cast(JSON)


class JsonText(Text):
    """The type of a text that is JSON already."""


@dataclass(frozen=True, slots=True)
class Json:
    """How the objects and lists of one root field are made."""

    written: bool

    def object(self, pairs: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
        """An object of these keys, which are constants, and values in turn.

        `NotCompiledError` for more than one call of PostgreSQL takes.
        """
        if self.written:
            return _written_object(pairs)
        if len(pairs) > 2 * _MOST_FIELDS:
            raise NotCompiledError
        return func.json_build_object(*pairs, type_=JSON)

    def list(
        self, made: ColumnElement[Any], *, in_order: Sequence[ColumnElement[Any]] = (), where: Condition | None = None
    ) -> ColumnElement[Any]:
        """All objects of a group: in this order, or as they come; those that meet the condition, if there is one."""
        if self.written:
            comma = aggregate_order_by(_COMMA, *in_order) if in_order else _COMMA
            listed: Any = func.string_agg(made, comma, type_=Text())
        else:
            listed = func.json_agg(aggregate_order_by(made, *in_order) if in_order else made)
        if where is not None:
            listed = FunctionFilter(listed, where)
        if not self.written:
            return func.coalesce(listed, _EMPTY)
        return _joined(["[", func.coalesce(listed, constant("")), "]"])


BUILT, WRITTEN = Json(written=False), Json(written=True)


def _written_object(pairs: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    parts: list[ColumnElement[Any] | str] = []
    before = "{"
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        parts += [f"{before}{orjson.dumps(_constant_in(key)).decode()}:", *_written(value)]
        before = ","
    return _joined([*parts, "}" if pairs else "{}"])


def _joined(parts: Sequence[ColumnElement[Any] | str]) -> ColumnElement[Any]:
    """The parts after each other; texts that follow each other are one constant."""
    merged: list[ColumnElement[Any]] = []
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            merged.append(constant(text))
        merged.append(part)
        text = ""
    if text:
        merged.append(constant(text))
    whole, *others = merged
    for each in others:
        whole = whole.concat(each)
    return type_coerce(whole, JsonText())


def _constant_in(value: ColumnElement[Any]) -> str | None:
    """The text of a constant of ours; None for any other value."""
    if isinstance(value, ColumnClause) and value.is_literal and isinstance(value.type, Text):
        return value.name[1:-1].replace("''", "'")
    return None


def _written(value: ColumnElement[Any]) -> list[ColumnElement[Any] | str]:
    """A value as JSON; where it is null, that."""
    if isinstance(value, Null):
        return ["null"]
    said = _constant_in(value)
    if said is not None:
        return [orjson.dumps(said).decode()]
    match value.type:
        case JsonText():
            text = value
        case JSON() | Boolean() | Integer():
            text = cast(value, Text)
        case Enum() | SafeText():  # words of the law, and what the hub itself has put together
            text = constant('"').concat(value).concat(constant('"'))
        case _:
            known = cast(value, value.type) if isinstance(value, BindParameter) else value
            text = cast(func.to_json(known), Text)
    return [func.coalesce(text, constant("null"))]
