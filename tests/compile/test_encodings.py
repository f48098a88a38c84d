"""A value is written alike by PostgreSQL and by Python: every encoding, and every cursor, over values of every kind."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ARRAY, Boolean, Date, Integer, LargeBinary, Text, Uuid, func, literal, select
from sqlalchemy.types import TypeEngine

from hub.db.session import Database
from hub.db.tables.base import Instant, Pounds
from schema.compile.json_text import WRITTEN
from schema.encoding import BASE64, Encoding, constant, encoding_of, global_id
from schema.orders import ORDERS
from schema.paging import Order
from schema.query import Query
from schema.roots import ListRoot, of
from schema.scalars import money_text
from tests.compile.filled import Filled

_whatever = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
_instants = st.datetimes(timezones=st.just(UTC)) | st.builds(
    lambda whole, digits: whole.replace(microsecond=digits),
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from((0, 1, 10, 100_000, 120_000, 999_999)),
)
_pounds = st.decimals(allow_infinity=False, allow_nan=False, places=2, min_value=-(10**9), max_value=10**9)

VALUES: Mapping[str, tuple[st.SearchStrategy[Any], TypeEngine[Any], Encoding, Any]] = {
    "texts": (_text, Text(), encoding_of(Text()), str),
    "lists of texts": (st.lists(_text), ARRAY(Text), encoding_of(ARRAY(Text)), list),
    "days": (st.dates(), Date(), encoding_of(Date()), date.isoformat),
    "instants": (_instants, Instant, encoding_of(Instant), datetime.isoformat),
    "pounds": (_pounds | st.just(Decimal("NaN")), Pounds, encoding_of(Pounds), money_text),
    "numbers": (st.integers(-(2**31), 2**31 - 1), Integer(), encoding_of(Integer()), int),
    "truths": (st.booleans(), Boolean(), encoding_of(Boolean()), bool),
    "ids": (st.uuids(), Uuid(), global_id("Plan"), str),
    "bytes": (st.binary(max_size=300), LargeBinary(), BASE64, str),
}
"""By name: values, the type of the column, its encoding, and what the scalar of the schema makes of it."""


@pytest.fixture
async def database(filled: Filled) -> Any:
    opened = Database(filled.url, pool_size=1)
    yield opened
    await opened.close()


@pytest.mark.parametrize("name", VALUES)
@_whatever
@given(data=st.data())
async def test_both_ways_write_a_value_alike(database: Database, name: str, data: st.DataObject) -> None:
    strategy, kind, encoding, scalar = VALUES[name]
    values = data.draw(st.lists(strategy, min_size=1, max_size=8))
    shown = [encoding.sql(literal(each, kind)) for each in values]
    built = func.json_build_array(*shown).cast(Text)
    put_together = WRITTEN.object([each for place, one in enumerate(shown) for each in (constant(f"'{place}"), one)])
    async with database.begin(None) as connection:
        found, written = (await connection.execute(select(built, put_together))).one()
    expected = [scalar(encoding.python(each)) for each in values]
    assert orjson.loads(found) == expected
    assert orjson.loads(written) == {f"'{place}": each for place, each in enumerate(expected)}


_ORDERS = [
    *ORDERS.values(),
    *(root.order for root in of(Query).values() if isinstance(root, ListRoot) and root.order is not None),
]


@pytest.mark.parametrize("order", _ORDERS, ids=lambda each: each.name)
@_whatever
@given(data=st.data(), row_id=st.uuids())
async def test_both_ways_write_a_cursor_that_leads_back(
    database: Database, order: Order, data: st.DataObject, row_id: UUID
) -> None:
    keys = {str: _text, date: st.dates(), datetime: _instants}
    values = [*(data.draw(keys[each.kind]) for each in order.keys), row_id]
    kinds = [*(each.sql_type for each in order.keys), Uuid()]
    written = order.cursor([literal(value, kind) for value, kind in zip(values, kinds, strict=True)])
    async with database.begin(None) as connection:
        (found,) = (await connection.execute(select(written))).one()
    ours = order.cursor_of({f"order_{place}": value for place, value in enumerate(values)})
    assert found == ours
    assert order.decode(found, "after") == values
