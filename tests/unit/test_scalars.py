"""Scalars hold what they say: what is not quite one is refused, and what was read is written the same."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLScalarType
from hypothesis import given
from hypothesis import strategies as st

from schema.execution import make_schema

TYPES = make_schema()._schema.type_map


def _scalar(name: str) -> GraphQLScalarType:
    found = TYPES[name]
    assert isinstance(found, GraphQLScalarType)
    return found


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("Date", "2026-11-22", date(2026, 11, 22)),
        ("DateTime", "2026-11-22T09:30:00Z", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        (
            "DateTime",
            "2026-11-22T09:30:00.5+01:00",
            datetime(2026, 11, 22, 9, 30, 0, 500_000, tzinfo=timezone(timedelta(hours=1))),
        ),
        ("Money", "1234.50", Decimal("1234.50")),
        ("Money", "-3", Decimal(-3)),
        ("NHSNumber", "9990000018", "9990000018"),
        ("LACode", "990", "990"),
        ("ODSCode", "QX1", "QX1"),
    ],
)
def test_a_good_value_is_read(name: str, text: str, value: Any) -> None:
    assert _scalar(name).parse_value(text) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Date", "20261122"),
        ("Date", "2026-W47-7"),
        ("Date", "2026-02-30"),
        ("Date", "2026-11-22T00:00:00Z"),
        ("Date", "２０２６-11-22"),
        ("Date", 20261122),
        ("DateTime", "2026-12-24"),
        ("DateTime", "2026-12-24T09:30:00"),
        ("DateTime", "2026-11-22 09:30:00Z"),
        ("DateTime", "2026-11-22T25:30:00Z"),
        ("Money", 12.5),
        ("Money", 77),
        ("Money", "12.345"),
        ("Money", "1e999999"),
        ("Money", "NaN"),
        ("Money", "Infinity"),
        ("Money", "12345678901"),
        ("NHSNumber", "9990000019"),
        ("NHSNumber", 9990000018),
        ("LACode", "99"),
        ("ODSCode", ""),
        ("UPN", "A0000000000000"),
    ],
)
def test_what_is_not_one_is_refused_without_being_repeated(name: str, value: Any) -> None:
    with pytest.raises(GraphQLError) as refused:
        _scalar(name).parse_value(value)
    assert str(value) == "" or str(value) not in refused.value.message


@given(st.decimals(min_value=-(10**10) + 1, max_value=10**10 - 1, places=2))
def test_money_is_exact_both_ways(amount: Decimal) -> None:
    money = _scalar("Money")
    assert money.parse_value(money.serialize(amount)) == amount


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_the_same_both_ways(instant: datetime) -> None:
    scalar = _scalar("DateTime")
    assert scalar.parse_value(scalar.serialize(instant)) == instant
