"""How a stored value is shown: once for Python, once for SQL, and held equal by a test.

In SQL a value becomes what `schema.compile.json_text` then writes; in Python, what the scalar of the schema serialises.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    case,
    cast,
    func,
    literal_column,
    type_coerce,
)
from sqlalchemy.types import TypeEngine, Uuid

from schema.ids import to_global


class SafeText(Text):
    """The type of a text of which nothing needs to be escaped in JSON."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The two ways of one encoding. Neither is asked about null."""

    python: Callable[[Any], Any]
    sql: Callable[[ColumnElement[Any]], ColumnElement[Any]]


def constant(text: str) -> ColumnElement[str]:
    """A text of ours in the statement itself; nothing that a caller sent, but for GraphQL names."""
    return literal_column("'" + text.replace("'", "''") + "'", Text)


def encoding_of(kind: TypeEngine[Any]) -> Encoding:
    """How a column of this type is shown. Ids and bytes are never shown as they are: LookupError."""
    match kind:
        case Uuid() | LargeBinary():
            raise LookupError("ids are shown by `node_id`, bytes in Base64")
        case DateTime():
            return INSTANT
        case Numeric():
            return POUNDS
        case _:
            return PLAIN


def global_id(type_name: str) -> Encoding:
    """The opaque global id of a row of the type."""

    def python(row_id: UUID) -> str:
        return to_global(type_name, row_id)

    def sql(row_id: ColumnElement[Any]) -> ColumnElement[Any]:
        return type_coerce(constant(f"{type_name}_").concat(_hex(row_id)), SafeText())

    return Encoding(python, sql)


def _as_is(value: Any) -> Any:
    return value


def _instant(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """As Python's isoformat: microseconds in six digits, or none when there are none. The session is in UTC."""
    microseconds = cast(func.date_part(constant("microseconds"), value), Integer)
    whole = func.mod(microseconds, literal_column("1000000")) == literal_column("0")
    written = func.to_char(value, constant('YYYY-MM-DD"T"HH24:MI:SS'))
    exact = func.to_char(value, constant('YYYY-MM-DD"T"HH24:MI:SS.US'))
    return type_coerce(case((whole, written), else_=exact).concat(constant("+00:00")), SafeText())


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _base64_in_one_line(content: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.replace(func.encode(content, constant("base64")), constant("\n"), constant(""))


def _hex(row_id: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.encode(func.uuid_send(row_id), constant("hex"), type_=SafeText())


HEX = Encoding(lambda row_id: row_id.hex, _hex)
"""An id that is of no object: what belongs together has the same."""
PLAIN = Encoding(_as_is, _as_is)
POUNDS = Encoding(_as_is, lambda amount: cast(amount, SafeText))
INSTANT = Encoding(_as_is, _instant)
BASE64 = Encoding(_base64, _base64_in_one_line)
